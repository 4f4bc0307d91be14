import { AsyncLocalStorage } from 'node:async_hooks'
import { createInTurn, type InTurn } from '../database/in-turn.ts'
import type { Maybe, RunResult, Session, Statement } from '../database/session.ts'
import { DatabaseFailure, failureOf } from '../database/sql-error.ts'
import type { SqlValue } from '../object/object-plan.ts'
import type { Connection } from './connection.ts'
import { fateUnknown, isAborted, isLost, isStalePlan, toDatabaseFailure } from './postgres-failure.ts'
import type { StatementNames } from './statement-names.ts'

/** The transaction itself, or a savepoint in it. */
interface Level {
  readonly outer: Level | undefined
  /** Savepoints inside it, and what has to wait for them. */
  readonly inTurn: InTurn
  /** Savepoints that are open or wait to be. */
  inner: number
  /** The first statement that failed: PostgreSQL runs no other before the savepoint is rolled back, or the transaction. */
  failure: Error | undefined
}

/** Which level the running code belongs to, so that a savepoint can be told from one beside it. */
const current = new AsyncLocalStorage<{ readonly scope: TransactionScope; readonly level: Level }>()

/** Of errors that wrap errors. */
const MAX_CAUSES = 8

const newLevel = (outer?: Level): Level => ({ outer, inTurn: createInTurn(), inner: 0, failure: undefined })

/** One attempt at a transaction, on a connection that nobody else uses. */
export class TransactionScope {
  readonly #dialect: Session['dialect']
  readonly #connection: Connection
  readonly #names: StatementNames
  readonly #top: Level = newLevel()
  /** `begin …`, which travels with the first statement. */
  #begin: string | undefined
  #interruption: Error | undefined
  #isOver = false
  #savepoints = 0
  /** Savepoints whose release is on its way, which nobody waits for. */
  #releasing = 0
  #cancelled: Promise<void> | undefined
  /** Whether writes may be expected to work. */
  readonly #mayWrite: boolean
  #isRefused = false
  /** What another attempt need not meet: a conflict, a plan that was stale, a connection that was lost before the end, a server that is a replica by now. */
  readonly #passing = new WeakSet<Error>()

  constructor(dialect: Session['dialect'], connection: Connection, names: StatementNames, begin: string) {
    this.#dialect = dialect
    this.#connection = connection
    this.#names = names
    this.#begin = begin
    this.#mayWrite = !/^begin[^;]* read only/.test(begin)
  }

  /** Whether what the transaction failed with, or what that came from, may not happen again. */
  isRepeatable(error: unknown): boolean {
    for (let [at, depth] = [error, 0]; at instanceof Error && depth < MAX_CAUSES; at = at.cause, depth++)
      if (this.#passing.has(at)) return true
    return false
  }

  /** The connection may be hit by a cancel request that comes late, leads to a server that takes no writes, or is gone. */
  get isSpoiled(): boolean {
    return this.#cancelled !== undefined || this.#isRefused || !this.#connection.isOpen
  }

  /** Begins at once what cannot travel with a statement. */
  async #open(): Promise<void> {
    const begin = this.#begin ?? ''
    this.#begin = undefined
    try {
      await this.#connection.script(begin)
    } catch (error) {
      throw this.#fail(this.#top, error, '')
    }
  }

  async run<Result>(work: (session: Session) => Promise<Result>): Promise<Result> {
    if (this.#begin?.includes(';')) await this.#open()
    return current.run({ scope: this, level: this.#top }, async () => work(this.#session(this.#top)))
  }

  /** No statement runs from now on; what is running is stopped in the database. */
  interrupt(reason: Error): void {
    if (this.#interruption || this.#isOver) return
    this.#interruption = reason
    if (this.#connection.load > 0) this.#cancelled = this.#connection.cancel()
  }

  async commit(): Promise<void> {
    if (this.#interruption) throw this.#interruption
    this.#isOver = true
    if (this.#begin !== undefined) return
    if (this.#top.failure) throw this.#top.failure
    const { tag } = await this.#connection.command('commit').catch((error: unknown) => {
      const failure = isLost(error) ? fateUnknown(error) : toDatabaseFailure(error)
      if (failureOf(failure)?.kind === 'conflict') this.#passing.add(failure)
      throw failure
    })
    // What nobody waited for may have failed in the meantime; then the server rolls back and calls it a success.
    if (tag !== 'COMMIT') throw this.#top.failure ?? new DatabaseFailure({ kind: 'other', cause: new Error(`commit: ${tag}`) })
  }

  /** Never rejects. False when the connection is in an unknown state. */
  async rollback(patience: number): Promise<boolean> {
    this.#isOver = true
    await this.#cancelled
    if (this.#begin !== undefined || !this.#connection.isOpen) return true
    if (!(await this.#connection.settled(patience))) return false
    return this.#connection.command('rollback').then(
      () => true,
      () => false,
    )
  }

  #session(level: Level): Session {
    const run = (statement: Statement, values: readonly SqlValue[]): Promise<RunResult> => {
      const at = this.#levelOf(level)
      // While a savepoint is open, what is not meant to be in it waits, or it would be rolled back with it.
      return at.inner > 0 ? at.inTurn(() => this.#run(at, statement, values)) : this.#run(at, statement, values)
    }
    return {
      dialect: this.#dialect,
      isTransaction: true,
      run,
      async row(statement, values) {
        return (await run(statement, values)).rows[0]
      },
      atomically: (work) => this.#atomically(this.#levelOf(level), work),
    }
  }

  /** The level of the running code when that is inside `level`, which happens when a savepoint's work uses the session around it. */
  #levelOf(level: Level): Level {
    const here = current.getStore()
    if (here?.scope !== this) return level
    for (let at: Level | undefined = here.level; at; at = at.outer) if (at === level) return here.level
    return level
  }

  async #run(level: Level, statement: Statement, values: readonly SqlValue[]): Promise<RunResult> {
    this.#refuse(level)
    const name = this.#names.nameOf(statement)
    const begin = this.#begin
    this.#begin = undefined
    try {
      return await this.#connection.run(statement.sql, name, values, begin, statement.describes)
    } catch (error) {
      if (name === undefined || !isStalePlan(error)) throw this.#fail(level, error, statement.sql)
      this.#names.renew(statement, name)
      // Something was done before, or something else is on its way: then the whole transaction has to be repeated.
      if (begin === undefined || this.#connection.load > 0 || this.#interruption) throw this.#fail(level, error, statement.sql)
      return await this.#again(level, statement, values, begin)
    }
  }

  /** The first statement once more, in a new transaction. Both are sent at once, so that nothing can come between them. */
  async #again(level: Level, { sql, describes }: Statement, values: readonly SqlValue[], begin: string): Promise<RunResult> {
    const undone = this.#connection.command('rollback')
    const result = this.#connection.run(sql, undefined, values, begin, describes)
    try {
      const [, answer] = await Promise.all([undone, result])
      return answer
    } catch (error) {
      throw this.#fail(level, error, sql)
    }
  }

  async #command(level: Level, sql: string): Promise<void> {
    this.#refuse(level)
    const begin = this.#begin
    this.#begin = undefined
    try {
      await (begin === undefined ? this.#connection.command(sql) : this.#connection.run(sql, undefined, [], begin))
    } catch (error) {
      throw this.#fail(level, error, sql)
    }
  }

  #refuse(level: Level): void {
    if (this.#interruption) throw this.#interruption
    if (this.#isOver) throw new DatabaseFailure({ kind: 'other', cause: new Error('The transaction is over.') })
    for (let at: Level | undefined = level; at; at = at.outer) if (at.failure) throw at.failure
  }

  #fail(level: Level, error: unknown, sql: string): Error {
    if (this.#interruption) return this.#interruption
    if (isAborted(error)) for (let at: Level | undefined = level; at; at = at.outer) if (at.failure) return at.failure
    const failure = isStalePlan(error) ? new DatabaseFailure({ kind: 'conflict', cause: error }) : toDatabaseFailure(error, sql)
    const kind = failureOf(failure)?.kind
    if (kind === 'read-only' && this.#mayWrite) this.#isRefused = true
    if (isLost(error) || kind === 'conflict' || this.#isRefused) this.#passing.add(failure)
    level.failure ??= failure
    return failure
  }

  async #atomically<Result>(level: Level, work: (session: Session) => Maybe<Result>): Promise<Result> {
    level.inner++
    try {
      return await level.inTurn(() => this.#savepoint(level, work))
    } finally {
      level.inner--
    }
  }

  async #savepoint<Result>(outer: Level, work: (session: Session) => Maybe<Result>): Promise<Result> {
    const level = newLevel(outer)
    if (this.#begin !== undefined) return this.#asWhole(level, outer, this.#begin, work)
    const name = `s${++this.#savepoints}`
    const opened = this.#command(outer, `savepoint ${name}`)
    // What follows need not wait for the savepoint: it fails with it.
    opened.catch(() => undefined)
    try {
      const result = await current.run({ scope: this, level }, async () => work(this.#session(level)))
      await opened
      if (level.failure) throw level.failure
      if (this.#isAnswered) this.#release(name)
      else await this.#command(level, `release savepoint ${name}`)
      return result
    } catch (error) {
      // Where this fails the transaction is gone as a whole, which the next statement says.
      const undone = this.#command(outer, `rollback to savepoint ${name}`)
      const released = this.#command(outer, `release savepoint ${name}`)
      await Promise.allSettled([undone, released])
      throw error
    }
  }

  get #isAnswered(): boolean {
    return this.#connection.load === this.#releasing
  }

  /** Travels with what comes next, which fails with it. */
  #release(name: string): void {
    this.#releasing++
    this.#command(this.#top, `release savepoint ${name}`)
      .catch(() => undefined)
      .finally(() => this.#releasing--)
  }

  /** A savepoint before anything was done is the transaction itself: it costs nothing, and what undoes it is a transaction that begins again. */
  async #asWhole<Result>(level: Level, outer: Level, begin: string, work: (session: Session) => Maybe<Result>): Promise<Result> {
    try {
      const result = await current.run({ scope: this, level }, async () => work(this.#session(level)))
      // What nobody waited for belongs to the savepoint, too.
      if (!this.#isAnswered) await this.#command(level, 'select 1')
      if (level.failure) throw level.failure
      return result
    } catch (error) {
      await this.#beginAgain(outer, begin).catch(() => undefined)
      throw error
    }
  }

  /** Where this fails the transaction is gone as a whole, which the next statement says. */
  async #beginAgain(level: Level, begin: string): Promise<void> {
    this.#refuse(level)
    if (this.#begin !== undefined) return
    const undone = this.#connection.command('rollback')
    // Before anybody else has the floor: a statement outside of the transaction would be kept.
    this.#begin = begin
    try {
      await undone
    } catch (error) {
      throw this.#fail(level, error, '')
    }
  }
}
