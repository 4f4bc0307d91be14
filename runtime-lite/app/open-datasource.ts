import type { SqlDriver } from '../database/session.ts'
import type { AppManifest } from './app-manifest.ts'
import type { AppOptions } from './start-app.ts'

/**
 * The pool of connections for a datasource that is no embedded database: a URL (`postgres://…`, `mysql://…`, `mariadb://…`) or a driver that is
 * open already. Loads the driver that is asked for and nothing else.
 * @throws Error when its package is missing or the database does not answer.
 */
export async function openDatasource(datasource: string | SqlDriver, _manifest: AppManifest, _options: AppOptions): Promise<SqlDriver> {
  if (typeof datasource !== 'string') return datasource
  if (/^postgres/i.test(datasource)) return (await import('../postgres/index.ts')).postgres(datasource)
  return (await import('../mysql/index.ts')).mysql(datasource)
}
