import type { SqlValue } from '../object/object-plan.ts'
import type { Dialect } from '../query/print/dialect.ts'
import type { ConnectionChange } from './presence.ts'

/** At once on an embedded database, a promise elsewhere. */
export type Maybe<Value> = Value | Promise<Value>

/** Goes on with a value, at once if it is there: where nothing waits, no promise is made. */
export const whenReady = <Value, Result>(value: Maybe<Value>, next: (value: Value) => Maybe<Result>): Maybe<Result> =>
  value instanceof Promise ? value.then(next) : next(value)

/** A statement with constant text. One object per shape: sessions keep what they prepared for it by identity. */
export interface Statement {
  readonly sql: string
  /** What the first parameters are; values come with each call. */
  readonly kinds: readonly ParameterKind[]
  /** Reads only: may run on a replica, inside a read-only transaction, and again after the connection was lost. */
  readonly isRead: boolean
  /**
   * The result names its columns, and PostgreSQL gives numbers and booleans as such, not as text. For statements that no dialect printed.
   */
  readonly describes?: true
}

type ParameterKind = import('../query/bound.ts').ParameterKind

/** Values in the order of the statement's columns, as the driver gives them: text, number, bigint, null or bytes. */
export type ResultRow = readonly unknown[]

export interface RunResult {
  readonly rows: readonly ResultRow[]
  /** Rows inserted, changed or deleted. */
  readonly changes: number
  /** Names of the columns, for statements that ask for them. */
  readonly columns?: readonly string[]
}

/**
 * Where statements run: the open turn of an embedded database, any connection of a pool, or one transaction. Methods throw (or reject
 * with) ObjectQLError: what the driver throws is translated by the session (see SqlFailure), never passed on.
 *
 * Sessions of remote databases heed the limit of the call they are used in (`call-limit.ts`): a statement that is running when the call is given
 * up is stopped in the database and rejects with 503 `CANCELLED` or `TIMEOUT`. SQLite in this process is synchronous: nobody can give
 * up while a statement runs.
 */
export interface Session {
  readonly dialect: Dialect
  readonly isTransaction: boolean
  run(statement: Statement, values: readonly SqlValue[]): Maybe<RunResult>
  /** The first row. */
  row(statement: Statement, values: readonly SqlValue[]): Maybe<ResultRow | undefined>
  /**
   * Runs several statements so that all of them count or none: a transaction, or a savepoint inside one. On an embedded database
   * `work` must not wait. Outside of a transaction a remote database may ask for `work` again, three times at most, after a deadlock or a
   * serialization failure, when nothing of the attempt before is left: `work` must do no more than run statements. Inside one nothing is
   * repeated, as the whole transaction is lost: whoever began it does that.
   */
  atomically<Result>(work: (session: Session) => Maybe<Result>): Maybe<Result>
}

/** What went wrong in a database, in the same words for all of them. Drivers make one from each error they throw. */
export interface SqlFailure {
  readonly kind:
    | 'unique'
    | 'reference'
    /** A record is still referred to. */
    | 'in-use'
    /** Serialization failure or deadlock: the transaction may be repeated. */
    | 'conflict'
    | 'busy'
    | 'timeout'
    | 'cancelled'
    | 'connection'
    /** The database takes no writes here: a transaction that only reads, or a server that is a replica since a failover. */
    | 'read-only'
    /** A value the database cannot store or compute with: out of range, too long, division, U+0000. */
    | 'value'
    | 'other'
  /** Columns, or the name of the constraint or index, where the database says. */
  readonly columns?: readonly string[]
  readonly constraint?: string
  readonly cause: unknown
}

export interface TransactionOptions {
  /** Default: that of the database. SQLite is always serializable. */
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable'
  readonly readOnly?: boolean
  /** Milliseconds until the transaction is rolled back and rejects with 503 `TIMEOUT`. Default 30,000. */
  readonly timeout?: number
  /** How often to repeat after a serialization failure or a deadlock, with growing, jittered pauses. Default 3. */
  readonly retries?: number
  readonly signal?: AbortSignal
}

/** A transaction that stays open until it is committed or rolled back by name. */
export interface TransactionHandle {
  /** Where the transaction's statements run. */
  readonly session: Session
}

/** Transactions in three calls, as drivers of other systems offer them. */
export interface TransactionHandles {
  /** Begins. `timeout` holds for all up to the commit. Nothing is repeated after a conflict: only who called knows what to repeat. */
  beginTransaction(options?: Omit<TransactionOptions, 'retries'>): Promise<TransactionHandle>
  /** @throws Error for a handle whose transaction is over; otherwise what a transaction rejects with, such as 503 when it took too long. */
  commitTransaction(handle: TransactionHandle): Promise<void>
  /** Undoes everything. A transaction that ended by itself, because it took too long or was cancelled, counts as rolled back. */
  rollbackTransaction(handle: TransactionHandle): Promise<void>
}

/** A database behind a pool of connections. `objectql/postgres`, `objectql/mysql` and `objectql/kysely` make one. */
export interface SqlDriver extends TransactionHandles {
  readonly dialect: Dialect
  /** Statements outside transactions. */
  readonly session: Session
  /** Runs `work` in one transaction on one connection: commits when it resolves, rolls back when it rejects. */
  transaction<Result>(work: (session: Session) => Promise<Result>, options?: TransactionOptions): Promise<Result>
  /** Runs a script of DDL, statements separated as in generated schema files. */
  execute(sql: string): Promise<void>
  readonly statistics: () => PoolStatistics
  /**
   * Tells when the database is there (at once when it is), when it is gone, and when it is back. Drivers that do not know have none.
   * @returns the function that ends it.
   */
  watch?(listener: (change: ConnectionChange) => void): () => void
  /** Rejects when no connection answers within `timeout` milliseconds (default: as long as callers wait for a connection, 5,000). */
  check(timeout?: number): Promise<void>
  close(): Promise<void>
}

export interface PoolStatistics {
  /** Open connections. */
  readonly size: number
  readonly idle: number
  /** Callers that wait for a connection. */
  readonly waiting: number
  /** Milliseconds callers waited, of the last 1,000. */
  readonly acquire: { readonly p50: number; readonly p95: number; readonly p99: number }
}
