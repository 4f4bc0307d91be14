/**
 * A query as every front end (URL, JSON body, in-process call, named query) yields it: structure here, values in numbered
 * slots. Two queries with the same structure share one plan. Names are not resolved yet.
 */
export interface Query {
  readonly where?: Condition
  /** What the application adds to a query of a client: holds besides `where`, and for reads by id too. */
  readonly narrowedBy?: Condition
  readonly search?: Search
  readonly orderBy: readonly SortItem[]
  /** Field names, paths through relations (`owner.name`) included; undefined for all fields. */
  readonly select?: readonly string[]
  readonly expand: readonly Expand[]
  /** Equal rows once. Needs `select`. */
  readonly isDistinct: boolean
  /** Undefined: the default page size. */
  readonly limit?: Operand
  readonly offset?: Operand
  /** `next_cursor` of the page before. */
  readonly cursor?: Operand
  readonly total: 'none' | 'exact' | 'estimated'
  /** Deleted records alone, or too. Default: they are left out. Related records never come from the trash. */
  readonly deleted?: 'only' | 'with'
  /** Present: the answer has groups in place of records. */
  readonly group?: Grouping
}

/** Full-text search: every word of the text occurs in one of the fields. */
export interface Search {
  readonly text: Operand
  /** Undefined: the searchable fields of the object. */
  readonly fields?: readonly string[]
  readonly operator: 'and' | 'or'
}

export interface SortItem {
  readonly by: Expression
  readonly isDescending: boolean
  /** Undefined: nulls come first ascending and last descending (OData 4.01, 11.2.6.2). */
  readonly nulls?: 'first' | 'last'
}

/** A relation to read along: to-one lookups stand in place of their id, to-many relations are lists. */
export interface Expand {
  readonly field: string
  readonly select?: readonly string[]
  readonly expand: readonly Expand[]
  /** To-many relations only. */
  readonly where?: Condition
  readonly orderBy: readonly SortItem[]
  readonly limit?: Operand
  readonly offset?: Operand
}

export interface Grouping {
  readonly by: readonly GroupItem[]
  readonly aggregates: readonly Aggregate[]
  /** Field paths in it are aliases of `by` and `aggregates`. `orderBy` of the query likewise. */
  readonly having?: Condition
}

export interface GroupItem {
  readonly alias: string
  readonly by: Expression
  /** Calendar unit a date or instant (UTC) is cut to. The group's value is the first day as `YYYY-MM-DD`; weeks start on Monday. */
  readonly granularity?: Granularity
}

export type Granularity = 'day' | 'week' | 'month' | 'quarter' | 'year'

export interface Aggregate {
  readonly alias: string
  readonly function: AggregateFunction
  /** Undefined only for `count`: all rows. */
  readonly of?: Expression
  /** Only rows that meet it are aggregated. */
  readonly filter?: Condition
}

export type AggregateFunction = 'count' | 'count_distinct' | 'sum' | 'avg' | 'min' | 'max'

/** Where a value comes from: a slot, or the structure itself (true and false are part of the shape; named queries have constants). */
export type Operand =
  | { readonly kind: 'slot'; readonly index: number; readonly type: SlotType }
  | {
      readonly kind: 'constant'
      readonly value: boolean | string | number | readonly (string | number)[]
      readonly type: SlotType | 'boolean'
    }

/**
 * How a value was written. `quoted`: in apostrophes in $filter, doubled ones inside. `bare`: without quotes in $filter (number,
 * date, instant, duration). `string`, `number`: from JSON. `untyped`: a URL parameter, read as the field's own type. `list`: a list from
 * JSON, or comma-separated text. `parameter`: of a named query, a value of the field's own type (string, number, boolean or a list).
 */
export type SlotType = 'quoted' | 'bare' | 'string' | 'number' | 'untyped' | 'list' | 'parameter'

/** A literal of a query, by slot. */
export type SlotValue = string | number | boolean | readonly (string | number)[]

/** `at`: position in what the client wrote (decoded text of the parameter), for messages. */
export type Expression =
  /** `status`, `owner.name`, `preferences.theme`: a field, a path through to-one relations, a path into JSON. Resolved while binding. */
  | { readonly kind: 'field'; readonly path: readonly string[]; readonly at?: number; readonly parameter?: string }
  | { readonly kind: 'value'; readonly value: Operand; readonly at?: number; readonly parameter?: string }
  | {
      readonly kind: 'call'
      readonly name: FunctionName
      readonly args: readonly Expression[]
      readonly at?: number
      readonly parameter?: string
    }
  /** One of two values of one kind; null where the second is left out and the condition does not hold. Of formulas: no client writes it. */
  | {
      readonly kind: 'if'
      readonly condition: Condition
      readonly result: Expression
      readonly otherwise?: Expression
      readonly at?: number
      readonly parameter?: string
    }
  /** True where the condition holds, else false, never null. Of formulas: no client writes it. */
  | { readonly kind: 'truth'; readonly of: Condition; readonly at?: number; readonly parameter?: string }

export type Comparison = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le'

/**
 * `contains`, `startswith`, `endswith` are case-sensitive and literal, `icontains` folds ASCII letters. `like` and `ilike` take `%` (any
 * text) and `_` (one character), `\` escapes; `ilike` folds ASCII letters. On a list field `contains` means membership. `regex` takes a regular
 * expression that means the same everywhere (`portablePattern` of the compiler): of formulas and rules, no client writes it.
 */
export type TextMatch = 'contains' | 'startswith' | 'endswith' | 'icontains' | 'like' | 'ilike' | 'regex'

/** Two-valued: each holds or does not, null is never unknown. `ne` holds for null, `not` is the exact opposite. */
export type Condition =
  | { readonly kind: 'compare'; readonly operator: Comparison; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'match'; readonly operator: TextMatch; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'in'; readonly left: Expression; readonly values: readonly Operand[] }
  | { readonly kind: 'null'; readonly of: Expression; readonly isNull: boolean }
  /** Some or all records of a relation meet a condition. Paths in `part` start at the related object. `part` undefined: there is one. */
  | {
      readonly kind: 'related'
      readonly path: readonly string[]
      readonly quantifier: 'any' | 'all'
      readonly part?: Condition
      /** Written as an object in an object (`{ preferences: { theme: 'dark' } }`): on a JSON field that is a path into its value. */
      readonly isNested?: true
      readonly at?: number
      readonly parameter?: string
    }
  | { readonly kind: 'constant'; readonly holds: boolean }
  | { readonly kind: 'and'; readonly parts: readonly Condition[] }
  | { readonly kind: 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }

/** Functions and arithmetic operators, by their canonical (OData 4.01) names in lower case. Table: functions.ts. */
export type FunctionName = keyof typeof import('./functions.ts').FUNCTIONS
