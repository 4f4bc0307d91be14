import type { Session } from '../database/session.ts'
import { notFound, ObjectQLError, validationError } from '../problem/problem.ts'
import type { WorkflowInstance } from '../types/workflow.ts'
import { decide } from './decide.ts'
import { isFor, shownInstance } from './lists.ts'
import { maySee } from './may.ts'
import { current, lockInstance } from './step-run.ts'
import { openRun, saved } from './take-step.ts'
import type { Asker, WorkflowHost } from './workflow-host.ts'
import type { StepRow } from './workflow-rows.ts'
import type { Filter } from './workflow-statements.ts'
import { selectSteps } from './workflow-store.ts'

export interface TaskDecision {
  readonly comment?: string
}

interface Act {
  readonly task: string
  readonly action: string
  readonly decision: TaskDecision
  readonly asker: Asker
}

/** Characters a comment may have. */
const LONGEST_COMMENT = 10_000

/** Decides an approval: the record, the task and the way on change together, or not at all. */
export function act(host: WorkflowHost, { task, action, decision, asker }: Act): Promise<WorkflowInstance> {
  return host.transaction(async (session) => {
    const row = await lockTask(session, task)
    if (!isFor(row, asker)) throw await notTheirs(host, session, row, asker)
    if (row.state !== 'waiting') throw new ObjectQLError(409, 'CONFLICT', over(row.state))
    const run = await openRun(host, session, row)
    if (run?.step.type !== 'approval') throw new ObjectQLError(409, 'CONFLICT', over('cancelled'))
    const { step } = run
    const chosen = Object.hasOwn(step.actions, action) ? step.actions[action] : undefined
    if (!chosen) throw notFound(`The task has no action "${action.slice(0, 64)}": ${Object.keys(step.actions).join(', ')}.`)
    const comment = commentOf(decision, chosen.isCommentRequired === true)
    await decide(run, step, { action, chosen, comment, asker })
    await saved(run)
    return shownInstance(current(run))
  })
}

/** A task, and before it its instance, so that those who act at the same moment wait for each other. @throws ObjectQLError 404 */
export async function lockTask(session: Session, id: string): Promise<StepRow> {
  const filter: Filter = [
    ['id', '=', id],
    ['type', '=', 'approval'],
  ]
  const [found] = await selectSteps(session, { filter })
  if (!found) throw noTask(id)
  await lockInstance(session, found.instance)
  const [row] = await selectSteps(session, { filter, lock: 'wait' })
  if (!row) throw noTask(id)
  return row
}

const noTask = (id: string): ObjectQLError => notFound(`There is no task "${id.slice(0, 64)}".`)

/** Who may not see the instance does not learn that there is such a task. */
export const notTheirs = async (host: WorkflowHost, session: Session, row: StepRow, asker: Asker): Promise<ObjectQLError> =>
  (await maySee(host, session, row.instance, asker))
    ? new ObjectQLError(403, 'FORBIDDEN', 'The task is for somebody else.')
    : noTask(row.id)

const over = (state: string): string => (state === 'done' ? 'The task was decided already.' : `The task is ${state}.`)

/** What somebody says to what they do. @throws ObjectQLError 422 */
export function commentOf({ comment }: TaskDecision, isRequired: boolean): string | null {
  const issue = (code: 'required' | 'type' | 'max_length', message: string): ObjectQLError =>
    validationError([{ pointer: '/comment', code, message }])
  if (comment !== undefined && comment !== null && typeof comment !== 'string') throw issue('type', 'The comment is a text.')
  if ((comment ?? '').length > LONGEST_COMMENT) throw issue('max_length', `The comment has more than ${LONGEST_COMMENT} characters.`)
  if (isRequired && (comment ?? '').trim() === '') throw issue('required', 'A comment is required.')
  return comment ?? null
}
