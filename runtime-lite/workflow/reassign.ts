import { ObjectQLError, validationError } from '../problem/problem.ts'
import type { WorkflowTask } from '../types/workflow.ts'
import { isPlainObject } from '../validate/plain-object.ts'
import { commentOf, lockTask, notTheirs } from './act.ts'
import type { Assigned } from './ask.ts'
import { insertInstead } from './decide.ts'
import { isFor, taskOf } from './lists.ts'
import { mayDo } from './may.ts'
import { openRun, saved } from './take-step.ts'
import type { Asker, WorkflowHost } from './workflow-host.ts'

interface Reassign {
  readonly task: string
  readonly assignee: unknown
  readonly comment: string | undefined
  readonly asker: Asker
}

const LONGEST_NAME = 255

/** Hands a task on. Its row stays, closed, and a new one asks somebody else. */
export function reassign(host: WorkflowHost, { task, assignee, comment, asker }: Reassign): Promise<WorkflowTask> {
  const { type, name } = assigneeOf(assignee)
  return host.transaction(async (session) => {
    const row = await lockTask(session, task)
    if (!isFor(row, asker) && !(await mayDo(host, row.workflow, 'reassign', asker))) throw await notTheirs(host, session, row, asker)
    if (row.state !== 'waiting') throw new ObjectQLError(409, 'CONFLICT', `The task is ${row.state}.`)
    const run = await openRun(host, session, row)
    if (run?.step.type !== 'approval') throw new ObjectQLError(409, 'CONFLICT', 'The task is cancelled.')
    if (run.step.isFixed) throw new ObjectQLError(403, 'FORBIDDEN', 'The task cannot be handed on: its workflow says so.')
    const closed = { comment: commentOf({ ...(comment === undefined ? {} : { comment }) }, false), acted_by: asker.id ?? null }
    const instead = await insertInstead(run, { assignee_type: type, assignee: name, memo: row.memo, due_at: row.due_at }, closed)
    await saved(run)
    return taskOf(host, instead)
  })
}

function assigneeOf(value: unknown): Assigned {
  const refused = (message: string): ObjectQLError => validationError([{ pointer: '/assignee', code: 'type', message }])
  const given = typeof value === 'string' ? { type: 'user', name: value } : value
  if (!isPlainObject(given)) throw refused('The assignee is the id of a user, or { type, name }.')
  const { type, name } = given
  if (type !== 'user' && type !== 'role' && type !== 'queue') throw refused('The type of an assignee is user, role or queue.')
  if (typeof name !== 'string' || name === '' || name.length > LONGEST_NAME)
    throw refused(`The name of an assignee has 1 to ${LONGEST_NAME} characters.`)
  return { type, name }
}
