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
/** Files, locations, addresses, vectors and free JSON: only whether there is a value. */
export type StructureFilter = null | NullOperators

export interface NullOperators {
  /** True: has no value. False: has one. */
  $null?: boolean
  $eq?: null
  $ne?: null
}

export interface BooleanOperators {
  $eq?: boolean | null
  $ne?: boolean | null
  $null?: boolean
}

export interface EqualityOperators<Value> {
  $eq?: Value | null
  $ne?: Value | null
  $in?: readonly Value[]
  /** None of these. Records without a value match. */
  $nin?: readonly Value[]
  /** True: has no value. False: has one. */
  $null?: boolean
}

export interface RangeOperators<Value> extends EqualityOperators<Value> {
  $gt?: Value
  $gte?: Value
  $lt?: Value
  $lte?: Value
  /** From the first to the second, both included. */
  $between?: readonly [Value, Value]
}

export interface TextOperators extends RangeOperators<string> {
  /** Case-sensitive, as are the following. */
  $contains?: string
  $notContains?: string
  $startsWith?: string
  $endsWith?: string
}

export interface ListOperators<Value> extends NullOperators {
  /** The list has this value among others. */
  $contains?: Value
  $notContains?: Value
}

/** How conditions are combined. Conditions that stand side by side must all hold. */
export interface Logic<Filter> {
  $and?: readonly Filter[]
  $or?: readonly Filter[]
  $not?: Filter
}

export type Direction = 'asc' | 'desc'

/** Fields to sort by, the first one first. Lists and structured values have no order. */
export type Sort<Row, Unsortable extends keyof Row = never> = { readonly [Name in keyof Row]?: Name extends Unsortable ? never : Direction }
