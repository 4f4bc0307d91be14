import type { Typed } from '../expression/typed.ts'
import type { Json } from '../source/json.ts'
import type { Span } from '../source/span.ts'
import type { HandlerIr } from './workflow.ts'

/** What has to hold for a transition: an expression, or a function of the schemas. */
export type GuardIr = { readonly kind: 'typed'; readonly typed: Typed } | ({ readonly kind: 'handler' } & CalledIr)

/** A function of the schemas with what it is called with. */
export interface CalledIr {
  readonly handler: HandlerIr
  readonly params?: Json
}

export interface TransitionIr {
  /** The value that follows. Absent: it stays, and actions alone run. */
  readonly to?: string
  readonly guard?: GuardIr
  /** Exit actions, those of the transition, entry actions, in that order. */
  readonly actions: readonly CalledIr[]
}

export interface EventIr {
  readonly event: string
  /** The first whose guard holds is taken. */
  readonly transitions: readonly TransitionIr[]
}

export interface MachineStateIr {
  /** As the field stores it. */
  readonly value: string
  readonly isFinal: boolean
  readonly events: readonly EventIr[]
  /** Taken at once where their guard holds. */
  readonly always: readonly TransitionIr[]
}

/** A state machine of an object, compiled: nested states are flat. */
export interface MachineIr {
  readonly name: string
  readonly field: string
  readonly initial: string
  /** Entry actions of the initial state. */
  readonly entry: readonly CalledIr[]
  readonly states: readonly MachineStateIr[]
  readonly span: Span
}
