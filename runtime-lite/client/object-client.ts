import type { AnyModel, NotExpanded } from '../types/model.ts'
import type { CountQuery, GetQuery, ListQuery, Page } from '../types/query.ts'
import type { Result } from '../types/result.ts'
import type { CallOptions, Connection, WriteOptions } from './connection.ts'
import { count, create, get, list, remove, update } from './operations.ts'

/** The calls on one object: `client.account`. They reject with a `ProblemError` when the server refuses. */
export interface ObjectClient<Model extends AnyModel> {
  /** Reads the records that match. */
  list<Field extends keyof Model['record'] = never, Expansion extends Model['expand'] = Model['expand'] & NotExpanded>(
    query?: ListQuery<Model, Field, Expansion>,
    options?: CallOptions,
  ): Promise<Page<Result<Model, Field, Expansion>>>
  /** Reads one record. Fails with `NOT_FOUND` when there is none. */
  get<Field extends keyof Model['record'] = never, Expansion extends Model['expand'] = Model['expand'] & NotExpanded>(
    id: string,
    query?: GetQuery<Model, Field, Expansion>,
    options?: CallOptions,
  ): Promise<Result<Model, Field, Expansion>>
  create(values: Model['create'], options?: CallOptions): Promise<Model['record']>
  /** Changes the fields that are present; null clears one. */
  update(id: string, changes: Model['update'], options?: WriteOptions): Promise<Model['record']>
  delete(id: string, options?: WriteOptions): Promise<void>
  /** Counts the records that match. */
  count(query?: CountQuery<Model>, options?: CallOptions): Promise<number>
}

/** The calls of one object, bound to a connection. Typed by the generated declarations. */
export const objectClient = (connection: Connection, path: string) => ({
  list: list(path).bind(undefined, connection),
  get: get(path).bind(undefined, connection),
  create: create(path).bind(undefined, connection),
  update: update(path).bind(undefined, connection),
  delete: remove(path).bind(undefined, connection),
  count: count(path).bind(undefined, connection),
})
