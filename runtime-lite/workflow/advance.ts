import type { RawRecord } from '../object/object-plan.ts'
import { newStep } from './start-instance.ts'
import { current, type StepRun } from './step-run.ts'
import type { StepPlan } from './workflow-plan.ts'
import type { StepRow, StepState } from './workflow-rows.ts'
import { insertStep, selectSteps, updateStep, updateSteps } from './workflow-store.ts'

/** Activations one instance may have: beyond, it goes around in a circle. */
export const MOST_STEPS = 10_000

/** Outcomes after which `on_failure` runs, and which end every way of an instance. */
const BAD: ReadonlySet<string> = new Set(['rejected', 'expired'])

/** Closes the activation. */
export const close = async ({ session, row, now }: StepRun, state: StepState, changes: Partial<StepRow> = {}): Promise<void> => {
  await updateStep(session, row.id, { ...changes, state, due_at: null, ended_at: now })
}

/** Goes on with a step, below the `parallel` or `loop` whose id is `parent`; without a step the way ends. */
export async function advance(run: StepRun, next: string | undefined, parent: string | null): Promise<void> {
  const above = parent === null ? undefined : await stepAbove(run, parent)
  const isJoin = above !== undefined && next !== undefined && next === above.plan?.next
  if (next !== undefined && !isJoin) return enter(run, next, parent)
  if (above) return wayEnded(run, above.row, above.plan)
  return complete(run)
}

async function stepAbove({ session, plan }: StepRun, id: string) {
  const [row] = await selectSteps(session, { filter: [['id', '=', id]], lock: 'wait' })
  return row && { row, plan: plan.steps[row.step] }
}

/** The step is due at once. */
export async function enter(run: StepRun, step: string, parent: string | null): Promise<void> {
  const { session, plan, now } = run
  const instance = current(run)
  if (!Object.hasOwn(plan.steps, step)) return failInstance(run, `The workflow has no step "${step}".`)
  if (instance.steps >= MOST_STEPS) return failInstance(run, `More than ${MOST_STEPS} steps: the workflow goes around in a circle.`)
  const position = instance.steps + 1
  run.changes.steps = position
  await insertStep(session, newStep(plan, instance, { step, position, parent, now }))
}

/** A way below a `parallel` or a `loop` has ended. */
async function wayEnded(run: StepRun, row: StepRow, plan: StepPlan | undefined): Promise<void> {
  const { session, now } = run
  if (row.state !== 'waiting') return
  if (plan?.type === 'parallel') {
    const open = Number(row.memo['open'] ?? 1) - 1
    if (open > 0) {
      await updateStep(session, row.id, { memo: { ...row.memo, open } })
      return
    }
  } else if (plan?.type === 'loop') {
    // The loop looks itself whether there is another round.
    await updateStep(session, row.id, { state: 'ready', due_at: now })
    return
  }
  await updateStep(session, row.id, { state: 'done', due_at: null, ended_at: now })
  await advance(run, plan?.next, row.parent)
}

/** No way is left, or one that ends all of them. */
export async function complete(run: StepRun): Promise<void> {
  const { plan, now, changes } = run
  const { state, outcome } = current(run)
  await cancelOpen(run)
  const isBad = outcome !== null && BAD.has(outcome)
  const last = state !== 'running' ? undefined : isBad ? plan.onFailure : plan.onSuccess
  if (last !== undefined) {
    changes.state = 'completing'
    return enter(run, last, null)
  }
  changes.state = state === 'failing' ? 'failed' : 'completed'
  changes.ended_at = now
}

export async function failInstance(run: StepRun, message: string): Promise<void> {
  const { plan, now, changes } = run
  const { state } = current(run)
  await cancelOpen(run)
  changes.error = message
  if (state === 'running' && plan.onFailure !== undefined && Object.hasOwn(plan.steps, plan.onFailure)) {
    changes.state = 'failing'
    return enter(run, plan.onFailure, null)
  }
  changes.state = 'failed'
  changes.ended_at = now
}

/** What else is open will not happen. */
export async function cancelOpen({ session, instance, row, now }: StepRun): Promise<void> {
  const [first, ...others] = await selectSteps(session, {
    filter: [
      ['instance', '=', instance.id],
      ['state', 'in', ['ready', 'waiting']],
    ],
  })
  if (first === undefined) return
  for (const { id } of [first, ...others])
    if (id !== row.id) await updateSteps(session, [['id', '=', id]], { state: 'cancelled', due_at: null, ended_at: now })
}

/** Ends a way with an outcome: a bad one ends the others too. */
export async function endWith(run: StepRun, outcome: string, parent: string | null): Promise<void> {
  run.changes.outcome = outcome
  return BAD.has(outcome) ? complete(run) : advance(run, undefined, parent)
}

export function keep(run: StepRun, name: string | undefined, value: unknown): void {
  if (name === undefined) return
  const variables: RawRecord = { ...current(run).variables, [name]: value === undefined ? null : value }
  run.changes.variables = variables
}
