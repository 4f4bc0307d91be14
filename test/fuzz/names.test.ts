import fc from 'fast-check'
import { expect, test } from 'vitest'
import { allocateNames } from '../../compiler/4-lower/allocate-names.ts'
import { TYPE_SUFFIXES } from '../../compiler/4-lower/reserved-names.ts'
import { isIdentifier } from '../../compiler/code/literal.ts'
import type { ObjectNames } from '../../compiler/ir/object.ts'
import type { LockedObject } from '../../compiler/lock/lock.ts'

const WORDS = [
  'account',
  'create',
  'update',
  'filter',
  'sort',
  'select',
  'expand',
  'client',
  'list',
  'a',
  'b',
  'r',
  'o',
  'i',
  's',
  'case',
  'default',
  'person',
  'people',
  'news',
  'object',
  'error',
  'promise',
  '1',
  '2',
  'index',
  'con',
  'ünï',
  '客户',
  '_',
  '__proto__',
  'constructor',
]

const name = fc.oneof(
  fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 4 }).map((words) => words.join('_')),
  fc
    .array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 4 })
    .map((words) => words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join('')),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.string({ unit: 'binary', maxLength: 5 }),
)

function expectNoClash(namesByObject: ReadonlyMap<string, ObjectNames>): void {
  const types = new Map<string, string>()
  const files = new Map<string, string>()
  const claim = (owners: Map<string, string>, key: string, owner: string): void => {
    expect(owners.get(key), `"${key}" of "${owner}"`).toBeUndefined()
    owners.set(key, owner)
  }
  for (const [object, { pascal, pascalPlural, camel, file }] of namesByObject) {
    for (const type of [pascal, pascalPlural, ...TYPE_SUFFIXES.map((suffix) => pascal + suffix)]) claim(types, type, object)
    claim(types, camel, object)
    claim(files, file.toLowerCase(), object)
    expect([pascal, pascalPlural, camel].every(isIdentifier)).toBe(true)
    expect(() => new Function(`'use strict'; const ${camel} = 1; class ${pascal} {}`)).not.toThrow()
    expect(file).toMatch(/^[a-z0-9-]{1,130}$/)
    expect(['index', 'con', 'nul', 'Promise', 'Object', 'Error', 'Record']).not.toContain(file)
    expect(['Promise', 'Object', 'Error', 'Record', 'Date', 'Map']).not.toContain(pascal)
  }
}

test('names of objects never clash, with each other or with the helper types beside them', () => {
  fc.assert(
    fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 30 }), (objects) => {
      const names = allocateNames(objects, new Map())
      expect([...names.keys()].toSorted()).toEqual(objects.toSorted())
      expectNoClash(names)
      expect(allocateNames(objects.toReversed(), new Map())).toEqual(names)
    }),
    { numRuns: 300 },
  )
})

test('what the lock recorded stays, whatever joins; and a lock that contradicts itself does no harm', () => {
  const locked = (id: number, { pascal, pascalPlural, file }: Pick<ObjectNames, 'pascal' | 'pascalPlural' | 'file'>): LockedObject => ({
    id,
    rest: '',
    table: '',
    type: pascal,
    plural: pascalPlural,
    file,
    fields: new Map(),
    reserved: new Map(),
  })
  fc.assert(
    fc.property(fc.uniqueArray(name, { minLength: 2, maxLength: 20 }), fc.nat(), (objects, cut) => {
      const old = objects.slice(0, cut % objects.length)
      const before = allocateNames(old, new Map())
      const lock = new Map([...before].map(([object, names], index) => [object, locked(index + 1, names)]))
      const after = allocateNames(objects, lock)
      expectNoClash(after)
      for (const [object, names] of before) expect(after.get(object)).toEqual(names)
      const nonsense = new Map(objects.map((object) => [object, locked(1, { pascal: 'Same', pascalPlural: 'not legal!', file: '../x' })]))
      expectNoClash(allocateNames(objects, nonsense))
    }),
    { numRuns: 300 },
  )
})

test.each([
  [['account', 'account_create'], { account: 'Account', account_create: 'AccountCreate$1' }],
  [['price', 'price_list'], { price: 'Price', price_list: 'PriceList' }],
  [['account', 'accounts'], { account: 'Account', accounts: 'Accounts' }],
  [['roi', 'r_o_i'], { roi: 'Roi', r_o_i: 'ROI' }],
  [['a_1', 'a1'], { a1: 'A1', a_1: 'A1$1' }],
  [['error', 'promise'], { error: 'Error$1', promise: 'Promise$1' }],
])('%j', (objects, pascals) => {
  const names = allocateNames(objects, new Map())
  expect(Object.fromEntries([...names].map(([object, { pascal }]) => [object, pascal]))).toEqual(pascals)
})

test('a new object does not take the plural an old one has in the lock', () => {
  const alone = allocateNames(['1'], new Map())
  const { pascal: type = '', pascalPlural: plural = '', file = '' } = alone.get('1') ?? {}
  const lock = new Map([['1', { id: 1, rest: '1', table: '1', type, plural, file, fields: new Map(), reserved: new Map() }]])
  const both = allocateNames(['1', '1List'], lock)
  expect([both.get('1'), both.get('1List')?.pascal]).toEqual([alone.get('1'), 'N1List$1'])
})

test('plurals, variables and files', () => {
  const names = allocateNames(['account', 'accounts', 'news', 'case', 'index', 'Index_', 'sales_person', 'error'], new Map())
  expect([...names].map(([object, { pascalPlural, camel, file }]) => [object, pascalPlural, camel, file])).toEqual([
    ['Index_', 'Indexes', 'index', 'index-2'],
    ['account', 'AccountList', 'account', 'account'],
    ['accounts', 'AccountsList', 'accounts', 'accounts'],
    ['case', 'Cases', 'case_', 'case'],
    ['error', 'Errors$1', 'error$1', 'error'],
    ['index', 'Indexes$1', 'index$1', 'index-3'],
    ['news', 'NewsList', 'news', 'news'],
    ['sales_person', 'SalesPeople', 'salesPerson', 'sales-person'],
  ])
})
