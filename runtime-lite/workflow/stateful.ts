import { AsyncLocalStorage } from 'node:async_hooks'
import type { Behaviour, Pipeline } from '../behaviour/behaviour.ts'
import type { HookContext } from '../behaviour/hook-context.ts'
import { isSameValue } from '../behaviour/is-same-value.ts'
import { currentUser } from '../context/request-context.ts'
import { inOrder } from '../database/maybe.ts'
import { type Maybe, whenReady } from '../database/session.ts'
import type { RawRecord } from '../object/object-plan.ts'
import { ObjectQLError, validationError } from '../problem/problem.ts'
import { guardHolds, merged, withBeyond } from './guard-holds.ts'
import type { Called, MachinePlan, TransitionCall, TransitionStep } from './machine-plan.ts'

/** An event that is being sent: the change of the state it leads to is its, whatever other events lead there too. */
export interface SentEvent {
  readonly machine: MachinePlan
  readonly event: string
  readonly payload: RawRecord
  isTaken: boolean
}

export const sending = new AsyncLocalStorage<SentEvent>()

/** `always` leads on so many times at most. */
const MOST_AUTOMATIC = 100

/** The hooks of an object with its state machines behind those before a write: they see what hooks made of it. */
export function stateful(hooks: Behaviour | undefined, machines: readonly MachinePlan[]): Behaviour {
  const calls = machines.some(({ calls: some }) => some)
  const waits = calls || hooks?.waits === true
  return {
    ...hooks,
    ...(waits ? { waits: true, independent: independentOf(hooks, calls) } : {}),
    ...withBeyond(hooks, machines),
    machines,
    needsPrevious: true,
    locksPrevious: true,
    beforeCreate: before(hooks?.beforeCreate, (context) => inOrder(machines, (machine) => begin(machine, context))),
    beforeUpdate: before(hooks?.beforeUpdate, (context) => inOrder(machines, (machine) => change(machine, context))),
  }
}

/** Conditions look at the record alone; functions may look at anything. */
function independentOf(hooks: Behaviour | undefined, calls: boolean): NonNullable<Behaviour['independent']> {
  const isProven = (phase: 'beforeUpdate' | 'beforeDelete'): boolean =>
    !hooks?.waits || hooks[phase] === undefined || hooks.independent?.includes(phase) === true
  return (['beforeUpdate', 'beforeDelete'] as const).filter((phase) => isProven(phase) && !(calls && phase === 'beforeUpdate'))
}

const before =
  (hooks: Pipeline | undefined, next: (context: HookContext) => Maybe<unknown>): Pipeline =>
  (context) => {
    const ran = hooks?.(context)
    return ran instanceof Promise ? ran.then(() => next(context)) : next(context)
  }

/** One move of a record, while it is worked out. */
interface Move {
  readonly machine: MachinePlan
  readonly context: HookContext
  readonly event: string
  readonly from: string | null
  readonly payload: RawRecord
}

/** New records are in the initial state, whether they say so or not. */
function begin(machine: MachinePlan, context: HookContext): Maybe<unknown> {
  const { field, initial, entry = [] } = machine
  const given = context.data[field] ?? null
  if (given !== null && given !== initial) throw refusal(machine, `A new record is "${initial}", not "${String(given)}".`)
  context.data[field] = initial
  const move: Move = { machine, context, event: '', from: null, payload: {} }
  return whenReady(runAll(entry, move, initial), () => automatic(move, initial, 0))
}

function change(machine: MachinePlan, context: HookContext): Maybe<unknown> {
  const { field } = machine
  const from = stateOf(context.previous, field)
  const sent = sending.getStore()
  const payload = sent?.machine === machine ? sent.payload : {}
  const isWritten = Object.hasOwn(context.data, field) && context.data[field] !== undefined
  if (!isWritten || isSameValue(context.data[field], from)) {
    const move: Move = { machine, context, event: '', from, payload }
    return from === null ? undefined : automatic(move, from, 0)
  }
  const to = context.data[field] === null ? null : String(context.data[field])
  // A record from before there was a machine begins where all begin.
  if (from === null && to === machine.initial) return begin(machine, context)
  const state = from === null ? undefined : stateNamed(machine, from)
  if (to === null || !state) throw refusal(machine, `Nothing leads from ${shown(from)} to ${shown(to)}.`)
  const events = Object.entries(state.on ?? {}).filter(([event]) => sent?.machine !== machine || sent.event === event)
  const candidates = events.flatMap(([event, steps]) => steps.map((step): readonly [string, TransitionStep] => [event, step]))
  const leading = candidates.filter(([, step]) => step.to === to)
  if (leading.length === 0) throw refusal(machine, `Nothing leads from ${shown(from)} to ${shown(to)}.${ways(state.on)}`)
  const move = (event: string): Move => ({ machine, context, event, from, payload })
  return whenReady(firstOf(leading, move, to), (taken) => {
    if (!taken) throw refusal(machine, `What leads from ${shown(from)} to ${shown(to)} has conditions, and they do not hold.`)
    const [event, step] = taken
    if (sent?.machine === machine) sent.isTaken = true
    return whenReady(runAll(step.actions ?? [], move(event), to), () => automatic(move(event), to, 0))
  })
}

const shown = (state: string | null): string => (state === null ? 'no state' : `"${state}"`)

function ways(on: Readonly<Record<string, readonly TransitionStep[]>> = {}): string {
  const targets = [...new Set(Object.values(on).flatMap((steps) => steps.flatMap(({ to }) => to ?? [])))]
  return targets.length === 0 ? ' It is final.' : ` Possible: ${targets.join(', ')}.`
}

export const stateOf = (record: RawRecord | undefined, field: string): string | null => {
  const value = record?.[field] ?? null
  return value === null ? null : String(value)
}

const stateNamed = ({ states }: MachinePlan, name: string) => (Object.hasOwn(states, name) ? states[name] : undefined)

/** The first candidate whose guard holds, in their order. */
function firstOf(
  candidates: readonly (readonly [string, TransitionStep])[],
  move: (event: string) => Move,
  to: string,
): Maybe<readonly [string, TransitionStep] | undefined> {
  const [first, ...rest] = candidates
  if (!first) return undefined
  return whenReady(holds(first[1], move(first[0]), first[1].to ?? to), (isOpen) => (isOpen ? first : firstOf(rest, move, to)))
}

function holds({ guard, guardedBy }: TransitionStep, move: Move, to: string): Maybe<boolean> {
  const { context } = move
  return whenReady(guard ? guardHolds(guard, context, move.machine.related) : true, (isOpen) => {
    if (!isOpen || !guardedBy) return isOpen
    return whenReady(called(guardedBy, move, to) as Maybe<unknown>, (answer) => answer === true)
  })
}

/** Goes on by itself as long as something leads on. */
function automatic(move: Move, state: string, count: number): Maybe<unknown> {
  const { machine, context } = move
  const steps = stateNamed(machine, state)?.always ?? []
  if (steps.length === 0) return undefined
  if (count >= MOST_AUTOMATIC)
    throw new ObjectQLError(500, 'INTERNAL_ERROR', `The state machine "${machine.name}" goes around in a circle.`)
  const from: Move = { ...move, event: '', from: state }
  return whenReady(
    firstOf(
      steps.map((step) => ['', step] as const),
      () => from,
      state,
    ),
    (taken) => {
      const to = taken?.[1].to
      if (!taken || to === undefined) return undefined
      context.data[machine.field] = to
      return whenReady(runAll(taken[1].actions ?? [], from, to), () => automatic(move, to, count + 1))
    },
  )
}

const runAll = (actions: readonly Called[], move: Move, to: string): Maybe<unknown> =>
  inOrder(actions, (action) => called(action, move, to) as Maybe<unknown>)

function called([handler, params]: Called, { context, event, from, payload }: Move, to: string): unknown {
  const { object, id, data, previous, host } = context
  const { access } = host
  const call: TransitionCall = {
    ...{ object, id, event, from, to, data, previous, payload, params, user: currentUser() as RawRecord | undefined },
    ...{ record: merged(context), api: access, ql: access, db: access },
  }
  return handler(call)
}

function refusal({ field }: MachinePlan, message: string): ObjectQLError {
  return validationError([{ pointer: `/${field.replaceAll('~', '~0').replaceAll('/', '~1')}`, code: 'state', message }])
}

/** Works out an event for a record that is in a state. Gives where it leads, or undefined where nothing listens or no guard holds. */
export function transitionFor(
  machine: MachinePlan,
  event: string,
  context: HookContext,
  payload: RawRecord,
): Maybe<{ readonly step: TransitionStep; readonly run: () => Maybe<unknown> } | undefined> {
  const from = stateOf(context.previous, machine.field)
  const on = from === null ? undefined : stateNamed(machine, from)?.on
  const steps = on && Object.hasOwn(on, event) ? (on[event] ?? []) : []
  const move: Move = { machine, context, event, from, payload }
  return whenReady(
    firstOf(
      steps.map((step) => [event, step] as const),
      () => move,
      from ?? '',
    ),
    (taken) => taken && { step: taken[1], run: () => runAll(taken[1].actions ?? [], move, taken[1].to ?? from ?? '') },
  )
}
