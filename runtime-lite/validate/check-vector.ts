import { addIssue, counted } from './add-issue.ts'
import { type FieldRules, fieldCheck } from './field-check.ts'

export interface VectorRules extends FieldRules {
  readonly dimensions?: number
}

export function isVector(value: unknown, dimensions?: number): boolean {
  if (!Array.isArray(value) || (dimensions !== undefined && value.length !== dimensions)) return false
  for (let index = 0; index < value.length; index++) if (!Number.isFinite(value[index])) return false
  return true
}

export const checkVector = /* @__PURE__ */ fieldCheck<VectorRules>((found, value, pointer, label, { dimensions }) => {
  if (!Array.isArray(value)) {
    addIssue(found, pointer, 'type', `${label} must be a list of numbers.`)
    return value
  }
  if (dimensions !== undefined && value.length !== dimensions) {
    addIssue(found, pointer, 'dimensions', `${label} must have ${counted(dimensions, 'number')}, not ${value.length}.`)
  }
  for (let index = 0; index < value.length; index++) {
    if (!Number.isFinite(value[index])) addIssue(found, `${pointer}/${index}`, 'type', `${label} must contain numbers only.`)
  }
  return value
})
