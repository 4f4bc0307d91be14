import type { Maybe, Session, Statement } from './session.ts'

/**
 * What stands between an application and its database: it sees every statement of objects, hooks, actions, workflows and `app.db`, outside and inside of
 * transactions, and may answer reads itself. Whoever asked is decided above it: what a user may see is in the statement and its values.
 */
export interface StatementLayer {
  /**
   * Takes the place of the session outside of transactions. On a database in this process it answers at once, as that does; elsewhere it may
   * answer at once or later.
   */
  session(inner: Session): Session
  /** Begins with each attempt of a transaction. */
  transaction(inner: Session): LayeredTransaction
  /** Records were written past the sessions: seeds. Called once they are committed, before anybody hears of it. */
  everythingChanged(): Maybe<void>
}

export interface LayeredTransaction {
  readonly session: Session
  /** Everything was done but the commit. What it throws undoes the transaction. */
  beforeCommit(): Maybe<void>
  /** Called once the transaction is over, however it ended, before anybody hears of it. */
  ended(): Maybe<void>
}

/** What a layer is told of the database. */
export interface LayerPlace {
  readonly dialect: Session['dialect']['name']
  /** Where the database is in this process: the transaction of this turn of the event loop. */
  readonly turn: LayerTurn | undefined
  /** Nobody but this process can write: a database in memory. */
  readonly isPrivate: boolean
  /** Equal for equal tables. */
  readonly digest: string
  /** Some value of the statement is the time at which it is asked: its answer is another each time. */
  readsClock(statement: Statement): boolean
  /** Text of `schema.<dialect>.sql`. @throws Error where the application was compiled without tables for this database. */
  schema(): Promise<string>
  /** The table of an object, by its own name, without quotes. @throws ObjectQLError 404 */
  tableOf(object: string): Promise<string>
}

/** See `Turn` of the embedded database. */
export interface LayerTurn {
  /** Something was written that is not committed yet. */
  readonly isWriting: boolean
  /** Calls back after the commit, or with the reason why nothing was kept. Only while `isWriting`. */
  afterCommit(settle: (error: unknown) => void): void
}
