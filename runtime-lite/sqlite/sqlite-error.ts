import { ObjectQLError } from '../problem/problem.ts'

/** Primary and extended result codes (https://sqlite.org/rescode.html). */
const BUSY = 5
const LOCKED = 6
const NOMEM = 7
const READONLY = 8
const INTERRUPT = 9
const IOERR = 10
const CORRUPT = 11
const FULL = 13
const CANTOPEN = 14
const PROTOCOL = 15
const TOOBIG = 18

interface SqliteFailure {
  readonly errcode: number
  readonly message: string
}

export const isSqliteFailure = (error: unknown): error is SqliteFailure =>
  typeof error === 'object' && error !== null && 'errcode' in error && typeof error.errcode === 'number'

/** Extended codes of constraint violations. */
export const CONSTRAINT_UNIQUE = 2067
export const CONSTRAINT_PRIMARYKEY = 1555
export const CONSTRAINT_FOREIGNKEY = 787
/** What `on delete restrict` fails with: SQLite runs it as a trigger. */
export const CONSTRAINT_TRIGGER = 1811

/** What node:sqlite throws once the database is closed. */
const isClosed = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_INVALID_STATE' && /not open|finalized/.test(error.message)

/** The problem to answer with when the database failed. Details that only an operator should see stay in `cause`. */
export function sqliteError(error: unknown): ObjectQLError {
  if (error instanceof ObjectQLError) return error
  const problem = describe(error)
  problem.cause = error
  return problem
}

function describe(error: unknown): ObjectQLError {
  if (isClosed(error)) return new ObjectQLError(503, 'UNAVAILABLE', 'The database is closed.', undefined, ['retry-after', '10'])
  if (!isSqliteFailure(error)) return new ObjectQLError(500, 'INTERNAL_ERROR', 'An unexpected error occurred.')
  switch (error.errcode & 0xff) {
    case BUSY:
    case LOCKED:
    case PROTOCOL:
      return new ObjectQLError(503, 'UNAVAILABLE', 'The database is busy. Try again.', undefined, ['retry-after', '1'])
    case FULL:
    case NOMEM:
    case IOERR:
    case CANTOPEN:
    case READONLY:
      return new ObjectQLError(503, 'UNAVAILABLE', 'The database cannot store data at the moment. Try again later.', undefined, [
        'retry-after',
        '10',
      ])
    case INTERRUPT:
      return new ObjectQLError(503, 'UNAVAILABLE', 'The query was interrupted. Try again.', undefined, ['retry-after', '1'])
    case TOOBIG:
      return new ObjectQLError(413, 'PAYLOAD_TOO_LARGE', 'A value is larger than the database can store.')
    case CORRUPT:
      return new ObjectQLError(500, 'DATABASE_ERROR', 'The database file is damaged.')
    default:
      return new ObjectQLError(500, 'DATABASE_ERROR', 'The database refused the statement.')
  }
}
