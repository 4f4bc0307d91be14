import { addIssue, escapeToken } from './add-issue.ts'
import { type FieldRules, fieldCheck } from './field-check.ts'
import { nearestName } from './nearest-name.ts'
import { isPlainObject } from './plain-object.ts'

/** The parts of an address, all of them optional texts. */
export const ADDRESS_KEYS = ['street', 'city', 'state', 'postalCode', 'country', 'countryCode', 'formatted']

export function isAddress(value: unknown): boolean {
  if (!isPlainObject(value)) return false
  for (const key in value) if (typeof value[key] !== 'string' || !ADDRESS_KEYS.includes(key)) return false
  return true
}

export const checkAddress = /* @__PURE__ */ fieldCheck<FieldRules>((found, value, pointer, label) => {
  if (!isPlainObject(value)) {
    addIssue(found, pointer, 'type', `${label} must be an address, like { "street": "1 Main Street", "city": "Springfield" }.`)
    return value
  }
  for (const key of Object.keys(value)) {
    const place = `${pointer}/${escapeToken(key)}`
    if (ADDRESS_KEYS.includes(key)) {
      if (typeof value[key] !== 'string') addIssue(found, place, 'type', `${label}: ${key} must be text.`)
    } else {
      const guess = nearestName(key, ADDRESS_KEYS)
      addIssue(
        found,
        place,
        'unknown_field',
        `${label} must not have a key named ${JSON.stringify(key)}.${guess ? ` Did you mean "${guess}"?` : ''}`,
      )
    }
  }
  return value
})
