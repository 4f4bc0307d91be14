import { startDeadline } from '../database/deadline.ts'
import { isolationLevel } from '../database/isolation-level.ts'
import { createSavepointSession } from '../database/savepoint-session.ts'
import type { RunResult, Session, Statement, TransactionOptions } from '../database/session.ts'
import { DatabaseFailure, failureOf } from '../database/sql-error.ts'
import type { SqlValue } from '../object/object-plan.ts'
import type { Dialect } from '../query/print/dialect.ts'
import type { MysqlConnection } from './connection.ts'
import { fateUnknown, mysqlError } from './mysql-failure.ts'

/** What a transaction needs besides its connection. */
export interface TransactionScope {
  readonly dialect: Dialect
  readonly run: (statement: Statement, values: readonly SqlValue[]) => Promise<RunResult>
  /** Ends the statement that is running on the connection. */
  readonly kill: () => Promise<void>
}

/** Begins a transaction. Rejects with what the driver or the database said. */
export async function beginTransaction(connection: MysqlConnection, { isolation, readOnly = false }: TransactionOptions): Promise<void> {
  const level = isolationLevel(isolation)
  if (level !== undefined) await connection.command(`set transaction isolation level ${level}`)
  await connection.command(readOnly ? 'start transaction read only' : 'start transaction')
}

/** One attempt at a transaction that has begun, on a connection that nobody else uses. When it rejects, the transaction is rolled back. */
export async function attemptTransaction<Result>(
  connection: MysqlConnection,
  scope: TransactionScope,
  work: (session: Session) => Promise<Result>,
  limits: TransactionOptions,
): Promise<Result> {
  /** Why no statement may run any more. After a deadlock, later ones would each be a transaction of its own. */
  let ended: Error | undefined
  const guarded = async <Value>(send: () => Promise<Value>): Promise<Value> => {
    if (ended) throw ended
    try {
      return await send()
    } catch (error) {
      // Killed because of what ended it, or refused by the database.
      const failure = ended ?? mysqlError(error)
      const kind = failureOf(failure)?.kind
      if (kind === 'conflict' || kind === 'connection') ended ??= failure
      throw failure
    }
  }
  const deadline = startDeadline(limits)
  let killed: Promise<void> | undefined
  const onLate = (): void => {
    ended ??= deadline.signal.reason as Error
    killed = scope.kill()
  }
  if (deadline.signal.aborted) onLate()
  else deadline.signal.addEventListener('abort', onLate)
  try {
    const session = createSavepointSession({
      dialect: scope.dialect,
      run: (statement, values) => guarded(() => scope.run(statement, values)),
      command: (sql) => guarded(() => connection.command(sql)),
      // The new one has the isolation and the access mode of the old one. Without one, statements would be kept at once.
      restart: () =>
        guarded(() => connection.command('rollback and chain')).catch((error: Error) => {
          ended ??= error
          throw error
        }),
      replacesSavepoints: true,
    })
    const result = await deadline.race(work(session))
    await guarded(() => connection.command('commit')).catch((error: unknown) => {
      throw failureOf(error)?.kind === 'connection' ? fateUnknown(error) : error
    })
    return result
  } catch (error) {
    ended ??= over()
    // A KILL that arrives late would hit whoever uses the connection next.
    await killed
    await connection.command('rollback').catch(() => connection.destroy())
    throw error
  } finally {
    ended ??= over()
    deadline.end()
  }
}

const over = (): Error =>
  new DatabaseFailure({ kind: 'other', cause: new Error('The transaction is over: its session was used too late.') })
