import type { DataAccess } from '../behaviour/behaviour.ts'
import type { RawRecord } from '../object/object-plan.ts'
import type { RelatedPlan } from '../related/related-plan.ts'
import type { Scope, Values } from './workflow-plan.ts'

/** What guards and actions of state machines are called with. What an action changes in `data` is stored with the change of the state. */
export interface TransitionCall {
  readonly object: string
  readonly id: string | undefined
  /** The event, where one was sent; else the one that leads to the state that was written. */
  readonly event: string
  readonly from: string | null
  readonly to: string
  /** What is written. */
  readonly data: RawRecord
  /** The record with what is written. */
  readonly record: RawRecord
  readonly previous: RawRecord | undefined
  /** What came with the event. */
  readonly payload: RawRecord
  /** What the machine says besides the name. */
  readonly params: unknown
  readonly user: RawRecord | undefined
  readonly api: DataAccess
  readonly ql: DataAccess
  readonly db: DataAccess
}

/** A function of the schemas, with what the machine says it is called with. */
export type Called = readonly [handler: (call: TransitionCall) => unknown, params?: unknown]

export interface TransitionStep {
  /** Absent: the state stays. */
  readonly to?: string
  readonly guard?: (record: Values, scope: Scope) => boolean
  readonly guardedBy?: Called
  readonly actions?: readonly Called[]
}

export interface MachineState {
  readonly on?: Readonly<Record<string, readonly TransitionStep[]>>
  readonly always?: readonly TransitionStep[]
}

/** A state machine as it was compiled: nested states are flat, and each transition lists all actions it runs. */
export interface MachinePlan {
  readonly name: string
  readonly field: string
  readonly initial: string
  readonly entry?: readonly Called[]
  readonly states: Readonly<Record<string, MachineState>>
  /** What its guards look at beyond lookups. */
  readonly related?: RelatedPlan
  /** It calls functions, which may wait. */
  readonly calls?: true
}
