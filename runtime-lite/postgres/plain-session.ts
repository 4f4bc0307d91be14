import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from '../database/pool.ts'
import type { RunResult, Session, Statement } from '../database/session.ts'
import { failureOf } from '../database/sql-error.ts'
import type { SqlValue } from '../object/object-plan.ts'
import type { Connection } from './connection.ts'
import type { Pipelines } from './pipelines.ts'
import { fateUnknown, isLost, isStalePlan, toDatabaseFailure } from './postgres-failure.ts'
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

/** Milliseconds, doubled with each conflict. */
const FIRST_PAUSE = 10

/** What a statement has been through. */
interface Trials {
  readonly until: number
  stale: number
  conflicts: number
  refusals: number
}

/** Statements outside transactions. */
export function createPlainSession({ dialect, settings, names, pipelines, pool, atomically }: PlainSessionParts): Session {
  const patience = settings.statementTimeout || PATIENCE

  const run = (statement: Statement, values: readonly SqlValue[]): Promise<RunResult> => {
    const trials = { until: performance.now() + patience, stale: 0, conflicts: 0, refusals: 0 }
    const connection = pipelines?.ready()
    if (!connection) return persist(statement, values, trials)
    const name = names.nameOf(statement)
    return connection.run(statement.sql, name, values, undefined, statement.describes).catch(async (error: unknown) => {
      await judge(error, statement, name, trials, connection)
      return persist(statement, values, trials)
    })
  }

  /** Rejects unless the statement may be sent again, and waits until it should be. */
  const judge = async (
    error: unknown,
    statement: Statement,
    name: string | undefined,
    trials: Trials,
    connection: Connection,
  ): Promise<void> => {
    if (name !== undefined && isStalePlan(error)) {
      trials.stale++
      names.renew(statement, name)
    } else if (isLost(error)) {
      if (!statement.isRead) throw fateUnknown(error)
      if (performance.now() >= trials.until) throw toDatabaseFailure(error)
    } else {
      const failure = toDatabaseFailure(error, statement.sql)
      if (failureOf(failure)?.kind === 'read-only') {
        // What is on its way there is answered; nothing new goes over it.
        if (pipelines) pipelines.renew()
        else void connection.close(patience)
        if (!connection.isOpen && trials.refusals++ < MAX_REFUSALS) return
      }
      if (failureOf(failure)?.kind !== 'conflict' || trials.conflicts >= MAX_CONFLICTS) throw failure
      await sleep(Math.random() * FIRST_PAUSE * 2 ** trials.conflicts++)
    }
  }

  /** Waits for a connection where there is none, and sends the statement until it has an answer. */
  const persist = async (statement: Statement, values: readonly SqlValue[], trials: Trials): Promise<RunResult> => {
    for (;;) {
      const shared = pipelines?.ready() ?? (pipelines?.isStalled() === false ? await pipelines.wait(trials.until) : undefined)
      const connection = shared ?? (await pool.acquire())
      const name = trials.stale < MAX_STALE ? names.nameOf(statement) : undefined
      try {
        return await connection.run(statement.sql, name, values, undefined, statement.describes)
      } catch (error) {
        await judge(error, statement, name, trials, connection)
      } finally {
        if (!shared) pool.release(connection)
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
