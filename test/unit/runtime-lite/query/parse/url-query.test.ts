import { describe, expect, test } from 'vitest'
import { normalQuery } from '../../../../support/language/normal-query.ts'
import { queryOfUrl, shownCondition } from '../../../../support/parsed-query.ts'
import { refusal } from '../../../../support/url-query.ts'

const normal = (text: string): unknown => {
  const { query, values } = queryOfUrl(text)
  return normalQuery(query, values)
}
const where = (text: string): string => {
  const { query, values } = queryOfUrl(text)
  return shownCondition(query.where, values)
}

test('every parameter under every name', () => {
  const field = (name: string) => ({ kind: 'field', path: [name] })
  const expected = {
    where: { kind: 'null', of: field('a'), isNull: true },
    orderBy: [{ by: field('b'), isDescending: true }],
    select: ['c', 'd.e'],
    expand: [{ field: 'e', expand: [], orderBy: [] }],
    isDistinct: false,
    limit: '5',
    offset: '6',
    total: 'exact',
  }
  for (const text of [
    '$filter=a eq null&$orderby=b desc&$select=c,d.e&$expand=e&$top=5&$skip=6&$count=true',
    '%24filter=a%20eq%20null&%24orderby=b%20DESC&%24select=c%2C%20d.e&%24expand=e&%24top=5&%24skip=6&%24count=true',
    'a=null&sort=-b&fields=c,d.e&expand=e&limit=5&offset=6&count=exact',
    'filter={"a":null}&orderBy=[["b","desc"]]&select=["c","d.e"]&populate=["e"]&top=5&skip=6&count=true',
    '$filter={"a":null}&orderBy=[["b","desc"]]&select=["c","d.e"]&populate=["e"]&top=5&skip=6&count=true',
    'filters=["a","=",null]&orderby=[{"field":"b","order":"desc"}]&select=c,d.e&expand={"e":true}&limit=5&skip=6&$count=true',
    'where=a eq null&sort={"b":"desc"}&select=c,d.e&expand=e&limit=5&skip=6&$count=true',
  ])
    expect(normal(text), text).toEqual(expected)
})

test('nothing asked for', () => {
  const nothing = { orderBy: [], expand: [], isDistinct: false, total: 'none' }
  expect(queryOfUrl('')).toEqual({ query: nothing, extraValues: [], isShapeOnly: true, values: [] })
  expect(queryOfUrl('&&$count=false&distinct=false&').query).toEqual(nothing)
})

test('search, cursor, distinct, count', () => {
  expect(normal('search=a+b&searchFields=x,y&cursor=abc&count=estimated&distinct=x,y')).toEqual({
    search: { text: 'a b', fields: ['x', 'y'], operator: 'and' },
    orderBy: [],
    select: ['x', 'y'],
    expand: [],
    isDistinct: true,
    cursor: 'abc',
    total: 'estimated',
  })
  expect(queryOfUrl('search=true').query.search?.text).toEqual({ kind: 'constant', value: 'true', type: 'untyped' })
})

test('groups, as text and as JSON', () => {
  const expected = {
    orderBy: [],
    expand: [],
    isDistinct: false,
    total: 'none',
    group: {
      by: [
        { alias: 'status', by: { kind: 'field', path: ['status'] } },
        { alias: 'owner_name', by: { kind: 'field', path: ['owner', 'name'] } },
        { alias: 'm', by: { kind: 'field', path: ['closed_on'] }, granularity: 'month' },
      ],
      aggregates: [
        { alias: 'sum_amount', function: 'sum', of: { kind: 'field', path: ['amount'] } },
        { alias: 'n', function: 'count' },
      ],
      having: { kind: 'compare', operator: 'gt', left: { kind: 'field', path: ['n'] }, right: { kind: 'value', value: '5' } },
    },
  }
  expect(normal('groupBy=status,owner/name,month(closed_on) as m&aggregate=sum(amount),count() as n&having=n gt 5')).toEqual(expected)
  const by = JSON.stringify(['status', 'owner.name', { field: 'closed_on', dateGranularity: 'month', alias: 'm' }])
  const aggregates = JSON.stringify([
    { function: 'sum', field: 'amount' },
    { func: 'count', alias: 'n' },
  ])
  expect(normal(`groupBy=${by}&aggregations=${aggregates}&having={"n":{"$gt":5}}`)).toEqual(expected)
})

test.each([
  ['a=x', 'a eq untyped:"x"'],
  ['a=true', 'a eq "true"'],
  ['a=', 'a eq untyped:""'],
  ['owner.name=x', 'owner/name eq untyped:"x"'],
  ['a[eq]=x', 'a eq untyped:"x"'],
  ['a[ne]=null', 'a is not null'],
  ['a[gt]=null', 'a gt "null"'],
  ['a[GTE]=1', 'a ge untyped:"1"'],
  ['a[le]=1', 'a le untyped:"1"'],
  ['a[in]=1,2', 'a in [list:"1,2"]'],
  ['a[in]=[]', 'a in []'],
  ['a[nin]=[]', '!a in []'],
  ['a[in]=true', 'a in ["true"]'],
  ['a[nin]=1', '!a in [list:"1"]'],
  ['a[in][]=x,y&b=1&a[in][]=z', '(a in [untyped:"x,y" untyped:"z"] and b eq untyped:"1")'],
  ['a[]=x', 'a in [untyped:"x"]'],
  ['a[nin][]=x', '!a in [untyped:"x"]'],
  ['a[in]=["x,y",2]', 'a in [string:"x,y" number:2]'],
  [
    `a[in]=${JSON.stringify(Array.from({ length: 17 }, (_, index) => index))}`,
    `a in [list:[${Array.from({ length: 17 }, (_, index) => index)}]]`,
  ],
  ['a[between]=1,9', '(a ge untyped:"1" and a le untyped:"9")'],
  ['a%5Bbetween%5D=1%2C9', '(a ge untyped:"1" and a le untyped:"9")'],
  ['a[contains]=x', 'a contains untyped:"x"'],
  ['a[notcontains]=x', '!a contains untyped:"x"'],
  ['a[icontains]=x&b[like]=y%25', '(a icontains untyped:"x" and b like untyped:"y%")'],
  ['a[null]=true', 'a is null'],
  ['a[exists]=true', 'a is not null'],
  ['a[null]=false', 'a is not null'],
  ['jsonFilter=1', 'jsonFilter eq untyped:"1"'],
  ['a b=1', 'a b eq untyped:"1"'],
])('%s', (text, condition) => {
  expect(where(text)).toBe(condition)
})

test('conditions of several parameters all hold, in their order', () => {
  const parsed = queryOfUrl('a=1&b[gt]=2&$filter=c eq 3&filter={"d":4}&e=5')
  expect(shownCondition(parsed.query.where, parsed.values)).toBe(
    '(a eq untyped:"1" and b gt untyped:"2" and c eq bare:"3" and d eq number:4 and e eq untyped:"5")',
  )
  expect(parsed.extraValues).toEqual([4])
  expect(parsed.isShapeOnly).toBe(false)
})

test('JSON without values is part of the key', () => {
  expect(queryOfUrl('filter={"a":null,"b":true}&sort=[["a","desc"]]&expand={"c":true}')).toMatchObject({
    isShapeOnly: true,
    extraValues: [],
  })
  expect(queryOfUrl('expand={"c":{"limit":3}}')).toMatchObject({ isShapeOnly: false, extraValues: [3] })
})

describe('refusals', () => {
  test.each([
    [
      '$fitler=a',
      '$fitler',
      'The query option "$fitler" is not known. Did you mean "$filter"? Use $filter, $orderby, $top, $skip, $select, $expand, $count or $search.',
    ],
    ['$cursor=a', '$cursor', undefined],
    ['$top', '$top', 'The parameter "$top" has no value.'],
    ['a=1&a=2', 'a', 'The parameter "a" is given twice.'],
    ['$top=1&limit=2', 'limit', 'The parameter "limit" is given twice.'],
    ['$filter=a eq 1&$filter=b eq 1', '$filter', 'The parameter "$filter" is given twice.'],
    ['where=a eq 1&filter=b eq 1', 'filter', 'The parameter "filter" is given twice.'],
    ['$count=yes', '$count', '"$count" is true, false, exact or estimated. To filter by a field of that name use $filter.'],
    ['count=1', 'count', undefined],
    ['$top=null', '$top', '"$top" must be a whole number from 0 to 2147483647.'],
    ['cursor=null', 'cursor', '"cursor" is the next_cursor of the page before.'],
    ['$select=', '$select', '"$select" has an empty name in its list.'],
    ['$select=a,,b', '$select', '"$select" has an empty name in its list.'],
    ['$select=[1]', '$select', '"$select" is a list of field names.'],
    ['$select=["a"', '$select', undefined],
    ['filter={', 'filter', undefined],
    ['filter={"a":{"$gt":null}}', 'filter.a.$gt', 'null can be compared with $eq and $ne only.'],
    ['filter=5', 'filter', 'Expected an operator after a value (eq, ne, gt, ge, lt, le, in), found the end.'],
    ['having=n gt 5', 'having', '"having" restricts groups: give groupBy or aggregate, too.'],
    ['searchFields=a', 'searchFields', '"searchFields" needs a text to search for: give "search", too.'],
    ['distinct=a&select=b', 'distinct', '"distinct" is true or false where fields are selected.'],
    ['sort={"a":5}', 'sort', `A sort item is { field: 'asc' | 'desc' }.`],
    ['a[lik]=x', 'a[lik]', 'The operator "lik" is not known. Did you mean "like"?'],
    ['a[null]=1', 'a[null]', '"a[null]" is true or false.'],
    ['a[between]=1', 'a[between]', '"a[between]" takes two values with a comma between.'],
    ['a[between]=1,2,3', 'a[between]', '"a[between]" takes two values with a comma between.'],
    ['a[gt][]=1&a[gt][]=2', 'a[gt][]', '"a[gt][]" takes one value.'],
    ['a[in]={"x":1}', 'a[in]', '"a[in]" takes a list of values.'],
    ['a[between]=[]', 'a[between]', '"a[between]" takes two values with a comma between.'],
    ['a[constructor]=x', 'a[constructor]', undefined],
    ['a..b=1', 'a..b', '"a..b" is not a field: write "field" or "relation.field".'],
    ['=x', '', undefined],
    ['%ff=1', 'name', 'The value of "name" is not valid percent-encoded UTF-8.'],
    ['a%01=1', 'name', 'Control characters are not allowed here.'],
    ['sort=%01', 'sort', 'Control characters are not allowed here.'],
    ['$filter=a eq \u0001', '$filter', 'Control characters are not allowed here.'],
  ])('%s', (text, parameter, message) => {
    const { status, at, ...rest } = refusal(() => queryOfUrl(text))
    expect(status).toBe(400)
    expect(at).toMatchObject({ parameter })
    if (message !== undefined) expect(rest.message).toBe(message)
  })

  test('names a client made up are cut short', () => {
    const { message, at } = refusal(() => queryOfUrl(`$${'x'.repeat(5000)}=1`))
    expect(message.length).toBeLessThan(310)
    expect((at as { parameter: string }).parameter.length).toBe(100)
  })
})
