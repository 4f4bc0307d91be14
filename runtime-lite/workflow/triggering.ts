import type { Behaviour, Pipeline } from '../behaviour/behaviour.ts'
import type { HookContext } from '../behaviour/hook-context.ts'
import { isSameValue } from '../behaviour/is-same-value.ts'
import { currentUser } from '../context/request-context.ts'
import { inOrder } from '../database/maybe.ts'
import { type Maybe, type Session, whenReady } from '../database/session.ts'
import { isoInstant } from '../id.ts'
import type { RawRecord } from '../object/object-plan.ts'
import { startInstance } from './start-instance.ts'
import type { Scope, TriggerEvent, WorkflowPlan } from './workflow-plan.ts'

/** Only these workflows begin with writes; asked for when a module of plans is loaded. */
export function triggering(hooks: Behaviour | undefined, workflows: readonly WorkflowPlan[]): Behaviour {
  const starting = (event: TriggerEvent): readonly WorkflowPlan[] => workflows.filter(({ on }) => on?.includes(event))
  const [onCreate, onUpdate, onDelete] = [starting('create'), starting('update'), starting('delete')]
  return {
    ...hooks,
    ...(onUpdate.length > 0 ? { needsPrevious: true, locksPrevious: true } : {}),
    ...(onDelete.length > 0 ? { needsPrevious: true } : {}),
    ...(onCreate.length > 0 ? { afterCreate: after(hooks?.afterCreate, onCreate, 'create') } : {}),
    ...(onUpdate.length > 0 ? { afterUpdate: after(hooks?.afterUpdate, onUpdate, 'update') } : {}),
    ...(onDelete.length > 0 ? { afterDelete: after(hooks?.afterDelete, onDelete, 'delete') } : {}),
  }
}

/** The hooks of a phase, then the workflows that what was written starts. */
const after =
  (hooks: Pipeline | undefined, workflows: readonly WorkflowPlan[], event: TriggerEvent): Pipeline =>
  (context) => {
    const ran = hooks?.(context)
    return ran instanceof Promise ? ran.then(() => start(context, workflows, event)) : start(context, workflows, event)
  }

function start(context: HookContext, workflows: readonly WorkflowPlan[], event: TriggerEvent): Maybe<unknown> {
  const now = context.host.now()
  const user = currentUser() as RawRecord | undefined
  const previous = context.previous ?? {}
  const record = (event === 'delete' ? context.previous : (context.result as RawRecord)) ?? {}
  const scope: Scope = { now: isoInstant(now), user: user ?? {}, previous, variables: {}, isNew: event === 'create' }
  const due = workflows.filter((workflow) => isDue(workflow, event, record, scope))
  if (due.length === 0) return undefined
  const session = context.statements as Session
  const id = String(context.id ?? record['id'])
  const started = inOrder(due, (plan) =>
    startInstance(session, { plan, id, record, previous, user, now, isNew: event === 'create', isGone: event === 'delete' }),
  )
  return whenReady(started, (ids) => {
    if (ids.some((one) => one !== undefined)) context.host.wake()
  })
}

function isDue(workflow: WorkflowPlan, event: TriggerEvent, record: RawRecord, scope: Scope): boolean {
  const { fields, starts, isRepeated } = workflow
  if (event === 'update' && fields && !fields.some((field) => !isSameValue(record[field], scope.previous[field]))) return false
  if (starts && !starts(record, scope)) return false
  if (event !== 'update' || isRepeated || fields || !starts) return true
  // It began to hold with this write.
  return !starts(scope.previous, { ...scope, previous: {} })
}
