import { expect, test } from 'vitest'
import { frozen } from '../../../runtime-lite/frozen.ts'
import { createRegistry } from '../../../runtime-lite/registry.ts'

const items = [
  { type: 'object', name: 'b', tags: ['sales', 'core'], package: 'crm' },
  { type: 'object', name: 'a', tags: ['core'] },
  { type: 'app', name: 'a', package: 'crm' },
  { type: 'object', name: 'constructor' },
]

test('finds by type and name, by tag and by package', () => {
  const registry = createRegistry(items)
  expect(registry.types()).toEqual(['app', 'object'])
  expect(registry.get('object', 'a')).toBe(items[1])
  expect(registry.list('object').map(({ name }) => name)).toEqual(['a', 'b', 'constructor'])
  expect(registry.findByTag('core').map(({ name }) => name)).toEqual(['b', 'a'])
  expect(registry.byPackage('crm').map(({ type }) => type)).toEqual(['object', 'app'])
})

test('what is not there is nothing, whatever it is called', () => {
  const registry = createRegistry(items)
  for (const name of ['nothing', '__proto__', 'toString', '']) {
    expect(registry.get(name, 'a')).toBeUndefined()
    expect(registry.get('object', name)).toBeUndefined()
    expect(registry.list(name)).toEqual([])
    expect(registry.findByTag(name)).toEqual([])
    expect(registry.byPackage(name)).toEqual([])
  }
})

test('lists are frozen and the same every time', () => {
  const registry = createRegistry(items)
  expect(registry.list('object')).toBe(registry.list('object'))
  expect(Object.isFrozen(registry.list('object'))).toBe(true)
  expect(Object.isFrozen(registry.types())).toBe(true)
})

test('a later item replaces an earlier one everywhere', () => {
  const registry = createRegistry([...items, { type: 'object', name: 'b', tags: ['new'] }])
  expect(registry.list('object')).toHaveLength(3)
  expect(registry.findByTag('sales')).toEqual([])
  expect(registry.byPackage('crm').map(({ type }) => type)).toEqual(['app'])
  expect(registry.findByTag('new')).toHaveLength(1)
})

test('frozen freezes all the way down', () => {
  const value = frozen({ a: [{ b: 1 }], c: null })
  expect(Object.isFrozen(value) && Object.isFrozen(value.a) && Object.isFrozen(value.a[0])).toBe(true)
})
