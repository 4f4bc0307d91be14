import { describe, expect, test } from 'vitest'
import type { SlotValue } from '../../../../../runtime-lite/query/ast.ts'
import { slotSink } from '../../../../../runtime-lite/query/parse/value-sink.ts'
import { parseWhere } from '../../../../../runtime-lite/query/parse/where.ts'
import { QUERY_LIMITS, shownCondition } from '../../../../support/parsed-query.ts'
import { refusal } from '../../../../support/url-query.ts'

const shown = (where: unknown): string => {
  const values: SlotValue[] = []
  const condition = parseWhere(where, { sink: slotSink(values, 0), parameter: 'where', limits: QUERY_LIMITS })
  return shownCondition(condition, values).replaceAll(/(string|number):/g, '')
}

describe('the object dialect', () => {
  test.each([
    [undefined, 'all'],
    [null, 'all'],
    [{}, 'all'],
    [[], 'all'],
    [{ a: undefined }, 'all'],
    [{ $and: [] }, 'all'],
    [{ $and: [{}, { a: 1 }] }, 'a eq 1'],
    [{ $or: [] }, '()'],
    [{ $or: [{}, { a: 1 }] }, 'all'],
    [{ $or: [{ a: 1 }] }, 'a eq 1'],
    [{ $not: {} }, '!()'],
    [{ $nor: [{ a: 1 }, { b: 2 }] }, '!(a eq 1 or b eq 2)'],
    [{ a: 'x', b: 5, c: true }, '(a eq "x" and b eq 5 and c eq true)'],
    [{ a: null }, 'a is null'],
    [{ a: [1, 'x'] }, 'a in [1 "x"]'],
    [{ a: [] }, 'a in []'],
    [{ a: { $gt: 1, $lte: 5 } }, '(a gt 1 and a le 5)'],
    [{ a: { $ne: null } }, 'a is not null'],
    [{ a: { $eq: null } }, 'a is null'],
    [{ a: { $null: false } }, 'a is not null'],
    [{ a: { $exists: true } }, 'a is not null'],
    [{ a: { $exist: false } }, 'a is null'],
    [{ a: { $nin: [1] } }, '!a in [1]'],
    [{ a: { $between: [1, 2] } }, '(a ge 1 and a le 2)'],
    [{ a: { $notBetween: [1, 2] } }, '!(a ge 1 and a le 2)'],
    [{ a: { $contains: 'x', $notContains: 'y' } }, '(a contains "x" and !a contains "y")'],
    [{ a: { $startsWith: 'x', $endsWith: 'y' } }, '(a startswith "x" and a endswith "y")'],
    [{ a: { $icontains: 'x', $like: 'y%', $ilike: '_' } }, '(a icontains "x" and a like "y%" and a ilike "_")'],
    [{ a: { $notLike: 'y%' } }, '!a like "y%"'],
    [{ a: { $all: ['x', 'y'] } }, '(a contains "x" and a contains "y")'],
    [{ a: { $not: { $gt: 1, $lt: 5 } } }, '!(a gt 1 and a lt 5)'],
    [{ a: { $gt: 1, $lt: undefined } }, 'a gt 1'],
    [{ a: new Date(0) }, 'a eq "1970-01-01T00:00:00.000Z"'],
    [{ $or: [{ a: 1 }, { $and: [{ b: 2 }, { c: 3 }] }], d: 4 }, '((a eq 1 or (b eq 2 and c eq 3)) and d eq 4)'],
    [{ $not: { a: 1, b: 2 } }, '!(a eq 1 and b eq 2)'],
    [{ 'owner.name': 'x', 'preferences.theme': null }, '(owner/name eq "x" and preferences/theme is null)'],
    [{ 'a/b': 1 }, 'a/b eq 1'],
    [JSON.parse('{"__proto__":1,"constructor":2}'), '(__proto__ eq 1 and constructor eq 2)'],
    [Object.assign(Object.create(null), { a: 1 }), 'a eq 1'],
    ["a eq 'x' or length(b) gt 5", '(a eq quoted:"x" or length(b) gt bare:"5")'],
    ["a\n  eq '100%+'", 'a eq quoted:"100%+"'],
  ])('%j', (where, text) => {
    expect(shown(where)).toBe(text)
  })
})

describe('expressions', () => {
  test.each([
    [{ a: { $field: 'b' } }, 'a eq b'],
    [{ a: { $gte: { $field: 'owner.b' } } }, 'a ge owner/b'],
    [{ a: { $contains: { $call: ['tolower', { $field: 'b' }] } } }, 'a contains tolower(b)'],
    [{ a: { $call: ['now'] } }, 'a eq now()'],
    [{ $expr: [{ $call: ['year', { $field: 'a' }] }, '>', 2020] }, 'year(a) gt 2020'],
    [{ $expr: [{ $call: ['length', { $field: 'a' }] }, 'in', [1, 2]] }, 'length(a) in [1 2]'],
    [{ $expr: [{ $call: ['length', { $field: 'a' }] }, 'is_null'] }, 'length(a) is null'],
    [{ $expr: [5, '<', { $field: 'a' }] }, '5 lt a'],
    [{ $expr: [{ $field: 'a' }, '$ne', null] }, 'a is not null'],
    [{ $expr: [{ $call: ['vector.cosine', { $field: 'v' }, [1, 2]] }, '>=', 0.5] }, 'vector.cosine(v,"[1,2]") ge 0.5'],
    [{ $expr: [{ $call: ['geo.distance', { $field: 's' }, { latitude: 1, longitude: 2 }] }, '<', 5] }, 'geo.distance(s,"POINT(2 1)") lt 5'],
    [{ site: { $near: { latitude: 52.5, longitude: 13.4, distance: 500 } } }, 'geo.distance(site,"POINT(13.4 52.5)") le 500'],
    [{ like: { $similar: { to: [0.1, 2], minScore: 0.8 } } }, 'vector.cosine(like,"[0.1,2]") ge 0.8'],
  ])('%j', (where, text) => {
    expect(shown(where)).toBe(text)
  })
})

describe('relations', () => {
  test.each([
    [{ owner: { name: 'x' } }, 'any owner{name eq "x"}'],
    [{ owner: { name: { $ne: 'x' }, $or: [{ a: 1 }, { b: 2 }] } }, 'any owner{(name ne "x" and (a eq 1 or b eq 2))}'],
    [{ owner: { $or: [{ a: 1 }, { b: 2 }] } }, 'any owner{(a eq 1 or b eq 2)}'],
    [{ owner: { $not: { a: 1 } } }, 'any owner{!a eq 1}'],
    [{ contacts: { $some: { a: 1 } } }, 'any contacts{a eq 1}'],
    [{ contacts: { $every: { a: 1 }, $none: { b: 1 } } }, '(all contacts{a eq 1} and !any contacts{b eq 1})'],
    [{ contacts: { $some: {} } }, 'any contacts'],
    [{ contacts: { $none: {} } }, '!any contacts'],
    [{ contacts: { $every: {} } }, 'all'],
    [{ 'owner.contacts': { $some: [['a', '=', 1], 'or', ['b', '=', 2]] } }, 'any owner/contacts{(a eq 1 or b eq 2)}'],
    [{ a: { b: { c: { d: 1 } } } }, 'any a{any b{any c{d eq 1}}}'],
  ])('%j', (where, text) => {
    expect(shown(where)).toBe(text)
  })
})

describe('the array dialect', () => {
  test.each([
    [['a', '=', 1], 'a eq 1'],
    [['a', 'Greater Than', 1], 'a gt 1'],
    [['a', 'is_null'], 'a is null'],
    [['a', 'is_null', false], 'a is not null'],
    [['a', 'is not null'], 'a is not null'],
    [['a', 'not in', [1]], '!a in [1]'],
    [['a', 'between', [1, 2]], '(a ge 1 and a le 2)'],
    [['a', 'like', 'x%'], 'a like "x%"'],
    [['a', 'not like', 'x%'], '!a like "x%"'],
    [['a', 'starts_with', 'x'], 'a startswith "x"'],
    [['a.b', '$gte', { $field: 'c' }], 'a/b ge c'],
    [['and', '=', 1], 'and eq 1'],
    [[['a', '=', 1]], 'a eq 1'],
    [
      [
        ['a', '=', 1],
        ['b', '=', 2],
      ],
      '(a eq 1 and b eq 2)',
    ],
    [[['a', '=', 1], 'or', ['b', '=', 2], 'and', ['c', '=', 3]], '((a eq 1 or b eq 2) and c eq 3)'],
    [[['a', '=', 1], 'OR', ['b', '=', 2], 'or', ['c', '=', 3]], '(a eq 1 or b eq 2 or c eq 3)'],
    [[['a', '=', 1], 'or', ['b', '=', 2], ['c', '=', 3]], '((a eq 1 or b eq 2) and c eq 3)'],
    [[['a', '=', 1], 'and', [['b', '=', 2], 'or', ['c', '=', 3]]], '(a eq 1 and (b eq 2 or c eq 3))'],
    [['or', ['a', '=', 1], ['b', '=', 2]], '(a eq 1 or b eq 2)'],
    [['and', ['a', '=', 1], { b: 2, c: 3 }], '(a eq 1 and (b eq 2 and c eq 3))'],
    [['not', ['a', '=', 1]], '!a eq 1'],
    [['and'], 'all'],
    [['or'], '()'],
    [[{}, 'or', ['a', '=', 1]], 'all'],
    [{ $or: [['a', '=', 1], { b: 2 }] }, '(a eq 1 or b eq 2)'],
  ])('%j', (where, text) => {
    expect(shown(where)).toBe(text)
  })
})

test('long lists are one value, of booleans only what is in them', () => {
  const many = Array.from({ length: 17 }, (_, index) => index)
  expect(shown({ a: many })).toBe(`a in [list:${JSON.stringify(many)}]`)
  expect(shown({ a: many.map((index) => index % 2 === 0) })).toBe('a in [true false]')
  expect(shown({ a: Array(17).fill(false) })).toBe('a in [false]')
})

test('thousands of criteria in turns are refused, of one kind they are one group', () => {
  const items = (joiners: readonly string[]) =>
    Array.from({ length: 5000 }, (_, index) => [['a', '=', 1], joiners[index % joiners.length]])
      .flat()
      .slice(0, -1)
  expect(shown(items(['or'])).split(' or ').length).toBe(5000)
  expect(refusal(() => shown(items(['or', 'and'])))).toMatchObject({
    code: 'INVALID_FILTER',
    message: 'The filter is nested deeper than 4 levels.',
  })
})

describe('refusals', () => {
  test.each([
    [5, 'where', 'A filter is an object such as { "status": "open" }.'],
    [new Map([['a', 1]]), 'where', undefined],
    [new Date(), 'where', undefined],
    [{ $where: 1 }, 'where.$where', 'The operator "$where" is not known here. Use $and, $or or $not.'],
    [{ $and: {} }, 'where.$and', 'A list of filters is expected here.'],
    [{ $or: [{ x: 1 }, 5] }, 'where.$or[1]', undefined],
    [{ a: {} }, 'where.a', 'The condition on "a" is empty.'],
    [{ a: new Map() }, 'where.a', undefined],
    [{ a: { $gt: 1, b: 2 } }, 'where.a', '"b" is not an operator: operators start with "$", such as { "a": { "$gt": 5 } }.'],
    [{ a: { b: 2, $gt: 1 } }, 'where.a.$gt', '"$gt" and "b" cannot stand side by side: one is an operator, the other a field.'],
    [{ 'a..b': 1 }, 'where.a..b', '"a..b" is not a field: write "field" or "relation.field".'],
    [
      { a: { $startWith: 1 } },
      'where.a.$startWith',
      '"$startWith" is no operator. Did you mean "$startsWith"? Use $eq $ne $gt $gte $lt $lte $in $nin $between $notBetween $contains $notContains $startsWith $endsWith $icontains $like $notLike $ilike $null $exists $all $near $similar $not $some $every $none.',
    ],
    [{ a: { $constructor: 1 } }, 'where.a.$constructor', undefined],
    [{ a: { $gt: null } }, 'where.a.$gt', 'null can be compared with $eq and $ne only.'],
    [{ a: { $gt: [1] } }, 'where.a.$gt', '"$gt" takes one value, not a list.'],
    [{ a: { $in: 5 } }, 'where.a.$in', '"$in" takes a list of values.'],
    [{ a: { $in: [null] } }, 'where.a.$in[0]', 'A filter value is a string, a number, true or false.'],
    [{ a: { $between: [1] } }, 'where.a.$between', '"$between" takes a list of two values.'],
    [{ a: { $all: [] } }, 'where.a.$all', '"$all" takes a list of values.'],
    [{ a: { $null: 'x' } }, 'where.a.$null', '"$null" is true or false.'],
    [{ a: { $contains: {} } }, 'where.a.$contains', undefined],
    [{ a: { $field: 5 } }, 'where.a', undefined],
    [{ a: { $field: 'b', $call: ['now'] } }, 'where.a', undefined],
    [{ a: { $call: ['nope'] } }, 'where.a.$call[0]', undefined],
    [{ a: { $call: ['constructor'] } }, 'where.a.$call[0]', undefined],
    [{ a: { $call: ['length'] } }, 'where.a.$call', '"length" takes 1 argument, not 0.'],
    [{ a: { $call: ['substring', 'x'] } }, 'where.a.$call', '"substring" takes 2 to 3 arguments, not 1.'],
    [{ $expr: [1, 'nope', 2] }, 'where.$expr', undefined],
    [{ $expr: { a: 1 } }, 'where.$expr', undefined],
    [{ a: { $near: { latitude: 91, longitude: 0, distance: 1 } } }, 'where.a.$near.latitude', '"latitude" is a number from -90 to 90.'],
    [{ a: { $near: { latitude: 1, longitude: '0', distance: 1 } } }, 'where.a.$near.longitude', undefined],
    [{ a: { $near: { latitude: 1, longitude: 0 } } }, 'where.a.$near.distance', '"distance" is a number of metres.'],
    [{ a: { $near: { latitude: 1, longitude: 0, distance: 1, unit: 'km' } } }, 'where.a.$near.unit', undefined],
    [{ a: { $similar: { to: ['x'], minScore: 1 } } }, 'where.a.$similar.to', 'A vector is a list of numbers.'],
    [{ a: { $similar: { to: [1] } } }, 'where.a.$similar.minScore', undefined],
    [{ a: Number.NaN }, 'where.a', undefined],
    [{ a: () => 10 }, 'where.a', undefined],
    [{ a: new Date(Number.NaN) }, 'where.a', undefined],
    [{ a: Array(17).fill({}) }, 'where.a[0]', 'A list in a filter holds strings or numbers.'],
    [['a', '=', 1, 2], 'where[3]', 'A criterion is [field, operator, value].'],
    [['a', '='], 'where', '"=" needs a value.'],
    [['a', 'lik', 1], 'where[1]', 'The operator "lik" is not known. Did you mean "like"?'],
    [['a', 'constructor', 1], 'where[1]', undefined],
    [['a'], 'where[0]', undefined],
    [[['a', '=', 1], 'or'], 'where[1]', 'A criterion is expected after "or".'],
    [[['a', '=', 1], 'or', 'and', ['b', '=', 1]], 'where[2]', 'A criterion is expected before "and".'],
    [[[], ['a', '=', {}]], 'where[1][2]', undefined],
    ["a eq 'x", 'where', 'A string in where is not closed: add the missing apostrophe.'],
    ['a eq \u0001', 'where', 'Control characters are not allowed here.'],
  ])('%j', (where, parameter, message) => {
    const { status, at, ...rest } = refusal(() => shown(where))
    expect(status).toBe(400)
    expect(at).toMatchObject({ parameter })
    if (message !== undefined) expect(rest.message).toBe(message)
  })

  test.each([
    [{ $not: { $not: { $not: { $not: { $not: {} } } } } }],
    [[[[[[[]]]]]]],
    [{ a: { b: { c: { d: { e: { f: 1 } } } } } }],
    [{ a: { $not: { $not: { $not: { $not: { $not: { $gt: 1 } } } } } } }],
    [{ a: { $call: ['abs', { $call: ['abs', { $call: ['abs', { $call: ['abs', { $call: ['abs', { $call: ['abs', 1] }] }] }] }] }] } }],
  ])('too deep: %j', (where) => {
    expect(refusal(() => shown(where)).message).toContain('nested deeper than 4 levels.')
  })
})
