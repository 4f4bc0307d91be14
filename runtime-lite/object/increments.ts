import type { Issue } from '../problem/issue.ts'
import { validationError } from '../problem/problem.ts'
import { addIssue, escapeToken } from '../validate/add-issue.ts'
import { fitsScale } from '../validate/fits-scale.ts'
import { isPlainObject, ownValue } from '../validate/plain-object.ts'
import type { ObjectPlan, RawRecord } from './object-plan.ts'

/** A change that depends on what the record holds: the database computes it, so that two at once both count. */
export interface Increment {
  readonly field: string
  readonly operator: 'inc' | 'mul'
  readonly amount: number
}

const OPERATORS = new Set(['$inc', '$dec', '$mul'])

/** `{ $inc: 1 }` and the like: an object whose keys all begin with `$`. */
export const isIncrement = (value: unknown): value is Record<string, unknown> => {
  if (!isPlainObject(value)) return false
  const keys = Object.keys(value)
  return keys.length > 0 && keys.every((key) => key.startsWith('$'))
}

/** Reads one; what is wrong with it goes to `found`. `$dec` is an increment by the opposite. */
export function readIncrement(
  plan: ObjectPlan,
  field: string,
  value: Readonly<Record<string, unknown>>,
  at: string,
  found: Issue[],
): Increment | undefined {
  const pointer = `${at}/${escapeToken(field)}`
  const known = Object.hasOwn(plan.fields, field) ? plan.fields[field] : undefined
  const [operator = '', ...others] = Object.keys(value)
  const amount = value[operator]
  if (!OPERATORS.has(operator) || others.length > 0)
    addIssue(found, pointer, 'type', `"${field}" takes a value or one of $inc, $dec and $mul.`)
  else if (known?.kind !== 'integer' && known?.kind !== 'real')
    addIssue(found, pointer, 'type', `${operator} is for numbers, which "${field}" does not hold.`)
  else if (typeof amount !== 'number' || !Number.isFinite(amount))
    addIssue(found, `${pointer}/${operator}`, 'type', `${operator} takes a number.`)
  else if (operator !== '$mul' && known.kind === 'integer' && !Number.isSafeInteger(amount))
    addIssue(found, `${pointer}/${operator}`, 'precision', `${operator} of "${field}" takes a whole number.`)
  else if (operator !== '$mul' && known.scale !== undefined && !fitsScale(amount, known.scale))
    addIssue(found, `${pointer}/${operator}`, 'precision', `${operator} of "${field}" takes at most ${known.scale} decimals.`)
  else {
    // Fields that only the server sets refuse any value, also the one that all writable ones take.
    const refusals = plan.validateUpdate({ [field]: null }, at)?.filter(({ code }) => code === 'read_only' || code === 'unknown_field')
    if (!refusals || refusals.length === 0)
      return { field, operator: operator === '$mul' ? 'mul' : 'inc', amount: operator === '$dec' ? -amount : amount }
    found.push(...refusals)
  }
  return undefined
}

/**
 * The results have to meet the rules of their fields, as if a client had sent them. Runs after the statement and before its commit.
 * @throws ObjectQLError 422
 */
export function checkResults(plan: ObjectPlan, increments: readonly Increment[], record: RawRecord, at: string): void {
  if (increments.length === 0) return
  const results: RawRecord = {}
  for (const { field } of increments)
    Object.defineProperty(results, field, { value: ownValue(record, field), enumerable: true, writable: true, configurable: true })
  const issues = plan.validateUpdate(results, at)
  if (issues) throw validationError(issues)
}
