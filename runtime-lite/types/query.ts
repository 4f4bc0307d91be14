import type { AnyModel } from './model.ts'
import type { Strict } from './strict.ts'

/** Which parts of one record to read. */
export interface GetQuery<Model extends AnyModel, Field = keyof Model['record'], Expansion = Model['expand']> {
  /** Fields to read. Default: all of them. */
  select?: readonly Field[]
  /** Relations to read along: the record stands in place of its id, records that point here are a list. */
  expand?: Expansion & Strict<Expansion, Model>
  /** Of objects with a trash: deleted records alone, or too. Default: they are left out. */
  deleted?: 'only' | 'with'
}

/** Which records to read, in which order, and which parts of them. */
export interface ListQuery<Model extends AnyModel, Field = keyof Model['record'], Expansion = Model['expand']> extends MatchQuery<Model> {
  /** Fields to sort by. */
  orderBy?: Model['sort'] | readonly Model['sort'][]
  /** Fields to read. Default: all of them. */
  select?: readonly Field[]
  /** Relations to read along: the record stands in place of its id, records that point here are a list. */
  expand?: Expansion & Strict<Expansion, Model>
  /** Equal rows once. Needs `select`. */
  distinct?: boolean
  /** How many records at most. */
  limit?: number
  /** How many records to skip. */
  offset?: number
  /** Pages by cursor: empty for the first one, then `next_cursor` of the page before, everything else as it was there. */
  cursor?: string
  /** Also count all records that match, whatever the limit: see `total`. An estimate costs less on large tables. */
  count?: boolean | 'exact' | 'estimated'
}

/** Which records are meant. */
export interface MatchQuery<Model extends AnyModel> {
  /** Conditions. Those that stand side by side must all hold. */
  where?: Model['filter']
  /** Full-text search: every word occurs in one of the searchable fields. */
  search?: string | SearchQuery<Model>
  /** Of objects with a trash: deleted records alone, or too. Default: they are left out. */
  deleted?: 'only' | 'with'
}

export interface SearchQuery<Model extends AnyModel> {
  query: string
  /** Default: the searchable fields of the object. */
  fields?: readonly (keyof Model['record'])[]
  /** Whether all words have to be there (the default) or one of them. */
  operator?: 'and' | 'or'
}

export interface CountQuery<Model extends AnyModel> extends MatchQuery<Model> {}

/** Some of the records that match a query. */
export interface Page<Row> {
  items: Row[]
  /** Number of all matching records; there when the query asked to `count`. */
  total?: number
  /** Where the next page starts; there when the query had a `cursor` and this page is not the last one. */
  next_cursor?: string
}
