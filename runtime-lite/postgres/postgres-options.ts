import type { ConnectionOptions } from 'node:tls'
import { checkedUrl } from '../database/checked-url.ts'
import type { PoolOptions } from '../database/pool.ts'

/** Where the database is and how it is used. What is left out is taken from `PGHOST`, `PGUSER` … as every PostgreSQL client does. */
export interface PostgresOptions extends PoolOptions {
  /**
   * `postgres://user:password@host:5432/database?sslmode=require`; a folder as `host` is a Unix socket. Numbers of these options may
   * stand in it as parameters: `max`, `pipelines`, `acquireTimeout`, `statementTimeout`, `connectTimeout`; and `preparedStatements=false`.
   */
  readonly url?: string
  readonly host?: string
  readonly port?: number
  readonly user?: string
  /** A function is asked for each connection: for passwords that expire. */
  readonly password?: string | (() => string | Promise<string>)
  readonly database?: string
  /** As in node:tls. `true`: encrypted, and the certificate must be valid. */
  readonly ssl?: boolean | ConnectionOptions
  /** Shown in `pg_stat_activity`. Default 'objectql'. */
  readonly applicationName?: string
  /** Further settings of connections as `-c name=value`. The time zone is UTC in any case; JIT compilation is off unless they say `-c jit=on`. */
  readonly options?: string
  /** Most connections at a time, of all kinds. Default 10. */
  readonly max?: number
  /**
   * How many of them, at most, are shared by statements outside transactions, which are sent without waiting for one another. Nothing is sent behind
   * a slow statement: then others take a connection for themselves, and a write does while one of the others is free, so that commits need not wait
   * for one another. What such statements do not need, all but one, transactions use, and give it back when statements stand in line. Default 4, and
   * at most half of `max`. 0: they always take a connection for themselves.
   */
  readonly pipelines?: number
  /**
   * Statements in frequent use are prepared once per connection. `false` where connections change hands between transactions, as behind
   * PgBouncer in transaction mode: then nothing is kept on a connection, and settings are made in each transaction. Default true.
   */
  readonly preparedStatements?: boolean
  /** Most statements prepared at a time. Default 500. */
  readonly maxPreparedStatements?: number
  /** Milliseconds until the database gives up a statement: 503 `TIMEOUT`. 0: never. Default 30,000. */
  readonly statementTimeout?: number
  /** Milliseconds a statement waits for a lock: 503. 0: as long as it may run. Default 0. */
  readonly lockTimeout?: number
  /** Milliseconds after which the database ends a transaction in which nothing happens. 0: never. Default 60,000. */
  readonly idleInTransactionTimeout?: number
  /** Milliseconds until an attempt to connect is given up. Default 5,000. */
  readonly connectTimeout?: number
}

export type PostgresSettings = Required<Omit<PostgresOptions, ConnectionPlace>> & Pick<PostgresOptions, ConnectionPlace>

type ConnectionPlace = 'url' | 'host' | 'port' | 'user' | 'password' | 'database' | 'ssl' | 'options'

/** Milliseconds after which no answer will come any more: longer than any statement may take, and its answer to travel. */
export const patienceOf = ({ statementTimeout }: PostgresSettings): number => (statementTimeout > 0 ? statementTimeout + 5000 : 3_600_000)

const NUMBERS_IN_URL = ['max', 'pipelines', 'acquireTimeout', 'statementTimeout', 'connectTimeout'] as const

/** @throws RangeError for numbers that make no sense. */
export function postgresSettings(given: string | PostgresOptions): PostgresSettings {
  const options = withUrl(typeof given === 'string' ? { url: given } : given)
  const max = options.max ?? 10
  const settings: PostgresSettings = {
    ...options,
    applicationName: options.applicationName ?? 'objectql',
    max,
    pipelines: options.pipelines ?? Math.min(4, Math.floor(max / 2)),
    preparedStatements: options.preparedStatements ?? true,
    maxPreparedStatements: options.maxPreparedStatements ?? 500,
    statementTimeout: options.statementTimeout ?? 30_000,
    lockTimeout: options.lockTimeout ?? 0,
    idleInTransactionTimeout: options.idleInTransactionTimeout ?? 60_000,
    connectTimeout: options.connectTimeout ?? 5000,
    acquireTimeout: options.acquireTimeout ?? 5000,
    maxWaiting: options.maxWaiting ?? 1000,
    idleTimeout: options.idleTimeout ?? 30_000,
    maxLifetime: options.maxLifetime ?? 1_800_000,
    checkAfter: options.checkAfter ?? 5000,
  }
  for (const [name, value] of Object.entries(settings)) {
    if (typeof value === 'number' && !(value >= 0)) throw new RangeError(`"${name}" must be 0 or more, not ${value}.`)
  }
  if (!Number.isInteger(max) || max < 1) throw new RangeError(`"max" must be a whole number from 1, not ${max}.`)
  if (!Number.isInteger(settings.pipelines) || settings.pipelines >= max)
    throw new RangeError(`"pipelines" must be a whole number less than "max" (${max}): transactions need a connection for themselves.`)
  return settings
}

/** Takes out of an address what is meant for this module; what is left is read by pg. */
function withUrl(options: PostgresOptions): PostgresOptions {
  const { url } = options
  if (url === undefined) return options
  if (!/^(?:postgres(?:ql)?|socket):/.test(url))
    throw new TypeError('The address of a PostgreSQL database begins with "postgres://" or "postgresql://".')
  if (!URL.canParse(url)) {
    // `postgres://user@/database?host=/var/run/postgresql` is read by pg.
    checkedUrl(url.replace('@/', '@host/'))
    return options
  }
  const parsed = new URL(url)
  const found: Record<string, unknown> = {}
  for (const name of NUMBERS_IN_URL) {
    const value = parsed.searchParams.get(name)
    if (value !== null) found[name] = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN
  }
  const prepared = parsed.searchParams.get('preparedStatements')
  if (prepared !== null) found['preparedStatements'] = prepared !== 'false'
  // pg lets an address win over what stands beside it, and settings of both have to come together.
  const inUrl = parsed.searchParams.get('options')
  if (inUrl !== null) found['options'] = options.options === undefined ? inUrl : `${inUrl} ${options.options}`
  if (Object.keys(found).length === 0) return options
  for (const name of [...NUMBERS_IN_URL, 'preparedStatements', 'options']) parsed.searchParams.delete(name)
  return { ...options, ...found, url: parsed.href }
}
