import type { FunctionName } from '../query/ast.ts'

/**
 * What a `where` clause may say about one field, by kind of field. A bare value means equality, null means "has no value".
 * Several operators on one field must all hold.
 */
export type TextFilter = string | null | TextOperators
export type NumberFilter = number | null | RangeOperators<number>
export type BooleanFilter = boolean | null | BooleanOperators
/** Date (`YYYY-MM-DD`) or time of day (`HH:MM`). */
export type DateFilter = string | null | RangeOperators<string>
/** Instant, as ISO 8601 text or a Date. */
export type DatetimeFilter = string | Date | null | RangeOperators<string | Date>
/** Id of a record. */
export type IdFilter = string | null | RangeOperators<string>
/** One of a list of options. */
export type OptionFilter<Value> = Value | null | EqualityOperators<Value>
/** A field that holds several values. */
export type ListFilter<Value> = null | ListOperators<Value>
/** Files, addresses and free JSON: only whether there is a value. What is inside JSON has keys of its own: `'preferences.theme'`. */
export type StructureFilter = null | NullOperators
export type LocationFilter = null | LocationOperators
export type VectorFilter = null | VectorOperators
/** A value inside JSON. Values of another type do not match. */
export type JsonPathFilter = Scalar | null | JsonPathOperators
/** A lookup: an id, operators on the id, or conditions on the record it points at. */
export type RelationFilter<Filter> = string | null | (RangeOperators<string> & Filter)
/** A field with ids of several records. */
export type RelationListFilter<Filter> = null | (ListOperators<string> & Quantifiers<Filter>)
/** Records that point here. Conditions without a quantifier mean `$some`. */
export type ChildrenFilter<Filter> = Filter & Quantifiers<Filter>

export interface NullOperators {
  /** True: has no value. False: has one. */
  $null?: boolean
  /** True: has a value. False: has none. */
  $exists?: boolean
  $eq?: null
  $ne?: null
}

/** In place of a value: another field of the same record. */
export interface FieldReference {
  $field: string
}

export interface BooleanOperators {
  $eq?: boolean | null | FieldReference
  $ne?: boolean | null | FieldReference
  $null?: boolean
  $exists?: boolean
}

export interface EqualityOperators<Value> {
  $eq?: Value | null | FieldReference
  $ne?: Value | null | FieldReference
  $in?: readonly Value[]
  /** None of these. Records without a value match. */
  $nin?: readonly Value[]
  /** True: has no value. False: has one. */
  $null?: boolean
  /** True: has a value. False: has none. */
  $exists?: boolean
}

export interface RangeOperators<Value> extends EqualityOperators<Value> {
  $gt?: Value | FieldReference
  $gte?: Value | FieldReference
  $lt?: Value | FieldReference
  $lte?: Value | FieldReference
  /** From the first to the second, both included. */
  $between?: readonly [Value, Value]
  $notBetween?: readonly [Value, Value]
}

export interface TextOperators extends RangeOperators<string> {
  /** Case-sensitive, as are the following unless they say otherwise. */
  $contains?: string
  $notContains?: string
  $startsWith?: string
  $endsWith?: string
  /** Upper and lower case of A to Z are the same. */
  $icontains?: string
  /** `%` stands for any text, `_` for one character, `\` takes their meaning away. */
  $like?: string
  $notLike?: string
  /** As `$like`; upper and lower case of A to Z are the same. */
  $ilike?: string
}

export interface ListOperators<Value> extends NullOperators {
  /** The list has this value among others. */
  $contains?: Value
  $notContains?: Value
  /** The list has all of these. */
  $all?: readonly Value[]
}

export type Scalar = string | number | boolean

export interface JsonPathOperators extends TextMatches {
  $eq?: Scalar | null
  $ne?: Scalar | null
  $in?: readonly Scalar[]
  $nin?: readonly Scalar[]
  $gt?: string | number
  $gte?: string | number
  $lt?: string | number
  $lte?: string | number
  $between?: readonly [string, string] | readonly [number, number]
  $null?: boolean
  $exists?: boolean
}

type TextMatches = Pick<TextOperators, '$contains' | '$notContains' | '$startsWith' | '$endsWith' | '$icontains' | '$like' | '$ilike'>

export interface LocationOperators extends NullOperators {
  /** Within so many metres of a place. */
  $near?: Place & { readonly distance: number }
}

export interface VectorOperators extends NullOperators {
  /** Points the same way as `to`: a cosine similarity of at least `minScore`, -1 to 1. */
  $similar?: { readonly to: readonly number[]; readonly minScore: number }
}

export interface Quantifiers<Filter> {
  /** At least one of them. */
  $some?: Filter
  /** All of them; also when there are none. */
  $every?: Filter
  /** Not one of them. */
  $none?: Filter
}

/** How conditions are combined. Conditions that stand side by side must all hold. */
export interface Logic<Filter> {
  $and?: readonly Filter[]
  $or?: readonly Filter[]
  $not?: Filter
  /** Compares what fields and functions yield: `[{ $call: ['year', { $field: 'closed_on' }] }, '>', 2020]`. */
  $expr?: readonly [Operand, '=' | '!=' | '>' | '>=' | '<' | '<=', Operand]
}

export type Operand = Scalar | null | FieldReference | FunctionCall

export interface FunctionCall {
  $call: readonly [name: FunctionName, ...args: (Operand | readonly number[] | Place)[]]
}

export interface Place {
  readonly latitude: number
  readonly longitude: number
}
