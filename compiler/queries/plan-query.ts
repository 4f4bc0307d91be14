import type { ObjectPlan } from '../../runtime-lite/object/object-plan.ts'
import { ObjectQLError } from '../../runtime-lite/problem/problem.ts'
import type { Query } from '../../runtime-lite/query/ast.ts'
import { bindQuery } from '../../runtime-lite/query/bind/bind-query.ts'
import type { BindLimits, LoadedPlan } from '../../runtime-lite/query/bind/bind-scope.ts'
import { contextValue } from '../../runtime-lite/query/named/context-value.ts'
import { namePlaces } from '../../runtime-lite/query/named/name-places.ts'
import { parameterUses } from '../../runtime-lite/query/named/parameter-uses.ts'
import { parseQueryDocument } from '../../runtime-lite/query/parse/query-document.ts'
import { plannedQuery } from '../../runtime-lite/query/planned-query.ts'
import { QueryPlanCompiler } from '../../runtime-lite/query/planner.ts'
import type { Dialect } from '../../runtime-lite/query/print/dialect.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import { freezeDeep } from '../ir/freeze-deep.ts'
import type { NamedQueryIr } from '../ir/object.ts'
import type { QueryParamIr, QueryPlanIr } from '../ir/query-plan.ts'
import type { Json } from '../source/json.ts'
import { placeSpan } from './place-span.ts'
import { queryParameters, type ReportDiagnostic } from './query-parameters.ts'
import { rowShape } from './row-shape.ts'

export interface PlanningScope {
  readonly loadedPlan: LoadedPlan
  readonly limits: BindLimits
  /** Name of the database → its SQL. */
  readonly dialects: readonly (readonly [string, Dialect])[]
}

/** One named query: its parameters, what it answers and its statements. Undefined when something is wrong with it, which is reported. */
export function planQuery(
  query: NamedQueryIr,
  objectName: string,
  scope: PlanningScope,
  report: ReportDiagnostic,
): QueryPlanIr | undefined {
  const plan = scope.loadedPlan(objectName)
  if (plan === undefined) throw new Error(`There is no object "${objectName}".`)
  try {
    return planned(query, plan, scope, report)
  } catch (error) {
    if (!(error instanceof ObjectQLError)) throw error
    const place = error.errors?.[0] && 'parameter' in error.errors[0] ? error.errors[0].parameter : ''
    const problem = error.message.replace(/\.$/, '')
    report(diagnose('plan/invalid-query', placeSpan(query, place), { query: query.name, problem }, { notes: [{ message: error.message }] }))
    return undefined
  }
}

function planned(query: NamedQueryIr, plan: ObjectPlan, scope: PlanningScope, report: ReportDiagnostic): QueryPlanIr | undefined {
  const { limits, loadedPlan, dialects } = scope
  const names = query.params.map(({ name }) => name)
  const { query: parsed } = parseQueryDocument(query.document, {
    limits,
    object: plan.name,
    parameters: names,
    addParameter: (name) => {
      if (names.includes(name)) return names.indexOf(name)
      return name.includes('.') && !contextValue(name) ? undefined : names.push(name) - 1
    },
  })
  const [, dialect] = dialects[0] as PlanningScope['dialects'][number]
  const bound = bindQuery(parsed, plan, { operation: 'list', dialect, limits, loadedPlan })
  const params = queryParameters(query, names, parameterUses(parsed, bound), report)
  if (params === undefined) return undefined
  const statements = dialects.map(([name, dialect]): [string, Json] => [name, statementOf(parsed, plan, dialect, params, scope)])
  return freezeDeep<QueryPlanIr>({
    params,
    row: rowShape({ ...bound, isDistinct: parsed.isDistinct }),
    hasTotal: parsed.total !== 'none',
    hasCursor: parsed.cursor !== undefined,
    statements: Object.fromEntries(statements),
  })
}

function statementOf(query: Query, plan: ObjectPlan, dialect: Dialect, params: readonly QueryParamIr[], scope: PlanningScope): Json {
  const { limits, loadedPlan } = scope
  const planned = plannedQuery(new QueryPlanCompiler({ dialect, limits, loadedPlan, sign: notSigned }).compile('list', plan, query))
  return namePlaces(
    planned,
    params.map(({ name }) => name),
  ) as unknown as Json
}

/** Cursors are signed when the application runs. */
const notSigned = (): string => ''
