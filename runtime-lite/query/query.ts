/**
 * A query as every front end (URL, JSON, in-process call) yields it: structure here, values in numbered slots. Two queries
 * with the same structure share one plan.
 */
export interface Query {
  readonly where?: Condition
  readonly orderBy: readonly SortItem[]
  /** Field names, or undefined for all of them. */
  readonly select?: readonly string[]
  readonly expand: readonly Expand[]
  /** Undefined: the default page size. */
  readonly limit?: Operand
  readonly offset?: Operand
  readonly withTotal: boolean
}

export interface SortItem {
  readonly field: string
  readonly isDescending: boolean
}

export interface Expand {
  readonly field: string
  readonly select?: readonly string[]
  readonly expand: readonly Expand[]
}

/** Where a value comes from: a slot, or the structure itself (true and false are part of the shape). */
export type Operand =
  | { readonly kind: 'slot'; readonly index: number; readonly type: SlotType }
  | { readonly kind: 'constant'; readonly value: boolean | string; readonly type: SlotType | 'boolean' }

/**
 * How a value was written. `quoted`: in apostrophes in $filter, doubled ones inside. `bare`: without quotes in $filter (number,
 * date, instant). `string`, `number`: from JSON. `untyped`: a URL parameter, read as the field's own type. `list`: the same, comma-separated.
 */
export type SlotType = 'quoted' | 'bare' | 'string' | 'number' | 'untyped' | 'list'

export type Comparison = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le'
export type TextMatch = 'contains' | 'startswith' | 'endswith'

export type Condition =
  | { readonly kind: 'compare'; readonly field: string; readonly operator: Comparison; readonly value: Operand }
  | { readonly kind: 'match'; readonly field: string; readonly operator: TextMatch; readonly value: Operand }
  | { readonly kind: 'in'; readonly field: string; readonly values: readonly Operand[] }
  | { readonly kind: 'null'; readonly field: string; readonly isNull: boolean }
  | { readonly kind: 'and'; readonly parts: readonly Condition[] }
  | { readonly kind: 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }

/** A literal of a query, by slot. */
export type SlotValue = string | number | readonly (string | number)[]
