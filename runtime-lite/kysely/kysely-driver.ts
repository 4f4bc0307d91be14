import type { CompiledQuery, Kysely, Dialect as KyselyDialect } from 'kysely'
import { currentLimit, raced, withCurrentLimit } from '../database/call-limit.ts'
import { startDeadline } from '../database/deadline.ts'
import { isolationLevel } from '../database/isolation-level.ts'
import { splitStatements } from '../database/read-schema.ts'
import { retryConflicts } from '../database/retry-conflicts.ts'
import { createSavepointSession, type TransactionSteps } from '../database/savepoint-session.ts'
import type { Maybe, ResultRow, RunResult, Session, SqlDriver, Statement, TransactionOptions } from '../database/session.ts'
import { DatabaseFailure, failureOf } from '../database/sql-error.ts'
import { transactionHandles } from '../database/transaction-handle.ts'
import type { SqlValue } from '../object/object-plan.ts'
import { type Family, type FamilyTraits, familyTraits, toDatabaseFailure } from './family.ts'
import { measuredDialect } from './measured-dialect.ts'

export interface KyselyDriverOptions {
  /** Any dialect of Kysely: its driver and its pool run the statements. */
  readonly dialect: KyselyDialect
  /** Which SQL the database speaks. */
  readonly family: Family
}

/** What runs a query: Kysely itself or one of its transactions. */
type Executor = Pick<Kysely<unknown>, 'executeQuery'>

/**
 * A database behind any dialect of Kysely, for `createApp({ datasource: await kyselyDriver({ dialect, family }) })`. The pool, its limits and
 * what happens to lost connections are the dialect's; timeouts roll back, but a running statement ends by itself.
 */
export async function kyselyDriver({ dialect, family }: KyselyDriverOptions): Promise<SqlDriver> {
  const [{ CompiledQuery, Kysely }, traits] = await Promise.all([import('kysely'), familyTraits(family)])
  const measured = measuredDialect(dialect)
  const kysely = new Kysely<unknown>({ dialect: measured.dialect })

  const runOn = async (executor: Executor, { sql, kinds, describes }: Statement, values: readonly SqlValue[]): Promise<RunResult> => {
    const parameters = values.map((value, index) => traits.toDriver(value, kinds[index]))
    try {
      const answer = await executor.executeQuery(CompiledQuery.raw(sql, parameters) as CompiledQuery<Record<string, unknown>>)
      return describes ? { ...resultOf(answer, asStored), columns: Object.keys(answer.rows[0] ?? {}) } : resultOf(answer, plainValue)
    } catch (error) {
      throw toDatabaseFailure(error, sql, traits)
    }
  }

  const attempt = async <Result>(work: (session: Session) => Promise<Result>, options: TransactionOptions): Promise<Result> => {
    const deadline = startDeadline(options)
    let own: unknown
    try {
      deadline.signal.throwIfAborted()
      let builder = kysely.transaction()
      if (traits.modes === 'before' && options.isolation !== undefined) builder = builder.setIsolationLevel(options.isolation)
      if (traits.modes === 'before' && options.readOnly === true) builder = builder.setAccessMode('read only')
      return await builder.execute(async (transaction) => {
        const scope = createScope(traits, deadline.signal, (statement, values) => runOn(transaction, statement, values))
        try {
          const modes = modesOf(options)
          if (traits.modes === 'first' && modes !== '') await scope.run({ sql: `set transaction ${modes}`, kinds: [], isRead: true }, [])
          const result = await deadline.race(work(createSavepointSession(scope)))
          // Kysely would commit what the database has given up.
          if (scope.lost) throw scope.lost
          return result
        } catch (error) {
          own = error
          throw error
        } finally {
          scope.isOver = true
        }
      })
    } catch (error) {
      // What is left comes from `begin` and `commit`.
      throw error === own ? error : toDatabaseFailure(error, 'commit', traits)
    } finally {
      deadline.end()
    }
  }

  const transaction: SqlDriver['transaction'] = async (work, given) => {
    const options = withCurrentLimit(given)
    isolationLevel(options.isolation)
    return retryConflicts(
      () => attempt(work, options),
      (error) => failureOf(error)?.kind === 'conflict',
      options,
    )
  }

  // Dialects have no way to stop a statement: what was given up is not waited for.
  const run = async (statement: Statement, values: readonly SqlValue[]): Promise<RunResult> => {
    const limit = currentLimit()
    if (!limit) return runOn(kysely, statement, values)
    if (limit.reason) throw limit.reason
    const answer = runOn(kysely, statement, values)
    return statement.isRead ? raced(limit, answer) : answer
  }
  const session: Session = {
    dialect: traits.dialect,
    isTransaction: false,
    run,
    row: async (statement, values) => (await run(statement, values)).rows[0],
    atomically: <Result>(work: (inner: Session) => Maybe<Result>) => transaction(async (inner) => work(inner)),
  }
  return {
    dialect: traits.dialect,
    session,
    transaction,
    ...transactionHandles({ transaction }),
    async execute(sql) {
      for (const statement of splitStatements(sql)) await run({ sql: statement, kinds: [], isRead: false }, [])
    },
    statistics: measured.statistics,
    async check(timeout = 5000) {
      const deadline = startDeadline({ timeout })
      try {
        await deadline.race(runOn(kysely, { sql: 'select 1 as c0', kinds: [], isRead: true }, []))
      } finally {
        deadline.end()
      }
    },
    close: () => kysely.destroy(),
  }
}

const modesOf = ({ isolation, readOnly }: TransactionOptions): string =>
  [...(isolation === undefined ? [] : [`isolation level ${isolation}`]), ...(readOnly === true ? ['read only'] : [])].join(', ')

interface Scope extends TransactionSteps {
  isOver: boolean
  /** Why the database gave the whole transaction up. */
  lost: unknown
}

function createScope(traits: FamilyTraits, signal: AbortSignal, run: Scope['run']): Scope {
  const scope: Scope = {
    dialect: traits.dialect,
    isOver: false,
    lost: undefined,
    command: (sql) => scope.run({ sql, kinds: [], isRead: true }, []),
    async run(statement, values) {
      signal.throwIfAborted()
      if (scope.lost) throw scope.lost
      if (scope.isOver)
        throw new DatabaseFailure({ kind: 'other', cause: new Error('The transaction is over: its session was used too late.') })
      try {
        return await run(statement, values)
      } catch (error) {
        if (failureOf(error)?.kind === 'conflict' || failureOf(error)?.kind === 'connection') scope.lost ??= error
        throw error
      }
    },
  }
  return scope
}

interface QueryAnswer {
  readonly rows: readonly Readonly<Record<string, unknown>>[]
  readonly numAffectedRows?: bigint
}

/** Rows as arrays. Kysely's are objects, so that the columns of a statement need different names. */
function resultOf({ rows, numAffectedRows }: QueryAnswer, convert: (value: unknown) => unknown): RunResult {
  const arrays = rows.map((row): ResultRow => Object.values(row).map(convert))
  return { rows: arrays, changes: numAffectedRows === undefined ? arrays.length : Number(numAffectedRows) }
}

/** Text, numbers, null and bytes, whatever the driver made of them. */
const plainValue = (value: unknown): unknown => (typeof value === 'boolean' ? Number(value) : asStored(value))

/** The same, with the booleans of databases that have some. */
function asStored(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  return value instanceof Date ? value.toISOString() : JSON.stringify(value)
}
