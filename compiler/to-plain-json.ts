/**
 * Any value as plain JSON data, losing nothing a reader would miss: maps become objects (or lists of pairs when their keys are
 * no text), sets become lists, functions go, and a part that contains itself becomes `{ "$ref": "<JSON pointer>" }`.
 */
export function toPlainJson(value: unknown): unknown {
  return convert(value, '', new Map())
}

function convert(value: unknown, pointer: string, pointerByAncestor: Map<object, string>): unknown {
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null) return typeof value === 'function' || typeof value === 'symbol' ? undefined : value
  const seen = pointerByAncestor.get(value)
  if (seen !== undefined) return { $ref: `#${seen}` }
  pointerByAncestor.set(value, pointer)
  const inner = (key: string | number, item: unknown): unknown =>
    convert(item, `${pointer}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`, pointerByAncestor)
  const result = convertObject(value, inner)
  pointerByAncestor.delete(value)
  return result
}

function convertObject(value: object, inner: (key: string | number, item: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item, index) => inner(index, item) ?? null)
  if (value instanceof Set) return [...value].map((item, index) => inner(index, item) ?? null)
  if (value instanceof Map) {
    const pairs = [...value]
    if (!pairs.every(([key]) => typeof key === 'string')) return pairs.map((pair, index) => inner(index, pair))
    return toObject(pairs as [string, unknown][], inner)
  }
  if (value instanceof Date) return value.toISOString()
  if (value instanceof RegExp) return String(value)
  return toObject(Object.entries(value), inner)
}

/** Not an object literal: a key such as `__proto__` is a key like any other. */
function toObject(pairs: readonly [string, unknown][], inner: (key: string, item: unknown) => unknown): object {
  const object: object = Object.create(null)
  for (const [key, item] of pairs) {
    const plain = inner(key, item)
    if (plain !== undefined) Object.defineProperty(object, key, { value: plain, enumerable: true, configurable: true, writable: true })
  }
  return object
}
