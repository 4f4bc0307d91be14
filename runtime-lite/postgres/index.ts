import type { SqlDriver } from '../database/session.ts'
import { postgresDialect } from '../query/print/postgres.ts'
import { createDriver } from './create-driver.ts'
import { loadPg } from './load-pg.ts'
import { type PostgresOptions, postgresSettings } from './postgres-options.ts'

export type { PoolStatistics, Session, SqlDriver, SqlFailure, Statement, TransactionOptions } from '../database/session.ts'
export { DatabaseFailure } from '../database/sql-error.ts'
export type { PostgresOptions } from './postgres-options.ts'

/**
 * Connects to a PostgreSQL database: `await postgres('postgres://app:secret@db:5432/crm')`. Waits for a database that is about to start,
 * as long as `acquireTimeout` says. Needs the package `pg`.
 * @throws RangeError for options that make no sense, Error when `pg` is not installed or the database cannot be reached.
 */
export async function postgres(options: string | PostgresOptions): Promise<SqlDriver> {
  const settings = postgresSettings(options)
  const driver = createDriver(await loadPg(), settings, postgresDialect)
  try {
    await driver.check(settings.acquireTimeout)
  } catch (error) {
    await driver.close()
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    throw new Error(`PostgreSQL cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`, { cause: error })
  }
  return driver
}
