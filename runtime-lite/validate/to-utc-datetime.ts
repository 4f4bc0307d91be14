import { digitsAt, startsWithDate } from './calendar.ts'

/**
 * An instant in the form that is stored, `YYYY-MM-DDTHH:mm:ss.sssZ`, or undefined when the text is none. Accepted: a date (midnight),
 * or a date, `T` or a blank, hours and minutes, optional seconds with an optional fraction of up to nine digits (cut to milliseconds),
 * and `Z`, an offset (`+01:00`, `+0100`, `+01`) or nothing. Without a zone the time is UTC: never the zone of the machine.
 */
export function toUtcDatetime(text: string): string | undefined {
  if (!startsWithDate(text)) return undefined
  const date = text.slice(0, 10)
  if (text.length === 10) return `${date}T00:00:00.000Z`
  const separator = text.charCodeAt(10)
  if (separator !== 84 && separator !== 116 && separator !== 32) return undefined
  const hour = digitsAt(text, 11, 13)
  const minute = digitsAt(text, 14, 16)
  if (!(hour <= 23 && minute <= 59) || text[13] !== ':') return undefined
  let end = 16
  let second = 0
  let fraction = ''
  if (text[16] === ':') {
    second = digitsAt(text, 17, 19)
    if (!(second <= 59)) return undefined
    end = 19
    if (text[19] === '.' || text[19] === ',') {
      end = 20
      while (end < 30 && digitsAt(text, end, end + 1) >= 0) end++
      fraction = text.slice(20, Math.min(end, 29))
      if (fraction === '' || end === 30) return undefined
    }
  }
  const offset = offsetMinutes(text.slice(end))
  if (offset === undefined) return undefined
  const clock = `${pad(hour)}:${pad(minute)}:${pad(second)}.${fraction.slice(0, 3).padEnd(3, '0')}`
  return offset === 0 ? `${date}T${clock}Z` : shifted(`${date}T${clock}Z`, offset)
}

function offsetMinutes(zone: string): number | undefined {
  if (zone === '' || zone === 'Z' || zone === 'z') return 0
  const sign = zone[0] === '+' ? 1 : zone[0] === '-' ? -1 : 0
  const minuteStart = zone[3] === ':' ? 4 : 3
  const hour = digitsAt(zone, 1, 3)
  const minute = zone.length === 3 ? 0 : digitsAt(zone, minuteStart, minuteStart + 2)
  if (sign === 0 || !(hour <= 23 && minute <= 59) || (zone.length !== 3 && zone.length !== minuteStart + 2)) return undefined
  return sign * (hour * 60 + minute)
}

/** An offset near the first or the last day can leave the years that have four digits. */
function shifted(instant: string, offset: number): string | undefined {
  const text = new Date(Date.parse(instant) - offset * 60_000).toISOString()
  return text.length === 24 && !text.startsWith('0000') ? text : undefined
}

const pad = (value: number): string => (value < 10 ? `0${value}` : String(value))
