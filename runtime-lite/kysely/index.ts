/** `objectql/kysely`: any dialect of Kysely as the database of an application. Needs the package `kysely`. */
export type { SqlDriver, TransactionOptions } from '../database/session.ts'
export type { Family } from './family.ts'
export { type KyselyDriverOptions, kyselyDriver } from './kysely-driver.ts'
