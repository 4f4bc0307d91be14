import { AsyncLocalStorage } from 'node:async_hooks'
import type { Settled } from '../behaviour/behaviour.ts'
import { createInTurn, type InTurn } from '../database/in-turn.ts'
import type { Session, SqlDriver, Statement, TransactionOptions } from '../database/session.ts'
import type { LayeredTransaction } from '../database/statement-layer.ts'
import type { Database } from '../object/database.ts'
import { createObjectStore, type ObjectStore } from '../object/object-store.ts'
import { ObjectQLError } from '../problem/problem.ts'
import type { AppCore } from './app-core.ts'
import type { TransactionRunner, TransactionScope } from './transaction-scope.ts'

interface OpenScope extends TransactionScope {
  readonly session: Session
  readonly isReadOnly: boolean
  readonly settling: Settled[]
  /** No more work is taken; resolves when what runs already has ended. */
  end(reason: ObjectQLError): Promise<unknown>
}

/** Transactions of one application. Loaded with the first of them. */
export async function createTransactionRunner(core: AppCore): Promise<TransactionRunner> {
  const database = await core.database()
  const scopes = new AsyncLocalStorage<OpenScope>()
  const embedded = core.embedded && (await embeddedTransactions(core, database))
  const open: SqlDriver['transaction'] = embedded ? embedded.run : (core.driver as SqlDriver).transaction.bind(core.driver)

  let bare = 0

  /** Begins and ends a transaction, whose session is that of the layer where there is one. */
  async function inTransaction<Result>(attempt: (session: Session) => Promise<Result>, options: TransactionOptions): Promise<Result> {
    const { layer } = core
    if (!layer) {
      bare++
      try {
        return await open(attempt, options)
      } finally {
        bare--
      }
    }
    const begun: LayeredTransaction[] = []
    try {
      return await open(async (session) => {
        const layered = layer.transaction(session)
        begun.push(layered)
        const result = await attempt(layered.session)
        await layered.beforeCommit()
        return result
      }, options)
    } finally {
      for (const layered of begun) await layered.ended()
    }
  }

  /** Everything `work` starts takes part, until it has ended. */
  async function inScope<Result>(
    session: Session,
    isReadOnly: boolean,
    work: () => Promise<Result> | Result,
    settling: Settled[],
  ): Promise<Result> {
    const scope = createScope(core, { ...database, session: isReadOnly ? readOnlySession(session) : session }, isReadOnly, settling)
    let reason = ended()
    try {
      return await scopes.run(scope, async () => work())
    } catch (error) {
      if (error instanceof ObjectQLError && (error.code === 'TIMEOUT' || error.code === 'CANCELLED')) reason = error
      throw error
    } finally {
      await scope.end(reason)
    }
  }

  function settle(settling: readonly Settled[], error: unknown): void {
    for (const settled of settling)
      try {
        settled(error)
      } catch (bug) {
        core.report(bug)
      }
  }

  return {
    get bare() {
      return bare
    },
    current: () => scopes.getStore(),
    outside: (work) => scopes.exit(work),
    within(session, work) {
      const outer = scopes.getStore()
      if (!outer) throw new Error('Nobody waits inside of a transaction that is none of their own.')
      return inScope(session, outer.isReadOnly, work, outer.settling)
    },
    run<Result>(work: () => Promise<Result> | Result, options: TransactionOptions = {}): Promise<Result> {
      const outer = scopes.getStore()
      const { readOnly = false } = options
      let settling: Settled[] = []
      const undone = (error: unknown): never => {
        settle(settling, error)
        throw error
      }
      if (!outer) {
        const attempt = (session: Session): Promise<Result> => {
          // Only how the last attempt ends counts.
          settling = []
          return inScope(session, readOnly, work, settling)
        }
        return inTransaction(attempt, options).then((result) => {
          settle(settling, undefined)
          return result
        }, undone)
      }
      if (outer.isReadOnly && options.readOnly === false)
        return Promise.reject(new ObjectQLError(409, 'CONFLICT', 'A transaction inside of a read-only one cannot write.'))
      // A savepoint of the outer one, which waits meanwhile.
      const inner = (session: Session): Promise<Result> => inScope(session, outer.isReadOnly, work, settling)
      return outer
        .run(() => (embedded ? inSavepoint(outer.session, () => inner(outer.session)) : outer.session.atomically(inner)))
        .then((result) => {
          outer.settling.push(...settling)
          return result
        }, undone)
    },
    close() {
      embedded?.close()
    },
  }
}

async function embeddedTransactions(core: AppCore, database: Database) {
  const { createSqliteTransactions } = await import('../sqlite/transactions.ts')
  const { db, turn, gate } = core.embedded as NonNullable<AppCore['embedded']>
  return createSqliteTransactions(db, turn, gate, database.dialect)
}

const SAVEPOINT: Statement = { sql: 'savepoint nested', kinds: [], isRead: true }
const RELEASE: Statement = { sql: 'release nested', kinds: [], isRead: true }
const ROLLBACK: Statement = { sql: 'rollback to nested', kinds: [], isRead: true }

/** A savepoint over several turns: `atomically` of an embedded database takes no work that waits. */
async function inSavepoint<Result>(session: Session, work: () => Promise<Result>): Promise<Result> {
  session.run(SAVEPOINT, [])
  try {
    const result = await work()
    session.run(RELEASE, [])
    return result
  } catch (error) {
    undo(session)
    throw error
  }
}

function undo(session: Session): void {
  try {
    session.run(ROLLBACK, [])
    session.run(RELEASE, [])
  } catch {
    // The whole transaction is over already, and the savepoint with it.
  }
}

/** Refuses writes before the database does, in the same words for all of them. */
function readOnlySession(session: Session): Session {
  const checked = (statement: Statement): Statement => {
    if (statement.isRead) return statement
    throw new ObjectQLError(409, 'CONFLICT', 'The transaction is read-only.')
  }
  return {
    dialect: session.dialect,
    isTransaction: session.isTransaction,
    run: (statement, values) => session.run(checked(statement), values),
    row: (statement, values) => session.row(checked(statement), values),
    atomically: (work) => session.atomically((inner) => work(readOnlySession(inner))),
  }
}

const ended = (): ObjectQLError =>
  new ObjectQLError(409, 'CONFLICT', 'The transaction has ended. Await everything that belongs to it before its function returns.')

function createScope(core: AppCore, shared: Database, isReadOnly: boolean, settling: Settled[]): OpenScope {
  const database: Database = { ...shared, isScoped: true }
  const inTurn: InTurn = createInTurn()
  let over: ObjectQLError | undefined
  const check = (): void => {
    if (over) throw over
  }
  const storesOn = (home: Database): ((objectName: string) => Promise<ObjectStore>) => {
    const storeByName = new Map<string, ObjectStore>()
    return async (objectName) => {
      check()
      const known = storeByName.get(objectName)
      if (known) return known
      const { plan } = await core.store(objectName)
      const store = createObjectStore(plan, home)
      storeByName.set(objectName, store)
      return store
    }
  }
  return {
    database,
    session: database.session,
    isReadOnly,
    settling,
    onSettled(settled) {
      settling.push(settled)
    },
    store: storesOn(database),
    swiftStore: storesOn(shared),
    run: (work) =>
      inTurn(async () => {
        check()
        return work()
      }),
    end(reason) {
      over ??= reason
      return inTurn(async () => undefined)
    },
  }
}
