import type { Maybe } from '../database/session.ts'
import type { RestContext, RestReply } from './rest-context.ts'

type HookContext = import('../behaviour/hook-context.ts').HookContext

/** What middleware can be around. `get`: one record, by id or key. `find`: lists. `action`: actions of the schema. */
export type MiddlewareOperation = 'find' | 'get' | 'count' | 'aggregate' | 'create' | 'update' | 'delete' | 'action'

export const OPERATIONS: readonly MiddlewareOperation[] = ['find', 'get', 'count', 'aggregate', 'create', 'update', 'delete', 'action']

/**
 * Goes on to what is inside: the next middleware, then hooks and the operation. Gives what the operation answers: the record of a write, the
 * record (or null), the list, the number or the groups of a read, what an action returns. A second call is an error.
 */
export type Next<Result = unknown> = () => Promise<Result>

interface Placed {
  /** Shown in pipelines and errors; unique in its plugin. */
  readonly name: string
  /** `outer`: outside of all others, `inner`: inside of them. Default: in the order of plugins and their lists. */
  readonly phase?: 'outer' | 'inner'
}

/** A function around operations on records. It belongs to the transaction of a write. */
export interface DataMiddleware extends Placed {
  /** Default: all operations. */
  readonly on?: MiddlewareOperation | readonly MiddlewareOperation[]
  /** Names of objects, or `*`. Default: all. */
  readonly objects?: string | readonly string[]
  /**
   * Gives what the operation answers: what `next()` gave, something else, or, without a call of `next`, an answer of its own. What it throws ends the
   * operation.
   */
  execute(context: HookContext, next: Next): unknown
}

/** A function around requests to the REST API, authentication and errors included. */
export interface ProtocolMiddleware extends Placed {
  readonly on: 'rest'
  /** Gives the reply of `next()`, with what it adds to it, or one of its own. What it throws is answered as a problem document. */
  execute(context: RestContext, next: Next<RestReply>): Maybe<RestReply>
}

export type Middleware = DataMiddleware | ProtocolMiddleware

/** The middleware of one object and operation, nested. Printed by the compiler, or put together from what a program registered. */
export type Nest = (context: HookContext, next: () => unknown) => unknown

export type RestNest = (context: RestContext, next: Next<RestReply>) => unknown

export const isOfProtocol = (middleware: Middleware): middleware is ProtocolMiddleware => middleware.on === 'rest'

/** Outermost first. Sorting is stable: what was given first stays outside. */
export const outermostFirst = <Member extends Pick<Placed, 'phase'>>(members: readonly Member[]): readonly Member[] =>
  [...members].sort((left, right) => RANKS[left.phase ?? 'between'] - RANKS[right.phase ?? 'between'])

const RANKS = { outer: 0, between: 1, inner: 2 } as const
