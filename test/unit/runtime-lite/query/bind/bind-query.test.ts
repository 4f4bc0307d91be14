import { describe, expect, test } from 'vitest'
import type { ObjectPlan } from '../../../../../runtime-lite/object/object-plan.ts'
import type { Comparison, Condition, Expression, Operand, Query } from '../../../../../runtime-lite/query/ast.ts'
import { bindQuery } from '../../../../../runtime-lite/query/bind/bind-query.ts'
import { MissingPlan } from '../../../../../runtime-lite/query/bind/bind-scope.ts'
import type { BoundQuery } from '../../../../../runtime-lite/query/bound.ts'
import { describeCondition } from '../../../../../runtime-lite/query/describe.ts'
import { EMPTY_QUERY } from '../../../../../runtime-lite/query/empty-query.ts'
import { parseQueryDocument } from '../../../../../runtime-lite/query/parse/query-document.ts'
import { refusal } from '../../../../support/url-query.ts'

const plans = {
  user: {
    name: 'user',
    fields: { id: { kind: 'id' }, name: { kind: 'text' }, age: { kind: 'integer' }, manager: { kind: 'id', target: 'user' } },
  },
  contact: {
    name: 'contact',
    fields: { id: { kind: 'id' }, email: { kind: 'text' }, account: { kind: 'id', target: 'account', column: 'account_id' } },
  },
  account: {
    name: 'account',
    fields: {
      id: { kind: 'id' },
      name: { kind: 'text' },
      'odd.name': { kind: 'text', column: 'odd_name' },
      'a/b': { kind: 'text' },
      employees: { kind: 'integer' },
      revenue: { kind: 'real', scale: 2 },
      isActive: { kind: 'boolean', column: 'is_active' },
      opened: { kind: 'date' },
      stage: { kind: 'option', options: ['open', 'Won'] },
      owner: { kind: 'id', target: 'user' },
      team: { kind: 'list', target: 'user' },
      tags: { kind: 'list' },
      extra: { kind: 'json' },
      place: { kind: 'json', shape: 'location' },
      created_at: { kind: 'datetime', isNotNull: true },
      password: { kind: 'text', isWriteOnly: true },
    },
    children: { contacts: { object: 'contact', field: 'account' } },
  },
} as unknown as Readonly<Record<string, ObjectPlan>>

const LIMITS = { maxExpandDepth: 3, maxFilterDepth: 8, maxPageSize: 100, defaultPageSize: 20 }

function bind(
  query: Partial<Query>,
  options: { dialect?: 'sqlite' | 'postgres'; operation?: 'list' | 'get' | 'count'; cost?: number } = {},
): BoundQuery {
  return bindQuery({ ...EMPTY_QUERY, ...query }, plans['account']!, {
    operation: options.operation ?? 'list',
    limits: { ...LIMITS, ...(options.cost === undefined ? {} : { maxQueryCost: options.cost }) },
    dialect: { name: options.dialect ?? 'sqlite', maxParameters: 32_766 },
    loadedPlan: (name) => plans[name],
  })
}

const field = (...path: string[]): Expression => ({ kind: 'field', path })
const slot = (index: number, type: Extract<Operand, { kind: 'slot' }>['type'] = 'string'): Operand => ({ kind: 'slot', index, type })
const value = (operand: Operand): Expression => ({ kind: 'value', value: operand })
const compare = (left: Expression, operator: Comparison, right: Expression): Condition => ({ kind: 'compare', operator, left, right })
const not = (part: Condition): Condition => ({ kind: 'not', part })
const call = (name: Extract<Expression, { kind: 'call' }>['name'], ...args: Expression[]): Expression => ({ kind: 'call', name, args })
const where = (condition: Condition, dialect?: 'sqlite' | 'postgres') =>
  describeCondition(bind({ where: condition }, dialect ? { dialect } : {}).where)
const columnOf = (path: string[]): unknown => {
  const { where: bound } = bind({ where: { kind: 'null', of: field(...path), isNull: true } })
  return bound.kind === 'null' && bound.of.kind === 'column' ? bound.of.column : bound
}

describe('names', () => {
  test.each([
    [['name'], 'name'],
    [['odd.name'], 'odd_name'],
    [['odd', 'name'], 'odd_name'],
    [['a', 'b'], 'a/b'],
    [['isActive'], 'is_active'],
  ])('%j is the column %s', (path, column) => {
    expect(columnOf(path)).toBe(column)
  })

  test.each([
    [['nmae'], '"account" has no field "nmae". Did you mean "name"?'],
    [['owner', 'nam'], '"user" has no field "nam". Did you mean "name"?'],
    [['name', 'x'], '"name" is no lookup: "name.x" does not name anything below it.'],
    [['team', 'name'], '"team" holds a list of records: use any or all with it.'],
    [['contacts', 'email'], '"contacts" leads to many records: use any or all with it in filters, and expand to read them.'],
    [['contact'], '"account" has no field "contact". Did you mean "contacts"?'],
    [['password'], '"password" is write-only: it cannot be read, filtered or sorted by.'],
    [['owner', 'manager', 'manager', 'manager', 'name'], '"owner.manager.manager.manager.name" goes through more than 3 relations.'],
    [['__proto__'], '"account" has no field "__proto__".'],
  ])('%j is refused', (path, message) => {
    const condition: Condition = { kind: 'null', of: { kind: 'field', path, at: 7, parameter: '$filter' }, isNull: true }
    expect(refusal(() => bind({ where: condition }))).toMatchObject({
      status: 400,
      code: 'INVALID_FILTER',
      message,
      at: { parameter: '$filter', position: 7 },
    })
  })

  test('a path into JSON is a parameter, positions in lists are numbers', () => {
    const { where: bound } = bind({ where: compare(field('extra', 'theme', '0'), 'eq', value(slot(0))) })
    expect(bound).toMatchObject({ left: { kind: 'json-path', value: 'text', path: { kind: 'path', constant: '["theme",0]' } } })
    expect(bind({ where: compare(field('tags', '1'), 'eq', value(slot(0, 'number'))) }).where).toMatchObject({ left: { value: 'number' } })
  })

  test('an object in an object leads into JSON where the field holds JSON', () => {
    const of = (filter: unknown): string => describeCondition(bind(parseQueryDocument({ where: filter }, { limits: LIMITS }).query).where)
    expect(of({ extra: { theme: 'dark' } })).toBe('extra at "[\\"theme\\"]" eq :0 string text')
    expect(of({ extra: { theme: 'dark' } })).toBe(of({ 'extra.theme': 'dark' }))
    expect(of({ extra: { deep: { er: { $ne: 'x' } }, size: { $gt: 1 } } })).toBe(
      of({ 'extra.deep.er': { $ne: 'x' }, 'extra.size': { $gt: 1 } }),
    )
    expect(of({ $not: { extra: { $or: [{ theme: null }, { theme: ['a', 1] }] } } })).toBe(
      of({ $not: { $or: [{ 'extra.theme': null }, { 'extra.theme': ['a', 1] }] } }),
    )
    expect(of({ extra: { $expr: [{ $call: ['length', { $field: 'theme' }] }, '>', 3] } })).toBe(
      'length(extra at "[\\"theme\\"]") gt :0 number real',
    )
    expect(of({ 'owner.manager': { name: 'Ada' } })).toBe(of({ owner: { manager: { name: 'Ada' } } }))
  })

  test('any and all are about relations: JSON has none', () => {
    for (const filter of [
      { extra: { $some: { theme: 'dark' } } },
      { extra: { $every: { theme: 'dark' } } },
      { extra: { deep: { $some: { a: 1 } } } },
    ])
      expect(refusal(() => bind(parseQueryDocument({ where: filter }, { limits: LIMITS }).query))).toMatchObject({ status: 400 })
    const odata = parseQueryDocument({ where: "extra/any(e: e/theme eq 'dark')" }, { limits: LIMITS }).query
    expect(refusal(() => bind(odata)).message).toContain('has no relation "extra"')
  })

  test('places in JSON are compared with texts of a list as text, with its numbers as numbers', () => {
    const left = field('extra', 'size')
    const list = (values: readonly (string | number)[]): string[] => {
      const { where: bound } = bind({ where: { kind: 'in', left, values: [slot(0, 'list')] } })
      if (bound.kind !== 'or') return [describeCondition(bound)]
      return bound.parts.map((part) =>
        part.kind === 'in' && part.list ? String(part.list.bind([values], { now: 0 })) : describeCondition(part),
      )
    }
    expect(list([1, 'a', 2.5, '3'])).toEqual(['["a","3"]', '[1,2.5]'])
    expect(where({ kind: 'in', left, values: [slot(0), slot(1, 'number')] })).toBe(
      '(extra at "[\\"size\\"]" in (:0 string text) or extra at "[\\"size\\"]" in (:1 number real))',
    )
    expect(where(not({ kind: 'in', left, values: [slot(0), slot(1, 'number')] }))).toBe(
      '(not extra at "[\\"size\\"]" in (:0 string text) and not extra at "[\\"size\\"]" in (:1 number real))',
    )
    expect(where({ kind: 'in', left, values: [] })).toBe('never')
  })

  test('plans that are not loaded are asked for', () => {
    const context = {
      operation: 'list',
      limits: LIMITS,
      dialect: { name: 'sqlite', maxParameters: 999 },
      loadedPlan: () => undefined,
    } as const
    const query = { ...EMPTY_QUERY, where: compare(field('owner.name'), 'eq', value(slot(0))) }
    expect(() => bindQuery(query, plans['account']!, context)).toThrow(MissingPlan)
  })
})

describe('negation', () => {
  const name = field('owner', 'name')
  const isAda = (operator: Comparison): Condition => compare(name, operator, value(slot(0)))
  const exists = (condition: Condition) => {
    const { where: bound } = bind({ where: condition })
    if (bound.kind !== 'exists' || bound.where.kind !== 'compare') throw new Error(`No semi-join: ${bound.kind}`)
    return [bound.isNegated, bound.where.operator, bound.where.orNull]
  }
  test.each([
    [isAda('eq'), [false, 'eq', false]],
    [isAda('ne'), [true, 'eq', false]],
    [not(isAda('ne')), [false, 'eq', false]],
    [not(isAda('gt')), [true, 'gt', false]],
    [not(not(isAda('le'))), [false, 'le', false]],
  ])('a comparison behind a lookup is a semi-join, %#', (condition, expected) => {
    expect(exists(condition)).toEqual(expected)
  })

  test('a negated range holds for null', () => {
    expect(bind({ where: not(compare(field('revenue'), 'gt', value(slot(0, 'number')))) }).where).toMatchObject({
      operator: 'le',
      orNull: true,
    })
    expect(bind({ where: not(compare(field('revenue'), 'eq', value(slot(0, 'number')))) }).where).toMatchObject({
      operator: 'ne',
      orNull: false,
    })
  })

  test('all is: none for which it does not hold', () => {
    const part = compare(field('email'), 'gt', value(slot(0)))
    const { where: bound } = bind({ where: { kind: 'related', path: ['contacts'], quantifier: 'all', part } })
    expect(bound).toMatchObject({
      kind: 'exists',
      isNegated: true,
      relation: { kind: 'children', from: 'id', to: 'account_id' },
      where: { operator: 'le', orNull: true },
    })
    const some = bind({ where: not({ kind: 'related', path: ['owner', 'manager'], quantifier: 'any' }) }).where
    expect(some).toMatchObject({ isNegated: true, where: { kind: 'exists', isNegated: false, where: { kind: 'constant', holds: true } } })
  })

  test('values stand on the right', () => {
    expect(where(compare(value(slot(0, 'number')), 'lt', field('revenue')))).toBe(
      where(compare(field('revenue'), 'gt', value(slot(0, 'number')))),
    )
  })
})

describe('whole numbers outside SQLite', () => {
  const bound = (operator: Comparison, number: number | string, type: 'number' | 'bare' = 'number') => {
    const { where: condition } = bind({ where: compare(field('employees'), operator, value(slot(0, type))) }, { dialect: 'postgres' })
    const compared = condition.kind === 'or' ? condition.parts[0]! : condition
    if (compared.kind !== 'compare' || compared.right.kind !== 'parameter') throw new Error(compared.kind)
    return compared.right.parameter.bind([number], { now: 0 })
  }
  test.each([
    ['gt', 1.5, 1n],
    ['ge', 1.5, 2n],
    ['lt', 1.5, 2n],
    ['le', -1.5, -2n],
    ['eq', 1.5, null],
    ['ne', 1.5, null],
    ['eq', 7, 7],
    ['gt', 1e30, 2n ** 63n - 1n],
    ['eq', 1e30, null],
  ] as const)('%s %d is bound as %s', (operator, number, expected) => {
    const found = bound(operator, number)
    expect(typeof expected === 'bigint' ? BigInt(found as number) : found).toBe(expected)
  })
  test('digits beyond 2^53 stay', () => expect(bound('eq', '9007199254740993', 'bare')).toBe(9007199254740993n))
  test('ne a fraction holds for all, null included', () => {
    const { where: condition } = bind({ where: compare(field('employees'), 'ne', value(slot(0, 'number'))) }, { dialect: 'postgres' })
    expect(condition).toMatchObject({ kind: 'or', parts: [{ operator: 'ne' }, { kind: 'null', isNull: true, of: { kind: 'parameter' } }] })
  })
  test('fractions are left out of lists', () => {
    const { where: condition } = bind(
      { where: { kind: 'in', left: field('employees'), values: [slot(0, 'number'), slot(1, 'number')] } },
      { dialect: 'postgres' },
    )
    expect(condition.kind === 'in' && condition.list?.bind([1.5, 2], { now: 0 })).toBe('[2]')
  })
})

describe('functions and dates', () => {
  test('types of arguments are checked', () => {
    const length = (arg: Expression) => compare(call('length', arg), 'gt', value(slot(0, 'number')))
    expect(bind({ where: length(field('name')) }).where).toMatchObject({
      left: { kind: 'call', value: 'number' },
      right: { parameter: { kind: 'real' } },
    })
    expect(refusal(() => bind({ where: length(field('revenue')) })).message).toBe('"length" takes text, which "revenue" is not.')
    expect(refusal(() => bind({ where: compare(call('substring', field('name')), 'eq', value(slot(0))) })).message).toBe(
      '"substring" takes 2 or 3 arguments, not 1.',
    )
    expect(refusal(() => bind({ where: compare(field('name'), 'eq', field('revenue')) })).message).toBe(
      '"name" and "revenue" hold values of different kinds and cannot be compared.',
    )
  })

  test.each([
    ['P7D', '2024-02-22T00:00:00.000Z'],
    ["duration'P1DT12H'", '2024-02-27T12:00:00.000Z'],
    ['P1M', '2024-01-29T00:00:00.000Z'],
    ['P1Y', '2023-02-28T00:00:00.000Z'],
    ['-PT0.5S', '2024-02-29T00:00:00.500Z'],
  ])('now() sub %s is computed when values are bound', (duration, expected) => {
    const { where: condition } = bind({ where: compare(field('created_at'), 'ge', call('sub', call('now'), value(slot(0, 'bare')))) })
    const right = condition.kind === 'compare' && condition.right.kind === 'parameter' ? condition.right.parameter : undefined
    expect(right?.kind).toBe('datetime')
    expect(right?.bind([duration], { now: Date.UTC(2024, 1, 29) })).toBe(expected)
    expect(refusal(() => right?.bind(['P'], { now: 0 })).message).toBe('"P" is not a duration such as P1DT12H.')
  })

  test('locations are read in several spellings', () => {
    const near = compare(call('geo.distance', field('place'), value(slot(0))), 'lt', value(slot(1, 'number')))
    const { where: condition } = bind({ where: near })
    const point = condition.kind === 'compare' && condition.left.kind === 'call' ? condition.left.args[1] : undefined
    if (point?.kind !== 'parameter') throw new Error('no parameter')
    for (const text of ['POINT(13.4 52.5)', "geography'SRID=4326;POINT(13.4 52.5)'", '52.5, 13.4', '{"latitude":52.5,"longitude":13.4}'])
      expect(point.parameter.bind([text], { now: 0 })).toBe('{"latitude":52.5,"longitude":13.4}')
    expect(refusal(() => point.parameter.bind(['POINT(200 1)'], { now: 0 })).message).toContain(
      'is compared with a value that is not a location',
    )
  })
})

describe('pages, records and groups', () => {
  test('the id ends every sort', () => {
    const { orderBy } = bind({ orderBy: [{ by: field('owner.name'), isDescending: true, nulls: 'first' }] })
    expect(orderBy).toMatchObject([
      { by: { kind: 'lookup' }, isDescending: true, nullsFirst: true, isNotNull: false },
      { by: { name: 'id' }, isDescending: true, isNotNull: true },
    ])
    expect(bind({ orderBy: [{ by: field('id'), isDescending: false }] }).orderBy).toHaveLength(1)
  })

  test('limits are checked when values are bound', () => {
    const { limit, offset } = bind({ limit: slot(0, 'untyped'), offset: slot(1, 'untyped') })
    expect([limit.bind(['100', '7'], { now: 0 }), offset?.bind(['100', '7'], { now: 0 })]).toEqual([100, 7])
    expect(refusal(() => limit.bind(['101'], { now: 0 })).message).toBe('"$top" must be a whole number from 0 to 100.')
    expect(bind({}).limit.constant).toBe(20)
    expect(bind({ cursor: slot(0) }).limit.constant).toBe(21)
  })

  test('relations of each kind', () => {
    const expand = [
      { field: 'owner', select: ['name'], expand: [], orderBy: [] },
      { field: 'team', expand: [], orderBy: [] },
      { field: 'contacts', expand: [], orderBy: [], where: compare(field('email'), 'ne', value(slot(0))), limit: slot(1, 'untyped') },
    ]
    expect(bind({ select: ['id', 'owner.name'], expand }).record).toMatchObject([
      { kind: 'value', key: 'id' },
      { kind: 'value', key: 'owner.name', of: { kind: 'lookup' } },
      { kind: 'one', key: 'owner', record: [{ kind: 'value', key: 'name' }] },
      { kind: 'listed', key: 'team', record: undefined },
      { kind: 'many', key: 'contacts', where: { operator: 'ne' }, orderBy: [{ by: { name: 'id' } }], limit: { kind: 'integer' } },
    ])
    const refused = (item: Partial<(typeof expand)[2]>) =>
      refusal(() => bind({ expand: [{ field: 'owner', expand: [], orderBy: [], ...item }] })).message
    expect(refused({ limit: slot(0) })).toContain('are for relations to many records')
    expect(refused({ field: 'name' })).toBe('"name" is not a relation that can be expanded. Expandable: owner, team, contacts.')
  })

  test('groups: aliases are what having and the order see', () => {
    const group: Query['group'] = {
      by: [{ alias: 'month', by: field('created_at'), granularity: 'month' }],
      aggregates: [
        { alias: 'n', function: 'count' },
        { alias: 'total', function: 'sum', of: field('revenue'), filter: compare(field('stage'), 'eq', value(slot(0))) },
      ],
      having: compare(field('total'), 'gt', value(slot(1, 'number'))),
    }
    const bound = bind({ group, orderBy: [{ by: field('n'), isDescending: true }] })
    expect(bound.group).toMatchObject({
      having: { left: { kind: 'alias', name: 'total', value: 'number' } },
      aggregates: [{}, { scale: 2 }],
    })
    expect(bound.orderBy.map(({ by }) => by.kind === 'alias' && by.name)).toEqual(['n', 'month'])
    expect(refusal(() => bind({ group, orderBy: [{ by: field('name'), isDescending: true }] }))).toMatchObject({
      code: 'INVALID_SORT',
      message: '"name" is neither a group nor an aggregate of this query. Use month, n, total.',
    })
    expect(refusal(() => bind({ group: { by: [], aggregates: [{ alias: 's', function: 'sum', of: field('name') }] } })).message).toBe(
      '"name" does not hold numbers: it has no sum.',
    )
  })

  test.each([
    [{ isDistinct: true }, '"distinct" needs "$select": it compares the selected fields.'],
    [
      { isDistinct: true, select: ['name'], orderBy: [{ by: field('id'), isDescending: false }] },
      'Distinct rows can be sorted by the selected fields only.',
    ],
    [{ cursor: slot(0), offset: slot(1) }, '"cursor" and "$skip" both say where the page starts: use one of them.'],
  ])('%# is refused', (query, message) => {
    expect(refusal(() => bind(query)).message).toBe(message)
  })

  test.each([
    ['get', { where: { kind: 'constant', holds: true } }, '"$filter" has no meaning for this operation.'],
    ['count', { select: ['name'] }, '"$select" has no meaning for this operation.'],
  ] as const)('%s refuses what it cannot use', (operation, query, message) => {
    expect(refusal(() => bind(query, { operation })).message).toBe(message)
  })
})

describe('limits', () => {
  test('a query that costs too much is refused with its cost', () => {
    const any = (part?: Condition): Condition => ({ kind: 'related', path: ['contacts'], quantifier: 'any', ...(part ? { part } : {}) })
    const leaf = compare(field('email'), 'eq', value(slot(0)))
    expect(() => bind({ where: any(leaf) }, { cost: 16 })).not.toThrow()
    expect(refusal(() => bind({ where: any(leaf) }, { cost: 15 }))).toMatchObject({
      code: 'INVALID_QUERY',
      message: 'This query costs 16 points and 15 are allowed (api.maxQueryCost): use fewer conditions and relations, or less depth.',
    })
  })

  test('as many values as a statement can take', () => {
    const values = Array.from({ length: 16_001 }, (_, index) => slot(index))
    expect(refusal(() => bind({ where: { kind: 'in', left: field('name'), values } })).message).toBe(
      'A filter has at most 16000 values; this one has 16001.',
    )
  })

  test('depth', () => {
    let condition = compare(field('name'), 'eq', value(slot(0)))
    for (let depth = 0; depth < 60; depth++) condition = not(condition)
    expect(refusal(() => bind({ where: condition })).message).toBe('The filter is nested deeper than 8 levels.')
  })
})
