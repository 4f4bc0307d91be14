import type { Connection, ResultSetHeader } from 'mysql2'
import type { ResultRow, RunResult, Statement } from '../database/session.ts'
import type { SqlValue } from '../object/object-plan.ts'
import { bindValues } from './bind-values.ts'
import type { Mysql2 } from './load-mysql2.ts'
import type { MysqlOptions } from './mysql-options.ts'

export type Flavor = 'mysql' | 'mariadb'

/** One connection to the server. Commands run one after the other, in the order they were given. */
export interface MysqlConnection {
  readonly isOpen: boolean
  /** Called once it is gone; `isExpected`: because we closed it. */
  onEnd: (isExpected: boolean) => void
  /** The server's name for it, for KILL. */
  readonly id: number
  /** Runs a prepared statement. Rejects with what the driver or the database said. */
  run(statement: Statement, values: readonly SqlValue[]): Promise<RunResult>
  /** Runs constant text without parameters; with several statements where the connection allows them. */
  command(sql: string): Promise<readonly ResultRow[]>
  /** Says goodbye to the server. Never rejects. */
  end(): Promise<void>
  /** Drops the connection: pending commands reject. */
  destroy(): void
}

const GOODBYE = 1000

/** Opens a connection. Nothing of the session is set yet. */
export async function openConnection(mysql2: Mysql2, options: MysqlOptions, isScript = false): Promise<MysqlConnection> {
  const raw = mysql2.createConnection({
    host: options.host ?? '127.0.0.1',
    port: options.port ?? 3306,
    ...(options.socketPath === undefined ? {} : { socketPath: options.socketPath }),
    ...(options.user === undefined ? {} : { user: options.user }),
    ...(options.password === undefined ? {} : { password: options.password }),
    ...(options.database === undefined ? {} : { database: options.database }),
    ...(options.ssl === undefined || options.ssl === false ? {} : { ssl: sslOptions(options.ssl) }),
    connectTimeout: options.connectTimeout ?? 5000,
    maxPreparedStatements: options.maxPreparedStatements ?? 256,
    charset: 'UTF8MB4_BIN',
    timezone: 'Z',
    // Nothing becomes a Date, a rounded number or a parsed tree.
    dateStrings: true,
    supportBigNumbers: true,
    jsonStrings: true,
    rowsAsArray: true,
    enableKeepAlive: true,
    // An update that changes nothing still found its row.
    flags: ['FOUND_ROWS'],
    multipleStatements: isScript,
  })
  const connection = new Link(mysql2, raw)
  await new Promise<void>((resolve, reject) => {
    raw.connect((error) => (error ? reject(error) : resolve()))
  })
  return connection
}

const sslOptions = (ssl: true | object): object => (ssl === true ? { rejectUnauthorized: true } : { rejectUnauthorized: true, ...ssl })

class Link implements MysqlConnection {
  isOpen = true
  /** Called once it is gone. */
  onEnd: (isExpected: boolean) => void = () => undefined
  #hasEnded = false
  readonly #mysql2: Mysql2
  readonly #raw: Connection
  /** How commands that wait for an answer hear that there will be none. */
  readonly #pending = new Set<(error: Error) => void>()

  constructor(mysql2: Mysql2, raw: Connection) {
    this.#mysql2 = mysql2
    this.#raw = raw
    const onLost = (error?: Error): void => {
      this.#ended(!this.isOpen)
      this.#close(error ?? new Error('The server closed the connection.'))
    }
    raw.on('error', onLost)
    raw.on('end', () => onLost())
  }

  get id(): number {
    return this.#raw.threadId
  }

  run({ sql, kinds, describes }: Statement, values: readonly SqlValue[]): Promise<RunResult> {
    return this.#ask((done) => {
      this.#raw.execute<never>({ sql, rowsAsArray: true, values: bindValues(this.#mysql2, kinds, values) }, (error, result, fields) =>
        done(error, () => (describes ? { ...resultOf(result), columns: (fields ?? []).map(({ name }) => name) } : resultOf(result))),
      )
    })
  }

  command(sql: string): Promise<readonly ResultRow[]> {
    return this.#ask((done) => {
      this.#raw.query<never>({ sql, rowsAsArray: true }, (error, result) => done(error, () => resultOf(result).rows))
    })
  }

  async end(): Promise<void> {
    if (!this.isOpen) return this.#raw.destroy()
    this.isOpen = false
    this.#ended(true)
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, GOODBYE)
      this.#raw.end(() => {
        clearTimeout(timer)
        resolve()
      })
    })
    this.#raw.destroy()
  }

  destroy(): void {
    this.#ended(true)
    this.#raw.destroy()
    this.#close(new Error('The connection was dropped.'))
  }

  #ask<Result>(send: (done: (error: Error | null, result: () => Result) => void) => void): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (!this.isOpen) {
        reject(Object.assign(new Error("Can't write to a closed connection."), { fatal: true }))
        return
      }
      this.#pending.add(reject)
      send((error, result) => {
        this.#pending.delete(reject)
        // The command hears it before the connection does.
        if (error && Reflect.get(error, 'fatal') === true) this.#ended(!this.isOpen)
        if (error) reject(error)
        else resolve(result())
      })
    })
  }

  #ended(isExpected: boolean): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.onEnd(isExpected)
  }

  #close(reason: Error): void {
    this.isOpen = false
    const error = Object.assign(reason, { fatal: true })
    for (const reject of this.#pending) reject(error)
    this.#pending.clear()
  }
}

function resultOf(result: unknown): RunResult {
  if (!Array.isArray(result)) return { rows: [], changes: (result as ResultSetHeader).affectedRows }
  return { rows: result, changes: result.length }
}

/** Which of the two servers answers, from `version()`. */
export async function flavorOf(connection: MysqlConnection): Promise<Flavor> {
  const [row] = await connection.command('select version()')
  return /mariadb/i.test(String(row?.[0])) ? 'mariadb' : 'mysql'
}

/** Milliseconds. */
export const STATEMENT_TIMEOUT = 30_000

/** What a session needs so that the same statement means the same everywhere. */
export function setupOf(flavor: Flavor, { statementTimeout = STATEMENT_TIMEOUT, lockTimeout }: MysqlOptions): string {
  const collation = flavor === 'mariadb' ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin'
  const limit =
    flavor === 'mariadb' ? `max_statement_time = ${statementTimeout / 1000}` : `max_execution_time = ${Math.round(statementTimeout)}`
  const lock = lockTimeout === undefined ? '' : `, innodb_lock_wait_timeout = ${Math.max(1, Math.round(lockTimeout / 1000))}`
  return `set names utf8mb4 collate ${collation}, time_zone = '+00:00', sql_mode = '${SQL_MODE}', group_concat_max_len = ${MAX_GROUP}, ${limit}${lock}`
}

const SQL_MODE = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'

/** Bytes. JSON of expands is aggregated under this limit, too, and would be cut short without an error. */
const MAX_GROUP = 1_073_741_824
