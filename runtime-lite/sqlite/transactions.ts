import type { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Deadline, startDeadline } from '../database/deadline.ts'
import { isolationLevel } from '../database/isolation-level.ts'
import type { Session, SqlDriver, TransactionOptions } from '../database/session.ts'
import { ObjectQLError } from '../problem/problem.ts'
import type { Dialect } from '../query/print/dialect.ts'
import { connectAgain } from './better-sqlite3.ts'
import type { Gate } from './gate.ts'
import { createSqliteSession } from './session.ts'
import { isSqliteFailure, sqliteError } from './sqlite-error.ts'
import type { Turn } from './turn.ts'

/** Connections kept for the next transactions once theirs has ended. */
const MAX_IDLE = 4

/** Milliseconds between two attempts to get the write lock while another process has it. */
const RETRY = 20

const BUSY = 5

export interface Transactions {
  readonly run: SqlDriver['transaction']
  /** Rolls back what is open and closes the connections. */
  close(): void
}

/**
 * Transactions that last longer than a turn. On a file each has a connection of its own: readers go on, writers of the main connection
 * wait at the gate. In memory it is the main connection, and everything else waits.
 */
export function createSqliteTransactions(main: DatabaseSync, turn: Turn, gate: Gate, dialect: Dialect): Transactions {
  const path = main.location()
  const idle: DatabaseSync[] = []
  const open = new Set<Deadline>()
  let isClosed = false

  function take(): DatabaseSync {
    if (path === null) return main
    const known = idle.pop()
    if (known) return known
    return connectAgain(main) ?? main
  }

  function giveBack(db: DatabaseSync): void {
    if (db === main) return
    if (!isClosed && db.isOpen && !db.isTransaction && idle.length < MAX_IDLE) idle.push(db)
    else if (db.isOpen) db.close()
  }

  async function run<Result>(work: (session: Session) => Promise<Result>, options: TransactionOptions = {}): Promise<Result> {
    const { readOnly = false } = options
    if (isClosed) throw closed()
    // Every level is serializable here, but what is none is wrong here, too.
    isolationLevel(options.isolation)
    const deadline = startDeadline(options)
    open.add(deadline)
    let release: (() => void) | undefined
    let db: DatabaseSync | undefined
    let transaction: Transaction | undefined
    try {
      if (path === null) release = await gate.hold('all', deadline.signal)
      else if (!readOnly) release = await gate.hold('writes', deadline.signal)
      if (release) turn.flush()
      db = take()
      await begin(db, readOnly, deadline)
      transaction = createTransaction(db, dialect, readOnly, deadline)
      const result = await deadline.race(work(transaction.session))
      transaction.commit()
      // Who reads in this turn may have a snapshot from before.
      if (release) turn.flush()
      return result
    } catch (error) {
      transaction?.end()
      if (db?.isOpen && db.isTransaction) db.exec('rollback')
      throw deadline.signal.aborted ? deadline.signal.reason : error
    } finally {
      deadline.end()
      open.delete(deadline)
      if (db) {
        if (db.isOpen && readOnly) db.exec('pragma query_only = 0')
        giveBack(db)
      }
      release?.()
    }
  }

  return {
    run,
    close() {
      isClosed = true
      for (const deadline of open) deadline.abort(closed())
      for (const db of idle.splice(0)) db.close()
    },
  }
}

const closed = (): ObjectQLError => new ObjectQLError(503, 'UNAVAILABLE', 'The database is closed.', undefined, ['retry-after', '10'])

/** Another process may have the write lock: asked again and again, this process goes on meanwhile. */
async function begin(db: DatabaseSync, readOnly: boolean, deadline: Deadline): Promise<void> {
  for (;;) {
    deadline.signal.throwIfAborted()
    try {
      if (!readOnly) db.exec('begin immediate')
      else {
        db.exec('pragma query_only = 1; begin')
        // The snapshot is taken by the first read.
        db.prepare('select 1 from sqlite_schema').get()
      }
      return
    } catch (error) {
      if (db.isTransaction) db.exec('rollback')
      if (!isSqliteFailure(error) || (error.errcode & 0xff) !== BUSY) throw sqliteError(error)
      await sleep(RETRY)
    }
  }
}

interface Transaction {
  readonly session: Session
  commit(): void
  end(): void
}

/** The session of one transaction. Once it has ended, for whatever reason, its session refuses. */
function createTransaction(db: DatabaseSync, dialect: Dialect, readOnly: boolean, { signal }: Deadline): Transaction {
  let over: unknown
  const check = (): void => {
    if (signal.aborted) throw signal.reason
    if (over !== undefined) throw over
  }
  const session = createSqliteSession(db, dialect, {
    isTransaction: true,
    enter(isRead) {
      check()
      if (readOnly && !isRead) throw new ObjectQLError(409, 'CONFLICT', 'The transaction is read-only.')
    },
    failed(error) {
      const problem = sqliteError(error)
      // SQLite rolled back by itself (disk full, I/O error): what follows would count on its own.
      if (!db.isOpen || !db.isTransaction) over ??= problem
      return problem
    },
    atomically(work) {
      const kept = <Result>(result: Result): Result => {
        db.exec('release request')
        return result
      }
      const undone = (error: unknown): never => {
        if (db.isOpen && db.isTransaction) db.exec('rollback to request; release request')
        throw error
      }
      db.exec('savepoint request')
      try {
        const result = work()
        // The connection is this transaction's alone: hooks may wait inside of a savepoint.
        return result instanceof Promise ? (result.then(kept).catch(undone) as typeof result) : kept(result)
      } catch (error) {
        return undone(error)
      }
    },
  })
  return {
    session,
    commit() {
      check()
      try {
        db.exec('commit')
      } catch (error) {
        throw sqliteError(error)
      }
      this.end()
    },
    end() {
      over ??= new ObjectQLError(409, 'CONFLICT', 'The transaction has ended.')
    },
  }
}
