import { expect, test } from 'vitest'
import type { Issue } from '../../../../runtime-lite/problem/issue.ts'
import { addIssue, escapeToken, MAX_ISSUES } from '../../../../runtime-lite/validate/add-issue.ts'
import { isReferenceList } from '../../../../runtime-lite/validate/check-id.ts'
import { explainJson, isJson } from '../../../../runtime-lite/validate/json-value.ts'
import { nearestName } from '../../../../runtime-lite/validate/nearest-name.ts'
import { countKeys, isPlainObject, ownValue } from '../../../../runtime-lite/validate/plain-object.ts'

test('plain objects, from this realm and from others', async () => {
  const { runInNewContext } = await import('node:vm')
  for (const value of [{}, Object.create(null), runInNewContext('({ a: 1 })')]) expect(isPlainObject(value)).toBe(true)
  class Record {}
  const others = [
    null,
    undefined,
    1,
    'x',
    [],
    new Date(),
    new Map(),
    new Record(),
    () => 1,
    Object.create({}),
    Object.create(Object.create(null)),
    runInNewContext('[1]'),
    runInNewContext('new Date()'),
  ]
  for (const value of others) expect(isPlainObject(value)).toBe(false)
})

test('keys are counted and read as own properties', () => {
  expect(countKeys(JSON.parse('{"a":1,"__proto__":2,"constructor":3}') as object)).toBe(3)
  expect(ownValue({}, 'constructor')).toBeUndefined()
  expect(ownValue(JSON.parse('{"__proto__":2}') as object, '__proto__')).toBe(2)
})

test('pointers escape what RFC 6901 says', () => {
  expect(escapeToken('a/b~c')).toBe('a~1b~0c')
  expect(escapeToken('~1')).toBe('~01')
})

test('a list of issues ends somewhere', () => {
  const found: Issue[] = []
  for (let index = 0; index < MAX_ISSUES + 5; index++) addIssue(found, `/${index}`, 'type', 'No.')
  expect(found).toHaveLength(MAX_ISSUES)
})

test('guesses', () => {
  const fields = ['name', 'first_name', 'amount', 'status', 'stage']
  expect(nearestName('nmae', fields)).toBe('name')
  expect(nearestName('firstName', fields)).toBe('first_name')
  expect(nearestName('FIRST-NAME', fields)).toBe('first_name')
  expect(nearestName('ammount', fields)).toBe('amount')
  expect(nearestName('zzz', fields)).toBeUndefined()
  // As close to one as to the other.
  expect(nearestName('bat', ['cat', 'hat'])).toBeUndefined()
  expect(nearestName('x'.repeat(100_000), fields)).toBeUndefined()
})

test('JSON values', () => {
  expect(isJson({ a: [1, 'x', null, { b: false }] })).toBe(true)
  const circle: unknown[] = []
  circle.push(circle)
  for (const value of [
    undefined,
    Number.NaN,
    1n,
    () => 1,
    Symbol.iterator,
    new Date(),
    [undefined],
    { a: undefined },
    circle,
    JSON.parse('{"__proto__":1}'),
  ]) {
    const found: Issue[] = []
    expect(isJson(value)).toBe(false)
    expect(explainJson(found, value, '/f', 'Field')).toBe(true)
    expect(found).toHaveLength(1)
  }
  const found: Issue[] = []
  explainJson(found, { 'a/b': [1, { '~': undefined }] }, '/f', 'Field')
  expect(found).toEqual([{ pointer: '/f/a~1b/1/~0', code: 'type', message: 'Field must hold JSON values only.' }])
})

test('lists of references, short and long, hold no id twice', () => {
  const ids = Array.from({ length: 30_000 }, (_, index) => `id-${index}`)
  const started = performance.now()
  expect(isReferenceList(ids)).toBe(true)
  expect(isReferenceList([...ids, 'id-17'])).toBe(false)
  expect(performance.now() - started).toBeLessThan(1000)
  expect(isReferenceList(['a', 'b'])).toBe(true)
  expect(isReferenceList(['a', 'b', 'a'])).toBe(false)
  expect(isReferenceList(['a', ''])).toBe(false)
})
