import { describe, expect, test } from 'vitest'
import { readCron } from '../../../../runtime-lite/workflow/cron.ts'
import { random, testSeed } from '../../../support/random.ts'

const next = (cron: string, after: string, zone?: string): string | undefined => {
  const time = readCron(cron, zone)?.next(Date.parse(after))
  return time === undefined ? undefined : new Date(time).toISOString().slice(0, 16)
}

describe('schedules', () => {
  test.each([
    ['* * * * *', '2030-01-01T00:00:00Z', '2030-01-01T00:01'],
    ['*/15 * * * *', '2030-01-01T00:16:30Z', '2030-01-01T00:30'],
    ['30 8 * * mon-fri', '2030-01-04T08:30:00Z', '2030-01-07T08:30'],
    ['0 0 1 * *', '2030-01-31T23:59:59Z', '2030-02-01T00:00'],
    ['0 12 29 feb *', '2030-01-01T00:00:00Z', '2032-02-29T12:00'],
    ['0 0 13 * 5', '2030-01-01T00:00:00Z', '2030-01-04T00:00'],
    ['0 0 * * 7', '2030-01-01T00:00:00Z', '2030-01-06T00:00'],
    ['5,10 3-4 * * *', '2030-01-01T03:10:00Z', '2030-01-01T04:05'],
    ['@daily', '2030-01-01T00:00:00Z', '2030-01-02T00:00'],
  ])('%s after %s', (cron, after, expected) => expect(next(cron, after)).toBe(expected))

  test('go by the clock of a place, over the changes of summer time', () => {
    expect(next('30 2 * * *', '2030-07-01T12:00:00Z', 'Europe/Berlin')).toBe('2030-07-02T00:30')
    // 02:30 is left out on 31 March 2030, and comes twice on 27 October.
    expect(next('30 2 * * *', '2030-03-30T12:00:00Z', 'Europe/Berlin')).toBe('2030-03-31T01:30')
    expect(next('30 2 * * *', '2030-10-26T12:00:00Z', 'Europe/Berlin')).toBe('2030-10-27T00:30')
    expect(next('30 2 * * *', '2030-10-27T00:30:00Z', 'Europe/Berlin')).toBe('2030-10-28T01:30')
    expect(next('0 9 * * *', '2030-01-01T00:00:00Z', 'Asia/Kathmandu')).toBe('2030-01-01T03:15')
  })

  test.each([
    '',
    '* * * *',
    '60 * * * *',
    '* 24 * * *',
    '* * 0 * *',
    '* * * 13 *',
    '* * * * 8',
    'a * * * *',
    '5-1 * * * *',
    '*/0 * * * *',
    '*-5 * * * *',
    '1,,2 * * * *',
    'every day',
    'constructor',
    '1-2-3 * * * *',
  ])('"%s" is none', (cron) => expect(readCron(cron)).toBeUndefined())

  test('nobody knows a place that is not there', () => expect(readCron('* * * * *', 'Mars/Olympus')).toBeUndefined())
  test('a day that never comes', () => expect(next('0 0 31 feb *', '2030-01-01T00:00:00Z')).toBeUndefined())

  test('agree with a walk over every minute', () => {
    const seed = testSeed()
    const one = random(seed)
    for (let index = 0; index < 60; index++) {
      const set = (limit: number, from = 0): string => (one.chance(0.5) ? '*' : `${from + one.below(limit - from)}`)
      const fields = [`${one.below(60)}`, set(24), set(29, 1), set(13, 1), one.chance(0.7) ? '*' : `${one.below(7)}`]
      const start = Date.UTC(2030, one.below(12), 1 + one.below(28), one.below(24), one.below(60))
      expect(readCron(fields.join(' '))?.next(start), `seed ${seed}: ${fields.join(' ')} after ${new Date(start).toISOString()}`).toBe(
        walked(fields, start),
      )
    }
  })
})

/** The slow way: the hours are walked, since the minute is always one. */
function walked([minute = '', hour, day, month, weekday]: readonly string[], start: number): number | undefined {
  for (
    let time = Math.floor(start / 3_600_000) * 3_600_000 + Number(minute) * 60_000;
    time < start + 9 * 366 * 86_400_000;
    time += 3_600_000
  ) {
    if (time <= start) continue
    const at = new Date(time)
    const is = (field: string | undefined, value: number): boolean => field === '*' || Number(field) === value
    const [inMonth, inWeek] = [is(day, at.getUTCDate()), is(weekday, at.getUTCDay())]
    const isDay = day !== '*' && weekday !== '*' ? inMonth || inWeek : inMonth && inWeek
    if (is(hour, at.getUTCHours()) && is(month, at.getUTCMonth() + 1) && isDay) return time
  }
  return undefined
}
