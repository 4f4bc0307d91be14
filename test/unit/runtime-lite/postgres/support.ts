import type { Session, SqlDriver, Statement } from '../../../../runtime-lite/database/session.ts'
import { createDriver } from '../../../../runtime-lite/postgres/create-driver.ts'
import { loadPg } from '../../../../runtime-lite/postgres/load-pg.ts'
import { type PostgresOptions, postgresSettings } from '../../../../runtime-lite/postgres/postgres-options.ts'
import { postgresDialect } from '../../../../runtime-lite/query/print/postgres.ts'

export const HOST = process.env['PGHOST'] ?? '127.0.0.1'
const USER = process.env['PGUSER'] ?? 'postgres'

/** The database that `postgres.create(label)` made. */
export const urlOf = (label: string, port = 5432): string => `postgres://${USER}@${HOST}:${port}/objectql_test_${label}_${process.pid}`

/** A driver that has not connected yet. */
export const driverOf = async (label: string, options: PostgresOptions = {}): Promise<SqlDriver> =>
  createDriver(await loadPg(), postgresSettings({ url: urlOf(label), applicationName: `objectql ${label}`, ...options }), postgresDialect)

export const read = (sql: string): Statement => ({ sql, kinds: [], isRead: true })
export const write = (sql: string): Statement => ({ sql, kinds: [], isRead: false })

/** The first value of the first row, as a number. */
export const numberOf = async (session: Session, sql: string): Promise<number> => Number((await session.row(read(sql), []))?.[0])

export const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Waits until something holds, for 10 s at most. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt++) {
    if (await holds()) return
    await pause(20)
  }
  throw new Error('It did not come about.')
}
