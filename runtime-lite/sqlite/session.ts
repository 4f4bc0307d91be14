import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { ResultRow, RunResult, Session, Statement } from '../database/session.ts'
import type { SqlValue } from '../object/object-plan.ts'
import type { Dialect } from '../query/print/dialect.ts'
import { giveFunctions } from './give-functions.ts'
import { sqliteFailure } from './sqlite-failure.ts'
import type { Turn } from './turn.ts'

interface Prepared {
  readonly statement: StatementSync
  readonly hasRows: boolean
}

/** Where statements of a connection belong: the open turn, or a transaction over several turns. */
export interface Scope {
  readonly isTransaction: boolean
  /** Before each statement. */
  enter(isRead: boolean): void
  /** Gets every error; returns what to throw. */
  failed(error: unknown): unknown
  atomically<Result>(work: () => Result): Result
}

/** Statements of one connection, prepared once each and kept as long as somebody holds the statement. Answers at once. */
export function createSqliteSession(db: DatabaseSync, dialect: Dialect, scope: Scope): Session {
  const preparedByStatement = new WeakMap<Statement, Prepared>()

  function prepare(statement: Statement): Prepared {
    giveFunctions(db, statement.sql)
    const prepared = db.prepare(statement.sql)
    prepared.setReturnArrays(true)
    const entry = { statement: prepared, hasRows: prepared.columns().length > 0 }
    preparedByStatement.set(statement, entry)
    return entry
  }

  const session: Session = {
    dialect,
    isTransaction: scope.isTransaction,
    row(statement, values) {
      scope.enter(statement.isRead)
      try {
        return (preparedByStatement.get(statement) ?? prepare(statement)).statement.get(...values) as ResultRow | undefined
      } catch (error) {
        throw scope.failed(sqliteFailure(error))
      }
    },
    run(statement, values) {
      scope.enter(statement.isRead)
      try {
        const prepared = preparedByStatement.get(statement) ?? prepare(statement)
        const result = runPrepared(prepared, values)
        if (statement.describes === undefined) return result
        return { ...result, columns: prepared.statement.columns().map(({ name }) => name) }
      } catch (error) {
        throw scope.failed(sqliteFailure(error))
      }
    },
    atomically(work) {
      scope.enter(false)
      return scope.atomically(() => {
        const result = work(session)
        // What comes later would be outside the savepoint, in the midst of other requests' statements.
        if (result instanceof Promise && !scope.isTransaction)
          throw new TypeError('Work inside a savepoint of an embedded database must not wait.')
        return result
      })
    },
  }
  return session
}

function runPrepared({ statement, hasRows }: Prepared, values: readonly SqlValue[]): RunResult {
  if (!hasRows) return { rows: NO_ROWS, changes: Number(statement.run(...values).changes) }
  const rows = statement.all(...values) as unknown as readonly ResultRow[]
  return { rows, changes: rows.length }
}

const NO_ROWS: readonly ResultRow[] = Object.freeze([])

/** The main connection: one transaction per turn of the event loop. */
export const createTurnSession = (db: DatabaseSync, dialect: Dialect, turn: Turn): Session =>
  createSqliteSession(db, dialect, {
    isTransaction: false,
    enter(isRead) {
      if (isRead) turn.read()
      else turn.write()
    },
    failed: turn.failed,
    atomically: turn.atomically,
  })
