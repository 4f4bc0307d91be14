import { describe, expect, test } from 'vitest'
import type { SlotValue, SortItem } from '../../../../../runtime-lite/query/ast.ts'
import { parseSort } from '../../../../../runtime-lite/query/parse/sort.ts'
import { slotSink } from '../../../../../runtime-lite/query/parse/value-sink.ts'
import { QUERY_LIMITS, queryOfUrl, shownExpression } from '../../../../support/parsed-query.ts'
import { refusal } from '../../../../support/url-query.ts'

const shown = (items: readonly SortItem[], values: readonly SlotValue[]): readonly string[] =>
  items.map(({ by, isDescending, nulls }) => `${shownExpression(by, values)}${isDescending ? '-' : '+'}${nulls ?? ''}`)

const sorted = (value: unknown): readonly string[] => {
  const values: SlotValue[] = []
  return shown(parseSort(value, { sink: slotSink(values, 0), parameter: 'orderBy', limits: QUERY_LIMITS }), values)
}

describe('text', () => {
  test.each([
    ['a, -b, c desc', ['a+', 'b-', 'c-']],
    ['a ASC nulls last,b desc NULLS first', ['a+last', 'b-first']],
    ['a nulls first,-b nulls last', ['a+first', 'b-last']],
    ['owner/name desc,owner.boss.name', ['owner/name-', 'owner/boss/name+']],
    ["2nd desc,it's", ['2nd-', "it's+"]],
    ['length(name) desc nulls last,a', ['length(name)-last', 'a+']],
    ['-length(name)', ['length(name)-']],
    ['-(a) asc,-(b) desc', ['neg(a)+', 'neg(b)-']],
    ["concat(a,'x,y') desc", ['concat(a,quoted:"x,y")-']],
    ['(a mul 2) add b', ['add(mul(a,bare:"2"),b)+']],
  ])('%s', (text, items) => {
    expect(sorted(text)).toEqual(items)
    const { query, values } = queryOfUrl(`$orderby=${encodeURIComponent(text)}`)
    expect(shown(query.orderBy, values)).toEqual(items)
  })

  test('literals of calls are values, those of a calculation alone are part of the key', () => {
    expect(queryOfUrl('sort=indexof(a,%27x%27)').values).toEqual(['x'])
    expect(queryOfUrl('sort=a mul 2').query.orderBy[0]?.by).toMatchObject({
      args: [{}, { value: { kind: 'constant', value: '2', type: 'bare' } }],
    })
  })

  test.each([
    ['a b', '"a b" is not a sort item: write "field", "field desc" or "-field".', 0],
    ['x, a up', '"a up" is not a sort item: write "field", "field desc" or "-field".', 3],
    ['-a desc', '"-a desc" is not a sort item: write "field", "field desc" or "-field".', 0],
    ['a desc b', '"a desc b" is not a sort item: write "field", "field desc" or "-field".', 0],
    ['a nulls', '"a nulls" is not a sort item: write "field", "field desc" or "-field".', 0],
    ['length(a) up', '"length(a) up" is not a sort item: write "field", "field desc" or "-field".', 0],
    ['a,length(', 'Expected a value in $orderby, found the end. Strings stand in apostrophes.', 9],
    ['a,lenght(b)', 'The function "lenght" is not known. Did you mean "length"?', 2],
    ['a,,b', '"$orderby" has an empty name in its list.', undefined],
  ])('%j is refused', (text, message, position) => {
    const { at, ...rest } = refusal(() => queryOfUrl(`$orderby=${text}`))
    expect(rest).toMatchObject({ status: 400, message })
    expect((at as { position?: number }).position).toBe(position)
  })
})

describe('values', () => {
  test.each([
    [undefined, []],
    [null, []],
    ['', []],
    [{ a: 'asc', b: 'desc' }, ['a+', 'b-']],
    [{ a: 1, b: -1 }, ['a+', 'b-']],
    [{ field: 'asc' }, ['field+']],
    [{ field: 'a' }, ['a+']],
    [{ field: 'a', direction: 'desc' }, ['a-']],
    [{ field: 'a', dir: 'DESC', nulls: 'first' }, ['a-first']],
    [{ 'owner.name': { order: 'desc', nulls: 'last' } }, ['owner/name-last']],
    [{ owner: { name: 'desc', boss: { name: { nulls: 'last' } } }, a: 'asc' }, ['owner/name-', 'owner/boss/name+last', 'a+']],
    [{ by: { $call: ['length', { $field: 'a' }] }, order: 'desc' }, ['length(a)-']],
    [{ by: 'desc' }, ['by-']],
    [
      [{ field: 'a', order: 'desc' }, ['b', 'asc'], 'c desc', { d: 'asc' }, ['e', 'desc', 'last']],
      ['a-', 'b+', 'c-', 'd+', 'e-last'],
    ],
    [['a', 'desc'], ['a-']],
    [
      ['a', 'b'],
      ['a+', 'b+'],
    ],
    ['[["a","desc"]]', ['a-']],
  ])('%j', (value, items) => {
    expect(sorted(value)).toEqual(items)
  })

  test.each([
    5,
    true,
    [['a', 'up']],
    [[5]],
    [['a', 'asc', 'up']],
    [['a', 'asc', 'last', 1]],
    { a: 'up' },
    [{ field: 'a', order: 2 }],
    ['[["a"]]'],
    [new Map()],
    { a: { b: { c: { d: { e: { f: 'asc', g: 'asc' } } } } } },
    { owner: { name: 'up' } },
  ])('%j is refused', (value) => {
    expect(refusal(() => sorted(value))).toMatchObject({ status: 400, code: 'INVALID_SORT' })
  })
})
