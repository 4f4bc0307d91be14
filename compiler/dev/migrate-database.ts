import { dirname, extname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type MigrationReport, migrate, planMigration, type Refusal, type SqliteSchema } from '../../runtime-lite/sqlite/migrate.ts'
import { openSqlite } from '../../runtime-lite/sqlite/open.ts'

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

/** The refusals that an error thrown by a migration carries, or undefined for any other error. */
export function refusalsOf(error: unknown): readonly Refusal[] | undefined {
  const refused = (error as { readonly refused?: unknown } | null)?.refused
  return Array.isArray(refused) ? (refused as readonly Refusal[]) : undefined
}

export type { Refusal }
