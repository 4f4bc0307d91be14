import type { Pool } from '../database/pool.ts'
import type { RunResult, Session, Statement } from '../database/session.ts'
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

/** Statements outside transactions. */
export function createPlainSession({ dialect, settings, names, pipelines, pool, atomically }: PlainSessionParts): Session {
  const patience = settings.statementTimeout || PATIENCE

  const run = (statement: Statement, values: readonly SqlValue[]): Promise<RunResult> => {
    const until = performance.now() + patience
    const connection = pipelines?.ready()
    if (!connection) return persist(statement, values, until)
    const name = names.nameOf(statement)
    return connection.run(statement.sql, name, values).catch((error: unknown) => {
      judge(error, statement, name, until)
      return persist(statement, values, until, isStalePlan(error) ? 1 : 0)
    })
  }

  /** Throws unless the statement may be sent again. */
  const judge = (error: unknown, statement: Statement, name: string | undefined, until: number): void => {
    if (name !== undefined && isStalePlan(error)) names.renew(statement, name)
    else if (!isLost(error)) throw toDatabaseFailure(error, statement.sql)
    else if (!statement.isRead) throw fateUnknown(error)
    else if (performance.now() >= until) throw toDatabaseFailure(error)
  }

  /** Waits for a connection where there is none, and sends the statement until it has an answer. */
  const persist = async (statement: Statement, values: readonly SqlValue[], until: number, stale = 0): Promise<RunResult> => {
    for (let failed = stale; ; ) {
      const shared = pipelines?.ready() ?? (pipelines?.isStalled() === false ? await pipelines.wait(until) : undefined)
      const connection = shared ?? (await pool.acquire())
      const name = failed < MAX_STALE ? names.nameOf(statement) : undefined
      try {
        return await connection.run(statement.sql, name, values)
      } catch (error) {
        judge(error, statement, name, until)
        if (isStalePlan(error)) failed++
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
