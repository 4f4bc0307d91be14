import { currentContext, type RequestContext, type RequestUser } from '../context/request-context.ts'
import type { Session } from '../database/session.ts'
import type { MiddlewareOperation } from '../middleware/middleware.ts'
import { calledTwice } from '../middleware/middleware-bug.ts'
import { isIncrement } from '../object/increments.ts'
import type { RawRecord } from '../object/object-plan.ts'
import type { KnownRelated, RelatedReading } from '../related/read-related.ts'
import { NONE_RELATED } from '../related/related-plan.ts'
import type { RelatedHome } from '../related/related-statement.ts'
import { recordWritten } from '../rules/with-warnings.ts'
import { isPlainObject } from '../validate/plain-object.ts'
import type { BehaviourHost, DataAccess, Phase } from './behaviour.ts'
import { type HookSession, sessionOf } from './hook-session.ts'
import { isSameValue } from './is-same-value.ts'

export type HookOperation = 'find' | 'count' | 'create' | 'update' | 'delete' | 'restore' | 'purge' | 'action'

/** What middleware goes around, and what it does not. */
export type HookMethod = MiddlewareOperation | 'restore' | 'purge'

/** What an operation is about, when its hooks begin. */
export interface HookInput {
  readonly object: string
  readonly operation: HookOperation
  readonly id?: string | undefined
  readonly data?: RawRecord | undefined
  readonly previous?: RawRecord | undefined
  /** Default: the operation. */
  readonly method?: HookMethod | undefined
}

/** One call on many records. */
export interface HookCall {
  /** How many records it writes: if nothing goes wrong, hooks after the write run for so many. */
  readonly size: number
}

/** What an operation works with. */
export interface HookPlace {
  /** Where the statements of the operation run. */
  readonly session?: Session | undefined
  /** What conditions need to read related records. */
  readonly database?: RelatedHome | undefined
  /** What was read of them for many records at once. */
  readonly knownRelated?: KnownRelated | undefined
}

/** What lookups lead to, by path, as compiled conditions look at it. */
type Beyond = Readonly<Record<string, ReturnType<typeof JSON.parse>>>

/**
 * What hooks are called with. All of one object have the same hidden class, so that what reads them stays fast. Several names mean the
 * same, since code of every generation expects its own.
 */
export class HookContext {
  readonly object: string
  readonly operation: HookOperation
  /** The operation as middleware names it: reads of one record and of groups are told apart. */
  readonly method: HookMethod
  event: Phase | 'action'
  /** Name of the action that is run; `data` are its parameters. */
  action: string | undefined
  id: string | undefined
  /** The record that is written, complete on create and partial on update. What a before-hook changes in it is stored. */
  data: RawRecord
  /** The record as it was, on update and delete. */
  previous: RawRecord | undefined
  /** What a hook before a read adds to the query: `where` narrows it, the rest replaces what was asked for. */
  query: RawRecord | undefined
  /** Why the transaction was undone. */
  error: unknown
  /** Shared by the hooks of one operation. */
  readonly state: RawRecord
  /** What is known about who asks. */
  readonly #asked: RequestContext | undefined
  /** The same for all records of one call that are written together; undefined where one is written by itself. */
  call: HookCall | undefined
  isStopped: boolean
  /** The operation itself was done. */
  isDone: boolean
  /** How far middleware called on. */
  #reached: number
  #result: unknown
  /** JSON of a written record, as long as nobody has looked at it. */
  #unseen: string | undefined
  /** What the lookups of `record` and of `previous` lead to, as far as the conditions of the phase look at it. */
  related: Beyond
  relatedBefore: Beyond
  readonly #host: BehaviourHost
  readonly #statements: Session | undefined
  readonly #home: RelatedHome | undefined
  #knownRelated: KnownRelated | undefined

  constructor(
    host: BehaviourHost,
    event: Phase | 'action',
    { object, operation, id, data, previous, method = operation }: HookInput,
    place?: HookPlace,
  ) {
    this.object = object
    this.operation = operation
    this.method = method
    this.event = event
    this.action = undefined
    this.id = id
    this.data = data ?? {}
    this.previous = previous
    this.query = undefined
    this.#result = undefined
    this.#unseen = undefined
    this.error = undefined
    this.state = {}
    this.#asked = currentContext()
    this.call = undefined
    this.isStopped = false
    this.isDone = false
    this.#reached = 0
    this.related = NONE_RELATED
    this.relatedBefore = NONE_RELATED
    this.#host = host
    this.#home = place?.database
    this.#knownRelated = place?.knownRelated
    this.#statements = place?.session
  }

  get objectName(): string {
    return this.object
  }

  /** What the operation answers. Hooks after it may change it. */
  get result(): unknown {
    if (this.#unseen !== undefined) this.result = recordWritten(this.#unseen)
    return this.#result
  }

  set result(result: unknown) {
    this.#unseen = undefined
    this.#result = result
  }

  /** The operation answers with this record. It is parsed for the first hook that looks at it: most do not. */
  answerWith(json: string): void {
    this.#result = undefined
    this.#unseen = json
  }

  /** A hook has looked at what the operation answers, so it may have changed it. */
  get isResultSeen(): boolean {
    return this.#unseen === undefined
  }

  get new(): RawRecord {
    return this.data
  }

  set new(record: RawRecord) {
    this.data = record
  }

  get input(): RawRecord {
    return this.data
  }

  set input(record: RawRecord) {
    this.data = record
  }

  get doc(): RawRecord {
    return this.data
  }

  /** The record as conditions see it: as the operation leaves it, so the stored one with what is written, or the one that is deleted. */
  get record(): RawRecord {
    if (isPlainObject(this.result)) return this.result
    const record: RawRecord = { ...this.previous }
    if (this.id !== undefined) record['id'] = this.id
    for (const field of Object.keys(this.data)) {
      const value = this.data[field]
      if (value !== undefined) record[field] = isIncrement(value) ? increased(record[field], value) : value
    }
    return record
  }

  get previousData(): RawRecord | undefined {
    return this.previous
  }

  get old(): RawRecord | undefined {
    return this.previous
  }

  /** Who asks; undefined when nobody in particular does. */
  get user(): RequestUser | undefined {
    return this.#asked?.user
  }

  get session(): HookSession | undefined {
    return sessionOf(this.#asked?.user)
  }

  get userId(): string | undefined {
    return this.#asked?.user?.id
  }

  get spaceId(): string | undefined {
    return this.#asked?.user?.spaceId
  }

  get roles(): readonly string[] {
    return this.#asked?.user?.roles ?? []
  }

  /** The application itself is at work. */
  get isSystem(): boolean {
    return this.#asked?.isSystem === true
  }

  get locale(): string | undefined {
    return this.#asked?.locale
  }

  /** Reading and writing as the application itself. */
  sudo(): DataAccess {
    return this.#host.systemAccess
  }

  /** All or nothing; inside of a transaction a savepoint. */
  transaction<Result>(work: (api: DataAccess) => Promise<Result> | Result): Promise<Result> {
    return this.#host.access.transaction(work)
  }

  get api(): DataAccess {
    return this.#host.access
  }

  get ql(): DataAccess {
    return this.#host.access
  }

  get db(): DataAccess {
    return this.#host.access
  }

  /** Where the statements of the operation run: what is written through it is kept or undone with the operation. */
  get statements(): Session | undefined {
    return this.#statements
  }

  /** How related records are read inside of the operation; undefined outside of one. */
  get relatedReading(): RelatedReading | undefined {
    if (!this.#statements || !this.#home) return undefined
    this.#knownRelated ??= new Map()
    return { session: this.#statements, home: this.#home, known: this.#knownRelated }
  }

  /** What generated pipelines hand work to that nobody waits for. */
  get host(): BehaviourHost {
    return this.#host
  }

  /** The same for a hook that runs later, when this one is in another phase. */
  copy(): HookContext {
    const { object, operation, method, id, data, previous } = this
    const made = new HookContext(this.#host, this.event, { object, operation, method, id, data, previous })
    made.query = this.query
    made.related = this.related
    made.relatedBefore = this.relatedBefore
    if (this.#unseen !== undefined) made.answerWith(this.#unseen)
    else made.#result = this.#result
    Object.assign(made.state, this.state)
    return made
  }

  /** Called by generated code where the middleware of a level calls `next`. @throws ObjectQLError 500 the second time. */
  enter(level: number, name: string): void {
    if (this.#reached >= level) throw calledTwice(name)
    this.#reached = level
  }

  /** True when the operation gives the field another value than it has. */
  isModified(field: string): boolean {
    if (!Object.hasOwn(this.data, field) || this.data[field] === undefined) return false
    const before = this.previous !== undefined && Object.hasOwn(this.previous, field) ? this.previous[field] : undefined
    return !isSameValue(this.data[field], before)
  }

  /** The hooks of this phase that come later are left out. The operation goes on. */
  stopPropagation(): void {
    this.isStopped = true
  }
}

/** What becomes of a number; null where it is none, or the amount cannot be read. */
function increased(before: unknown, change: Readonly<Record<string, unknown>>): number | null {
  const [[operator, amount] = ['', null]] = Object.entries(change)
  if (typeof before !== 'number' || typeof amount !== 'number') return null
  if (operator === '$mul') return before * amount
  return operator === '$inc' ? before + amount : operator === '$dec' ? before - amount : null
}
