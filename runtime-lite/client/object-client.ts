import type { AggregateQuery, AggregateRow, Aggregations, GroupItem } from '../types/aggregate.ts'
import type { AnyModel, NotExpanded } from '../types/model.ts'
import type { CountQuery, GetQuery, ListQuery, Page } from '../types/query.ts'
import type { Result } from '../types/result.ts'
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
} from '../types/write.ts'
import type { CallOptions, Connection, WriteOptions } from './connection.ts'
import {
  aggregate,
  clone,
  count,
  create,
  createMany,
  each,
  get,
  getBy,
  history,
  list,
  pages,
  purge,
  purgeMany,
  remove,
  removeMany,
  restore,
  restoreMany,
  update,
  updateFirst,
  updateMany,
  upsert,
  upsertMany,
} from './operations.ts'

/** The calls on one object: `client.account`. They reject with a `ProblemError` when the server refuses. */
export interface ObjectClient<Model extends AnyModel> {
  /** Reads the records that match. */
  list<Field extends keyof Model['record'] = never, Expansion extends Model['expand'] = Model['expand'] & NotExpanded>(
    query?: ListQuery<Model, Field, Expansion>,
    options?: CallOptions,
  ): Promise<Page<Result<Model, Field, Expansion>>>
  /** All records that match, read page by page while you go through them. `limit` is the size of a page. */
  each<Field extends keyof Model['record'] = never, Expansion extends Model['expand'] = Model['expand'] & NotExpanded>(
    query?: ListQuery<Model, Field, Expansion>,
    options?: CallOptions,
  ): AsyncGenerator<Result<Model, Field, Expansion>, void>
  /** As `each`, a page at a time. */
  pages<Field extends keyof Model['record'] = never, Expansion extends Model['expand'] = Model['expand'] & NotExpanded>(
    query?: ListQuery<Model, Field, Expansion>,
    options?: CallOptions,
  ): AsyncGenerator<Page<Result<Model, Field, Expansion>>, void>
  /** Reads one record. Fails with `NOT_FOUND` when there is none. */
  get<Field extends keyof Model['record'] = never, Expansion extends Model['expand'] = Model['expand'] & NotExpanded>(
    id: string,
    query?: GetQuery<Model, Field, Expansion>,
    options?: CallOptions,
  ): Promise<Result<Model, Field, Expansion>>
  /** Reads the record with these values of a unique key; null when there is none. */
  getBy<Field extends keyof Model['record'] = never, Expansion extends Model['expand'] = Model['expand'] & NotExpanded>(
    key: Model['key'],
    query?: GetQuery<Model, Field, Expansion>,
    options?: CallOptions,
  ): Promise<Result<Model, Field, Expansion> | null>
  /** Counts the records that match. */
  count(query?: CountQuery<Model>, options?: CallOptions): Promise<number>
  /** Works something out for groups of records, or for all that match. */
  aggregate<const Group extends GroupItem<Model> = never, const Asked extends Aggregations<Model> = Aggregations<Model>>(
    query: AggregateQuery<Model, Group, Asked>,
    options?: CallOptions,
  ): Promise<AggregateRow<Model, Group, Asked>[]>
  create(values: CreateValues<Model>, options?: CallOptions): Promise<Model['record']>
  /** Creates all of them or none. */
  createMany(values: readonly CreateValues<Model>[], how?: { atomic?: true }, options?: CallOptions): Promise<Model['record'][]>
  /** Creates each for itself; the results say which. */
  createMany(
    values: readonly CreateValues<Model>[],
    how: { atomic: false },
    options?: CallOptions,
  ): Promise<CreateResult<Model['record']>[]>
  /** Changes the fields that are present; null clears one. */
  update(id: string, changes: Changes<Model>, options?: WriteOptions): Promise<Model['record']>
  /** Creates a record like this one but for `values`; unique fields are left out, numbers are made anew. `children`: relations cloned along. */
  clone(id: string, values?: Partial<CreateValues<Model>>, how?: CloneOptions<Model>, options?: CallOptions): Promise<Model['record']>
  /** Changes the records that match; resolves to their number. */
  updateMany(where: Model['filter'], changes: ChangesOfMany<Model>, many?: ManyOptions, options?: CallOptions): Promise<number>
  /** Changes one record that matches, the first in the order asked for; null when none does. */
  findOneAndUpdate(
    where: Model['filter'],
    changes: ChangesOfMany<Model>,
    first?: FirstOptions<Model>,
    options?: CallOptions,
  ): Promise<Model['record'] | null>
  /** Creates a record, or changes the one that has the same values in the fields of `on` (default: `id`). */
  upsert(values: CreateValues<Model>, upsert?: UpsertOptions<Model>, options?: CallOptions): Promise<Model['record']>
  /** Does so for all of them or none. */
  upsertMany(values: readonly CreateValues<Model>[], upsert?: UpsertOptions<Model>, options?: CallOptions): Promise<Model['record'][]>
  delete(id: string, options?: WriteOptions): Promise<void>
  /** Deletes the records that match; resolves to their number. */
  deleteMany(where: Model['filter'], many?: ManyOptions, options?: CallOptions): Promise<number>
}

/**
 * The calls on an object with rules that warn: records come back with what rules say. Not a parameter of `ObjectClient`, which would be worked out for
 * every object.
 */
export interface ToldClient<Model extends AnyModel> extends ObjectClient<Model> {
  create(values: CreateValues<Model>, options?: CallOptions): Promise<Told<Model>>
  createMany(values: readonly CreateValues<Model>[], how?: { atomic?: true }, options?: CallOptions): Promise<Told<Model>[]>
  createMany(values: readonly CreateValues<Model>[], how: { atomic: false }, options?: CallOptions): Promise<CreateResult<Told<Model>>[]>
  update(id: string, changes: Changes<Model>, options?: WriteOptions): Promise<Told<Model>>
  clone(id: string, values?: Partial<CreateValues<Model>>, how?: CloneOptions<Model>, options?: CallOptions): Promise<Told<Model>>
  findOneAndUpdate(
    where: Model['filter'],
    changes: ChangesOfMany<Model>,
    first?: FirstOptions<Model>,
    options?: CallOptions,
  ): Promise<Told<Model> | null>
  upsert(values: CreateValues<Model>, upsert?: UpsertOptions<Model>, options?: CallOptions): Promise<Told<Model>>
  upsertMany(values: readonly CreateValues<Model>[], upsert?: UpsertOptions<Model>, options?: CallOptions): Promise<Told<Model>[]>
}

/** What the client of an object has besides when it keeps deleted records. */
export interface TrashCalls<Model extends AnyModel> {
  /** Takes a record out of the trash, with what went along. */
  restore(id: string, options?: CallOptions): Promise<Model['record']>
  /** Does so for those in the trash that match, all or none; resolves to their number. */
  restoreMany(where: Model['filter'], many?: ManyOptions, options?: CallOptions): Promise<number>
  /** Deletes a record for good, whether it is in the trash or not. */
  purge(id: string, options?: CallOptions): Promise<void>
  /** Deletes those in the trash for good that match; resolves to their number. */
  purgeMany(where: Model['filter'], many?: ManyOptions, options?: CallOptions): Promise<number>
}

/** What the client of an object has besides when it keeps a history. */
export interface HistoryCalls {
  /** Changes of the tracked fields, the latest first. */
  history(id: string, page?: HistoryPage, options?: CallOptions): Promise<HistoryEntry[]>
}

const CALLS = {
  list,
  each,
  pages,
  get,
  getBy,
  count,
  aggregate,
  create,
  createMany,
  update,
  clone,
  history,
  restore,
  restoreMany,
  purge,
  purgeMany,
  updateMany,
  findOneAndUpdate: updateFirst,
  upsert,
  upsertMany,
  delete: remove,
  deleteMany: removeMany,
}

type Calls = { readonly [Name in keyof typeof CALLS]: Bound<ReturnType<(typeof CALLS)[Name]>> }
type Bound<Call> = Call extends (connection: Connection, ...rest: infer Rest) => infer Answer ? (...rest: Rest) => Answer : never

/** The calls of one object, bound to a connection. Typed by the generated declarations. */
export function objectClient(connection: Connection, path: string): Calls {
  const calls: { [name: string]: unknown } = {}
  for (const [name, make] of Object.entries(CALLS)) {
    const call: (connection: Connection, ...rest: never[]) => unknown = make(path)
    calls[name] = call.bind(undefined, connection)
  }
  return calls as Calls
}
