import type { AnyModel, NotExpanded } from '../types/model.ts'
import type { CountQuery, GetQuery, ListQuery, Page } from '../types/query.ts'
import type { Result } from '../types/result.ts'
import type { CallOptions, Connection, WriteOptions } from './connection.ts'

export type ListFunction<Model extends AnyModel> = <
  Field extends keyof Model['record'] = never,
  Expansion extends Model['expand'] = Model['expand'] & NotExpanded,
>(
  connection: Connection,
  query?: ListQuery<Model, Field, Expansion>,
  options?: CallOptions,
) => Promise<Page<Result<Model, Field, Expansion>>>

export type GetFunction<Model extends AnyModel> = <
  Field extends keyof Model['record'] = never,
  Expansion extends Model['expand'] = Model['expand'] & NotExpanded,
>(
  connection: Connection,
  id: string,
  query?: GetQuery<Model, Field, Expansion>,
  options?: CallOptions,
) => Promise<Result<Model, Field, Expansion>>

export type CreateFunction<Model extends AnyModel> = (
  connection: Connection,
  values: Model['create'],
  options?: CallOptions,
) => Promise<Model['record']>

export type UpdateFunction<Model extends AnyModel> = (
  connection: Connection,
  id: string,
  changes: Model['update'],
  options?: WriteOptions,
) => Promise<Model['record']>

export type DeleteFunction = (connection: Connection, id: string, options?: WriteOptions) => Promise<void>

export type CountFunction<Model extends AnyModel> = (
  connection: Connection,
  query?: CountQuery<Model>,
  options?: CallOptions,
) => Promise<number>
