import { existsSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { RemoteSchema } from '../../runtime-lite/database/remote-schema.ts'
import { type MigrationReport, migrate, planMigration, type Refusal, type SqliteSchema } from '../../runtime-lite/sqlite/migrate.ts'
import { openSqlite } from '../../runtime-lite/sqlite/open.ts'
import { isRemote } from './datasource.ts'

export interface MigrationRequest {
  /** Absolute path of the generated `index` module; its neighbour `schema` says which tables are needed. */
  readonly entry: string
  /** Database URL with an absolute path. */
  readonly datasource: string
  /** `<table>` or `<table>.<column>`: what may be dropped although values are lost. */
  readonly allowDrop?: readonly string[]
  /** Only say what would be done. */
  readonly isDryRun?: boolean
}

/** Brings a database to what the compiled application needs. @throws MigrationError when the application could not work with what stays. */
export async function migrateDatabase({ entry, datasource, allowDrop = [], isDryRun = false }: MigrationRequest): Promise<MigrationReport> {
  if (isRemote(datasource)) return migrateRemoteDatabase({ entry, datasource, allowDrop, isDryRun })
  const module = pathToFileURL(join(dirname(entry), `schema${extname(entry)}`)).href
  const { schema } = (await import(module)) as { readonly schema: SqliteSchema }
  const db = openSqlite(datasource)
  try {
    if (!isDryRun) return migrate(db, schema, { allowDrop })
    const { statements, refused } = planMigration(db, schema, { allowDrop })
    return { applied: statements, refused }
  } finally {
    db.close()
  }
}

async function migrateRemoteDatabase({ entry, datasource, allowDrop = [], isDryRun }: MigrationRequest): Promise<MigrationReport> {
  if (allowDrop.length > 0) throw new Error('--allow-drop works on SQLite only. Drop it by hand')
  const dialect = /^p/i.test(datasource) ? 'postgres' : 'mysql'
  const path = join(dirname(entry), `schema.${dialect}${extname(entry)}`)
  if (!existsSync(path))
    throw new Error(`it needs tables that were not compiled. Add "${dialect}" to "dialects" in the configuration and compile again`)
  const [{ schema }, { openDriver }, { migrateRemote, planRemoteMigration }] = await Promise.all([
    import(pathToFileURL(path).href) as Promise<{ readonly schema: RemoteSchema }>,
    import('../../runtime-lite/app/open-driver.ts'),
    import('../../runtime-lite/database/migrate-remote.ts'),
  ])
  const driver = await openDriver(datasource)
  try {
    return await (isDryRun ? planRemoteMigration(driver, schema) : migrateRemote(driver, schema))
  } finally {
    await driver.close()
  }
}

/** The refusals that an error thrown by a migration carries, or undefined for any other error. */
export function refusalsOf(error: unknown): readonly Refusal[] | undefined {
  const refused = (error as { readonly refused?: unknown } | null)?.refused
  return Array.isArray(refused) ? (refused as readonly Refusal[]) : undefined
}

export type { Refusal }
