import { describe, expect, test } from 'vitest'
import type { Expand, SlotValue } from '../../../../../runtime-lite/query/ast.ts'
import { parseExpand } from '../../../../../runtime-lite/query/parse/expand.ts'
import { slotSink } from '../../../../../runtime-lite/query/parse/value-sink.ts'
import { QUERY_LIMITS, queryOfUrl, shownCondition, shownExpression } from '../../../../support/parsed-query.ts'
import { refusal } from '../../../../support/url-query.ts'

/** One line per relation: `a[x y]{b}` is `a` with fields `x` and `y` and `b` below. */
const shown = (items: readonly Expand[], values: readonly SlotValue[]): string =>
  items
    .map(({ field, select, where, orderBy, limit, offset, expand }) => {
      const parts = [
        ...(where ? [`where ${shownCondition(where, values)}`] : []),
        ...orderBy.map(({ by, isDescending }) => `by ${shownExpression(by, values)}${isDescending ? ' desc' : ''}`),
        ...(limit?.kind === 'slot' ? [`limit ${values[limit.index]}`] : []),
        ...(offset?.kind === 'slot' ? [`offset ${values[offset.index]}`] : []),
      ]
      return `${field}${select ? `[${select.join(' ')}]` : ''}${parts.length > 0 ? `<${parts.join('; ')}>` : ''}${expand.length > 0 ? `{${shown(expand, values)}}` : ''}`
    })
    .join(', ')

const expanded = (value: unknown): string => {
  const values: SlotValue[] = []
  return shown(parseExpand(value, { sink: slotSink(values, 0), parameter: 'expand', limits: QUERY_LIMITS }), values)
}

describe('text', () => {
  test.each([
    ['owner', 'owner'],
    ['owner, account', 'owner, account'],
    ['owner.boss/boss', 'owner{boss{boss}}'],
    ['owner($select=name,id)', 'owner[name id]'],
    ['owner($select=name, boss/name)', 'owner[name boss/name]'],
    ['owner(select=name;expand=boss)', 'owner[name]{boss}'],
    ['owner($expand=boss($select=name),team),account', 'owner{boss[name], team}, account'],
    ['owner.boss,owner.team', 'owner{boss, team}'],
    ['a($expand=b.c,b.d)', 'a{b{c, d}}'],
    ['a($select=x),a($select=y)', 'a[x y]'],
    ['a($select=x),a', 'a'],
    ['["owner","a.b"]', 'owner, a{b}'],
    ['{"owner":true,"x":false}', 'owner'],
    [
      "c($filter=x eq 'a;b)' and (y gt 1);$orderby=z desc,length(w);$top=3;$skip=1;$select=x;$expand=o($filter=p/any(q:q/r eq 2)))",
      'c[x]<where (x eq quoted:"a;b)" and y gt bare:"1"); by z desc; by length(w); limit 3; offset 1>{o<where any p{r eq bare:"2"}>}',
    ],
    ['c(limit=5;sort=-a;where=b)', 'c<where b eq true; by a desc; limit 5>'],
  ])('%s', (text, expand) => {
    expect(expanded(text)).toBe(expand)
    const { query, values } = queryOfUrl(`$expand=${encodeURIComponent(text)}`)
    expect(shown(query.expand, values)).toBe(expand)
  })

  test.each([
    ['', 'Expected a relation name in "$expand".', 0],
    ['a,', 'Expected a relation name in "$expand".', 2],
    ['a..b', 'Expected a relation name in "$expand".', 2],
    ['a(', 'Expected a relation name in "$expand".', 2],
    ['a()', 'Expected a relation name in "$expand".', 2],
    ['a($select)', 'Expected "=" after "$select" in "$expand".', 9],
    ['a($count=true)', '"$count" is not known inside "$expand". Use $filter, $orderby, $top, $skip, $select or $expand.', 2],
    ['a($top=x)', '"$expand" must be a whole number from 0 to 2147483647.', 7],
    ['a($top=1;$top=2)', '"$top" is given twice inside "$expand".', 9],
    ['a($filter=b eq)', 'Expected a value in $expand, found the end. Strings stand in apostrophes.', 14],
    ["a($filter=b eq 'x' c)", 'Expected "and" or "or" in $expand, found "c".', 19],
    ['a($orderby=b up)', '"b up" is not a sort item: write "field", "field desc" or "-field".', 11],
    ['a($select=x', 'Missing ")" in "$expand".', 11],
    ['a($select=x)b', 'Unexpected "b" in "$expand".', 12],
    ['a)', 'Unexpected ")" in "$expand".', 1],
    ['a.b.c.d', '"$expand" is nested deeper than 3 levels.', 6],
    ['a($expand=b($expand=c($expand=d)))', '"$expand" is nested deeper than 3 levels.', 30],
    ["a($filter=b eq 'x)", 'A string in $expand is not closed: add the missing apostrophe.', 15],
  ])('%j is refused', (text, message, position) => {
    const { at, ...rest } = refusal(() => queryOfUrl(`$expand=${encodeURIComponent(text)}`))
    expect(rest).toMatchObject({ status: 400, message })
    expect(at).toMatchObject({ parameter: '$expand' })
    expect((at as { position?: number }).position).toBe(position)
  })

  test('the same relation twice cannot have two limits', () => {
    expect(expanded('a($top=1),a($skip=2)')).toBe('a<limit 1; offset 2>')
  })
})

describe('values', () => {
  test.each([
    [undefined, ''],
    [null, ''],
    ['', ''],
    ['a.b', 'a{b}'],
    [['a', { b: true }], 'a, b'],
    [[{ field: 'a', fields: ['x'] }], 'a[x]'],
    [{ a: { select: ['x'], expand: { b: true } } }, 'a[x]{b}'],
    [{ a: { fields: { x: true, y: false } }, b: undefined, c: null }, 'a[x]'],
    [{ a: { object: 'thing', select: 'x,y' } }, 'a[x y]'],
    [{ 'a.b': { select: ['x'] } }, 'a{b[x]}'],
    [
      { c: { where: { x: 'a' }, orderBy: { y: 'desc' }, limit: 3, offset: 1, populate: ['o'] } },
      'c<where x eq string:"a"; by y desc; limit 3; offset 1>{o}',
    ],
    [{ c: { filter: ['x', '=', 1], sort: '-y', top: 3 } }, 'c<where x eq number:1; by y desc; limit 3>'],
    [{ c: { fields: ['x', { field: 'o', fields: ['z'] }] } }, 'c[x o]{o[z]}'],
  ])('%j', (value, expand) => {
    expect(expanded(value)).toBe(expand)
  })

  test.each([
    [5, 'expand', 'a list or a map'],
    [[['a']], 'expand', 'a list or a map'],
    [[5], 'expand', 'a list or a map'],
    [{ a: 5 }, 'expand.a', 'is true or { select, where'],
    [{ a: ['x'] }, 'expand.a', 'is true or { select, where'],
    [{ a: { limt: 5 } }, 'expand.a.limt', 'Did you mean "limit"?'],
    [{ a: { limit: -1 } }, 'expand.a.limit', 'must be a whole number'],
    [{ a: { limit: 1, top: 2 } }, 'expand.a.top', 'mean the same'],
    [{ a: { where: { x: { $gt: null } } } }, 'expand.a.where.x.$gt', 'null can be compared'],
    [{ a: { select: [5] } }, 'expand.a.select[0]', 'is a list of field names'],
    [{ a: { expand: { b: { expand: { c: { expand: { d: true } } } } } } }, undefined, 'deeper than 3'],
    [{ a: { expand: { b: { expand: 'c.d' } } } }, undefined, 'deeper than 3'],
    [{ a: { expand: ['b.c.d'] } }, undefined, 'deeper than 3'],
    [{ 'a.b.c.d': true }, undefined, 'deeper than 3'],
  ])('%j is refused', (value, parameter, message) => {
    const { at, ...rest } = refusal(() => expanded(value))
    expect(rest.message).toContain(message)
    if (parameter !== undefined) expect(at).toMatchObject({ parameter })
  })

  test('thousands of nested lists are refused and not followed', () => {
    expect(refusal(() => expanded(`${'['.repeat(4000)}${']'.repeat(4000)}`)).status).toBe(400)
  })
})
