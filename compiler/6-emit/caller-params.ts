import type { QueryParamIr, QueryPlanIr } from '../ir/query-plan.ts'

/** The parameters of a query that callers give: the others are what the request says. */
export const callerParams = ({ params }: Pick<QueryPlanIr, 'params'>): readonly QueryParamIr[] =>
  params.filter(({ from }) => from === undefined)
