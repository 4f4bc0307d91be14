import type { ObjectIr } from '../../../compiler/ir/object.ts'
import { type FieldSketch, objectIr } from '../ir.ts'
import type { Random } from '../random.ts'

/** A record as clients see it. */
export type Row = { readonly [field: string]: unknown }

/** Objects by name, and their records in the order they were created. */
export interface World {
  readonly objects: ReadonlyMap<string, ObjectIr>
  readonly rows: ReadonlyMap<string, readonly Row[]>
}

const lookup = (object: string) => ({ type: 'lookup', reference: { object, onDelete: 'set-null' } }) as const
const decimal = (scale: number) => ({ type: 'number', value: { kind: 'number', isInteger: false, scale } }) as const

/** What an object with a trash has: `withTrash` of the compiler adds these. */
const TRASH_FIELDS: Readonly<Record<string, FieldSketch>> = {
  deleted_at: { type: 'datetime', isImplicit: true, isComputed: true },
  deleted_by: { type: 'text', value: { kind: 'id' }, isImplicit: true, isComputed: true },
}
const trash = { field: 'deleted_at', by: 'deleted_by' }

/**
 * Objects with every kind of field and relation: to-one, to-many, lists of ids, circles, a tree. Names are as odd as every database and URL
 * can be expected to take.
 */
export const OBJECTS: readonly ObjectIr[] = [
  objectIr({
    name: 'region',
    trash,
    fields: {
      name: 'text',
      parent: lookup('region'),
      rank: { type: 'number', value: { kind: 'number', isInteger: true } },
      ...TRASH_FIELDS,
    },
    children: [
      { name: 'regions', object: 'region', field: 'parent' },
      { name: 'companies', object: 'company', field: 'region' },
    ],
  }),
  objectIr({
    name: 'company',
    fields: {
      name: 'text',
      'odd "name"': 'text',
      stage: {
        type: 'select',
        value: {
          kind: 'option',
          base: 'string',
          isOpen: false,
          options: ['open', 'Won', "can't"].map((value) => ({ value, label: value, annotations: {} })),
        },
      },
      level: {
        type: 'select',
        value: {
          kind: 'option',
          base: 'number',
          isOpen: false,
          options: [1, 2, 10].map((value) => ({ value, label: String(value), annotations: {} })),
        },
      },
      region: lookup('region'),
      employees: { type: 'number', value: { kind: 'number', isInteger: true } },
      revenue: decimal(2),
      score: 'number',
      is_active: 'boolean',
      founded_on: 'date',
      seen_at: 'datetime',
      opens: 'time',
      tags: { type: 'tags', isList: true, value: { kind: 'string' } },
      levels: { type: 'multiselect', isList: true, value: { kind: 'option', base: 'number', isOpen: true, options: [] } },
      details: 'json',
      site: 'location',
      likeness: { type: 'vector', value: { kind: 'vector', dimensions: 3 } },
      partners: { type: 'lookup', isList: true, reference: { object: 'company', onDelete: 'set-null' } },
      markets: { type: 'lookup', isList: true, reference: { object: 'region', onDelete: 'set-null' } },
    },
    indexes: [{ fields: ['stage', 'founded_on'] }, { fields: ['region'] }],
    children: [{ name: 'people', object: 'person', field: 'company' }],
  }),
  objectIr({
    name: 'person',
    trash,
    fields: {
      name: 'text',
      company: lookup('company'),
      manager: lookup('person'),
      age: { type: 'number', value: { kind: 'number', isInteger: true } },
      joined_on: 'date',
      ...TRASH_FIELDS,
    },
    indexes: [{ fields: ['company'] }],
    children: [{ name: 'reports', object: 'person', field: 'manager' }],
  }),
]

export const TEXTS: readonly string[] = [
  ...[
    '',
    'a',
    'A',
    'ab',
    'abc',
    'Abc',
    'b',
    'Ä',
    'ä',
    'é',
    'e\u0301',
    'zz',
    '名',
    '名称',
    '🔥',
    'a🔥b',
    '\uffff',
    '%',
    '_',
    'a%',
    'a_b',
    '100%',
  ],
  ...[
    "it's",
    "''",
    '"',
    'a+b',
    'a b',
    ' a',
    'a ',
    '  ',
    'null',
    'true',
    '5',
    'a,b',
    'a\\b',
    '\\',
    '\n',
    '\ue000',
    '\u{10ffff}',
    '(a)',
    '[a]',
    '*',
    '?',
  ],
]
export const INTEGERS = [0, 1, -1, 2, 3, 5, 7, 100, 12345]
const BIG_INTEGERS = [...INTEGERS, 2 ** 31, 2 ** 53 - 1, -(2 ** 53 - 1)]
export const DECIMALS = [0, 0.01, 0.1, 0.2, 0.3, 1, 1.5, -1.5, 2.55, 99.99, 1_000_000, 12345678.91]
export const DOUBLES = [0, 0.5, 1, 1.5, 2, -1, -2.5, 0.1, 3.25, 1e10, 1e-7, 123456.789]
export const DATES = ['2024-01-01', '2024-02-29', '1999-12-31', '2024-01-02', '2023-10-01', '2024-12-30', '2025-01-01']
export const DATETIMES = [
  '2024-01-01T00:00:00.000Z',
  '2024-01-01T10:20:30.123Z',
  '1970-01-01T00:00:00.000Z',
  '2024-12-31T23:59:59.999Z',
  '2024-03-10T06:07:08.090Z',
]
export const TIMES = ['09:30', '09:30:15', '23:59:59', '00:00']
export const TAGS = ['a', 'A', "it's", '"', '名', 'a,b', '']
export const VECTORS = [
  [1, 0, 0],
  [0, 1, 0],
  [1, 1, 1],
  [0, 0, 0],
  [-1, 0.5, 2],
]
export const SITES = [
  { latitude: 0, longitude: 0 },
  { latitude: 52.52, longitude: 13.405 },
  { latitude: -33.87, longitude: 151.21 },
  { latitude: 89.9, longitude: -179.9 },
]
const DETAILS: readonly unknown[] = [
  { theme: 'dark', size: 3, on: true },
  { theme: 'Light', size: 1.5, on: false, deep: { er: 'x', n: 7 } },
  { theme: null, size: '3' },
  { theme: 5 },
  {},
  [1, 2],
  'text',
]

/** Records for every object; references lead to records, in circles, and to nothing (null). Ids sort as they were made. */
export function randomRows(random: Random, count: number): Map<string, { [field: string]: unknown }[]> {
  const rows = new Map<string, { [field: string]: unknown }[]>()
  for (const { name } of OBJECTS)
    rows.set(
      name,
      Array.from({ length: name === 'region' ? Math.ceil(count / 3) : count }, (_, index) => ({
        id: `${name.slice(0, 1)}${String(index).padStart(3, '0')}`,
      })),
    )
  for (const object of OBJECTS)
    for (const row of rows.get(object.name)!) {
      for (const field of object.fields) {
        if (field.isImplicit) continue
        row[field.name] = random.chance(0.15) ? null : randomValue(random, object, field.name, rows)
      }
      if (!object.trash) continue
      const isDeleted = random.chance(0.3)
      row['deleted_at'] = isDeleted ? random.pick(DATETIMES) : null
      row['deleted_by'] = isDeleted && random.chance(0.5) ? 'u1' : null
    }
  return rows
}

function randomValue(random: Random, object: ObjectIr, name: string, rows: ReadonlyMap<string, readonly Row[]>): unknown {
  const field = object.fields.find((one) => one.name === name)!
  const { value } = field
  if (field.reference?.object !== undefined) {
    const id = (): unknown => random.pick(rows.get(field.reference!.object!)!)['id']
    return field.isList ? Array.from({ length: random.below(4) }, id) : id()
  }
  if (name === 'tags') return Array.from({ length: random.below(4) }, () => random.pick(TAGS))
  if (name === 'levels') return Array.from({ length: random.below(3) }, () => random.pick([1, 2, 3]))
  switch (value.kind) {
    case 'string':
      return random.chance(0.7) ? random.pick(TEXTS) : `${random.pick(TEXTS)}${random.pick(TEXTS)}`
    case 'number':
      return random.pick(
        value.isInteger ? (name === 'employees' ? BIG_INTEGERS : INTEGERS) : value.scale === undefined ? DOUBLES : DECIMALS,
      )
    case 'boolean':
      return random.chance(0.5)
    case 'date':
      return random.pick(DATES)
    case 'datetime':
      return random.pick(DATETIMES)
    case 'time':
      return random.pick(TIMES)
    case 'option':
      return random.pick(value.options).value
    case 'location':
      return random.pick(SITES)
    case 'vector':
      return random.pick(VECTORS)
    default:
      return random.pick(DETAILS)
  }
}
