import { addIssue, counted } from './add-issue.ts'
import { type FieldRules, fieldCheck } from './field-check.ts'
import { fitsScale } from './fits-scale.ts'

export interface NumberRules extends FieldRules {
  readonly integer?: boolean
  readonly min?: number
  readonly max?: number
  /** Decimals allowed. */
  readonly scale?: number
  /** Digits allowed before the decimal point. */
  readonly digits?: number
}

export const checkNumber = /* @__PURE__ */ fieldCheck<NumberRules>((found, value, pointer, label, rules) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    addIssue(found, pointer, 'type', `${label} must be a number.`)
    return value
  }
  const { min, max, scale, digits } = rules
  if (rules.integer && !Number.isInteger(value)) addIssue(found, pointer, 'precision', `${label} must be a whole number.`)
  else if (scale !== undefined && !fitsScale(value, scale)) {
    addIssue(found, pointer, 'precision', `${label} must have at most ${counted(scale, 'decimal')}.`)
  }
  if (digits !== undefined && Math.abs(value) >= 10 ** digits) {
    addIssue(found, pointer, 'precision', `${label} must have at most ${counted(digits, 'digit')} before the decimal point.`)
  }
  const lowest = Math.max(min ?? Number.NEGATIVE_INFINITY, rules.integer ? Number.MIN_SAFE_INTEGER : Number.NEGATIVE_INFINITY)
  const highest = Math.min(max ?? Number.POSITIVE_INFINITY, rules.integer ? Number.MAX_SAFE_INTEGER : Number.POSITIVE_INFINITY)
  if (value < lowest) addIssue(found, pointer, 'min', `${label} must be at least ${lowest}.`)
  if (value > highest) addIssue(found, pointer, 'max', `${label} must be at most ${highest}.`)
  return value
})
