/** A schedule of five fields: minute, hour, day of the month, month, day of the week. */
export interface Cron {
  /** The first instant after `after` (milliseconds since 1970), or undefined where there is none within eight years. */
  next(after: number): number | undefined
}

interface Field {
  readonly from: number
  readonly to: number
  readonly names?: readonly string[]
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

const FIELDS: readonly Field[] = [
  { from: 0, to: 59 },
  { from: 0, to: 23 },
  { from: 1, to: 31 },
  { from: 1, to: 12, names: MONTHS },
  { from: 0, to: 7, names: DAYS },
]

const NICKNAMES: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
}

const MINUTE = 60_000
const HORIZON = 8 * 366

/** Undefined for a text that is no schedule, and for a time zone that nobody knows. */
export function readCron(text: string, timeZone = 'UTC'): Cron | undefined {
  const trimmed = text.trim().toLowerCase()
  const parts = ((Object.hasOwn(NICKNAMES, trimmed) ? NICKNAMES[trimmed] : undefined) ?? trimmed).split(/\s+/)
  if (parts.length !== 5) return undefined
  const sets = parts.map((part, index) => readField(part, FIELDS[index] as Field))
  const clock = localClock(timeZone)
  if (!clock || sets.includes(undefined)) return undefined
  const [minutes, hours, days, months, weekdays] = sets as Set<number>[] as [
    Set<number>,
    Set<number>,
    Set<number>,
    Set<number>,
    Set<number>,
  ]
  if (weekdays.has(7)) weekdays.add(0)
  const isEither = !parts[2]?.startsWith('*') && !parts[4]?.startsWith('*')

  /** Where both days are restricted, either of them counts. */
  function isDay(time: number): boolean {
    const date = new Date(time)
    if (!months.has(date.getUTCMonth() + 1)) return false
    const [inMonth, inWeek] = [days.has(date.getUTCDate()), weekdays.has(date.getUTCDay())]
    return isEither ? inMonth || inWeek : inMonth && inWeek
  }

  return {
    next(after) {
      const start = Math.floor(after / MINUTE) * MINUTE + MINUTE
      // Local times are walked as if they were UTC, and each is turned into its instant.
      const local = clock.localOf(start)
      let day = Math.floor(local / 86_400_000) * 86_400_000 - 86_400_000
      for (let count = 0; count <= HORIZON; count++, day += 86_400_000) {
        if (!isDay(day)) continue
        let best: number | undefined
        for (const hour of hours)
          for (const minute of minutes) {
            const instant = clock.instantOf(day + hour * 3_600_000 + minute * MINUTE)
            if (instant >= start && (best === undefined || instant < best)) best = instant
          }
        if (best !== undefined) return best
      }
      return undefined
    },
  }
}

/** Lists of values, ranges and steps: `1-5`, every fifteenth, `mon,wed`. */
function readField(text: string, { from, to, names = [] }: Field): Set<number> | undefined {
  const found = new Set<number>()
  const offset = names === MONTHS ? 1 : 0
  const numberOf = (word: string): number | undefined => {
    const named = names.indexOf(word)
    const value = named >= 0 ? named + offset : /^\d{1,2}$/.test(word) ? Number(word) : Number.NaN
    return value >= from && value <= to ? value : undefined
  }
  for (const part of text.split(',')) {
    const [, range = '', , step] = /^([^/]+)(\/(\d{1,2}))?$/.exec(part) ?? []
    const [first = '', last, ...rest] = range.split('-')
    if (range === '' || rest.length > 0) return undefined
    const start = first === '*' ? from : numberOf(first)
    const end = first === '*' ? to : last === undefined ? (step === undefined ? start : to) : numberOf(last)
    if (start === undefined || end === undefined || end < start || (first === '*' && last !== undefined) || step === '0') return undefined
    for (let value = start; value <= end; value += Number(step ?? 1)) found.add(value)
  }
  return found
}

/** Local times as milliseconds, as if the zone were UTC. */
function localClock(timeZone: string) {
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-US', {
      ...{
        timeZone,
        hourCycle: 'h23',
        year: 'numeric',
        month: '2-digit',
        day: '2-digit',
        hour: '2-digit',
        minute: '2-digit',
        second: '2-digit',
      },
    })
  } catch {
    return undefined
  }
  const localOf = (instant: number): number => {
    const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]))
    const at = (name: string): number => parts[name] ?? 0
    return Date.UTC(at('year'), at('month') - 1, at('day'), at('hour'), at('minute'), at('second'))
  }
  return {
    localOf,
    /** A time that the change to summer leaves out is moved behind the gap; of one that comes twice the first is meant. */
    instantOf(local: number): number {
      const early = local - (localOf(local - 86_400_000) - (local - 86_400_000))
      const late = local - (localOf(local + 86_400_000) - (local + 86_400_000))
      if (localOf(early) === local) return early
      return localOf(late) === local ? late : early
    },
  }
}
