import type { DatabaseSync } from 'node:sqlite'
import type { SqlDriver } from '../database/session.ts'
import type { BetterSqlite3Database } from '../sqlite/better-sqlite3.ts'
import type { AppCore } from './app-core.ts'
import { type AppManifest, CONTRACT } from './app-manifest.ts'
import type { AppOptions } from './app-options.ts'
import { createCore } from './create-core.ts'
import { embeddedOf, openEmbedded } from './open-embedded.ts'
import { prepareDatabase } from './prepare-database.ts'

export interface StartedCore {
  readonly core: AppCore
  /** A table got a column at this start that its records know nothing of yet. */
  readonly hasNewColumns: boolean
}

/**
 * Starts an application on its database.
 * @throws Error when the database cannot be opened or its tables differ in a way that would lose data.
 */
export async function startApp(manifest: AppManifest, options: AppOptions = {}): Promise<StartedCore> {
  if (manifest.contract !== CONTRACT)
    throw new Error(`The generated code speaks contract ${manifest.contract}, this runtime ${CONTRACT}. Run "objectql compile" again.`)
  const { datasource = ':memory:', migrate = true } = options
  const isOwned = typeof datasource === 'string'
  if (typeof datasource === 'string' ? /^(?:postgres|postgresql|mysql|mariadb):/i.test(datasource) : 'session' in datasource) {
    const { openDatasource } = await import('./open-datasource.ts')
    const { driver, hasNewColumns } = await openDatasource(datasource as string | SqlDriver, manifest, options)
    return { core: createCore(manifest, driver, isOwned, options), hasNewColumns }
  }
  const db = isOwned ? await openEmbedded(datasource, options) : await embeddedOf(datasource as DatabaseSync | BetterSqlite3Database)
  let hasNewColumns = false
  try {
    if (migrate) hasNewColumns = await prepareDatabase(db, manifest, options.onWarning ?? console.warn)
  } catch (error) {
    if (isOwned) db.close()
    throw error
  }
  return { core: createCore(manifest, db, isOwned, options), hasNewColumns }
}
