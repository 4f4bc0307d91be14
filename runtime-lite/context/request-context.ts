import { AsyncLocalStorage } from 'node:async_hooks'

/** Somebody who asks. What else `authenticate` knows about them travels along: hooks, actions and rules see it. */
export interface RequestUser {
  /** What defaults, `created_by` and histories keep. */
  readonly id: string
  readonly name?: string
  readonly email?: string
  readonly roles?: readonly string[]
  /** The tenant, where one application serves several: what `space_id` of new records gets. */
  readonly spaceId?: string
  readonly [key: string]: unknown
}

/** What belongs to one request, or to one piece of work done for somebody. */
export interface RequestContext {
  /** Undefined: it is known that nobody in particular asks. */
  readonly user: RequestUser | undefined
  /** The language that is wanted, as in Accept-Language: `de-CH`. */
  readonly locale?: string
  /** All languages of Accept-Language, the one wanted most first: told to rules that speak several. */
  readonly languages?: readonly string[]
  /** The application itself is at work (`sudo`, imports): what it says about who made a record counts. */
  readonly isSystem?: true
  /** Nobody said so: `isSystem` stands for "nobody said who asks", and fields that clients only read stay read only. */
  readonly isAssumed?: true
}

/** Made with the first application that authenticates: others look at a variable. */
let storage: AsyncLocalStorage<RequestContext> | undefined

/** Who asks, for everything that is called while `work` runs or was started by it. */
export function asking<Result>(context: RequestContext, work: () => Result): Result {
  storage ??= new AsyncLocalStorage()
  return storage.run(context, work)
}

/** The context of the calling code; undefined where nothing said who asks. */
export const currentContext = (): RequestContext | undefined => storage?.getStore()

/** The user of the calling code. */
export const currentUser = (): RequestUser | undefined => storage?.getStore()?.user

/** Their id; null when nobody asks. */
export const currentUserId = (): string | null => storage?.getStore()?.user?.id ?? null

/** The same user, but the application itself is at work. */
export const asSystem = <Result>(work: () => Result): Result => asking({ user: undefined, ...storage?.getStore(), isSystem: true }, work)

/** The context for a user. @throws TypeError for a user without an id. */
export function contextOf(user: RequestUser | null | undefined, locale?: string): RequestContext {
  if (user === null || user === undefined) return locale === undefined ? { user: undefined } : { user: undefined, locale }
  if (typeof user !== 'object' || typeof user.id !== 'string' || user.id === '')
    throw new TypeError('A user has an "id", which is a text that is not empty.')
  return locale === undefined ? { user } : { user, locale }
}
