import type { ColumnKind, FieldPlan, ObjectPlan, RawRecord, SqlValue } from '../object/object-plan.ts'
import { storedValue } from '../object/stored-value.ts'
import { fieldPlanOf } from '../query/print/names-of.ts'
import { toUtcDatetime } from '../validate/to-utc-datetime.ts'

/** A record's values by the names of fields, as columns hold them. */
export type StoredValues = ReadonlyMap<string, SqlValue>

/** Seed files may say `$now` and `$today`. */
export const isToken = (value: unknown): boolean => value === '$now' || value === '$today'

/** The fields of a seed record, in the form their columns take. Seeds are the author's own data: what is no field is left out. */
export function seedInput(plan: ObjectPlan, record: RawRecord, instant: string): RawRecord {
  const entries: (readonly [string, unknown])[] = []
  for (const [name, value] of Object.entries(record)) {
    const field = fieldPlanOf(plan, name)
    if (field && !field.formula && value !== undefined) entries.push([name, seedValue(field, value, instant)])
  }
  // Own properties whatever they are called: `__proto__` is a legal name.
  return Object.fromEntries(entries)
}

function seedValue({ kind, options = [] }: FieldPlan, authored: unknown, instant: string): unknown {
  const value = isToken(authored) ? tokenValue(authored, kind, instant) : authored
  if (value === null || kind === 'json' || kind === 'list') return value
  if (kind === 'boolean') return value === 'false' ? false : Boolean(value)
  if (typeof value === 'object') return JSON.stringify(value)
  if (kind === 'datetime' && typeof value === 'string') return toUtcDatetime(value) ?? value
  const isNumeric = kind === 'integer' || kind === 'real' || (kind === 'option' && options.some((option) => typeof option === 'number'))
  return isNumeric ? value : String(value)
}

const tokenValue = (token: unknown, kind: ColumnKind, instant: string): string =>
  kind === 'time' ? instant.slice(11, 19) : token === '$today' || kind === 'date' ? instant.slice(0, 10) : instant

/** Those of an input that are wanted, as columns hold them. */
export function storedValues(plan: ObjectPlan, input: RawRecord, isWanted: (name: string) => boolean = () => true): StoredValues {
  const values = new Map<string, SqlValue>()
  for (const [name, value] of Object.entries(input)) {
    const field = fieldPlanOf(plan, name)
    if (field && isWanted(name)) values.set(name, storedValue(field, value))
  }
  return values
}

const KEPT: ReadonlySet<string> = new Set(['id', 'created_at', 'updated_at'])

/** Whether a record is deleted is no matter of seeds that do not say so. */
const isOfTrash = ({ trash, fields }: ObjectPlan, name: string): boolean => {
  const column = fields[name]?.column ?? name
  return trash !== undefined && (column === trash.column || column === trash.by)
}

/** What INSERT would store in the fields the seed does not name, save what identifies the record and when it was made. */
export function unnamedValues(plan: ObjectPlan, id: string, input: RawRecord, instant: string): StoredValues {
  const stored = plan.insertValues(id, input, instant)
  const values = new Map<string, SqlValue>()
  for (const [index, name] of Object.keys(plan.fields)
    .filter((name) => !plan.fields[name]?.formula)
    .entries())
    if (!Object.hasOwn(input, name) && !KEPT.has(name) && !isOfTrash(plan, name)) values.set(name, stored[index] ?? null)
  return values
}
