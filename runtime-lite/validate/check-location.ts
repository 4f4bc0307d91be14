import type { Issue } from '../problem/issue.ts'
import { addIssue, escapeToken } from './add-issue.ts'
import { type FieldRules, fieldCheck } from './field-check.ts'
import { countKeys, isPlainObject } from './plain-object.ts'

const KEYS = ['latitude', 'longitude', 'lat', 'lng', 'altitude', 'accuracy']

/** `{ latitude, longitude, altitude?, accuracy? }`, in degrees and metres: the form that is stored. */
export function isLocation(value: unknown): boolean {
  if (!isPlainObject(value)) return false
  const { latitude, longitude, altitude, accuracy } = value
  if (!isWithin(latitude, 90) || !isWithin(longitude, 180)) return false
  let known = 2
  if (altitude !== undefined) {
    if (!isWithin(altitude, Number.MAX_VALUE)) return false
    known++
  }
  if (accuracy !== undefined) {
    if (!isWithin(accuracy, Number.MAX_VALUE) || (accuracy as number) < 0) return false
    known++
  }
  return countKeys(value) === known
}

const isWithin = (value: unknown, limit: number): boolean => typeof value === 'number' && value >= -limit && value <= limit

/** `{ lat, lng, … }` is accepted too and becomes the stored form. */
export const checkLocation = /* @__PURE__ */ fieldCheck<FieldRules>((found, value, pointer, label) => {
  if (!isPlainObject(value)) {
    addIssue(found, pointer, 'type', `${label} must be a location, like { "latitude": 52.5, "longitude": 13.4 }.`)
    return value
  }
  const isShort =
    value['latitude'] === undefined && value['longitude'] === undefined && (value['lat'] !== undefined || value['lng'] !== undefined)
  const parts: readonly Part[] = [
    { key: isShort ? 'lat' : 'latitude', low: -90, high: 90, isRequired: true },
    { key: isShort ? 'lng' : 'longitude', low: -180, high: 180, isRequired: true },
    { key: 'altitude', low: -Number.MAX_VALUE, high: Number.MAX_VALUE, isRequired: false },
    { key: 'accuracy', low: 0, high: Number.MAX_VALUE, isRequired: false },
  ]
  const before = found.length
  for (const part of parts) checkPart(found, value[part.key], `${pointer}/${part.key}`, label, part)
  for (const key of Object.keys(value)) {
    if (parts.some((part) => part.key === key)) continue
    const message = KEYS.includes(key)
      ? `${label} has both spellings of its coordinates.`
      : `${label} must not have a key named ${JSON.stringify(key)}.`
    addIssue(found, `${pointer}/${escapeToken(key)}`, 'unknown_field', message)
  }
  if (!isShort || found.length > before) return value
  const { lat, lng, ...rest } = value
  return { latitude: lat, longitude: lng, ...rest }
})

interface Part {
  readonly key: string
  readonly low: number
  readonly high: number
  readonly isRequired: boolean
}

function checkPart(found: Issue[], value: unknown, pointer: string, label: string, { key, low, high, isRequired }: Part): void {
  if (value === undefined) {
    if (isRequired) addIssue(found, pointer, 'required', `${label} must have a ${key}.`)
  } else if (typeof value !== 'number' || !Number.isFinite(value)) addIssue(found, pointer, 'type', `${label}: ${key} must be a number.`)
  else if (value < low) addIssue(found, pointer, 'min', `${label}: ${key} must be at least ${low}.`)
  else if (value > high) addIssue(found, pointer, 'max', `${label}: ${key} must be at most ${high}.`)
}
