import type { DatabaseSync } from 'node:sqlite'
import { isCurrent } from '../sqlite/bookkeeping.ts'
import type { AppManifest } from './app-manifest.ts'

/**
 * Brings the tables to what the application needs, additively. A database that was prepared for the same schema is
 * recognised by its digest: starting costs two queries and loads no migration code, whatever the number of objects.
 * Differences that stay because removing them would lose data, and that do no harm, are told to `warn`.
 * True when a table got a column that its records know nothing of yet.
 * @throws Error naming every difference the application cannot work with.
 */
export async function prepareDatabase(db: DatabaseSync, { schema }: AppManifest, warn: (message: string) => void): Promise<boolean> {
  if (isCurrent(db, schema.digest)) return false
  const [{ migrate }, { isNewColumn }] = await Promise.all([import('../sqlite/migrate.ts'), import('../database/new-column.ts')])
  const { applied, refused } = migrate(db, schema)
  for (const { message } of refused) warn(message)
  return applied.some(isNewColumn)
}
