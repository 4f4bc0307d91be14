import type { DatabaseSync } from 'node:sqlite'
import type { AppManifest } from './app-manifest.ts'

/**
 * Brings the tables to what the application needs, additively. A database that was prepared for the same schema is
 * recognised by its hash: starting costs one query, whatever the number of objects.
 */
export async function prepareDatabase(db: DatabaseSync, manifest: AppManifest): Promise<void> {
  if (storedHash(db) === manifest.schemaHash) return
  const [{ schema }, { migrate }] = await Promise.all([manifest.schema(), import('../sqlite/migrate.ts')])
  migrate(db, schema)
  db.exec('create table if not exists "_objectql" ("key" text primary key not null, "value" text not null) without rowid')
  db.prepare('insert into "_objectql" ("key", "value") values (?, ?) on conflict ("key") do update set "value" = excluded."value"').run(
    'schema',
    manifest.schemaHash,
  )
}

function storedHash(db: DatabaseSync): unknown {
  const hasTable = db.prepare(`select 1 from sqlite_master where type = 'table' and name = '_objectql'`).get()
  return hasTable ? db.prepare('select "value" from "_objectql" where "key" = ?').get('schema')?.['value'] : undefined
}
