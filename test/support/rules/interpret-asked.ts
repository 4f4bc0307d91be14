import { holds, type RuledWrite } from './interpret-rules.ts'
import type { AskedCheck, Meaning, Thought, Value } from './random-rules.ts'
import { held, type Row, type RuleWorld } from './rule-world.ts'

export type AskedMeaning = Meaning & { readonly check: AskedCheck }

export const isAsked = (meaning: Meaning): meaning is AskedMeaning =>
  meaning.check.kind === 'unique' || meaning.check.kind === 'lookup' || meaning.check.kind === 'unreferenced'

/** Whether a rule that asks other records is broken by one that is written; `world` is as it is once all of the call is written. */
export function isAskedBroken({ check }: AskedMeaning, id: string, write: RuledWrite, world: RuleWorld): boolean {
  const { record } = write
  switch (check.kind) {
    case 'unique':
      return takenBy(check, record, id, world) !== undefined
    case 'lookup': {
      const keeper = held(record, check.field, world)
      if (keeper === null) return false
      const found = world.keepers.get(String(keeper))
      return !found || !holds(check.filter, { ...write, record: found })
    }
    case 'unreferenced':
      return [...world.slips.values()].some(({ thing, done }) => thing === id && done === check.isDone)
    default:
      return check satisfies never
  }
}

/** Another record of the scope with the same values. */
export function takenBy(
  { key, isCaseSensitive, scope }: AskedCheck & { readonly kind: 'unique' },
  record: Row,
  id: string,
  world: RuleWorld,
): string | undefined {
  const isMeant = (row: Row): boolean => !scope || holds(scope, plainWrite(row, world))
  if (!isMeant(record) || key.some((field) => (record[field] ?? null) === null)) return undefined
  const plain = (value: Value): Value =>
    !isCaseSensitive && typeof value === 'string' ? value.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()) : value
  const isSame = (other: Row): boolean => key.every((field) => plain(other[field] ?? null) === plain(record[field] ?? null))
  return [...world.rows].find(([other, row]) => other !== id && isMeant(row) && isSame(row))?.[0]
}

const plainWrite = (record: Row, world: RuleWorld): RuledWrite => ({ operation: 'create', record, isBulk: false, world })

/** Fields of which an update has to write one. */
export function asks({ fields, applies, check }: AskedMeaning, namesIn: (thought: Thought) => ReadonlySet<string>): readonly string[] {
  if (fields) return fields
  const own =
    check.kind === 'unique'
      ? [...check.key, ...(check.scope ? namesIn(check.scope) : [])]
      : check.kind === 'lookup'
        ? [check.field]
        : ['id']
  return [...own, ...(applies ? namesIn(applies) : [])]
}
