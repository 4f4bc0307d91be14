import type { PlannedQuery } from '../planned-query.ts'

/** The plan with refusals of values that name the parameter a caller gave, not a place in the schema. `names` in the order of the slots. */
export function namePlaces(planned: PlannedQuery, names: readonly string[]): PlannedQuery {
  const text = JSON.stringify(planned, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || !('at' in value) || !('operand' in value)) return value
    const { operand } = value as { readonly operand: { readonly kind: string; readonly index?: number } }
    return operand.kind === 'slot' ? { ...value, at: names[operand.index ?? 0] } : value
  })
  return JSON.parse(text) as PlannedQuery
}
