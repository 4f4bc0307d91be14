import { AsyncLocalStorage } from 'node:async_hooks'
import type { Behaviour, Pipeline } from '../../behaviour/behaviour.ts'
import type { HookContext } from '../../behaviour/hook-context.ts'
import { isSameValue } from '../../behaviour/is-same-value.ts'
import { inOrder } from '../../database/maybe.ts'
import { type Maybe, whenReady } from '../../database/session.ts'
import type { RawRecord } from '../../object/object-plan.ts'
import { type ObjectQLError, validationError } from '../../problem/problem.ts'
import { withBeyond } from '../guard-holds.ts'
import { type ChartNode, type Configuration, chartOf, enter, inOrderOfAuthor, leavesOf, upwards } from './chart.ts'
import type { ChartPlan } from './chart-plan.ts'
import { keepTimers, removeTimers } from './chart-timers.ts'
import { type Chosen, microstep } from './microstep.ts'
import { type ChartMove, chosenFor, finished, type Matcher, namesOf, onEvent, runEntries, settle, step } from './run-chart.ts'
import { fieldsOf, storedConfiguration, storedFields } from './stored-chart.ts'

/** An event that is being sent to a machine, or a time that is over. */
export interface ChartEvent {
  readonly plan: ChartPlan
  /** Of the record it is sent to. */
  readonly id: string
  readonly event: string
  readonly matcher: Matcher
  readonly payload: RawRecord
  /** The machine has looked at it: what its actions write has nothing to do with it. */
  isSeen: boolean
  isTaken: boolean
}

export const sendingToChart = new AsyncLocalStorage<ChartEvent>()

/** What began or ended with a write, until it is written. */
const timedByContext = new WeakMap<HookContext, Map<ChartPlan, Map<ChartNode, boolean>>>()

/** Hooks with state machines behind those before a write: machines with several states at once, histories or times. */
export function charted(hooks: Behaviour | undefined, charts: readonly ChartPlan[]): Behaviour {
  const timed = charts.filter(({ hasTimers }) => hasTimers)
  const waits = charts.some(({ calls }) => calls) || hooks?.waits === true
  const keep = (hook: Pipeline | undefined): Pipeline =>
    then(hook, (context) => {
      const timedByPlan = timedByContext.get(context)
      return timedByPlan && inOrder([...timedByPlan], ([plan, states]) => keepTimers(context, plan, states))
    })
  return {
    ...hooks,
    ...(waits ? { waits: true } : {}),
    ...withBeyond(hooks, charts),
    charts,
    needsPrevious: true,
    locksPrevious: true,
    beforeCreate: then(hooks?.beforeCreate, (context) => inOrder(charts, (plan) => begin(plan, context))),
    beforeUpdate: then(hooks?.beforeUpdate, (context) => inOrder(charts, (plan) => change(plan, context))),
    ...(timed.length === 0
      ? {}
      : {
          afterCreate: keep(hooks?.afterCreate),
          afterUpdate: keep(hooks?.afterUpdate),
          afterDelete: then(hooks?.afterDelete, (context) => removeTimers(context)),
        }),
  }
}

const then =
  (hooks: Pipeline | undefined, next: (context: HookContext) => Maybe<unknown>): Pipeline =>
  (context) => {
    const ran = hooks?.(context)
    return ran instanceof Promise ? ran.then(() => next(context)) : next(context)
  }

function moveOf(plan: ChartPlan, context: HookContext, event: string, payload: RawRecord = {}): ChartMove {
  const byPlan = timedByContext.get(context) ?? new Map<ChartPlan, Map<ChartNode, boolean>>()
  const timed = byPlan.get(plan) ?? new Map<ChartNode, boolean>()
  if (plan.hasTimers) timedByContext.set(context, byPlan.set(plan, timed))
  return { chart: chartOf(plan), context, event, payload, timed }
}

/** New records are where the machine begins, whether they say so or not. */
function begin(plan: ChartPlan, context: HookContext): Maybe<unknown> {
  const move = moveOf(plan, context, '')
  const { chart } = move
  const active = new Set<ChartNode>()
  enter(chart, chart.root, [], active)
  const start: Configuration = { active, remembered: new Map() }
  for (const [field, value] of Object.entries(fieldsOf(chart, active))) {
    const given = context.data[field] ?? null
    if (given !== null && given !== value) throw refusal(field, `A new record is ${shown(value)}, not "${String(given)}".`)
  }
  Object.assign(context.data, storedFields(chart, start))
  const entered = inOrderOfAuthor(active)
  for (const node of entered) if (node.state.after) move.timed.set(node, true)
  const queue = entered.flatMap((node) => finished(node, active))
  return whenReady(runEntries(move, entered, namesOf(leavesOf(active))), () => settle(move, start, queue))
}

function change(plan: ChartPlan, context: HookContext): Maybe<unknown> {
  const chart = chartOf(plan)
  const stored = storedConfiguration(chart, context.previous)
  const sent = sendingToChart.getStore()
  const isSent = sent?.plan === plan && sent.id === context.id && !sent.isSeen
  const before = stored ? fieldsOf(chart, stored.active) : Object.fromEntries(chart.holders.map(({ state }) => [state.field, null]))
  const written = chart.holders.flatMap(({ state }): readonly (readonly [string, unknown])[] => {
    const field = state.field as string
    const value = context.data[field]
    return value === undefined || isSameValue(value, before[field] ?? null) ? [] : [[field, value]]
  })
  if (!stored) {
    // A record from before there was a machine begins where all begin.
    if (written.length > 0 && !isSent) return begin(plan, context)
    return undefined
  }
  if (isSent) {
    sent.isSeen = true
    return whenReady(take(moveOf(plan, context, sent.event, sent.payload), stored, sent.matcher), (isTaken) => {
      sent.isTaken = isTaken
    })
  }
  if (written.length === 0) return settle(moveOf(plan, context, ''), stored, [])
  return whenReady(leadingTo(moveOf(plan, context, ''), stored, new Map(written), eventsOf(stored)), (found) => {
    if (!found) throw notPossible(written, before, stored)
    const { event, chosen } = found
    return run(moveOf(plan, context, event), stored, chosen)
  })
}

/** Takes what an event leads to. False: nothing. */
const take = (move: ChartMove, stored: Configuration, matcher: Matcher): Maybe<boolean> =>
  whenReady(chosenFor(move, stored, matcher), (chosen) => (chosen.length === 0 ? false : whenReady(run(move, stored, chosen), () => true)))

function run(move: ChartMove, stored: Configuration, chosen: readonly Chosen[]): Maybe<unknown> {
  const queue: ChartNode[] = []
  return whenReady(step(move, stored, chosen, queue), (next) => settle(move, next, queue))
}

/** Events that active states listen to, those of inner states first. */
export const eventsOf = ({ active }: Configuration): readonly string[] => [
  ...new Set(leavesOf(active).flatMap((leaf) => [...upwards(leaf)].flatMap(({ state }) => Object.keys(state.on ?? {})))),
]

interface Leading {
  readonly event: string
  readonly chosen: readonly Chosen[]
}

/** The first event after which the fields hold what was written. */
function leadingTo(
  move: ChartMove,
  stored: Configuration,
  written: ReadonlyMap<string, unknown>,
  events: readonly string[],
): Maybe<Leading | undefined> {
  const [event, ...rest] = events
  if (event === undefined) return undefined
  return whenReady(chosenFor({ ...move, event }, stored, onEvent(event)), (chosen) => {
    const { next } = microstep(move.chart, stored, chosen)
    const fields = fieldsOf(move.chart, next.active)
    const isIt = chosen.length > 0 && [...written].every(([field, value]) => isSameValue(fields[field], value ?? null))
    return isIt ? { event, chosen } : leadingTo(move, stored, written, rest)
  })
}

/** What the fields will hold when an event is sent, as far as is known before its actions run; undefined where it leads nowhere. */
export function foreseen(sent: ChartEvent, context: HookContext): Maybe<RawRecord | undefined> {
  const move = moveOf(sent.plan, context, sent.event, sent.payload)
  const stored = storedConfiguration(move.chart, context.previous)
  if (!stored) return undefined
  return whenReady(chosenFor(move, stored, sent.matcher), (chosen) => {
    if (chosen.length === 0) return undefined
    const before = fieldsOf(move.chart, stored.active)
    const after = Object.entries(fieldsOf(move.chart, microstep(move.chart, stored, chosen).next.active))
    return Object.fromEntries(after.filter(([field, value]) => value !== before[field]))
  })
}

export const statesOf = (plan: ChartPlan, record: RawRecord | undefined): string => {
  const stored = storedConfiguration(chartOf(plan), record)
  return stored ? namesOf(leavesOf(stored.active)) : ''
}

const shown = (value: unknown): string => (value === null || value === undefined ? 'without a state here' : `"${String(value)}"`)

function notPossible(written: readonly (readonly [string, unknown])[], before: RawRecord, stored: Configuration): ObjectQLError {
  const [[field, value] = ['', null]] = written
  const events = eventsOf(stored)
  const possible = events.length === 0 ? ' It is final.' : ` Events: ${events.join(', ')}.`
  const from = before[field] ?? null
  return refusal(
    field,
    `Nothing leads from ${from === null ? 'no state' : shown(from)} to ${value === null ? 'no state' : shown(value)} now.${possible}`,
  )
}

const refusal = (field: string, message: string): ObjectQLError =>
  validationError([{ pointer: `/${field.replaceAll('~', '~0').replaceAll('/', '~1')}`, code: 'state', message }])
