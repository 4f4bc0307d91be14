import type { ContextOf, HookDefinition } from './hook.ts'

/** One object, as hooks and actions read and write it. */
export interface TypedObject<Record> {
  find(query?: object): Promise<Record[]>
  /** Null when there is none. */
  findOne(idOrQuery: string | object): Promise<Record | null>
  get(id: string): Promise<Record | null>
  count(filter?: object): Promise<number>
  create(record: Partial<Record>): Promise<Record>
  insert(record: Partial<Record>): Promise<Record>
  update(id: string, record: Partial<Record>): Promise<Record>
  updateMany(filter: object, record: Partial<Record>): Promise<number>
  delete(id: string): Promise<boolean>
  deleteMany(filter: object): Promise<number>
  /** Runs an action of the object. */
  execute(action: string, id: string | undefined, params?: object): Promise<unknown>
}

/** Reading and writing by name of the object. `Records`: the record of each. */
export interface TypedApi<Records> {
  object<Name extends keyof Records>(name: Name): TypedObject<Records[Name]>
  find<Name extends keyof Records>(object: Name, query?: object): Promise<Records[Name][]>
  findOne<Name extends keyof Records>(object: Name, idOrQuery: string | object): Promise<Records[Name] | null>
  count(object: keyof Records, filter?: object): Promise<number>
  create<Name extends keyof Records>(object: Name, record: Partial<Records[Name]>): Promise<Records[Name]>
  insert<Name extends keyof Records>(object: Name, record: Partial<Records[Name]>): Promise<Records[Name]>
  update<Name extends keyof Records>(object: Name, id: string, record: Partial<Records[Name]>): Promise<Records[Name]>
  delete(object: keyof Records, id: string): Promise<boolean>
  /** All or nothing; inside of a transaction a savepoint. */
  transaction<Result>(work: (api: TypedApi<Records>) => Promise<Result> | Result): Promise<Result>
  readonly doc: {
    get<Name extends keyof Records>(object: Name, id: string): Promise<Records[Name] | null>
    create<Name extends keyof Records>(object: Name, record: Partial<Records[Name]>): Promise<Records[Name]>
    update<Name extends keyof Records>(object: Name, id: string, record: Partial<Records[Name]>): Promise<Records[Name]>
    delete(object: keyof Records, id: string): Promise<boolean>
  }
}

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
