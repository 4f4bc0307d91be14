import type { ChartPlan, ChartState } from './chart-plan.ts'

/** A state with its place in the tree. */
export interface ChartNode {
  readonly state: ChartState
  readonly name: string
  /** Its place in the author's order: those below it come right behind. */
  readonly index: number
  readonly parent: ChartNode | undefined
  /** Without histories. */
  readonly children: ChartNode[]
  readonly histories: ChartNode[]
}

export interface Chart {
  readonly plan: ChartPlan
  readonly root: ChartNode
  readonly nodes: readonly ChartNode[]
  readonly nodeByPath: ReadonlyMap<string, ChartNode>
  /** Those whose innermost state a field holds. */
  readonly holders: readonly ChartNode[]
}

/** The states that are active, and what was active in those that were left. */
export interface Configuration {
  readonly active: ReadonlySet<ChartNode>
  readonly remembered: ReadonlyMap<ChartNode, ReadonlySet<ChartNode>>
}

const chartByPlan = new WeakMap<ChartPlan, Chart>()

/** The tree of a machine, made once. */
export function chartOf(plan: ChartPlan): Chart {
  const known = chartByPlan.get(plan)
  if (known) return known
  const nodeByPath = new Map<string, ChartNode>()
  const nodes = plan.states.map((state, index): ChartNode => {
    const { path } = state
    const dot = path.lastIndexOf('.')
    const parent = path === '' ? undefined : nodeByPath.get(path.slice(0, Math.max(dot, 0)))
    const node: ChartNode = { state, name: path.slice(dot + 1), index, parent, children: [], histories: [] }
    nodeByPath.set(path, node)
    parent?.[isHistory(node) ? 'histories' : 'children'].push(node)
    return node
  })
  const [root] = nodes
  if (!root) throw new Error(`The state machine "${plan.name}" has no states.`)
  const chart: Chart = { plan, root, nodes, nodeByPath, holders: nodes.filter(({ state }) => state.field !== undefined) }
  chartByPlan.set(plan, chart)
  return chart
}

export const isHistory = ({ state }: ChartNode): boolean => state.type === 'shallow' || state.type === 'deep'
export const isParallel = ({ state }: ChartNode): boolean => state.type === 'parallel'

/** The state and those around it, the innermost first. */
export function* upwards(node: ChartNode): Generator<ChartNode, void> {
  for (let at: ChartNode | undefined = node; at; at = at.parent) yield at
}

/** Whether a state is another one, or around it. */
export function isAround(outer: ChartNode, inner: ChartNode): boolean {
  for (const node of upwards(inner)) if (node === outer) return true
  return false
}

export const nodeAt = ({ nodeByPath, plan }: Chart, path: string): ChartNode => {
  const node = nodeByPath.get(path)
  if (!node) throw new Error(`The state machine "${plan.name}" has no state "${path}".`)
  return node
}

export const inOrderOfAuthor = (nodes: Iterable<ChartNode>): ChartNode[] => [...nodes].sort((one, two) => one.index - two.index)

/** The innermost active states. */
export const leavesOf = (active: ReadonlySet<ChartNode>): readonly ChartNode[] =>
  inOrderOfAuthor(active).filter(({ children }) => children.length === 0)

/** Those states and all around them. */
export function withOuter(nodes: Iterable<ChartNode>): ReadonlySet<ChartNode> {
  const found = new Set<ChartNode>()
  for (const node of nodes) for (const one of upwards(node)) found.add(one)
  return found
}

/**
 * Adds a state and what is active with it: all regions of a parallel state, and one state of any other: the first kind of choice that knows one,
 * else the initial one.
 */
export function enter(chart: Chart, node: ChartNode, choices: readonly ReadonlySet<ChartNode>[], into: Set<ChartNode>): void {
  into.add(node)
  const { children, state } = node
  if (isParallel(node)) {
    for (const child of children) enter(chart, child, choices, into)
    return
  }
  if (children.length === 0) return
  let next: ChartNode | undefined
  for (const choice of choices) next ??= children.find((child) => choice.has(child))
  enter(chart, next ?? nodeAt(chart, state.initial as string), choices, into)
}

/** All that is below a state is final. */
export function isDone(node: ChartNode, active: ReadonlySet<ChartNode>): boolean {
  if (isParallel(node)) return node.children.length > 0 && node.children.every((child) => isDone(child, active))
  return node.children.some((child) => child.state.type === 'final' && active.has(child))
}

/** Nothing happens any more. */
export const isOver = ({ root }: Chart, active: ReadonlySet<ChartNode>): boolean => isDone(root, active)
