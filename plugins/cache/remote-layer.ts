import type { LayeredTransaction, Session, StatementLayer } from 'objectql/plugin-sdk'
import type { CachedReads, ReadStatement } from './cached-reads.ts'
import { gather } from './record-slots.ts'
import type { Announcement, Store } from './store.ts'

/** What a transaction ends, and the announcement of its commit. */
class Written implements LayeredTransaction {
  readonly session: Session
  readonly #store: Store
  readonly #names = new Set<string>()
  #announced: Announcement | undefined

  constructor(inner: Session, store: Store, factsOf: ReadStatement) {
    this.#store = store
    this.session = watched(inner, factsOf, this.#names)
  }

  async beforeCommit(): Promise<void> {
    if (this.#names.size > 0) this.#announced = await this.#store.announce([...this.#names])
  }

  async ended(): Promise<void> {
    await this.#announced?.over()
  }
}

/** The session of a transaction: nothing it reads is kept, as it sees what nobody else does, and none of it comes from elsewhere. */
function watched(inner: Session, factsOf: ReadStatement, names: Set<string>): Session {
  const note = (...[statement, values]: Parameters<Session['run']>): void => {
    if (!statement.isRead) gather(names, factsOf(statement).names(values))
  }
  return {
    dialect: inner.dialect,
    isTransaction: inner.isTransaction,
    run(statement, values) {
      note(statement, values)
      return inner.run(statement, values)
    },
    row(statement, values) {
      note(statement, values)
      return inner.row(statement, values)
    },
    atomically: (work) => inner.atomically((session) => work(watched(session, factsOf, names))),
  }
}

/** Transactions are the same wherever the database is. */
export const watchedTransaction = (inner: Session, store: Store, factsOf: ReadStatement): LayeredTransaction =>
  new Written(inner, store, factsOf)

/** Between an application and a database elsewhere. */
export function remoteLayer(store: Store, reads: CachedReads, factsOf: ReadStatement): StatementLayer {
  /** A statement that is a transaction by itself. */
  async function announced<Result>(names: readonly string[], work: () => Result): Promise<Awaited<Result>> {
    if (names.length === 0) return await work()
    const announcement = await store.announce(names)
    try {
      return await work()
    } finally {
      await announcement.over()
    }
  }

  const session = (inner: Session): Session => ({
    dialect: inner.dialect,
    isTransaction: false,
    run(statement, values) {
      const facts = factsOf(statement)
      if (facts.isCacheable) return reads.run(inner, statement, facts, values)
      return statement.isRead ? inner.run(statement, values) : announced(facts.names(values), () => inner.run(statement, values))
    },
    row(statement, values) {
      const facts = factsOf(statement)
      if (facts.isCacheable) {
        const result = reads.run(inner, statement, facts, values)
        return result instanceof Promise ? result.then(({ rows }) => rows[0]) : result.rows[0]
      }
      return statement.isRead ? inner.row(statement, values) : announced(facts.names(values), () => inner.row(statement, values))
    },
    async atomically(work) {
      const begun: LayeredTransaction[] = []
      try {
        return await inner.atomically(async (within) => {
          const transaction = watchedTransaction(within, store, factsOf)
          begun.push(transaction)
          const result = await work(transaction.session)
          await transaction.beforeCommit()
          return result
        })
      } finally {
        for (const transaction of begun) await transaction.ended()
      }
    },
  })

  return { session, transaction: (inner) => watchedTransaction(inner, store, factsOf), everythingChanged: () => store.clear() }
}
