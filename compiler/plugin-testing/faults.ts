import type { Session, SqlDriver } from '../../runtime-lite/database/session.ts'
import { DatabaseFailure } from '../../runtime-lite/database/sql-error.ts'
import { transactionHandles } from '../../runtime-lite/database/transaction-handle.ts'

/** What a driver is about to do. `connect`: anything that needs a connection: a transaction, a statement outside of one, a check. */
export type DriverMoment = 'connect' | 'statement' | 'commit'

export interface FailingOptions {
  readonly on: DriverMoment
  /** How many go well before the first that fails. Default 0. */
  readonly after?: number
  /** How many fail; then all goes well again. Default 1. */
  readonly times?: number
  /** What is thrown. Default: the connection was lost, which clients see as 503. */
  readonly error?: unknown
  /** Statements that it is about. Default: all. */
  readonly matching?: RegExp
}

/**
 * The driver, with something that goes wrong. A commit that fails is undone. Drivers that this package makes repeat a transaction whose failure is a `conflict`:
 * `new DatabaseFailure({ kind: 'conflict', cause })`.
 */
export function failing(driver: SqlDriver, { on, after = 0, times = 1, error, matching }: FailingOptions): SqlDriver {
  let passed = 0
  return watched(driver, async (moment, sql) => {
    if (moment !== on || (sql !== undefined && matching && sql.search(matching) < 0)) return
    passed++
    if (passed <= after || passed > after + times) return
    throw error ?? new DatabaseFailure({ kind: 'connection', cause: new Error(`The connection was lost (on ${on}, for a test).`) })
  })
}

export interface SlowOptions {
  readonly milliseconds: number
  /** Default 'statement'. */
  readonly on?: DriverMoment
  /** What the time goes by. Default: the clock of the system. */
  readonly clock?: { after(milliseconds: number, call: () => void): unknown }
}

/** The driver, taking its time. */
export function slow(driver: SqlDriver, { milliseconds, on = 'statement', clock = SYSTEM }: SlowOptions): SqlDriver {
  return watched(driver, async (moment) => {
    if (moment === on) await new Promise<void>((resolve) => clock.after(milliseconds, resolve))
  })
}

const SYSTEM = { after: (milliseconds: number, call: () => void) => setTimeout(call, milliseconds) }

/** Called before each moment; what it throws happens instead. */
type Watcher = (moment: DriverMoment, sql?: string) => Promise<void>

function watched(driver: SqlDriver, before: Watcher): SqlDriver {
  const sessionOf = (session: Session, connect: () => Promise<void>): Session => ({
    dialect: session.dialect,
    isTransaction: session.isTransaction,
    async run(statement, values) {
      await connect()
      await before('statement', statement.sql)
      return session.run(statement, values)
    },
    async row(statement, values) {
      await connect()
      await before('statement', statement.sql)
      return session.row(statement, values)
    },
    atomically: async (work) => {
      await connect()
      return session.atomically(async (inner) => {
        const result = await work(sessionOf(inner, async () => undefined))
        if (!session.isTransaction) await before('commit')
        return result
      })
    },
  })
  const transaction: SqlDriver['transaction'] = async (work, options) => {
    await before('connect')
    return driver.transaction(async (session) => {
      const result = await work(sessionOf(session, async () => undefined))
      await before('commit')
      return result
    }, options)
  }
  return {
    dialect: driver.dialect,
    session: sessionOf(driver.session, () => before('connect')),
    transaction,
    ...transactionHandles({ transaction }),
    async execute(sql) {
      await before('connect')
      await before('statement', sql)
      await driver.execute(sql)
    },
    async check(timeout) {
      await before('connect')
      await driver.check(timeout)
    },
    statistics: () => driver.statistics(),
    close: () => driver.close(),
  }
}

const SPELLINGS = {
  install: ['install', 'init', 'setup'],
  start: ['start', 'onStart', 'onEnable'],
  stop: ['stop', 'onStop', 'destroy', 'onDisable'],
} as const

/** The plugin, failing in one phase; with 'never' as error the phase never ends. Its other functions stay what they are. */
export function failingPlugin<Plugin extends object>(
  plugin: Plugin,
  phase: keyof typeof SPELLINGS,
  error: unknown = new Error(`failed to ${phase}, for a test`),
): Plugin {
  const methods = Object.values(SPELLINGS)
    .flat()
    .flatMap((name): [string, unknown][] => {
      const value: unknown = Reflect.get(plugin, name)
      const isOf = (SPELLINGS[phase] as readonly string[]).includes(name)
      return typeof value === 'function' && !isOf ? [[name, value.bind(plugin)]] : []
    })
  const rest = Object.entries(plugin).filter(([name]) => !(SPELLINGS[phase] as readonly string[]).includes(name))
  const fail = (): Promise<never> => (error === 'never' ? new Promise(() => undefined) : Promise.reject(error))
  return { ...Object.fromEntries(rest), ...Object.fromEntries(methods), [phase]: fail } as Plugin
}
