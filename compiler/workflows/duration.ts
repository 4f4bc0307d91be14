import type { Json } from '../source/json.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const UNITS: Readonly<Record<string, number>> = {
  ...{ ms: 1, millisecond: 1, milliseconds: 1, s: SECOND, sec: SECOND, second: SECOND, seconds: SECOND },
  ...{ m: MINUTE, min: MINUTE, minute: MINUTE, minutes: MINUTE, h: HOUR, hour: HOUR, hours: HOUR },
  ...{ d: DAY, day: DAY, days: DAY, w: 7 * DAY, week: 7 * DAY, weeks: 7 * DAY },
}

/** Ten years: longer is a mistake of units. */
const LONGEST = 3_660 * DAY

const ISO = /^P(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/i

/**
 * Milliseconds of a duration: `48h`, `1h 30m`, `2 days`, ISO 8601 (`P2DT12H`), or a number of milliseconds. Undefined for anything else. Months and
 * years have no fixed length.
 */
export function readDuration(value: Json | undefined): number | undefined {
  const milliseconds = typeof value === 'number' ? value : typeof value === 'string' ? fromText(value.trim()) : undefined
  if (milliseconds === undefined || !Number.isFinite(milliseconds) || milliseconds < 0 || milliseconds > LONGEST) return undefined
  return Math.round(milliseconds)
}

function fromText(text: string): number | undefined {
  if (text === '' || text.length > 60) return undefined
  const iso = ISO.exec(text)
  if (iso && /\d/.test(text)) {
    const factors = [7 * DAY, DAY, HOUR, MINUTE, SECOND]
    return iso.slice(1).reduce((sum, part, index) => sum + Number(part ?? 0) * (factors[index] ?? 0), 0)
  }
  if (/^\d+$/.test(text)) return Number(text)
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)[\s,]*/gi)]
  if (parts.length === 0 || parts.map(([whole]) => whole).join('') !== text) return undefined
  let sum = 0
  for (const [, amount, unit = ''] of parts) {
    const factor = unitOf(unit)
    if (factor === undefined) return undefined
    sum += Number(amount) * factor
  }
  return sum
}

/** Milliseconds of one unit. */
export const unitOf = (name: string): number | undefined => {
  const key = name.toLowerCase()
  return Object.hasOwn(UNITS, key) ? UNITS[key] : undefined
}
