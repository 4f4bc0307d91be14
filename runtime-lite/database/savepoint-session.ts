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
  /** Undoes everything and begins again, where the database does both in one statement. */
  readonly restart?: () => Promise<unknown>
  /** A savepoint takes the place of an older one of the same name: none has to be released. */
  readonly replacesSavepoints?: true
}

/** The transaction itself, or a savepoint in it. */
interface Level {
  readonly transaction: TransactionSteps
  readonly outer: Level | undefined
  /** 0 is the transaction itself. */
  readonly depth: number
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
  const { restart, replacesSavepoints = false } = transaction
  let count = 0
  /** No statement was run since the transaction began. */
  let isFresh = true
  const newLevel = (outer?: Level): Level => ({ transaction, outer, depth: outer ? outer.depth + 1 : 0, inTurn: createInTurn(), inner: 0 })
  const runIn = (statement: Statement, values: SqlValues): Promise<RunResult> => {
    isFresh = false
    return transaction.run(statement, values)
  }

  async function inSavepoint<Result>(outer: Level, work: (session: Session) => Maybe<Result>): Promise<Result> {
    const level = newLevel(outer)
    if (isFresh && restart) return asWhole(level, restart, work)
    const name = replacesSavepoints ? `d${level.depth}` : `s${++count}`
    isFresh = false
    await transaction.command(`savepoint ${name}`)
    try {
      const result = await current.run(level, async () => work(sessionOf(level)))
      if (!replacesSavepoints) await transaction.command(`release savepoint ${name}`)
      return result
    } catch (error) {
      // Where this fails the transaction is gone as a whole, which the next statement says.
      await transaction.command(`rollback to savepoint ${name}`).catch(() => undefined)
      throw error
    }
  }

  /** A savepoint before anything was done is the transaction itself: it costs nothing, and what undoes it is a transaction that begins again. */
  async function asWhole<Result>(level: Level, begin: () => Promise<unknown>, work: (session: Session) => Maybe<Result>): Promise<Result> {
    try {
      return await current.run(level, async () => work(sessionOf(level)))
    } catch (error) {
      if (!isFresh) {
        isFresh = true
        // Where this fails the transaction is gone as a whole, which the next statement says.
        await begin().catch(() => undefined)
      }
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
      return at.inner > 0 ? at.inTurn(() => runIn(statement, values)) : runIn(statement, values)
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
