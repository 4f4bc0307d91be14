import type { SqlValue } from 'objectql/runtime'

/** Longer values make keys that are not worth keeping. */
const MAX_KEY = 4_000

/** The values of a statement as text, different for different values. Undefined where no answer should be kept for them: bytes, and what is too long. */
export function valueKey(values: readonly SqlValue[]): string | undefined {
  let key = ''
  for (const value of values) {
    if (typeof value === 'string') key += `s${value.length}:${value}`
    else if (typeof value === 'number') key += Object.is(value, -0) ? 'n-0;' : `n${value};`
    else if (typeof value === 'bigint') key += `b${value};`
    else if (value === null) key += '_'
    else return undefined
  }
  return key.length > MAX_KEY ? undefined : key
}
