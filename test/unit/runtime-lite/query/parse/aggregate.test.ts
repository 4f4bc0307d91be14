import { describe, expect, test } from 'vitest'
import { queryOfDocument, queryOfUrl, shownCondition, shownExpression } from '../../../../support/parsed-query.ts'
import { refusal } from '../../../../support/url-query.ts'

function shown({ query, values }: Pick<ReturnType<typeof queryOfDocument>, 'query' | 'values'>): string {
  const { by = [], aggregates = [], having } = query.group ?? {}
  const groups = by.map((item) => `${item.alias}=${item.granularity ? `${item.granularity}:` : ''}${shownExpression(item.by, values)}`)
  const results = aggregates.map(
    (item) =>
      `${item.alias}=${item.function}(${item.of ? shownExpression(item.of, values) : ''})${item.filter ? `[${shownCondition(item.filter, values)}]` : ''}`,
  )
  return `${groups.join(' ')} | ${results.join(' ')}${having ? ` | ${shownCondition(having, values)}` : ''}`
}

describe('groups', () => {
  test.each([
    [['a', 'b.c'], 'a=a b_c=b/c | '],
    ['a,b/c', 'a=a b_c=b/c | '],
    ['a', 'a=a | '],
    [['2nd', 'x y'], '_2nd=2nd x_y=x y | '],
    [[{ field: 'a', dateGranularity: 'week', alias: 'w' }], 'w=week:a | '],
    [[{ field: 'a', granularity: 'quarter' }], 'a=quarter:a | '],
    [[{ by: { $call: ['year', { $field: 'a' }] }, alias: 'y' }], 'y=year(a) | '],
    ['month(a) as m, (year(b)) as y,length(c) as l', 'm=month:a y=year(b) l=length(c) | '],
    [['day(a) as d'], 'd=day:a | '],
    ['YEAR(a)', 'a=year:a | '],
    [{ field: 'a' }, 'a=a | '],
  ])('%j', (groupBy, text) => {
    expect(shown(queryOfDocument({ groupBy }))).toBe(text)
    const url = `groupBy=${encodeURIComponent(typeof groupBy === 'string' ? groupBy : JSON.stringify(groupBy))}`
    if (typeof groupBy === 'string' || Array.isArray(groupBy)) expect(shown(queryOfUrl(url))).toBe(text)
  })

  test.each([
    [5, 'groupBy', 'A group is a field name'],
    [[5], 'groupBy[0]', 'A group is a field name'],
    [[{}], 'groupBy[0]', 'A group needs a "field".'],
    [[{ field: 5 }], 'groupBy[0].field', '"field" is the name of a field.'],
    [[{ field: 'a', dateGranularity: 'hour' }], 'groupBy[0].dateGranularity', 'A date is grouped by'],
    [[{ field: 'a', granularty: 'day' }], 'groupBy[0].granularty', 'is not known here'],
    [[{ field: 'a', alias: 'x y' }], 'groupBy[0]', 'An alias is a name'],
    [[{ field: 'a', alias: '"; drop table' }], 'groupBy[0]', 'An alias is a name'],
    [[{ by: { $call: ['year', { $field: 'a' }] } }], 'groupBy[0]', 'A calculation needs a name'],
    [['a', 'a'], 'groupBy[1]', 'The alias "a" is given twice.'],
    ['a,,b', 'groupBy', 'Expected a field'],
    ['month(a', 'groupBy', 'Expected ")"'],
    ['a b', 'groupBy', undefined],
  ])('%j is refused', (groupBy, parameter, message) => {
    if (message === undefined) return expect(shown(queryOfDocument({ groupBy }))).toBe('a_b=a b | ')
    const { at, ...rest } = refusal(() => queryOfDocument({ groupBy }))
    expect(rest).toMatchObject({ status: 400, code: 'INVALID_QUERY' })
    expect(rest.message).toContain(message)
    expect(at).toMatchObject({ parameter })
  })
})

describe('aggregates', () => {
  test.each([
    ['sum(a) as t,count() as n', ' | t=sum(a) n=count()'],
    ['SUM(a),count(),count(b)', ' | sum_a=sum(a) count=count() count_b=count(b)'],
    ['count(distinct a),countDistinct(b) as x,average(c/d)', ' | count_distinct_a=count_distinct(a) x=count_distinct(b) avg_c_d=avg(c/d)'],
    ["avg(a mul 2) filter (s eq 'won' and b) as w", ' | w=avg(mul(a,bare:"2"))[(s eq quoted:"won" and b eq true)]'],
    [[{ function: 'sum', field: 'a', alias: 't' }, { func: 'count' }], ' | t=sum(a) count=count()'],
    [[{ function: 'count', field: 'a', distinct: true }], ' | count_distinct_a=count_distinct(a)'],
    [[{ function: 'min', field: 'a', filter: { b: { $gt: 1 } } }], ' | min_a=min(a)[b gt number:1]'],
    [[{ function: 'max', of: { $call: ['length', { $field: 'a' }] }, alias: 'm' }], ' | m=max(length(a))'],
    [{ function: 'count', field: '*' }, ' | count=count()'],
    [
      { total: { sum: 'a' }, n: { count: true }, x: { avg: 'b', filter: ['c', '=', 1] } },
      ' | total=sum(a) n=count() x=avg(b)[c eq number:1]',
    ],
    [{ a: 'sum', b: ['min', 'max'] }, ' | sum_a=sum(a) min_b=min(b) max_b=max(b)'],
    [['sum(a) as t', { function: 'count' }], ' | t=sum(a) count=count()'],
  ])('%j', (aggregate, text) => {
    expect(shown(queryOfDocument({ aggregate }))).toBe(text)
    expect(
      shown(queryOfUrl(`aggregate=${encodeURIComponent(typeof aggregate === 'string' ? aggregate : JSON.stringify(aggregate))}`)),
    ).toBe(text)
  })

  test.each([
    [5, 'aggregate', 'is a list of'],
    [[5], 'aggregate[0]', 'An aggregate is { function, field, alias }.'],
    [[{ field: 'a' }], 'aggregate[0]', 'An aggregate needs a "function"'],
    [[{ function: 'sums', field: 'a' }], 'aggregate[0]', 'The aggregate "sums" is not known. Did you mean "sum"?'],
    [[{ function: 'array_agg', field: 'a' }], 'aggregate[0]', 'The aggregate "array_agg" is not known.'],
    [[{ function: 'constructor', field: 'a' }], 'aggregate[0]', 'is not known'],
    [[{ function: 'sum' }], 'aggregate[0]', '"sum" needs a field.'],
    [[{ function: 'sum', field: 'a', distinct: true }], 'aggregate[0]', '"distinct" has a meaning for count only, not for sum.'],
    [[{ function: 'count', distinct: 1 }], 'aggregate[0].distinct', '"distinct" is true or false.'],
    [[{ function: 'count', filter: { a: { $gt: null } } }], 'aggregate[0].filter.a.$gt', 'null can be compared'],
    [[{ function: 'count', over: {} }], 'aggregate[0].over', 'is not known here'],
    [[{ function: 'count' }, { function: 'count' }], 'aggregate[1]', 'The alias "count" is given twice.'],
    [{ n: {} }, 'aggregate.n', 'needs one function'],
    [{ n: { sum: 'a', avg: 'a' } }, 'aggregate.n', 'needs one function'],
    [{ n: 5 }, 'aggregate.n', 'is { function: field }'],
    ['sum()', 'aggregate', '"sum" needs a field: sum(field).'],
    ['sum a', 'aggregate', 'Expected "(" in aggregate, found "a".'],
    ['sum(a) total', 'aggregate', 'Expected "," in aggregate, found "total".'],
    ['sum(a mul b)', 'aggregate', 'A calculation needs a name'],
    ['sum(a) as', 'aggregate', 'Expected a name in aggregate, found the end.'],
  ])('%j is refused', (aggregate, parameter, message) => {
    const { at, ...rest } = refusal(() => queryOfDocument({ aggregate }))
    expect(rest.status).toBe(400)
    expect(rest.message).toContain(message)
    expect(at).toMatchObject({ parameter })
  })

  test('a group and an aggregate cannot share an alias; having speaks of both', () => {
    expect(refusal(() => queryOfDocument({ groupBy: ['count'], aggregate: 'count()' })).message).toBe('The alias "count" is given twice.')
    expect(shown(queryOfDocument({ groupBy: 's', aggregate: 'sum(a)', having: { sum_a: { $gt: 5 }, s: 'x' } }))).toBe(
      's=s | sum_a=sum(a) | (sum_a gt number:5 and s eq string:"x")',
    )
  })
})
