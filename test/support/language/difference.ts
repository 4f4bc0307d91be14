import { inspect } from 'node:util'

/** Sums and trigonometry end in digits that depend on the order of operations. */
const isNear = (left: number, right: number): boolean => Math.abs(left - right) <= 1e-9 * Math.max(1, Math.abs(left), Math.abs(right))

/** Where two answers part, for the reader of a failure; undefined when they do not. Order of keys means nothing. */
export function difference(expected: unknown, found: unknown, path = ''): string | undefined {
  if (Object.is(expected, found) || (typeof expected === 'number' && typeof found === 'number' && isNear(expected, found))) return undefined
  if (typeof expected !== 'object' || typeof found !== 'object' || expected === null || found === null)
    return `${path}: expected ${inspect(expected)}, found ${inspect(found)}`
  if (Array.isArray(expected) !== Array.isArray(found)) return `${path}: expected ${inspect(expected)}, found ${inspect(found)}`
  for (const key of new Set([...Object.keys(expected), ...Object.keys(found)])) {
    const inner = difference((expected as { [key: string]: unknown })[key], (found as { [key: string]: unknown })[key], `${path}/${key}`)
    if (inner !== undefined) return inner
  }
  return undefined
}
