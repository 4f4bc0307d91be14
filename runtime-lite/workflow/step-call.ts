import type { DataAccess } from '../behaviour/behaviour.ts'
import type { RawRecord } from '../object/object-plan.ts'

/** What a script of a workflow is called with. What it returns can be stored in a variable. */
export interface StepCall {
  readonly workflow: string
  readonly step: string
  readonly instance: string
  /** The same for every attempt of one activation. */
  readonly idempotencyKey: string
  readonly attempt: number
  readonly object: string | undefined
  readonly id: string | undefined
  /** The record as it is now; empty when there is none. */
  readonly record: RawRecord
  readonly input: RawRecord
  readonly params: RawRecord
  readonly variables: RawRecord
  readonly user: RawRecord
  readonly api: DataAccess
  readonly ql: DataAccess
  readonly db: DataAccess
}

/** Something somebody should be told. */
export interface Notification {
  /** `email`, `push`, or what the schema says. */
  readonly channel: string
  /** What the step says: `to`, `subject`, `template`, `message` … */
  readonly message: RawRecord
  readonly workflow: string
  readonly step: string
  readonly instance: string
  readonly object: string | undefined
  readonly id: string | undefined
  /** The same for every attempt: receivers that saw it already leave it out. */
  readonly idempotencyKey: string
}
