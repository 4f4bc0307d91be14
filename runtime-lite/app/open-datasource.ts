import type { SqlDriver } from '../database/session.ts'
import type { AppManifest } from './app-manifest.ts'
import type { AppOptions } from './app-options.ts'
import { openDriver } from './open-driver.ts'

export interface OpenedDatabase {
  readonly driver: SqlDriver
  /** A table got a column that its records know nothing of yet. */
  readonly hasNewColumns: boolean
}

/**
 * A remote database with the tables of the application: `postgres://…` and `mysql://…` through their drivers, which are loaded only then, or
 * a driver that is open already. A database that the application opened is closed again when it cannot be used.
 * @throws Error when the database cannot be reached or its tables differ in a way that would lose data.
 */
export async function openDatasource(
  datasource: string | SqlDriver,
  manifest: AppManifest,
  options: AppOptions = {},
): Promise<OpenedDatabase> {
  if (typeof datasource !== 'string') {
    return { driver: datasource, hasNewColumns: await prepare(datasource, manifest, options) }
  }
  const driver = await openDriver(datasource)
  try {
    return { driver, hasNewColumns: await prepare(driver, manifest, options) }
  } catch (error) {
    await driver.close()
    throw error
  }
}

async function prepare(
  driver: SqlDriver,
  { remoteSchemas }: AppManifest,
  { migrate = true, onWarning = console.warn }: AppOptions,
): Promise<boolean> {
  if (!migrate) return false
  const { name } = driver.dialect
  const load = name === 'sqlite' ? undefined : remoteSchemas?.[name]
  if (!load)
    throw new Error(
      name === 'sqlite'
        ? 'Tables of a remote SQLite database are not made at start: run schema.sqlite.sql yourself and start with "migrate: false".'
        : `The application was compiled without tables for this database. Add "${name}" to "dialects" in objectql.config.ts and compile again, or start with "migrate: false".`,
    )
  const [{ schema }, { prepareRemote }] = await Promise.all([load(), import('../database/prepare-remote.ts')])
  return prepareRemote(driver, schema, onWarning)
}
