import type { AnyModel, NotExpanded } from './model.ts'
import type { CountQuery, GetQuery, ListQuery, Page } from './query.ts'
import type { Result } from './result.ts'

/** The calls on one object inside the server process: `app.objects.account`. They reject with an `ObjectQLError` when refused. */
export interface ObjectCalls<Model extends AnyModel> {
  /** Reads the records that match. */
  find<Field extends keyof Model['record'] = never, Expansion extends Model['expand'] = Model['expand'] & NotExpanded>(
    query?: ListQuery<Model, Field, Expansion>,
  ): Promise<Page<Result<Model, Field, Expansion>>>
  /** Reads one record; null when there is none. */
  get<Field extends keyof Model['record'] = never, Expansion extends Model['expand'] = Model['expand'] & NotExpanded>(
    id: string,
    query?: GetQuery<Model, Field, Expansion>,
  ): Promise<Result<Model, Field, Expansion> | null>
  create(values: Model['create']): Promise<Model['record']>
  /** Creates all of them or none. */
  createMany(values: readonly Model['create'][]): Promise<Model['record'][]>
  /** Changes the fields that are present; null clears one. */
  update(id: string, changes: Model['update']): Promise<Model['record']>
  delete(id: string): Promise<void>
  /** Counts the records that match. */
  count(query?: CountQuery<Model>): Promise<number>
}
