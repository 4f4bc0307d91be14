import { mysqlDialect } from '../../runtime-lite/query/print/mysql.ts'
import { postgresDialect } from '../../runtime-lite/query/print/postgres.ts'
import { sqliteDialect } from '../../runtime-lite/query/print/sqlite.ts'
import type { ResolvedConfig } from '../config/config.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { AppIr, ObjectIr } from '../ir/object.ts'
import { objectPlans } from './object-plans.ts'
import { type PlanningScope, planQuery } from './plan-query.ts'

/** The statement of every named query for every database of the configuration, and what is wrong with them. */
export function planQueries(app: AppIr, config: ResolvedConfig): { readonly app: AppIr; readonly diagnostics: readonly Diagnostic[] } {
  const scope = planningScope(app, config)
  const diagnostics: Diagnostic[] = []
  const report = (diagnostic: Diagnostic): void => {
    diagnostics.push(diagnostic)
  }
  const planObject = (object: ObjectIr): ObjectIr => {
    if (object.queries.length === 0) return object
    const queries = object.queries.map((query) => {
      const plan = planQuery(query, object.name, scope, report)
      return plan === undefined ? query : Object.freeze({ ...query, plan })
    })
    return Object.freeze({ ...object, queries: Object.freeze(queries) })
  }
  return { app: Object.freeze({ ...app, objects: Object.freeze(app.objects.map(planObject)) }), diagnostics }
}

export function planningScope(app: AppIr, { databases, api }: ResolvedConfig): PlanningScope {
  const dialects = databases.flatMap((database) => DIALECTS[database])
  return { loadedPlan: objectPlans(app), limits: api, dialects }
}

/** MySQL and MariaDB differ in what they answer with. */
const DIALECTS: Readonly<Record<ResolvedConfig['databases'][number], PlanningScope['dialects']>> = {
  sqlite: [['sqlite', sqliteDialect]],
  postgres: [['postgres', postgresDialect]],
  mysql: [
    ['mysql', mysqlDialect('mysql')],
    ['mariadb', mysqlDialect('mariadb')],
  ],
}
