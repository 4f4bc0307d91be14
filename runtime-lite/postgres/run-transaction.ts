import { cancelledBy, withCurrentLimit } from '../database/call-limit.ts'
import { isolationLevel } from '../database/isolation-level.ts'
import type { Pool } from '../database/pool.ts'
import { retryConflicts } from '../database/retry-conflicts.ts'
import type { Session, TransactionOptions } from '../database/session.ts'
import { DatabaseFailure } from '../database/sql-error.ts'
import type { ObjectQLError } from '../problem/problem.ts'
import type { Connection } from './connection.ts'
import type { StatementNames } from './statement-names.ts'
import { TransactionScope } from './transaction-scope.ts'

export interface TransactionParts {
  readonly dialect: Session['dialect']
  readonly names: StatementNames
  readonly pool: Pool<Connection>
  /** `; set local …` where connections have no settings of their own. */
  readonly localSettings: string
  /** Milliseconds a caller waits for a connection. */
  readonly acquireTimeout: number
  /** Milliseconds the database sits out a transaction in which nothing happens; 0: for ever. */
  readonly idleInTransactionTimeout: number
}

const DEFAULT_TIMEOUT = 30_000

/** setTimeout fires at once beyond that. */
const LONGEST_TIMEOUT = 2 ** 31 - 1

/** Milliseconds that what runs may take to stop after it was cancelled; then the connection is dropped. */
const PATIENCE = 2000

/**
 * Runs `work` in a transaction. When it fails because of a conflict, or because the connection was lost before anything was committed,
 * `work` runs again, `retries` times at most.
 */
export async function runTransaction<Result>(
  parts: TransactionParts,
  work: (session: Session) => Promise<Result>,
  given: TransactionOptions = {},
): Promise<Result> {
  const options = withCurrentLimit(given)
  const begin = beginOf(parts, options)
  const { timeout = DEFAULT_TIMEOUT, retries = 3, signal } = options
  const stop: Stop = { reason: undefined, notify: undefined }
  const halt = (reason: ObjectQLError): void => {
    stop.reason ??= reason
    stop.notify?.(stop.reason)
  }
  const onAbort = (): void => halt(cancelledBy(signal))
  const onLate = (): void =>
    halt(new DatabaseFailure({ kind: 'timeout', cause: new Error(`The transaction took longer than ${timeout} ms.`) }))
  if (signal?.aborted) throw cancelledBy(signal)
  signal?.addEventListener('abort', onAbort, { once: true })
  const timer = setTimeout(onLate, Math.min(timeout, LONGEST_TIMEOUT))
  let scope: TransactionScope | undefined
  try {
    return await retryConflicts(
      async () => {
        scope = undefined
        const connection = await acquire(parts, timeout, signal)
        scope = new TransactionScope(parts.dialect, connection, parts.names, begin)
        return await attempt(parts.pool, scope, connection, work, stop)
      },
      (error) => stop.reason === undefined && scope?.isRepeatable(error) === true,
      { retries },
    )
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
  }
}

/** Why a transaction has to end, and who wants to know. */
interface Stop {
  reason: ObjectQLError | undefined
  notify: ((reason: ObjectQLError) => void) | undefined
}

async function acquire({ pool, acquireTimeout }: TransactionParts, timeout: number, signal: AbortSignal | undefined): Promise<Connection> {
  // Who has less time than the pool waits goes when that is over.
  const hurry = timeout < acquireTimeout ? AbortSignal.any([AbortSignal.timeout(timeout), ...(signal ? [signal] : [])]) : signal
  try {
    return await pool.acquire(hurry)
  } catch (error) {
    if (signal?.aborted) throw cancelledBy(signal)
    throw hurry?.aborted ? new DatabaseFailure({ kind: 'timeout', cause: hurry.reason }) : error
  }
}

async function attempt<Result>(
  pool: Pool<Connection>,
  scope: TransactionScope,
  connection: Connection,
  work: (session: Session) => Promise<Result>,
  stop: Stop,
): Promise<Result> {
  try {
    if (stop.reason) throw stop.reason
    const result = await new Promise<Result>((resolve, reject) => {
      stop.notify = (reason) => {
        scope.interrupt(reason)
        reject(reason)
      }
      scope.run(work).then(resolve, reject)
    })
    stop.notify = undefined
    await scope.commit()
    pool.release(connection, scope.isSpoiled)
    return result
  } catch (error) {
    stop.notify = undefined
    const isClean = await scope.rollback(PATIENCE)
    if (!isClean) connection.destroy()
    pool.release(connection, !isClean || scope.isSpoiled)
    throw error
  }
}

function beginOf(
  { localSettings, idleInTransactionTimeout }: TransactionParts,
  { isolation, readOnly, timeout = DEFAULT_TIMEOUT }: TransactionOptions,
): string {
  const level = isolationLevel(isolation)
  const begin = `begin${level === undefined ? '' : ` isolation level ${level}`}${readOnly ? ' read only' : ''}`
  // Who asks for a longer transaction may also be idle for longer.
  const idle =
    idleInTransactionTimeout > 0 && timeout > idleInTransactionTimeout
      ? `; set local idle_in_transaction_session_timeout = ${Math.ceil(Math.min(timeout, LONGEST_TIMEOUT))}`
      : ''
  return `${begin}${localSettings}${idle}`
}
