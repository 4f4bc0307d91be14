import { ObjectQLError } from '../problem/problem.ts'
import { advance, close, enter, failInstance, keep } from './advance.ts'
import { ask } from './ask.ts'
import { expire } from './decide.ts'
import { stepCall } from './outside.ts'
import { runLoop } from './run-loop.ts'
import { type StepRun, scopeOf } from './step-run.ts'
import { updateRecord } from './update-record.ts'
import type { StepPlan } from './workflow-plan.ts'
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

async function runAction(run: StepRun, step: StepOf<'action'>): Promise<void> {
  const { host, instance, record } = run
  const object = step.object ?? instance.object
  if (object === null || object === undefined) throw new ObjectQLError(422, 'VALIDATION_ERROR', 'The workflow is about no record.')
  const id = step.object === undefined || step.object === instance.object ? (instance.record ?? undefined) : undefined
  keep(run, step.storeAs, await host.action(object, step.action, id, step.params?.(record, scopeOf(run)) ?? {}))
  return goOn(run)
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
