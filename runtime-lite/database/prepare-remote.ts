import { readBookkeeping } from './remote-bookkeeping.ts'
import type { RemoteSchema } from './remote-schema.ts'
import type { SqlDriver } from './session.ts'

/**
 * Brings the tables of a remote database to what the application needs. A database that was brought to the same schema is recognised
 * by its digest: that is one short query and loads no migration code. `warn` is told about differences that stay and do no harm.
 * True when a table got a column that its records know nothing of yet.
 * @throws Error naming every difference the application cannot work with; ObjectQLError 503 when the database does not answer.
 */
export async function prepareRemote(driver: SqlDriver, schema: RemoteSchema, warn: (message: string) => void): Promise<boolean> {
  const kept = await readBookkeeping(driver.session, ['digest'])
  if (kept?.get('digest') === schema.digest) return false
  const [{ migrateRemote }, { isNewColumn }] = await Promise.all([import('./migrate-remote.ts'), import('./new-column.ts')])
  const { applied, refused } = await migrateRemote(driver, schema)
  for (const { message } of refused) warn(message)
  return applied.some(isNewColumn)
}
