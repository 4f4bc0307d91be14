/** Freezes a value and everything in it. A part that is frozen already is taken to be frozen all the way down. */
export function freezeDeep<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const part of Object.values(value)) if (typeof part === 'object') freezeDeep(part)
  return Object.freeze(value)
}
