import { createPool, type Pool } from '../database/pool.ts'
import { createPresence } from '../database/presence.ts'
import type { Session, SqlDriver, TransactionOptions } from '../database/session.ts'
import { DatabaseFailure } from '../database/sql-error.ts'
import { transactionHandles } from '../database/transaction-handle.ts'
import type { ObjectQLError } from '../problem/problem.ts'
import type { Connection } from './connection.ts'
import type { Pg } from './load-pg.ts'
import { localSettings, openConnection } from './open-connection.ts'
import { createPipelines, type Pipelines } from './pipelines.ts'
import { createPlainSession } from './plain-session.ts'
import { isTransient, toDatabaseFailure } from './postgres-failure.ts'
import type { PostgresSettings } from './postgres-options.ts'
import { runTransaction } from './run-transaction.ts'
import { createStatementNames } from './statement-names.ts'
import { watchConnections } from './watch-connections.ts'

/** Milliseconds a server may take to answer `select 1` on a connection that was idle. */
const CHECK_TIMEOUT = 2000

/** The driver, without having connected. */
export function createDriver(driver: Pg, settings: PostgresSettings, dialect: Session['dialect']): SqlDriver {
  const connections = new Set<Connection>()
  const presence = createPresence()
  const open = async (): Promise<Connection> => {
    try {
      const connection = await openConnection(driver, settings, () => {
        connections.delete(connection)
        presence.ended(connection.isClosing)
      })
      connections.add(connection)
      presence.opened()
      return connection
    } catch (error) {
      presence.failed(error)
      throw error
    }
  }
  const names = createStatementNames(settings.preparedStatements ? settings.maxPreparedStatements : 0, (name) => {
    for (const connection of connections) connection.forget(name)
  })
  let pipelines: Pipelines | undefined
  const pool = createPool<Connection>(
    {
      create: open,
      // What still has something to do has not answered, and would not say goodbye either.
      destroy: (connection) => (connection.load > 0 ? connection.destroy() : connection.close(0)),
      check: (connection) => within(CHECK_TIMEOUT, ask(connection)),
      isOpen: (connection) => connection.isOpen,
      isTransient,
      toError: toDatabaseFailure as (error: unknown) => ObjectQLError,
      others: {
        room: () => settings.max - (pipelines?.size() ?? 0),
        lend: () => pipelines?.lend(),
        claim: (connection) => pipelines?.claim(connection) === true,
        bornAt: ({ bornAt }) => bornAt,
      },
    },
    settings,
  )
  if (settings.pipelines > 0) pipelines = createPipelines(open, settings, pool)
  const stopWatching = watchConnections(connections, settings, (now) => pipelines?.sweep(now))
  const { acquireTimeout, idleInTransactionTimeout } = settings
  const parts = { dialect, names, pool, localSettings: localSettings(settings), acquireTimeout, idleInTransactionTimeout }
  const transaction = <Result>(work: (session: Session) => Promise<Result>, options?: TransactionOptions): Promise<Result> =>
    runTransaction(parts, work, options)
  const session = createPlainSession({
    dialect,
    settings,
    names,
    pipelines,
    pool,
    atomically: (work) => transaction(async (inner) => work(inner)),
  })

  return {
    dialect,
    session,
    transaction,
    ...transactionHandles({ transaction }),
    async execute(sql) {
      const connection = await pool.acquire()
      try {
        await connection.script(`set local statement_timeout = 0;\n${sql}`, true)
      } catch (error) {
        throw toDatabaseFailure(error)
      } finally {
        // What a script sets stays with its connection.
        pool.release(connection, true)
      }
    },
    statistics() {
      const exclusive = pool.statistics()
      const shared = pipelines?.statistics()
      if (!shared) return exclusive
      const slower = (share: 'p50' | 'p95' | 'p99'): number => Math.max(exclusive.acquire[share], shared.acquire[share])
      return {
        size: exclusive.size + shared.size,
        idle: exclusive.idle + shared.idle,
        waiting: exclusive.waiting + shared.waiting,
        acquire: { p50: slower('p50'), p95: slower('p95'), p99: slower('p99') },
      }
    },
    watch: presence.watch,
    async check(timeout = acquireTimeout) {
      const work = pipelines && !pipelines.isStalled() ? waitFor(pipelines, performance.now() + timeout).then(ask) : askOwn(pool)
      await within(timeout, work).catch((error: unknown) => {
        throw toDatabaseFailure(error)
      })
    },
    async close() {
      await Promise.all([pool.close(), pipelines?.close()])
      stopWatching()
    },
  }
}

const waitFor = async (pipelines: Pipelines, until: number): Promise<Connection> => pipelines.ready() ?? pipelines.wait(until)

const ask = async (connection: Connection): Promise<void> => void (await connection.run('select 1', undefined, []))

/** A connection of the pool is given back when it has answered, however late that is. */
async function askOwn(pool: Pool<Connection>): Promise<void> {
  const connection = await pool.acquire()
  try {
    await ask(connection)
  } finally {
    pool.release(connection)
  }
}

async function within<Result>(timeout: number, work: Promise<Result>): Promise<Result> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => reject(new DatabaseFailure({ kind: 'timeout', cause: new Error(`No answer within ${Math.round(timeout)} ms.`) })),
    Math.max(0, timeout),
  )
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
