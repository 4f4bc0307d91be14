/** Equal values of a field: by what they hold, not by identity. Null and absent are the same. */
export function isSameValue(left: unknown, right: unknown): boolean {
  if (left === right) return true
  if (left === null || left === undefined || right === null || right === undefined) return (left ?? null) === (right ?? null)
  if (typeof left !== 'object' || typeof right !== 'object') return Number.isNaN(left) && Number.isNaN(right)
  if (left instanceof Date || right instanceof Date) return String(left) === String(right)
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false
    return left.every((item, index) => isSameValue(item, right[index]))
  }
  const keys = Object.keys(left)
  if (keys.length !== Object.keys(right).length) return false
  return keys.every((key) => Object.hasOwn(right, key) && isSameValue((left as Row)[key], (right as Row)[key]))
}

type Row = { readonly [key: string]: unknown }
