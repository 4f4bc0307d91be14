import { expect, test } from 'vitest'
import { ProcessStore } from '../../../plugins/cache/process-store.ts'
import { gather, recordOf } from '../../../plugins/cache/record-slots.ts'
import type { Rows } from '../../../plugins/cache/store.ts'
import { random, testSeed } from '../../support/random.ts'

const LIMITS = { maxEntries: 100, maxBytes: 1_000_000, maxEntryBytes: 100_000 }
const rows = (text: string): Rows => [[text]]

function storeAt(): { readonly store: ProcessStore; pass(milliseconds: number): void } {
  let time = 0
  const store = new ProcessStore({ ...LIMITS, now: () => time, random: () => 1 })
  const pass = (milliseconds: number): void => {
    time += milliseconds
  }
  return { store, pass }
}

const wanted = (key: string, names: readonly string[] = ['t'], stale = 0) => ({ key, names, ttl: 1000, stale })

function keep(store: ProcessStore, asked: ReturnType<typeof wanted>, text: string): string {
  const found = store.rows(asked)
  if (found.kind === 'miss' || found.kind === 'stale') found.keep(rows(text))
  return found.kind
}

test('an answer whose time is over is given for a while, unless a write ended it', () => {
  const { store, pass } = storeAt()
  const asked = wanted('a', ['t', 'u'], 500)
  expect(keep(store, asked, 'old')).toBe('miss')
  pass(999)
  expect(store.rows(asked)).toEqual({ kind: 'hit', value: rows('old') })
  pass(1)
  expect(store.hit('a')).toBeUndefined()
  expect(store.rows(asked)).toMatchObject({ kind: 'stale', value: rows('old') })
  // Asked for anew: it begins again.
  expect(keep(store, asked, 'new')).toBe('stale')
  expect(store.rows(asked)).toEqual({ kind: 'hit', value: rows('new') })
  pass(1499)
  expect(store.rows(asked).kind).toBe('stale')
  pass(1)
  expect([store.rows(asked).kind, store.counts().entries, store.counts().bytes]).toEqual(['miss', 0, 0])

  keep(store, asked, 'old')
  pass(1000)
  const announced = store.announce(['u'])
  expect(store.rows(asked).kind).toBe('bypass')
  void announced.over()
  expect(store.rows(asked).kind).toBe('miss')
})

test('what began before a write replaces nothing of what came after it', () => {
  const { store, pass } = storeAt()
  const asked = wanted('a', ['t'], 500)
  keep(store, asked, 'old')
  pass(1000)
  const late = store.rows(asked)
  void store.announce(['t']).over()
  keep(store, asked, 'after')
  if (late.kind === 'stale') late.keep(rows('before'))
  expect(store.rows(asked)).toEqual({ kind: 'hit', value: rows('after') })
})

test('entries and bytes stay within their limits, whatever comes', () => {
  const seed = testSeed()
  const chances = random(seed)
  const { store, pass } = storeAt()
  let kept = 0
  for (let step = 0; step < 20_000; step++) {
    const key = `k${chances.below(400)}`
    const names = [`t${chances.below(3)}`]
    if (chances.chance(0.02)) void store.announce(names).over()
    if (chances.chance(0.05)) pass(300)
    if (keep(store, wanted(key, names, chances.below(2) * 500), 'x'.repeat(chances.below(60_000))) === 'miss') kept++
    const { entries, bytes } = store.counts()
    expect(entries, `OBJECTQL_SEED=${seed} step ${step}`).toBeLessThanOrEqual(LIMITS.maxEntries)
    expect(bytes, `OBJECTQL_SEED=${seed} step ${step}`).toBeLessThanOrEqual(LIMITS.maxBytes)
  }
  expect(kept).toBeGreaterThan(1000)
  expect(store.counts().evictions).toBeGreaterThan(100)
  store.clear()
  expect(store.counts()).toMatchObject({ entries: 0, bytes: 0 })
})

test('records share a fixed number of names, evenly; what might be equal to another value has none', () => {
  const counts = new Map<string | undefined, number>()
  for (let at = 0; at < 40_960; at++) {
    const name = recordOf('a', `01a2086b-d961-72e7-804b-${at}`)
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  expect(counts.size).toBeLessThanOrEqual(4096)
  expect(Math.max(...counts.values())).toBeLessThan(40)
  expect(recordOf('a', 'ABC')).toBe(recordOf('a', 'abc'))
  expect(recordOf('a', 'abc')).not.toBe(recordOf('b', 'abc'))
  for (const other of ['é', 'a b', 'a\0', '', 1, 1n, null, undefined]) expect(recordOf('a', other) === undefined).toBe(other !== '')
})

test('a transaction that writes many records ends all of their tables', () => {
  const names = new Set<string>()
  for (let at = 0; at < 5000; at++) gather(names, ['a', `a\0${at}`, 'b', 'b\0*'])
  expect(names.size).toBeLessThanOrEqual(1001)
  expect([...names]).toEqual(expect.arrayContaining(['a', 'b', 'a\0*', 'b\0*']))
})
