import { describe, expect, test } from 'vitest'
import { queryOfUrl, shownCondition } from '../../../../support/parsed-query.ts'
import { refusal } from '../../../../support/url-query.ts'

const shown = (text: string): string => {
  const { query, values } = queryOfUrl(`$filter=${encodeURIComponent(text)}`)
  return shownCondition(query.where, values)
}

describe('conditions', () => {
  test.each([
    // Comparison.
    ["a eq 'x'", 'a eq quoted:"x"'],
    ['a GE 5', 'a ge bare:"5"'],
    ['a eq null', 'a is null'],
    ['a ne NULL', 'a is not null'],
    ['null eq null', 'null is null'],
    ['length(a) eq null', 'length(a) is null'],
    ['5 lt a', 'bare:"5" lt a'],
    ['a eq b', 'a eq b'],
    ['a eq true', 'a eq true'],
    ["a in ('x', 2, true)", 'a in [quoted:"x" bare:"2" true]'],
    ['length(a) in (1)', 'length(a) in [bare:"1"]'],
    ['true', 'true'],
    ['not false', '!false'],
    // Fields.
    ['größe eq null', 'größe is null'],
    ['x-y eq a=b', 'x-y eq a=b'],
    ['owner/name eq owner.boss/name', 'owner/name eq owner/boss/name'],
    ['preferences.theme eq null', 'preferences/theme is null'],
    ['is_key', 'is_key eq true'],
    ['is_key and not is_old or (is_new)', '((is_key eq true and !is_old eq true) or is_new eq true)'],
    // Logic.
    ['not a eq null', '!a is null'],
    ['not(a eq null)', '!a is null'],
    ['(((a eq null)))', 'a is null'],
    ['a eq 1 or b eq 2 and not c eq 3 or d eq 4', '(a eq bare:"1" or (b eq bare:"2" and !c eq bare:"3") or d eq bare:"4")'],
    ['(a eq 1 or b eq 2) and c eq 3', '((a eq bare:"1" or b eq bare:"2") and c eq bare:"3")'],
    ['(a eq 1) eq true', 'a eq bare:"1"'],
    ['(a eq 1) ne true', '!a eq bare:"1"'],
    ['(a eq 1) eq false eq false', 'a eq bare:"1"'],
    ['a gt 1 eq true', 'a gt bare:"1"'],
    // Text.
    ["startswith(a,'x')", 'a startswith quoted:"x"'],
    ["ENDSWITH( a , 'x' )", 'a endswith quoted:"x"'],
    ["contains('x',a)", 'quoted:"x" contains a'],
    ["contains(null,'x')", 'null contains quoted:"x"'],
    ["substringof('x',a)", 'a contains quoted:"x"'],
    ["substringof('x',a) eq true", 'a contains quoted:"x"'],
    ["contains(tolower(a),concat(b,'x')) eq false", '!tolower(a) contains concat(b,quoted:"x")'],
    ["icontains(a,'x') or like(a,'x%') or ilike(a,'_')", '(a icontains quoted:"x" or a like quoted:"x%" or a ilike quoted:"_")'],
    // Calculation.
    ['a add 1 mul 2 gt b sub -3', 'add(a,mul(bare:"1",bare:"2")) gt sub(b,bare:"-3")'],
    ['(a add 1) mul 2 gt 5', 'mul(add(a,bare:"1"),bare:"2") gt bare:"5"'],
    ['a sub 1 sub 2 eq 0', 'sub(sub(a,bare:"1"),bare:"2") eq bare:"0"'],
    ['a div 2 divby 3 mod 4 ne 1', 'mod(divby(div(a,bare:"2"),bare:"3"),bare:"4") ne bare:"1"'],
    ['-a lt -(b) and - 5 gt c', '(neg(a) lt neg(b) and neg(bare:"5") gt c)'],
    ['round(a divby 3) eq abs(b)', 'round(divby(a,bare:"3")) eq abs(b)'],
    ['substring(a,1) eq substring(b,1,2)', 'substring(a,bare:"1") eq substring(b,bare:"1",bare:"2")'],
    ['year(a) eq 2024 and a gt 2024-01-01', '(year(a) eq bare:"2024" and a gt bare:"2024-01-01")'],
    ["now() sub duration'P7D' gt a", 'sub(now(),quoted:"P7D") gt a'],
    ["geo.distance(site, geography'POINT(1 2)') lt 5000", 'geo.distance(site,quoted:"POINT(1 2)") lt bare:"5000"'],
    ["vector.cosine(v,'[1,2]') ge 0.5", 'vector.cosine(v,quoted:"[1,2]") ge bare:"0.5"'],
    // Relations.
    ['contacts/any()', 'any contacts'],
    ["contacts/any(c: c/email eq 'x' and c/owner/name ne null)", 'any contacts{(email eq quoted:"x" and owner/name is not null)}'],
    ['owner/contacts/ALL(c:c.active)', 'all owner/contacts{active eq true}'],
    ['not a/any(x: x/b/any(y: y/c eq 1) or x/d/all(z:z/e eq 2))', '!any a{(any b{c eq bare:"1"} or all d{e eq bare:"2"})}'],
    ["tags/any(t: t eq 'a')", 'tags contains quoted:"a"'],
    ["tags/any(t: 'a' eq t)", 'tags contains quoted:"a"'],
    ["tags/any(t: t in ('a','b'))", '(tags contains quoted:"a" or tags contains quoted:"b")'],
  ])('%s', (text, condition) => {
    expect(shown(text)).toBe(condition)
  })

  test('a name like that of a function is a field where nothing is called', () => {
    expect(shown('length eq 5 and contains eq year')).toBe('(length eq bare:"5" and contains eq year)')
    expect(shown('a/any eq 5')).toBe('a/any eq bare:"5"')
  })

  test('positions are those of the decoded text', () => {
    const { query } = queryOfUrl("x=1&$filter=a eq 'it''s' and length(b) gt 5&$top=3")
    expect(query.where).toMatchObject({
      parts: [
        { right: { value: { index: 0 } } },
        {
          parts: [
            { left: { at: 0 }, right: { at: 5, parameter: '$filter', value: { index: 1 } } },
            { left: { at: 17, args: [{ at: 24 }] }, right: { at: 30, value: { index: 2 } } },
          ],
        },
      ],
    })
    expect(query.limit).toMatchObject({ index: 3 })
  })
})

describe('refusals name the place', () => {
  test.each([
    ['', 'Expected a field or a function in $filter, found the end.', 0],
    ['a eq', 'Expected a value in $filter, found the end. Strings stand in apostrophes.', 4],
    ['a is 5', 'Expected an operator after "a" (eq, ne, gt, ge, lt, le, in), found "is".', 2],
    ['a = 5', 'Expected an operator after "a" (eq, ne, gt, ge, lt, le, in), found "=".', 2],
    ['a=5', 'Expected an operator after "a=5" (eq, ne, gt, ge, lt, le, in), found the end.', 3],
    ["'x'", 'Expected an operator after a string (eq, ne, gt, ge, lt, le, in), found the end.', 3],
    ['5 and a', 'Expected an operator after a value (eq, ne, gt, ge, lt, le, in), found "and".', 2],
    ['length(a)', 'Expected an operator after "length" (eq, ne, gt, ge, lt, le, in), found the end.', 9],
    ["a eq 'x' b eq 'y'", 'Expected "and" or "or" in $filter, found "b".', 9],
    ["a eq 'it''s' and", 'Expected a field or a function in $filter, found the end.', 16],
    ["a eq 'x')", 'Expected "and" or "or" in $filter, found ")".', 8],
    ["(a eq 'x'", 'Expected ")" in $filter, found the end.', 9],
    ['a gt null', 'null can be compared with eq and ne only, not with "gt".', 2],
    ['a add null gt 5', 'null cannot be calculated with in $filter.', 6],
    ['a in 5', 'Expected "(" in $filter, found a value.', 5],
    ['a in ()', 'Expected a value in $filter, found ")". Strings stand in apostrophes.', 6],
    ['a in (1,', 'Expected a value in $filter, found the end. Strings stand in apostrophes.', 8],
    ['a in (1 2)', 'Expected ")" in $filter, found a value.', 8],
    ['a in (null)', 'null cannot stand in a list: use "eq null".', 10],
    ['a in (b)', 'Expected a value in $filter, found "b". Strings stand in apostrophes.', 6],
    ['lenth(a) eq 1', 'The function "lenth" is not known. Did you mean "length"?', 0],
    ['xyzzy(a) eq 1', 'The function "xyzzy" is not known. Use contains, startswith, endswith, length, year, …', 0],
    ['constructor(a) eq 1', 'The function "constructor" is not known. Use contains, startswith, endswith, length, year, …', 0],
    ['neg() eq 1', 'Expected a value in $filter, found ")". Strings stand in apostrophes.', 4],
    ['contains(a)', 'Expected "," in $filter, found ")".', 10],
    ['contains(a,null)', '"contains" needs a value, not null.', 11],
    ["contains(a,'x'", 'Expected ")" in $filter, found the end.', 14],
    ['length(a,b) eq 1', 'Expected ")" in $filter, found ",".', 8],
    ['length(a eq 1) eq 1', 'A condition cannot stand for a value in $filter.', 7],
    ['(a eq 1) gt true', 'A condition can be compared with true or false by eq and ne only.', 9],
    ['(a eq 1) eq b', 'A condition can be compared with true or false by eq and ne only.', 9],
    ['(a eq 1) eq null', 'A condition is true or false, never null.', 9],
    ['(a eq 1) add 2 gt 3', 'A condition cannot stand for a value in $filter.', 0],
    ['a//b eq 1', '"a//b" is not a field: write "field" or "relation/field".', 0],
    ["a eq guid'x'", 'Write the value in apostrophes alone, without "guid".', 5],
    ['c/all()', '"all" needs a condition: all(c: c/field eq …).', 0],
    ['c/any(x eq 1)', 'Expected ":" in $filter, found "eq".', 8],
    ['c/any(5)', 'Expected a name such as "c:" in $filter, found a value.', 6],
    ['c/any(x: y eq 1)', 'Fields of the related record begin with "x/": write "x/y".', 9],
    ['c/any(x: x/d/any(y: x/e eq 1))', '"x" belongs to the condition around this one: only fields of "y" can be compared here.', 20],
    ['c/any(x: x/d/any(x: x/e eq 1))', '"x" is taken by the condition around this one.', 17],
    ['c/any(x: x gt 1)', 'A list of values can be searched with any(x: x eq …) or any(x: x in (…)) only.', 0],
    ['c/all(x: x eq 1)', 'A list of values can be searched with any(x: x eq …) or any(x: x in (…)) only.', 0],
    ["a eq 'x' and b eq 'long value' or ? eq", 'Expected a value in $filter, found the end. Strings stand in apostrophes.', 38],
    ['a eq 12345 and (', 'Expected a field or a function in $filter, found the end.', 16],
    ["a eq 'x", 'A string in $filter is not closed: add the missing apostrophe.', 5],
    ['((((((a eq 1))))))', '$filter is nested deeper than 4 levels.', 4],
    ['not not not not not a eq 1', '$filter is nested deeper than 4 levels.', 16],
    ['-----a eq 1', '$filter is nested deeper than 4 levels.', 4],
    ['abs(abs(abs(abs(abs(a))))) eq 1', '$filter is nested deeper than 4 levels.', 16],
    [`a${' add 1'.repeat(65)} eq 1`, 'A calculation in $filter has at most 64 operators in a row.', 386],
    ['a\teq 1', 'Control characters are not allowed here.', undefined],
  ])('%j', (text, message, position) => {
    const code = position === undefined ? 'INVALID_QUERY' : 'INVALID_FILTER'
    expect(refusal(() => shown(text))).toEqual({
      status: 400,
      code,
      message,
      at: { parameter: '$filter', code: code.toLowerCase(), message, ...(position === undefined ? {} : { position }) },
    })
  })
})
