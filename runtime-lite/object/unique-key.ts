import { ObjectQLError, validationError } from '../problem/problem.ts'
import { escapeToken } from '../validate/add-issue.ts'
import { checkRecordId, isRecordId } from '../validate/check-keys.ts'
import { ownValue } from '../validate/plain-object.ts'
import type { ObjectPlan, RawRecord, SqlValue } from './object-plan.ts'
import { storedValue } from './stored-value.ts'

/** The values that identify a record. */
export interface UniqueKey {
  /** `id`, or the fields of a unique key in its order. */
  readonly fields: readonly string[]
  readonly values: readonly SqlValue[]
}

/** Every unique key in words. */
const keysInWords = (plan: ObjectPlan): string => [['id'], ...plan.uniqueKeys].map((fields) => fields.join(' and ')).join(', ')

/** The unique key that consists of these fields, in any order. @throws ObjectQLError 400 when there is none. */
export function uniqueKeyOf(plan: ObjectPlan, fields: readonly string[]): readonly string[] {
  if (fields.length === 1 && fields[0] === 'id') return fields
  const wanted = new Set(fields)
  const found = plan.uniqueKeys.find((key) => key.length === wanted.size && key.every((field) => wanted.has(field)))
  if (found) return found
  throw new ObjectQLError(
    400,
    'INVALID_REQUEST',
    `${fields.map((field) => `"${String(field).slice(0, 64)}"`).join(' and ')} is no unique key of ${plan.label}. There are: ${keysInWords(plan)}.`,
  )
}

/**
 * Reads a key from what a client sent. Values are checked and spelled as the fields demand.
 * @throws ObjectQLError 422 for a value that is missing or does not fit.
 */
export function readUniqueKey(plan: ObjectPlan, fields: readonly string[], input: RawRecord, at: string): UniqueKey {
  if (fields.length === 1 && fields[0] === 'id') {
    const id = ownValue(input, 'id') ?? ownValue(input, '_id')
    if (!isRecordId(id)) throw validationError(checkRecordId(undefined, id, at))
    return { fields, values: [id as string] }
  }
  const part: RawRecord = {}
  for (const field of fields) part[field] = ownValue(input, field)
  const absent = fields.filter((field) => part[field] === undefined || part[field] === null)
  if (absent.length > 0)
    throw validationError(
      absent.map((field) => ({
        pointer: `${at}/${escapeToken(field)}`,
        code: 'required',
        message: `"${field}" is part of the key and needs a value.`,
      })),
    )
  const issues = plan.validateUpdate(part, at)?.filter(({ code }) => code !== 'read_only')
  if (issues && issues.length > 0) throw validationError(issues)
  return { fields, values: fields.map((field) => storedValue(plan.fields[field], part[field])) }
}
