import type { SqlValue } from '../object/object-plan.ts'
import type { ParameterKind } from '../query/bound.ts'
import type { Mysql2 } from './load-mysql2.ts'

type BoundValue = string | number | Buffer | null | { readonly type: number }

const MIN_INTEGER = -(2n ** 63n)
const MAX_INTEGER = 2n ** 63n - 1n

/**
 * Values as the protocol carries them. mysql2 sends a number as a double, with which MySQL compares in doubles, and which it refuses in
 * `limit`: integers travel as 64-bit integers, larger ones as decimals.
 */
export function bindValues({ TypedParameter }: Mysql2, kinds: readonly ParameterKind[], values: readonly SqlValue[]): BoundValue[] {
  const integer = (value: number | bigint): BoundValue => {
    const exact = BigInt(value)
    return exact >= MIN_INTEGER && exact <= MAX_INTEGER ? TypedParameter.LONGLONG(exact) : TypedParameter.NEWDECIMAL(String(exact))
  }
  return values.map((value, index): BoundValue => {
    if (value === null) return null
    if (typeof value === 'bigint') return integer(value)
    if (typeof value === 'number') return kinds[index] !== 'real' && Number.isInteger(value) ? integer(value) : value
    if (typeof value !== 'string') return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    return kinds[index] === 'datetime' ? datetimeText(value) : value
  })
}

/** `2024-05-06T07:08:09.123Z` as MySQL writes it: it knows neither T nor Z. Any other text stays. */
export const datetimeText = (text: string): string => (INSTANT.test(text) ? `${text.slice(0, 10)} ${text.slice(11, -1)}` : text)

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z$/
