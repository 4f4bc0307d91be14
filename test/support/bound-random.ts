import type { FieldPlan, ObjectPlan, SqlValue } from '../../runtime-lite/object/object-plan.ts'
import type { Comparison } from '../../runtime-lite/query/ast.ts'
import type { BoundCondition, BoundExpression, BoundMember, BoundSort, Parameter, ParameterKind } from '../../runtime-lite/query/bound.ts'
import type { ValueKind } from '../../runtime-lite/query/functions.ts'
import type { Random } from './random.ts'

export type Json = { readonly [field: string]: unknown }

export const TEXTS = [
  ...['', ' ', 'a', 'A', 'ab', 'aB', 'abc', 'b', '  padded  ', 'Hello, World-wide web', 'hello world', 'é', 'É', 'ß', '😀', 'a😀b', '名前'],
  ...["'", '"', '\\', 'a\\', '%', '_', 'a%b', 'a_b', '[a]', '*', 'a*b', 'a?b', ']', '[', '^', '-', '\n', '\t', '\u2028', '0', '1', 'null'],
  ...['\0', 'a\0', '\0a', 'a\0b\0c', 'A\0😀\0', '\ue000', '\ufffd', '\u{10fffe}', '\ud7ff'],
]

/** Fields of the objects of the tests, with names that are hard to write in SQL. */
const FIELDS: Readonly<Record<string, FieldPlan>> = {
  id: { kind: 'id', isNotNull: true },
  't"x': { kind: 'text', column: 'a"b' },
  'new\nline': { kind: 'text' },
  select: { kind: 'option', options: ['a', 'b', 'A'] },
  j: { kind: 'text', column: "it's" },
  value: { kind: 'real', scale: 2 },
  key: { kind: 'integer' },
  flag: { kind: 'boolean' },
  day: { kind: 'date', column: 'order' },
  at: { kind: 'datetime', isNotNull: true },
  data: { kind: 'json' },
  place: { kind: 'json', shape: 'location' },
  vector: { kind: 'json', shape: 'vector' },
  tags: { kind: 'list' },
  parent: { kind: 'id', target: 'order' },
  friends: { kind: 'list', target: 'order' },
  secret: { kind: 'text', isWriteOnly: true },
}

const SQL_TYPES: Readonly<Partial<Record<FieldPlan['kind'], string>>> = {
  integer: 'integer',
  boolean: 'integer',
  real: 'real',
  json: 'json text',
  list: 'json text',
}

export const columnOf = (name: string): string => FIELDS[name]?.column ?? name

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** The plan of an object of the tests. */
export function planOf(name: string, table: string, json: (fields: Readonly<Record<string, FieldPlan>>) => string): ObjectPlan {
  const stub = (): never => {
    throw new Error('not for this test')
  }
  return {
    name,
    label: name,
    table: quote(table),
    fields: FIELDS,
    json: json(FIELDS),
    get: '',
    insert: '',
    delete: '',
    insertValues: stub,
    validateCreate: stub,
    validateUpdate: stub,
    uniqueKeys: [],
    references: {},
    methods: [],
  }
}

export const createTable = ({ table, fields }: ObjectPlan): string =>
  `create table ${table} (${Object.entries(fields)
    .map(([name, field]) => `${quote(field.column ?? name)} ${SQL_TYPES[field.kind] ?? 'text'}${name === 'id' ? ' primary key' : ''}`)
    .join(', ')}, "_version" integer not null default 1) without rowid`

export const storedValue = (value: unknown, { kind }: FieldPlan): SqlValue => {
  if (value === null) return null
  if (kind === 'json' || kind === 'list') return JSON.stringify(value)
  return kind === 'boolean' ? Number(value) : (value as SqlValue)
}

const KEYS = ['a', 'odd "key"', 'back\\slash', '', 'é.x', '$', "it's", 'nul\0']

export const randomText = ({ chance, pick }: Random): string => (chance(0.8) ? pick(TEXTS) : pick(TEXTS) + pick(TEXTS))

/** Records that refer to each other, and to some that are gone. */
export function randomRows(random: Random, count: number): Json[] {
  const { chance, pick, below } = random
  const ids = Array.from({ length: count }, (_, index) => `r${index}`)
  const maybe = <Value>(value: () => Value): Value | null => (chance(0.2) ? null : value())
  const scalar = (): unknown => pick<unknown>([null, true, false, 0, 1, -2.5, 'x', 'nul\0x', { a: 1 }, [1, 'a']])
  return ids.map((id) => ({
    id,
    't"x': maybe(() => randomText(random)),
    'new\nline': maybe(() => randomText(random)),
    select: maybe(() => pick(['a', 'b', 'A'])),
    j: maybe(() => pick(['x', 'y', 'Z'])),
    value: maybe(() => pick([0, 0.1, 0.2, 0.3, -0.5, 1.5, 2.5, -2.5, 0.49999999999999994, 1234.56, -7])),
    key: maybe(() => pick([0, 1, 2, 3, -1, 7, -7, 1000, 2 ** 31])),
    flag: maybe(() => chance(0.5)),
    day: maybe(() => pick(['2024-02-29', '2023-12-31', '2024-01-01', '2024-01-07', '2024-01-08', '1969-12-31', '2024-08-15'])),
    at: `${pick(['2024-02-29', '2023-12-31', '2024-01-01'])}T${pick(['00:00:00.000', '12:34:56.789', '23:59:59.999'])}Z`,
    data: maybe(() => Object.fromEntries(KEYS.filter(() => chance(0.6)).map((key) => [key, scalar()]))),
    place: maybe(() => ({ latitude: below(180) - 90, longitude: below(3600) / 10 - 180 })),
    vector: maybe(() =>
      pick([
        [1, 0, 0],
        [0.5, -0.25, 1],
        [0, 0, 0],
        [1, 2],
        [-3, 4, 12],
      ]),
    ),
    tags: maybe(() => Array.from({ length: below(4) }, () => pick<unknown>(['a', 'A', 'x\0', '1', 1, 2.5, true, false]))),
    parent: maybe(() => (chance(0.1) ? 'gone' : pick(ids))),
    friends: maybe(() => Array.from({ length: below(4) }, () => (chance(0.2) ? 'gone' : pick(ids)))),
    secret: maybe(() => randomText(random)),
  }))
}

/** Keys are unique in the process: equal ones would say that values are equal. */
let allParameters = 0

/** Random bound trees over a plan: structure only, values as parameters. */
export class BoundMaker {
  readonly random: Random
  readonly plan: ObjectPlan
  #count = 0

  constructor(random: Random, plan: ObjectPlan) {
    this.random = random
    this.plan = plan
  }

  parameter(value: SqlValue, kind: ParameterKind): Parameter {
    return { kind, bind: () => value, key: `p${allParameters++}` }
  }

  value(value: SqlValue, kind: ParameterKind, of: ValueKind): BoundExpression {
    return { kind: 'parameter', parameter: this.parameter(value, kind), value: of }
  }

  readonly nextAlias = (): string => `t${++this.#count}`

  column(alias: string, name: string): BoundExpression & { kind: 'column' } {
    return { kind: 'column', alias, name, field: this.plan.fields[name]!, column: columnOf(name) }
  }

  lookup(alias: string, of: (alias: string) => BoundExpression): BoundExpression {
    const inner = this.nextAlias()
    return { kind: 'lookup', through: this.column(alias, 'parent'), target: this.plan, alias: inner, of: of(inner) }
  }

  jsonPath(alias: string, value: 'text' | 'number' | 'boolean' | 'any'): BoundExpression {
    const { pick, chance } = this.random
    const path: (string | number)[] = [pick(KEYS)]
    if (chance(0.2)) path.push(chance(0.5) ? 0 : 'a')
    return { kind: 'json-path', of: this.column(alias, 'data'), path: this.parameter(JSON.stringify(path), 'path'), value }
  }

  text(alias: string, depth: number): BoundExpression {
    const { below } = this.random
    const inner = (): BoundExpression => this.text(alias, depth - 1)
    if (depth <= 0 || below(3) === 0) {
      switch (below(7)) {
        case 0:
          return this.value(randomText(this.random), 'text', 'text')
        case 1:
          return this.lookup(alias, (target) => this.column(target, 't"x'))
        case 2:
          return this.jsonPath(alias, 'text')
        default:
          return this.column(alias, this.random.pick(['t"x', 'new\nline', 'select', 'id']))
      }
    }
    switch (below(5)) {
      case 0:
        return { kind: 'call', name: this.random.pick(['tolower', 'toupper', 'trim']), args: [inner()], value: 'text' }
      case 1:
        return { kind: 'call', name: 'concat', args: [inner(), inner()], value: 'text' }
      case 2:
        return this.lookup(alias, (target) => this.text(target, depth - 1))
      default: {
        const place = (): BoundExpression => this.value(below(6) - 1, 'integer', 'number')
        return { kind: 'call', name: 'substring', args: [inner(), place(), ...(below(2) ? [place()] : [])], value: 'text' }
      }
    }
  }

  number(alias: string, depth: number): BoundExpression {
    const { below, pick } = this.random
    const inner = (): BoundExpression => this.number(alias, depth - 1)
    if (depth <= 0 || below(3) === 0) {
      switch (below(6)) {
        case 0:
          return this.value(pick([0, 1, -1, 0.5, 2, 10, 0.1]), 'real', 'number')
        case 1:
          return this.jsonPath(alias, 'number')
        default:
          return this.column(alias, pick(['value', 'key']))
      }
    }
    switch (below(7)) {
      case 0:
        return { kind: 'call', name: pick(['round', 'floor', 'ceiling', 'abs', 'neg']), args: [inner()], value: 'number' }
      case 1:
        return { kind: 'call', name: 'length', args: [this.text(alias, depth - 1)], value: 'number' }
      case 2:
        return { kind: 'call', name: 'indexof', args: [this.text(alias, depth - 1), this.text(alias, 0)], value: 'number' }
      case 3: {
        const day = this.column(alias, pick(['day', 'at']))
        return { kind: 'call', name: pick(['year', 'month', 'day']), args: [day], value: 'number' }
      }
      case 4:
        return { kind: 'call', name: pick(['hour', 'minute', 'second']), args: [this.column(alias, 'at')], value: 'number' }
      default:
        return { kind: 'call', name: pick(['add', 'sub', 'mul', 'div', 'divby', 'mod']), args: [inner(), inner()], value: 'number' }
    }
  }

  condition(alias: string, depth: number): BoundCondition {
    const { below, chance, pick } = this.random
    if (depth > 0 && below(3) === 0) {
      const parts = Array.from({ length: below(4) }, () => this.condition(alias, depth - 1))
      return { kind: pick(['and', 'or']), parts }
    }
    const operator: Comparison = pick(['eq', 'ne', 'gt', 'ge', 'lt', 'le'])
    const orNull = operator !== 'eq' && operator !== 'ne' && chance(0.3)
    const isNegated = chance(0.3)
    switch (below(11)) {
      case 0:
        return { kind: 'compare', operator, left: this.number(alias, 2), right: this.number(alias, 1), orNull }
      case 1:
        return { kind: 'compare', operator, left: this.text(alias, 2), right: this.text(alias, 1), orNull }
      case 2:
        return { kind: 'compare', operator, left: this.column(alias, 't"x'), right: this.value(pick(TEXTS), 'text', 'text'), orNull }
      case 3:
      case 4: {
        const right = chance(0.7) ? this.value(this.pattern(), 'text', 'text') : this.text(alias, 0)
        const match = pick(['contains', 'startswith', 'endswith', 'icontains', 'like', 'ilike'] as const)
        return { kind: 'match', operator: match, left: this.text(alias, 1), right, isNegated }
      }
      case 5: {
        const texts = Array.from({ length: below(4) }, () => pick(TEXTS))
        const left = chance(0.5) ? this.column(alias, 't"x') : this.text(alias, 1)
        const isList = chance(0.5)
        const values = isList ? [] : texts.map((text) => this.parameter(text, 'text'))
        return { kind: 'in', left, values, ...(isList ? { list: this.parameter(JSON.stringify(texts), 'list') } : {}), isNegated }
      }
      case 6: {
        const of = pick([this.text(alias, 1), this.number(alias, 1), this.column(alias, 'data'), this.jsonPath(alias, 'any')])
        return { kind: 'null', of, isNull: chance(0.5) }
      }
      case 7: {
        const [value, kind] = pick<readonly [SqlValue, ParameterKind]>([
          ['a', 'text'],
          ['x\0', 'text'],
          ['1', 'text'],
          [1, 'real'],
          [2.5, 'real'],
          [1, 'boolean'],
          [0, 'boolean'],
        ])
        return { kind: 'member', column: this.column(alias, 'tags'), value: this.parameter(value, kind), isNegated }
      }
      case 8: {
        const flag = this.column(alias, 'flag')
        return {
          kind: 'compare',
          operator: pick(['eq', 'ne']),
          left: flag,
          right: this.value(below(2), 'boolean', 'boolean'),
          orNull: false,
        }
      }
      case 9: {
        const search = {
          plan: this.plan,
          alias,
          text: this.parameter(pick(['hello', 'HELLO world', 'web wide', 'a b', '!', 'É', "'", '"']), 'text'),
          columns: [columnOf('t"x'), columnOf('new\nline')],
          operator: pick(['and', 'or'] as const),
          isIndexed: false,
        }
        return { kind: 'search', search, isNegated }
      }
      default: {
        const relation = this.relation(alias, pick(['lookup', 'children', 'list'] as const))
        const where = depth > 0 ? this.condition(relation.alias, depth - 1) : ({ kind: 'constant', holds: true } as const)
        return { kind: 'exists', relation, where, isNegated }
      }
    }
  }

  pattern(): string {
    const { chance, pick, below } = this.random
    if (chance(0.5)) return pick(TEXTS)
    return Array.from({ length: below(4) }, () => pick(['%', '_', '\\%', '\\', 'a', 'B', '*', '[', '😀', '\0'])).join('')
  }

  relation(outerAlias: string, kind: 'lookup' | 'children' | 'list') {
    const alias = this.nextAlias()
    const from = { lookup: 'parent', children: 'id', list: 'friends' }[kind]
    return { kind, outerAlias, alias, target: this.plan, from, to: kind === 'children' ? 'parent' : 'id' } as const
  }

  sort(alias: string): BoundSort[] {
    const { chance, pick, below } = this.random
    const items = Array.from({ length: below(3) }, (): BoundSort => {
      const by = pick([
        () => this.column(alias, pick(['t"x', 'value', 'key', 'day', 'at', 'flag', 'j'])),
        () => this.lookup(alias, (target) => this.column(target, 'value')),
        () => this.number(alias, 1),
      ])()
      const isNotNull = by.kind === 'column' && by.name === 'at'
      return { by, isDescending: chance(0.5), nullsFirst: chance(0.5), isNotNull }
    })
    return [...items, { by: this.column(alias, 'id'), isDescending: chance(0.5), nullsFirst: false, isNotNull: true }]
  }

  members(alias: string, depth: number): BoundMember[] {
    const { chance, pick } = this.random
    const record = (target: string): BoundMember[] | undefined => (chance(0.3) ? undefined : this.members(target, depth - 1))
    const found: BoundMember[] = Object.keys(this.plan.fields)
      .filter((name) => name === 'id' || (name !== 'secret' && chance(0.3)))
      .map((name) => ({ kind: 'value', key: name, of: this.column(alias, name) }))
    if (chance(0.5)) found.push({ kind: 'value', key: 'computed', of: this.number(alias, 2) })
    if (chance(0.5)) found.push({ kind: 'value', key: "it's", of: this.text(alias, 2) })
    if (chance(0.3)) found.push({ kind: 'value', key: 'any', of: this.jsonPath(alias, 'any') })
    if (chance(0.3)) found.push({ kind: 'value', key: 'bool', of: this.jsonPath(alias, 'boolean') })
    if (depth <= 0) return found
    if (chance(0.5)) {
      const relation = this.relation(alias, 'lookup')
      found.push({ kind: 'one', key: 'one', relation, record: record(relation.alias) })
    }
    if (chance(0.5)) {
      const relation = this.relation(alias, 'list')
      found.push({ kind: 'listed', key: 'listed', relation, record: record(relation.alias) })
    }
    if (chance(0.6)) {
      const relation = this.relation(alias, 'children')
      found.push({
        kind: 'many',
        key: 'many',
        relation,
        record: record(relation.alias),
        where: this.condition(relation.alias, 1),
        orderBy: this.sort(relation.alias),
        limit: this.parameter(pick([0, 1, 2, 100]), 'integer'),
        ...(chance(0.3) ? { offset: this.parameter(1, 'integer') } : {}),
      })
    }
    return found
  }
}
