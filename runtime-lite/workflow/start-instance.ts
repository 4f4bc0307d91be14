import { type Maybe, type Session, whenReady } from '../database/session.ts'
import { isoInstant, uuidv7 } from '../id.ts'
import type { RawRecord } from '../object/object-plan.ts'
import { NONE_RELATED, type RelatedRecords } from '../related/related-plan.ts'
import type { Scope, WorkflowPlan } from './workflow-plan.ts'
import type { InstanceRow, StepRow } from './workflow-rows.ts'
import { insertInstance, insertStep, selectInstances } from './workflow-store.ts'

export interface Start {
  readonly plan: WorkflowPlan
  /** Id and values of the record it is about. */
  readonly id?: string | undefined
  readonly record?: RawRecord | undefined
  readonly previous?: RawRecord | undefined
  readonly isNew?: boolean
  /** Who started it. */
  readonly user?: RawRecord | undefined
  readonly variables?: RawRecord
  /** What the lookups of the record lead to. */
  readonly related?: RelatedRecords
  /** Milliseconds since 1970. */
  readonly now: number
  /** The record will be gone: what it held is kept for conditions and values. */
  readonly isGone?: boolean
}

/** Variable that holds a record that was deleted. */
export const GONE = '$record'

/**
 * Writes the rows of a new instance; its first step is due at once. Gives its id, or undefined where the workflow is under way for the record
 * already. In the transaction of the session.
 */
export function startInstance(session: Session, start: Start): Maybe<string | undefined> {
  const { plan, id } = start
  if (!plan.isSingle || id === undefined) return insertRows(session, start)
  const running = selectInstances(session, {
    filter: [
      ['object', '=', plan.object ?? ''],
      ['record', '=', id],
      ['workflow', '=', plan.name],
      ['state', 'in', ['running', 'completing', 'failing']],
    ],
    limit: 1,
  })
  return whenReady(running, ([known]) => (known ? undefined : insertRows(session, start)))
}

function insertRows(session: Session, { plan, id, record = {}, previous = {}, now, user, ...start }: Start): Maybe<string> {
  const scope: Scope = {
    ...{ now: isoInstant(now), user: user ?? {}, previous, variables: start.variables ?? {}, isNew: start.isNew === true },
    ...{ related: start.related ?? NONE_RELATED, relatedBefore: NONE_RELATED },
  }
  const variables = { ...plan.variables?.(record, scope), ...start.variables, ...(start.isGone ? { [GONE]: record } : {}) }
  const instance: InstanceRow = {
    ...{ id: uuidv7(), workflow: plan.name, object: plan.object ?? null, record: id ?? null, state: 'running', outcome: null, variables },
    ...{ steps: 1, error: null, started_by: typeof user?.['id'] === 'string' ? user['id'] : null, started_at: now, ended_at: null },
  }
  const row = newStep(plan, instance, { step: plan.first, position: 1, parent: null, now })
  return whenReady(insertInstance(session, instance), () => whenReady(insertStep(session, row), () => instance.id))
}

/** The row of a step that is due at once. */
export function newStep(
  plan: WorkflowPlan,
  { id, object, record }: Pick<InstanceRow, 'id' | 'object' | 'record'>,
  {
    step,
    position,
    parent,
    now,
  }: { readonly step: string; readonly position: number; readonly parent: string | null; readonly now: number },
): StepRow {
  return {
    ...{ id: uuidv7(), instance: id, workflow: plan.name, step, type: plan.steps[step]?.type ?? 'unknown', state: 'ready', due_at: now },
    ...{ attempt: 0, position, assignee_type: null, assignee: null, object, record, parent, memo: {}, outcome: null, action: null },
    ...{ comment: null, acted_by: null, error: null, created_at: now, ended_at: null },
  }
}
