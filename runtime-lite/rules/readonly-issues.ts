import { isSameValue } from '../behaviour/is-same-value.ts'
import type { ObjectPlan, RawRecord } from '../object/object-plan.ts'
import type { Issue } from '../problem/issue.ts'
import { addIssue, escapeToken } from '../validate/add-issue.ts'
import { isPlainObject, ownValue } from '../validate/plain-object.ts'

type ReadonlyField = import('./guard-readonly.ts').ReadonlyField

/** A record that is created. */
export const NEW = Symbol('new')

/** What stands in the record; undefined: nobody looked, and any value is another one. */
export type Before = RawRecord | typeof NEW | undefined

/** Fields that clients only read and that the input names. */
export const givenReadonly = ({ guard }: ObjectPlan, input: unknown): readonly string[] =>
  guard && isPlainObject(input) ? guard.fields.filter((field) => ownValue(input, field) !== undefined) : []

/**
 * What clients may not say about such fields. A value that the record has already is taken out of the input: so it undoes no change that somebody
 * else makes meanwhile.
 */
export function readonlyIssues(plan: ObjectPlan, input: unknown, before: Before, at: string): readonly Issue[] {
  if (!isPlainObject(input)) return []
  const issues: Issue[] = []
  for (const name of givenReadonly(plan, input)) {
    const { label, initial = null, isGivenOnce }: ReadonlyField = plan.guard?.own[name] ?? { label: name }
    if (before === NEW && isGivenOnce) continue
    const known = before === NEW ? initial : before && (before[name] ?? null)
    if (before !== undefined && isSameValue(canonical(plan, name, input[name]), known)) delete input[name]
    else addIssue(issues, `${at}/${escapeToken(name)}`, 'read_only', `${label} is read only.`)
  }
  return issues
}

/** The value as it would be stored; one that is not valid is another one. */
function canonical(plan: ObjectPlan, name: string, value: unknown): unknown {
  const one: RawRecord = { [name]: typeof value === 'object' && value !== null ? structuredClone(value) : value }
  return plan.validateUpdate(one) ? Symbol('invalid') : (one[name] ?? null)
}
