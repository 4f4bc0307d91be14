import { parseDatasource } from '../dev/datasource.ts'
import { fileSource, mysqlSource, type PlanSource, postgresSource } from './plan-source.ts'

/**
 * The database behind `--datasource`: `postgres://…`, `mysql://…`, `mariadb://…` or `sqlite:file`. Undefined for anything else.
 * @throws when it cannot be reached or opened.
 */
export async function openPlanSource(url: string, cwd: string): Promise<PlanSource | undefined> {
  // Who asks need not see the password again.
  const name = url.replace(/:[^:@/]*@/, ':…@')
  if (/^postgres(ql)?:\/\//i.test(url)) return postgresSource(url, name)
  if (/^(mysql|mariadb):\/\//i.test(url)) return mysqlSource(url, name)
  const file = parseDatasource(url, cwd)
  return file?.kind === 'file' ? fileSource(file.path, name) : undefined
}
