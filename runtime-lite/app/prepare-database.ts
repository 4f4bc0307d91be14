import type { DatabaseSync } from 'node:sqlite'
import type { AppManifest } from './app-manifest.ts'

/**
 * Brings the tables to what the application needs, additively. A database that was prepared for the same schema is
 * recognised by its digest: starting costs one query, whatever the number of objects.
 * @throws Error naming every difference that would lose data.
 */
export async function prepareDatabase(db: DatabaseSync, { schema }: AppManifest): Promise<void> {
  const { migrate } = await import('../sqlite/migrate.ts')
  migrate(db, schema)
}
