import type { DatabaseSync } from 'node:sqlite'
import type { Issue } from '../problem/issue.ts'
import { ObjectQLError, validationError } from '../problem/problem.ts'
import { quoteName } from '../query/names.ts'
import {
  CONSTRAINT_FOREIGNKEY,
  CONSTRAINT_PRIMARYKEY,
  CONSTRAINT_TRIGGER,
  CONSTRAINT_UNIQUE,
  isSqliteFailure,
} from '../sqlite/sqlite-error.ts'
import { escapeToken } from '../validate/add-issue.ts'
import { ownValue } from '../validate/plain-object.ts'
import type { ObjectPlan, RawRecord } from './object-plan.ts'

/**
 * What a failed write means to the caller: which value is taken, or which reference leads nowhere. Any other error comes back as
 * it is. `at` is where the input stands in the request.
 */
export function constraintError(error: unknown, plan: ObjectPlan, input: RawRecord, db: DatabaseSync, at: string): unknown {
  if (!isSqliteFailure(error)) return error
  if (error.errcode === CONSTRAINT_UNIQUE || error.errcode === CONSTRAINT_PRIMARYKEY) return duplicateError(error.message, plan, at)
  if (error.errcode === CONSTRAINT_FOREIGNKEY) return danglingError(plan, input, db, at)
  return error
}

/** SQLite names the columns: `UNIQUE constraint failed: account.email, account.region`. */
function duplicateError(message: string, plan: ObjectPlan, at: string): ObjectQLError {
  const columns = (message.split(': ').pop() ?? '').split(', ').map((name) => name.slice(name.lastIndexOf('.') + 1))
  const fieldByColumn = new Map(Object.entries(plan.fields).map(([name, field]) => [field.column ?? name, name]))
  const fields = columns.flatMap((column) => fieldByColumn.get(column) ?? [])
  const named = fields.length === 0 ? 'a unique key' : fields.map((field) => `"${field}"`).join(' and ')
  const text = `Another ${plan.label} has the same value in ${named}.`
  return new ObjectQLError(
    409,
    'CONFLICT',
    text,
    fields.map((field): Issue => ({ pointer: `${at}/${escapeToken(field)}`, code: 'duplicate', message: text })),
  )
}

/** Only on the failing path: which of the references in the input has no record. */
function danglingError(plan: ObjectPlan, input: RawRecord, db: DatabaseSync, at: string): ObjectQLError {
  const issues: Issue[] = []
  for (const [field, table] of Object.entries(plan.references)) {
    const id = ownValue(input, field)
    if (typeof id !== 'string' || db.prepare(`select 1 from ${table} where ${quoteName('id')} = ?`).get(id)) continue
    issues.push({
      pointer: `${at}/${escapeToken(field)}`,
      code: 'reference',
      message: `"${field}" refers to a record that does not exist: "${id.slice(0, 64)}".`,
    })
  }
  return issues.length > 0
    ? validationError(issues)
    : new ObjectQLError(409, 'CONFLICT', 'The change would leave a reference to a record that does not exist.')
}

/** SQLite has one code for `restrict` and another for references without an action. */
export const isInUse = (error: unknown): boolean =>
  isSqliteFailure(error) && (error.errcode === CONSTRAINT_FOREIGNKEY || error.errcode === CONSTRAINT_TRIGGER)

export const inUseError = (plan: ObjectPlan): ObjectQLError =>
  new ObjectQLError(409, 'CONFLICT', `This ${plan.label} cannot be deleted because other records refer to it.`)
