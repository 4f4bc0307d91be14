/** `objectql/mysql`: MySQL 8 and MariaDB as the database of an application. Needs the package `mysql2`. */
export type { PoolStatistics, Session, SqlDriver, SqlFailure, Statement, TransactionOptions } from '../database/session.ts'
export { DatabaseFailure } from '../database/sql-error.ts'
export { mysql } from './mysql.ts'
export type { MysqlOptions } from './mysql-options.ts'
