import { ObjectQLError } from '../problem/problem.ts'
import { newStep } from './start-instance.ts'
import { current, type StepRun, scopeOf } from './step-run.ts'
import type { Assignee, StepPlan } from './workflow-plan.ts'
import type { StepRow } from './workflow-rows.ts'
import { insertStep, updateStep } from './workflow-store.ts'

export type Approval = StepPlan & { readonly type: 'approval' }

/** Who a task is for, as its row has it. */
export interface Assigned {
  readonly type: string
  readonly name: string
}

/** Type of the row of a step that asks several: each of them has a row of the type `approval` below it. */
export const SEVERAL = 'approvals'

/** How several stand: what its row keeps. */
export interface Tally {
  /** Approvals that decide. */
  readonly need: number
  readonly approved: number
  /** Those who have not said anything, asked or not. */
  readonly open: number
  /** Those who are asked later. */
  readonly queue?: readonly Assigned[]
}

/** The task, or the tasks, are there until somebody acts, or their time is over. */
export async function ask(run: StepRun, step: Approval): Promise<void> {
  const { session, row, now } = run
  const { assignees = [], required, timeout, isInTurn } = step
  const found = withoutDoubles(assignees.flatMap((assignee) => assignedOf(run, assignee)))
  const due = timeout === undefined ? null : now + timeout
  const [first] = found
  // Several of one role or queue: each task is for another of its members.
  const asked = first && found.length === 1 && typeof required === 'number' && first.type !== 'user' ? Array(required).fill(first) : found
  if (asked.length <= 1) {
    const { type = null, name = null } = first ?? {}
    await updateStep(session, row.id, { state: 'waiting', due_at: due, assignee_type: type, assignee: name })
    return
  }
  const asks = isInTurn ? asked.slice(0, 1) : asked
  const queue = asked.slice(asks.length)
  const tally: Tally = { need: needOf(required, asked.length), approved: 0, open: asked.length, ...(queue.length === 0 ? {} : { queue }) }
  await updateStep(session, row.id, { type: SEVERAL, state: 'waiting', due_at: due, memo: { ...tally } })
  for (const one of asks) await addTask(run, row, one, due)
}

/** A row for one of several. What is due is their step: a task of its own would be over by itself. */
export async function addTask(run: StepRun, above: StepRow, { type, name }: Assigned, due: number | null): Promise<void> {
  const { session, plan, now } = run
  const position = current(run).steps + 1
  run.changes.steps = position
  await insertStep(session, {
    ...newStep(plan, run.instance, { step: above.step, position, parent: above.id, now }),
    ...{ state: 'waiting', due_at: null, assignee_type: type, assignee: name, memo: due === null ? {} : { due } },
  })
}

function needOf(required: Approval['required'] = 'all', total: number): number {
  if (required === 'all') return total
  if (required === 'majority') return Math.floor(total / 2) + 1
  const wanted = typeof required === 'number' ? required : Math.ceil((total * required.percent) / 100)
  return Math.min(Math.max(wanted, 1), total)
}

function withoutDoubles(all: readonly Assigned[]): readonly Assigned[] {
  const keys = all.map(({ type, name }) => JSON.stringify([type, name]))
  return all.filter((_, index) => keys.indexOf(keys[index] as string) === index)
}

/** Users of a field that holds several are asked each. */
export function assignedOf(run: StepRun, assignee: Assignee): readonly Assigned[] {
  if (assignee.type !== 'value') return [assignee]
  const value = assignee.value(run.record, scopeOf(run))
  const names = (Array.isArray(value) ? value : [value]).filter((name) => typeof name === 'string' && name !== '')
  if (names.length > 0) return names.map((name) => ({ type: 'user', name: String(name) }))
  throw new ObjectQLError(422, 'VALIDATION_ERROR', 'The record names nobody who could be asked.')
}
