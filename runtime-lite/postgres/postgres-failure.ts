import type { SqlFailure } from '../database/session.ts'
import { DatabaseFailure } from '../database/sql-error.ts'
import { ObjectQLError } from '../problem/problem.ts'
import { ConnectionLost } from './connection.ts'

/** What this module reads of pg's `DatabaseError` (https://www.postgresql.org/docs/current/protocol-error-fields.html). */
interface ServerError {
  readonly code: string
  readonly message: string
  readonly detail?: string
  readonly constraint?: string
}

type Kind = SqlFailure['kind']

/** SQLSTATE, https://www.postgresql.org/docs/current/errcodes-appendix.html */
const KIND_BY_STATE: Readonly<Record<string, Kind>> = {
  '23505': 'unique',
  // Two rows of a constraint that excludes overlaps are as good as equal.
  '23P01': 'unique',
  '23503': 'reference',
  // `on delete restrict`, from PostgreSQL 18 on.
  '23001': 'in-use',
  '23502': 'value',
  '23514': 'value',
  '40001': 'conflict',
  '40P01': 'conflict',
  '55P03': 'busy',
  '57014': 'timeout',
  '25P03': 'timeout',
  '25P04': 'timeout',
  '25006': 'read-only',
  '57P01': 'connection',
  '57P02': 'connection',
  '57P03': 'connection',
  '57P05': 'connection',
  // "index row size exceeds": a text too long for an index.
  '54000': 'value',
}

const KIND_BY_CLASS: Readonly<Record<string, Kind>> = { '08': 'connection', '22': 'value', '53': 'busy' }

/** A plan under a name no longer fits: the schema changed, or somebody dropped the name. Nothing was executed. */
export const isStalePlan = (error: unknown): boolean =>
  isServerError(error) &&
  (error.code === '26000' || (error.code === '0A000' && 'routine' in error && error.routine === 'RevalidateCachedQuery'))

/** An earlier statement of the transaction failed, and with it the transaction. */
export const isAborted = (error: unknown): boolean => isServerError(error) && error.code === '25P02'

/** Stopped by a cancel request, or because it took too long. */
export const isCancelled = (error: unknown): boolean => isServerError(error) && error.code === '57014'

/** The connection is gone, whatever the server said before. */
export const isLost = (error: unknown): boolean =>
  error instanceof ConnectionLost || (isServerError(error) && (kindOf(error, '') === 'connection' || error.code === '25P03'))

/** The database restarts, is not reachable, or has no room for a further connection: worth another attempt. */
export function isTransient(error: unknown): boolean {
  if (isServerError(error)) return kindOf(error, '') === 'connection' || kindOf(error, '') === 'busy'
  if (!(error instanceof ConnectionLost)) return false
  const cause = error.cause as { readonly code?: unknown } | undefined
  // A certificate that is not accepted will not be accepted in a second either.
  return typeof cause?.code !== 'string' || (/^E[A-Z_]+$/.test(cause.code) && !/TLS|SSL/.test(cause.code))
}

/** @param sql the statement that failed, '' when there was none. */
export function toFailure(error: unknown, sql: string): SqlFailure {
  if (!isServerError(error)) return { kind: error instanceof ConnectionLost ? 'connection' : 'other', cause: error }
  const kind = kindOf(error, sql)
  const columns = kind === 'unique' ? columnsOf(error.detail) : undefined
  return {
    kind,
    ...(columns === undefined ? {} : { columns }),
    ...(error.constraint === undefined ? {} : { constraint: error.constraint }),
    cause: error,
  }
}

/** For errors of whole operations: what is an answer already stays what it is. */
export const toDatabaseFailure = (error: unknown, sql = ''): ObjectQLError =>
  error instanceof ObjectQLError ? error : new DatabaseFailure(toFailure(error, sql))

/** A write was sent and its answer never came. */
export function fateUnknown(cause: unknown): DatabaseFailure {
  const failure = new DatabaseFailure({ kind: 'connection', cause })
  failure.message = 'The connection to the database was lost. Whether the change was made is not known: read before you try again.'
  return failure
}

function kindOf({ code, message }: ServerError, sql: string): Kind {
  const kind = KIND_BY_STATE[code] ?? KIND_BY_CLASS[code.slice(0, 2)] ?? 'other'
  // One code for both ends of a reference. Servers speak many languages, and then the statement has to tell.
  if (kind === 'reference' && (/^update or delete on table/.test(message) || /^\s*delete\b/i.test(sql))) return 'in-use'
  return kind
}

const isServerError = (error: unknown): error is ServerError =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && 'severity' in error

/**
 * `Key (email, "Region")=(a@b.c, north) already exists.` in any language: names come first, so what clients wrote cannot be taken for
 * one. Undefined for indexes over expressions, and where the reader may not see the row.
 */
function columnsOf(detail: string | undefined): readonly string[] | undefined {
  const [, list] =
    /^[^("]*\(((?:"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)(?:, (?:"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*))*)\)=\(/u.exec(detail ?? '') ?? []
  return list?.match(/"(?:[^"]|"")+"|[^", ]+/g)?.map((name) => (name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name))
}
