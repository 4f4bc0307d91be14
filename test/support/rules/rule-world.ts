import type { Value } from './random-rules.ts'

export type Row = { [field: string]: Value }

/** What is stored besides the record that is written. */
export interface RuleWorld {
  /** Of the same object, by id: those that are not deleted. */
  readonly rows: ReadonlyMap<string, Row>
  /** Those that are not deleted. */
  readonly keepers: ReadonlyMap<string, Row>
  readonly slips: ReadonlyMap<string, Row>
}

/** The value of a field, or behind lookups: what leads nowhere is null. */
export function held(row: Row, path: string, world?: Pick<RuleWorld, 'keepers'>): Value {
  const [first = '', ...rest] = path.split('.')
  return rest.reduce<Value>(
    (value, name) => (typeof value === 'string' ? (world?.keepers.get(value)?.[name] ?? null) : null),
    row[first] ?? null,
  )
}
