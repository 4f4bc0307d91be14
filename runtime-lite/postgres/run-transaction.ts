import type { Pool } from '../database/pool.ts'
import { retryConflicts } from '../database/retry-conflicts.ts'
import type { Session, TransactionOptions } from '../database/session.ts'
import { DatabaseFailure } from '../database/sql-error.ts'
import type { Connection } from './connection.ts'
import type { StatementNames } from './statement-names.ts'
import { TransactionScope } from './transaction-scope.ts'

export interface TransactionParts {
  readonly dialect: Session['dialect']
  readonly names: StatementNames
  readonly pool: Pool<Connection>
  /** `; set local …` where connections have no settings of their own. */
  readonly localSettings: string
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
  options: TransactionOptions = {},
): Promise<Result> {
  const { timeout = DEFAULT_TIMEOUT, retries = 3, signal } = options
  const stop = new AbortController()
  const onAbort = (): void => stop.abort(new DatabaseFailure({ kind: 'cancelled', cause: signal?.reason }))
  const onLate = (): void =>
    stop.abort(new DatabaseFailure({ kind: 'timeout', cause: new Error(`The transaction took longer than ${timeout} ms.`) }))
  if (signal?.aborted) onAbort()
  signal?.addEventListener('abort', onAbort, { once: true })
  const timer = setTimeout(onLate, Math.min(timeout, LONGEST_TIMEOUT))
  try {
    let scope: TransactionScope | undefined
    return await retryConflicts(
      async () => {
        scope = undefined
        const connection = await parts.pool.acquire(stop.signal)
        scope = new TransactionScope(parts.dialect, connection, parts.names, beginOf(parts, options))
        return await attempt(parts, scope, connection, work, stop.signal)
      },
      (error) => scope?.isRepeatable(error) === true,
      { retries, signal: stop.signal },
    )
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
  }
}

async function attempt<Result>(
  { pool }: TransactionParts,
  scope: TransactionScope,
  connection: Connection,
  work: (session: Session) => Promise<Result>,
  signal: AbortSignal,
): Promise<Result> {
  const { promise: stopped, reject } = Promise.withResolvers<never>()
  stopped.catch(() => undefined)
  const onStop = (): void => {
    scope.interrupt(signal.reason as Error)
    reject(signal.reason)
  }
  signal.addEventListener('abort', onStop, { once: true })
  try {
    await scope.open()
    const result = await Promise.race([scope.run(work), stopped])
    signal.removeEventListener('abort', onStop)
    await scope.commit()
    pool.release(connection, scope.isSpoiled)
    return result
  } catch (error) {
    signal.removeEventListener('abort', onStop)
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
  const begin = `begin${isolation === undefined ? '' : ` isolation level ${ISOLATIONS[isolation]}`}${readOnly ? ' read only' : ''}`
  // Who asks for a longer transaction may also be idle for longer.
  const idle =
    idleInTransactionTimeout > 0 && timeout > idleInTransactionTimeout
      ? `; set local idle_in_transaction_session_timeout = ${Math.ceil(Math.min(timeout, LONGEST_TIMEOUT))}`
      : ''
  return `${begin}${localSettings}${idle}`
}

/** Never what a caller wrote: it becomes a part of a statement. */
const ISOLATIONS = { 'read committed': 'read committed', 'repeatable read': 'repeatable read', serializable: 'serializable' } as const
