import { addIssue } from './add-issue.ts'
import { type FieldRules, fieldCheck } from './field-check.ts'
import { nearestName } from './nearest-name.ts'

export interface OptionRules extends FieldRules {
  readonly options: Iterable<string | number>
}

/** More options than this are not listed in a message. */
const LONGEST_LIST = 10

export const checkOption = /* @__PURE__ */ fieldCheck<OptionRules>((found, value, pointer, label, rules) => {
  const options = [...rules.options]
  const base = typeof options[0]
  if (typeof value !== base || (base === 'number' && !Number.isFinite(value))) {
    addIssue(found, pointer, 'type', `${label} must be ${base === 'number' ? 'a number' : 'text'}.`)
    return value
  }
  if (options.includes(value as string | number)) return value
  const authored = typeof value === 'string' ? sameIgnoringCase(value, options) : undefined
  if (authored === undefined) addIssue(found, pointer, 'option', `${label} ${legalValues(value as string | number, options)}`)
  return authored ?? value
})

/** The option that differs in case only, when there is exactly one. */
function sameIgnoringCase(value: string, options: readonly (string | number)[]): string | undefined {
  const folded = value.toLowerCase()
  const matches = options.filter((option): option is string => typeof option === 'string' && option.toLowerCase() === folded)
  return matches.length === 1 ? matches[0] : undefined
}

function legalValues(value: string | number, options: readonly (string | number)[]): string {
  if (options.length <= LONGEST_LIST) return `must be one of: ${options.map((option) => JSON.stringify(option)).join(', ')}.`
  const guess = nearestName(String(value), options.map(String))
  return guess === undefined ? 'must be one of its options.' : `must be one of its options. Did you mean ${JSON.stringify(guess)}?`
}
