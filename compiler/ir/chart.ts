import type { Span } from '../source/span.ts'
import type { CalledIr, GuardIr } from './machine.ts'

/** A transition of a state machine whose states are a tree at run time. */
export interface ChartTransitionIr {
  /** Paths of states. Absent: nothing changes, and actions alone run. */
  readonly to?: readonly string[]
  readonly guard?: GuardIr
  /** Path of a state that has to be active. */
  readonly in?: string
  readonly actions: readonly CalledIr[]
}

export interface ChartTimerIr {
  /** Milliseconds. */
  readonly delay: number
  readonly transitions: readonly ChartTransitionIr[]
}

export interface ChartStateIr {
  /** Names from the outermost state, joined by dots; the machine itself: empty. */
  readonly path: string
  readonly name: string
  /** As a field stores it. */
  readonly value: string
  readonly type?: 'parallel' | 'final' | 'shallow' | 'deep'
  readonly initial?: string
  /** Field that holds the innermost of its states. */
  readonly field?: string
  /** Of a history: what is entered where nothing is remembered. */
  readonly to?: readonly string[]
  readonly entry: readonly CalledIr[]
  readonly exit: readonly CalledIr[]
  readonly on: readonly { readonly event: string; readonly transitions: readonly ChartTransitionIr[] }[]
  readonly always: readonly ChartTransitionIr[]
  readonly done: readonly ChartTransitionIr[]
  readonly after: readonly ChartTimerIr[]
}

/** A state machine with parallel states, histories, times or what follows when all is done. */
export interface ChartIr {
  readonly name: string
  /** Fields that hold states: of the machine, and of regions. */
  readonly fields: readonly string[]
  /** Field that holds what no other does. */
  readonly snapshot?: string
  /** Each before those below it. */
  readonly states: readonly ChartStateIr[]
  readonly span: Span
}
