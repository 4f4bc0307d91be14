import { ObjectQLError } from '../problem/problem.ts'
import { advance, close, endWith, enter, failInstance, keep } from './advance.ts'
import { stepCall } from './outside.ts'
import { runLoop } from './run-loop.ts'
import { type StepRun, scopeOf } from './step-run.ts'
import type { Assignee, StepPlan } from './workflow-plan.ts'
import { updateStep } from './workflow-store.ts'

type StepOf<Type extends StepPlan['type']> = StepPlan & { readonly type: Type }

/** Steps whose effect is outside of the database: they are leased, not locked. */
export const isOutside = ({ type }: StepPlan): boolean => type === 'notification' || type === 'webhook'

/** What a step that is due does, inside of its transaction. */
export async function runStep(run: StepRun): Promise<void> {
  const { step, row, record } = run
  const isFirst = row.state === 'ready' && Object.keys(row.memo).length === 0
  if (isFirst && step.condition && !step.condition(record, scopeOf(run))) {
    await close(run, 'skipped')
    return advance(run, step.next, row.parent)
  }
  switch (step.type) {
    case 'approval':
      return row.state === 'ready' ? ask(run, step) : expire(run, step)
    case 'field_update':
      await updateRecord(run, step.updates(record, scopeOf(run)))
      return goOn(run)
    case 'create_record': {
      const made = await run.host.access.object(step.object).create(step.values(record, scopeOf(run)))
      keep(run, step.storeAs, made['id'])
      return goOn(run)
    }
    case 'action':
      return runAction(run, step)
    case 'script': {
      const call = stepCall(run, step.params?.(record, scopeOf(run)) ?? {})
      keep(run, step.storeAs, await step.handler(call))
      return goOn(run)
    }
    case 'condition': {
      const { branches } = step
      const taken = branches.find(({ when }) => !when || when(record, scopeOf(run)))
      await close(run, 'done', { outcome: taken ? String(branches.indexOf(taken)) : null })
      return advance(run, taken ? taken.next : step.next, row.parent)
    }
    case 'wait':
      return wait(run, step)
    case 'parallel': {
      const { branches } = step
      await updateStep(run.session, row.id, { state: 'waiting', due_at: null, memo: { open: branches.length } })
      for (const branch of branches) await enter(run, branch, row.id)
      return undefined
    }
    case 'loop':
      return runLoop(run, step)
    case 'notification':
    case 'webhook':
      throw new Error(`A step of type "${step.type}" is leased.`)
    default:
      return step satisfies never
  }
}

async function goOn(run: StepRun): Promise<void> {
  await close(run, 'done')
  await advance(run, run.step.next, run.row.parent)
}

export async function updateRecord({ host, instance }: StepRun, updates: object): Promise<void> {
  const { object, record } = instance
  if (Object.keys(updates).length === 0) return
  if (object === null || record === null) throw new ObjectQLError(422, 'VALIDATION_ERROR', 'The workflow is about no record.')
  await host.access.object(object).update(record, updates)
}

async function runAction(run: StepRun, step: StepOf<'action'>): Promise<void> {
  const { host, instance, record } = run
  const object = step.object ?? instance.object
  if (object === null || object === undefined) throw new ObjectQLError(422, 'VALIDATION_ERROR', 'The workflow is about no record.')
  const id = step.object === undefined || step.object === instance.object ? (instance.record ?? undefined) : undefined
  keep(run, step.storeAs, await host.action(object, step.action, id, step.params?.(record, scopeOf(run)) ?? {}))
  return goOn(run)
}

/** The task is there until somebody acts, or its time is over. */
async function ask(run: StepRun, step: StepOf<'approval'>): Promise<void> {
  const { session, row, now } = run
  const assigned = step.assignee && assigneeOf(run, step.assignee)
  await updateStep(session, row.id, {
    state: 'waiting',
    due_at: step.timeout === undefined ? null : now + step.timeout,
    assignee_type: assigned?.type ?? null,
    assignee: assigned?.name ?? null,
  })
}

function assigneeOf(run: StepRun, assignee: Assignee): { readonly type: string; readonly name: string } {
  if (assignee.type !== 'value') return assignee
  const value = assignee.value(run.record, scopeOf(run))
  if (typeof value === 'string' && value !== '') return { type: 'user', name: value }
  throw new ObjectQLError(422, 'VALIDATION_ERROR', 'The record names nobody who could be asked.')
}

/** Nobody acted in time. */
export async function expire(run: StepRun, step: StepOf<'approval'>): Promise<void> {
  await close(run, 'expired', { outcome: 'expired' })
  const next = step.onTimeout ?? (step.onError === 'continue' ? step.next : step.onError)
  if (next !== undefined) return advance(run, next, run.row.parent)
  return endWith(run, 'expired', run.row.parent)
}

async function wait(run: StepRun, step: StepOf<'wait'>): Promise<void> {
  const { session, row, record, now } = run
  if (row.memo['until'] === undefined) {
    const until = step.until ? instantOf(step.until(record, scopeOf(run))) + (step.duration ?? 0) : now + (step.duration ?? 0)
    if (until > now) {
      await updateStep(session, row.id, { due_at: until, memo: { until } })
      return undefined
    }
  }
  return goOn(run)
}

/** A date counts from midnight UTC; what is no date is due at once. */
function instantOf(value: unknown): number {
  const time = Date.parse(String(value ?? ''))
  return Number.isNaN(time) ? 0 : time
}

/** A step failed for good. */
export async function giveUp(run: StepRun, message: string): Promise<void> {
  const { step, row } = run
  await close(run, 'failed', { error: message, attempt: row.attempt + 1 })
  if (step.onError === 'continue') return advance(run, step.next, row.parent)
  if (step.onError !== undefined) return advance(run, step.onError, row.parent)
  return failInstance(run, message)
}
