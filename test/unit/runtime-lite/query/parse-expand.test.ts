import { describe, expect, test } from 'vitest'
import { expandOf, parseExpand, selectOf } from '../../../../runtime-lite/query/parse-expand.ts'
import { refusal } from '../../../support/url-query.ts'

const leaf = (field: string) => ({ field, expand: [] })

describe('text', () => {
  test.each([
    ['owner', [leaf('owner')]],
    ['owner, account', [leaf('owner'), leaf('account')]],
    ['owner.boss.boss', [{ field: 'owner', expand: [{ field: 'boss', expand: [leaf('boss')] }] }]],
    ['owner($select=name,id)', [{ field: 'owner', select: ['name', 'id'], expand: [] }]],
    ['owner(select=name;expand=boss)', [{ field: 'owner', select: ['name'], expand: [leaf('boss')] }]],
    [
      'owner($expand=boss($select=name),team),account',
      [{ field: 'owner', expand: [{ field: 'boss', select: ['name'], expand: [] }, leaf('team')] }, leaf('account')],
    ],
    ['owner.boss,owner.team', [{ field: 'owner', expand: [leaf('boss'), leaf('team')] }]],
    ['a($expand=b.c,b.d)', [{ field: 'a', expand: [{ field: 'b', expand: [leaf('c'), leaf('d')] }] }]],
    ['a($select=x),a($select=y)', [{ field: 'a', select: ['x', 'y'], expand: [] }]],
    ['a($select=x),a', [leaf('a')]],
    ['["owner","a.b"]', [leaf('owner'), { field: 'a', expand: [leaf('b')] }]],
    ['{"owner":true,"x":false}', [leaf('owner')]],
  ])('%s', (text, expand) => {
    expect(parseExpand(text, '$expand', 3)).toEqual(expand)
  })

  test.each([
    ['', 'Expected a relation name in "$expand".', 0],
    ['a,', 'Expected a relation name in "$expand".', 2],
    ['a..b', 'Expected a relation name in "$expand".', 2],
    ['a(', 'Expected a relation name in "$expand".', 2],
    ['a()', 'Expected a relation name in "$expand".', 2],
    ['a($select)', 'Expected "=" after "$select" in "$expand".', 10],
    ['a($top=5)', '"$top" is not known inside "$expand". Use $select or $expand.', 7],
    ['a($select=x', 'Missing ")" in "$expand".', 12],
    ['a($select=x)b', 'Unexpected "b" in "$expand".', 12],
    ['a)', 'Unexpected ")" in "$expand".', 1],
    ['a.b.c.d', '"$expand" is nested deeper than 3 levels.', 6],
    ['a($expand=b($expand=c($expand=d)))', '"$expand" is nested deeper than 3 levels.', 30],
    ['{"a"', '"$expand" is not valid JSON.', undefined],
  ])('%j is refused', (text, message, position) => {
    const { at, ...rest } = refusal(() => parseExpand(text, '$expand', 3))
    expect(rest).toEqual({ status: 400, code: 'INVALID_QUERY', message })
    expect((at as { position?: number }).position).toBe(position)
  })
})

describe('values', () => {
  test.each([
    [undefined, []],
    [null, []],
    ['', []],
    ['a.b', [{ field: 'a', expand: [leaf('b')] }]],
    [
      ['a', { b: true }],
      [leaf('a'), leaf('b')],
    ],
    [{ a: { select: ['x'], expand: { b: true } } }, [{ field: 'a', select: ['x'], expand: [leaf('b')] }]],
    [{ a: { fields: { x: true, y: false } }, b: undefined, c: null }, [{ field: 'a', select: ['x'], expand: [] }]],
  ])('%j', (value, expand) => {
    expect(expandOf(value, 'expand', 3)).toEqual(expand)
  })

  test.each([
    [5, 'a list or a map'],
    [[['a']], 'a list or a map'],
    [{ a: 5 }, 'is true or { select, expand }'],
    [{ a: ['x'] }, 'is true or { select, expand }'],
    [{ a: { limit: 5 } }, '"limit" is not known'],
    [{ a: { select: 'x' } }, 'is a list of field names'],
    [{ a: { expand: { b: { expand: { c: { expand: { d: true } } } } } } }, 'deeper than 3'],
    [{ a: { expand: { b: { expand: 'c.d' } } } }, 'deeper than 3'],
    [{ a: { expand: ['b.c.d'] } }, 'deeper than 3'],
  ])('%j is refused', (value, message) => {
    expect(refusal(() => expandOf(value, 'expand', 3)).message).toContain(message)
  })

  test('thousands of nested lists are refused and not followed', () => {
    expect(refusal(() => parseExpand(`${'['.repeat(4000)}${']'.repeat(4000)}`, '$expand', 3)).status).toBe(400)
  })

  test('select', () => {
    expect(selectOf(undefined, 'select')).toBeUndefined()
    expect(selectOf(['a', 'b'], 'select')).toEqual(['a', 'b'])
    expect(selectOf({ a: true, b: false }, 'select')).toEqual(['a'])
    for (const value of ['a', 5, [5], [['a']]]) expect(refusal(() => selectOf(value, 'select')).status).toBe(400)
  })
})
