import { graphlib, layout } from '@dagrejs/dagre'
import { type Box, foldColumns } from './fold-columns.ts'
import { dependencyText, stepText } from './graph-text.ts'
import type { PluginGraph } from './plugin-graph.ts'

/** What the page draws. */
export interface GraphPage {
  readonly title: string
  readonly width: number
  readonly height: number
  readonly nodes: readonly PageNode[]
  readonly edges: readonly PageEdge[]
}

export interface PageNode {
  readonly id: string
  readonly kind: 'plugin' | 'absent' | 'object'
  readonly label: string
  readonly subtitle: string
  /** Of its centre. */
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly details: readonly PageDetail[]
  /** Of plugins: which of them start together, from 1. */
  readonly group?: number
}

export interface PageDetail {
  readonly heading: string
  readonly items: readonly PageItem[]
  readonly isOrdered: boolean
}

export interface PageItem {
  readonly text: string
  /** The node it is about. */
  readonly id?: string
}

export interface PageEdge {
  /** Needs `to`. */
  readonly from: string
  readonly to: string
  readonly kind: 'required' | 'optional' | 'capability' | 'conflict' | 'object'
  readonly label: string
  readonly points: readonly (readonly [x: number, y: number])[]
}

const HEIGHT = 46
const LETTER = 7.6
/** Longer names are cut by the page. */
const MOST_LETTERS = 32

/** Places for everything, what is needed left of what needs it. */
export function layoutGraph(graph: PluginGraph): GraphPage {
  const nodes = nodesOf(graph)
  const edges = edgesOf(graph)
  const placed = new graphlib.Graph({ multigraph: true })
  placed.setGraph({ rankdir: 'LR', nodesep: 18, ranksep: 90, marginx: 20, marginy: 20 })
  placed.setDefaultEdgeLabel(() => ({}))
  for (const { id, label, subtitle } of nodes) placed.setNode(id, { width: widthOf(label, subtitle), height: HEIGHT })
  for (const [index, { from, to }] of edges.entries()) placed.setEdge(to, from, {}, `e${index}`)
  layout(placed)
  const { width = 0, height = 0 } = placed.graph() as { readonly width?: number; readonly height?: number }
  const boxes = nodes.map(({ id }) => placed.node(id) as Box)
  const folded = foldColumns(boxes)
  const placedNodes = nodes.map((node, position): PageNode => {
    const { x, y } = folded?.[position] ?? (boxes[position] as Box)
    const { width, height } = boxes[position] as Box
    return { ...node, x: round(x), y: round(y), width, height }
  })
  const nodeById = new Map(placedNodes.map((node) => [node.id, node]))
  const far = (side: (node: PageNode) => number): number => finite(Math.max(0, ...placedNodes.map(side)) + 20)
  return {
    title: `Plugins of ${graph.app}`,
    width: folded ? far(({ x, width: own }) => x + own / 2) : finite(width),
    height: folded ? far(({ y, height: own }) => y + own / 2) : finite(height),
    nodes: placedNodes,
    edges: edges.map((edge, index) => {
      if (folded) return { ...edge, points: straight(nodeById.get(edge.from) as PageNode, nodeById.get(edge.to) as PageNode) }
      const { points = [] } = placed.edge(edge.to, edge.from, `e${index}`) as { points?: readonly { x: number; y: number }[] }
      return { ...edge, points: points.map(({ x, y }) => [round(x), round(y)] as const).reverse() }
    }),
  }
}

/** From the side of one to that of what it needs, which stands left of it. */
function straight(from: PageNode, to: PageNode): PageEdge['points'] {
  const [startX, endX] = [from.x - from.width / 2, to.x + to.width / 2]
  return [
    [round(startX), from.y],
    [round((startX + endX) / 2), round((from.y + to.y) / 2)],
    [round(endX), to.y],
  ]
}

const round = (value: number): number => Math.round(value * 10) / 10

const finite = (value: number): number => (Number.isFinite(value) && value > 0 ? Math.ceil(value) : 100)

const widthOf = (...texts: readonly string[]): number =>
  Math.max(90, 28 + Math.round(LETTER * Math.min(MOST_LETTERS, Math.max(...texts.map((text) => text.length)))))

type Unplaced<Placed> = Omit<Placed, 'x' | 'y' | 'width' | 'height' | 'points'>

function nodesOf({ plugins, dependencies, conflicts, capabilities, objects }: PluginGraph): readonly Unplaced<PageNode>[] {
  const names = new Set(plugins.map(({ name }) => name))
  const absent = new Set([...dependencies, ...conflicts].map(({ to }) => to).filter((name) => !names.has(name)))
  const about = (name: string, text = name): PageItem => ({ text, id: `plugin:${name}` })
  const aboutObject = (name: string, text = name): PageItem => ({ text, id: `object:${name}` })
  return [
    ...plugins.map(({ name, version, group, origin, phases, provides, requires }, order) => ({
      id: `plugin:${name}`,
      kind: 'plugin' as const,
      label: name,
      subtitle: `${version ?? 'no version'}, no. ${order + 1}`,
      group: group + 1,
      details: [
        ...list('Starts', [`number ${order + 1}, in group ${group + 1}`]),
        ...list('Comes from', [origin]),
        ...list('Is called to', phases),
        ...list(
          'Needs',
          dependencies.filter(({ from }) => from === name).map((one) => about(one.to, dependencyText(one))),
        ),
        ...list(
          'Is needed by',
          dependencies.filter(({ to }) => to === name).map((one) => about(one.from, dependencyText(one))),
        ),
        ...list('Provides', provides),
        ...list(
          'Requires',
          requires.map((capability) => {
            const provider = capabilities.find((known) => known.name === capability)?.provider
            return provider === undefined ? `${capability} (built in)` : about(provider, `${capability} (${provider})`)
          }),
        ),
        ...list(
          'Does not go with',
          conflicts.filter(({ from }) => from === name).map(({ to, range }) => about(to, `${to} ${range}`)),
        ),
        ...list(
          'Brings',
          objects.filter(({ plugin }) => plugin === name).map((object) => aboutObject(object.name)),
        ),
        ...list(
          'Hooks',
          objects.flatMap((object) =>
            object.phases.flatMap(({ phase, steps }) =>
              steps
                .filter(({ plugin }) => plugin === name)
                .map((step) => aboutObject(object.name, `${object.name}.${phase}: ${step.name}`)),
            ),
          ),
        ),
      ],
    })),
    ...[...absent].sort().map((name) => ({
      id: `plugin:${name}`,
      kind: 'absent' as const,
      label: name,
      subtitle: 'not there',
      details: [
        ...list(
          'Asked for by',
          dependencies.filter(({ to }) => to === name).map((one) => about(one.from, dependencyText(one))),
        ),
        ...list(
          'Must not be there, say',
          conflicts.filter(({ to }) => to === name).map(({ from, range }) => about(from, `${from}: ${range}`)),
        ),
      ],
    })),
    ...objects.map(({ name, plugin, phases }) => ({
      id: `object:${name}`,
      kind: 'object' as const,
      label: name,
      subtitle: countOf(phases),
      details: [
        ...list('Brought by', [plugin === undefined ? 'the application' : about(plugin)]),
        ...phases.flatMap(({ phase, steps }) =>
          list(
            phase,
            steps.map((step) => (step.plugin === undefined ? stepText(step) : about(step.plugin, stepText(step)))),
            true,
          ),
        ),
      ],
    })),
  ]
}

function list(heading: string, items: readonly (string | PageItem)[], isOrdered = false): readonly PageDetail[] {
  if (items.length === 0) return []
  return [{ heading, items: items.map((item) => (typeof item === 'string' ? { text: item } : item)), isOrdered }]
}

function edgesOf({ dependencies, conflicts, objects }: PluginGraph): readonly Unplaced<PageEdge>[] {
  return [
    ...dependencies.map(({ from, to, kind, range, capability }) => ({
      from: `plugin:${from}`,
      to: `plugin:${to}`,
      kind,
      label: capability ?? range,
    })),
    ...conflicts.map(({ from, to, range }) => ({
      from: `plugin:${from}`,
      to: `plugin:${to}`,
      kind: 'conflict' as const,
      label: `not ${range}`,
    })),
    ...objects.flatMap(({ name, plugin, phases }) =>
      [
        ...new Set([
          ...(plugin === undefined ? [] : [plugin]),
          ...phases.flatMap(({ steps }) => steps.flatMap((step) => step.plugin ?? [])),
        ]),
      ].map((of) => ({
        from: `object:${name}`,
        to: `plugin:${of}`,
        kind: 'object' as const,
        label: of === plugin ? 'brought by' : isAroundOnly(phases, of) ? 'middleware' : 'hooks',
      })),
    ),
  ]
}

type Phases = PluginGraph['objects'][number]['phases']

/** `3 hooks`, `1 hook, 1 middleware` */
function countOf(phases: Phases): string {
  const steps = phases.flatMap((phase) => phase.steps)
  const hooks = steps.filter(({ priority }) => priority !== undefined).length
  const said = [
    ...(hooks > 0 ? [`${hooks} hook${hooks === 1 ? '' : 's'}`] : []),
    ...(hooks < steps.length ? [`${steps.length - hooks} middleware`] : []),
  ]
  return said.join(', ') || 'no hooks'
}

const isAroundOnly = (phases: Phases, of: string): boolean =>
  phases.every(({ steps }) => steps.every(({ plugin, priority }) => plugin !== of || priority === undefined))
