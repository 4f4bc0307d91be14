import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { ObjectQLError } from '../problem/problem.ts'
import type { Gate } from './gate.ts'
import { sqliteError } from './sqlite-error.ts'

/** Called with what a write answered, after its COMMIT, or with the reason why nothing was kept. */
export type Settle = (error: ObjectQLError | undefined) => void

/**
 * One transaction per turn of the event loop. All requests that the loop hands over in one turn share it: reads share a
 * snapshot, writes share a commit (and its fsync), and nothing that depends on a write is answered before COMMIT.
 * Durability is unchanged; only the number of commits is smaller.
 */
export interface Turn {
  /** Opens a read transaction unless one is open. */
  read(): void
  /** Opens a write transaction (BEGIN IMMEDIATE) unless one is open. A read transaction of this turn ends first, so that its snapshot cannot be stale. */
  write(): void
  /** True when answers must wait for COMMIT. */
  readonly isWriting: boolean
  /** Runs `settle` after COMMIT. Only while `isWriting`. */
  afterCommit(settle: Settle): void
  /** Runs several statements of one request so that a failure undoes only them. Call after `write()`. */
  atomically<Result>(work: () => Result): Result
  /** Must be told about every statement that threw: some errors end the whole transaction. Returns the error to answer with. */
  failed(error: unknown): ObjectQLError
  /** Ends the open transaction now (shutdown, tests). */
  flush(): void
}

/** `gate`: transactions that use the same database. Who may have to wait asks it first; here it only refuses. */
export function createTurn(db: DatabaseSync, gate?: Pick<Gate, 'isClosed'>): Turn {
  const statement = (sql: string): StatementSync => db.prepare(sql)
  const begin = statement('begin')
  const beginImmediate = statement('begin immediate')
  const commit = statement('commit')
  const savepoint = statement('savepoint request')
  const release = statement('release request')
  const rollbackTo = statement('rollback to request')
  let mode: 'none' | 'read' | 'write' = 'none'
  let isScheduled = false
  let waiting: Settle[] = []
  /** Why this turn has no write lock: waiting for it blocks the whole process, so one request per turn waits, not all of them. */
  let refusal: ObjectQLError | undefined

  const settleAll = (error: ObjectQLError | undefined): void => {
    if (waiting.length === 0) return
    const settled = waiting
    waiting = []
    for (const settle of settled) {
      try {
        settle(error)
      } catch (bug) {
        // The others still get their answer; the bug surfaces as an uncaught exception.
        setImmediate(() => {
          throw bug
        })
      }
    }
  }

  const isAlive = (): boolean => db.isOpen && db.isTransaction

  const end = (): void => {
    const ended = mode
    mode = 'none'
    refusal = undefined
    if (ended === 'none') return
    let failure: ObjectQLError | undefined
    try {
      commit.run()
    } catch (error) {
      failure = sqliteError(error)
      rollback()
    }
    if (ended === 'write') settleAll(failure)
  }

  const rollback = (): void => {
    try {
      if (isAlive()) db.exec('rollback')
    } catch {
      // What COMMIT said is the reason to report.
    }
  }

  const onImmediate = (): void => {
    isScheduled = false
    end()
  }

  const schedule = (): void => {
    if (isScheduled) return
    isScheduled = true
    setImmediate(onImmediate)
  }

  return {
    get isWriting() {
      return mode === 'write'
    },
    read() {
      if (mode !== 'none') return
      if (gate?.isClosed(true)) throw held()
      begin.run()
      mode = 'read'
      schedule()
    },
    write() {
      if (mode === 'write') return
      if (refusal) throw refusal
      if (gate?.isClosed(false)) throw held()
      if (mode === 'read') end()
      schedule()
      try {
        beginImmediate.run()
      } catch (error) {
        refusal = sqliteError(error)
        throw refusal
      }
      mode = 'write'
    },
    afterCommit(settle) {
      waiting.push(settle)
    },
    atomically(work) {
      savepoint.run()
      try {
        const result = work()
        release.run()
        return result
      } catch (error) {
        if (isAlive()) {
          rollbackTo.run()
          release.run()
        }
        throw error
      }
    },
    failed(error) {
      const problem = sqliteError(error)
      if (mode !== 'none' && !isAlive()) {
        // SQLite rolled the whole transaction back (disk full, I/O error): everybody in this turn has to know.
        mode = 'none'
        settleAll(problem)
      }
      return problem
    },
    flush: end,
  }
}

const held = (): ObjectQLError =>
  new ObjectQLError(503, 'UNAVAILABLE', 'A transaction keeps the database. Try again.', undefined, ['retry-after', '1'])
