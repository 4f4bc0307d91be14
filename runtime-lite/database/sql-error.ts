import { ObjectQLError, type ProblemCode } from '../problem/problem.ts'
import type { SqlFailure } from './session.ts'

/**
 * What sessions throw when a database refused a statement. As it is, it is a fit answer; stores that know the object and the input say
 * more (`constraint-error.ts`). What the driver threw stays in `cause`.
 */
export class DatabaseFailure extends ObjectQLError {
  readonly failure: SqlFailure

  constructor(failure: SqlFailure) {
    const [status, code, message, retryAfter] = ANSWERS[failure.kind]
    super(status, code, message, undefined, retryAfter === undefined ? undefined : ['retry-after', retryAfter])
    this.failure = failure
    this.cause = failure.cause
  }
}

type Answer = readonly [status: number, code: ProblemCode, message: string, retryAfter?: string]

const ANSWERS: Readonly<Record<SqlFailure['kind'], Answer>> = {
  unique: [409, 'CONFLICT', 'Another record has the same value in a unique key.'],
  reference: [409, 'CONFLICT', 'The change would leave a reference to a record that does not exist.'],
  'in-use': [409, 'CONFLICT', 'Other records refer to this record.'],
  conflict: [503, 'UNAVAILABLE', 'Another transaction changed the same records at the same time. Try again.', '1'],
  busy: [503, 'UNAVAILABLE', 'The database is busy. Try again.', '1'],
  timeout: [503, 'TIMEOUT', 'The database took longer than it may. Try again.', '1'],
  cancelled: [503, 'CANCELLED', 'The caller gave up waiting for the database.'],
  connection: [503, 'UNAVAILABLE', 'The database cannot be reached at the moment. Try again.', '1'],
  'read-only': [503, 'UNAVAILABLE', 'The database takes no writes at the moment. Try again.', '1'],
  value: [422, 'VALIDATION_ERROR', 'A value cannot be stored by the database.'],
  other: [500, 'DATABASE_ERROR', 'The database refused the statement.'],
}

/** The failure behind an error, or undefined when it comes from elsewhere. */
export const failureOf = (error: unknown): SqlFailure | undefined => (error instanceof DatabaseFailure ? error.failure : undefined)
