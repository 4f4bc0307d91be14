import { afterAll, expect, test } from 'vitest'
import { compiledFolder } from '../support/compiled-folder.ts'
import { random } from '../support/random.ts'
import { startedApp } from '../support/running-app.ts'

const MACHINES = 6
const CASES = Number(process.env['OBJECTQL_CASES'] ?? 2000)
const STATES = ['a', 'b', 'B', 'c d', "e'f", 'null']

interface Machine {
  readonly transitions: Readonly<Record<string, readonly string[]>>
  readonly terminal: readonly string[]
  readonly initial?: readonly string[]
}

/** What a state machine says, word by word: may a record get this value? */
function allows({ transitions, terminal, initial }: Machine, before: string | null | undefined, after: string | null): boolean {
  if (before === undefined) return after === null || initial === undefined || initial.includes(after)
  if (before === after) return true
  if (after === null) return false
  if (before === null) {
    const named = new Set(Object.entries(transitions).flatMap(([from, to]) => [from, ...(terminal.includes(from) ? [] : to)]))
    return initial ? initial.includes(after) : named.has(after)
  }
  if (!Object.hasOwn(transitions, before) || terminal.includes(before)) return false
  return (transitions[before] ?? []).includes(after)
}

const folders: { remove(): void }[] = []
afterAll(() => {
  for (const folder of folders) folder.remove()
})

test.each(Array.from({ length: MACHINES }, (_, seed) => seed))(
  'machine %i does what its rule says, in every kind of write',
  { timeout: 240_000 },
  async (seed) => {
    const chance = random(seed + 71)
    const some = (least: number): string[] => STATES.filter(() => chance.chance(0.45)).concat(least > 0 ? [chance.pick(STATES)] : [])
    const machine: Machine = {
      transitions: Object.fromEntries(some(1).map((state) => [state, [...new Set(some(0))]])),
      terminal: chance.chance(0.5) ? [chance.pick(STATES)] : [],
      ...(chance.chance(0.5) ? { initial: [...new Set(some(1))] } : {}),
    }
    const text = JSON.stringify({
      name: 'thing',
      fields: { state: { type: 'text' }, count: { type: 'number' } },
      validation: {
        rules: [
          {
            name: 'flow',
            type: 'state_machine',
            field: 'state',
            message: '{{old_status}}>{{new_status}}',
            ...(machine.initial ? { initial_states: machine.initial } : {}),
            transitions: Object.fromEntries(
              Object.entries(machine.transitions).map(([from, to]) => [
                from,
                { allowed_next: to, is_terminal: machine.terminal.includes(from) },
              ]),
            ),
          },
          // Half of the machines are beside a rule that reads the record first.
          ...(seed % 2 ? [{ name: 'odd', type: 'script', condition: "state = 'never' && count < 0", message: 'Never.' }] : []),
        ],
      },
    })
    const folder = await compiledFolder({ 'thing.object.yml': text }, { isLenient: true })
    folders.push(folder)
    const { app, close } = await startedApp(folder.generated)
    const things = app.objects['thing']!
    const stored = new Map<string, string | null>()
    const told = async (work: () => Promise<unknown>): Promise<string> => {
      try {
        await work()
        return 'done'
      } catch (error) {
        return (error as Error).message
      }
    }
    try {
      for (let round = 0; round < CASES / MACHINES; round++) {
        const after = chance.chance(0.1) ? null : chance.pick(STATES)
        const ids = [...stored.keys()]
        if (ids.length === 0 || chance.chance(0.3)) {
          const id = `t${round}`
          const answer = await told(() => things.create({ id, state: after }))
          expect([seed, round, answer]).toEqual([seed, round, allows(machine, undefined, after) ? 'done' : `>${after}`])
          if (answer === 'done') stored.set(id, after)
          continue
        }
        const id = chance.pick(ids)
        const before = stored.get(id) ?? null
        const one = allows(machine, before, after)
        const kind = chance.pick(['update', 'upsert', 'updateMany'])
        if (kind === 'updateMany') {
          const many = ids.filter(() => chance.chance(0.2))
          const holds = many.every((each) => allows(machine, stored.get(each) ?? null, after))
          const answer = await told(() => things.updateMany({ id: { $in: many } }, { state: after }))
          expect([seed, round, kind, answer === 'done']).toEqual([seed, round, kind, holds])
          if (holds) for (const each of many) stored.set(each, after)
          continue
        }
        const answer = await told(() =>
          kind === 'update' ? things.update(id, { state: after, count: round }) : things.upsert({ id, state: after }),
        )
        expect([seed, round, kind, answer]).toEqual([seed, round, kind, one ? 'done' : `${before ?? ''}>${after ?? ''}`])
        if (one) stored.set(id, after)
      }
      for (const [id, state] of stored) expect((await things.get(id))?.['state']).toBe(state)
    } finally {
      await close()
    }
  },
)
