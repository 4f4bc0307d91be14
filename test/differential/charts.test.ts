import { expect, test } from 'vitest'
import { coreOf } from '../../runtime-lite/app/app.ts'
import type { ObjectApi } from '../../runtime-lite/app/object-api.ts'
import { compiledApp } from '../support/compiled-app.ts'
import { InterpretedChart } from '../support/interpret-chart.ts'
import { type Random, random, testSeed } from '../support/random.ts'
import { EVENTS, randomChart } from '../support/random-chart.ts'
import { requested } from '../support/running-app.ts'
import { virtualClock } from '../support/virtual-clock.ts'
import { startedWorkflows, type WorkflowApp } from '../support/workflow-app.ts'

const SEED = testSeed()
const CASES = Number(process.env['OBJECTQL_CASES'] ?? 60)
/** Machines in one application. */
const BATCH = 100
const STEPS = 12

type Made = ReturnType<typeof randomChart>

/** Machines that stay flat are the other test's. */
function chart(one: Random, id: string): Made {
  for (;;) {
    const made = randomChart(one, id)
    if (/"type":"(?:parallel|history)"/.test(JSON.stringify(made.machine))) return made
  }
}

const NOTE = "export const note = { handler: ({ data, record, params }) => { data.log = (record.log ?? '') + params } }\n"
const FIELDS = Object.fromEntries(Array.from({ length: 24 }, (_, index) => [`f${index}`, { type: 'text' }]))

const schemasOf = (machines: readonly Made[]): Record<string, string> =>
  Object.fromEntries(
    machines.flatMap(({ machine }, index) => [
      [
        `schemas/thing${index}.object.json`,
        JSON.stringify({
          name: `thing${index}`,
          fields: { state: { type: 'text' }, n: { type: 'number' }, log: { type: 'text' }, ...FIELDS },
          stateMachine: { ...machine, field: 'state', snapshot: 'machine_snapshot' },
        }),
      ],
      [`schemas/thing${index}.action.js`, NOTE],
    ]),
  )

interface Running {
  readonly app: WorkflowApp
  readonly clock: ReturnType<typeof virtualClock>
  readonly object: string
  readonly one: Random
}

async function compared({ machine, names }: Made, { app, clock, object, one }: Running): Promise<number> {
  const context = JSON.stringify({ seed: SEED, machine })
  const things = app.objects[object] as ObjectApi
  const interpreter = new InterpretedChart(machine)
  const isParallel = machine.type === 'parallel'
  const start = one.below(10)
  const { id } = await things.create({ n: start })
  const expected = interpreter.create(start, clock.now())
  let moves = 0
  const compare = async (what: string): Promise<void> => {
    const found = (await things.get(String(id))) as Record<string, unknown>
    const { state, ...regions } = interpreter.fields(expected)
    const held = { ...(isParallel ? {} : { state }), ...regions }
    const snapshot = found['machine_snapshot'] as { value: unknown; history?: Record<string, unknown> } | null | undefined
    const shown = Object.fromEntries(Object.keys(held).map((field) => [field, found[field]]))
    expect({ n: found['n'], log: found['log'] ?? '', ...shown }, `${what}: ${context}`).toEqual({
      n: expected.n,
      log: expected.log,
      ...held,
    })
    if (!snapshot) return
    expect(snapshot.value, `${what}: ${context}`).toEqual(interpreter.value(expected.active))
    const left = Object.entries(expected.left).map(([path, active]) => [path, interpreter.value([...active, path], path)])
    expect(snapshot.history ?? {}, `${what}: ${context}`).toEqual(Object.fromEntries(left))
  }
  await compare('create')
  for (let step = 0; step < STEPS; step++) {
    const kind = one.pick(['send', 'send', 'send', 'write', 'change', 'wait'] as const)
    if (kind === 'send') {
      const event = one.pick(EVENTS)
      const { status } = await requested(coreOf(app as never), `/api/${object}/${id}/events/${event}`, { method: 'POST' })
      const isTaken = interpreter.send(expected, event, clock.now())
      expect([200, 404, 409], context).toContain(status)
      expect(status === 200, `${event} ${status}: ${context}`).toBe(isTaken)
      if (isTaken) moves++
      await compare(event)
    } else if (kind === 'write' && !isParallel) {
      const state = one.pick(names)
      const isTaken = interpreter.write(expected, state, clock.now())
      const written = things.update(String(id), { state })
      if (isTaken) await written
      else await expect(written, `write ${state}: ${context}`).rejects.toMatchObject({ status: 422 })
      await compare(`write ${state}`)
    } else if (kind === 'change') {
      const changed = one.below(10)
      interpreter.change(expected, changed, clock.now())
      await things.update(String(id), { n: changed })
      await compare(`change ${changed}`)
    } else {
      clock.forward(10_000)
      interpreter.elapse(expected, clock.now())
      await app.workflows.runDue()
      await compare('wait')
    }
  }
  await things.delete(String(id))
  return moves
}

test(`made-up machines with several states at once do what the interpreter does (seed ${SEED})`, { timeout: 3_600_000 }, async () => {
  const one = random(SEED)
  let moves = 0
  for (let first = 0; first < CASES; first += BATCH) {
    const machines = Array.from({ length: Math.min(BATCH, CASES - first) }, (_, index) => chart(one, `m${index}`))
    const compiled = await compiledApp(schemasOf(machines))
    expect(compiled.reported.filter((text) => /workflow\//.test(text))).toEqual([])
    const clock = virtualClock()
    const reported: unknown[] = []
    const app = await startedWorkflows(compiled.folder, { workflows: { clock, run: false }, onError: (error) => reported.push(error) })
    try {
      for (const [index, made] of machines.entries()) moves += await compared(made, { app, clock, object: `thing${index}`, one })
      expect(reported).toEqual([])
    } finally {
      await app.close()
      compiled.remove()
    }
  }
  console.log(`charts: OBJECTQL_SEED=${SEED} OBJECTQL_CASES=${CASES} (${moves} events taken)`)
  expect(moves).toBeGreaterThan(CASES / 2)
})
