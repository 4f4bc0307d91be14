import type { RelatedPlan } from '../../related/related-plan.ts'
import type { Called } from '../machine-plan.ts'
import type { Scope, Values } from '../workflow-plan.ts'

/** A transition of a state machine with several states at once. */
export interface ChartTransition {
  /** Paths of the states that are entered. Absent: nothing changes, and actions alone run. */
  readonly to?: readonly string[]
  readonly guard?: (record: Values, scope: Scope) => boolean
  readonly guardedBy?: Called
  /** Path of a state that has to be active. */
  readonly in?: string
  readonly actions?: readonly Called[]
}

/** A transition that is taken so many milliseconds after its state was entered. */
export interface ChartTimer {
  readonly delay: number
  readonly transitions: readonly ChartTransition[]
}

export interface ChartState {
  /** Names from the outermost state to this one, joined by dots. The machine itself: empty. */
  readonly path: string
  /** As a field stores it; absent: as it is named. */
  readonly value?: string
  /** Absent: one of its states at a time, or it has none. */
  readonly type?: 'parallel' | 'final' | 'shallow' | 'deep'
  /** Path of the state that is entered with it. */
  readonly initial?: string
  /** Field that holds the innermost of its states. */
  readonly field?: string
  /** Of a history: what is entered where nothing is remembered. */
  readonly to?: readonly string[]
  readonly entry?: readonly Called[]
  readonly exit?: readonly Called[]
  readonly on?: Readonly<Record<string, readonly ChartTransition[]>>
  /** Taken at once where their guard holds. */
  readonly always?: readonly ChartTransition[]
  /** Taken when all that is below it is final. */
  readonly done?: readonly ChartTransition[]
  readonly after?: readonly ChartTimer[]
}

/** A state machine whose states are a tree at run time, too: several may be active, and what was left is remembered. */
export interface ChartPlan {
  readonly name: string
  /** Field that holds what no other field does. */
  readonly snapshot?: string
  /** What its guards look at beyond lookups. */
  readonly related?: RelatedPlan
  /** It calls functions, which may wait. */
  readonly calls?: true
  /** It has states that are left after a time. */
  readonly hasTimers?: true
  /** Each before those below it, in the author's order. */
  readonly states: readonly ChartState[]
}
