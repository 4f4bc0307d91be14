import type { FieldPlan, ObjectPlan } from '../object/object-plan.ts'
import { type ProblemCode, queryError } from '../problem/problem.ts'
import { nearestName } from '../validate/nearest-name.ts'

/** A SQL identifier: always quoted, so that any name is legal. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A SQL string literal. For names known at compile time only: values travel as parameters. */
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`

/**
 * The field of that name.
 * @throws ObjectQLError 400 with a suggestion when there is none or when it can never be read.
 */
export function fieldOf(plan: ObjectPlan, name: string, code: ProblemCode, parameter: string): FieldPlan {
  const field = Object.hasOwn(plan.fields, name) ? plan.fields[name] : undefined
  if (!field) {
    const guess = nearestName(name, Object.keys(plan.fields))
    throw queryError(
      code,
      parameter === '$filter' ? name : parameter,
      `"${plan.name}" has no field "${name.slice(0, 64)}".${guess ? ` Did you mean "${guess}"?` : ''}`,
    )
  }
  if (field.isWriteOnly)
    throw queryError(code, parameter === '$filter' ? name : parameter, `"${name}" is write-only: it cannot be read, filtered or sorted by.`)
  return field
}
