import type { DataAccess } from '../behaviour/behaviour.ts'
import { type HookSession, sessionOf } from '../behaviour/hook-session.ts'
import type { RequestContext, RequestUser } from '../context/request-context.ts'
import type { RawRecord } from '../object/object-plan.ts'
import type { AskedOperation } from './asking.ts'
import type { Question } from './question.ts'

/** What validators of one record have in common. */
export interface AskedRecord {
  readonly object: string
  readonly operation: AskedOperation
  readonly id: string
  /** Frozen, as is `previous`: whoever is asked changes nothing. */
  readonly record: RawRecord
  readonly previous: RawRecord | undefined
  readonly isBulk: boolean
  /** What is known about who asks. */
  readonly asked: RequestContext | undefined
  /** Reading and writing in the transaction of the write. */
  readonly access: DataAccess
  /** The same, as the application itself. */
  readonly systemAccess: DataAccess
}

/** What a validator is called with. */
export class ValidatorContext {
  readonly #about: AskedRecord
  readonly rule: string
  readonly field: string | undefined
  /** What the record holds in `field`. */
  readonly value: unknown
  readonly params: RawRecord
  readonly signal: AbortSignal

  constructor(about: AskedRecord, { rule, field, params = {} }: Question, signal: AbortSignal) {
    this.#about = about
    this.rule = rule.name
    this.field = field
    this.value = field === undefined ? undefined : valueAt(about.record, field)
    this.params = params
    this.signal = signal
  }

  get object(): string {
    return this.#about.object
  }

  get objectName(): string {
    return this.#about.object
  }

  get operation(): AskedOperation {
    return this.#about.operation
  }

  get id(): string {
    return this.#about.id
  }

  /** The record as it will be; before a deletion, as it is. */
  get record(): RawRecord {
    return this.#about.record
  }

  /** The record as it was; undefined on create. */
  get previous(): RawRecord | undefined {
    return this.#about.previous
  }

  /** One of many records of one write. */
  get isBulk(): boolean {
    return this.#about.isBulk
  }

  get user(): RequestUser | undefined {
    return this.#about.asked?.user
  }

  get session(): HookSession | undefined {
    return sessionOf(this.user)
  }

  get userId(): string | undefined {
    return this.user?.id
  }

  get spaceId(): string | undefined {
    return this.user?.spaceId
  }

  get roles(): readonly string[] {
    return this.user?.roles ?? []
  }

  /** The application itself is at work. */
  get isSystem(): boolean {
    return this.#about.asked?.isSystem === true
  }

  get locale(): string | undefined {
    return this.#about.asked?.locale ?? this.#about.asked?.languages?.[0]
  }

  get api(): DataAccess {
    return this.#about.access
  }

  get ql(): DataAccess {
    return this.#about.access
  }

  get db(): DataAccess {
    return this.#about.access
  }

  /** Reading and writing as the application itself. */
  sudo(): DataAccess {
    return this.#about.systemAccess
  }
}

function valueAt(record: RawRecord, field: string): unknown {
  let value: unknown = record
  for (const name of field.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as RawRecord)[name]
  }
  return value
}
