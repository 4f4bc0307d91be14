import type { RawRecord } from '../object/object-plan.ts'
import type { RowResult, StoredRecord } from '../object/object-store.ts'
import { ObjectQLError, validationError } from '../problem/problem.ts'
import { escapeToken } from '../validate/add-issue.ts'
import type { CreateResult } from './object-options.ts'

export const recordOf = ([json]: StoredRecord): RawRecord => JSON.parse(json) as RawRecord

export const textOf = (json: unknown): string => (typeof json === 'string' ? json : Buffer.from(json as Uint8Array).toString('utf8'))

export const createResult = (result: RowResult): CreateResult =>
  'error' in result
    ? { index: result.index, error: result.error }
    : { index: result.index, id: result.created.id, record: recordOf(result.created.record) }

/**
 * Validators canonicalise in place: callers' objects stay as they are.
 * @throws ObjectQLError 422 for half of a surrogate pair, which databases would store as something else.
 */
export function copied(input: RawRecord): RawRecord {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input
  const copy = { ...input }
  for (const name in copy) {
    const value = copy[name]
    if (typeof value === 'string' && !value.isWellFormed())
      throw validationError([{ pointer: `/${escapeToken(name)}`, code: 'format', message: 'Half of a surrogate pair is no character.' }])
  }
  return copy
}

export function checkId(id: unknown): void {
  if (typeof id !== 'string') throw new ObjectQLError(400, 'INVALID_REQUEST', 'The id of a record is a string.')
}

export function checkList(inputs: unknown, method: string): void {
  if (!Array.isArray(inputs)) throw new ObjectQLError(400, 'INVALID_REQUEST', `${method} takes a list of records.`)
}

export function checkRecord(key: unknown, method: string): void {
  if (typeof key !== 'object' || key === null || Array.isArray(key))
    throw new ObjectQLError(400, 'INVALID_REQUEST', `${method} takes an object with the fields of a unique key.`)
}
