import { addIssue } from './add-issue.ts'
import { type FieldRules, fieldCheck } from './field-check.ts'
import { explainJson, isJsonObject } from './json-value.ts'
import { isPlainObject } from './plain-object.ts'

/** Any JSON value. */
export const checkJson = /* @__PURE__ */ fieldCheck<FieldRules>((found, value, pointer, label) => {
  explainJson(found, value, pointer, label)
  return value
})

/** One free-form object. */
export const checkJsonObject = /* @__PURE__ */ fieldCheck<FieldRules>((found, value, pointer, label) => {
  if (isPlainObject(value)) explainJson(found, value, pointer, label)
  else addIssue(found, pointer, 'type', `${label} must be an object.`)
  return value
})

/** A list of free-form objects. */
export const checkJsonObjects = /* @__PURE__ */ fieldCheck<FieldRules>((found, value, pointer, label) => {
  if (!Array.isArray(value)) addIssue(found, pointer, 'type', `${label} must be a list of objects.`)
  else {
    for (let index = 0; index < value.length; index++) {
      if (isPlainObject(value[index])) explainJson(found, value[index], `${pointer}/${index}`, label)
      else addIssue(found, `${pointer}/${index}`, 'type', `${label} must contain objects only.`)
    }
  }
  return value
})

export const isJsonObjects = (value: unknown): boolean => {
  if (!Array.isArray(value)) return false
  for (let index = 0; index < value.length; index++) if (!isJsonObject(value[index])) return false
  return true
}
