import { type ChildProcess, fork } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ObjectApi } from '../../runtime-lite/app/object-api.ts'
import { type CompiledApp, compiledApp } from '../support/compiled-app.ts'
import { onDatabases } from '../support/on-databases.ts'
import { random } from '../support/random.ts'
import { virtualClock } from '../support/virtual-clock.ts'
import { startedWorkflows, stepsOf, type WorkflowApp } from '../support/workflow-app.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const TMP = join(ROOT, 'tmp')
const STEPS = 20
/** The one that tells somebody. */
const TOLD = 10

const chain = Array.from({ length: STEPS }, (_, index) =>
  index + 1 === TOLD
    ? `  - { name: s${TOLD}, type: notification, to: somebody }`
    : `  - { name: s${index + 1}, type: script, handler: add }`,
).join('\n')

const SCHEMAS = {
  'schemas/run.object.yml': 'name: run\nfields:\n  name: { type: text, required: true }\n  count: { type: number, defaultValue: 0 }\n',
  // Slow enough to be killed in the middle, before and after it wrote.
  'schemas/run.action.js': `
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))
export const add = { handler: async ({ id, api }) => {
  const run = await api.object('run').get(id)
  await pause(8)
  await api.object('run').update(id, { count: run.count + 1 })
  await pause(8)
} }
`,
  'schemas/chain.workflow.yml': `name: chain\nobject: run\ntrigger: create\nsteps:\n${chain}\n`,
}

onDatabases('a killed process', ({ name, dialects, open }) => {
  let compiled: CompiledApp
  let app: WorkflowApp
  let drop = (): void => undefined
  const path = join(TMP, `crash-${process.pid}-${name}`)
  const told = `${path}.told`
  let datasource = `sqlite:${path}.db`
  // Leases of what was told when it was killed are over for this one, not for those that are killed.
  const clock = virtualClock()

  beforeAll(async () => {
    mkdirSync(TMP, { recursive: true })
    writeFileSync(told, '')
    compiled = await compiledApp(SCHEMAS, dialects)
    expect(compiled.reported).toEqual([])
    const database = open('crash')
    drop = database.drop
    datasource = database.options.datasource ?? datasource
    app = await startedWorkflows(compiled.folder, { datasource, workflows: { run: false } })
    clock.forward(Date.now() - clock.now() + 3_600_000)
  }, 60_000)

  afterAll(async () => {
    await app?.close()
    compiled?.remove()
    drop()
    for (const end of ['.db', '.db-shm', '.db-wal', '.told']) rmSync(path + end, { force: true })
  })

  const child = async (): Promise<ChildProcess> => {
    const started = fork(join(ROOT, 'test', 'support', 'workflow-child.ts'), [compiled.folder, datasource, told], {
      // Generated code imports this package by name.
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    await new Promise((resolve) => started.once('message', resolve))
    return started
  }

  const kill = async (process: ChildProcess): Promise<void> => {
    process.kill('SIGKILL')
    if (process.exitCode === null && process.signalCode === null) await new Promise((resolve) => process.once('exit', resolve))
  }

  test('two servers, killed at any moment, lose nothing and do nothing twice', { timeout: 300_000 }, async () => {
    const runs = app.objects['run'] as ObjectApi
    const ids = await Promise.all(['a', 'b', 'c', 'd'].map(async (each) => String((await runs.create({ name: each }))['id'])))
    const next = random(7)
    let kills = 0
    const isMoving = async (): Promise<boolean> => {
      // What is leased by somebody who was killed is nobody's until the lease is over.
      const { items } = await app.workflows.instances({ state: 'running' })
      const steps = await Promise.all(items.map(({ id }) => app.workflows.history(id)))
      return steps.some((all) => all.some(({ type, state }) => state === 'ready' && type !== 'notification'))
    }
    for (let round = 0; round < 80 && (await isMoving()); round++) {
      const both = await Promise.all([child(), child()])
      await sleep(40 + next.below(160))
      await kill(both[next.below(2)] as ChildProcess)
      await sleep(next.below(60))
      await Promise.all(both.map(kill))
      kills++
    }
    // Once the leases are over, the rest is run by a process that is left alone.
    const rest = await startedWorkflows(compiled.folder, {
      datasource,
      workflows: { run: false, clock, notify: ({ id, idempotencyKey }) => writeFileSync(told, `${id} ${idempotencyKey}\n`, { flag: 'a' }) },
    })
    await rest.workflows.runDue()
    const { items } = await rest.workflows.instances()
    expect(items.map(({ state }) => state)).toEqual(ids.map(() => 'completed'))
    expect(kills).toBeGreaterThan(1)
    for (const id of ids) expect(await rest.objects['run']?.get(id)).toMatchObject({ count: STEPS - 1 })
    for (const { id } of items)
      expect(await stepsOf(rest.workflows, id)).toEqual(Array.from({ length: STEPS }, (_, index) => `s${index + 1}:done`))
    await rest.close()
    // However often somebody was told, it was under one key for each run.
    const lines = new Set(readFileSync(told, 'utf8').trim().split('\n'))
    expect([...lines].map((line) => line.split(' ')[0]).sort()).toEqual([...ids].sort())
  })
})
