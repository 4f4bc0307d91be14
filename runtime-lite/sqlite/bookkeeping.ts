import type { DatabaseSync } from 'node:sqlite'
import { foldName } from './database-shape.ts'

/** What earlier migrations left behind: which schema the database was brought to, and which parts of it are ours. */
export interface Bookkeeping {
  readonly digest: string
  /** SQLite's own counter of schema changes: another value means that somebody else changed the tables since. */
  readonly schemaVersion: number
  /** Tables that a schema of ours described, with their columns and indexes, by folded name. */
  readonly owned: ReadonlyMap<string, OwnedTable>
}

export interface OwnedTable {
  /** Nothing in it comes from another tool, so it may go when the schema drops it. */
  readonly isWhole: boolean
  readonly columns: ReadonlySet<string>
  readonly indexes: ReadonlySet<string>
}

export const BOOKKEEPING_TABLE = '_objectql'

const CREATE = `create table if not exists "${BOOKKEEPING_TABLE}" ("key" text primary key not null, "value" text not null) without rowid`

export function readBookkeeping(db: DatabaseSync): Bookkeeping | undefined {
  if (!db.prepare(`select 1 from sqlite_schema where type = 'table' and name = ?`).get(BOOKKEEPING_TABLE)) return undefined
  const rows = db.prepare(`select "key", "value" from "${BOOKKEEPING_TABLE}" where "key" in ('digest', 'schema_version', 'owned')`).all()
  const values = new Map(rows.map((row) => [row['key'], String(row['value'])]))
  const owned = JSON.parse(values.get('owned') ?? '{}') as Record<string, { isWhole: boolean; columns: string[]; indexes: string[] }>
  return {
    digest: values.get('digest') ?? '',
    schemaVersion: Number(values.get('schema_version') ?? -1),
    owned: new Map(
      Object.entries(owned).map(([table, { isWhole, columns, indexes }]) => [
        table,
        { isWhole, columns: new Set(columns), indexes: new Set(indexes) },
      ]),
    ),
  }
}

/** True when the database was brought to this schema and nobody has changed a table since. Two short queries. */
export function isCurrent(db: DatabaseSync, digest: string): boolean {
  if (!db.prepare(`select 1 from sqlite_schema where type = 'table' and name = ?`).get(BOOKKEEPING_TABLE)) return false
  const row = db
    .prepare(
      `select (select "value" from "${BOOKKEEPING_TABLE}" where "key" = 'digest') as digest, (select "value" from "${BOOKKEEPING_TABLE}" where "key" = 'schema_version') as version`,
    )
    .get()
  return row?.['digest'] === digest && Number(row['version']) === schemaVersion(db)
}

export function writeBookkeeping(db: DatabaseSync, digest: string, owned: ReadonlyMap<string, OwnedTable>): void {
  db.exec(CREATE)
  const save = db.prepare(
    `insert into "${BOOKKEEPING_TABLE}" ("key", "value") values (?, ?) on conflict ("key") do update set "value" = excluded."value"`,
  )
  const tables = Object.fromEntries(
    [...owned].map(([table, { isWhole, columns, indexes }]) => [
      table,
      { isWhole, columns: [...columns].sort(), indexes: [...indexes].sort() },
    ]),
  )
  save.run('owned', JSON.stringify(tables))
  save.run('digest', digest)
  // Signs cursors: made once.
  db.exec(`insert or ignore into "${BOOKKEEPING_TABLE}" ("key", "value") values ('cursor_secret', lower(hex(randomblob(32))))`)
  // Read last: creating the table above counted too.
  save.run('schema_version', String(schemaVersion(db)))
}

export const schemaVersion = (db: DatabaseSync): number => Number(db.prepare('pragma schema_version').get()?.['schema_version'])

export const isBookkeeping = (table: string): boolean => foldName(table) === BOOKKEEPING_TABLE
