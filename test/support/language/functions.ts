import type { FunctionName } from '../../../runtime-lite/query/ast.ts'
import { FUNCTIONS, type FunctionSignature } from '../../../runtime-lite/query/functions.ts'

const points = (text: unknown): string[] => [...String(text)]
const lower = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
const upper = (text: string): string => text.replace(/[a-z]/g, (letter) => letter.toUpperCase())

export const foldAscii = lower

/** The functions of the language over plain values; null in, null out. Everything as slow and obvious as it can be. */
export function callFunction(name: FunctionName, args: readonly unknown[], now: string): unknown {
  if (name === 'coalesce') return args[0] ?? args[1] ?? null
  if (args.some((arg) => arg === null || arg === undefined)) return null
  // What stands in free JSON may be of another type than the function takes: then it is no value.
  const signature: FunctionSignature = FUNCTIONS[name]
  const types: Readonly<Record<string, string>> = { text: 'string', number: 'number' }
  if (args.some((arg, index) => typeof arg !== (types[signature.args[index]!] ?? typeof arg))) return null
  const [a, b, c] = args
  const x = Number(a)
  const y = Number(b)
  switch (name) {
    case 'add':
      return x + y
    case 'sub':
      return x - y
    case 'mul':
      return x * y
    case 'divby':
      return y === 0 ? null : x / y
    case 'div':
      return y === 0 ? null : Math.trunc(x / y)
    case 'mod':
      return y === 0 ? null : x % y
    case 'neg':
      return -x
    case 'round':
      return Math.sign(x) * Math.round(Math.abs(x))
    case 'floor':
      return Math.floor(x)
    case 'ceiling':
      return Math.ceil(x)
    case 'abs':
      return Math.abs(x)
    case 'length':
      return points(a).length
    case 'indexof': {
      const at = String(a).indexOf(String(b))
      return at < 0 ? -1 : points(String(a).slice(0, at)).length
    }
    case 'substring': {
      const start = Math.max(0, y)
      return points(a)
        .slice(start, c === undefined ? undefined : start + Math.max(0, Number(c)))
        .join('')
    }
    case 'tolower':
      return lower(String(a))
    case 'toupper':
      return upper(String(a))
    case 'trim':
      return String(a).replace(/^ +| +$/g, '')
    case 'concat':
      return `${String(a)}${String(b)}`
    case 'year':
      return Number(String(a).slice(0, 4))
    case 'month':
      return Number(String(a).slice(5, 7))
    case 'day':
      return Number(String(a).slice(8, 10))
    case 'hour':
      return Number(String(a).slice(11, 13))
    case 'minute':
      return Number(String(a).slice(14, 16))
    case 'second':
      return Number(String(a).slice(17, 19))
    case 'date':
      return String(a).slice(0, 10)
    case 'now':
      return now
    case 'datetime':
      return String(a).length === 10 ? `${String(a)}T00:00:00.000Z` : a
    case 'adddays':
      return shiftedDate(String(a), (date) => date.setUTCDate(date.getUTCDate() + Math.trunc(Math.max(-4e6, Math.min(4e6, y)))))
    case 'addmonths':
      return shiftedDate(String(a), (date) => {
        const day = date.getUTCDate()
        date.setUTCDate(1)
        date.setUTCMonth(date.getUTCMonth() + Math.trunc(Math.max(-4e6, Math.min(4e6, y))))
        const next = new Date(date)
        next.setUTCMonth(next.getUTCMonth() + 1, 0)
        date.setUTCDate(Math.min(day, next.getUTCDate()))
      })
    case 'daysbetween':
      return Math.round((Date.parse(String(b).slice(0, 10)) - Date.parse(String(a).slice(0, 10))) / 86_400_000)
    case 'monthsbetween': {
      const [year, month, day] = partsOf(a)
      const [otherYear, otherMonth, otherDay] = partsOf(b)
      const months = (otherYear - year) * 12 + otherMonth - month
      if (months > 0 && otherDay < day) return months - 1
      return months < 0 && otherDay > day ? months + 1 : months
    }
    case 'power':
      return Number.isFinite(x ** y) ? x ** y : null
    case 'least':
      return Math.min(x, y)
    case 'greatest':
      return Math.max(x, y)
    case 'replace':
      return b === '' ? a : String(a).replaceAll(String(b), () => String(c))
    case 'totext':
      return typeof a === 'number' ? String(Number(a.toPrecision(15)) + 0) : String(a)
    case 'geo.distance':
      return haversine(pointOf(a), pointOf(b))
    case 'vector.cosine': {
      const [u, v] = [vectorOf(a), vectorOf(b)]
      if (u.length !== v.length || norm(u) === 0 || norm(v) === 0) return null
      return dot(u, v) / (norm(u) * norm(v))
    }
    case 'vector.distance': {
      const [u, v] = [vectorOf(a), vectorOf(b)]
      return u.length === v.length ? norm(u.map((value, index) => value - v[index]!)) : null
    }
    case 'vector.dot': {
      const [u, v] = [vectorOf(a), vectorOf(b)]
      return u.length === v.length ? dot(u, v) : null
    }
    default:
      return name satisfies never
  }
}

const partsOf = (moment: unknown): [number, number, number] =>
  String(moment).slice(0, 10).split('-').map(Number) as [number, number, number]

/** The date of a date or instant moved, its time kept; null beyond the years 1 to 9999. */
function shiftedDate(moment: string, move: (date: Date) => unknown): string | null {
  const date = new Date(`${moment.slice(0, 10)}T00:00:00.000Z`)
  move(date)
  const year = date.getUTCFullYear()
  return year >= 1 && year <= 9999 ? date.toISOString().slice(0, 10) + moment.slice(10) : null
}

interface Point {
  readonly latitude: number
  readonly longitude: number
}

/** A location of a record, or `POINT(longitude latitude)`. */
function pointOf(value: unknown): Point {
  if (typeof value === 'object') return value as Point
  const [longitude, latitude] = /\(([^)]*)\)/.exec(String(value))![1]!.trim().split(/\s+/).map(Number)
  return { latitude: latitude!, longitude: longitude! }
}

const vectorOf = (value: unknown): readonly number[] => (typeof value === 'string' ? JSON.parse(value) : value) as readonly number[]
const dot = (u: readonly number[], v: readonly number[]): number => u.reduce((sum, value, index) => sum + value * v[index]!, 0)
const norm = (u: readonly number[]): number => Math.sqrt(dot(u, u))

function haversine(from: Point, to: Point): number {
  const radians = (degrees: number): number => (degrees * Math.PI) / 180
  const half = (degrees: number): number => Math.sin(radians(degrees) / 2) ** 2
  const a =
    half(to.latitude - from.latitude) +
    Math.cos(radians(from.latitude)) * Math.cos(radians(to.latitude)) * half(to.longitude - from.longitude)
  return 2 * 6_371_008.8 * Math.asin(Math.min(1, Math.sqrt(a)))
}

/** First day of the calendar unit an ISO date or instant falls into; weeks start on Monday. */
export function truncateDate(value: string, granularity: 'day' | 'week' | 'month' | 'quarter' | 'year'): string {
  const [year, month, day] = value.slice(0, 10).split('-').map(Number) as [number, number, number]
  const first = (date: Date): string => date.toISOString().slice(0, 10)
  switch (granularity) {
    case 'day':
      return value.slice(0, 10)
    case 'week': {
      const date = new Date(Date.UTC(year, month - 1, day))
      return first(new Date(date.getTime() - ((date.getUTCDay() + 6) % 7) * 86_400_000))
    }
    case 'month':
      return first(new Date(Date.UTC(year, month - 1, 1)))
    case 'quarter':
      return first(new Date(Date.UTC(year, month - 1 - ((month - 1) % 3), 1)))
    case 'year':
      return first(new Date(Date.UTC(year, 0, 1)))
    default:
      return granularity satisfies never
  }
}

/** By code point, as databases compare bytes of UTF-8. */
export function compareText(left: string, right: string): number {
  const a = points(left)
  const b = points(right)
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const order = a[at]!.codePointAt(0)! - b[at]!.codePointAt(0)!
    if (order !== 0) return order
  }
  return a.length - b.length
}
