import { isoInstant } from '../id.ts'
import { notFound, ObjectQLError } from '../problem/problem.ts'
import type { WorkflowInstance, WorkflowStep, WorkflowTask } from '../types/workflow.ts'
import { maySee, visibleTo } from './may.ts'
import { type Asker, planOf, type WorkflowHost } from './workflow-host.ts'
import type { InstanceRow, StepRow } from './workflow-rows.ts'
import type { Filter, Test } from './workflow-statements.ts'
import { selectInstances, selectSteps } from './workflow-store.ts'

export interface Page<Item> {
  readonly items: readonly Item[]
  /** `cursor` of the next page; null: this is the last. */
  readonly next: string | null
}

interface Paged {
  /** 1 to 200. Default 50. */
  readonly limit?: number
  readonly cursor?: string
  readonly object?: string
  readonly record?: string
  readonly workflow?: string
}

export interface TaskFilter extends Paged {
  /** Id of a user, or name of a role or queue. Default: the tasks of whoever asks. `*`: those of all. */
  readonly assignee?: string
}

export interface InstanceFilter extends Paged {
  /** `running`, `completed`, `failed` … */
  readonly state?: string
}

const MOST = 200

function limitOf({ limit = 50 }: Paged): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MOST) return limit
  throw new ObjectQLError(400, 'INVALID_REQUEST', `"limit" is a whole number from 1 to ${MOST}.`)
}

const about = ({ object, record, workflow, cursor }: Paged): Test[] => [
  ...(object === undefined ? [] : [['object', '=', object] as const]),
  ...(record === undefined ? [] : [['record', '=', record] as const]),
  ...(workflow === undefined ? [] : [['workflow', '=', workflow] as const]),
  ...(cursor === undefined ? [] : [['id', '>', cursor] as const]),
]

/** One more than is shown says whether there are more. */
function page<Row extends { readonly id: string }, Item>(rows: readonly Row[], limit: number, shown: readonly Item[]): Page<Item> {
  return { items: shown.slice(0, limit), next: rows.length > limit ? (rows[limit - 1]?.id ?? null) : null }
}

/** Tasks that are for the asker: by id, by role, by queue, or for anybody. */
export async function listTasks(host: WorkflowHost, filter: TaskFilter, asker: Asker): Promise<Page<WorkflowTask>> {
  const limit = limitOf(filter)
  const any = forWhom(filter.assignee, asker)
  const tests: Filter = [['type', '=', 'approval'], ['state', '=', 'waiting'], ...about(filter)]
  const rows = await host.transaction((session) => selectSteps(session, { filter: tests, any, orderBy: ['id'], limit: limit + 1 }), {
    readOnly: true,
  })
  return page(rows, limit, await Promise.all(rows.slice(0, limit).map((row) => taskOf(host, row))))
}

function forWhom(assignee: string | undefined, asker: Asker): readonly Filter[] {
  if (assignee === '*') return []
  if (assignee !== undefined) return [[['assignee', '=', assignee]]]
  if (!asker.isKnown) return []
  return [
    [['assignee', 'null']],
    ...(asker.id === undefined ? [] : [[['assignee_type', '=', 'user'] as const, ['assignee', '=', asker.id] as const]]),
    ...(asker.roles.length === 0 ? [] : [[['assignee_type', 'in', ['role', 'queue']] as const, ['assignee', 'in', asker.roles] as const]]),
  ]
}

export const isFor = ({ assignee, assignee_type }: StepRow, { id, roles, isKnown }: Asker): boolean =>
  !isKnown || assignee === null || (assignee_type === 'user' ? assignee === id : roles.includes(assignee))

export async function taskOf(host: WorkflowHost, row: StepRow): Promise<WorkflowTask> {
  const step = (await planOf(host, row.workflow))?.steps[row.step]
  const actions = step?.type === 'approval' ? Object.entries(step.actions) : []
  const { id, workflow, instance, object, record } = row
  return {
    ...{ id, workflow, instance, step: row.step, label: step?.label ?? row.step, object, record },
    assignee: assigneeOf(row),
    actions: actions.map(([name, { label, isCommentRequired }]) => ({ name, label, isCommentRequired: isCommentRequired === true })),
    created_at: isoInstant(row.created_at),
    due_at: dueOf(row),
  }
}

/** One of several has no time of its own: it is kept with the row. */
const dueOf = ({ due_at, memo }: Pick<StepRow, 'due_at' | 'memo'>): string | null => {
  const due = due_at ?? memo['due']
  return typeof due === 'number' ? isoInstant(due) : null
}

/** Instances that the asker may see. */
export async function listInstances(host: WorkflowHost, filter: InstanceFilter, asker: Asker): Promise<Page<WorkflowInstance>> {
  const limit = limitOf(filter)
  const tests: Filter = [...about(filter), ...(filter.state === undefined ? [] : [['state', '=', filter.state] as const])]
  const any = await visibleTo(host, asker)
  const options = { filter: tests, any, orderBy: ['id'], limit: limit + 1 }
  const rows = await host.transaction((session) => selectInstances(session, options), { readOnly: true })
  return page(rows, limit, rows.slice(0, limit).map(shownInstance))
}

export function shownInstance({
  id,
  workflow,
  object,
  record,
  state,
  outcome,
  error,
  started_by,
  ...times
}: InstanceRow): WorkflowInstance {
  return {
    ...{ id, workflow, object, record, state, outcome, error, started_by, started_at: isoInstant(times.started_at) },
    ended_at: times.ended_at === null ? null : isoInstant(times.ended_at),
  }
}

/** What happened in an instance that the asker may see. @throws ObjectQLError 404 */
export async function listSteps(host: WorkflowHost, instance: string, asker: Asker): Promise<readonly WorkflowStep[]> {
  const [known, rows] = await host.transaction(
    async (session) => [
      await maySee(host, session, instance, asker),
      await selectSteps(session, { filter: [['instance', '=', instance]], orderBy: ['position'] }),
    ],
    { readOnly: true },
  )
  if (!known) throw noInstance(instance)
  return (rows as readonly StepRow[]).map(({ id, step, type, state, outcome, action, comment, acted_by, attempt, error, ...row }) => ({
    ...{ id, step, type, state, assignee: assigneeOf(row), outcome, action, comment, acted_by, attempt, error },
    created_at: isoInstant(row.created_at),
    due_at: dueOf(row),
    ended_at: row.ended_at === null ? null : isoInstant(row.ended_at),
  }))
}

const assigneeOf = ({ assignee, assignee_type }: Pick<StepRow, 'assignee' | 'assignee_type'>): WorkflowTask['assignee'] =>
  assignee === null ? null : { type: assignee_type ?? 'user', name: assignee }

export const noInstance = (id: string): ObjectQLError => notFound(`There is no workflow instance "${id.slice(0, 64)}".`)
