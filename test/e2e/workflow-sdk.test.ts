import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { WorkflowCall, WorkflowCalls } from '../../runtime-lite/client/workflow-types.ts'
import { serve } from '../../runtime-lite/rest/serve.ts'
import { type CompiledApp, compiledApp } from '../support/compiled-app.ts'
import { virtualClock } from '../support/virtual-clock.ts'
import { startedWorkflows, type WorkflowApp } from '../support/workflow-app.ts'

const SCHEMAS = {
  'schemas/parcel.object.yml': `
name: parcel
fields: { name: { type: text }, status: { type: select, options: [packed, sent, lost] }, weight: { type: number } }
stateMachine:
  initial: packed
  states:
    packed: { on: { SEND: { target: sent, actions: weigh } } }
    sent: { on: { LOSE/IT: lost } }
    lost: { type: final }
`,
  'schemas/parcel.action.js': 'export const weigh = { handler: ({ data, payload }) => { data.weight = payload.weight ?? null } }\n',
  // Its operations would be called as those of workflows are.
  'schemas/workflow_task.object.yml': 'name: workflow_task\nfields: { name: { type: text } }\n',
  'schemas/check.workflow.yml': `
name: check
object: parcel
trigger: manual
steps:
  - { name: ask, type: approval, assignees: [{ type: user, user: ada }, { type: user, user: bea }] }
`,
  'schemas/odd.workflow.yml': 'name: "odd/name & so"\ntrigger: manual\nsteps: [{ name: pause, type: wait, duration: 1d }]\n',
}

interface Parcel {
  readonly id: string
  readonly status: string
  readonly weight: number | null
}

interface Sdk {
  readonly parcel: {
    create(values: object): Promise<Parcel>
    send(id: string, event: string, payload?: object): Promise<Parcel>
  }
  readonly workflows: WorkflowCalls<string>
}

let compiled: CompiledApp
let app: WorkflowApp
let server: Awaited<ReturnType<typeof serve>>
const clock = virtualClock()
let clientOf: (user: string) => Sdk
let operations: Record<string, WorkflowCall<string, 'tasks'>>
let connection: { baseUrl: string; headers: Record<string, string> }

beforeAll(async () => {
  compiled = await compiledApp(SCHEMAS)
  app = await startedWorkflows(compiled.folder, {
    authenticate: (request: { header(name: string): string | undefined }) => {
      const id = request.header('x-user')
      return id === undefined ? undefined : { id }
    },
    workflows: { clock, run: false },
  } as never)
  server = await serve(app as never, { port: 0 })
  const baseUrl = server.url
  connection = { baseUrl, headers: { 'x-user': 'ada' } }
  const { createClient } = (await import(/* @vite-ignore */ join(compiled.folder, 'client/index.js'))) as {
    createClient(connection: object): Sdk
  }
  operations = await import(/* @vite-ignore */ join(compiled.folder, 'client/operations.js'))
  clientOf = (user) => createClient({ baseUrl, headers: { 'x-user': user } })
}, 60_000)

afterAll(async () => {
  await server?.close()
  await app?.close()
  compiled?.remove()
})

test('events are sent, with what comes with them', async () => {
  const { parcel } = clientOf('ada')
  const { id } = await parcel.create({ name: 'P' })
  expect(await parcel.send(id, 'SEND', { weight: 7 })).toMatchObject({ status: 'sent', weight: 7 })
  await expect(parcel.send(id, 'SEND')).rejects.toMatchObject({ status: 409, code: 'CONFLICT' })
  expect(await parcel.send(id, 'LOSE/IT')).toMatchObject({ status: 'lost' })
  await expect(parcel.send(id, '..')).rejects.toThrow(TypeError)
})

test('workflows are started, decided, handed on, looked at, tried again and cancelled', async () => {
  const { parcel, workflows } = clientOf('ada')
  const bea = clientOf('bea').workflows
  const { id } = await parcel.create({ name: 'P' })
  const instance = await workflows.start('check', { record: id })
  await app.workflows.runDue()
  const [task] = (await workflows.tasks({ record: id, workflow: 'check', limit: 5 })).items
  const other = await workflows.reassign(task?.id as string, { type: 'user', name: 'cas' }, { comment: 'Away.' })
  expect(other).toMatchObject({ assignee: { type: 'user', name: 'cas' }, step: 'ask' })
  const [hers] = (await bea.tasks()).items
  expect(await bea.act(hers?.id as string, 'approve', { comment: 'Fine.' })).toMatchObject({ id: instance, state: 'running' })
  expect((await workflows.instances({ record: id })).items).toMatchObject([{ id: instance }])
  expect((await workflows.steps(instance)).map(({ type, state }) => `${type}:${state}`)).toEqual([
    ...['approvals:waiting', 'approval:reassigned', 'approval:done', 'approval:waiting'],
  ])
  await expect(workflows.retry(instance)).rejects.toMatchObject({ status: 409 })
  await expect(clientOf('zoe').workflows.cancel(instance)).rejects.toMatchObject({ status: 404 })
  expect(await workflows.cancel(instance)).toMatchObject({ state: 'cancelled' })
  expect((await workflows.tasks()).items).toEqual([])
  expect(await workflows.start('odd/name & so')).toMatch(/./)
})

test('each is a function of its own, named as in OpenAPI, and small', async () => {
  const openapi = JSON.parse(readFileSync(join(compiled.folder, 'openapi.json'), 'utf8')) as {
    paths: Record<string, Record<string, { operationId?: string; tags?: string[] }>>
  }
  const ids = Object.entries(openapi.paths).flatMap(([path, item]) =>
    /\/workflows\/|\/events\//.test(path) ? Object.values(item).flatMap(({ operationId }) => operationId ?? []) : [],
  )
  expect(ids.sort()).toEqual([
    ...['actOnWorkflowTask', 'cancelWorkflow', 'listWorkflowInstances', 'listWorkflowSteps', 'listWorkflowTasks$1', 'reassignWorkflowTask'],
    ...['retryWorkflow', 'sendParcelEvent', 'startWorkflow'],
  ])
  expect(ids.filter((id) => typeof operations[id] !== 'function')).toEqual([])
  expect(await operations['listWorkflowTasks$1']?.(connection, { limit: 1 })).toEqual({ items: [], next: null })
  const printed = readFileSync(join(compiled.folder, 'client/operations.js'), 'utf8').split('\n')
  const own = printed.filter((line) => ids.some((id) => line.includes(`const ${id} `)))
  expect(own).toHaveLength(ids.length)
  expect(own.filter((line) => line.length > 100)).toEqual([])
})
