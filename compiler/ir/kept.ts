import type { Typed } from '../expression/typed.ts'
import type { Json } from '../source/json.ts'

/** Values that the server keeps by itself. */

export interface SummaryIr {
  readonly object: string
  /** Lookup of that object that leads here. */
  readonly through: string
  readonly function: 'count' | 'sum' | 'min' | 'max' | 'avg'
  /** Undefined for `count`. */
  readonly field?: string
  /** Which records count, as queries take it. */
  readonly filter?: Json
}

/** Text, a counter, text. What stands before the counter decides which records share one. */
export interface AutonumberIr {
  readonly before: readonly NumberPartIr[]
  readonly after: readonly NumberPartIr[]
  /** Fewest digits of the counter. */
  readonly width: number
  /** First number of a counter. Default 1. */
  readonly start?: number
}

export type NumberPartIr =
  | { readonly kind: 'text'; readonly text: string }
  /** Part of the date when the number is made. */
  | { readonly kind: 'date'; readonly pattern: 'YYYY' | 'YY' | 'MM' | 'DD' | 'YYYYMMDD' }
  /** The value of another field of the record. */
  | { readonly kind: 'field'; readonly name: string }

/** What a formula is. */
export interface FormulaIr {
  /** As the author wrote it. */
  readonly source: string
  readonly dialect: string
  /** As queries have it: an `Expression`, rounded to the decimals of the field. */
  readonly expression: Json
  /** The same before it was rounded. */
  readonly typed: Typed
}
