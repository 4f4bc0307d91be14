import { describe, expect, expectTypeOf, test } from 'vitest'
import type { BusEvent } from '../../../../runtime-lite/events/bus-event.ts'
import { createEventBus, type EventBus } from '../../../../runtime-lite/events/event-bus.ts'
import { random, testSeed } from '../../../support/random.ts'

const bus = (options: { readonly keep?: number; readonly maxListeners?: number } = {}) => {
  const errors: unknown[] = []
  let time = 0
  return { errors, events: createEventBus({ ...options, onError: (error) => errors.push(error), now: () => ++time }) }
}

describe('listeners', () => {
  test('hear names and patterns, in the order they came', () => {
    const { events } = bus()
    const heard: string[] = []
    for (const pattern of [
      'record.*',
      'record.created.*',
      'record.created.account',
      'record.*.account',
      '*',
      'kernel:*',
      'record',
      'record.created',
    ])
      events.on(pattern, ({ name, payload }) => heard.push(`${pattern} ${name} ${payload}`))
    expect(events.emit('record.created.account', 1 as never)).toBe(5)
    expect(heard).toEqual(
      ['record.*', 'record.created.*', 'record.created.account', 'record.*.account', '*'].map(
        (pattern) => `${pattern} record.created.account 1`,
      ),
    )
    heard.length = 0
    expect(events.emit('kernel:started', 2)).toBe(2)
    expect(heard).toEqual(['* kernel:started 2', 'kernel:* kernel:started 2'])
    expect(events.emit('record', 3)).toBe(2)
  })

  test('are called once, as often as they like, or not any more', () => {
    const { events } = bus()
    const heard: string[] = []
    const off = events.on('x', () => heard.push('on'))
    events.once('x', () => heard.push('once'))
    const listener = () => heard.push('off')
    events.on('x', listener)
    events.emit('x', 0)
    events.off('x', listener)
    events.emit('x', 0)
    off()
    off()
    expect(events.emit('x', 0)).toBe(0)
    expect(heard).toEqual(['on', 'once', 'off', 'on'])
  })

  test('filter, and stop with a signal', () => {
    const { events } = bus()
    const heard: unknown[] = []
    const stop = new AbortController()
    events.on('x', ({ payload }) => heard.push(payload), { filter: ({ payload }) => Number(payload) > 1, signal: stop.signal })
    events.once('x', ({ payload }) => heard.push(`once ${payload}`), { filter: ({ payload }) => payload === 2 })
    expect([1, 2, 3].map((payload) => events.emit('x', payload))).toEqual([0, 2, 1])
    stop.abort()
    expect(events.emit('x', 4)).toBe(0)
    events.on('x', () => heard.push('never'), { signal: stop.signal })
    expect(events.emit('x', 5)).toBe(0)
    expect(heard).toEqual([2, 'once 2', 3])
  })

  test('what one throws or rejects with reaches nobody else', async () => {
    const { events, errors } = bus()
    const heard: string[] = []
    events.on('x', () => {
      throw new Error('thrown')
    })
    events.on('x', () => Promise.reject(new Error('rejected')))
    events.on('x', () => heard.push('fine'), {
      filter: () => {
        throw new Error('in filter')
      },
    })
    events.on('x', () => heard.push('fine'))
    events.emit('x', 0)
    await Promise.resolve()
    expect(heard).toEqual(['fine'])
    expect(errors.map((error) => (error as Error).message).sort()).toEqual(['in filter', 'rejected', 'thrown'])
  })

  test('may come and go while an event is told', () => {
    const { events } = bus()
    const heard: string[] = []
    events.on('x', () => {
      heard.push('first')
      second()
      events.once('x', () => heard.push('new'))
    })
    const second = events.on('x', () => heard.push('second'))
    events.emit('x', 0)
    expect(heard).toEqual(['first'])
    events.emit('x', 0)
    expect(heard).toEqual(['first', 'first', 'new'])
  })

  test('are limited', () => {
    const { events } = bus({ maxListeners: 2 })
    const off = events.on('a', () => 0)
    events.on('b', () => 0)
    expect(() => events.on('c', () => 0)).toThrow(RangeError)
    off()
    events.on('c', () => 0)
  })

  test('say whether they are there', () => {
    const { events } = bus()
    expect(events.isHeard('record.created.account')).toBe(false)
    const off = events.on('record.*', () => 0)
    expect([events.isHeard('record.created.account'), events.isHeard('kernel:started')]).toEqual([true, false])
    off()
    expect(events.isHeard('record.created.account')).toBe(false)
  })
})

describe('replay', () => {
  test('gives back the last events, by name, number and time', () => {
    const { events } = bus({ keep: 4 })
    for (const name of ['a.x', 'b.x', 'a.y', 'b.y', 'a.z', 'b.z']) events.emit(name, name)
    const names = (...args: Parameters<typeof events.replay>) => events.replay(...args).map(({ name }) => name)
    expect(names('*')).toEqual(['a.y', 'b.y', 'a.z', 'b.z'])
    expect(names('a.*')).toEqual(['a.y', 'a.z'])
    expect(names('*', { last: 3 })).toEqual(['b.y', 'a.z', 'b.z'])
    expect(names('*', { last: 0 })).toEqual([])
    expect(names('b.*', { last: 1 })).toEqual(['b.z'])
    expect(names('*', { since: 5 })).toEqual(['a.z', 'b.z'])
    expect(names('*', { since: new Date(6) })).toEqual(['b.z'])
    expect(names('*', { after: 4 })).toEqual(['a.z', 'b.z'])
    const heard: string[] = []
    events.on('*', ({ name }) => heard.push(name), { replay: { last: 2 } })
    events.emit('c', 0)
    expect(heard).toEqual(['a.z', 'b.z', 'c'])
    const first: string[] = []
    events.once('*', ({ name }) => first.push(name), { replay: {} })
    expect(first).toEqual(['b.y'])
    expect(bus().events.replay('*')).toEqual([])
  })
})

test('the bus tells what a slow obvious one would', () => {
  const seed = testSeed()
  const NAMES = ['a', 'a.b', 'a.c', 'a.b.c', 'a:b', 'b', 'b.c', '']
  const PATTERNS = [...NAMES, '*', 'a.*', '*.b', 'a.*.c', '*.*', 'b.*']
  for (let round = 0; round < 400; round++) {
    const { below, chance, pick } = random(seed + round)
    const keep = below(5)
    const { events } = bus({ keep })
    const heard: string[] = []
    const expected: string[] = []
    const listeners: {
      readonly id: number
      readonly pattern: string
      readonly isOnce: boolean
      isGone: boolean
      readonly off: () => void
    }[] = []
    const told: string[] = []
    const fits = (pattern: string, name: string): boolean => {
      const [p, n] = [pattern.split(/[.:]/), name.split(/[.:]/)]
      if (p.at(-1) === '*' ? n.length < p.length : n.length !== p.length) return false
      return p.every((part, index) => part === '*' || part === n[index])
    }
    for (let step = 0; step < 30; step++) {
      if (chance(0.4)) {
        const [id, pattern, isOnce] = [step, pick(PATTERNS), chance(0.3)]
        const off = events[isOnce ? 'once' : 'on'](pattern, ({ name }) => heard.push(`${id} ${name}`))
        listeners.push({ id, pattern, isOnce, isGone: false, off })
      } else if (chance(0.2) && listeners.length > 0) {
        const one = pick(listeners)
        one.off()
        one.isGone = true
      } else {
        const name = pick(NAMES)
        let called = 0
        for (const one of listeners)
          if (!one.isGone && fits(one.pattern, name)) {
            expected.push(`${one.id} ${name}`)
            one.isGone = one.isOnce
            called++
          }
        expect(events.emit(name, 0), `seed ${seed + round}`).toBe(called)
        told.push(name)
      }
    }
    expect(heard, `seed ${seed + round}`).toEqual(expected)
    const pattern = pick(PATTERNS)
    const kept = keep === 0 ? [] : told.slice(-keep).filter((name) => fits(pattern, name))
    expect(
      events.replay(pattern).map(({ name }) => name),
      `seed ${seed + round}`,
    ).toEqual(kept)
  }
})

test('payloads are typed by name', () => {
  const events = createEventBus({ onError: () => undefined }) as unknown as EventBus<{ 'record.created.account': { id: string } }>
  events.on('record.created.account', (event) => expectTypeOf(event).toEqualTypeOf<BusEvent<'record.created.account', { id: string }>>())
  events.on('record.*', (event) => expectTypeOf(event.payload).toEqualTypeOf<unknown>())
  // @ts-expect-error the payload has an id.
  events.emit('record.created.account', { name: 'x' })
})
