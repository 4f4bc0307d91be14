import type { DatabaseSync } from 'node:sqlite'
import { isCurrent } from '../sqlite/bookkeeping.ts'
import type { AppManifest } from './app-manifest.ts'

/**
 * Brings the tables to what the application needs, additively. A database that was prepared for the same schema is
 * recognised by its digest: starting costs two queries and loads no migration code, whatever the number of objects.
 * Differences that stay because removing them would lose data, and that do no harm, are told to `warn`.
 * @throws Error naming every difference the application cannot work with.
 */
export async function prepareDatabase(db: DatabaseSync, { schema }: AppManifest, warn: (message: string) => void): Promise<void> {
  if (isCurrent(db, schema.digest)) return
  const { migrate } = await import('../sqlite/migrate.ts')
  for (const { message } of migrate(db, schema).refused) warn(message)
}
