import {
  type Chart,
  type ChartNode,
  type Configuration,
  enter,
  inOrderOfAuthor,
  isAround,
  isHistory,
  isParallel,
  nodeAt,
  upwards,
  withOuter,
} from './chart.ts'
import type { ChartTransition } from './chart-plan.ts'

/** A transition that was chosen, and the state that says so. */
export interface Chosen {
  readonly source: ChartNode
  readonly transition: ChartTransition
}

export interface Microstep {
  readonly next: Configuration
  /** The innermost first. */
  readonly exited: readonly ChartNode[]
  /** The outermost first. */
  readonly entered: readonly ChartNode[]
}

const targetsOf = (chart: Chart, { to = [] }: ChartTransition): readonly ChartNode[] => to.map((path) => nodeAt(chart, path))

/**
 * The state inside of which a transition happens: what is active below it is left. The innermost one around all targets that stays, and that no
 * region separates from the state that says so: what leads out of a region leaves the whole parallel state.
 */
export function domainOf(chart: Chart, active: ReadonlySet<ChartNode>, { source, transition }: Chosen): ChartNode | undefined {
  const targets = targetsOf(chart, transition)
  const domains = targets.map((target) => domainOfTarget(chart, active, source, target))
  const [first] = domains
  if (!first) return undefined
  for (const node of upwards(first)) if (canHold(chart, node) && domains.every((one) => isAround(node, one))) return node
  return chart.root
}

const canHold = ({ root }: Chart, node: ChartNode): boolean => node === root || !isParallel(node)

function domainOfTarget(chart: Chart, active: ReadonlySet<ChartNode>, source: ChartNode, target: ChartNode): ChartNode {
  for (const node of upwards(target.parent ?? chart.root))
    if (active.has(node) && canHold(chart, node) && !areApart(source, node)) return node
  return chart.root
}

/** Two states in different regions. */
function areApart(one: ChartNode, two: ChartNode): boolean {
  if (isAround(one, two) || isAround(two, one)) return false
  for (const node of upwards(one)) if (isAround(node, two)) return isParallel(node)
  return false
}

const leftBy = (chart: Chart, active: ReadonlySet<ChartNode>, chosen: Chosen): readonly ChartNode[] => {
  const domain = domainOf(chart, active, chosen)
  return domain ? [...active].filter((node) => node !== domain && isAround(domain, node)) : []
}

/** Of transitions that would leave the same state, that of the inner state counts, or the one that comes first. */
export function withoutConflicts(chart: Chart, active: ReadonlySet<ChartNode>, all: readonly Chosen[]): readonly Chosen[] {
  if (all.length < 2) return all
  const kept = new Map<Chosen, ReadonlySet<ChartNode>>()
  for (const chosen of all) {
    const left = new Set(leftBy(chart, active, chosen))
    const rivals = [...kept].filter(([, others]) => [...left].some((node) => others.has(node))).map(([rival]) => rival)
    if (!rivals.every((rival) => rival.source !== chosen.source && isAround(rival.source, chosen.source))) continue
    for (const rival of rivals) kept.delete(rival)
    kept.set(chosen, left)
  }
  return [...kept.keys()]
}

/** What is active after transitions that do not get in each other's way. */
export function microstep(chart: Chart, { active, remembered }: Configuration, all: readonly Chosen[]): Microstep {
  const exited = new Set(all.flatMap((chosen) => leftBy(chart, active, chosen)))
  const history = new Map(remembered)
  for (const node of exited)
    if (node.histories.length > 0) history.set(node, new Set([...active].filter((one) => one !== node && isAround(node, one))))
  const after = new Set([...active].filter((node) => !exited.has(node)))
  for (const chosen of all) {
    const domain = domainOf(chart, active, chosen)
    if (!domain) continue
    const wanted = withOuter(targetsOf(chart, chosen.transition).flatMap((target) => meant(chart, target, history)))
    enter(chart, domain, [wanted], after)
  }
  const entered = [...after].filter((node) => !active.has(node) || exited.has(node))
  return {
    next: { active: after, remembered: history },
    exited: inOrderOfAuthor(exited).toReversed(),
    entered: inOrderOfAuthor(entered),
  }
}

/** A history stands for what was active, or for what it says where nothing is remembered. */
function meant(chart: Chart, target: ChartNode, remembered: ReadonlyMap<ChartNode, ReadonlySet<ChartNode>>): readonly ChartNode[] {
  const { state, parent } = target
  if (!isHistory(target) || !parent) return [target]
  const known = remembered.get(parent)
  if (!known) return state.to ? state.to.map((path) => nodeAt(chart, path)) : [parent]
  return state.type === 'deep' ? [...known] : [parent, ...parent.children.filter((child) => known.has(child))]
}
