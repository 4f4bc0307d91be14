import type { ConnectionOptions } from 'node:tls'
import { checkedUrl } from '../database/checked-url.ts'
import type { PoolOptions } from '../database/pool.ts'

/** Where a MySQL or MariaDB database is, and how it is used. */
export interface MysqlOptions extends Omit<PoolOptions, 'max'> {
  /** `mysql://user:password@host:3306/database`; what stands beside it wins. */
  readonly url?: string
  /** Default 127.0.0.1. */
  readonly host?: string
  /** Default 3306. */
  readonly port?: number
  /** A Unix socket in place of host and port. */
  readonly socketPath?: string
  readonly user?: string
  readonly password?: string
  /** The database all tables are in. */
  readonly database?: string
  /** True: TLS, the server's certificate is checked. An object: the same with certificates and keys of your own. Default false. */
  readonly ssl?: boolean | ConnectionOptions
  /** Milliseconds until an attempt to connect fails. Default 5,000. */
  readonly connectTimeout?: number
  /** Milliseconds after which the database gives a statement up, which is answered with 503 `TIMEOUT`. 0: never. Default 30,000. */
  readonly statementTimeout?: number
  /** Milliseconds a statement waits for a lock, in whole seconds from 1; then its transaction is repeated or rolled back. Default 50,000. */
  readonly lockTimeout?: number
  /** Most connections at a time. Default 10. */
  readonly limit?: number
  /** Prepared statements each connection keeps. Default 256. */
  readonly maxPreparedStatements?: number
}

const DEFAULT_PORT = 3306

/** @throws Error for a URL that is not one of MySQL, and RangeError for numbers that make no sense. */
export function mysqlOptions(given: string | MysqlOptions): MysqlOptions {
  const { url, ...options } = typeof given === 'string' ? { url: given } : given
  const all: MysqlOptions = url === undefined ? options : { ...optionsOfUrl(url), ...options }
  for (const [name, value] of Object.entries(all))
    if (typeof value === 'number' && !(value >= 0)) throw new RangeError(`"${name}" must be 0 or more, not ${value}.`)
  if (all.limit !== undefined && !(Number.isInteger(all.limit) && all.limit >= 1))
    throw new RangeError(`"limit" must be a whole number from 1, not ${all.limit}.`)
  return all
}

/**
 * Options from `mysql://user:password@host:port/database`, where `mariadb:` does as well. Known parameters: `ssl=true`,
 * `socketPath`, and the numbers `limit`, `acquireTimeout`, `statementTimeout`, `lockTimeout`, `connectTimeout`.
 * @throws Error for another scheme or an unknown parameter.
 */
function optionsOfUrl(url: string): MysqlOptions {
  const { protocol, hostname, port, username, password, pathname, searchParams } = new URL(checkedUrl(url))
  if (protocol !== 'mysql:' && protocol !== 'mariadb:')
    throw new Error(`A datasource for MySQL begins with "mysql://" or "mariadb://", not with "${protocol}".`)
  const options: { -readonly [Key in keyof MysqlOptions]: MysqlOptions[Key] } = {
    host: hostname === '' ? '127.0.0.1' : hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? DEFAULT_PORT : Number(port),
  }
  if (username !== '') options.user = decodeURIComponent(username)
  if (password !== '') options.password = decodeURIComponent(password)
  if (pathname.length > 1) options.database = decodeURIComponent(pathname.slice(1))
  for (const [name, value] of searchParams) {
    if (name === 'ssl' && /^(?:true|false)$/.test(value)) options.ssl = value === 'true'
    else if (name === 'socketPath') options.socketPath = value
    else if (isNumberParameter(name) && /^\d{1,9}$/.test(value)) options[name] = Number(value)
    else throw new Error(`The datasource has the parameter "${name}" with a value that is not known for MySQL.`)
  }
  return options
}

const NUMBERS = ['limit', 'acquireTimeout', 'statementTimeout', 'lockTimeout', 'connectTimeout'] as const

const isNumberParameter = (name: string): name is (typeof NUMBERS)[number] => (NUMBERS as readonly string[]).includes(name)
