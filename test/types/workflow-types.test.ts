import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type CompiledApp, compiledApp } from '../support/compiled-app.ts'
import { COMPILERS, type CompilerName, checkTypes, installTypes, writeText } from '../support/type-project.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const SCHEMAS = {
  'schemas/parcel.object.yml': `
name: parcel
fields: { status: { type: select, options: [packed, sent, lost] } }
stateMachine: { initial: packed, states: { packed: { on: { SEND: sent } }, sent: { on: { LOSE: lost } }, lost: { type: final } } }
`,
  'schemas/lamp.object.yml': 'name: lamp\nfields: { name: { type: text } }\n',
  'schemas/check.workflow.yml':
    'name: check\nobject: parcel\ntrigger: manual\nsteps: [{ name: ask, type: approval, assignee: { type: user, user: ada } }]\n',
}

const PREAMBLE = `
import { createClient, type Connection } from './client/index.js'
import { actOnWorkflowTask, listWorkflowTasks, sendParcelEvent, startWorkflow } from './client/operations.js'
declare const connection: Connection
const client = createClient(connection)
export { client, actOnWorkflowTask, listWorkflowTasks, sendParcelEvent, startWorkflow }
`

const USES = `
export const status: 'packed' | 'sent' | 'lost' | null = (await client.parcel.send('1', 'SEND', { any: 1 })).status as 'packed'
await sendParcelEvent(connection, '1', 'LOSE')
export const instance: string = await client.workflows.start('check', { record: '1', variables: { a: 1 } })
export const action: string | undefined = (await listWorkflowTasks(connection, { workflow: 'check' })).items[0]?.actions[0]?.name
await client.workflows.reassign('1', { type: 'role', name: 'boss' }, { comment: 'x' })
export const ended: string | null = (await actOnWorkflowTask(connection, '1', 'approve')).ended_at
`

const MISTAKES: readonly (readonly [call: string, says: RegExp])[] = [
  [`client.parcel.send('1', 'EXPLODE')`, /not assignable to .*'"SEND" \| "LOSE"'|"EXPLODE"/],
  [`client.parcel.send('SEND')`, /Expected 2-4 arguments/],
  [`client.parcel.send('1', 'SEND', 7)`, /'number' is not assignable/],
  [`client.lamp.send('1', 'SEND')`, /'send' does not exist/],
  [`sendParcelEvent(connection, '1', 'send')`, /"send"/],
  [`client.workflows.start('chek')`, /"chek"/],
  [`startWorkflow(connection, 'chek')`, /"chek"/],
  [`client.workflows.start('check', { recrd: '1' })`, /'recrd' does not exist/],
  [`client.workflows.tasks({ workflow: 'other' })`, /"other"/],
  [`client.workflows.reassign('1', { type: 'planet', name: 'x' })`, /"planet"/],
  [`client.workflows.act('1', 'approve', { coment: 'x' })`, /'coment' does not exist/],
  [`client.workflows.pause('1')`, /'pause' does not exist/],
]

let compiled: CompiledApp
let folder: string

beforeAll(async () => {
  compiled = await compiledApp(SCHEMAS)
  folder = compiled.folder
  installTypes(folder)
  writeText(join(folder, 'package.json'), '{ "type": "module" }')
})

afterAll(() => {
  compiled?.remove()
  if (folder) rmSync(dirname(folder), { recursive: true, force: true })
})

describe.each(Object.keys(COMPILERS) as CompilerName[])('TypeScript %s', (compiler) => {
  test('knows events and workflows by name', () => {
    writeText(join(folder, 'uses.ts'), `${PREAMBLE}${USES}`)
    writeText(join(folder, 'mistakes.ts'), `${PREAMBLE}${MISTAKES.map(([call]) => `await (${call})`).join('\n')}\n`)
    expect(checkTypes(folder, compiler, { files: ['uses.ts'] }).problems).toEqual([])
    const { problems } = checkTypes(folder, compiler, { files: ['mistakes.ts'] })
    const first = PREAMBLE.split('\n').length
    const missed = MISTAKES.flatMap(([call, says], index) => {
      const said = problems.filter(({ line }) => line === first + index).map(({ message }) => message)
      return said.some((message) => says.test(message)) ? [] : [`${call}: ${said.join(' ') || 'accepted'}`]
    })
    expect(missed).toEqual([])
  })
})
