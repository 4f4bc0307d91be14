import { ObjectQLError } from '../problem/problem.ts'
import { advance, close, endWith } from './advance.ts'
import { type Approval, addTask, assignedOf, SEVERAL, type Tally } from './ask.ts'
import { newStep } from './start-instance.ts'
import { current, type StepRun, scopeOf } from './step-run.ts'
import { updateRecord } from './update-record.ts'
import type { Asker } from './workflow-host.ts'
import type { TaskAction } from './workflow-plan.ts'
import type { StepRow } from './workflow-rows.ts'
import { insertStep, selectSteps, updateStep, updateSteps } from './workflow-store.ts'

/** What somebody said; `asker` is undefined where the time did. */
export interface Decision {
  readonly action: string
  readonly chosen: TaskAction
  readonly comment: string | null
  readonly asker: Asker | undefined
}

/** Somebody decides a task: alone, or as one of several. */
export async function decide(run: StepRun, step: Approval, decision: Decision): Promise<void> {
  const { session, row } = run
  const [above] = row.parent === null ? [] : await selectSteps(session, { filter: [['id', '=', row.parent]], lock: 'wait' })
  if (above?.type !== SEVERAL) return goWay(run, decision)
  await refuseTwice(run, above, decision.asker)
  await close(run, 'done', said(decision))
  const tally = above.memo as unknown as Tally
  const { vote } = decision.chosen
  const { queue: [next, ...queue] = [], ...counted } = tally
  const open = tally.open - 1
  const approved = tally.approved + (vote === 'approve' ? 1 : 0)
  const isDecided =
    vote === undefined ||
    approved >= tally.need ||
    (vote === 'reject' && (step.toleratesRejection !== true || approved + open < tally.need)) ||
    open === 0
  if (isDecided) return goWay(await ofStep(run, above), decision)
  await updateStep(session, above.id, { memo: { ...counted, open, approved, ...(queue.length === 0 ? {} : { queue }) } })
  if (next) await addTask(run, above, next, above.due_at)
}

/** Who has said something counts once, whatever roles they have. */
async function refuseTwice({ session }: StepRun, above: StepRow, asker: Asker | undefined): Promise<void> {
  if (!asker?.isKnown || asker.id === undefined) return
  const [before] = await selectSteps(session, {
    filter: [
      ['parent', '=', above.id],
      ['acted_by', '=', asker.id],
      ['state', '=', 'done'],
    ],
    // What others committed while this one waited for them.
    lock: 'wait',
  })
  if (before) throw new ObjectQLError(409, 'CONFLICT', 'You have decided this step already: somebody else has to.')
}

const said = ({ chosen, action, comment, asker }: Decision) => ({
  ...{ outcome: chosen.outcome ?? action, action, comment, acted_by: asker?.id ?? null },
})

/** The run of the step that asks several; nobody else is asked any more. */
async function ofStep(run: StepRun, above: StepRow): Promise<StepRun> {
  await closeTasks(run, above, 'cancelled')
  return { ...run, row: above }
}

const closeTasks = ({ session, now }: StepRun, above: StepRow, state: 'cancelled' | 'expired' | 'reassigned') =>
  updateSteps(
    session,
    [
      ['parent', '=', above.id],
      ['type', '=', 'approval'],
      ['state', '=', 'waiting'],
    ],
    { state, due_at: null, ended_at: now },
  )

/** What a decision means for the record and the way on. */
async function goWay(run: StepRun, decision: Decision): Promise<void> {
  const { chosen, asker, action } = decision
  const { row, record } = run
  await updateRecord(run, chosen.updates?.(record, scopeOf(run, asker?.user)) ?? {})
  await close(run, 'done', said(decision))
  const outcome = chosen.outcome ?? action
  if (chosen.next === undefined) return endWith(run, outcome, row.parent)
  run.changes.outcome = outcome
  return advance(run, chosen.next, row.parent)
}

/** Nobody acted in time. */
export async function expire(run: StepRun, step: Approval): Promise<void> {
  const { row } = run
  const { escalation, timeoutAction, onTimeout, onError, next } = step
  if (escalation && row.memo['isEscalated'] !== true) return escalate(run, step)
  const chosen = timeoutAction === undefined ? undefined : step.actions[timeoutAction]
  if (row.type === SEVERAL) await closeTasks(run, row, 'expired')
  if (chosen) return goWay(run, { action: timeoutAction as string, chosen, comment: null, asker: undefined })
  await close(run, 'expired', { outcome: 'expired' })
  const to = onTimeout ?? (onError === 'continue' ? next : onError)
  return to === undefined ? endWith(run, 'expired', row.parent) : advance(run, to, row.parent)
}

/** Somebody else is asked instead, who decides alone, in as much time again. */
async function escalate(run: StepRun, step: Approval): Promise<void> {
  const { row, now } = run
  const [assigned] = assignedOf(run, step.escalation as NonNullable<Approval['escalation']>)
  if (row.type === SEVERAL) await closeTasks(run, row, 'reassigned')
  await insertInstead(run, {
    ...{ assignee_type: assigned?.type ?? null, assignee: assigned?.name ?? null, memo: { isEscalated: true } },
    due_at: step.timeout === undefined ? null : now + step.timeout,
  })
}

/** Closes a task and asks somebody else in its place. Gives the new row. */
export async function insertInstead(
  run: StepRun,
  changes: Pick<StepRow, 'assignee' | 'assignee_type' | 'memo' | 'due_at'>,
  closed: Partial<StepRow> = {},
): Promise<StepRow> {
  const { session, plan, row, now } = run
  await close(run, 'reassigned', closed)
  const position = current(run).steps + 1
  run.changes.steps = position
  const added = newStep(plan, run.instance, { step: row.step, position, parent: row.parent, now })
  const instead: StepRow = { ...added, state: 'waiting', ...changes }
  await insertStep(session, instead)
  return instead
}
