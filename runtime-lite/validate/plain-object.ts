/** True for `{…}` and objects without a prototype; false for null, lists, dates, maps and instances of classes. Works across realms. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: object | null = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return true
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf')
}

/** How many keys an object has. Counting allocates nothing, which `Object.keys` does. */
export function countKeys(value: object): number {
  let count = 0
  for (const _ in value) count++
  return count
}

/** A field that shares its name with a property every object inherits (`constructor`, `toString`, `__proto__`). */
export const ownValue = (value: object, name: string): unknown =>
  Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined
