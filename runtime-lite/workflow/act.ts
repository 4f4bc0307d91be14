import { notFound, ObjectQLError, validationError } from '../problem/problem.ts'
import { advance, close, endWith } from './advance.ts'
import { isFor, shownInstance } from './lists.ts'
import { updateRecord } from './run-step.ts'
import { current, scopeOf } from './step-run.ts'
import { openRun, saved } from './take-step.ts'
import type { Asker, WorkflowHost } from './workflow-host.ts'
import { selectSteps } from './workflow-store.ts'
import type { WorkflowInstance } from './workflow-types.ts'

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
    const [row] = await selectSteps(session, { filter: [['id', '=', task]], lock: 'wait' })
    if (row?.type !== 'approval') throw notFound(`There is no task "${task.slice(0, 64)}".`)
    if (row.state !== 'waiting') throw new ObjectQLError(409, 'CONFLICT', over(row.state))
    if (!isFor(row, asker)) throw new ObjectQLError(403, 'FORBIDDEN', 'The task is for somebody else.')
    const run = await openRun(host, session, row)
    if (run?.step.type !== 'approval') throw new ObjectQLError(409, 'CONFLICT', over('cancelled'))
    const { step, record } = run
    const chosen = Object.hasOwn(step.actions, action) ? step.actions[action] : undefined
    if (!chosen) throw notFound(`The task has no action "${action.slice(0, 64)}": ${Object.keys(step.actions).join(', ')}.`)
    const comment = commentOf(decision, chosen.isCommentRequired === true)
    await updateRecord(run, chosen.updates?.(record, scopeOf(run, asker.user)) ?? {})
    const outcome = chosen.outcome ?? action
    await close(run, 'done', { outcome, action, comment, acted_by: asker.id ?? null })
    if (chosen.next === undefined) await endWith(run, outcome, row.parent)
    else {
      run.changes.outcome = outcome
      await advance(run, chosen.next, row.parent)
    }
    await saved(run)
    return shownInstance(current(run))
  })
}

const over = (state: string): string => (state === 'done' ? 'The task was decided already.' : `The task is ${state}.`)

function commentOf({ comment }: TaskDecision, isRequired: boolean): string | null {
  const issue = (code: 'required' | 'type' | 'max_length', message: string): ObjectQLError =>
    validationError([{ pointer: '/comment', code, message }])
  if (comment !== undefined && comment !== null && typeof comment !== 'string') throw issue('type', 'The comment is a text.')
  if ((comment ?? '').length > LONGEST_COMMENT) throw issue('max_length', `The comment has more than ${LONGEST_COMMENT} characters.`)
  if (isRequired && (comment ?? '').trim() === '') throw issue('required', 'A comment is required.')
  return comment ?? null
}
