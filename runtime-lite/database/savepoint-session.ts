import { AsyncLocalStorage } from 'node:async_hooks'
import { createInTurn, type InTurn } from './in-turn.ts'
import type { Maybe, RunResult, Session, Statement } from './session.ts'

type SqlValues = Parameters<Session['run']>[1]

/** What a transaction is made of. Both reject with ObjectQLError. */
export interface TransactionSteps {
  readonly dialect: Session['dialect']
  readonly run: (statement: Statement, values: SqlValues) => Promise<RunResult>
  /** Runs constant text, such as `savepoint s1`. */
  readonly command: (sql: string) => Promise<unknown>
}

/** The transaction itself, or a savepoint in it. */
interface Level {
  readonly transaction: TransactionSteps
  readonly outer: Level | undefined
  /** Savepoints inside it, and what has to wait for them. */
  readonly inTurn: InTurn
  /** Savepoints that are open or wait to be. */
  inner: number
}

/** Which level the running code belongs to, so that a savepoint can be told from one beside it. */
const current = new AsyncLocalStorage<Level>()

/**
 * The session of a transaction that is open. Savepoints begun beside one another run one after the other, or they would release each other, and
 * a statement beside a savepoint waits until that has ended, or it would be undone with it. The session around a savepoint, used by its
 * work, is that of the savepoint.
 */
export function createSavepointSession(transaction: TransactionSteps): Session {
  let count = 0
  const newLevel = (outer?: Level): Level => ({ transaction, outer, inTurn: createInTurn(), inner: 0 })

  async function inSavepoint<Result>(outer: Level, work: (session: Session) => Maybe<Result>): Promise<Result> {
    const name = `s${++count}`
    const level = newLevel(outer)
    await transaction.command(`savepoint ${name}`)
    try {
      const result = await current.run(level, async () => work(sessionOf(level)))
      await transaction.command(`release savepoint ${name}`)
      return result
    } catch (error) {
      // Where this fails the transaction is gone as a whole, which the next statement says.
      await transaction.command(`rollback to savepoint ${name}`).catch(() => undefined)
      throw error
    }
  }

  async function atomically<Result>(level: Level, work: (session: Session) => Maybe<Result>): Promise<Result> {
    level.inner++
    try {
      return await level.inTurn(() => inSavepoint(level, work))
    } finally {
      level.inner--
    }
  }

  function sessionOf(level: Level): Session {
    const run = (statement: Statement, values: SqlValues): Promise<RunResult> => {
      const at = levelOf(level)
      return at.inner > 0 ? at.inTurn(() => transaction.run(statement, values)) : transaction.run(statement, values)
    }
    return {
      dialect: transaction.dialect,
      isTransaction: true,
      run,
      row: async (statement, values) => (await run(statement, values)).rows[0],
      atomically: (work) => atomically(levelOf(level), work),
    }
  }

  return sessionOf(newLevel())
}

/** The level of the running code when that is inside `level`. */
function levelOf(level: Level): Level {
  const here = current.getStore()
  if (here?.transaction !== level.transaction) return level
  for (let at: Level | undefined = here; at; at = at.outer) if (at === level) return here
  return level
}
