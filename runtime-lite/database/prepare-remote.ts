import { readBookkeeping } from './remote-bookkeeping.ts'
import type { RemoteSchema } from './remote-schema.ts'
import type { SqlDriver } from './session.ts'

/**
 * Brings the tables of a remote database to what the application needs. A database that was brought to the same schema is recognised
 * by its digest: that is one short query and loads no migration code. `warn` is told about differences that stay and do no harm.
 * @throws Error naming every difference the application cannot work with; ObjectQLError 503 when the database does not answer.
 */
export async function prepareRemote(driver: SqlDriver, schema: RemoteSchema, warn: (message: string) => void): Promise<void> {
  const kept = await readBookkeeping(driver.session, ['digest'])
  if (kept?.get('digest') === schema.digest) return
  const { migrateRemote } = await import('./migrate-remote.ts')
  for (const { message } of (await migrateRemote(driver, schema)).refused) warn(message)
}
