import { expect, test } from 'vitest'
import { createShapeCache } from '../../../../runtime-lite/query/shape-cache.ts'

test('never holds more than its size, and keeps what is used', () => {
  const cache = createShapeCache<number>(100)
  cache.set('hot', -1)
  for (let index = 0; index < 10_000; index++) {
    cache.set(`key${index}`, index)
    expect(cache.count).toBeLessThanOrEqual(100)
    if (index % 20 === 0) expect(cache.get('hot')).toBe(-1)
  }
  expect(cache.get('key9999')).toBe(9999)
  expect(cache.get('key9000')).toBeUndefined()
})

test('counts weight where values have one', () => {
  const cache = createShapeCache<{ weight: number }>(1000, ({ weight }) => weight)
  for (let index = 0; index < 100; index++) cache.set(`small${index}`, { weight: 10 })
  expect(cache.count).toBeLessThanOrEqual(100)
  for (let index = 0; index < 10; index++) cache.set(`large${index}`, { weight: 400 })
  expect(cache.count).toBeLessThanOrEqual(4)
  cache.set('huge', { weight: 1_000_000 })
  expect(cache.get('huge')).toEqual({ weight: 1_000_000 })
  for (let index = 0; index < 4; index++) cache.set(`next${index}`, { weight: 400 })
  expect(cache.get('huge')).toBeUndefined()
})

test('a key set again counts once', () => {
  const cache = createShapeCache<number>(10)
  for (let index = 0; index < 100; index++) cache.set('same', index)
  expect(cache.count).toBe(1)
  expect(cache.get('same')).toBe(99)
})

test('holds no more entries than it may, whatever they weigh', () => {
  const cache = createShapeCache<number>(1_000_000, () => 1, 100)
  for (let index = 0; index < 1_000; index++) {
    cache.set(`key${index}`, index)
    expect(cache.count).toBeLessThanOrEqual(100)
  }
  expect(cache.get('key999')).toBe(999)
})
