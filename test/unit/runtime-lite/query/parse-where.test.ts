import { describe, expect, test } from 'vitest'
import { parseWhere } from '../../../../runtime-lite/query/parse-where.ts'
import type { SlotValue } from '../../../../runtime-lite/query/query.ts'
import { refusal } from '../../../support/url-query.ts'

/** A condition in one line, values in place of their slots. */
function shown(where: unknown): string {
  const values: SlotValue[] = []
  const condition = parseWhere(where, { values, firstSlot: 7, parameter: 'where', maxFilterDepth: 4 })
  const operand = (value: unknown): string => {
    const { kind, index, value: constant } = value as { kind: string; index: number; value: unknown }
    return JSON.stringify(kind === 'slot' ? values[index - 7] : constant)
  }
  const print = (part: NonNullable<typeof condition>): string => {
    switch (part.kind) {
      case 'and':
      case 'or':
        return `(${part.parts.map(print).join(` ${part.kind} `)})`
      case 'not':
        return `!${print(part.part)}`
      case 'null':
        return `${part.field} is ${part.isNull ? '' : 'not '}null`
      case 'in':
        return `${part.field} in [${part.values.map(operand).join(' ')}]`
      default:
        return `${part.field} ${part.operator} ${operand(part.value)}`
    }
  }
  return condition ? print(condition) : 'all'
}

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
  [{ a: 'x', b: 5, c: true }, '(a eq "x" and b eq 5 and c eq true)'],
  [{ a: null }, 'a is null'],
  [{ a: [1, 'x'] }, 'a in [1 "x"]'],
  [{ a: [] }, 'a in []'],
  [{ a: { $gt: 1, $lte: 5 } }, '(a gt 1 and a le 5)'],
  [{ a: { $ne: null } }, 'a is not null'],
  [{ a: { $eq: null } }, 'a is null'],
  [{ a: { $null: false } }, 'a is not null'],
  [{ a: { $exists: true } }, 'a is not null'],
  [{ a: { $nin: [1] } }, '!a in [1]'],
  [{ a: { $between: [1, 2] } }, '(a ge 1 and a le 2)'],
  [{ a: { $notContains: 'x' } }, '!a contains "x"'],
  [{ a: { $gt: 1, $lt: undefined } }, 'a gt 1'],
  [{ a: new Date(0) }, 'a eq "1970-01-01T00:00:00.000Z"'],
  [{ $or: [{ a: 1 }, { $and: [{ b: 2 }, { c: 3 }] }], d: 4 }, '((a eq 1 or (b eq 2 and c eq 3)) and d eq 4)'],
  [{ $not: { a: 1, b: 2 } }, '!(a eq 1 and b eq 2)'],
  [['a', '=', 1], 'a eq 1'],
  [['a', 'is_null'], 'a is null'],
  [['a', 'is_not_null'], 'a is not null'],
  [['a', 'not in', [1]], '!a in [1]'],
  [['a', 'between', [1, 2]], '(a ge 1 and a le 2)'],
  [[['a', '=', 1]], 'a eq 1'],
  [
    [
      ['a', '=', 1],
      ['b', '=', 2],
    ],
    '(a eq 1 and b eq 2)',
  ],
  [[['a', '=', 1], 'or', ['b', '=', 2], 'and', ['c', '=', 3]], '((a eq 1 or b eq 2) and c eq 3)'],
  [['or', ['a', '=', 1], ['b', '=', 2]], '(a eq 1 or b eq 2)'],
  [['and', ['a', '=', 1], { b: 2 }], '(a eq 1 and b eq 2)'],
  [['and'], 'all'],
  [['or'], '()'],
  [[{}, 'or', ['a', '=', 1]], 'all'],
  [JSON.parse('{"__proto__":1,"constructor":2}'), '(__proto__ eq 1 and constructor eq 2)'],
  [Object.assign(Object.create(null), { a: 1 }), 'a eq 1'],
])('%j', (where, text) => {
  expect(shown(where)).toBe(text)
})

test('long lists are one value, of booleans only what is in them', () => {
  const many = Array.from({ length: 17 }, (_, index) => index)
  expect(shown({ a: many })).toBe(`a in [${JSON.stringify(many)}]`)
  expect(shown({ a: many.map((index) => index % 2 === 0) })).toBe('a in [true false]')
  expect(shown({ a: Array(17).fill(false) })).toBe('a in [false]')
})

describe('refusals', () => {
  test.each([
    ['x', 'where', 'A filter is an object such as { "status": "open" }.'],
    [5, 'where', undefined],
    [new Map([['a', 1]]), 'where', undefined],
    [new Date(), 'where', undefined],
    [{ $where: 1 }, 'where.$where', 'The operator "$where" is not known here. Use $and, $or or $not.'],
    [{ $and: {} }, 'where.$and', 'A list of filters is expected here.'],
    [{ $or: [5] }, 'where.$or[0]', undefined],
    [{ a: {} }, 'where.a', 'The condition on "a" is empty.'],
    [{ a: { b: 1 } }, 'where.a', undefined],
    [{ a: { $like: 1 } }, 'where.a.$like', undefined],
    [{ a: { $constructor: 1 } }, 'where.a.$constructor', undefined],
    [{ a: { $gt: null } }, 'where.a.$gt', 'null can be compared with $eq and $ne only.'],
    [{ a: { $in: 5 } }, 'where.a.$in', '"$in" takes a list of values.'],
    [{ a: { $in: [null] } }, 'where.a.$in[0]', 'A filter value is a string, a number, true or false.'],
    [{ a: { $between: [1] } }, 'where.a.$between', '"$between" takes a list of two values.'],
    [{ a: { $null: 'x' } }, 'where.a.$null', '"$null" is true or false.'],
    [{ a: { $contains: {} } }, 'where.a.$contains', undefined],
    [{ a: Number.NaN }, 'where.a', undefined],
    [{ a: () => 10 }, 'where.a', undefined],
    [{ a: new Date(Number.NaN) }, 'where.a', undefined],
    [{ a: Array(17).fill({}) }, 'where.a[0]', 'A list in a filter holds strings or numbers.'],
    [['a', '=', 1, 2], 'where[0]', undefined],
    [['a', 'like', 1], 'where[0]', undefined],
    [['a'], 'where[0]', undefined],
    [[[], ['a', '=', {}]], 'where.[1][2]', undefined],
    [{ $not: { $not: { $not: { $not: { $not: {} } } } } }, undefined, 'The filter is nested deeper than 4 levels.'],
    [[[[[[[]]]]]], undefined, 'The filter is nested deeper than 4 levels.'],
  ])('%j', (where, parameter, message) => {
    const { status, code, at, ...rest } = refusal(() => shown(where))
    expect([status, code]).toEqual([400, 'INVALID_FILTER'])
    if (message !== undefined) expect(rest.message).toBe(message)
    if (parameter !== undefined)
      expect((at as { parameter: string }).parameter.replace('where.[', 'where[')).toBe(parameter.replace('where.[', 'where['))
  })
})
