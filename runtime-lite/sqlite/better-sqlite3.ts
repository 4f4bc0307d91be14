import { DatabaseSync, type SQLInputValue } from 'node:sqlite'

/** What is used of a `Database` of the package better-sqlite3. */
export interface BetterSqlite3Database {
  readonly open: boolean
  readonly inTransaction: boolean
  readonly memory: boolean
  readonly name: string
  prepare(sql: string): BetterSqlite3Statement
  exec(sql: string): unknown
  close(): unknown
  function(name: string, options: { readonly deterministic?: boolean }, call: (...values: unknown[]) => unknown): unknown
}

interface BetterSqlite3Statement {
  /** The statement returns rows. */
  readonly reader: boolean
  columns(): readonly unknown[]
  raw(isRaw: boolean): unknown
  safeIntegers(isSafe: boolean): unknown
  get(...values: readonly unknown[]): unknown
  all(...values: readonly unknown[]): unknown[]
  run(...values: readonly unknown[]): { readonly changes: number; readonly lastInsertRowid: number | bigint }
}

type Constructor = new (path: string, options: { readonly timeout: number }) => BetterSqlite3Database

const openAgain = new WeakMap<DatabaseSync, () => DatabaseSync>()

/**
 * Another connection to the file of a database, made by the same package: two copies of SQLite in one process would drop each other's
 * locks. It never waits for a lock. Undefined in memory, where there is only one.
 */
export function connectAgain(main: DatabaseSync): DatabaseSync | undefined {
  const path = main.location()
  if (path === null) return undefined
  const db = openAgain.get(main)?.() ?? new DatabaseSync(path, { timeout: 0 })
  for (const name of ['foreign_keys', 'synchronous', 'wal_autocheckpoint'])
    db.exec(`pragma ${name} = ${Number(main.prepare(`pragma ${name}`).get()?.[name])}`)
  db.exec('pragma temp_store = memory')
  return db
}

export const isBetterSqlite3 = (value: object): value is BetterSqlite3Database =>
  'inTransaction' in value && 'prepare' in value && 'open' in value && typeof value.open === 'boolean'

/**
 * A database of better-sqlite3 with the part of node:sqlite's interface that applications use, so that the same code runs on both.
 * Errors get SQLite's number as `errcode`, as those of node:sqlite have it.
 */
export function fromBetterSqlite3(db: BetterSqlite3Database): DatabaseSync {
  const wrapped = {
    get isOpen(): boolean {
      return db.open
    },
    get isTransaction(): boolean {
      return db.inTransaction
    },
    exec: (sql: string): void => translated(() => void db.exec(sql)),
    close: (): void => translated(() => void db.close()),
    location: (): string | null => (db.memory ? null : db.name),
    function: (name: string, options: object, call: (...values: unknown[]) => unknown): void => void db.function(name, options, call),
    prepare: (sql: string): object => statementOf(translated(() => db.prepare(sql))),
  }
  // The rest of the interface (sessions, backups, aggregates …) is used nowhere.
  const database = wrapped as unknown as DatabaseSync
  openAgain.set(database, () => fromBetterSqlite3(new (db.constructor as Constructor)(db.name, { timeout: 0 })))
  return database
}

function statementOf(statement: BetterSqlite3Statement): object {
  const { reader } = statement
  return {
    // node:sqlite answers statements without rows, too.
    get: (...values: readonly SQLInputValue[]): unknown =>
      translated(() => (reader ? statement.get(...values) : void statement.run(...values))),
    all: (...values: readonly SQLInputValue[]): unknown[] =>
      translated(() => {
        if (reader) return statement.all(...values)
        statement.run(...values)
        return []
      }),
    run: (...values: readonly SQLInputValue[]): unknown => translated(() => statement.run(...values)),
    columns: (): readonly unknown[] => (reader ? statement.columns() : []),
    setReturnArrays(isEnabled: boolean): void {
      if (reader) statement.raw(isEnabled)
    },
    setReadBigInts(isEnabled: boolean): void {
      if (reader) statement.safeIntegers(isEnabled)
    },
  }
}

function translated<Result>(work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    throw withNumber(error)
  }
}

function withNumber(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (/connection is not open/.test(error.message)) return Object.assign(error, { code: 'ERR_INVALID_STATE' })
  const number = NUMBER_BY_CODE[code] ?? NUMBER_BY_CODE[/^SQLITE_[A-Z]+/.exec(code)?.[0] ?? '']
  return number === undefined ? error : Object.assign(error, { errcode: number })
}

/** https://sqlite.org/rescode.html: all primary codes, and the extended ones that callers tell apart. */
const NUMBER_BY_CODE: Readonly<Record<string, number>> = {
  SQLITE_ERROR: 1,
  SQLITE_INTERNAL: 2,
  SQLITE_PERM: 3,
  SQLITE_ABORT: 4,
  SQLITE_BUSY: 5,
  SQLITE_LOCKED: 6,
  SQLITE_NOMEM: 7,
  SQLITE_READONLY: 8,
  SQLITE_INTERRUPT: 9,
  SQLITE_IOERR: 10,
  SQLITE_CORRUPT: 11,
  SQLITE_NOTFOUND: 12,
  SQLITE_FULL: 13,
  SQLITE_CANTOPEN: 14,
  SQLITE_PROTOCOL: 15,
  SQLITE_SCHEMA: 17,
  SQLITE_TOOBIG: 18,
  SQLITE_CONSTRAINT: 19,
  SQLITE_MISMATCH: 20,
  SQLITE_MISUSE: 21,
  SQLITE_NOLFS: 22,
  SQLITE_AUTH: 23,
  SQLITE_RANGE: 25,
  SQLITE_NOTADB: 26,
  SQLITE_CONSTRAINT_CHECK: 275,
  SQLITE_CONSTRAINT_FOREIGNKEY: 787,
  SQLITE_CONSTRAINT_NOTNULL: 1299,
  SQLITE_CONSTRAINT_PRIMARYKEY: 1555,
  SQLITE_CONSTRAINT_TRIGGER: 1811,
  SQLITE_CONSTRAINT_UNIQUE: 2067,
  SQLITE_CONSTRAINT_ROWID: 2579,
  SQLITE_CONSTRAINT_DATATYPE: 3091,
}
