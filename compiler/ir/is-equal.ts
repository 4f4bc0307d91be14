/** Equality of plain data. A key with `undefined` is not the same as no key. */
export function isEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false
    for (let index = 0; index < a.length; index++) if (!isEqual(a[index], b[index])) return false
    return true
  }
  if (Array.isArray(b)) return false
  if (a instanceof Map)
    return b instanceof Map && a.size === b.size && [...a].every(([key, value]) => b.has(key) && isEqual(value, b.get(key)))
  let count = 0
  for (const key in a) {
    if (!Object.hasOwn(b, key) || !isEqual(a[key as keyof typeof a], b[key as keyof typeof b])) return false
    count++
  }
  return count === Object.keys(b).length
}
