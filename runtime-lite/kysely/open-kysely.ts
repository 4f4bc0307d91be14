import { createRequire } from 'node:module'
import type { CompiledQuery, DatabaseConnection, Dialect, Driver, Kysely, QueryResult, TransactionSettings } from 'kysely'
import type { Session, Statement, TransactionOptions } from '../database/session.ts'
import type { SqlValue } from '../object/object-plan.ts'

export type { Kysely } from 'kysely'

/** Where queries of `app.db` run. */
export interface QueryPlace {
  readonly family: 'sqlite' | 'postgres' | 'mysql'
  /** Runs work with a session; what it resolves with counts once the promise does. */
  run<Result>(isRead: boolean, work: (session: Session) => Result | Promise<Result>): Promise<Result>
}

export interface QuerySource {
  /** The transaction the calling code is in, or the database itself. */
  place(): Promise<QueryPlace>
  transaction<Result>(work: () => Promise<Result>, options: TransactionOptions): Promise<Result>
}

/** Statements whose text clients of Kysely made, kept so that the database finds what it prepared. */
const MAX_STATEMENTS = 200

/**
 * Kysely over the sessions of an application: its query builder and its compiler, our connections and transactions. Values go in and come out
 * as they are stored. Kysely is loaded when this is called, at once: `app.db` is a property and not a promise.
 */
export function openKysely<Database>(family: QueryPlace['family'], source: QuerySource): Kysely<Database> {
  const kysely = createRequire(import.meta.url)('kysely') as typeof import('kysely')
  const dialect: Dialect = {
    createDriver: () => createSessionDriver(source),
    ...{
      sqlite: {
        createQueryCompiler: () => new kysely.SqliteQueryCompiler(),
        createAdapter: () => new kysely.SqliteAdapter(),
        createIntrospector: (db: Kysely<unknown>) => new kysely.SqliteIntrospector(db),
      },
      postgres: {
        createQueryCompiler: () => new kysely.PostgresQueryCompiler(),
        createAdapter: () => new kysely.PostgresAdapter(),
        createIntrospector: (db: Kysely<unknown>) => new kysely.PostgresIntrospector(db),
      },
      mysql: {
        createQueryCompiler: () => new kysely.MysqlQueryCompiler(),
        createAdapter: () => new kysely.MysqlAdapter(),
        createIntrospector: (db: Kysely<unknown>) => new kysely.MysqlIntrospector(db),
      },
    }[family],
  }
  return new kysely.Kysely<Database>({ dialect })
}

interface SessionConnection extends DatabaseConnection {
  place: QueryPlace
  /** Ends the transaction that `beginTransaction` opened. */
  end?: (error?: Error) => Promise<void>
}

function createSessionDriver(source: QuerySource): Driver {
  const statements = new Map<string, Statement>()
  const statementOf = ({ sql, query }: CompiledQuery): Statement => {
    const known = statements.get(sql)
    if (known) return known
    const statement: Statement = { sql, kinds: [], isRead: isRead(query), describes: true }
    if (statements.size >= MAX_STATEMENTS) statements.delete(statements.keys().next().value ?? '')
    statements.set(sql, statement)
    return statement
  }
  return {
    async init() {},
    async acquireConnection(): Promise<SessionConnection> {
      const connection: SessionConnection = {
        place: await source.place(),
        async executeQuery<Row>(compiled: CompiledQuery): Promise<QueryResult<Row>> {
          const statement = statementOf(compiled)
          const { family } = connection.place
          const values = compiled.parameters.map((value) => storedValue(value, family))
          return connection.place.run(statement.isRead, async (session) => {
            const { rows, columns = [], changes } = await session.run(statement, values)
            const records = rows.map((row) => Object.fromEntries(columns.map((name, index) => [name, row[index]])) as Row)
            return statement.isRead ? { rows: records } : { rows: records, numAffectedRows: BigInt(changes) }
          })
        },
        // biome-ignore lint/correctness/useYield: there is nothing to yield.
        async *streamQuery() {
          throw new Error('Queries of app.db cannot be streamed. Use execute().')
        },
      }
      return connection
    },
    async beginTransaction(connection, settings) {
      await begin(connection as SessionConnection, source, settings)
    },
    commitTransaction: (connection) => (connection as SessionConnection).end?.() ?? Promise.resolve(),
    rollbackTransaction: (connection) => (connection as SessionConnection).end?.(ROLLBACK) ?? Promise.resolve(),
    async releaseConnection() {},
    async destroy() {},
  }
}

const ROLLBACK = new Error('The transaction is rolled back.')

/** Kysely begins and ends a transaction by two calls; ours lasts as long as a function. */
function begin(connection: SessionConnection, source: QuerySource, { isolationLevel, accessMode }: TransactionSettings): Promise<void> {
  const options: TransactionOptions = {
    // Kysely calls its function once.
    retries: 0,
    ...(isolationLevel === 'read committed' || isolationLevel === 'repeatable read' || isolationLevel === 'serializable'
      ? { isolation: isolationLevel }
      : {}),
    ...(accessMode === 'read only' ? { readOnly: true } : {}),
  }
  if (isolationLevel !== undefined && options.isolation === undefined)
    return Promise.reject(new TypeError(`The isolation level "${isolationLevel}" is not supported.`))
  const begun = Promise.withResolvers<void>()
  const finished = Promise.withResolvers<void>()
  const done = source.transaction(async () => {
    connection.place = await source.place()
    begun.resolve()
    await finished.promise
  }, options)
  done.catch(begun.reject)
  connection.end = async (error) => {
    if (error) finished.reject(error)
    else finished.resolve()
    await done.catch((reason: unknown) => {
      if (reason !== ROLLBACK) throw reason
    })
  }
  return begun.promise
}

/** Only a select that locks nothing is sure to change nothing. */
const isRead = (query: CompiledQuery['query']): boolean =>
  query.kind === 'SelectQueryNode' &&
  !('with' in query && query.with !== undefined) &&
  !('endModifiers' in query && query.endModifiers !== undefined)

/** What Kysely lets through as a value of a column. */
function storedValue(value: unknown, family: QueryPlace['family']): SqlValue {
  if (value === undefined || value === null) return null
  if (typeof value === 'boolean') return family === 'postgres' ? String(value) : Number(value)
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' || value instanceof Uint8Array) return value
  if (!(value instanceof Date)) return JSON.stringify(value)
  const instant = value.toISOString()
  return family === 'mysql' ? instant.slice(0, -1).replace('T', ' ') : instant
}
