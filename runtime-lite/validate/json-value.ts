import type { Issue } from '../problem/issue.ts'
import { addIssue, escapeToken } from './add-issue.ts'
import { isPlainObject } from './plain-object.ts'

/** Lists and objects inside each other. The limit also ends the walk through a value that contains itself. */
export const MAX_JSON_LEVELS = 64

/** True for a value that survives a JSON round trip: no undefined, function, bigint, NaN, date or instance of a class anywhere. */
export function isJson(value: unknown, levels = MAX_JSON_LEVELS): boolean {
  if (typeof value !== 'object') return isJsonScalar(value)
  if (value === null) return true
  if (levels === 0) return false
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) if (!isJson(value[index], levels - 1)) return false
    return true
  }
  if (!isPlainObject(value)) return false
  for (const key in value) if (key === '__proto__' || !isJson(value[key], levels - 1)) return false
  return true
}

export const isJsonObject = (value: unknown): boolean => isPlainObject(value) && isJson(value)

const isJsonScalar = (value: unknown): boolean =>
  typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))

/** Explains the first thing in the value that JSON cannot carry. Returns false when there is none. */
export function explainJson(found: Issue[], value: unknown, pointer: string, label: string): boolean {
  return explain(found, value, { pointer, label, root: pointer, levels: MAX_JSON_LEVELS })
}

interface Place {
  readonly pointer: string
  readonly label: string
  readonly root: string
  readonly levels: number
}

function explain(found: Issue[], value: unknown, place: Place): boolean {
  const { pointer, label, root, levels } = place
  if (value === null || isJsonScalar(value)) return false
  const inside = (token: string | number): Place => ({ ...place, pointer: `${pointer}/${token}`, levels: levels - 1 })
  const isList = Array.isArray(value)
  if (!isList && !isPlainObject(value)) {
    addIssue(found, pointer, 'type', `${label} must hold JSON values only.`)
    return true
  }
  if (levels === 0) {
    addIssue(found, root, 'type', `${label} must not nest deeper than ${MAX_JSON_LEVELS} levels.`)
    return true
  }
  if (isList) {
    for (let index = 0; index < value.length; index++) if (explain(found, value[index], inside(index))) return true
    return false
  }
  for (const key of Object.keys(value)) {
    if (key === '__proto__') {
      addIssue(found, `${pointer}/__proto__`, 'unknown_field', `${label} must not have a key named __proto__.`)
      return true
    }
    if (explain(found, value[key], inside(escapeToken(key)))) return true
  }
  return false
}
