import type { SqlFailure } from '../database/session.ts'
import { DatabaseFailure } from '../database/sql-error.ts'
import type { SqlValue } from '../object/object-plan.ts'
import { ObjectQLError } from '../problem/problem.ts'
import type { ParameterKind } from '../query/bound.ts'
import type { Dialect } from '../query/print/dialect.ts'

/** Which SQL a database speaks. `mariadb` differs from `mysql` in its functions. */
export type Family = 'sqlite' | 'postgres' | 'mysql' | 'mariadb'

/** What differs between the databases behind a driver that is not ours. */
export interface FamilyTraits {
  readonly dialect: Dialect
  /** What the driver threw, in the words of all databases. `sql` is the statement that failed. */
  readonly failureOf: (error: unknown, sql: string) => SqlFailure
  /** A value as drivers of that family take it. */
  readonly toDriver: (value: SqlValue, kind: ParameterKind | undefined) => unknown
  /** How isolation and access mode are set: before a transaction, by its first statement (not all dialects pass them on), or not at all. */
  readonly modes: 'before' | 'first' | 'none'
}

/** Loads what one family needs and nothing of the others. */
export async function familyTraits(family: Family): Promise<FamilyTraits> {
  switch (family) {
    case 'postgres': {
      const [{ postgresDialect }, { toFailure }] = await Promise.all([
        import('../query/print/postgres.ts'),
        import('../postgres/postgres-failure.ts'),
      ])
      return { dialect: postgresDialect, failureOf: toFailure, toDriver: postgresValue, modes: 'first' }
    }
    case 'mysql':
    case 'mariadb': {
      const [{ mysqlDialect }, { mysqlFailure }, { datetimeText }] = await Promise.all([
        import('../query/print/mysql.ts'),
        import('../mysql/mysql-failure.ts'),
        import('../mysql/bind-values.ts'),
      ])
      return {
        dialect: mysqlDialect(family),
        failureOf: mysqlFailure,
        toDriver: (value, kind) => (kind === 'datetime' && typeof value === 'string' ? datetimeText(value) : bytes(value)),
        modes: 'before',
      }
    }
    case 'sqlite': {
      const [{ sqliteDialect }, { sqliteFailure }, { sqliteError }] = await Promise.all([
        import('../query/print/sqlite.ts'),
        import('../sqlite/sqlite-failure.ts'),
        import('../sqlite/sqlite-error.ts'),
      ])
      const failureOf = (error: unknown): SqlFailure => {
        const known = sqliteFailure(withNumber(error))
        if (known instanceof DatabaseFailure) return known.failure
        return { kind: sqliteError(error).status === 503 ? 'busy' : 'other', cause: error }
      }
      return { dialect: sqliteDialect, failureOf, toDriver: (value) => bytes(value), modes: 'none' }
    }
    default:
      throw new TypeError(`"${String(family satisfies never)}" is no family of databases. Use "sqlite", "postgres", "mysql" or "mariadb".`)
  }
}

const bytes = (value: SqlValue): unknown =>
  value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value

/** Drivers that look at the types of parameters want true and false. */
const postgresValue = (value: SqlValue, kind: ParameterKind | undefined): unknown =>
  kind === 'boolean' && typeof value === 'number' ? value !== 0 : value

/** Drivers for SQLite name the extended code; what it says stands in the message, too. */
function withNumber(error: unknown): unknown {
  if (!(error instanceof Error) || 'errcode' in error) return error
  const [, number] = CONSTRAINTS.find(([pattern]) => pattern.test(error.message)) ?? []
  return number === undefined ? error : Object.assign(error, { errcode: number })
}

const CONSTRAINTS: readonly (readonly [RegExp, number])[] = [
  [/UNIQUE constraint failed/, 2067],
  [/FOREIGN KEY constraint failed/, 787],
]

export const toDatabaseFailure = (error: unknown, sql: string, { failureOf }: FamilyTraits): ObjectQLError =>
  error instanceof ObjectQLError ? error : new DatabaseFailure(failureOf(error, sql))
