import { inspect, isDeepStrictEqual } from 'node:util'

/** A value on one line, cut where it is long. */
export const shown = (value: unknown): string => {
  const text = inspect(value, { depth: 4, breakLength: Number.POSITIVE_INFINITY, maxArrayLength: 20, maxStringLength: 200 })
  return text.length > 500 ? `${text.slice(0, 500)}…` : text
}

/** Members of objects have to be there and fit; lists have to be as long; a regular expression has to match, everything else to be equal. */
export function differences(actual: unknown, expected: unknown, path = ''): readonly string[] {
  if (expected instanceof RegExp && typeof actual === 'string') return expected.test(actual) ? [] : [line(path, actual, expected)]
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) return [line(path, actual, expected)]
    return expected.flatMap((member, index) => differences(actual[index], member, `${path}/${index}`))
  }
  if (typeof expected === 'object' && expected !== null && Object.getPrototypeOf(expected) === Object.prototype) {
    if (typeof actual !== 'object' || actual === null) return [line(path, actual, expected)]
    return Object.entries(expected).flatMap(([key, member]) =>
      differences(Object.hasOwn(actual, key) || key in actual ? Reflect.get(actual, key) : undefined, member, `${path}/${key}`),
    )
  }
  return isDeepStrictEqual(actual, expected) ? [] : [line(path, actual, expected)]
}

const line = (path: string, actual: unknown, expected: unknown): string =>
  `  ${path === '' ? 'it' : path}\n    - ${shown(expected)}\n    + ${shown(actual)}`
