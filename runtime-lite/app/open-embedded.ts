import type { DatabaseSync } from 'node:sqlite'
import type { Embedded } from '../object/database.ts'
import type { BetterSqlite3Database } from '../sqlite/better-sqlite3.ts'
import { createGate } from '../sqlite/gate.ts'
import { openSqlite, type SqliteOptions } from '../sqlite/open.ts'
import { createTurn } from '../sqlite/turn.ts'

/** Opens a database in this process. */
export async function openEmbedded(url: string, options: SqliteOptions): Promise<DatabaseSync> {
  if (!url.startsWith('better-sqlite3:')) return openSqlite(url, options)
  const { openBetterSqlite3 } = await import('../sqlite/open-better-sqlite3.ts')
  return openBetterSqlite3(url, options)
}

/** A database that is open already. */
export async function embeddedOf(database: DatabaseSync | BetterSqlite3Database): Promise<DatabaseSync> {
  if (!('inTransaction' in database)) return database
  const { fromBetterSqlite3 } = await import('../sqlite/better-sqlite3.ts')
  return fromBetterSqlite3(database)
}

/** What stores share of an open database. */
export function embed(db: DatabaseSync): Embedded {
  const gate = createGate()
  return { db, gate, turn: createTurn(db, gate) }
}
