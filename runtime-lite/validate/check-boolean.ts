import { addIssue } from './add-issue.ts'
import { type FieldRules, fieldCheck } from './field-check.ts'

export const checkBoolean = /* @__PURE__ */ fieldCheck<FieldRules>((found, value, pointer, label) => {
  if (typeof value !== 'boolean') addIssue(found, pointer, 'type', `${label} must be true or false.`)
  return value
})
