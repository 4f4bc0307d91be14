import type { AnyModel } from './model.ts'
import type { Strict } from './strict.ts'

/** Which parts of one record to read. */
export interface GetQuery<Model extends AnyModel, Field = keyof Model['record'], Expansion = Model['expand']> {
  /** Fields to read. Default: all of them. */
  select?: readonly Field[]
  /** Relations to read along: the record stands in place of its id. */
  expand?: Expansion & Strict<Expansion, Model['relations']>
}

/** Which records to read, in which order, and which parts of them. */
export interface ListQuery<Model extends AnyModel, Field = keyof Model['record'], Expansion = Model['expand']> {
  /** Conditions. Those that stand side by side must all hold. */
  where?: Model['filter']
  /** Fields to sort by. */
  orderBy?: Model['sort'] | readonly Model['sort'][]
  /** Fields to read. Default: all of them. */
  select?: readonly Field[]
  /** Relations to read along: the record stands in place of its id. */
  expand?: Expansion & Strict<Expansion, Model['relations']>
  /** How many records at most. */
  limit?: number
  /** How many records to skip. */
  offset?: number
  /** Also count all records that match, whatever the limit: see `total`. */
  count?: boolean
}

export interface CountQuery<Model extends AnyModel> {
  /** Conditions. Those that stand side by side must all hold. */
  where?: Model['filter']
}

/** Some of the records that match a query. */
export interface Page<Row> {
  items: Row[]
  /** Number of all matching records; there when the query asked to `count`. */
  total?: number
  /** Where the next page starts; absent on the last page. */
  next_cursor?: string
}
