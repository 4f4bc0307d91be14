import type { HookContext } from '../../behaviour/hook-context.ts'
import { currentUser } from '../../context/request-context.ts'
import { inOrder } from '../../database/maybe.ts'
import { type Maybe, whenReady } from '../../database/session.ts'
import type { RawRecord } from '../../object/object-plan.ts'
import { ObjectQLError } from '../../problem/problem.ts'
import { guardHolds, merged } from '../guard-holds.ts'
import type { Called, TransitionCall } from '../machine-plan.ts'
import { type Chart, type ChartNode, type Configuration, isAround, isDone, isOver, isParallel, leavesOf, nodeAt, upwards } from './chart.ts'
import type { ChartTransition } from './chart-plan.ts'
import { type Chosen, domainOf, microstep, withoutConflicts } from './microstep.ts'
import { shownName, storedFields } from './stored-chart.ts'

/** One write of a record, while what it means for the machine is worked out. */
export interface ChartMove {
  readonly chart: Chart
  readonly context: HookContext
  /** The event, where one was sent; else the one that leads to what was written. */
  readonly event: string
  readonly payload: RawRecord
  /** States whose times begin anew (true) or are over (false). */
  readonly timed: Map<ChartNode, boolean>
}

/** Transitions that a state has for what happens. */
export type Matcher = (node: ChartNode) => readonly ChartTransition[] | undefined

export const onEvent =
  (event: string): Matcher =>
  ({ state: { on } }) =>
    on && Object.hasOwn(on, event) ? on[event] : undefined

const ALWAYS: Matcher = ({ state }) => state.always

/** A machine leads on by itself so many times at most. */
const MOST_AUTOMATIC = 100

/** What leads on: for each innermost state the first transition whose guard holds, the inner states first. */
export function chosenFor(move: ChartMove, { active }: Configuration, matcher: Matcher): Maybe<readonly Chosen[]> {
  const { chart } = move
  if (isOver(chart, active)) return []
  const chosen: Chosen[] = []
  const seen = new Map<ChartNode, Chosen | undefined>()
  const search = (path: readonly ChartNode[]): Maybe<unknown> => {
    const [node, ...outer] = path
    if (!node) return undefined
    const take = (found: Chosen | undefined): Maybe<unknown> => {
      if (!found) return search(outer)
      if (!chosen.includes(found)) chosen.push(found)
      return undefined
    }
    // Regions share the states around them: each is asked once.
    if (seen.has(node)) return take(seen.get(node))
    return whenReady(firstOpen(move, active, node, matcher(node) ?? []), (found) => {
      seen.set(node, found)
      return take(found)
    })
  }
  return whenReady(
    inOrder(leavesOf(active), (leaf) => search([...upwards(leaf)])),
    () => withoutConflicts(chart, active, chosen),
  )
}

function firstOpen(
  move: ChartMove,
  active: ReadonlySet<ChartNode>,
  source: ChartNode,
  transitions: readonly ChartTransition[],
): Maybe<Chosen | undefined> {
  const [transition, ...rest] = transitions
  if (!transition) return undefined
  return whenReady(isOpen(move, active, source, transition), (open) =>
    open ? { source, transition } : firstOpen(move, active, source, rest),
  )
}

function isOpen(
  move: ChartMove,
  active: ReadonlySet<ChartNode>,
  source: ChartNode,
  { in: inside, guard, guardedBy, to = [] }: ChartTransition,
): Maybe<boolean> {
  const { chart, context } = move
  if (inside !== undefined && !active.has(nodeAt(chart, inside))) return false
  return whenReady(guard ? guardHolds(guard, context, chart.plan.related) : true, (holds) => {
    if (!holds || !guardedBy) return holds
    const from = namesOf(leavesOf(active).filter((leaf) => isAround(source, leaf)))
    const targets = to.map((path) => shownName(nodeAt(chart, path))).join('+')
    return whenReady(called(guardedBy, move, from, targets === '' ? from : targets) as Maybe<unknown>, (answer) => answer === true)
  })
}

const namesOf = (leaves: readonly ChartNode[]): string => leaves.map(shownName).join('+')

/** Does one step with its actions: those of states that are left, of the transitions, of states that are entered. */
export function step(move: ChartMove, configuration: Configuration, all: readonly Chosen[], queue: ChartNode[]): Maybe<Configuration> {
  const { chart, context, timed } = move
  const { active } = configuration
  const { next, exited, entered } = microstep(chart, configuration, all)
  // A step that only acts changes nothing of the fields, whatever they hold.
  if (exited.length + entered.length > 0) Object.assign(context.data, storedFields(chart, next))
  for (const node of exited) if (node.state.after) timed.set(node, false)
  for (const node of entered) if (node.state.after) timed.set(node, true)
  const ways = all.map((chosen) => wayOf(chart, active, next.active, chosen))
  const around = ({ node }: { readonly node: ChartNode }): Way | undefined => ways.find(({ domain }) => domain && isAround(domain, node))
  const calls = [
    ...exited.flatMap((node) => callsOf(node.state.exit, around({ node }))),
    ...all.flatMap(({ transition }, index) => callsOf(transition.actions, ways[index])),
    ...entered.flatMap((node) => callsOf(node.state.entry, around({ node }))),
  ]
  for (const node of entered) queue.push(...finished(node, next.active))
  return whenReady(
    inOrder(calls, ({ action, from, to }) => called(action, move, from, to) as Maybe<unknown>),
    () => next,
  )
}

interface Way {
  readonly domain: ChartNode | undefined
  readonly from: string
  readonly to: string
}

/** Where a transition led, as actions are told. */
function wayOf(chart: Chart, before: ReadonlySet<ChartNode>, after: ReadonlySet<ChartNode>, chosen: Chosen): Way {
  const domain = domainOf(chart, before, chosen)
  const within = domain ?? chosen.source
  const names = (active: ReadonlySet<ChartNode>): string => namesOf(leavesOf(active).filter((leaf) => isAround(within, leaf)))
  return { domain, from: names(before), to: names(after) }
}

const callsOf = (actions: readonly Called[] = [], way?: Way) =>
  actions.map((action) => ({ action, from: way?.from ?? '', to: way?.to ?? '' }))

/** States that a final one completes. */
function finished(node: ChartNode, active: ReadonlySet<ChartNode>): readonly ChartNode[] {
  const { parent } = node
  if (node.state.type !== 'final' || !parent) return []
  const outer = parent.parent
  return [parent, ...(outer && isParallel(outer) && isDone(outer, active) ? [outer] : [])]
}

/** Goes on by itself, as long as something leads on: what is always taken, then what follows states that are done. */
export function settle(move: ChartMove, start: Configuration, queue: ChartNode[], count = 0): Maybe<Configuration> {
  const { chart } = move
  if (count > MOST_AUTOMATIC)
    throw new ObjectQLError(500, 'INTERNAL_ERROR', `The state machine "${chart.plan.name}" goes around in a circle.`)
  const automatic: ChartMove = { ...move, event: '' }
  return whenReady(chosenFor(automatic, start, ALWAYS), (always) => {
    const leading = always.filter(({ transition }) => transition.to !== undefined)
    if (leading.length > 0) return whenReady(step(automatic, start, leading, queue), (next) => settle(move, next, queue, count + 1))
    const done = queue.shift()
    if (!done) return start
    const after: ChartMove = { ...move, event: `done.state.${done.state.path}` }
    return whenReady(
      chosenFor(after, start, (node) => (node === done ? node.state.done : undefined)),
      (chosen) =>
        whenReady(chosen.length === 0 ? start : step(after, start, chosen, queue), (next) => settle(move, next, queue, count + 1)),
    )
  })
}

export const runEntries = (move: ChartMove, entered: readonly ChartNode[], to: string): Maybe<unknown> =>
  inOrder(
    entered.flatMap(({ state }) => state.entry ?? []),
    (action) => called(action, move, null, to) as Maybe<unknown>,
  )

export { finished, namesOf }

function called([handler, params]: Called, { context, event, payload }: ChartMove, from: string | null, to: string): unknown {
  const { object, id, data, previous, host } = context
  const { access } = host
  const call: TransitionCall = {
    ...{ object, id, event, from, to, data, previous, payload, params, user: currentUser() as RawRecord | undefined },
    ...{ record: merged(context), api: access, ql: access, db: access },
  }
  return handler(call)
}
