import type { BindLimits } from '../../runtime-lite/query/bind/bind-scope.ts'
import type { ResolvedApiConfig } from '../config/config.ts'

/** The limits of an application that are about queries. */
export type QuestionLimits = Required<BindLimits>

export const questionLimits = ({
  maxExpandDepth,
  maxFilterDepth,
  maxPageSize,
  defaultPageSize,
  maxQueryCost,
}: ResolvedApiConfig): QuestionLimits => ({ maxExpandDepth, maxFilterDepth, maxPageSize, defaultPageSize, maxQueryCost })
