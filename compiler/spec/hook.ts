import type { Expression } from './expression.ts'
import type { TypedApi } from './typed-api.ts'

/** Every event name metadata uses. `Create` and `Insert` mean the same. */
export const HOOK_EVENTS = [
  'beforeFind',
  'afterFind',
  'beforeFindOne',
  'afterFindOne',
  'beforeCount',
  'afterCount',
  'beforeAggregate',
  'afterAggregate',
  'beforeCreate',
  'afterCreate',
  'beforeInsert',
  'afterInsert',
  'beforeUpdate',
  'afterUpdate',
  'beforeDelete',
  'afterDelete',
  'beforeRestore',
  'afterRestore',
  'beforePurge',
  'afterPurge',
  'beforeUpdateMany',
  'afterUpdateMany',
  'beforeDeleteMany',
  'afterDeleteMany',
  'beforeQuery',
  'afterQuery',
  'beforeMutation',
  'beforeValidate',
  'afterCommit',
  'afterRollback',
] as const

export type HookEvent = (typeof HOOK_EVENTS)[number]

type Row = { [field: string]: unknown }

/** Reading and writing records from a hook or an action. */
export interface DataApi extends TypedApi<{ readonly [object: string]: Row }> {}

export interface HookUser {
  readonly id: string
  readonly name?: string
  readonly email?: string
  readonly roles?: readonly string[]
  readonly spaceId?: string
  readonly [key: string]: unknown
}

/** What contexts have, whatever the object. `Api`: how other records are read and written. */
export interface ContextOf<Api> {
  readonly object: string
  readonly objectName: string
  readonly event: HookEvent
  readonly operation: 'find' | 'count' | 'create' | 'update' | 'delete' | 'restore' | 'purge'
  /** Mutable in before-hooks of reads. */
  query?: { [key: string]: unknown }
  readonly user?: HookUser
  readonly session?: {
    readonly userId?: string
    readonly tenantId?: string
    readonly roles?: readonly string[]
    readonly [key: string]: unknown
  }
  readonly userId?: string
  readonly spaceId?: string
  readonly roles: readonly string[]
  /** The application itself is at work. */
  readonly isSystem: boolean
  /** Language of the request. */
  readonly locale?: string
  readonly api: Api
  readonly ql: Api
  readonly db: Api
  /** Shared by the hooks of one operation. */
  readonly state: { [key: string]: unknown }
  /** Reading and writing as the application itself. */
  sudo(): Api
  /** All or nothing. */
  transaction<Result>(work: (api: Api) => Promise<Result> | Result): Promise<Result>
  /** The hooks of this phase that come later are left out. The operation goes on. */
  stopPropagation(): void
}

/**
 * What a hook is called with. Several names mean the same, since code of every generation expects its own: `data`, `new` and
 * `input` are the record being written; `previousData`, `previous` and `old` the record as it was.
 */
export interface HookContext<Record extends object = Row> extends ContextOf<DataApi> {
  readonly id?: string
  /** Mutable: what a before-hook writes here is stored. */
  readonly data: Record
  readonly new: Record
  readonly input: Record
  readonly previousData?: Readonly<Record>
  readonly previous?: Readonly<Record>
  readonly old?: Readonly<Record>
  /** Mutable in after-hooks. */
  result?: unknown
  isModified(field: keyof Record & string): boolean
}

export type HookHandler<Record extends object = Row> = (context: HookContext<Record>) => unknown

/** A hook with everything said about it. */
export interface HookDefinition<Record extends object = Row> {
  readonly name?: string
  readonly object: string | readonly string[]
  readonly events: readonly HookEvent[]
  readonly handler: HookHandler<Record> | string
  /** Lower runs first. Default 100. */
  readonly priority?: number
  /** Fire and forget; after-events only. */
  readonly async?: boolean
  /** What an error means: `abort` (the same as `throw`, default) ends the operation, `log` reports it, `ignore` forgets it. */
  readonly onError?: 'abort' | 'throw' | 'log' | 'ignore'
  /** The same as `onError`. */
  readonly errorHandler?: 'abort' | 'throw' | 'log' | 'ignore'
  /** When it is called: an expression over `record`, `previous` and `current_user`, or a function. Default: always. */
  readonly condition?: string | boolean | Expression | ((context: HookContext<Record>) => boolean | Promise<boolean>)
  /** Of hooks that name operations (`events: ['update']`); `afterCommit` and `afterRollback` also with after-events. */
  readonly phase?: 'before' | 'after' | 'afterCommit' | 'afterRollback'
  /** Milliseconds. Default: none. */
  readonly timeout?: number
  /** Further attempts, each pause twice the one before. Default: none; of an empty policy 3, from 1,000 ms. */
  readonly retryPolicy?: { readonly maxRetries?: number; readonly backoffMs?: number }
  /** Neighbours that say so run side by side. Default false. */
  readonly parallel?: boolean
  readonly description?: string
  readonly [key: string]: unknown
}

export type Hook<Record extends object = Row> = HookDefinition<Record>

/** Hooks of one object by event: what a `<object>.hook.ts` file exports. */
export type ObjectHookDefinition<Record extends object = Row> = { readonly [Event in HookEvent]?: HookHandler<Record> }
