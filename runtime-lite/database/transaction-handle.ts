import type { SqlDriver, TransactionHandle, TransactionHandles } from './session.ts'

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
