/**
 * The tables an application needs of a PostgreSQL or MySQL database. `generated/schema.postgres.ts` and `schema.mysql.ts` export one, which
 * is loaded when an application starts on such a database.
 */
export interface RemoteSchema {
  /** Equal for equal schemas: a database that was brought to this one is not looked at again. */
  readonly digest: string
  /** Text of `schema.<dialect>.sql`. A function is called only when the database has to be compared. */
  readonly sql: string | (() => string)
}
