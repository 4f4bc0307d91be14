import { setTimeout as sleep } from 'node:timers/promises'
import { type CallLimit, currentLimit, raced } from '../database/call-limit.ts'
import type { Pool } from '../database/pool.ts'
import type { RunResult, Session, Statement } from '../database/session.ts'
import { failureOf } from '../database/sql-error.ts'
import type { SqlValue } from '../object/object-plan.ts'
import type { Connection } from './connection.ts'
import type { Pipelines } from './pipelines.ts'
import { fateUnknown, isCancelled, isLost, isStalePlan, toDatabaseFailure } from './postgres-failure.ts'
import type { PostgresSettings } from './postgres-options.ts'
import type { StatementNames } from './statement-names.ts'

export interface PlainSessionParts {
  readonly dialect: Session['dialect']
  readonly settings: PostgresSettings
  readonly names: StatementNames
  /** Undefined: statements take a connection of the pool. */
  readonly pipelines: Pipelines | undefined
  readonly pool: Pool<Connection>
  readonly atomically: Session['atomically']
}

/** Milliseconds a read may be repeated when statements have no timeout. */
const PATIENCE = 30_000

/** How often a statement is sent again because its prepared plan is stale; the last time it goes without a name. */
const MAX_STALE = 2

/** How often a statement is sent again that lost against another one: it is a transaction of its own, so nothing of it is left. */
const MAX_CONFLICTS = 3

/** How often a write is sent again, over a new connection, that met a server which takes none: after a failover another one does. */
const MAX_REFUSALS = 1

/**
 * Milliseconds a statement may go on after its caller has gone. Stopping it takes two new connections, one for the request to stop and one for what was
 * lost with it, and most statements are over by then: clients that leave together would end every connection there is.
 */
const GRACE = 50

/** Milliseconds, doubled with each conflict. */
const FIRST_PAUSE = 10

/** What a statement has been through. */
interface Trials {
  readonly until: number
  stale: number
  conflicts: number
  refusals: number
}

/**
 * A write that waits behind another statement also waits for its commit, and the disk makes commits of several connections in one go. So writes go
 * over connections of their own as long as some are free; reads lose nothing behind one another.
 */
const commitsBehind = (connection: Connection, statement: Statement): boolean => !statement.isRead && connection.load > 0

/** Statements outside transactions. */
export function createPlainSession({ dialect, settings, names, pipelines, pool, atomically }: PlainSessionParts): Session {
  const patience = settings.statementTimeout || PATIENCE

  const run = (statement: Statement, values: readonly SqlValue[]): Promise<RunResult> => {
    const limit = currentLimit()
    if (limit) return runLimited(statement, values, limit)
    const trials = { until: performance.now() + patience, stale: 0, conflicts: 0, refusals: 0 }
    const connection = pipelines?.ready()
    if (!connection || commitsBehind(connection, statement)) return persist(statement, values, trials)
    const name = names.nameOf(statement)
    return connection.run(statement.sql, name, values, undefined, statement.describes).catch(async (error: unknown) => {
      await judge(error, statement, name, trials, connection, true)
      return persist(statement, values, trials)
    })
  }

  /** What the caller gave up is stopped in the database. A read rejects at once, a write once it is known what became of it. */
  const runLimited = async (statement: Statement, values: readonly SqlValue[], limit: CallLimit): Promise<RunResult> => {
    if (limit.reason) throw limit.reason
    const trials = { until: performance.now() + patience, stale: 0, conflicts: 0, refusals: 0 }
    const answer = persist(statement, values, trials, limit)
    return statement.isRead ? raced(limit, answer) : answer
  }

  /** Sends a statement and stops it when the limit was reached and it does not end by itself. */
  const runUnder = async (
    limit: CallLimit,
    connection: Connection,
    isShared: boolean,
    send: () => Promise<RunResult>,
  ): Promise<RunResult> => {
    if (limit.reason) throw limit.reason
    const number = connection.next
    let timer: ReturnType<typeof setTimeout> | undefined
    const interrupt = (): void => {
      connection.interrupt(number)
      if (isShared) pipelines?.retire(connection)
    }
    const stop = (): void => {
      timer ??= setTimeout(interrupt, GRACE)
    }
    limit.add(stop)
    try {
      return await send()
    } catch (error) {
      throw limit.reason && isCancelled(error) ? limit.reason : error
    } finally {
      limit.remove(stop)
      clearTimeout(timer)
    }
  }

  /** Rejects unless the statement may be sent again, and waits until it should be. */
  const judge = async (
    error: unknown,
    statement: Statement,
    name: string | undefined,
    trials: Trials,
    connection: Connection,
    isShared: boolean,
  ): Promise<void> => {
    if (name !== undefined && isStalePlan(error)) {
      trials.stale++
      names.renew(statement, name)
    } else if (connection.wasCancelled && isCancelled(error)) {
      // Meant for another statement. Nothing of this one was done.
      if (performance.now() >= trials.until) throw toDatabaseFailure(error)
    } else if (isLost(error)) {
      if (!statement.isRead) throw fateUnknown(error)
      if (performance.now() >= trials.until) throw toDatabaseFailure(error)
    } else {
      const failure = toDatabaseFailure(error, statement.sql)
      if (failureOf(failure)?.kind === 'read-only') {
        // What is on its way there is answered; nothing new goes over it.
        pipelines?.renew()
        if (!isShared) void connection.close(patience)
        if (!connection.isOpen && trials.refusals++ < MAX_REFUSALS) return
      }
      if (failureOf(failure)?.kind !== 'conflict' || trials.conflicts >= MAX_CONFLICTS) throw failure
      await sleep(Math.random() * FIRST_PAUSE * 2 ** trials.conflicts++)
    }
  }

  /** Waits for a connection where there is none, and sends the statement until it has an answer. */
  const persist = async (statement: Statement, values: readonly SqlValue[], trials: Trials, limit?: CallLimit): Promise<RunResult> => {
    for (;;) {
      const shared = pipelines?.ready() ?? (pipelines?.isStalled() === false ? await pipelines.wait(trials.until) : undefined)
      // After a refusal only a connection that is new will do.
      const own = shared && trials.refusals === 0 && commitsBehind(shared, statement) ? pool.take() : undefined
      const isShared = shared !== undefined && own === undefined
      const connection = own ?? shared ?? (await pool.acquire(limit?.signal))
      const name = trials.stale < MAX_STALE ? names.nameOf(statement) : undefined
      const send = (): Promise<RunResult> => connection.run(statement.sql, name, values, undefined, statement.describes)
      try {
        return await (limit ? runUnder(limit, connection, isShared, send) : send())
      } catch (error) {
        if (limit?.reason) throw error === limit.reason ? error : toDatabaseFailure(error, statement.sql)
        await judge(error, statement, name, trials, connection, isShared)
      } finally {
        // A cancel request that comes late would hit whoever uses it next.
        if (!isShared) pool.release(connection, connection.wasCancelled)
      }
    }
  }

  return {
    dialect,
    isTransaction: false,
    run,
    async row(statement, values) {
      return (await run(statement, values)).rows[0]
    },
    atomically,
  }
}
