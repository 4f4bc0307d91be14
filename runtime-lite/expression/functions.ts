/**
 * The functions of expressions over values of a record, as generated code calls them: the same results as in the database. Dates are `YYYY-MM-DD`,
 * instants ISO 8601 in UTC with milliseconds. Every function of null is null, but `coalesce`.
 */
type Maybe<Value> = Value | null
type Numeric = Maybe<number>
type Text = Maybe<string>

const finite = (value: number): Numeric => (Number.isFinite(value) ? value : null)

export const add = (a: Numeric, b: Numeric): Numeric => (a === null || b === null ? null : finite(a + b))
export const sub = (a: Numeric, b: Numeric): Numeric => (a === null || b === null ? null : finite(a - b))
export const mul = (a: Numeric, b: Numeric): Numeric => (a === null || b === null ? null : finite(a * b))
export const divby = (a: Numeric, b: Numeric): Numeric => (a === null || b === null || b === 0 ? null : finite(a / b))
export const div = (a: Numeric, b: Numeric): Numeric => (a === null || b === null || b === 0 ? null : finite(Math.trunc(a / b)))
export const mod = (a: Numeric, b: Numeric): Numeric => (a === null || b === null || b === 0 ? null : a % b)
export const neg = (a: Numeric): Numeric => (a === null ? null : -a)
/** Halves go away from zero. */
export const round = (a: Numeric): Numeric => {
  if (a === null) return null
  const whole = Math.trunc(a)
  return Math.abs(a - whole) >= 0.5 ? whole + Math.sign(a) : whole
}
export const floor = (a: Numeric): Numeric => (a === null ? null : Math.floor(a))
export const ceiling = (a: Numeric): Numeric => (a === null ? null : Math.ceil(a))
export const abs = (a: Numeric): Numeric => (a === null ? null : Math.abs(a))
export const power = (a: Numeric, b: Numeric): Numeric => (a === null || b === null ? null : finite(a ** b))
export const least = (a: Numeric, b: Numeric): Numeric => (a === null || b === null ? null : Math.min(a, b))
export const greatest = (a: Numeric, b: Numeric): Numeric => (a === null || b === null ? null : Math.max(a, b))

/** In code points. */
export const length = (text: Text): Numeric => (text === null ? null : isPlain(text) ? text.length : [...text].length)
export const indexof = (text: Text, wanted: Text): Numeric => {
  if (text === null || wanted === null) return null
  const at = text.indexOf(wanted)
  return at < 0 ? -1 : (length(text.slice(0, at)) as number)
}
/** Positions and counts are whole numbers from 0. */
export function substring(text: Text, start: Numeric, count?: Numeric): Text {
  if (text === null || start === null || count === null) return null
  const from = Math.max(0, Math.trunc(start))
  const end = count === undefined ? undefined : from + Math.max(0, Math.trunc(count))
  return isPlain(text) ? text.slice(from, end) : [...text].slice(from, end).join('')
}
/** Without surrogates a code point is a code unit. */
const isPlain = (text: string): boolean => !/[\uD800-\uDFFF]/.test(text)

/** Folds ASCII letters only. */
export const tolower = (text: Text): Text => (text === null ? null : text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()))
export const toupper = (text: Text): Text => (text === null ? null : text.replace(/[a-z]+/g, (letters) => letters.toUpperCase()))
/** Spaces at both ends. */
export const trim = (text: Text): Text => (text === null ? null : text.replace(/^ +| +$/g, ''))
export const concat = (a: Text, b: Text): Text => (a === null || b === null ? null : a + b)
export const replace = (text: Text, wanted: Text, other: Text): Text =>
  text === null || wanted === null || other === null ? null : wanted === '' ? text : text.replaceAll(wanted, () => other)
export const totext = (value: string | number | boolean | null): Text =>
  value === null ? null : typeof value === 'number' ? String(Number(value.toPrecision(15)) + 0) : String(value)
export const coalesce = <Value>(a: Value | null, b: Value): Value => a ?? b

const part = (moment: Text, start: number, end: number): Numeric => (moment === null ? null : Number(moment.slice(start, end)))
export const year = (moment: Text): Numeric => part(moment, 0, 4)
export const month = (moment: Text): Numeric => part(moment, 5, 7)
export const day = (moment: Text): Numeric => part(moment, 8, 10)
export const hour = (moment: Text): Numeric => part(moment, 11, 13)
export const minute = (moment: Text): Numeric => part(moment, 14, 16)
export const second = (moment: Text): Numeric => part(moment, 17, 19)
export const date = (moment: Text): Text => (moment === null ? null : moment.slice(0, 10))
export const datetime = (moment: Text): Text => (moment === null || moment.length > 10 ? moment : `${moment}T00:00:00.000Z`)

const DAY = 86_400_000
const daysOf = (moment: string): number => Date.parse(moment.slice(0, 10)) / DAY
export const daysbetween = (start: Text, end: Text): Numeric => (start === null || end === null ? null : daysOf(end) - daysOf(start))

/** Complete months. */
export function monthsbetween(start: Text, end: Text): Numeric {
  if (start === null || end === null) return null
  const months = ((year(end) as number) - (year(start) as number)) * 12 + (month(end) as number) - (month(start) as number)
  const days = (day(end) as number) - (day(start) as number)
  if (months > 0 && days < 0) return months - 1
  return months < 0 && days > 0 ? months + 1 : months
}

/** Whole days; null beyond the years 1 to 9999. */
export function adddays(moment: Text, days: Numeric): Text {
  if (moment === null || days === null) return null
  return moved(moment, Date.parse(moment.slice(0, 10)) + whole(days) * DAY)
}

/** Whole months; the 31st becomes the last day of a shorter month. */
export function addmonths(moment: Text, months: Numeric): Text {
  if (moment === null || months === null) return null
  const start = (year(moment) as number) * 12 + (month(moment) as number) - 1 + whole(months)
  const first = new Date(0)
  first.setUTCFullYear(Math.floor(start / 12), start - Math.floor(start / 12) * 12, 1)
  const last = new Date(first)
  last.setUTCMonth(last.getUTCMonth() + 1, 0)
  return moved(moment, first.getTime() + (Math.min(day(moment) as number, last.getUTCDate()) - 1) * DAY)
}

const whole = (count: number): number => Math.trunc(Math.max(-4e6, Math.min(4e6, count)))

/** Another date with the same time of day. */
function moved(moment: string, milliseconds: number): Text {
  const next = new Date(milliseconds)
  const inYear = next.getUTCFullYear()
  return inYear >= 1 && inYear <= 9999 ? next.toISOString().slice(0, 10) + moment.slice(10) : null
}

type Comparable = string | number | boolean | null

/** Two-valued: false where one side is null. Text compares by code point. */
export const gt = (a: Comparable, b: Comparable): boolean => a !== null && b !== null && order(a, b) > 0
export const ge = (a: Comparable, b: Comparable): boolean => a !== null && b !== null && order(a, b) >= 0
export const lt = (a: Comparable, b: Comparable): boolean => a !== null && b !== null && order(a, b) < 0
export const le = (a: Comparable, b: Comparable): boolean => a !== null && b !== null && order(a, b) <= 0

function order(a: string | number | boolean, b: string | number | boolean): number {
  if (a === b) return 0
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b)
  return a < b ? -1 : 1
}

function compareText(a: string, b: string): number {
  for (let at = 0; at < a.length && at < b.length; at++) {
    const [left, right] = [a.charCodeAt(at), b.charCodeAt(at)]
    if (left === right) continue
    // Surrogates stand for code points above all others.
    return isSurrogate(left) === isSurrogate(right) ? left - right : isSurrogate(left) ? 1 : -1
  }
  return a.length - b.length
}

const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff

/** False where the text is null. On a list: one of its items. */
export const contains = (text: string | readonly unknown[] | null, wanted: unknown): boolean =>
  typeof text === 'string' ? typeof wanted === 'string' && text.includes(wanted) : (text?.includes(wanted) ?? false)
export const startswith = (text: Text, wanted: Text): boolean => text !== null && wanted !== null && text.startsWith(wanted)
/** Longer texts match no pattern: what a pattern costs may grow faster than its text. In code points. */
export const LONGEST_MATCHED = 10_000

/** The pattern is found somewhere in the text. False where that is null, or longer than 10,000 characters. */
export const isMatch = (text: Text, pattern: RegExp): boolean =>
  text !== null && (text.length <= LONGEST_MATCHED || (length(text) ?? 0) <= LONGEST_MATCHED) && pattern.test(text)
export const endswith = (text: Text, wanted: Text): boolean => text !== null && wanted !== null && text.endsWith(wanted)
