import { printSchema } from '../../compiler/6-emit/sql/print-schema.ts'
import type { ColumnKind, SqlValue } from '../../runtime-lite/object/object-plan.ts'
import type { Parameter, ParameterKind } from '../../runtime-lite/query/bound.ts'
import type { ValueKind } from '../../runtime-lite/query/functions.ts'
import type { Dialect, Sql } from '../../runtime-lite/query/print/dialect.ts'
import { type ParameterList, parameterList } from '../../runtime-lite/query/print/parameter-list.ts'
import { appIr, objectIr } from './ir.ts'
import type { Random } from './random.ts'

/** A database that runs statements of one dialect. */
export interface DialectServer {
  readonly dialect: Dialect
  rows(sql: string, kinds: readonly ParameterKind[], values: readonly SqlValue[]): Promise<readonly (readonly unknown[])[]>
  /** Runs DDL. */
  script(sql: string): Promise<void>
}

/** A value of a record, as JSON has it. */
export type Sample = { readonly [field: string]: unknown }

const SAMPLE = objectIr({
  name: 'sample',
  fields: {
    s: 'textarea',
    key: { type: 'text', isUnique: true },
    i: { type: 'number', value: { kind: 'number', isInteger: true } },
    n: 'number',
    dc: { type: 'currency', value: { kind: 'number', isInteger: false, scale: 2 } },
    b: 'boolean',
    d: 'date',
    dt: 'datetime',
    ti: 'time',
    j: 'json',
    l: 'tags',
    place: 'location',
    v: 'vector',
    next: { type: 'lookup', reference: { object: 'sample' } },
    many: { type: 'lookup', isList: true, reference: { object: 'sample' } },
  },
  searchable: ['s', 'key'],
})

export const COLUMNS: Readonly<Record<string, { readonly kind: ColumnKind; readonly value: ValueKind }>> = {
  id: { kind: 'id', value: 'text' },
  s: { kind: 'text', value: 'text' },
  key: { kind: 'text', value: 'text' },
  i: { kind: 'integer', value: 'number' },
  n: { kind: 'real', value: 'number' },
  dc: { kind: 'real', value: 'number' },
  b: { kind: 'boolean', value: 'boolean' },
  d: { kind: 'date', value: 'date' },
  dt: { kind: 'datetime', value: 'datetime' },
  ti: { kind: 'time', value: 'time' },
  j: { kind: 'json', value: 'any' },
  l: { kind: 'list', value: 'any' },
  place: { kind: 'json', value: 'location' },
  v: { kind: 'json', value: 'vector' },
  next: { kind: 'id', value: 'text' },
  many: { kind: 'list', value: 'any' },
}

const TEXTS = [
  ...[
    '',
    ' ',
    'a',
    'A',
    'a ',
    ' a',
    'ab',
    'aB',
    'Ab',
    'AB',
    'abc',
    'b',
    'Z',
    'z',
    '~',
    'é',
    'É',
    'e\u0301',
    'ß',
    'ẞ',
    'İ',
    'ı',
    'ÀÉ',
    'àé',
  ],
  ...['\ue000', '\ufffd', '\uffff', '😀', '😁', '👨‍👩‍👧', '\u{10ffff}', 'a\u{10ffff}', 'a\u{10ffff}b', '\ud7ff', '\ud7ffx', '名前'],
  ...["'", "''", '"', '\\', '\\\\', 'a\\', '%', '_', 'a%b', 'a_b', 'axb', '%%', '`', '$1', '?', ':x', '|', 'a|b', '[a]', '*', 'a*b'],
  ...[
    '\n',
    '\t',
    '\r\n',
    '\x01',
    '\x1f',
    '\x7f',
    '\u2028',
    '\u0085',
    '0',
    '1',
    '-1',
    'true',
    'null',
    'Hello, World-wide web',
    'hello world',
  ],
]
const INTEGERS = [0, 1, -1, 2, 3, 7, -7, 10, 255, 2 ** 31, -(2 ** 31) - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]
const NUMBERS = [
  0,
  0.1,
  0.2,
  0.5,
  -0.5,
  1.5,
  2.5,
  -2.5,
  3.7,
  1e21,
  1e-7,
  1e300,
  5e-324,
  0.49999999999999994,
  123456.789,
  -7,
  2 ** 53,
  1 / 3,
]
const DECIMALS = [0, 0.1, 0.2, 0.3, -0.01, 1.5, 99.99, 1234567890.12, 10]
const DATES = [
  '0001-01-01',
  '0099-12-31',
  '1582-10-15',
  '1969-12-31',
  '1970-01-01',
  '2000-02-29',
  '2023-12-31',
  '2024-01-01',
  '2024-07-03',
  '9999-12-31',
]
const TIMES = ['00:00', '09:30', '09:30:15', '09:30:15.5', '23:59:59', '23:59:59.999']
const JSONS = [
  { a: { b: 'x', c: [1, 2] }, n: 1.5, t: true, z: null },
  { a: 'text', n: 'one', t: 'true' },
  { a: { b: 7 }, n: -3, t: false, 'odd "key"': { '': 'deep' } },
  { n: 1e21, s: 'é😀"\\\n', a: { b: 'é😀"\\' }, t: null },
  [],
  [1, 'a'],
]
const PLACES = [
  { latitude: 0, longitude: 0 },
  { latitude: 52.52, longitude: 13.405, altitude: 34 },
  { latitude: -90, longitude: 180 },
  { latitude: 40.7128, longitude: -74.006 },
]
const VECTORS = [[1, 0, 0], [0, 1, 0], [0.5, -0.25, 1e-3], [0, 0, 0], [1, 2], [-3, 4, 12], []]

/** Records of everything that is hard to get right. */
export function samples(random: Random, count = 90): readonly Sample[] {
  const maybe = <Value>(values: readonly Value[]): Value | null => (random.chance(0.15) ? null : random.pick(values))
  const text = (): string => (random.chance(0.7) ? random.pick(TEXTS) : random.pick(TEXTS) + random.pick(TEXTS))
  const ids = Array.from({ length: count }, (_, index) => `r${index}${random.pick(['', 'A', 'a', ' ', 'é', '😀'])}`)
  return ids.map((id, index) => ({
    id,
    s: index < TEXTS.length ? TEXTS[index] : random.chance(0.1) ? null : text(),
    key: `${index}${text()}`,
    i: maybe(INTEGERS),
    n: maybe(NUMBERS),
    dc: maybe(DECIMALS),
    b: maybe([true, false]),
    d: maybe(DATES),
    dt: random.chance(0.15) ? null : `${random.pick(DATES)}T${random.pick(['00:00:00.000', '23:59:59.999', '12:34:56.789'])}Z`,
    ti: maybe(TIMES),
    j: maybe(JSONS),
    l: random.chance(0.15) ? null : Array.from({ length: random.below(4) }, text),
    place: maybe(PLACES),
    v: maybe(VECTORS),
    next: random.chance(0.3) ? null : random.pick(ids),
    many: random.chance(0.2) ? null : Array.from({ length: random.below(4) }, () => (random.chance(0.2) ? 'gone' : random.pick(ids))),
  }))
}

export const somePart = (random: Random): string => {
  const points = [...random.pick(TEXTS)]
  return points.slice(random.below(points.length + 1), 1 + random.below(points.length + 1)).join('')
}

export const someText = (random: Random): string => random.pick(TEXTS)

const KINDS: Readonly<Partial<Record<ColumnKind, ParameterKind>>> = { option: 'text', id: 'text', list: 'json' }

const stored = (value: unknown, kind: ColumnKind): SqlValue => {
  if (value === null) return null
  if (kind === 'boolean') return value === true ? 1 : 0
  return kind === 'json' || kind === 'list' ? JSON.stringify(value) : (value as SqlValue)
}

/** One statement in the making: parameters and what runs it. */
export interface Draft {
  readonly list: ParameterList
  readonly param: (value: SqlValue, kind: ParameterKind) => Sql
  /** Column of the table under `t0`. */
  readonly column: (name: string) => Sql
}

export class DialectWorld {
  readonly rows: readonly Sample[]
  readonly #server: DialectServer

  constructor(server: DialectServer, rows: readonly Sample[]) {
    this.#server = server
    this.rows = rows
  }

  get dialect(): Dialect {
    return this.#server.dialect
  }

  /** Creates the table of the generated schema and fills it. */
  async create(): Promise<void> {
    const { name } = this.dialect
    await this.#server.script(printSchema(appIr([SAMPLE]), name, 'test').text)
    const names = Object.keys(COLUMNS)
    const late = new Map(this.rows.map((row) => [row, row['next']]))
    for (const row of this.rows) await this.#insert({ ...row, next: null, created_at: '2024-01-01T00:00:00.000Z' }, names)
    for (const [row, next] of late)
      if (next !== null)
        await this.run(({ param }) => {
          const { quoteName } = this.dialect
          return `update ${quoteName('sample')} set ${quoteName('next')} = ${param(String(next), 'text')} where ${quoteName('id')} = ${param(String(row['id']), 'text')}`
        })
  }

  #insert(row: Sample, names: readonly string[]): Promise<unknown> {
    const { quoteName } = this.dialect
    return this.run(({ param }) => {
      const all = [...names, 'created_at', 'updated_at']
      const values = all.map((name) => {
        const kind = COLUMNS[name]?.kind ?? 'datetime'
        return param(stored(row[COLUMNS[name] ? name : 'created_at'], kind), KINDS[kind] ?? (kind as ParameterKind))
      })
      return `insert into ${quoteName('sample')} (${all.map(quoteName).join(', ')}) values (${values.join(', ')})`
    })
  }

  run(build: (draft: Draft) => Sql): Promise<readonly (readonly unknown[])[]> {
    const list = parameterList(this.dialect)
    let count = 0
    const param = (value: SqlValue, kind: ParameterKind): Sql => {
      const parameter: Parameter = { kind, key: `p${count++}`, bind: () => value }
      return list.print(parameter)
    }
    const column = (name: string): Sql => `t0.${this.dialect.quoteName(name)}`
    const { sql, parameters } = list.finish(build({ list, param, column }))
    const values = parameters.map((parameter) => parameter.bind([], { now: 0 }))
    return this.#server.rows(
      sql,
      parameters.map(({ kind }) => kind),
      values,
    )
  }

  readonly table = (): Sql => `${this.dialect.quoteName('sample')} as t0`

  /** JSON of an expression for every record, by id. */
  async values(kind: ValueKind, build: (draft: Draft) => Sql): Promise<ReadonlyMap<string, unknown>> {
    const { dialect } = this
    const rows = await this.run((draft) => {
      const json = dialect.jsonObject([['r', dialect.jsonOf(build(draft), kind)]])
      return `select ${draft.column('id')}, ${dialect.jsonText(json)} from ${this.table()}`
    })
    return new Map(rows.map(([id, json]) => [String(id), (JSON.parse(String(json)) as { readonly r: unknown }).r]))
  }

  /** Ids of the records that meet a condition. */
  async ids(build: (draft: Draft) => Sql): Promise<ReadonlySet<string>> {
    const rows = await this.run((draft) => `select ${draft.column('id')} from ${this.table()} where ${build(draft)}`)
    return new Set(rows.map(([id]) => String(id)))
  }
}
