import type { Issue } from '../problem/issue.ts'
import { addIssue, counted } from './add-issue.ts'
import { isEmail } from './email.ts'
import { type FieldRules, fieldCheck } from './field-check.ts'
import { isPhone } from './phone.ts'
import { isLongEnough, isLongerThan } from './text-length.ts'
import { isUrl } from './url.ts'

export interface TextRules extends FieldRules {
  readonly min?: number
  readonly max?: number
  readonly pattern?: RegExp
  /** What the author wants people to read when the pattern does not match. */
  readonly message?: string
  readonly format?: 'email' | 'url' | 'phone'
  readonly protocols?: readonly string[]
}

/** Longest text a pattern is tried on: the time a regular expression takes can grow much faster than its input. */
export const MAX_PATTERN_INPUT = 10_000

export const checkText = /* @__PURE__ */ fieldCheck<TextRules>((found, value, pointer, label, rules) => {
  if (typeof value !== 'string') {
    addIssue(found, pointer, 'type', `${label} must be text.`)
    return value
  }
  if (rules.min !== undefined && !isLongEnough(value, rules.min)) {
    addIssue(found, pointer, 'min_length', `${label} must have at least ${counted(rules.min, 'character')}.`)
  }
  const isTooLong = rules.max !== undefined && isLongerThan(value, rules.max)
  if (isTooLong) addIssue(found, pointer, 'max_length', `${label} must have at most ${counted(rules.max, 'character')}.`)
  if (rules.pattern !== undefined) checkPattern(found, value, pointer, label, rules.pattern, isTooLong, rules.message)
  if (rules.format !== undefined) checkFormat(found, value, pointer, label, rules)
  return value
})

function checkPattern(
  found: Issue[],
  value: string,
  pointer: string,
  label: string,
  pattern: RegExp,
  isTooLong: boolean,
  message?: string,
): void {
  if (value.length <= MAX_PATTERN_INPUT) {
    if (!pattern.test(value)) addIssue(found, pointer, 'pattern', message ?? `${label} must match the pattern ${pattern.source}.`)
  } else if (!isTooLong) addIssue(found, pointer, 'max_length', `${label} must have at most ${counted(MAX_PATTERN_INPUT, 'character')}.`)
}

function checkFormat(found: Issue[], value: string, pointer: string, label: string, rules: TextRules): void {
  switch (rules.format) {
    case 'email':
      if (!isEmail(value)) addIssue(found, pointer, 'format', `${label} must be an email address, like name@example.com.`)
      break
    case 'phone':
      if (!isPhone(value)) addIssue(found, pointer, 'format', `${label} must be a phone number, like +1 555 010 0199.`)
      break
    case 'url':
      if (!isUrl(value, rules.protocols)) addIssue(found, pointer, 'format', `${label} must be ${urlExample(rules.protocols)}.`)
      break
  }
}

const urlExample = (protocols: readonly string[] | undefined): string =>
  protocols === undefined
    ? 'a web address, like https://example.com'
    : `an address that starts with ${protocols.map((name) => (name.includes(':') ? name : `${name}:`)).join(' or ')}`
