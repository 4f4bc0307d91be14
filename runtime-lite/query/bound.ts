import type { FieldPlan, ObjectPlan, SqlValue } from '../object/object-plan.ts'
import type { AggregateFunction, Comparison, FunctionName, Granularity, SlotValue, TextMatch } from './ast.ts'
import type { ValueKind } from './functions.ts'
import type { ParameterKind } from './parameter-kind.ts'
import type { Recipe } from './recipe.ts'

export type { ParameterKind }

/**
 * A query after binding: names are columns, types are checked, each value has its converter, `not` is pushed down to the comparisons.
 * Passes turn it into an equivalent one; printing turns it into SQL without another look at the schema.
 */
export interface BoundQuery {
  readonly plan: ObjectPlan
  /** Alias of the table in the statement. */
  readonly alias: string
  readonly where: BoundCondition
  readonly search?: BoundSearch
  readonly orderBy: readonly BoundSort[]
  /** Undefined: a whole record, for which plans have a constant. */
  readonly record?: readonly BoundMember[]
  readonly isDistinct: boolean
  readonly limit: Parameter
  readonly offset?: Parameter
  readonly cursor?: BoundCursor
  readonly total: 'none' | 'exact' | 'estimated'
  readonly group?: BoundGrouping
  /**
   * The client pages by cursor: a row per record on every database, [JSON text, sort keys], where the sort keys are the JSON text of an object
   * `{"0": …, "1": …}` with one member per item of `orderBy`. `limit` is one more than the page, which says whether there is a next one.
   * False: SQLite gives the whole page as one blob, `total` inside; elsewhere a row is [JSON text] and the total is a statement of its own
   * (`printCount`), which is so on every database for pages by cursor.
   */
  readonly hasKeys: boolean
  /** What must hold for the values of a request; otherwise nothing matches and the database is not asked. */
  readonly guards: readonly Guard[]
  /** What passes did and advise, for `explain`. */
  readonly notes: readonly string[]
  /** Points it costs, of the `maxQueryCost` that are allowed. For `explain`. */
  readonly cost?: number
}

/** One value of a statement. Made once per plan; `bind` runs per request. */
export interface Parameter {
  readonly kind: ParameterKind
  /** The value for a request. `values` are the slots. @throws ObjectQLError 400 when a value does not fit. */
  readonly bind: (values: readonly SlotValue[], context: BindContext) => SqlValue
  /** Known while planning: the same for all requests. */
  readonly constant?: SqlValue
  /** Parameters with equal keys hold equal values in every request: one slot compared with one field in the same way. */
  readonly key: string
  /** The same as data, where it is not a constant: for statements that are planned ahead. */
  readonly recipe?: Recipe
}

export interface BindContext {
  /** Milliseconds since 1970, one reading per request. */
  readonly now: number
  /** Of the record to read; the `where` of a read by id compares it. */
  readonly id?: string
}

/** Holds when the comparison of the two values does (as the database would compare them). */
export interface Guard {
  readonly left: Parameter
  readonly operator: Comparison
  readonly right: Parameter
}

export type BoundExpression =
  | { readonly kind: 'column'; readonly alias: string; readonly name: string; readonly field: FieldPlan; readonly column: string }
  /** `isNullable`: it may be bound as null, which is then what a column without a value is. */
  | { readonly kind: 'parameter'; readonly parameter: Parameter; readonly value: ValueKind; readonly isNullable?: true }
  | { readonly kind: 'call'; readonly name: FunctionName; readonly args: readonly BoundExpression[]; readonly value: ValueKind }
  /**
   * A value inside a JSON column, null unless it is there and of that kind. `any`: whatever is there, as JSON; null for JSON's null.
   * Positions in lists are numbers in the path (`["tags", 0]`). `any` stands in null tests and in records only.
   */
  | {
      readonly kind: 'json-path'
      readonly of: BoundExpression
      readonly path: Parameter
      readonly value: 'text' | 'number' | 'boolean' | 'any'
    }
  /** A field of the record a lookup points at; null where there is none. Prints as a scalar subquery unless a pass made it a join. */
  | {
      readonly kind: 'lookup'
      readonly through: BoundExpression & { readonly kind: 'column' }
      readonly target: ObjectPlan
      readonly alias: string
      readonly of: BoundExpression
    }
  | { readonly kind: 'alias'; readonly name: string; readonly value: ValueKind }
  /** `otherwise` undefined: null. */
  | {
      readonly kind: 'if'
      readonly condition: BoundCondition
      readonly result: BoundExpression
      readonly otherwise: BoundExpression | undefined
      readonly value: ValueKind
    }
  /** Whether a condition holds, as a value that is never null. */
  | { readonly kind: 'truth'; readonly of: BoundCondition; readonly value: 'boolean' }

export type BoundCondition =
  | { readonly kind: 'constant'; readonly holds: boolean }
  /** `orNull`: holds where the left side is null, too. `ne` always does. */
  | {
      readonly kind: 'compare'
      readonly operator: Comparison
      readonly left: BoundExpression
      readonly right: BoundExpression
      readonly orNull: boolean
    }
  | {
      readonly kind: 'match'
      readonly operator: TextMatch
      readonly left: BoundExpression
      readonly right: BoundExpression
      readonly isNegated: boolean
    }
  /** `list`: one parameter with all values as JSON. */
  | {
      readonly kind: 'in'
      readonly left: BoundExpression
      readonly values: readonly Parameter[]
      readonly list?: Parameter
      readonly isNegated: boolean
    }
  | { readonly kind: 'null'; readonly of: BoundExpression; readonly isNull: boolean }
  /** The list in a column has a value. */
  | {
      readonly kind: 'member'
      readonly column: BoundExpression & { readonly kind: 'column' }
      readonly value: Parameter
      readonly isNegated: boolean
    }
  /**
   * A related record exists (or not) that meets `where`. Lookup: `from` (a column of the outer table) is the id in `target`; children: `to`
   * (a column of `target`) is the id of the outer record; list: `from` holds a list of ids.
   */
  | { readonly kind: 'exists'; readonly relation: BoundRelation; readonly where: BoundCondition; readonly isNegated: boolean }
  | { readonly kind: 'search'; readonly search: BoundSearch; readonly isNegated: boolean }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly BoundCondition[] }

export interface BoundRelation {
  readonly kind: 'lookup' | 'children' | 'list'
  readonly outerAlias: string
  /** Alias of the related table, unique in the statement. */
  readonly alias: string
  readonly target: ObjectPlan
  /** Column of the outer table: the lookup, the list of ids, or `id`. */
  readonly from: string
  /** Column of the related table: `id`, or the lookup that points back. */
  readonly to: string
}

export interface BoundSearch {
  readonly plan: ObjectPlan
  readonly alias: string
  readonly text: Parameter
  readonly columns: readonly string[]
  readonly operator: 'and' | 'or'
  /** False: the object has no full-text index over these fields, words are looked for one by one. */
  readonly isIndexed: boolean
}

export interface BoundSort {
  readonly by: BoundExpression
  readonly isDescending: boolean
  readonly nullsFirst: boolean
  /** The expression is never null. */
  readonly isNotNull: boolean
}

/** One key of a record's JSON. */
export type BoundMember =
  | { readonly kind: 'value'; readonly key: string; readonly of: BoundExpression }
  /** The related record in place of the id; the id where the record is gone. */
  | { readonly kind: 'one'; readonly key: string; readonly relation: BoundRelation; readonly record: readonly BoundMember[] | undefined }
  /** A list of ids as the list of their records, in its order. */
  | { readonly kind: 'listed'; readonly key: string; readonly relation: BoundRelation; readonly record: readonly BoundMember[] | undefined }
  | {
      readonly kind: 'many'
      readonly key: string
      readonly relation: BoundRelation
      readonly record: readonly BoundMember[] | undefined
      readonly where: BoundCondition
      readonly orderBy: readonly BoundSort[]
      readonly limit: Parameter
      readonly offset?: Parameter
    }

export interface BoundCursor {
  /** One per sort item, in order: the values of the last record of the page before. `after` is printed as a row comparison over them. */
  readonly values: readonly Parameter[]
}

export interface BoundGrouping {
  readonly by: readonly { readonly alias: string; readonly of: BoundExpression; readonly granularity?: Granularity }[]
  readonly aggregates: readonly {
    readonly alias: string
    readonly function: AggregateFunction
    readonly of?: BoundExpression
    readonly filter?: BoundCondition
    /** Decimals of the result where the field is a decimal: sums of doubles are rounded to them. */
    readonly scale?: number
  }[]
  readonly having?: BoundCondition
}
