import type { RawRecord } from '../object/object-plan.ts'
import type { ObjectQLError } from '../problem/problem.ts'
import type { RecordWarning } from '../problem/rule-warning.ts'

/** A query as callers in process write it; generated types narrow it per object. */
export interface QueryOptions {
  readonly where?: unknown
  readonly orderBy?: unknown
  readonly select?: unknown
  readonly expand?: unknown
  readonly limit?: number
  readonly offset?: number
  /** `next_cursor` of the page before. */
  readonly cursor?: string
  readonly search?: unknown
  readonly distinct?: boolean
  readonly groupBy?: unknown
  readonly aggregate?: unknown
  readonly having?: unknown
  /** Deleted records alone, or too, of objects with a trash. Default: they are left out. */
  readonly deleted?: 'only' | 'with'
  /** Count all records that match, besides the page. */
  readonly count?: boolean | 'exact' | 'estimated'
}

export interface Page<Row = RawRecord> {
  readonly items: readonly Row[]
  readonly total?: number
  readonly next_cursor?: string
}

/** Takes the values of its parameters. */
export type NamedQueryCall = (values?: Readonly<Record<string, unknown>>) => Promise<Page>

/** An action of the schema: takes the id of its record if it has one, then its parameters. */
export type ActionMethod = (idOrParams?: unknown, params?: unknown) => Promise<unknown>

/** What became of one record of `createMany(…, { atomic: false })`. */
export interface CreateResult {
  /** Position in the input. */
  readonly index: number
  readonly id?: string
  readonly record?: RawRecord
  /** Why it was not created. */
  readonly error?: ObjectQLError
}

export interface UpsertOptions {
  /** Fields of a unique key. Default: `id`. */
  readonly on?: readonly string[]
}

export interface ManyOptions {
  /** Nothing is done when more records than this meet the filter. Default: any number. */
  readonly maxAffected?: number
  /**
   * Called once after the write where rules of severity `warning` or `info` say something about its records: the first 100 of what they say,
   * and how much it is in all.
   */
  readonly warnings?: (first: readonly RecordWarning[], total: number) => void
}

export interface FindOneAndUpdateOptions {
  /** Which of the records comes first. Default: by id. */
  readonly orderBy?: unknown
  /** The record as it is afterwards (default), or as it was. */
  readonly returning?: 'new' | 'old'
}
