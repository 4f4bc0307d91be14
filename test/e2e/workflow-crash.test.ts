import { fork } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ObjectApi } from '../../runtime-lite/app/object-api.ts'
import { type CompiledApp, compiledApp } from '../support/compiled-app.ts'
import { random } from '../support/random.ts'
import { startedWorkflows, stepsOf, type WorkflowApp } from '../support/workflow-app.ts'

const TMP = join(import.meta.dirname, '..', '..', 'tmp')
const DATABASE = join(TMP, `crash-${process.pid}.db`)
const STEPS = 20

const chain = Array.from({ length: STEPS }, (_, index) => `  - { name: s${index + 1}, type: script, handler: add }`).join('\n')

const SCHEMAS = {
  'schemas/run.object.yml': 'name: run\nfields:\n  name: { type: text, required: true }\n  count: { type: number, defaultValue: 0 }\n',
  // Slow enough to be killed in the middle, before and after it wrote.
  'schemas/run.action.js': `
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))
export const add = { handler: async ({ id, api }) => {
  const run = await api.object('run').get(id)
  await pause(3)
  await api.object('run').update(id, { count: run.count + 1 })
  await pause(3)
} }
`,
  'schemas/chain.workflow.yml': `name: chain\nobject: run\ntrigger: create\nsteps:\n${chain}\n`,
}

let compiled: CompiledApp
let app: WorkflowApp

beforeAll(async () => {
  mkdirSync(TMP, { recursive: true })
  compiled = await compiledApp(SCHEMAS)
  expect(compiled.reported).toEqual([])
  app = await startedWorkflows(compiled.folder, { datasource: `sqlite:${DATABASE}`, workflows: { run: false } })
}, 60_000)

afterAll(async () => {
  await app?.close()
  compiled?.remove()
  for (const end of ['', '-shm', '-wal']) rmSync(DATABASE + end, { force: true })
})

test('a process that is killed at any moment loses nothing and does nothing twice', { timeout: 120_000 }, async () => {
  const runs = app.objects['run'] as ObjectApi
  const ids = await Promise.all(['a', 'b', 'c'].map(async (name) => String((await runs.create({ name }))['id'])))
  const next = random(7)
  let kills = 0
  for (let round = 0; round < 80; round++) {
    const { items } = await app.workflows.instances({ state: 'completed' })
    if (items.length === ids.length) break
    const child = fork(join(import.meta.dirname, '..', 'support', 'workflow-child.ts'), [compiled.folder, `sqlite:${DATABASE}`], {
      // Generated code imports this package by name.
      cwd: join(import.meta.dirname, '..', '..'),
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    await new Promise((resolve) => child.once('message', resolve))
    await sleep(40 + next.below(120))
    child.kill('SIGKILL')
    await new Promise((resolve) => child.once('exit', resolve))
    kills++
  }
  const { items } = await app.workflows.instances()
  expect(items.map(({ state }) => state)).toEqual(['completed', 'completed', 'completed'])
  expect(kills).toBeGreaterThan(1)
  for (const id of ids) expect(await runs.get(id)).toMatchObject({ count: STEPS })
  for (const { id } of items)
    expect(await stepsOf(app.workflows, id)).toEqual(Array.from({ length: STEPS }, (_, index) => `s${index + 1}:done`))
})
