import type { AggregateQuery, AggregateRow, Aggregations, GroupItem } from './aggregate.ts'
import type { AnyModel, NotExpanded } from './model.ts'
import type { CountQuery, GetQuery, ListQuery, Page } from './query.ts'
import type { Result } from './result.ts'
import type {
  Changes,
  ChangesOfMany,
  CloneOptions,
  CreateResult,
  CreateValues,
  FirstOptions,
  HistoryEntry,
  HistoryPage,
  ManyOptions,
  Told,
  UpsertOptions,
} from './write.ts'

/** How long the caller of a read waits. */
export interface CallOptions {
  /** Milliseconds until the call rejects with 503 `TIMEOUT`. Default: what the database allows a statement. */
  timeout?: number
  /**
   * The call rejects with 503 `CANCELLED` once it is aborted. Statements of PostgreSQL and MySQL are stopped in the database (inside of a
   * transaction, with that). SQLite is synchronous: only a signal that was aborted before has an effect.
   */
  signal?: AbortSignal
}

/**
 * The calls on one object inside the server process: `app.objects.account`. They reject with an `ObjectQLError` when refused. `Row`: what writes
 * of one record resolve to.
 */
export interface ObjectCalls<Model extends AnyModel, Queries = NoQueries, Actions = NoActions, Row = Model['record']> {
  /** Queries of the schema, by their names in camel case. */
  readonly queries: Queries
  /** Actions of the schema, by their names in camel case; internal ones among them. */
  readonly actions: Actions
  /** Runs an action by its name. `id` is the record of record actions. Rejects with 404 when there is no such action or record. */
  execute(action: string, id?: string | null, params?: object): Promise<unknown>
  /** Reads the records that match. */
  find<Field extends keyof Model['record'] = never, Expansion extends Model['expand'] = Model['expand'] & NotExpanded>(
    query?: ListQuery<Model, Field, Expansion>,
    options?: CallOptions,
  ): Promise<Page<Result<Model, Field, Expansion>>>
  /** Reads one record; null when there is none. */
  get<Field extends keyof Model['record'] = never, Expansion extends Model['expand'] = Model['expand'] & NotExpanded>(
    id: string,
    query?: GetQuery<Model, Field, Expansion>,
    options?: CallOptions,
  ): Promise<Result<Model, Field, Expansion> | null>
  /** Reads the record with these values of a unique key; null when there is none. */
  getBy<Field extends keyof Model['record'] = never, Expansion extends Model['expand'] = Model['expand'] & NotExpanded>(
    key: Model['key'],
    query?: GetQuery<Model, Field, Expansion>,
  ): Promise<Result<Model, Field, Expansion> | null>
  /** Counts the records that match. */
  count(query?: CountQuery<Model>, options?: CallOptions): Promise<number>
  /** Works something out for groups of records, or for all that match. */
  aggregate<const Group extends GroupItem<Model> = never, const Asked extends Aggregations<Model> = Aggregations<Model>>(
    query: AggregateQuery<Model, Group, Asked>,
    options?: CallOptions,
  ): Promise<AggregateRow<Model, Group, Asked>[]>
  create(values: CreateValues<Model>): Promise<Row>
  /** Creates all of them or none. */
  createMany(values: readonly CreateValues<Model>[], options?: { atomic?: true }): Promise<Row[]>
  /** Creates each for itself; the results say which. */
  createMany(values: readonly CreateValues<Model>[], options: { atomic: false }): Promise<CreateResult<Row>[]>
  /** Changes the fields that are present; null clears one. */
  update(id: string, changes: Changes<Model>): Promise<Row>
  /** A new record like this one but for `values`; unique fields are left out, numbers are made anew. `children`: relations cloned along. */
  clone(id: string, values?: Partial<CreateValues<Model>>, options?: CloneOptions<Model>): Promise<Row>
  /** Changes of the tracked fields, the latest first. Rejects with 404 when the object keeps no history. */
  history(id: string, page?: HistoryPage): Promise<readonly HistoryEntry[]>
  /** Changes the records that match; resolves to their number. */
  updateMany(where: Model['filter'], changes: ChangesOfMany<Model>, options?: ManyOptions): Promise<number>
  /** Changes one record that matches, the first in the order asked for; null when none does. */
  findOneAndUpdate(where: Model['filter'], changes: ChangesOfMany<Model>, options?: FirstOptions<Model>): Promise<Row | null>
  /** Creates a record, or changes the one that has the same values in the fields of `on` (default: `id`). */
  upsert(values: CreateValues<Model>, options?: UpsertOptions<Model>): Promise<Row>
  upsertMany(values: readonly CreateValues<Model>[], options?: UpsertOptions<Model>): Promise<Row[]>
  delete(id: string): Promise<void>
  /** Takes a record out of the trash, with what went along. Rejects with 404 when the object keeps none. */
  restore(id: string): Promise<Model['record']>
  /** Does so for those in the trash that match, all or none; resolves to their number. */
  restoreMany(where: Model['filter'], options?: ManyOptions): Promise<number>
  /** Deletes a record for good, whether it is in the trash or not. */
  purge(id: string): Promise<void>
  /** Deletes those in the trash for good that match; resolves to their number. */
  purgeMany(where: Model['filter'], options?: ManyOptions): Promise<number>
  /** Deletes the records that match; resolves to their number. */
  deleteMany(where: Model['filter'], options?: ManyOptions): Promise<number>
}

/** The calls on an object with rules that warn. */
export type ToldCalls<Model extends AnyModel, Queries = NoQueries, Actions = NoActions> = ObjectCalls<Model, Queries, Actions, Told<Model>>

/** Stands in for the queries of an object that has none. */
export type NoQueries = Readonly<Record<never, never>>

/** Stands in for the actions of an object that has none. */
export type NoActions = Readonly<Record<never, never>>
