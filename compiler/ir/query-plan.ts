import type { Json } from '../source/json.ts'

/** What a named query was planned as: its parameters, what it answers and its statements. */
export interface QueryPlanIr {
  /** In the order of their slots, declared ones first. */
  readonly params: readonly QueryParamIr[]
  readonly row: QueryRowIr
  readonly hasTotal: boolean
  readonly hasCursor: boolean
  /** The plan as data (`PlannedQuery`) by database: sqlite, postgres, mysql, mariadb. */
  readonly statements: { readonly [database: string]: Json }
}

export interface QueryParamIr {
  readonly name: string
  readonly description?: string
  /** What the value is checked to be: the kind of a column, which is never a list. */
  readonly kind: string
  readonly options?: readonly (string | number)[]
  readonly isList?: true
  /** Absent: it has a default; without one, what compares with it is left out where it is not given. */
  readonly isRequired?: true
  readonly default?: Json
  readonly defaultsTo?: 'today' | 'now'
  /** Nobody gives it: `today`, `now`, `current_user` or `current_user.region`. */
  readonly from?: 'today' | 'now' | 'current_user' | `current_user.${string}`
}

/** What a row of an answer looks like. */
export type QueryRowIr =
  | { readonly kind: 'record'; readonly object: string }
  | { readonly kind: 'members'; readonly isDistinct: boolean; readonly members: readonly QueryMemberIr[] }

export interface QueryMemberIr {
  readonly key: string
  readonly type:
    | { readonly kind: 'field'; readonly object: string; readonly field: string }
    /** The record a lookup points at, in place of its id. `listed`: a list of ids. */
    | { readonly kind: 'one' | 'listed'; readonly row: QueryRowIr; readonly object: string; readonly field: string }
    | { readonly kind: 'many'; readonly row: QueryRowIr }
    | { readonly kind: 'plain'; readonly type: 'string' | 'number' | 'boolean' | 'json' }
  /** Null besides what the field itself may be. */
  readonly isNullable: boolean
}

/** A read found in the application's sources. */
export interface PlannedCallIr {
  /** Of the query's shape. */
  readonly hash: string
  readonly object: string
  readonly operation: 'list' | 'get' | 'count'
  /** `src/pages/tickets.ts:12` */
  readonly source: string
  /** Its statements; several where the sources spell one query in several ways. */
  readonly plans: readonly PlannedShapeIr[]
}

export interface PlannedShapeIr {
  /** Text of its `ExactShape`. */
  readonly shape: string
  /** As of `QueryPlanIr`. */
  readonly statements: { readonly [database: string]: Json }
}
