import type { ContextOf, HookDefinition } from './hook.ts'

/** What hooks of one object are called with. `Previous`: the record as it was; `Result`: what the operation answers. */
export interface HookContextOf<Record, Api, Previous = Readonly<Record> | undefined, Result = unknown> extends ContextOf<Api> {
  readonly id?: string
  /** What is written: all of a new record, only what changes of an old one. It is checked after the before-hooks, which may change it. */
  data: Partial<Record>
  /** The same as `data`. */
  new: Partial<Record>
  /** The same as `data`. */
  input: Partial<Record>
  readonly previous: Previous
  /** The same as `previous`. */
  readonly previousData: Previous
  /** The same as `previous`. */
  readonly old: Previous
  /** After-hooks may change it. */
  result: Result
  /** True when the operation gives the field another value than it has. */
  isModified(field: keyof Record & string): boolean
}

/** Before and after a record is created: `result` is there afterwards. */
export type CreateContextOf<Record, Api> = HookContextOf<Record, Api, undefined, Record | undefined>

/** Before and after a record is changed: `result` is there afterwards. */
export interface UpdateContextOf<Record, Api> extends HookContextOf<Record, Api, Readonly<Record>, Record | undefined> {
  readonly id: string
}

/** Before and after a record is deleted. */
export interface DeleteContextOf<Record, Api> extends HookContextOf<Record, Api, Readonly<Record>> {
  readonly id: string
}

/** Before and after a record is taken out of the trash: `previous` is the record as it lies there, `result` afterwards what came back. */
export interface RestoreContextOf<Record, Api> extends HookContextOf<Record, Api, Readonly<Record>, Record | undefined> {
  readonly id: string
}

/** Before and after a record is deleted for good. */
export type PurgeContextOf<Record, Api> = DeleteContextOf<Record, Api>

/** Before and after records are read: afterwards `result` is the list of them. */
export type FindContextOf<Record, Api> = HookContextOf<Record, Api, undefined, Record[]>

/** A hook with everything said about it, whose functions take `Context` or one of its kinds. */
export interface HookOf<Context> {
  readonly name?: string
  readonly object: string | readonly string[]
  readonly events: HookDefinition['events']
  readonly handler: string | Takes<Context, unknown>
  readonly priority?: number
  readonly async?: boolean
  readonly onError?: HookDefinition['onError']
  readonly errorHandler?: HookDefinition['errorHandler']
  readonly condition?: Exclude<HookDefinition['condition'], (...args: never) => unknown> | Takes<Context, boolean | Promise<boolean>>
  readonly phase?: HookDefinition['phase']
  readonly timeout?: number
  readonly retryPolicy?: HookDefinition['retryPolicy']
  readonly parallel?: boolean
  readonly active?: boolean
  readonly description?: string
}

/** A function of a context, or of a narrower one: the event says which it is called with. */
type Takes<Context, Result> = { call(context: Context): Result }['call']
