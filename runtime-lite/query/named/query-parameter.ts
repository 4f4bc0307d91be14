import type { ColumnKind } from '../../object/object-plan.ts'
import type { SlotValue } from '../ast.ts'
import type { ContextValue } from './context-value.ts'

/** A parameter of a query that was planned before its values are known. */
export interface QueryParameter {
  readonly kind: Exclude<ColumnKind, 'list'>
  /** Values in their authored spelling. */
  readonly options?: readonly (string | number)[]
  /** A list of such values. */
  readonly isList?: true
  /** Absent: it has a default; without one, what compares with it is left out where it is not given. */
  readonly isRequired?: true
  readonly default?: SlotValue
  /** A default that is worked out for each request: today (UTC), or the time of the request. */
  readonly defaultsTo?: 'today' | 'now'
  /** Nobody gives it: it is what the request says. */
  readonly from?: ContextValue
}

/** By name, in the order of their slots. */
export type QueryParameters = Readonly<Record<string, QueryParameter>>
