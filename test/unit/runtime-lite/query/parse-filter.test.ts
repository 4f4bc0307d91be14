import { describe, expect, test } from 'vitest'
import type { Condition } from '../../../../runtime-lite/query/query.ts'
import { parsedUrl, refusal } from '../../../support/url-query.ts'

const filter = (text: string): Condition | undefined => parsedUrl(`$filter=${encodeURIComponent(text)}`).query.where
const slot = (index: number, type: 'quoted' | 'bare' = 'quoted') => ({ kind: 'slot', index, type })

describe('conditions', () => {
  test.each([
    ["a eq 'x'", { kind: 'compare', field: 'a', operator: 'eq', value: slot(0) }],
    ['a GE 5', { kind: 'compare', field: 'a', operator: 'ge', value: slot(0, 'bare') }],
    ['a eq null', { kind: 'null', field: 'a', isNull: true }],
    ['a ne NULL', { kind: 'null', field: 'a', isNull: false }],
    ['a eq true', { kind: 'compare', field: 'a', operator: 'eq', value: { kind: 'constant', value: true, type: 'boolean' } }],
    ["a in ('x', 2)", { kind: 'in', field: 'a', values: [slot(0), slot(1, 'bare')] }],
    ["startswith(a,'x')", { kind: 'match', field: 'a', operator: 'startswith', value: slot(0) }],
    ["ENDSWITH( a , 'x' )", { kind: 'match', field: 'a', operator: 'endswith', value: slot(0) }],
    ['not a eq null', { kind: 'not', part: { kind: 'null', field: 'a', isNull: true } }],
    ['not(a eq null)', { kind: 'not', part: { kind: 'null', field: 'a', isNull: true } }],
    ['(((a eq null)))', { kind: 'null', field: 'a', isNull: true }],
    ['null eq null', { kind: 'null', field: 'null', isNull: true }],
    ['größe eq null', { kind: 'null', field: 'größe', isNull: true }],
  ])('%s', (text, condition) => {
    expect(filter(text)).toEqual(condition)
  })

  test('"and" binds tighter than "or", "not" tightest', () => {
    const isNull = (field: string) => ({ kind: 'null', field, isNull: true })
    expect(filter('a eq null or b eq null and not c eq null or d eq null')).toEqual({
      kind: 'or',
      parts: [isNull('a'), { kind: 'and', parts: [isNull('b'), { kind: 'not', part: isNull('c') }] }, isNull('d')],
    })
    expect(filter('(a eq null or b eq null) and c eq null')).toEqual({
      kind: 'and',
      parts: [{ kind: 'or', parts: [isNull('a'), isNull('b')] }, isNull('c')],
    })
  })

  test('slots go on where other parameters left off', () => {
    const { query } = parsedUrl("x=1&$filter=a eq 'b' and c gt 5&$top=3")
    expect(query.where).toMatchObject({ parts: [{ value: { index: 0 } }, { parts: [{ value: { index: 1 } }, { value: { index: 2 } }] }] })
    expect(query.limit).toMatchObject({ index: 3 })
  })
})

describe('refusals name the place', () => {
  test.each([
    ['', 'Expected a field or a function in $filter, found the end.', 0],
    ['a', 'Expected an operator after "a" (eq, ne, gt, ge, lt, le, in), found the end.', 1],
    ['a eq', 'Expected a value in $filter, found the end. Strings stand in apostrophes.', 4],
    ['a eq b', 'Expected a value in $filter, found "b". Strings stand in apostrophes.', 5],
    ['a is 5', 'Expected an operator after "a" (eq, ne, gt, ge, lt, le, in), found "is".', 2],
    ['a = 5', 'Expected an operator after "a" (eq, ne, gt, ge, lt, le, in), found "=".', 2],
    ['a=5', 'Expected an operator after "a=5" (eq, ne, gt, ge, lt, le, in), found the end.', 3],
    ["'a' eq 5", 'Expected a field or a function in $filter, found a string.', 0],
    ['5 eq a', 'Expected a field or a function in $filter, found a value.', 0],
    ["a eq 'x' b eq 'y'", 'Expected "and" or "or" in $filter, found "b".', 9],
    ["a eq 'it''s' and", 'Expected a field or a function in $filter, found the end.', 16],
    ["a eq 'x')", 'Expected "and" or "or" in $filter, found ")".', 8],
    ["(a eq 'x'", 'Expected ")" in $filter, found the end.', 9],
    ['a gt null', 'null can be compared with eq and ne only, not with "gt".', 2],
    ['a in 5', 'Expected "(" in $filter, found a value.', 5],
    ['a in ()', 'Expected a value in $filter, found ")". Strings stand in apostrophes.', 6],
    ['a in (1,', 'Expected a value in $filter, found the end. Strings stand in apostrophes.', 8],
    ['a in (1 2)', 'Expected ")" in $filter, found a value.', 8],
    ['a in (null)', 'null cannot stand in a list: use "eq null".', 10],
    ["length(a) eq 'x'", 'The function "length" is not known. Use contains, startswith or endswith.', 0],
    ["contains('x',a)", 'Expected a field in $filter, found a string.', 9],
    ['contains(a)', 'Expected "," in $filter, found ")".', 10],
    ['contains(a,null)', '"contains" needs a string.', 0],
    ["contains(a,'x'", 'Expected ")" in $filter, found the end.', 14],
    ["a eq 'x' and b eq 'long value' or ? eq", 'Expected a value in $filter, found the end. Strings stand in apostrophes.', 38],
    ['a eq 12345 and (', 'Expected a field or a function in $filter, found the end.', 16],
    ['((((((a eq 1))))))', '$filter is nested deeper than 4 levels.', 4],
    ['not not not not not a eq 1', '$filter is nested deeper than 4 levels.', 16],
    ['a\teq 1', 'Control characters are not allowed here.', undefined],
  ])('%j', (text, message, position) => {
    expect(refusal(() => filter(text))).toEqual({
      status: 400,
      code: position === undefined ? 'INVALID_QUERY' : 'INVALID_FILTER',
      message,
      at: {
        parameter: '$filter',
        code: position === undefined ? 'invalid_query' : 'invalid_filter',
        message,
        ...(position === undefined ? {} : { position }),
      },
    })
  })
})
