import type { Behaviour, Pipeline } from '../behaviour/behaviour.ts'
import type { HookContext } from '../behaviour/hook-context.ts'
import { isSameValue } from '../behaviour/is-same-value.ts'
import { relatedTo } from '../behaviour/related-to.ts'
import { currentUser } from '../context/request-context.ts'
import { inOrder } from '../database/maybe.ts'
import { type Maybe, type Session, whenReady } from '../database/session.ts'
import { isoInstant } from '../id.ts'
import type { RawRecord } from '../object/object-plan.ts'
import { mergeRelated } from '../related/merge-related.ts'
import { NONE_RELATED, type RelatedPlan, type RelatedRecords } from '../related/related-plan.ts'
import { startInstance } from './start-instance.ts'
import type { Scope, TriggerEvent, WorkflowPlan } from './workflow-plan.ts'

/** Only these workflows begin with writes; asked for when a module of plans is loaded. */
export function triggering(hooks: Behaviour | undefined, workflows: readonly WorkflowPlan[]): Behaviour {
  const starting = (event: TriggerEvent): readonly WorkflowPlan[] => workflows.filter(({ on }) => on?.includes(event))
  const [onCreate, onUpdate, onDelete] = [starting('create'), starting('update'), starting('delete')]
  const beyond: Beyond = { afterCreate: relatedOf(onCreate), afterUpdate: relatedOf(onUpdate), afterDelete: relatedOf(onDelete) }
  return {
    ...hooks,
    ...withBeyond(hooks, beyond),
    ...(onUpdate.length > 0 ? { needsPrevious: true, locksPrevious: true } : {}),
    ...(onDelete.length > 0 ? { needsPrevious: true } : {}),
    ...(onCreate.length > 0 ? { afterCreate: after(hooks?.afterCreate, onCreate, 'create', beyond.afterCreate) } : {}),
    ...(onUpdate.length > 0 ? { afterUpdate: after(hooks?.afterUpdate, onUpdate, 'update', beyond.afterUpdate) } : {}),
    ...(onDelete.length > 0 ? { afterDelete: after(hooks?.afterDelete, onDelete, 'delete', beyond.afterDelete) } : {}),
  }
}

/** The hooks of a phase, then the workflows that what was written starts. */
const after =
  (hooks: Pipeline | undefined, workflows: readonly WorkflowPlan[], event: TriggerEvent, beyond: RelatedPlan | undefined): Pipeline =>
  (context) => {
    const ran = hooks?.(context)
    return ran instanceof Promise ? ran.then(() => start(context, workflows, event, beyond)) : start(context, workflows, event, beyond)
  }

type Beyond = { readonly [Of in 'afterCreate' | 'afterUpdate' | 'afterDelete']: RelatedPlan | undefined }

const relatedOf = (workflows: readonly WorkflowPlan[]): RelatedPlan | undefined =>
  mergeRelated(workflows.map(({ related }) => related).filter((related) => related !== undefined))

/** What hooks look at beyond lookups, and workflows. */
function withBeyond(hooks: Behaviour | undefined, beyond: Beyond): Pick<Behaviour, 'related'> {
  const phases = (Object.keys(beyond) as (keyof Beyond)[]).filter((phase) => beyond[phase])
  if (phases.length === 0) return {}
  const added = phases.map((phase) => [phase, [...(hooks?.related?.[phase] ?? []), ...(beyond[phase] ? [beyond[phase]] : [])]] as const)
  return { related: { ...hooks?.related, ...Object.fromEntries(added) } }
}

function start(
  context: HookContext,
  workflows: readonly WorkflowPlan[],
  event: TriggerEvent,
  beyond: RelatedPlan | undefined,
): Maybe<unknown> {
  const now = context.host.now()
  const user = currentUser() as RawRecord | undefined
  const previous = context.previous ?? {}
  const record = (event === 'delete' ? context.previous : (context.result as RawRecord)) ?? {}
  const scope: Scope = {
    ...{ now: isoInstant(now), user: user ?? {}, previous, variables: {}, isNew: event === 'create' },
    ...{ related: NONE_RELATED, relatedBefore: NONE_RELATED },
  }
  const possible = workflows.filter((workflow) => isAbout(workflow, event, record, scope))
  if (possible.length === 0) return undefined
  const looks = possible.some(({ related }) => related !== undefined)
  return whenReady(looks && beyond ? relatedTo(context, beyond, undefined, record) : undefined, () => {
    const { related, relatedBefore } = looks ? context : scope
    const due = possible.filter((workflow) => isDue(workflow, event, record, { ...scope, related, relatedBefore }))
    return due.length === 0 ? undefined : startAll(context, due, { record, previous, user, now, event, related })
  })
}

interface Started {
  readonly record: RawRecord
  readonly previous: RawRecord
  readonly user: RawRecord | undefined
  readonly now: number
  readonly event: TriggerEvent
  readonly related: RelatedRecords
}

function startAll(
  context: HookContext,
  due: readonly WorkflowPlan[],
  { record, previous, user, now, event, related }: Started,
): Maybe<unknown> {
  const session = context.statements as Session
  const id = String(context.id ?? record['id'])
  const started = inOrder(due, (plan) =>
    startInstance(session, { plan, id, record, previous, user, now, related, isNew: event === 'create', isGone: event === 'delete' }),
  )
  return whenReady(started, (ids) => {
    if (ids.some((one) => one !== undefined)) context.host.wake()
  })
}

/** Whatever its conditions say of related records: it is about this change. */
function isAbout({ fields, asks }: WorkflowPlan, event: TriggerEvent, record: RawRecord, scope: Scope): boolean {
  if (event === 'update' && fields && !fields.some((field) => !isSameValue(record[field], scope.previous[field]))) return false
  return !asks || asks(record, scope)
}

function isDue({ fields, starts, isRepeated }: WorkflowPlan, event: TriggerEvent, record: RawRecord, scope: Scope): boolean {
  if (starts && !starts(record, scope)) return false
  if (event !== 'update' || isRepeated || fields || !starts) return true
  // It began to hold with this write.
  return !starts(scope.previous, { ...scope, previous: {}, related: scope.relatedBefore, relatedBefore: NONE_RELATED })
}
