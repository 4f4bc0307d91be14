import type { Settled } from '../behaviour/behaviour.ts'
import type { Session, TransactionOptions } from '../database/session.ts'
import type { Database } from '../object/database.ts'
import type { ObjectStore } from '../object/object-store.ts'

/** A transaction that is open, as everything that runs inside of it sees it. */
export interface TransactionScope {
  readonly database: Database
  /** The store of an object whose statements belong to the transaction. Hooks that wait may take part in what it does: it is used outside of `run`. */
  store(objectName: string): Promise<ObjectStore>
  /** A store for work in `run`: it throws NeedsTransaction where hooks that wait are to take part, because they would wait for their own turn. */
  swiftStore(objectName: string): Promise<ObjectStore>
  /**
   * Runs work that belongs to the transaction, one piece after the other: what one of them puts into a savepoint must not mix with the
   * statements of another. @throws ObjectQLError 409 once the transaction has ended.
   */
  run<Result>(work: () => Result | Promise<Result>): Promise<Result>
  /** Called once after the outermost transaction has ended, or this one was undone. */
  onSettled(settled: Settled): void
}

export interface TransactionRunner {
  /** How many are open that began without a layer between the application and its database. */
  readonly bare: number
  /** The transaction the calling code runs in. */
  current(): TransactionScope | undefined
  run<Result>(work: () => Promise<Result> | Result, options?: TransactionOptions): Promise<Result>
  /**
   * Runs work that belongs to the transaction of the calling code while that does nothing else: through this session of it, in which the calling
   * code may be in the middle of several statements.
   */
  within<Result>(session: Session, work: () => Promise<Result>): Promise<Result>
  /** Runs work that takes no part in the transaction of the calling code. */
  outside<Result>(work: () => Result): Result
  close(): void
}
