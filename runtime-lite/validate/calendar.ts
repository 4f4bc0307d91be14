const MONTH_LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** The number written in `text[start, end)`, or NaN when anything but a digit stands there. */
export function digitsAt(text: string, start: number, end: number): number {
  let value = 0
  for (let index = start; index < end; index++) {
    const digit = text.charCodeAt(index) - 48
    if (!(digit >= 0 && digit <= 9)) return Number.NaN
    value = value * 10 + digit
  }
  return value
}

/** `YYYY-MM-DD` at the start of the text, a day that exists, years 1 to 9999. */
export function startsWithDate(text: string): boolean {
  const year = digitsAt(text, 0, 4)
  const month = digitsAt(text, 5, 7)
  const day = digitsAt(text, 8, 10)
  if (!(year >= 1 && month >= 1 && month <= 12 && day >= 1) || text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45) return false
  const isLeapDay = month === 2 && day === 29 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return isLeapDay || day <= (MONTH_LENGTHS[month - 1] ?? 0)
}

/** `HH:MM:SS` at `start`. */
export const hasClockAt = (text: string, start: number): boolean =>
  digitsAt(text, start, start + 2) <= 23 &&
  text.charCodeAt(start + 2) === 58 &&
  digitsAt(text, start + 3, start + 5) <= 59 &&
  text.charCodeAt(start + 5) === 58 &&
  digitsAt(text, start + 6, start + 8) <= 59

/** `YYYY-MM-DD`. */
export const isDate = (value: unknown): boolean => typeof value === 'string' && value.length === 10 && startsWithDate(value)

/** `HH:MM`, `HH:MM:SS`, or with one to three digits of a fraction. */
export function isTime(value: unknown): boolean {
  if (typeof value !== 'string') return false
  const { length } = value
  if (length === 5) return digitsAt(value, 0, 2) <= 23 && value.charCodeAt(2) === 58 && digitsAt(value, 3, 5) <= 59
  if (!hasClockAt(value, 0)) return false
  return length === 8 || (length >= 10 && length <= 12 && value.charCodeAt(8) === 46 && digitsAt(value, 9, length) >= 0)
}

/** `YYYY-MM-DDTHH:mm:ss.sssZ`, the one form that is stored. */
export const isUtcDatetime = (value: unknown): boolean =>
  typeof value === 'string' &&
  value.length === 24 &&
  startsWithDate(value) &&
  value.charCodeAt(10) === 84 &&
  hasClockAt(value, 11) &&
  value.charCodeAt(19) === 46 &&
  digitsAt(value, 20, 23) >= 0 &&
  value.charCodeAt(23) === 90
