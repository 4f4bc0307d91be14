import { expect, test, vi } from 'vitest'
import { isoInstant, nanoid, uuidv7 } from '../../../runtime-lite/id.ts'

test('uuidv7 has the form of RFC 9562 and the time in front', () => {
  const before = Date.now()
  const id = uuidv7()
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  const time = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)
  expect(time).toBeGreaterThanOrEqual(before)
  expect(time).toBeLessThanOrEqual(Date.now() + 50)
})

test('uuidv7 sorts by creation, within a millisecond and when the clock goes back', () => {
  const now = Date.now() + 10_000
  const clock = vi.spyOn(Date, 'now').mockReturnValue(now)
  const ids = Array.from({ length: 20_000 }, uuidv7)
  clock.mockReturnValue(now - 5_000)
  ids.push(...Array.from({ length: 100 }, uuidv7))
  clock.mockReturnValue(now + 60_000)
  ids.push(uuidv7())
  clock.mockRestore()
  expect([...ids].sort()).toEqual(ids)
  expect(new Set(ids).size).toBe(ids.length)
})

test('nanoid is 21 letters, digits, _ and -', () => {
  const ids = Array.from({ length: 5_000 }, nanoid)
  for (const id of ids) expect(id).toMatch(/^[\w-]{21}$/)
  expect(new Set(ids).size).toBe(ids.length)
  expect(new Set(ids.join('')).size).toBe(64)
})

test('isoInstant is what Date prints', () => {
  const base = Date.UTC(2024, 1, 29, 23, 59, 58)
  for (const offset of [0, 1, 9, 10, 99, 100, 999, 1000, 1001, 1999, 2000, 500, 86_400_000])
    expect(isoInstant(base + offset)).toBe(new Date(base + offset).toISOString())
})
