import { describe, expect, test } from 'vitest'
import { normalQuery } from '../../../../support/language/normal-query.ts'
import { queryOfDocument, shownCondition } from '../../../../support/parsed-query.ts'
import { refusal } from '../../../../support/url-query.ts'

const normal = (document: unknown): unknown => {
  const { query, values } = queryOfDocument(document)
  return normalQuery(query, values)
}

test('every member under every name', () => {
  const field = (name: string) => ({ kind: 'field', path: [name] })
  const expected = {
    where: { kind: 'compare', operator: 'eq', left: field('a'), right: { kind: 'value', value: 'x' } },
    orderBy: [{ by: field('b'), isDescending: true }],
    select: ['c'],
    expand: [{ field: 'e', expand: [], orderBy: [] }],
    isDistinct: true,
    limit: '5',
    offset: '6',
    cursor: 'next',
    search: { text: 'words', operator: 'and' },
    total: 'exact',
  }
  const rest = { distinct: true, cursor: 'next', search: 'words' }
  for (const document of [
    { where: { a: 'x' }, orderBy: [{ field: 'b', order: 'desc' }], select: ['c'], expand: ['e'], limit: 5, offset: 6, count: true },
    { filter: ['a', '=', 'x'], sort: '-b', fields: ['c'], populate: { e: true }, top: 5, skip: 6, count: 'exact' },
    { filters: [['a', '=', 'x']], orderBy: { b: 'desc' }, fields: 'c', $expand: 'e', top: 5, skip: 6, $count: true, object: 'account' },
    { $filter: "a eq 'x'", $orderby: 'b desc', $select: { c: true }, $expand: 'e', $top: 5, $skip: 6, count: true },
  ])
    expect(normal({ ...document, ...rest })).toEqual(expected)
})

test('nothing asked for', () => {
  expect(queryOfDocument({ where: undefined, limit: null, count: false })).toEqual({
    query: { orderBy: [], expand: [], isDistinct: false, total: 'none' },
    values: [],
  })
})

test('search with fields, relations among the fields, estimated counts', () => {
  expect(
    normal({
      search: { query: 'x', fields: ['a', 'b'], operator: 'or' },
      fields: ['c', { field: 'e', fields: ['f'] }],
      count: 'estimated',
    }),
  ).toEqual({
    search: { text: 'x', fields: ['a', 'b'], operator: 'or' },
    orderBy: [],
    select: ['c', 'e'],
    expand: [{ field: 'e', select: ['f'], expand: [], orderBy: [] }],
    isDistinct: false,
    total: 'estimated',
  })
  expect(normal({ search: 'x', searchFields: 'a,b' })).toMatchObject({ search: { fields: ['a', 'b'] } })
})

test('values take slots from the first one on', () => {
  const { query, values } = queryOfDocument({ where: { a: 'x' }, limit: 3 }, { firstSlot: 7 })
  expect(query).toMatchObject({ where: { right: { value: { index: 7 } } }, limit: { index: 8 } })
  expect(values).toEqual(['x', 3])
})

describe('named queries', () => {
  const parameters = ['status', 'since', 'ids', 'n']
  const where = (filter: unknown): string => {
    const { query, values } = queryOfDocument({ where: filter }, { parameters })
    expect(values).toEqual([])
    return shownCondition(query.where, values)
  }

  test.each([
    [{ a: '$status' }, 'a eq $0'],
    [{ a: { $gte: '$since', $lt: 5 } }, '(a ge $1 and a lt 5)'],
    [{ a: { $in: '$ids' } }, 'a in [$2]'],
    [{ a: { $in: ['$status', 'x'] } }, 'a in [$0 "x"]'],
    [{ a: '$$status' }, 'a eq "$status"'],
    [['a', 'in', '$ids'], 'a in [$2]'],
    [{ site: { $near: { latitude: 1, longitude: 2, distance: '$n' } } }, 'geo.distance(site,"POINT(2 1)") le $3'],
    ["a eq $status and length(b) gt $n and c eq '$x'", '(a eq $0 and length(b) gt $3 and c eq "$x")'],
    ['a in ($status,5)', 'a in [$0 "5"]'],
  ])('%j', (filter, text) => {
    expect(where(filter)).toBe(text)
  })

  test('parameters of pages, searches and relations', () => {
    expect(
      queryOfDocument({ limit: '$n', search: '$status', expand: 'c($top=$n;$filter=a eq $status)' }, { parameters }).query,
    ).toMatchObject({
      limit: { kind: 'slot', index: 3, type: 'parameter' },
      search: { text: { index: 0, type: 'parameter' } },
      expand: [{ limit: { index: 3 }, where: { right: { value: { index: 0 } } } }],
    })
  })

  test('without parameters a dollar is a letter', () => {
    const { query, values } = queryOfDocument({ where: { a: '$status' } })
    expect(shownCondition(query.where, values)).toBe('a eq string:"$status"')
  })

  test.each([
    [{ where: { a: '$stats' } }, 'where.a', 'The query has no parameter "stats". Did you mean "$status"?'],
    [{ where: { a: '$5' } }, 'where.a', 'The query has no parameter "5". Write "$$" for a text that begins with "$".'],
    [{ where: 'a eq $nope' }, 'where', undefined],
    [{ limit: '$nope' }, 'limit', undefined],
  ])('%j is refused', (document, parameter, message) => {
    const { at, ...rest } = refusal(() => queryOfDocument(document, { parameters }))
    expect(at).toMatchObject({ parameter })
    if (message !== undefined) expect(rest.message).toBe(message)
  })
})

describe('refusals', () => {
  test.each([
    [5, 'query', undefined],
    [[], 'query', 'A query is an object such as { "where": { "status": "open" } }.'],
    [{ whre: {} }, 'whre', 'The query option "whre" is not known. Did you mean "where"?'],
    [{ constructor: 1 }, 'constructor', undefined],
    [
      { joins: [] },
      'joins',
      '"joins" is not part of the language: relations are followed by paths ("owner.name"), nested filters and expand.',
    ],
    [{ windowFunctions: [] }, 'windowFunctions', undefined],
    [{ where: {}, filter: {} }, 'filter', '"where" and "filter" mean the same: give one of them.'],
    [{ where: { $or: [{ a: 1 }, { amount: { $gt: null } }] } }, 'where.$or[1].amount.$gt', 'null can be compared with $eq and $ne only.'],
    [{ filters: { a: {} } }, 'filters.a', undefined],
    [{ limit: -1 }, 'limit', '"limit" must be a whole number from 0 to 2147483647.'],
    [{ top: 1.5 }, 'top', undefined],
    [{ limit: '5' }, 'limit', undefined],
    [{ offset: 2 ** 31 }, 'offset', undefined],
    [{ cursor: 5 }, 'cursor', '"cursor" is the next_cursor of the page before.'],
    [{ count: 1 }, 'count', '"count" is true, false, "exact" or "estimated".'],
    [{ distinct: 5 }, 'distinct', '"distinct" is a list of field names.'],
    [{ search: 5 }, 'search', '"search" is a text, or { query, fields, operator }.'],
    [{ search: {} }, 'search.query', '"query" is the text to search for.'],
    [{ search: { query: 'x', fuzzy: true } }, 'search.fuzzy', '"fuzzy" is not known here. Use query, fields and operator.'],
    [{ search: { query: 'x', operator: 'xor' } }, 'search.operator', '"operator" is "and" or "or".'],
    [{ search: { query: 'x', fields: ['a'] }, searchFields: ['b'] }, 'searchFields', undefined],
    [{ fields: ['a', { field: 'b', alias: 'c' }] }, 'fields[1].alias', undefined],
    [{ fields: [5] }, 'fields[0]', '"fields" is a list of field names.'],
    [{ having: { n: 1 } }, 'having', '"having" restricts groups: give groupBy or aggregate, too.'],
    [{ object: 5 }, 'object', undefined],
  ])('%j', (document, parameter, message) => {
    const { status, at, ...rest } = refusal(() => queryOfDocument(document))
    expect(status).toBe(400)
    expect(at).toMatchObject({ parameter })
    if (message !== undefined) expect(rest.message).toBe(message)
  })

  test('a document about another object', () => {
    expect(refusal(() => queryOfDocument({ object: 'contact' }, { object: 'account' })).message).toBe('This query is about "account".')
  })
})
