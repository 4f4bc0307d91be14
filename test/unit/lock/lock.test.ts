import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { applyFixes } from '../../../compiler/diagnostics/apply-fixes.ts'
import type { AppIr } from '../../../compiler/ir/object.ts'
import { EMPTY_LOCK, isProtobufReserved, type Lock } from '../../../compiler/lock/lock.ts'
import { printLock } from '../../../compiler/lock/print-lock.ts'
import { readLock } from '../../../compiler/lock/read-lock.ts'
import { updateLock } from '../../../compiler/lock/update-lock.ts'
import { codesOf, lowerSyntax, summaryOf } from '../../support/link.ts'
import { objectsSyntax } from '../../support/syntax.ts'

const appOf = (shape: Readonly<Record<string, readonly string[]>>, lock: Lock = EMPTY_LOCK): AppIr =>
  lowerSyntax(
    objectsSyntax(
      Object.fromEntries(
        Object.entries(shape).map(([name, fields]) => [name, { fields: Object.fromEntries(fields.map((field) => [field, 'text'])) }]),
      ),
    ),
    { lock },
  )

/** One compile after another, as a project lives through them. */
const lockAfter = (...shapes: readonly Readonly<Record<string, readonly string[]>>[]): Lock =>
  shapes.reduce((lock, shape) => updateLock(lock, appOf(shape, lock)), EMPTY_LOCK)

const idsOf = (lock: Lock, object: string): Readonly<Record<string, number>> => {
  const locked = lock.objects.get(object) ?? lock.reserved.get(object)
  return Object.fromEntries([...(locked?.fields ?? []), ...(locked?.reserved ?? [])].map(([name, { id }]) => [name, id]))
}

describe('numbers', () => {
  test('fields get numbers in order, from 1', () => {
    expect(idsOf(lockAfter({ account: ['name', 'phone'] }), 'account')).toEqual({ id: 1, name: 2, phone: 3, created_at: 4, updated_at: 5 })
  })

  test('a new field comes last wherever it stands', () => {
    const lock = lockAfter({ account: ['name'] }, { account: ['alias', 'name'] })
    expect(idsOf(lock, 'account')).toEqual({ id: 1, name: 2, created_at: 3, updated_at: 4, alias: 5 })
  })

  test('a number is not given twice, and a field that comes back has its own again', () => {
    const without = lockAfter({ account: ['name', 'fax'] }, { account: ['name'] })
    expect([...(without.objects.get('account')?.reserved ?? [])]).toEqual([['fax', { id: 3, column: 'fax' }]])
    const other = updateLock(without, appOf({ account: ['name', 'telex'] }, without))
    expect(idsOf(other, 'account')).toMatchObject({ fax: 3, telex: 6 })
    const back = updateLock(other, appOf({ account: ['name', 'fax'] }, other))
    expect(idsOf(back, 'account')).toMatchObject({ fax: 3, telex: 6 })
    expect(back.objects.get('account')?.reserved.has('fax')).toBe(false)
  })

  test('an object that goes keeps its numbers for its return', () => {
    const gone = lockAfter({ a: ['x'], b: ['y', 'z'] }, { a: ['x'] })
    expect(gone.reserved.get('b')?.id).toBe(2)
    const back = updateLock(updateLock(gone, appOf({ a: ['x'], c: [] }, gone)), appOf({ a: ['x'], b: ['z'], c: [] }, gone))
    expect([...back.objects].map(([name, { id }]) => [name, id])).toEqual([
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ])
    expect(idsOf(back, 'b')).toEqual(idsOf(gone, 'b'))
  })

  test('19000 to 19999 belong to protobuf', () => {
    const lock = lockAfter({ wide: ['a'] })
    const wide = lock.objects.get('wide')
    if (wide === undefined) throw new Error('The object is gone.')
    const high: Lock = {
      ...lock,
      objects: new Map([['wide', { ...wide, fields: new Map([...wide.fields, ['last', { id: 18_999, column: 'last' }]]) }]]),
    }
    expect(idsOf(updateLock(high, appOf({ wide: ['a', 'last', 'next', 'after'] }, high)), 'wide')).toMatchObject({
      next: 20_000,
      after: 20_001,
    })
  })

  test('whatever is added, removed and reordered, no number ever changes or serves two names', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'constructor', 'toString', '_version', 'case')
    const shape = fc.dictionary(fc.constantFrom('one', 'two', 'three', 'One_', 'hasOwnProperty'), fc.uniqueArray(name))
    fc.assert(
      fc.property(fc.array(shape, { minLength: 1, maxLength: 8 }), (shapes) => {
        const idByName = new Map<string, number>()
        const nameById = new Map<string, string>()
        let lock = EMPTY_LOCK
        for (const next of shapes) {
          const previous = lock
          lock = updateLock(lock, appOf(next, lock))
          const read = readLock(printLock(lock))
          expect(read.diagnostics).toEqual([])
          expect(printLock(read.lock)).toBe(printLock(lock))
          lock = read.lock
          expect([...lock.objects.keys()].sort()).toEqual(Object.keys(next).sort())
          for (const [object, { id, fields, reserved }] of [...lock.objects, ...lock.reserved]) {
            const parts = [...fields, ...reserved].map(([field, locked]): [string, number, string] => [
              `${object}.${field}`,
              locked.id,
              `${object}.`,
            ])
            for (const [key, number, scope] of [[object, id, ''] as [string, number, string], ...parts]) {
              expect(isProtobufReserved(number)).toBe(false)
              expect(idByName.get(key) ?? number, key).toBe(number)
              expect(nameById.get(scope + number) ?? key).toBe(key)
              idByName.set(key, number)
              nameById.set(scope + number, key)
            }
            const before = previous.objects.get(object)
            if (before !== undefined)
              expect([before.type, before.plural, before.file, before.table]).toEqual(
                [lock.objects.get(object) ?? lock.reserved.get(object)].flatMap((now) => [now?.type, now?.plural, now?.file, now?.table]),
              )
          }
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('text', () => {
  test('one line per field, sorted, whatever the order of the fields', () => {
    const text = printLock(lockAfter({ zebra: [], account: ['name', 'code'] }))
    expect(text).toBe(`{
  "version": 1,
  "objects": {
    "account": {
      "id": 1, "rest": "account", "table": "account",
      "type": "Account", "plural": "Accounts", "file": "account",
      "fields": {
        "code": { "id": 3, "column": "code" },
        "created_at": { "id": 4, "column": "created_at" },
        "id": { "id": 1, "column": "id" },
        "name": { "id": 2, "column": "name" },
        "updated_at": { "id": 5, "column": "updated_at" }
      },
      "reserved": {}
    },
    "zebra": {
      "id": 2, "rest": "zebra", "table": "zebra",
      "type": "Zebra", "plural": "Zebras", "file": "zebra",
      "fields": {
        "created_at": { "id": 2, "column": "created_at" },
        "id": { "id": 1, "column": "id" },
        "updated_at": { "id": 3, "column": "updated_at" }
      },
      "reserved": {}
    }
  },
  "reserved": {}
}
`)
  })

  test('a second compile changes nothing', () => {
    const lock = lockAfter({ account: ['name', 'code'], price_list: ['name'] })
    expect(printLock(updateLock(lock, appOf({ price_list: ['name'], account: ['code', 'name'] }, lock)))).toBe(printLock(lock))
  })

  test('formatted otherwise it still reads the same', () => {
    const lock = lockAfter({ account: ['name'] }, { account: ['code'] })
    const { lock: read, diagnostics } = readLock(JSON.stringify(JSON.parse(printLock(lock))))
    expect(diagnostics).toEqual([])
    expect(printLock(read)).toBe(printLock(lock))
  })

  test('no file is an empty lock', () => expect(readLock(undefined)).toEqual({ lock: EMPTY_LOCK, diagnostics: [] }))
})

describe('a damaged lock is an error, never a fresh start', () => {
  const text = printLock(lockAfter({ account: ['name', 'code'] }, { account: ['name'], contact: [] }))

  test.each<[string, string, readonly string[]]>([
    ['no JSON', '{ "version": 1, ', ['load/json-syntax']],
    ['nothing', '', ['link/lock-wrong-shape']],
    ['a list', '[]', ['link/lock-wrong-shape']],
    ['no version', '{}', ['link/lock-wrong-shape']],
    ['a later version', '{ "version": 2, "anything": 1 }', ['link/lock-newer-version']],
    ['no objects', '{ "version": 1 }', ['link/lock-wrong-shape', 'link/lock-wrong-shape']],
    ['a merge conflict', text.replace('        "name"', '<<<<<<< HEAD\n        "name"'), ['link/lock-merge-conflict']],
    ['a number twice', text.replace('"name": { "id": 2', '"name": { "id": 3'), ['link/lock-duplicate-id']],
    ['a number of a removed field', text.replace('"created_at": { "id": 4', '"created_at": { "id": 3'), ['link/lock-duplicate-id']],
    [
      'a key twice',
      text.replace(
        '"name": { "id": 2, "column": "name" },',
        '"name": { "id": 2, "column": "name" },\n"name": { "id": 9, "column": "name" },',
      ),
      ['load/duplicate-key'],
    ],
    ['a number that is none', text.replace('"name": { "id": 2', '"name": { "id": "2"'), ['link/lock-wrong-shape']],
    ['a number of protobuf', text.replace('"name": { "id": 2', '"name": { "id": 19500'), ['link/lock-wrong-shape']],
    ['no table', text.replace('"table": "account"', '"table": ""'), ['link/lock-wrong-shape']],
    ['a field that is no map', text.replace('{ "id": 2, "column": "name" }', '2'), ['link/lock-wrong-shape']],
  ])('%s', (_what, damaged, codes) => {
    expect(damaged).not.toBe(text)
    const { lock, diagnostics } = readLock(damaged)
    expect(codesOf(diagnostics)).toEqual(codes)
    expect(diagnostics.every(({ severity }) => severity === 'error')).toBe(true)
    expect(lock).toBe(EMPTY_LOCK)
    for (const { span } of diagnostics) expect(span.end).toBeLessThanOrEqual(damaged.length)
  })

  test('two branches that added a field each: the fix makes the file whole', () => {
    const merged = text.replace(
      '"id": { "id": 1, "column": "id" },',
      '"id": { "id": 1, "column": "id" },\n        "iban": { "id": 3, "column": "iban" },\n        "icon": { "id": 3, "column": "icon" },',
    )
    const { diagnostics } = readLock(merged, 'app/objectql.lock.json')
    expect(summaryOf(diagnostics)).toEqual([
      'error link/lock-duplicate-id The number 3 is given to "iban" and "icon". Give the newer one a number that is free.',
      'error link/lock-duplicate-id The number 3 is given to "iban" and "code". Give the newer one a number that is free.',
    ])
    const { textByPath } = applyFixes(
      diagnostics.flatMap(({ fixes }) => fixes),
      () => merged,
    )
    expect(readLock(textByPath.get('app/objectql.lock.json')).diagnostics).toEqual([])
  })

  test('no text crashes it', () => {
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(40), fc.string({ maxLength: 8 }), (at, cut, inserted) => {
        const mangled = text.slice(0, at) + inserted + text.slice(at + cut)
        const { diagnostics } = readLock(mangled)
        for (const { span } of diagnostics) expect(span.end).toBeLessThanOrEqual(mangled.length)
      }),
      { numRuns: 1000 },
    )
    fc.assert(
      fc.property(fc.json(), (json) => void readLock(json)),
      { numRuns: 300 },
    )
  })
})
