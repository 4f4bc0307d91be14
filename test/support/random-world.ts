import type { FieldIr, ObjectIr } from '../../compiler/ir/object.ts'
import type { Scalar } from './interpret-query.ts'
import { type FieldSketch, objectIr } from './ir.ts'
import type { Random } from './random.ts'

const FIELD_NAMES = [
  'name',
  'status',
  'j',
  'jj',
  'value',
  'key',
  'order',
  'select',
  'count',
  'filter',
  'where',
  'limit',
  'type',
  't0',
  'Größe',
  '名称',
  'a b',
  "it's",
  'a"b',
  'a.b',
  'x-y',
  'x+y',
  'b/c',
  'a&b',
  'a=b',
  'a,b',
  '50%',
  '1st',
  '$1',
  'not',
  'and',
  'null',
  'constructor',
  'toString',
  '__proto__',
  'hasOwnProperty',
  'field',
  'a[gt]',
  'new\nline',
  '(p)',
]
const OBJECT_NAMES = [
  'account',
  'order',
  'odd name',
  'größe',
  'constructor',
  'count',
  'a"b',
  "it's",
  't1',
  'b/c',
  '100%',

  'i0',
]
const OPTIONS = ['open', 'Won', 'lost', "O'Brien", 'In Progress', 'a,b', 'OPEN 2', '']

export const TEXTS: readonly string[] = [
  ...['', 'a', 'A', 'ab', 'abc', 'b', 'Ä', 'ä', 'é', 'e\u0301', 'zz', '名', '名称', '🔥', '\uffff', 'a\0b', '\0', '%', '_', 'a%'],
  ...['100%', 'a_b', "it's", "''", "'", '"', 'a+b', 'a b', ' a', 'a ', 'null', 'true', '5', '5.0', 'a,b', '&x=1', 'a\\b', '\n', '\ud7ff'],
  ...['\ue000', '\u{10ffff}', '\u{10ffff}\u{10ffff}', 'a\u{10ffff}', '%41', '%', '+', '(a)', 'x'.repeat(300), '\u0001', '\u0003'],
]
const NUMBERS = [0, 1, -1, 1.5, 0.1, 0.2, 0.30000000000000004, 1e300, -1e300, 1e-300, 2 ** 53, 123456789012, 5, 5e-324, 100, -0.5, 1e21]
const INTEGERS = [0, 1, -1, 5, 2 ** 31, 2 ** 53 - 1, -(2 ** 53 - 1)]
const DATES = ['2024-01-01', '2024-02-29', '1999-12-31', '2024-01-02']
const DATETIMES = ['2024-01-01T00:00:00.000Z', '2024-01-01T10:20:30.123Z', '1970-01-01T00:00:00.000Z', '2024-12-31T23:59:59.999Z']
const TIMES = ['09:30', '09:30:15', '23:59:59.5', '00:00']

const KINDS = [
  'text',
  'number',
  'integer',
  'boolean',
  'date',
  'datetime',
  'time',
  'select',
  'rate',
  'tags',
  'levels',
  'json',
  'lookup',
  'lookups',
]

/** Objects with fields of every kind that can be filtered by, under odd names, related in every way. */
export function randomObjects(random: Random): readonly ObjectIr[] {
  const names = some(random, OBJECT_NAMES, 1 + random.below(3))
  return names
    .map((name, index): ObjectIr => {
      const fields = Object.fromEntries(some(random, FIELD_NAMES, 3 + random.below(12)).map((field) => [field, randomField(random, names)]))
      const pascal = `Thing${index}`
      return objectIr({ name, fields, names: { pascal, pascalPlural: `${pascal}s`, camel: `thing${index}`, file: `thing-${index}` } })
    })
    .sort((left, right) => (left.name < right.name ? -1 : 1))
}

/** Distinct ones, in random order. */
export function some<Item>(random: Random, items: readonly Item[], count: number): Item[] {
  const left = [...items]
  return Array.from({ length: Math.min(count, items.length) }, () => left.splice(random.below(left.length), 1)[0]!)
}

function randomField(random: Random, objectNames: readonly string[]): FieldSketch {
  const column = random.chance(0.2) ? { column: `column_${random.below(1e9)}` } : {}
  const kind = random.pick(KINDS)
  const options = (values: readonly (string | number)[], base: 'string' | 'number') =>
    ({ kind: 'option', base, options: values.map((value) => ({ value, label: String(value), annotations: {} })), isOpen: false }) as const
  switch (kind) {
    case 'integer':
      return { type: 'number', value: { kind: 'number', isInteger: true }, ...column }
    case 'select':
      return { type: 'select', value: options(OPTIONS, 'string'), ...column }
    case 'rate':
      return { type: 'select', value: options([1, 2, 4.5, -3], 'number'), ...column }
    case 'levels':
      return { type: 'multiselect', isList: true, value: options([1, 2, 4.5], 'number'), ...column }
    case 'lookup':
      // Deleting is another test's business: no foreign key would let a dangling id in.
      return { type: 'lookup', reference: { object: random.pick(objectNames) }, ...column }
    case 'lookups':
      return { type: 'lookup', isList: true, reference: { object: random.pick(objectNames) }, ...column }
    default:
      return { type: kind as 'text', ...column }
  }
}

/** A value to write into a field or to compare it with; never null. */
export function randomValue(random: Random, field: FieldIr, ids: readonly string[]): unknown {
  if (field.isList) {
    const element = { ...field, isList: false }
    return [...new Set(Array.from({ length: random.below(4) }, () => randomValue(random, element, ids)))]
  }
  return field.value.kind === 'json'
    ? random.pick<unknown>([{ a: 1 }, [], 'x', 0, false, { constructor: [null] }])
    : randomScalar(random, field, ids)
}

export function randomScalar(random: Random, field: FieldIr, ids: readonly string[]): Scalar {
  if (field.name === 'id' || field.reference) return random.chance(0.9) ? random.pick(ids) : 'gone'
  const { value } = field
  switch (value.kind) {
    case 'number':
      return random.pick(value.isInteger ? INTEGERS : NUMBERS)
    case 'boolean':
      return random.chance(0.5)
    case 'date':
      return random.pick(DATES)
    case 'datetime':
      return random.pick(DATETIMES)
    case 'time':
      return random.pick(TIMES)
    case 'option':
      return value.options.length > 0 ? random.pick(value.options).value : random.pick(TEXTS)
    default:
      return random.pick(TEXTS)
  }
}

/** A record to create: fields absent, null or set. */
export function randomRecord(random: Random, object: ObjectIr, idsOf: (object: string) => readonly string[]): { [field: string]: unknown } {
  const entries: [string, unknown][] = []
  for (const field of object.fields) {
    if (field.isComputed || field.name === 'id' || random.chance(0.15)) continue
    entries.push([field.name, random.chance(0.15) ? null : randomValue(random, field, idsOf(field.reference?.object ?? object.name))])
  }
  return Object.fromEntries(entries)
}
