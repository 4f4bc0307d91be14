import type { HookContext } from '../../behaviour/hook-context.ts'
import { inOrder } from '../../database/maybe.ts'
import { type Maybe, type Session, whenReady } from '../../database/session.ts'
import { uuidv7 } from '../../id.ts'
import type { StepRow } from '../workflow-rows.ts'
import { insertStep, removeSteps } from '../workflow-store.ts'
import type { ChartNode } from './chart.ts'
import type { ChartPlan } from './chart-plan.ts'

/**
 * Times of states are rows beside the steps of workflows: what runs those runs them. `instance` is the record, by which rows are found, `step` the
 * path of the state, `position` which of its times.
 */
export const TIMER = 'timer'

export const isTimer = ({ type }: StepRow): boolean => type === TIMER

/** Times that begin with a write, and those that are over with it, in its transaction. */
export function keepTimers(context: HookContext, plan: ChartPlan, states: ReadonlyMap<ChartNode, boolean>): Maybe<unknown> {
  const session = context.statements as Session
  const { object } = context
  const record = String(context.id ?? (context.result as { readonly id?: unknown } | undefined)?.id)
  const now = context.host.now()
  const isNew = context.operation === 'create'
  return whenReady(
    inOrder([...states], ([{ state }, begins]) =>
      whenReady(isNew ? 0 : removeSteps(session, timersOf(object, record, plan.name, state.path)), () =>
        begins
          ? inOrder(state.after ?? [], ({ delay }, position) =>
              insertStep(session, timerRow({ object, record, machine: plan.name, path: state.path, position, now, due: now + delay })),
            )
          : undefined,
      ),
    ),
    () => {
      if ([...states.values()].includes(true)) context.host.wake()
    },
  )
}

const timersOf = (object: string, record: string, machine: string, path: string) =>
  [
    ['instance', '=', record],
    ['object', '=', object],
    ['workflow', '=', machine],
    ['type', '=', TIMER],
    ['step', '=', path],
  ] as const

/** The record is gone. */
export const removeTimers = (context: HookContext): Maybe<unknown> =>
  removeSteps(context.statements as Session, [
    ['instance', '=', String(context.id)],
    ['object', '=', context.object],
    ['type', '=', TIMER],
  ])

interface TimerStart {
  readonly object: string
  readonly record: string
  readonly machine: string
  readonly path: string
  readonly position: number
  readonly now: number
  readonly due: number
}

function timerRow({ object, record, machine, path, position, now, due }: TimerStart): StepRow {
  return {
    ...{ id: uuidv7(), instance: record, workflow: machine, step: path, type: TIMER, state: 'ready', due_at: due, attempt: 0, position },
    ...{ assignee_type: null, assignee: null, object, record, parent: null, memo: {}, outcome: null, action: null, comment: null },
    ...{ acted_by: null, error: null, created_at: now, ended_at: null },
  }
}
