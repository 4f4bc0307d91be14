import { describe, expect, test } from 'vitest'
import { parseOrderBy } from '../../../../runtime-lite/query/parse-url-query.ts'
import { parsedUrl, refusal } from '../../../support/url-query.ts'

const untyped = (index: number) => ({ kind: 'slot', index, type: 'untyped' })

test('every parameter under every name', () => {
  const expected = {
    where: { kind: 'null', field: 'a', isNull: true },
    orderBy: [{ field: 'b', isDescending: true }],
    select: ['c', 'd'],
    expand: [{ field: 'e', expand: [] }],
    limit: untyped(0),
    offset: untyped(1),
    withTotal: true,
  }
  for (const text of [
    '$filter=a eq null&$orderby=b desc&$select=c,d&$expand=e&$top=5&$skip=6&$count=true',
    '%24filter=a%20eq%20null&%24orderby=b%20DESC&%24select=c%2C%20d&%24expand=e&%24top=5&%24skip=6&%24count=true',
    'a=null&sort=-b&fields=c,d&expand=e&limit=5&offset=6&count=true',
    'filter={"a":null}&orderBy=[["b","desc"]]&select=["c","d"]&populate=["e"]&top=5&skip=6&count=true',
    'filters=["a","=",null]&orderby=[{"field":"b","order":"desc"}]&select=c,d&expand={"e":true}&limit=5&skip=6&$count=true',
    'where={"a":{"$null":true}}&sort={"b":"desc"}&select=c,d&expand=e&limit=5&skip=6&$count=true',
  ])
    expect(parsedUrl(text).query, text).toEqual(expected)
})

test('nothing asked for', () => {
  expect(parsedUrl('')).toEqual({ query: { orderBy: [], expand: [], withTotal: false }, extraValues: [], isShapeOnly: true })
  expect(parsedUrl('&&$count=false&').query).toEqual({ orderBy: [], expand: [], withTotal: false })
})

test.each([
  ['a=x', { kind: 'compare', field: 'a', operator: 'eq', value: untyped(0) }],
  ['a=true', { kind: 'compare', field: 'a', operator: 'eq', value: { kind: 'constant', value: 'true', type: 'untyped' } }],
  ['a[eq]=x', { kind: 'compare', field: 'a', operator: 'eq', value: untyped(0) }],
  ['a[ne]=null', { kind: 'null', field: 'a', isNull: false }],
  ['a[gt]=null', { kind: 'compare', field: 'a', operator: 'gt', value: { kind: 'constant', value: 'null', type: 'untyped' } }],
  ['a[GTE]=1', { kind: 'compare', field: 'a', operator: 'ge', value: untyped(0) }],
  ['a[le]=1', { kind: 'compare', field: 'a', operator: 'le', value: untyped(0) }],
  ['a[in]=1,2', { kind: 'in', field: 'a', values: [{ kind: 'slot', index: 0, type: 'list' }] }],
  ['a[nin]=1', { kind: 'not', part: { kind: 'in', field: 'a', values: [{ kind: 'slot', index: 0, type: 'list' }] } }],
  ['a[contains]=x', { kind: 'match', field: 'a', operator: 'contains', value: untyped(0) }],
  ['a[null]=true', { kind: 'null', field: 'a', isNull: true }],
  ['a[null]=false', { kind: 'null', field: 'a', isNull: false }],
  ['jsonFilter=1', { kind: 'compare', field: 'jsonFilter', operator: 'eq', value: untyped(0) }],
])('%s', (text, condition) => {
  expect(parsedUrl(text).query.where).toEqual(condition)
})

test('conditions of several parameters all hold', () => {
  expect(parsedUrl('a=1&b[gt]=2&$filter=c eq 3&filter={"d":4}')).toMatchObject({
    query: {
      where: { kind: 'and', parts: [{ field: 'a' }, { field: 'b' }, { field: 'c' }, { field: 'd', value: { index: 3, type: 'number' } }] },
    },
    extraValues: [4],
    isShapeOnly: false,
  })
})

describe('refusals', () => {
  test.each([
    ['$fitler=a', '$fitler', 'The query option "$fitler" is not known. Use $filter, $orderby, $top, $skip, $select, $expand or $count.'],
    ['$top', '$top', 'The parameter "$top" has no value.'],
    ['a=1&a=2', 'a', 'The parameter "a" is given twice.'],
    ['$top=1&limit=2', 'limit', 'The parameter "limit" is given twice.'],
    ['$filter=a eq 1&$filter=b eq 1', '$filter', 'The parameter "$filter" is given twice.'],
    ['$count=yes', '$count', '"$count" is true or false. To filter by a field of that name use $filter.'],
    ['count=1', 'count', undefined],
    ['$top=null', '$top', '"$top" must be a whole number from 0 to 2147483647.'],
    ['$select=', '$select', '"$select" has an empty name in its list.'],
    ['$select=a,,b', '$select', '"$select" has an empty name in its list.'],
    ['$select=[1]', '$select', '"$select" is a list of field names.'],
    ['$select=["a"', '$select', undefined],
    ['filter={', 'filter', undefined],
    ['filter=5', 'filter', 'A filter is an object such as { "status": "open" }.'],
    ['$orderby=a b', '$orderby', '"a b" is not a sort item: write "field", "field desc" or "-field".'],
    ['$orderby=-a desc', '$orderby', undefined],
    ['$orderby=a desc b', '$orderby', undefined],
    ['sort={"a":1}', 'sort', `A sort item is { field: 'asc' | 'desc' }.`],
    ['a[like]=x', 'a[like]', undefined],
    ['a[null]=1', 'a[null]', '"a[null]" is true or false.'],
    ['a[constructor]=x', 'a[constructor]', undefined],
    ['%ff=1', 'name', 'The value of "name" is not valid percent-encoded UTF-8.'],
    ['a%01=1', 'name', 'Control characters are not allowed here.'],
    ['sort=%01', 'sort', 'Control characters are not allowed here.'],
  ])('%s', (text, parameter, message) => {
    const { status, at, ...rest } = refusal(() => parsedUrl(text))
    expect(status).toBe(400)
    expect(at).toMatchObject({ parameter })
    if (message !== undefined) expect(rest.message).toBe(message)
  })

  test('names a client made up are cut short', () => {
    const { message, at } = refusal(() => parsedUrl(`$${'x'.repeat(5000)}=1`))
    expect(message.length).toBeLessThan(310)
    expect((at as { parameter: string }).parameter.length).toBe(100)
  })
})

test.each([
  [undefined, []],
  [null, []],
  ['', []],
  ['a, -b, c desc', ['a+', 'b-', 'c-']],
  [{ a: 'asc', b: 'desc' }, ['a+', 'b-']],
  [{ field: 'asc' }, ['field+']],
  [{ field: 'a' }, ['a+']],
  [{ field: 'a', direction: 'desc' }, ['a-']],
  [
    [{ field: 'a', order: 'desc' }, ['b', 'asc'], 'c desc', { d: 'asc' }],
    ['a-', 'b+', 'c-', 'd+'],
  ],
  [['a', 'desc'], ['a-']],
  [
    ['a', 'b'],
    ['a+', 'b+'],
  ],
])('order %j', (value, items) => {
  expect(parseOrderBy(value, 'orderBy').map(({ field, isDescending }) => field + (isDescending ? '-' : '+'))).toEqual(items)
})

test.each([5, true, [['a', 'up']], [[5]], { a: 'DESC' }, [{ field: 'a', order: 1 }]])('no order: %j', (value) => {
  expect(refusal(() => parseOrderBy(value, 'orderBy'))).toMatchObject({ status: 400, code: 'INVALID_SORT' })
})
