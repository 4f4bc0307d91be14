import type { Session } from '../database/session.ts'
import { isoInstant } from '../id.ts'
import type { RawRecord } from '../object/object-plan.ts'
import { NONE_RELATED, type RelatedRecords } from '../related/related-plan.ts'
import { GONE } from './start-instance.ts'
import type { WorkflowHost } from './workflow-host.ts'
import type { Scope, StepPlan, WorkflowPlan } from './workflow-plan.ts'
import type { InstanceRow, StepRow } from './workflow-rows.ts'
import { selectInstances } from './workflow-store.ts'

/** One step in its transaction. */
export interface StepRun {
  readonly host: WorkflowHost
  readonly session: Session
  readonly plan: WorkflowPlan
  readonly row: StepRow
  readonly step: StepPlan
  readonly now: number
  readonly record: RawRecord
  /** What its lookups lead to, as far as the step looks at it. */
  readonly related: RelatedRecords
  /** What will be stored about the instance when the step is over. */
  readonly changes: { -readonly [Column in keyof InstanceRow]?: InstanceRow[Column] }
  /** As it was when the step began. */
  readonly instance: InstanceRow
}

/** The instance as it is now. */
export const current = ({ instance, changes }: Pick<StepRun, 'instance' | 'changes'>): InstanceRow => ({ ...instance, ...changes })

export function scopeOf(run: StepRun, user?: RawRecord): Scope {
  const { started_by } = run.instance
  const variables = current(run).variables
  return {
    ...{ now: isoInstant(run.now), user: user ?? (started_by === null ? {} : { id: started_by }), previous: {}, variables, isNew: false },
    ...{ related: run.related, relatedBefore: NONE_RELATED },
  }
}

/** The instance, locked: steps of one instance run one after the other. */
export async function lockInstance(session: Session, id: string): Promise<InstanceRow | undefined> {
  const [row] = await selectInstances(session, { filter: [['id', '=', id]], lock: 'wait' })
  return row
}

/** The record an instance is about; undefined when it is gone. */
export async function recordOf({ access }: WorkflowHost, { object, record, variables }: InstanceRow): Promise<RawRecord | undefined> {
  if (object === null || record === null) return {}
  const found = await access.object(object).get(record)
  return found ?? (variables[GONE] as RawRecord | undefined)
}
