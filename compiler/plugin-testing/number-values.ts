import type { ValueIr } from '../ir/object.ts'
import type { SeededRandom } from './seeded-random.ts'

export type NumberValue = Extract<ValueIr, { kind: 'number' }>

/** How far numbers without limits go. */
const FAR = 100_000

/** A valid number; undefined where the limits leave none. */
export function validNumber(value: NumberValue, random: SeededRandom): number | undefined {
  const { min = -FAR, max = Math.max(FAR, min) } = value
  const from = Math.min(min, max)
  const span = Math.min(max - from, 2 * FAR)
  const drawn = from + (span * random.below(1000)) / 1000
  const digits = wholeDigits(value)
  const small = digits === undefined ? drawn : Math.sign(drawn) * Math.min(Math.abs(drawn), 10 ** digits - 1)
  const candidates = [drawn, small].flatMap((number) => [rounded(value, number), Math.ceil(number), Math.floor(number)])
  return [...candidates, 0, 1, min, max].find((number) => brokenRules(value, number).length === 0)
}

/** The numbers at the limits: of the schema, of its precision, of whole numbers. */
export function boundaryNumbers(value: NumberValue): readonly number[] {
  const { min, max, scale, isInteger } = value
  const digits = wholeDigits(value)
  const limits = [
    ...(min === undefined ? [] : [min]),
    ...(max === undefined ? [] : [max]),
    ...(digits !== undefined && digits <= 15 ? [10 ** digits - 1, 1 - 10 ** digits] : []),
    ...(isInteger && digits === undefined ? [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER] : []),
    ...(!isInteger && scale !== undefined && scale > 0 && scale <= 15 ? [Number(`1e-${scale}`)] : []),
    0,
  ]
  return [...new Set(limits)].filter((number) => brokenRules(value, number).length === 0)
}

/** Numbers that break one rule and no other. */
export function invalidNumbers(value: NumberValue): readonly { readonly value: number; readonly code: string }[] {
  const { min, max, scale, isInteger } = value
  const digits = wholeDigits(value)
  const candidates = [
    ...(min === undefined ? [] : [below(value, min)].map((number) => ({ value: number, code: 'min' }))),
    ...(max === undefined ? [] : [above(value, max)].map((number) => ({ value: number, code: 'max' }))),
    ...(isInteger || scale !== undefined
      ? [0.5, 1.5, (min ?? 0) + 0.5, (max ?? 0) - 0.5, 0.123_456_7, (min ?? 0) + 1 / 3].map((number) => ({
          value: number,
          code: 'precision',
        }))
      : []),
    ...(digits !== undefined && digits <= 15
      ? [10 ** digits, -(10 ** digits)].map((number) => ({ value: number, code: 'precision' }))
      : []),
  ]
  const found = candidates.filter(({ value: number, code }) => brokenRules(value, number).join() === code)
  return found.filter(({ code }, index) => found.findIndex((other) => other.code === code) === index)
}

/** Codes of the rules a number breaks, each as often as it is broken. */
function brokenRules(value: NumberValue, number: number): readonly string[] {
  const { min, max, scale, isInteger } = value
  const digits = wholeDigits(value)
  const isExact = isInteger ? Number.isInteger(number) : scale === undefined || scale < 0 || hasDecimals(number, scale)
  return [
    ...(isExact ? [] : ['precision']),
    ...(digits !== undefined && Math.abs(number) >= 10 ** digits ? ['precision'] : []),
    ...(number < Math.max(min ?? Number.NEGATIVE_INFINITY, isInteger ? Number.MIN_SAFE_INTEGER : Number.NEGATIVE_INFINITY) ? ['min'] : []),
    ...(number > Math.min(max ?? Number.POSITIVE_INFINITY, isInteger ? Number.MAX_SAFE_INTEGER : Number.POSITIVE_INFINITY) ? ['max'] : []),
  ]
}

/** Whether the shortest text of a number has no more decimals. */
const hasDecimals = (number: number, scale: number): boolean => scale > 100 || Number(number.toFixed(scale)) === number

/** How many digits may stand before the point. Limits beyond what numbers reach are none. */
function wholeDigits({ precision, scale }: NumberValue): number | undefined {
  const digits = precision === undefined ? undefined : Math.max(0, precision - (scale ?? 0))
  return digits !== undefined && digits <= 300 ? digits : undefined
}

const rounded = ({ isInteger, scale }: NumberValue, number: number): number =>
  isInteger ? Math.round(number) : Number(number.toFixed(Math.min(Math.max(scale ?? 2, 0), 15)))

/** The next numbers beyond a limit that have the decimals of the field. */
const below = (value: NumberValue, min: number): number => (value.isInteger || value.scale !== undefined ? Math.ceil(min) - 1 : min - 1)
const above = (value: NumberValue, max: number): number => (value.isInteger || value.scale !== undefined ? Math.floor(max) + 1 : max + 1)
