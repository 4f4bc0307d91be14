/** `objectql/kysely`: any dialect of Kysely as the database of an application. Needs the package `kysely`. */
export type { PoolStatistics, Session, SqlDriver, SqlFailure, Statement, TransactionOptions } from '../database/session.ts'
export { DatabaseFailure } from '../database/sql-error.ts'
export type { Family } from './family.ts'
export { type KyselyDriverOptions, kyselyDriver } from './kysely-driver.ts'
