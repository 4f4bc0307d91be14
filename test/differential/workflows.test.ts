import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ObjectApi } from '../../runtime-lite/app/object-api.ts'
import { compiledApp } from '../support/compiled-app.ts'
import { isReachable, mysql, postgres } from '../support/database-servers.ts'
import { UNITS, ZONES } from '../support/interpret-machine.ts'
import { type AuthoredWorkflow, InterpretedWorkflow } from '../support/interpret-workflow.ts'
import { type Random, random, testSeed } from '../support/random.ts'
import { randomWorkflow } from '../support/random-workflow.ts'
import { virtualClock } from '../support/virtual-clock.ts'
import { startedWorkflows, type WorkflowApp } from '../support/workflow-app.ts'

const SEED = testSeed()
const CASES = Number(process.env['OBJECTQL_CASES'] ?? 120)
const TMP = join(import.meta.dirname, '..', '..', 'tmp')
const HOUR = 3_600_000

const schemasOf = (workflows: readonly AuthoredWorkflow[]): Record<string, string> => ({
  'schemas/thing.object.yml':
    'name: thing\nfields:\n  kind: { type: text }\n  n: { type: number }\n  s: { type: text }\n  u: { type: lookup, reference_to: unit }\n',
  'schemas/unit.object.yml': 'name: unit\nfields:\n  cap: { type: number }\n  zone: { type: lookup, reference_to: zone }\n',
  'schemas/zone.object.yml': 'name: zone\nfields:\n  cap: { type: number }\n',
  // Each belongs to records of its own kind.
  ...Object.fromEntries(
    workflows.map((workflow) => {
      const conditions = [{ field: 'kind', operator: '=', value: workflow.name }, ...(workflow.trigger.conditions ?? [])]
      return [`schemas/${workflow.name}.workflow.json`, JSON.stringify({ ...workflow, trigger: { event: 'create', conditions } })]
    }),
  ),
})

interface Run {
  readonly workflow: AuthoredWorkflow
  readonly id: string
  readonly expected: InterpretedWorkflow | undefined
}

async function compare(app: WorkflowApp, { workflow, id, expected }: Run): Promise<void> {
  const { items } = await app.workflows.instances({ record: id })
  const context = JSON.stringify({ seed: SEED, workflow })
  if (!expected) return expect(items, context).toEqual([])
  expect(items, context).toHaveLength(1)
  const steps = await app.workflows.history(items[0]?.id ?? '')
  expect(
    steps.map(({ step, state, outcome }) => `${step}:${state}:${outcome}`),
    context,
  ).toEqual(expected.history())
  const { n, s, u } = (await (app.objects['thing'] as ObjectApi).get(id)) ?? {}
  expect({ n, s, u, state: items[0]?.state, outcome: items[0]?.outcome }, context).toEqual({
    ...expected.record,
    state: expected.state,
    outcome: expected.outcome,
  })
}

/** The same decision for both: the task that has waited longest. */
async function decide(app: WorkflowApp, one: Random, { id, expected }: Run, now: number): Promise<void> {
  const [task] = (await app.workflows.tasks({ record: id, assignee: '*' })).items
  const waiting = expected?.tasks ?? []
  expect(task?.step).toBe(waiting[0]?.step.name)
  if (!task || !waiting[0] || !expected) return
  const action = one.pick(['approve', 'approve', 'reject'])
  await app.workflows.act(task.id, action)
  expected.act(waiting[0], action, now)
}

/** Steps of one database: as many as a runner looks at together, or branches side by side would be cut off from each other. */
const TOGETHER = 40

async function differential(datasource: string, dialects: readonly string[], cases: number, seed = SEED): Promise<number> {
  const one = random(seed)
  const workflows = Array.from({ length: cases }, (_, index) => randomWorkflow(one, `w${index}`))
  const compiled = await compiledApp(schemasOf(workflows), dialects)
  expect(compiled.reported.filter((text) => /left-out|unknown/.test(text))).toEqual([])
  const clock = virtualClock()
  // One step at a time: branches side by side have no order.
  const start = (): Promise<WorkflowApp> =>
    startedWorkflows(compiled.folder, { datasource, workflows: { run: false, clock, concurrency: 1 } })
  let app = await start()
  let activations = 0
  try {
    await (app.objects['zone'] as ObjectApi).createMany(ZONES)
    await (app.objects['unit'] as ObjectApi).createMany(UNITS)
    const runs: Run[] = []
    for (const workflow of workflows) {
      const record = { n: one.below(8), s: one.pick(['a', 'b', null]), u: one.pick(['u0', 'u1', 'u2', 'u3', null]) }
      const { id } = await (app.objects['thing'] as ObjectApi).create({ kind: workflow.name, ...record })
      const starts = InterpretedWorkflow.starts(workflow, record)
      runs.push({ workflow, id: String(id), expected: starts ? new InterpretedWorkflow(workflow, record, clock.now()) : undefined })
    }
    for (let round = 0; round < 8; round++) {
      await app.workflows.runDue()
      for (const { expected } of runs) expected?.run(clock.now())
      if (one.chance(0.4)) {
        await app.close()
        app = await start()
      }
      for (const run of runs) {
        await compare(app, run)
        if (one.chance(0.6)) await decide(app, one, run, clock.now())
      }
      clock.forward(one.pick([0, 1, 2, 5]) * HOUR)
    }
    activations = runs.reduce((sum, { expected }) => sum + (expected?.tokens.length ?? 0), 0)
  } finally {
    await app.close()
    compiled.remove()
  }
  return activations
}

test(`made-up workflows do what the interpreter does, on SQLite (seed ${SEED})`, { timeout: 300_000 }, async () => {
  mkdirSync(TMP, { recursive: true })
  const path = join(TMP, `differential-workflows-${process.pid}.db`)
  try {
    let activations = 0
    for (let start = 0; start < CASES; start += TOGETHER) {
      activations += await differential(`sqlite:${path}`, ['sqlite'], Math.min(TOGETHER, CASES - start), SEED + start)
      removed(path)
    }
    console.log(`workflows: OBJECTQL_SEED=${SEED} OBJECTQL_CASES=${CASES} (${activations} steps)`)
    expect(activations).toBeGreaterThan(CASES)
  } finally {
    removed(path)
  }
})

function removed(path: string): void {
  for (const end of ['', '-shm', '-wal']) rmSync(path + end, { force: true })
}

const FEW = Math.min(TOGETHER, Math.ceil(CASES / 4))

test.runIf(isReachable(postgres))(`the same on PostgreSQL (seed ${SEED})`, { timeout: 300_000 }, async () => {
  const database = postgres.create('workflow_differential')
  try {
    expect(await differential(`postgres://postgres@127.0.0.1:5432/${database.name}`, ['sqlite', 'postgres'], FEW)).toBeGreaterThan(FEW)
  } finally {
    database.drop()
  }
})

test.runIf(isReachable(mysql))(`the same on MariaDB (seed ${SEED})`, { timeout: 300_000 }, async () => {
  const database = mysql.create('workflow_differential')
  try {
    expect(await differential(`mysql://root@127.0.0.1:3306/${database.name}`, ['sqlite', 'mysql'], FEW)).toBeGreaterThan(FEW)
  } finally {
    database.drop()
  }
})
