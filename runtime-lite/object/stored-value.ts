import type { FieldPlan, SqlValue } from './object-plan.ts'

/** A field's value as its column holds it. */
export function storedValue(field: FieldPlan | undefined, value: unknown): SqlValue {
  if (value === null || value === undefined) return null
  if (field?.kind === 'json' || field?.kind === 'list') return JSON.stringify(value)
  return typeof value === 'boolean' ? (value ? 1 : 0) : (value as string | number)
}
