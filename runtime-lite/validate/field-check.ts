import type { Issue } from '../problem/issue.ts'
import { addIssue, escapeToken } from './add-issue.ts'
import { ownValue } from './plain-object.ts'

/** What every kind of field has in common. */
export interface FieldRules {
  /** Null and the empty string are refused. */
  readonly required?: boolean
  /** The value is a list of what the rules describe. */
  readonly list?: boolean
}

/** Looks at one value that is neither null nor absent; adds what is wrong to `found` and returns the value to store. */
export type ValueCheck<Rules> = (found: Issue[], value: unknown, pointer: string, label: string, rules: Rules) => unknown

/**
 * The slow path of a field. Compiled validators call it only for a value that did not pass the printed condition: it decides
 * exactly, explains every problem, and writes the canonical spelling back where it differs.
 */
export type FieldCheck<Rules> = (
  issues: Issue[] | undefined,
  input: Record<string, unknown>,
  name: string,
  label: string,
  at: string,
  rules: Rules,
) => Issue[] | undefined

/** Looks at a whole list whose elements were checked one by one. */
export type ListCheck = (found: Issue[], list: readonly unknown[], pointer: string, label: string) => void

/** A field check from a value check: adds the rules about presence and lists. */
export function fieldCheck<Rules extends FieldRules>(check: ValueCheck<Rules>, checkWhole?: ListCheck): FieldCheck<Rules> {
  return (issues, input, name, label, at, rules) => {
    const value = ownValue(input, name)
    const pointer = `${at}/${escapeToken(name)}`
    const found = issues ?? []
    if (rules.required && (value === undefined || value === null || value === '')) {
      addIssue(found, pointer, 'required', `${label} is required.`)
    } else if (value !== undefined && value !== null) {
      const canonical = rules.list ? checkList(check, found, value, pointer, label, rules) : check(found, value, pointer, label, rules)
      if (canonical !== value) input[name] = canonical
      if (rules.list && checkWhole !== undefined && Array.isArray(canonical)) checkWhole(found, canonical, pointer, label)
    }
    return found.length > 0 ? found : undefined
  }
}

/** Every element by the same rules. A list that needs other spellings is copied: lists inside an input may be shared with the caller. */
function checkList<Rules>(check: ValueCheck<Rules>, found: Issue[], value: unknown, pointer: string, label: string, rules: Rules): unknown {
  if (!Array.isArray(value)) {
    addIssue(found, pointer, 'type', `${label} must be a list.`)
    return value
  }
  let list: unknown[] = value
  for (let index = 0; index < list.length; index++) {
    const element: unknown = list[index]
    if (element === undefined || element === null) {
      addIssue(found, `${pointer}/${index}`, 'type', `${label} must not contain empty entries.`)
      continue
    }
    const canonical = check(found, element, `${pointer}/${index}`, label, rules)
    if (canonical === element) continue
    if (list === value) list = value.slice()
    list[index] = canonical
  }
  return list
}

/** True for a list whose every element passes: the fast path of list fields. */
export function isListOf(value: unknown, isElement: (element: unknown) => boolean): boolean {
  if (!Array.isArray(value)) return false
  for (let index = 0; index < value.length; index++) if (!isElement(value[index])) return false
  return true
}
