import type { Attributes } from '../2-parse/syntax.ts'

export type DeleteBehavior = 'set_null' | 'cascade' | 'restrict'

export const DELETE_BEHAVIORS: readonly DeleteBehavior[] = ['set_null', 'cascade', 'restrict']

/** What the author wants to happen when the record a field points at is deleted; `unknown` for a word nobody knows. */
export function authoredDeleteBehavior(attributes: Attributes): DeleteBehavior | 'unknown' | undefined {
  const value = attributes.get('deleteBehavior')?.value
  if (value === undefined || value === null) return undefined
  return DELETE_BEHAVIORS.find((behavior) => behavior === value) ?? 'unknown'
}
