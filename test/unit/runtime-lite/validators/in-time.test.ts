import { expect, test } from 'vitest'
import type { Clock } from '../../../../runtime-lite/behaviour/behaviour.ts'
import { inTime, TooLate } from '../../../../runtime-lite/validators/in-time.ts'

/** A clock whose time is over when the test says so. */
function clockOf() {
  const calls = new Set<() => void>()
  const clock: Clock = {
    after(_milliseconds, call) {
      calls.add(call)
      return () => void calls.delete(call)
    },
  }
  return { clock, calls, ring: () => [...calls].map((call) => call()) }
}

test('gives what work gives, and aborts its signal afterwards', async () => {
  const { clock, calls } = clockOf()
  let seen: AbortSignal | undefined
  const result = await inTime(
    (signal) => {
      seen = signal
      return signal.aborted
    },
    { clock, milliseconds: 10, outer: undefined },
  )
  expect([result, seen?.aborted, calls.size]).toEqual([false, true, 0])
})

test('gives up in time, whatever the work does then', async () => {
  const { clock, ring } = clockOf()
  let late: ((error: Error) => void) | undefined
  const work = (): Promise<never> =>
    new Promise((_resolve, reject) => {
      late = reject
    })
  const working = inTime(work, { clock, milliseconds: 10, outer: undefined })
  ring()
  await expect(working).rejects.toThrow(TooLate)
  late?.(new Error('Nobody listens.'))
})

test('gives up with whoever called', async () => {
  const outer = new AbortController()
  const { clock } = clockOf()
  let seen: AbortSignal | undefined
  const work = (signal: AbortSignal): Promise<never> => {
    seen = signal
    return new Promise(() => undefined)
  }
  const working = inTime(work, { clock, milliseconds: 10, outer: outer.signal })
  outer.abort(new Error('Gone.'))
  await expect(working).rejects.toThrow('Gone.')
  expect(seen?.aborted).toBe(true)
  await expect(inTime(() => 1, { clock, milliseconds: 10, outer: outer.signal })).rejects.toThrow('Gone.')
})

test('passes errors on, thrown at once or later', async () => {
  const { clock } = clockOf()
  const fails = (): never => {
    throw new RangeError('At once.')
  }
  await expect(inTime(fails, { clock, milliseconds: 1, outer: undefined })).rejects.toThrow(RangeError)
  await expect(inTime(async () => fails(), { clock, milliseconds: 1, outer: undefined })).rejects.toThrow(RangeError)
})
