import type { DatabaseSync } from 'node:sqlite'
import { type BetterSqlite3Database, fromBetterSqlite3 } from './better-sqlite3.ts'
import { configureSqlite, type SqliteOptions } from './open.ts'

// The package brings no types, and is there only where somebody chose it.
const PACKAGE: string = 'better-sqlite3'

type Constructor = new (path: string, options: { readonly timeout: number }) => BetterSqlite3Database

/**
 * Opens an embedded database through the package better-sqlite3. `url` is `better-sqlite3:path`, `better-sqlite3::memory:` or
 * `better-sqlite3:`. @throws Error when the package is missing or the file cannot be opened.
 */
export async function openBetterSqlite3(url: string, options: SqliteOptions = {}): Promise<DatabaseSync> {
  const open = await betterSqlite3Opener()
  return open(url, options)
}

/** The same without waiting, once the package is loaded: for further connections to the same file. */
export async function betterSqlite3Opener(
  load: () => Promise<unknown> = () => import(PACKAGE),
): Promise<(url: string, options?: SqliteOptions) => DatabaseSync> {
  const Database = await loadConstructor(load)
  return (url, options = {}) => {
    const path = url.replace(/^better-sqlite3:(\/\/)?/, '')
    const db = fromBetterSqlite3(new Database(path === '' ? ':memory:' : path, { timeout: options.busyTimeoutMs ?? 5000 }))
    db.exec('pragma foreign_keys = on')
    return configureSqlite(db, options)
  }
}

async function loadConstructor(load: () => Promise<unknown>): Promise<Constructor> {
  try {
    return ((await load()) as { readonly default: Constructor }).default
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND' && error.message.includes(PACKAGE)
    if (!isMissing) throw error
    throw new Error('The datasource needs the package "better-sqlite3", which is not installed. Run: npm install better-sqlite3', {
      cause: error,
    })
  }
}
