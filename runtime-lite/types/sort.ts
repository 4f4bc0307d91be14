import type { NoRelations, Relations } from './model.ts'

export type Direction = 'asc' | 'desc'

export interface Order {
  readonly order?: Direction
  /** Where records without a value stand. Default: first ascending and last descending. */
  readonly nulls?: 'first' | 'last'
}

/**
 * Fields to sort by, the first one first; a relation by fields of the record it points at: `{ territory: { name: 'asc' } }`. Lists and
 * structured values have no order.
 */
export type Sort<Row, Unsortable extends keyof Row = never, Related extends Relations = NoRelations> = {
  readonly [Name in keyof Row]?: Name extends Unsortable
    ? never
    : Name extends keyof Related
      ? Direction | Related[Name]['sort']
      : Direction | Order
}
