/** `objectql/mysql`: MySQL 8 and MariaDB as the database of an application. Needs the package `mysql2`. */
export type { SqlDriver, TransactionOptions } from '../database/session.ts'
export { mysql } from './mysql.ts'
export type { MysqlOptions } from './mysql-options.ts'
