import { readBookkeeping } from './remote-bookkeeping.ts'
import type { RemoteSchema } from './remote-schema.ts'
import type { SqlDriver } from './session.ts'

export interface RemoteOptions {
  /** Create what is missing. False: the database is taken as it is. */
  readonly migrate: boolean
  /** Told about differences that stay and do no harm. */
  readonly warn: (message: string) => void
}

export interface PreparedRemote {
  /** Signs cursors, the same in all processes on this database. Undefined where nothing was ever migrated. */
  readonly secret: string | undefined
}

/**
 * Brings the tables of a remote database to what the application needs. A database that was brought to the same schema is recognised
 * by its digest: that is one short query and loads no migration code.
 * @throws Error naming every difference the application cannot work with; ObjectQLError 503 when the database does not answer.
 */
export async function prepareRemote(driver: SqlDriver, schema: RemoteSchema, { migrate, warn }: RemoteOptions): Promise<PreparedRemote> {
  const before = await readBookkeeping(driver.session, ['digest', 'secret'])
  if (!migrate || (before?.get('digest') === schema.digest && before.has('secret'))) return { secret: before?.get('secret') }
  const { migrateRemote } = await import('./migrate-remote.ts')
  for (const { message } of (await migrateRemote(driver, schema)).refused) warn(message)
  const after = await readBookkeeping(driver.session, ['secret'])
  return { secret: after?.get('secret') }
}
