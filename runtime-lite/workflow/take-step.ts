import type { Session } from '../database/session.ts'
import { NONE_RELATED } from '../related/related-plan.ts'
import { advance, close, failInstance, keep } from './advance.ts'
import { isTimer } from './chart/chart-timers.ts'
import { failedTimer, runTimer } from './chart/run-timer.ts'
import { outsideEffect } from './outside.ts'
import { messageOf, retryPause } from './retries.ts'
import { giveUp, isOutside, runStep } from './run-step.ts'
import { isSchedule, runSchedule } from './schedules.ts'
import { lockInstance, recordOf, type StepRun, scopeOf } from './step-run.ts'
import { planOf, type WorkflowHost } from './workflow-host.ts'
import type { WorkflowPlan } from './workflow-plan.ts'
import type { StepRow } from './workflow-rows.ts'
import type { Filter } from './workflow-statements.ts'
import { selectSteps, updateInstance, updateStep } from './workflow-store.ts'

/** Milliseconds beyond its time limit after which a leased step counts as abandoned. */
const LEASE = 60_000
const CALL_TIMEOUT = 10_000

/** What came of looking at a step that seemed due: `taken` by somebody else, or not due any more. */
export type Taken = 'ran' | 'taken'

/** Runs one step that is due, in one transaction, or two around an effect outside of the database. */
export async function takeStep(host: WorkflowHost, id: string): Promise<Taken> {
  let seen: StepRow | undefined
  try {
    const later = await host.transaction(async (session) => {
      seen = undefined
      const row = await lockDue(session, id, host.clock.now())
      if (!row) return 'taken'
      if (isSchedule(row)) {
        await runSchedule(host, session, row)
        return 'ran'
      }
      seen = row
      if (isTimer(row)) return runTimer(host, session, row)
      const run = await openRun(host, session, row)
      if (!run) return 'ran'
      if (isOutside(run.step)) return lease(run)
      await runStep(run)
      await saved(run)
      return 'ran'
    })
    if (typeof later === 'string') return later
    seen = later.row
    await finish(host, later.row, await later.effect())
  } catch (error) {
    if (!seen) throw error
    await (isTimer(seen) ? failedTimer : failed)(host, seen, error)
  }
  return 'ran'
}

async function lockDue(session: Session, id: string, now: number): Promise<StepRow | undefined> {
  const filter: Filter = [
    ['id', '=', id],
    ['due_at', '<=', now],
  ]
  const [row] = await selectSteps(session, { filter, lock: 'skip' })
  return row
}

/** The run of a step, or undefined where there is nothing to run any more: then its row is closed. */
export async function openRun(host: WorkflowHost, session: Session, row: StepRow): Promise<StepRun | undefined> {
  const now = host.clock.now()
  const instance = await lockInstance(session, row.instance)
  if (!instance || instance.ended_at !== null) {
    await updateStep(session, row.id, { state: 'cancelled', due_at: null, ended_at: now })
    return undefined
  }
  const plan = await planOf(host, row.workflow)
  const step = plan && Object.hasOwn(plan.steps, row.step) ? plan.steps[row.step] : undefined
  if (!plan || !step) {
    const error = plan ? `The workflow has no step "${row.step}" any more.` : `There is no workflow "${row.workflow}" any more.`
    await updateStep(session, row.id, { state: 'failed', due_at: null, ended_at: now, error })
    await updateInstance(session, instance.id, { state: 'failed', ended_at: now, error })
    return undefined
  }
  const record = await recordOf(host, instance)
  const related = record && step.related ? await host.related(step.related, record) : NONE_RELATED
  const run: StepRun = { host, session, plan, row, step, now, record: record ?? {}, related, changes: {}, instance }
  if (record) return run
  await close(run, 'cancelled')
  await failInstance({ ...run, plan: withoutEnd(plan) }, 'The record is gone.')
  run.changes.state = 'cancelled'
  await saved(run)
  return undefined
}

export async function saved({ session, instance, changes }: StepRun): Promise<void> {
  if (Object.keys(changes).length > 0) await updateInstance(session, instance.id, changes)
}

interface Leased {
  readonly row: StepRow
  readonly effect: () => Promise<unknown>
}

/** The row is due again when the lease is over: whoever took it did not live to tell. */
async function lease(run: StepRun): Promise<Leased | 'ran'> {
  const { session, row, step, now, record } = run
  if (row.attempt === 0 && step.condition && !step.condition(record, scopeOf(run))) {
    await close(run, 'skipped')
    await advance(run, step.next, row.parent)
    await saved(run)
    return 'ran'
  }
  const due = now + (step.timeout ?? CALL_TIMEOUT) + LEASE
  const effect = outsideEffect(run)
  await updateStep(session, row.id, { due_at: due })
  return { row: { ...row, due_at: due }, effect }
}

/** Only whoever has the lease closes the step. */
async function finish(host: WorkflowHost, row: StepRow, result: unknown): Promise<void> {
  await host.transaction(async (session) => {
    const run = await sameRun(host, session, row)
    if (!run) return
    const { step } = run
    if (step.type === 'webhook') keep(run, step.storeAs, result)
    await close(run, 'done')
    await advance(run, step.next, row.parent)
    await saved(run)
  })
}

/** The run of a row that nobody has touched meanwhile. */
async function sameRun(host: WorkflowHost, session: Session, row: StepRow): Promise<StepRun | undefined> {
  const [found] = await selectSteps(session, { filter: [['id', '=', row.id]], lock: 'wait' })
  if (!found || found.due_at !== row.due_at || found.attempt !== row.attempt || found.state !== row.state) return undefined
  return openRun(host, session, found)
}

/** Tried again later, or given up. What the attempt did is undone already. */
async function failed(host: WorkflowHost, row: StepRow, error: unknown): Promise<void> {
  const message = messageOf(error)
  const isOver = await host.transaction(async (session) => {
    const run = await sameRun(host, session, row)
    if (!run) return false
    const { step, now } = run
    const attempt = row.attempt + 1
    const pause = retryPause(step, attempt, error)
    if (pause !== undefined) {
      await updateStep(session, row.id, { attempt, error: message, due_at: now + pause })
      return false
    }
    await giveUp(run, message)
    await saved(run)
    return true
  })
  if (isOver) host.report(new Error(`The step "${row.step}" of the workflow "${row.workflow}" failed (${row.instance}).`, { cause: error }))
}

function withoutEnd({ onFailure: _, ...plan }: WorkflowPlan): WorkflowPlan {
  return plan
}
