import type { DatabaseSync } from 'node:sqlite'
import { PGlite } from '@electric-sql/pglite'
import { MysqlDialect, PGliteDialect, PostgresDialect, SqliteDialect } from 'kysely'
import { createPool } from 'mysql2'
import { Pool } from 'pg'
import { afterAll, describe, expect, test } from 'vitest'
import { driverConformance } from '../../../compiler/plugin-testing/index.ts'
import type { RunResult, Session, SqlDriver } from '../../../runtime-lite/database/session.ts'
import { DatabaseFailure } from '../../../runtime-lite/database/sql-error.ts'
import { kyselyDriver } from '../../../runtime-lite/kysely/index.ts'
import { mysql } from '../../../runtime-lite/mysql/index.ts'
import { postgres } from '../../../runtime-lite/postgres/index.ts'
import { openSqlite } from '../../../runtime-lite/sqlite/open.ts'
import * as servers from '../../support/database-servers.ts'

const hasPostgres = servers.isReachable(servers.postgres)
const hasMysql = servers.isReachable(servers.mysql)
const postgresDatabase = hasPostgres ? servers.postgres.create('conformance') : undefined
const mysqlDatabase = hasMysql ? servers.mysql.create('conformance') : undefined
afterAll(() => {
  postgresDatabase?.drop()
  mysqlDatabase?.drop()
})

async function betterSqlite3(): Promise<SqlDriver> {
  const name = 'better-sqlite3'
  const { default: Database } = await import(name)
  const database = new Database(':memory:')
  database.pragma('foreign_keys = on')
  return kyselyDriver({ dialect: new SqliteDialect({ database: database as never }), family: 'sqlite' })
}

/** What Kysely asks of a database, of the one that comes with Node. */
function nodeSqlite(): Promise<SqlDriver> {
  const database: DatabaseSync = openSqlite(':memory:')
  const dialect = new SqliteDialect({
    database: {
      close: () => database.close(),
      prepare(sql) {
        const statement = database.prepare(sql)
        return {
          reader: statement.columns().length > 0,
          all: (values: readonly unknown[]) => statement.all(...(values as string[])),
          run: (values: readonly unknown[]) => statement.run(...(values as string[])) as { changes: number; lastInsertRowid: number },
          iterate: (values: readonly unknown[]) => statement.iterate(...(values as string[])) as IterableIterator<unknown>,
        }
      },
    },
  })
  return kyselyDriver({ dialect, family: 'sqlite' })
}

/** One database for all checks: opening one takes seconds. */
const database = new PGlite()
afterAll(() => database.close())
const shared = new Proxy(database, {
  get(target, key) {
    if (key === 'close') return async () => undefined
    const value: unknown = Reflect.get(target, key)
    return typeof value === 'function' ? value.bind(target) : value
  },
})
const pglite = (): Promise<SqlDriver> => kyselyDriver({ dialect: new PGliteDialect({ pglite: shared }), family: 'postgres' })

const postgresUrl = `postgres://${process.env['PGUSER'] ?? 'postgres'}@127.0.0.1:5432/${postgresDatabase?.name}`
const mysqlUrl = `mysql://${process.env['MYSQL_USER'] ?? 'root'}@127.0.0.1:3306/${mysqlDatabase?.name}`

const pgBehindKysely = (): Promise<SqlDriver> =>
  kyselyDriver({ dialect: new PostgresDialect({ pool: new Pool({ connectionString: postgresUrl, max: 5 }) }), family: 'postgres' })

const mysqlBehindKysely = (): Promise<SqlDriver> =>
  kyselyDriver({
    dialect: new MysqlDialect({ pool: createPool({ uri: mysqlUrl, connectionLimit: 5, timezone: 'Z' }) as never }),
    family: 'mysql',
  })

const DRIVERS: readonly (readonly [string, boolean, () => Promise<SqlDriver>])[] = [
  ['node:sqlite behind Kysely', true, nodeSqlite],
  ['better-sqlite3 behind Kysely', true, betterSqlite3],
  ['PGlite behind Kysely', true, pglite],
  ['pg', hasPostgres, () => postgres(postgresUrl)],
  ['pg behind Kysely', hasPostgres, pgBehindKysely],
  ['mysql2', hasMysql, () => mysql(mysqlUrl)],
  ['mysql2 behind Kysely', hasMysql, mysqlBehindKysely],
]

describe.each(DRIVERS)('the driver %s', (_, isThere, open) => {
  for (const { name, run } of driverConformance(open)) test.skipIf(!isThere)(name, { timeout: 60_000 }, run)
})

type Change = (driver: SqlDriver) => Partial<SqlDriver>

/** A driver whose sessions answer otherwise. */
const answering =
  (change: (result: RunResult) => RunResult): Change =>
  (driver) => {
    const wrapped = (session: Session): Session => ({
      ...session,
      run: async (statement, values) => change(await session.run(statement, values)),
      row: async (statement, values) =>
        change({ rows: [await session.row(statement, values)].filter((row) => row !== undefined), changes: 0 }).rows[0],
      atomically: (work) => session.atomically((inner) => work(wrapped(inner))),
    })
    return {
      session: wrapped(driver.session),
      transaction: (work, options) => driver.transaction((session) => work(wrapped(session)), options),
    }
  }

const cells = (change: (value: unknown) => unknown): Change =>
  answering((result) => ({ ...result, rows: result.rows.map((row) => row.map(change)) }))

const MUTANTS: Readonly<Record<string, Change>> = {
  'swallows what a transaction rejects with': (driver) => ({
    transaction: (work, options) => driver.transaction((session) => work(session).catch(() => undefined as never), options),
  }),
  'never commits': (driver) => ({
    transaction: async (work, options) => {
      let result: unknown
      await driver
        .transaction(async (session) => {
          result = await work(session)
          throw new Error('no')
        }, options)
        .catch((error: Error) => {
          if (error.message !== 'no') throw error
        })
      return result as never
    },
  }),
  'has transactions that are none': (driver) => ({ transaction: async (work) => work({ ...driver.session, isTransaction: true }) }),
  'has savepoints that are none': (driver) => ({
    transaction: (work, options) =>
      driver.transaction((session) => {
        const plain: Session = { ...session, atomically: (inner) => inner(plain) }
        return work(plain)
      }, options),
  }),
  'reads text as Latin-1': cells((value) => (typeof value === 'string' ? Buffer.from(value).toString('latin1') : value)),
  'makes null the empty text': cells((value) => value ?? ''),
  'reads 32 bits of numbers': cells((value) => (typeof value === 'number' && Number.isInteger(value) ? value | 0 : value)),
  'rounds to single precision': cells((value) => (typeof value === 'number' ? Math.fround(value) : value)),
  'loses bytes above 127': cells((value) => (value instanceof Uint8Array ? value.map((byte) => byte & 127) : value)),
  'counts no changes': answering((result) => ({ ...result, changes: 0 })),
  'loses the last row': answering((result) => ({ ...result, rows: result.rows.slice(0, -1) })),
  'turns rows around': answering((result) => ({ ...result, rows: result.rows.map((row) => row.toReversed()) })),
  'names all failures "other"': (driver) => ({
    session: {
      ...driver.session,
      run: async (statement, values) => {
        try {
          return await driver.session.run(statement, values)
        } catch (cause) {
          throw new DatabaseFailure({ kind: 'other', cause })
        }
      },
    },
  }),
  'passes on what the database said': (driver) => ({
    session: {
      ...driver.session,
      run: async (statement, values) => {
        try {
          return await driver.session.run(statement, values)
        } catch (error) {
          throw (error as Error).cause
        }
      },
    },
  }),
  'knows no time limits': (driver) => ({ transaction: (work, { timeout: _, ...options } = {}) => driver.transaction(work, options) }),
  'hears no signals': (driver) => ({ transaction: (work, { signal: _, ...options } = {}) => driver.transaction(work, options) }),
  'takes any isolation': (driver) => ({ transaction: (work, { isolation: _, ...options } = {}) => driver.transaction(work, options) }),
  'stays open': () => ({ close: async () => undefined }),
  'makes statistics up': () => ({ statistics: () => ({ size: 0, idle: 3, waiting: Number.NaN, acquire: { p50: 2, p95: 1, p99: 0 } }) }),
}

test.each(Object.entries(MUTANTS))('a driver that %s is caught', { timeout: 120_000 }, async (_, change) => {
  const checks = driverConformance(async () => {
    const driver = await nodeSqlite()
    return { ...driver, ...change(driver) }
  })
  let caught: Error | undefined
  for (const { run } of checks) {
    caught ??= await run().then(
      () => undefined,
      (error: Error) => error,
    )
    if (caught) break
  }
  expect(caught?.message).toMatch(/./)
})
