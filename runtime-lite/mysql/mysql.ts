import { type CallLimit, cancelledBy, currentLimit, raced, withCurrentLimit } from '../database/call-limit.ts'
import { createPool, type Pool } from '../database/pool.ts'
import { createPresence } from '../database/presence.ts'
import { retryConflicts } from '../database/retry-conflicts.ts'
import type { Maybe, RunResult, Session, SqlDriver, Statement, TransactionOptions } from '../database/session.ts'
import { DatabaseFailure, failureOf } from '../database/sql-error.ts'
import { transactionHandles } from '../database/transaction-handle.ts'
import type { SqlValue } from '../object/object-plan.ts'
import { mysqlDialect } from '../query/print/mysql.ts'
import { type Flavor, flavorOf, type MysqlConnection, openConnection, STATEMENT_TIMEOUT, setupOf } from './connection.ts'
import { loadMysql2 } from './load-mysql2.ts'
import { fateUnknown, isTransient, isUnsent, mysqlError, mysqlFailure } from './mysql-failure.ts'
import { type MysqlOptions, mysqlOptions } from './mysql-options.ts'
import { attemptTransaction, beginTransaction } from './transaction.ts'

/** How often a statement is sent again after its connection was lost. */
const MAX_RESENDS = 5

/** Milliseconds the database has to give a statement up by itself before it is killed. */
const GRACE = 250

/**
 * A pool of connections to MySQL 8 or MariaDB, for `createApp({ datasource })`. Connects once to learn which of the two it is.
 * @throws Error when the package `mysql2` is missing or the database cannot be reached.
 */
export async function mysql(given: string | MysqlOptions): Promise<SqlDriver> {
  const options = mysqlOptions(given)
  const mysql2 = await loadMysql2()
  const { statementTimeout = STATEMENT_TIMEOUT, limit } = options
  let flavor: Flavor | undefined

  const create = async (isScript = false): Promise<MysqlConnection> => {
    const connection = await openConnection(mysql2, options, isScript)
    try {
      flavor ??= await flavorOf(connection)
      // A script may take its time.
      await connection.command(setupOf(flavor, isScript ? { ...options, statementTimeout: 0 } : options))
      return connection
    } catch (error) {
      connection.destroy()
      throw error
    }
  }
  const presence = createPresence()
  const pool: Pool<MysqlConnection> = createPool(
    {
      async create() {
        try {
          const connection = await create()
          connection.onEnd = presence.ended
          presence.opened()
          return connection
        } catch (error) {
          presence.failed(error)
          throw error
        }
      },
      destroy: (connection) => connection.end(),
      check: async (connection) => void (await withinTime(connection.command('select 1'), CHECK_TIMEOUT, () => connection.destroy())),
      isOpen: (connection) => connection.isOpen,
      isTransient,
      toError: mysqlError,
    },
    { ...options, ...(limit === undefined ? {} : { max: limit }) },
  )

  /** Over a connection of its own: the pool may be exhausted by what is to be killed. */
  const kill = async (connection: MysqlConnection): Promise<void> => {
    try {
      const killer = await openConnection(mysql2, options)
      await killer.command(`kill query ${connection.id}`)
      await killer.end()
    } catch {
      // Who cannot be told is left: the server notices that the connection is gone.
      connection.destroy()
    }
  }

  /** The same, killed when whoever asked gives it up. */
  const runUnder = async (
    limit: CallLimit | undefined,
    connection: MysqlConnection,
    statement: Statement,
    values: readonly SqlValue[],
  ): Promise<RunResult> => {
    if (!limit) return runOn(connection, statement, values)
    if (limit.reason) throw limit.reason
    let killed: Promise<void> | undefined
    const stop = (): void => {
      killed = kill(connection)
    }
    limit.add(stop)
    try {
      return await runOn(connection, statement, values)
    } catch (error) {
      throw killed && mysqlFailure(error).kind === 'cancelled' ? (limit.reason ?? error) : error
    } finally {
      limit.remove(stop)
      // A KILL that arrives late would hit the next statement.
      await killed
    }
  }

  /** A statement with a limit that also holds where the database has none: MySQL limits reads only. */
  const runOn = async (connection: MysqlConnection, statement: Statement, values: readonly SqlValue[]): Promise<RunResult> => {
    if (statementTimeout === 0) return connection.run(statement, values)
    let killed: Promise<void> | undefined
    const timer = setTimeout(() => {
      killed = kill(connection)
    }, statementTimeout + GRACE)
    try {
      return await connection.run(statement, values)
    } catch (error) {
      throw killed ? new DatabaseFailure({ kind: 'timeout', cause: error }) : error
    } finally {
      clearTimeout(timer)
      // A KILL that arrives late would hit the next statement.
      await killed
    }
  }

  /** Runs on any connection; again on another one when that cannot do harm. */
  const persist = async (statement: Statement, values: readonly SqlValue[], limit: CallLimit | undefined): Promise<RunResult> => {
    for (let resent = 0; ; resent++) {
      const connection = await pool.acquire(limit?.signal)
      let isBroken = false
      try {
        return await runUnder(limit, connection, statement, values)
      } catch (error) {
        if (limit?.reason !== undefined && error === limit.reason) throw error
        const { kind } = mysqlFailure(error)
        // After a failover a new connection leads to a server that takes writes.
        isBroken = kind === 'connection' || kind === 'read-only'
        if (kind === 'connection' && !statement.isRead && !isUnsent(error)) throw fateUnknown(error)
        if (kind === 'read-only' && resent > 0) throw mysqlError(error)
        if (!isBroken || resent === MAX_RESENDS) throw mysqlError(error)
      } finally {
        pool.release(connection, isBroken)
      }
    }
  }

  /** What its caller gave up rejects at once when it is a read, a write once it is known what became of it. */
  const run = (statement: Statement, values: readonly SqlValue[]): Promise<RunResult> => {
    const limit = currentLimit()
    const answer = persist(statement, values, limit)
    return limit && statement.isRead ? raced(limit, answer) : answer
  }

  const acquireWithin = async (signal: AbortSignal | undefined): Promise<MysqlConnection> => {
    try {
      return await pool.acquire(signal)
    } catch (error) {
      throw signal?.aborted ? cancelledBy(signal) : error
    }
  }

  /** A connection in a new transaction. Nothing is lost when the first one is dead. */
  const begin = async (limits: TransactionOptions): Promise<MysqlConnection> => {
    for (let resent = 0; ; resent++) {
      const connection = await acquireWithin(limits.signal)
      try {
        await beginTransaction(connection, limits)
        return connection
      } catch (error) {
        pool.release(connection, true)
        if (resent === MAX_RESENDS || mysqlFailure(error).kind !== 'connection') throw mysqlError(error)
      }
    }
  }

  const transaction = <Result>(work: (session: Session) => Promise<Result>, given: TransactionOptions = {}): Promise<Result> => {
    const limits = withCurrentLimit(given)
    const isRefused = (error: unknown): boolean => limits.readOnly !== true && failureOf(error)?.kind === 'read-only'
    const attempt = async (): Promise<Result> => {
      const connection = await begin(limits)
      try {
        return await attemptTransaction(
          connection,
          { dialect, run: (statement, values) => runOn(connection, statement, values), kill: () => kill(connection) },
          work,
          limits,
        )
      } catch (error) {
        if (isRefused(error)) connection.destroy()
        throw error
      } finally {
        pool.release(connection, !connection.isOpen)
      }
    }
    return retryConflicts(attempt, (error) => isRefused(error) || failureOf(error)?.kind === 'conflict', limits)
  }

  const check = async (timeout = options.acquireTimeout ?? ACQUIRE_TIMEOUT): Promise<void> => {
    const signal = AbortSignal.timeout(timeout)
    const connection = await acquireWithin(signal)
    try {
      await withinTime(connection.command('select 1'), timeout, () => connection.destroy())
    } catch (error) {
      throw mysqlError(error)
    } finally {
      pool.release(connection, !connection.isOpen)
    }
  }

  try {
    pool.release(await pool.acquire())
  } catch (error) {
    await pool.close()
    throw new Error(`The MySQL database cannot be used: ${reasonOf(error)}`, { cause: error })
  }
  const dialect = mysqlDialect(flavor ?? 'mysql')
  const session: Session = {
    dialect,
    isTransaction: false,
    run,
    row: async (statement, values) => (await run(statement, values)).rows[0],
    atomically: <Result>(work: (inner: Session) => Maybe<Result>) => transaction(async (inner) => work(inner)),
  }
  return {
    dialect,
    session,
    transaction,
    ...transactionHandles({ transaction }),
    async execute(sql) {
      const connection = await create(true).catch((error) => Promise.reject(mysqlError(error)))
      try {
        await connection.command(sql)
      } catch (error) {
        throw mysqlError(error)
      } finally {
        await connection.end()
      }
    },
    statistics: () => pool.statistics(),
    watch: presence.watch,
    check,
    close: () => pool.close(),
  }
}

const CHECK_TIMEOUT = 2000

/** That of pools. */
const ACQUIRE_TIMEOUT = 5000

/** Rejects once the time is over and `giveUp` made the work end. */
async function withinTime<Result>(work: Promise<Result>, limit: number, giveUp: () => void): Promise<Result> {
  const timer = setTimeout(giveUp, limit)
  try {
    return await work
  } finally {
    clearTimeout(timer)
  }
}

const reasonOf = (error: unknown): string => {
  const { cause, message } = error as Error
  return cause instanceof Error && cause.message !== '' ? cause.message : message
}
