import type { RawRecord } from '../object/object-plan.ts'
import { ownValue } from '../validate/plain-object.ts'
import type { Findings, TransitionPlan } from './rules-plan.ts'

/** A value of a field with transitions. */
export type State = string | number | null

/** The stored values that a field may have before it gets a value; itself always: what stays is no transition. */
export function statesBefore({ from, clears }: TransitionPlan, value: State): readonly State[] {
  const known = value === null ? clears : ownValue(from, String(value))
  if (known === undefined) return [value]
  return (known as readonly State[]).includes(value) ? (known as readonly State[]) : [...(known as readonly State[]), value]
}

/** Whether a record that is `previous` may become `record`. Adds to the findings what may not. */
export function checkTransition(plan: TransitionPlan, previous: RawRecord, record: RawRecord, findings: Findings): void {
  const [before, after] = [stateOf(previous, plan), stateOf(record, plan)]
  if (before === after || statesBefore(plan, after).includes(before)) return
  findings.add(plan.rule, { old_status: before, new_status: after })
}

/** Whether a new record may begin as it does. One without a value has not begun yet. */
export function checkBeginning(plan: TransitionPlan, record: RawRecord, findings: Findings): void {
  const state = stateOf(record, plan)
  if (plan.initial === undefined || state === null || plan.initial.includes(state)) return
  findings.add(plan.rule, { old_status: null, new_status: state })
}

const stateOf = (record: RawRecord, { field }: TransitionPlan): State => (ownValue(record, field) ?? null) as State
