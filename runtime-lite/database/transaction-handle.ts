import type { Session, SqlDriver, TransactionOptions } from './session.ts'

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

interface Open {
  readonly commit: () => void
  readonly rollBack: () => void
  readonly ended: Promise<void>
}

export function transactionHandles(driver: Pick<SqlDriver, 'transaction'>): TransactionHandles {
  const openByHandle = new WeakMap<TransactionHandle, Open>()

  const take = (handle: TransactionHandle): Open => {
    const open = openByHandle.get(handle)
    if (!open) throw new Error('This transaction was committed or rolled back before.')
    openByHandle.delete(handle)
    return open
  }

  return {
    beginTransaction: (options) =>
      new Promise((resolve, reject) => {
        const { promise: decided, resolve: commit, reject: undo } = Promise.withResolvers<void>()
        const ended = driver.transaction(
          (session) => {
            const handle = { session }
            openByHandle.set(handle, { commit, rollBack: () => undo(ROLLED_BACK), ended })
            resolve(handle)
            return decided
          },
          { ...options, retries: 0 },
        )
        // Without effect once there is a handle: then commit and rollback say how it ended.
        ended.catch(reject)
      }),
    async commitTransaction(handle) {
      const open = take(handle)
      open.commit()
      await open.ended
    },
    async rollbackTransaction(handle) {
      const open = take(handle)
      open.rollBack()
      await open.ended.catch(() => undefined)
    },
  }
}

const ROLLED_BACK = new Error('The transaction was rolled back.')
