import { describe, expect, test } from 'vitest'
import { coreOf } from '../../runtime-lite/app/app.ts'
import type { ObjectApi } from '../../runtime-lite/app/object-api.ts'
import { compiledApp } from '../support/compiled-app.ts'
import {
  type Action,
  type AuthoredMachine,
  type AuthoredState,
  type AuthoredTransition,
  InterpretedMachine,
  UNITS,
  ZONES,
} from '../support/interpret-machine.ts'
import { type Random, random, testSeed } from '../support/random.ts'
import { requested } from '../support/running-app.ts'
import { remoteSources } from '../support/sources.ts'
import { startedWorkflows } from '../support/workflow-app.ts'

const SEED = testSeed()
const CASES = Number(process.env['OBJECTQL_CASES'] ?? 60)
const EVENTS = ['A', 'B', 'C']

/** Names of states are unique, since the field stores the innermost. */
function randomMachine(one: Random, id: string): { readonly machine: AuthoredMachine; readonly leaves: readonly string[] } {
  let count = 0
  let marks = 0
  const leaves: string[] = []
  const paths: string[] = []
  const actions = (): readonly Action[] =>
    Array.from({ length: one.pick([0, 0, 1, 2]) }, () => ({ type: 'note', params: String.fromCharCode(97 + (marks++ % 26)) }))
  const shape = (path: readonly string[], depth: number): Draft => {
    const names = Array.from({ length: 2 + one.below(2) }, () => `s${count++}`)
    return {
      initial: names[0] as string,
      states: Object.fromEntries(
        names.map((name) => {
          const own = [...path, name]
          paths.push(own.join('.'))
          const isNested = depth < 2 && one.chance(0.3)
          if (!isNested) leaves.push(name)
          return [name, { siblings: names, ...(isNested ? shape(own, depth + 1) : {}), isFinal: !isNested && one.chance(0.1) }]
        }),
      ),
    }
  }
  const root = shape([], 0)
  const guard = (): { readonly cond?: string } =>
    one.chance(0.5) ? { cond: `${one.pick(['n', 'unit.cap', 'unit.zone.cap'])} ${one.pick(['>', '<='])} ${one.below(10)}` } : {}
  const transition = (siblings: readonly string[]): AuthoredTransition => {
    const target = one.chance(0.5) ? one.pick(siblings) : `#${id}.${one.pick(paths)}`
    return { ...(one.chance(0.85) ? { target } : {}), ...guard(), actions: actions() }
  }
  const finished = ({ siblings = [], initial, states, isFinal }: Draft): AuthoredState => ({
    ...(isFinal ? { type: 'final' as const } : {}),
    ...(initial === undefined ? {} : { initial }),
    ...(states ? { states: Object.fromEntries(Object.entries(states).map(([name, state]) => [name, finished(state)])) } : {}),
    entry: actions(),
    exit: actions(),
    on: Object.fromEntries(
      EVENTS.filter(() => one.chance(0.5)).map((event) => [event, Array.from({ length: 1 + one.below(2) }, () => transition(siblings))]),
    ),
    // To a sibling that comes later: it never goes around in a circle.
    ...(one.chance(0.15) && siblings.length > 1 && states === undefined && !isFinal
      ? { always: [{ target: siblings.at(-1) as string, cond: `${one.pick(['n', 'unit.cap'])} > ${5 + one.below(5)}` }] }
      : {}),
  })
  const { entry, exit: _, on: __, always: ___, ...machine } = finished(root)
  return { machine: { ...machine, entry: entry ?? [], id, field: 'state', initial: root.initial as string }, leaves }
}

interface Draft {
  readonly siblings?: readonly string[]
  readonly initial?: string
  readonly states?: Readonly<Record<string, Draft>>
  readonly isFinal?: boolean
}

/** A state may lead to itself by itself only where it is the last of its siblings: such machines are made again. */
function settles({ states = {} }: AuthoredState): boolean {
  return Object.entries(states).every(([name, state]) => state.always?.every(({ target }) => target !== name) !== false && settles(state))
}

const CAPPED = { cap: { type: 'number' } }

async function differential(datasource: string, dialects: readonly string[], cases: number): Promise<number> {
  const one = random(SEED)
  const machines = Array.from({ length: cases }, (_, index) => {
    for (;;) {
      const made = randomMachine(one, `m${index}`)
      if (settles(made.machine)) return made
    }
  })
  const object = (index: number): string => `thing${index}`
  const compiled = await compiledApp(
    {
      'schemas/zone.object.json': JSON.stringify({ name: 'zone', fields: CAPPED }),
      'schemas/unit.object.json': JSON.stringify({ name: 'unit', fields: { ...CAPPED, zone: { type: 'lookup', reference_to: 'zone' } } }),
      ...Object.fromEntries(
        machines.map(({ machine }, index) => [
          `schemas/${object(index)}.object.json`,
          JSON.stringify({
            name: object(index),
            fields: {
              state: { type: 'text' },
              n: { type: 'number' },
              unit: { type: 'lookup', reference_to: 'unit' },
              log: { type: 'text' },
            },
            stateMachine: machine,
          }),
        ]),
      ),
      ...Object.fromEntries(
        machines.map((_, index) => [
          `schemas/${object(index)}.action.js`,
          "export const note = { handler: ({ data, record, params }) => { data.log = (record.log ?? '') + params } }\n",
        ]),
      ),
    },
    dialects,
  )
  expect(compiled.reported.filter((text) => /workflow\//.test(text))).toEqual([])
  const app = await startedWorkflows(compiled.folder, { datasource })
  let moves = 0
  try {
    await (app.objects['zone'] as ObjectApi).createMany(ZONES)
    await (app.objects['unit'] as ObjectApi).createMany(UNITS)
    const unitOf = (): string | null => one.pick(['u0', 'u1', 'u2', 'u3', null])
    for (const [index, { machine, leaves }] of machines.entries()) {
      const context = JSON.stringify({ seed: SEED, machine })
      const things = app.objects[object(index)] as ObjectApi
      const interpreter = new InterpretedMachine(machine)
      const n = one.below(10)
      const unit = unitOf()
      const { id } = await things.create({ n, unit })
      const expected = interpreter.create(n, unit)
      const compare = async (what: string): Promise<void> => {
        const { state, n: number, unit: held, log } = (await things.get(String(id))) ?? {}
        expect({ state, n: number, unit: held, log: log ?? '' }, `${what}: ${context}`).toEqual(expected)
      }
      await compare('create')
      for (let step = 0; step < 12; step++) {
        const kind = one.pick(['send', 'send', 'write', 'change'] as const)
        if (kind === 'send') {
          const event = one.pick(EVENTS)
          const { status } = await requested(coreOf(app as never), `/api/${object(index)}/${id}/events/${event}`, { method: 'POST' })
          const isTaken = interpreter.send(expected, event)
          expect(status === 200, `${event} ${status}: ${context}`).toBe(isTaken)
          if (isTaken) moves++
          await compare(event)
        } else if (kind === 'write') {
          const state = one.pick(leaves)
          const isTaken = interpreter.write(expected, state)
          const written = things.update(String(id), { state })
          if (isTaken) await written
          else await expect(written, context).rejects.toMatchObject({ status: 422 })
          await compare(`write ${state}`)
        } else {
          const changed = one.below(10)
          const moved = one.chance(0.5) ? unitOf() : expected.unit
          const patch = { n: changed, ...(moved === expected.unit ? {} : { unit: moved }) }
          interpreter.change(expected, changed, moved)
          await things.update(String(id), patch)
          await compare(`change ${changed}`)
        }
      }
    }
  } finally {
    await app.close()
    compiled.remove()
  }
  return moves
}

test(`made-up state machines do what the interpreter does (seed ${SEED})`, { timeout: 300_000 }, async () => {
  const moves = await differential(':memory:', ['sqlite'], CASES)
  console.log(`machines: OBJECTQL_SEED=${SEED} OBJECTQL_CASES=${CASES} (${moves} events taken)`)
  expect(moves).toBeGreaterThan(CASES / 2)
})

const FEW = Math.ceil(CASES / 5)

describe.each(remoteSources())(`the same on $name (seed ${SEED})`, ({ isThere, open }) => {
  test.runIf(isThere)('made-up state machines', { timeout: 300_000 }, async () => {
    const { datasource, close } = await open('machines')
    try {
      expect(await differential(datasource as string, ['sqlite', 'postgres', 'mysql'], FEW)).toBeGreaterThan(0)
    } finally {
      await close()
    }
  })
})
