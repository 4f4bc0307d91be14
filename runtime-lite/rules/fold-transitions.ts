import type { RawRecord, SqlValue } from '../object/object-plan.ts'
import type { ChangedFields, FieldGuard } from '../query/print/print-write.ts'
import { countsUp, isChangedBy } from './changed-by.ts'
import type { RulesPlan, TransitionPlan } from './rules-plan.ts'
import { type State, statesBefore } from './transitions.ts'

/** Transitions as a part of the statement that makes them: a record that may not make them is not found. */
export interface Fold {
  readonly guards: readonly FieldGuard[]
  /** Of the guards, in order. */
  readonly values: readonly SqlValue[]
}

/** The transitions that a change may be. */
export const transitionsOf = ({ transitions = [] }: RulesPlan, changed: ChangedFields): readonly TransitionPlan[] =>
  transitions.filter(({ on, field }) => (on?.includes('update') ?? true) && isChangedBy(changed, field))

/** Undefined where the record has to be read before: other rules look at it, or a transition that is not made is no error. */
export function foldTransitions(plan: RulesPlan, changed: ChangedFields, values: RawRecord): Fold | undefined {
  const isChecked = plan.onUpdate && (plan.updateFields === undefined || plan.updateFields.some((field) => isChangedBy(changed, field)))
  if (isChecked || countsUp(changed)) return undefined
  const transitions = transitionsOf(plan, changed)
  if (transitions.length === 0 || !transitions.every(isFoldable)) return undefined
  const allowed = transitions.map((transition) => ({
    field: transition.field,
    states: statesBefore(transition, (values[transition.field] ?? null) as State),
  }))
  return {
    guards: allowed.map(({ field, states }): FieldGuard => {
      const orNull = states.includes(null)
      return { field, count: states.length - (orNull ? 1 : 0), orNull }
    }),
    values: allowed.flatMap(({ states }) => states.filter((state) => state !== null)),
  }
}

const isFoldable = ({ rule, applies, fields, field }: TransitionPlan): boolean =>
  rule.severity === 'error' && applies === undefined && (fields === undefined || (fields.length === 1 && fields[0] === field))
