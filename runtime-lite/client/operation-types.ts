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
import type { ToldClient } from './object-client.ts'

export type ListCall<Model extends AnyModel> = <
  Field extends keyof Model['record'] = never,
  Expansion extends Model['expand'] = Model['expand'] & NotExpanded,
>(
  connection: Connection,
  query?: ListQuery<Model, Field, Expansion>,
  options?: CallOptions,
) => Promise<Page<Result<Model, Field, Expansion>>>

export type EachCall<Model extends AnyModel> = <
  Field extends keyof Model['record'] = never,
  Expansion extends Model['expand'] = Model['expand'] & NotExpanded,
>(
  connection: Connection,
  query?: ListQuery<Model, Field, Expansion>,
  options?: CallOptions,
) => AsyncGenerator<Result<Model, Field, Expansion>, void>

export type GetCall<Model extends AnyModel> = <
  Field extends keyof Model['record'] = never,
  Expansion extends Model['expand'] = Model['expand'] & NotExpanded,
>(
  connection: Connection,
  id: string,
  query?: GetQuery<Model, Field, Expansion>,
  options?: CallOptions,
) => Promise<Result<Model, Field, Expansion>>

export type GetByCall<Model extends AnyModel> = <
  Field extends keyof Model['record'] = never,
  Expansion extends Model['expand'] = Model['expand'] & NotExpanded,
>(
  connection: Connection,
  key: Model['key'],
  query?: GetQuery<Model, Field, Expansion>,
  options?: CallOptions,
) => Promise<Result<Model, Field, Expansion> | null>

export type AggregateCall<Model extends AnyModel> = <
  const Group extends GroupItem<Model> = never,
  const Asked extends Aggregations<Model> = Aggregations<Model>,
>(
  connection: Connection,
  query: AggregateQuery<Model, Group, Asked>,
  options?: CallOptions,
) => Promise<AggregateRow<Model, Group, Asked>[]>

export type CreateCall<Model extends AnyModel> = (
  connection: Connection,
  values: CreateValues<Model>,
  options?: CallOptions,
) => Promise<Model['record']>

export interface CreateManyCall<Model extends AnyModel> {
  (
    connection: Connection,
    values: readonly CreateValues<Model>[],
    how?: { atomic?: true },
    options?: CallOptions,
  ): Promise<Model['record'][]>
  (
    connection: Connection,
    values: readonly CreateValues<Model>[],
    how: { atomic: false },
    options?: CallOptions,
  ): Promise<CreateResult<Model['record']>[]>
}

export type UpdateCall<Model extends AnyModel> = (
  connection: Connection,
  id: string,
  changes: Changes<Model>,
  options?: WriteOptions,
) => Promise<Model['record']>

export type CloneCall<Model extends AnyModel> = (
  connection: Connection,
  id: string,
  values?: Partial<CreateValues<Model>>,
  how?: CloneOptions<Model>,
  options?: CallOptions,
) => Promise<Model['record']>

export type HistoryCall = (connection: Connection, id: string, page?: HistoryPage, options?: CallOptions) => Promise<HistoryEntry[]>

export type UpdateManyCall<Model extends AnyModel> = (
  connection: Connection,
  where: Model['filter'],
  changes: ChangesOfMany<Model>,
  many?: ManyOptions,
  options?: CallOptions,
) => Promise<number>

export type UpdateFirstCall<Model extends AnyModel> = (
  connection: Connection,
  where: Model['filter'],
  changes: ChangesOfMany<Model>,
  first?: FirstOptions<Model>,
  options?: CallOptions,
) => Promise<Model['record'] | null>

export type UpsertCall<Model extends AnyModel> = (
  connection: Connection,
  values: CreateValues<Model>,
  upsert?: UpsertOptions<Model>,
  options?: CallOptions,
) => Promise<Model['record']>

export type UpsertManyCall<Model extends AnyModel> = (
  connection: Connection,
  values: readonly CreateValues<Model>[],
  upsert?: UpsertOptions<Model>,
  options?: CallOptions,
) => Promise<Model['record'][]>

export type DeleteCall = (connection: Connection, id: string, options?: WriteOptions) => Promise<void>

export type PurgeCall = (connection: Connection, id: string, options?: CallOptions) => Promise<void>

export type RestoreCall<Model extends AnyModel> = (connection: Connection, id: string, options?: CallOptions) => Promise<Model['record']>

export type DeleteManyCall<Model extends AnyModel> = (
  connection: Connection,
  where: Model['filter'],
  many?: ManyOptions,
  options?: CallOptions,
) => Promise<number>

export type CountCall<Model extends AnyModel> = (
  connection: Connection,
  query?: CountQuery<Model>,
  options?: CallOptions,
) => Promise<number>

/** A method of a client as a function of its own. */
type AsFunction<Method> = Method extends (...args: infer Args) => infer Answer ? (connection: Connection, ...args: Args) => Answer : never

/** Writes of objects with rules that warn. */
export type ToldCreateCall<Model extends AnyModel> = AsFunction<ToldClient<Model>['create']>
export type ToldUpdateCall<Model extends AnyModel> = AsFunction<ToldClient<Model>['update']>
export type ToldCloneCall<Model extends AnyModel> = AsFunction<ToldClient<Model>['clone']>
export type ToldUpdateFirstCall<Model extends AnyModel> = AsFunction<ToldClient<Model>['findOneAndUpdate']>
export type ToldUpsertCall<Model extends AnyModel> = AsFunction<ToldClient<Model>['upsert']>
export type ToldUpsertManyCall<Model extends AnyModel> = AsFunction<ToldClient<Model>['upsertMany']>

export interface ToldCreateManyCall<Model extends AnyModel> {
  (connection: Connection, values: readonly CreateValues<Model>[], how?: { atomic?: true }, options?: CallOptions): Promise<Told<Model>[]>
  (
    connection: Connection,
    values: readonly CreateValues<Model>[],
    how: { atomic: false },
    options?: CallOptions,
  ): Promise<CreateResult<Told<Model>>[]>
}
