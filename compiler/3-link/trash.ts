import type { Attributes } from '../2-parse/syntax.ts'
import { isFlagSet, isJsonObject, memberAttribute } from './attributes.ts'

/** What an author says about keeping deleted records. */
export interface AuthoredTrash {
  /** The field that holds when a record was deleted. */
  readonly field: string
  /** Days after which it is really deleted. */
  readonly retentionDays?: number
}

export const TRASH_FIELD = 'deleted_at'

/** `softDelete` or `enable.trash`: undefined where the author says nothing, false where deleted records are to be gone. */
export function authoredTrash(attributes: Attributes): AuthoredTrash | false | undefined {
  const softDelete = attributes.get('softDelete')?.value
  const said = isJsonObject(softDelete) ? softDelete['enabled'] : softDelete
  const trash = memberAttribute(attributes, 'enable', 'trash')
  if (said === true || (said === undefined && isJsonObject(softDelete)) || trash === true || isFlagSet(attributes, 'softDelete')) {
    const field = memberAttribute(attributes, 'softDelete', 'field')
    const days = memberAttribute(attributes, 'softDelete', 'retentionDays') ?? memberAttribute(attributes, 'softDelete', 'retention_days')
    return {
      field: typeof field === 'string' && field !== '' ? field : TRASH_FIELD,
      ...(typeof days === 'number' && days > 0 ? { retentionDays: days } : {}),
    }
  }
  return said === false || trash === false ? false : undefined
}
