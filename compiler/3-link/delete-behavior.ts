import type { Attributes } from '../2-parse/syntax.ts'

export type DeleteBehavior = 'set_null' | 'cascade' | 'restrict'

export const DELETE_BEHAVIORS: readonly DeleteBehavior[] = ['set_null', 'cascade', 'restrict']

const BEHAVIOR_BY_FOLD: ReadonlyMap<string, DeleteBehavior> = new Map([
  ['setnull', 'set_null'],
  ['clear', 'set_null'],
  ['cascade', 'cascade'],
  ['delete', 'cascade'],
  ['true', 'cascade'],
  ['restrict', 'restrict'],
  ['noaction', 'restrict'],
  ['false', 'set_null'],
])

/** What the author wants to happen when the record a field points at is deleted; `unknown` for a word nobody knows. */
export function authoredDeleteBehavior(attributes: Attributes): DeleteBehavior | 'unknown' | undefined {
  const value = attributes.get('deleteBehavior')?.value
  if (value === undefined || value === null) return undefined
  return (
    BEHAVIOR_BY_FOLD.get(
      String(value)
        .toLowerCase()
        .replace(/[\s_-]/g, ''),
    ) ?? 'unknown'
  )
}
