import { select } from 'd3-selection'
import { type D3ZoomEvent, zoom, zoomIdentity } from 'd3-zoom'
import type { GraphPage, PageEdge, PageNode } from '../layout-graph.ts'

// Runs in a browser, inside of the page that `objectql graph --format html` writes. Names are only ever set as text.

const page = JSON.parse(document.getElementById('page')?.textContent ?? '') as GraphPage
const svg = select<SVGSVGElement, unknown>('#graph')
const search = document.getElementById('search') as HTMLInputElement
const found = document.getElementById('found') as HTMLOutputElement
const details = document.getElementById('details') as HTMLElement
const nodeById = new Map(page.nodes.map((node) => [node.id, node]))

svg
  .append('defs')
  .append('marker')
  .attr('id', 'arrow')
  .attr('viewBox', '0 0 8 8')
  .attr('refX', 8)
  .attr('refY', 4)
  .attr('markerWidth', 7)
  .attr('markerHeight', 7)
  .attr('orient', 'auto')
  .append('path')
  .attr('d', 'M0,0L8,4L0,8z')
  .attr('fill', 'currentColor')

const view = svg.append('g')
const edges = view
  .selectAll<SVGGElement, PageEdge>('g.edge')
  .data(page.edges)
  .join('g')
  .attr('class', ({ kind }) => `edge ${kind}`)
edges
  .append('path')
  .attr('d', ({ points }) => points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x},${y}`).join(''))
  .attr('marker-end', ({ kind }) => (kind === 'conflict' ? null : 'url(#arrow)'))
edges
  .append('text')
  .attr('x', ({ points }) => points[Math.floor(points.length / 2)]?.[0] ?? 0)
  .attr('y', ({ points }) => (points[Math.floor(points.length / 2)]?.[1] ?? 0) - 4)
  .text(({ label }) => (label === '*' ? '' : short(label)))

const nodes = view
  .selectAll<SVGGElement, PageNode>('g.node')
  .data(page.nodes)
  .join('g')
  .attr('class', ({ kind }) => `node ${kind}`)
  .attr('transform', ({ x, y }) => `translate(${x},${y})`)
  .attr('tabindex', 0)
  .attr('role', 'button')
  .attr('aria-pressed', 'false')
  .attr('aria-label', ({ kind, label, subtitle }) => `${kind === 'object' ? 'object' : 'plugin'} ${label}, ${subtitle}`)
nodes
  .append('rect')
  .attr('x', ({ width }) => -width / 2)
  .attr('y', ({ height }) => -height / 2)
  .attr('width', ({ width }) => width)
  .attr('height', ({ height }) => height)
  .attr('rx', 6)
nodes
  .append('text')
  .attr('y', -3)
  .text(({ label }) => short(label))
nodes
  .append('text')
  .attr('class', 'subtitle')
  .attr('y', 14)
  .text(({ subtitle }) => short(subtitle))
nodes.append('title').text(({ label }) => label)

function short(text: string): string {
  return text.length > 32 ? `${text.slice(0, 31)}…` : text
}

const zooming = zoom<SVGSVGElement, unknown>()
  .scaleExtent([0.02, 4])
  .on('zoom', ({ transform }: D3ZoomEvent<SVGSVGElement, unknown>) => view.attr('transform', transform.toString()))
svg.call(zooming).on('dblclick.zoom', null)

function showAll(): void {
  const { clientWidth, clientHeight } = svg.node() as SVGSVGElement
  const scale = Math.min(1.2, (0.95 * clientWidth) / page.width, (0.95 * clientHeight) / page.height) || 1
  const left = (clientWidth - page.width * scale) / 2
  const top = (clientHeight - page.height * scale) / 2
  svg.call(zooming.transform, zoomIdentity.translate(left, top).scale(scale))
}

/** What is reached from a node along edges, itself left out. */
function reached(start: string, next: (edge: PageEdge) => readonly [string, string]): ReadonlySet<string> {
  const targets = new Map<string, string[]>()
  for (const edge of page.edges) {
    if (edge.kind === 'conflict') continue
    const [from, to] = next(edge)
    targets.set(from, [...(targets.get(from) ?? []), to])
  }
  const seen = new Set<string>([start])
  for (const id of seen) for (const to of targets.get(id) ?? []) seen.add(to)
  seen.delete(start)
  return seen
}

function choose(chosen: PageNode | undefined): void {
  const needs = chosen === undefined ? new Set<string>() : reached(chosen.id, ({ from, to }) => [from, to])
  const needed = chosen === undefined ? new Set<string>() : reached(chosen.id, ({ from, to }) => [to, from])
  const isPart = (id: string, set: ReadonlySet<string>): boolean => id === chosen?.id || set.has(id)
  nodes
    .classed('chosen', ({ id }) => id === chosen?.id)
    .classed('needs', ({ id }) => needs.has(id))
    .classed('needed', ({ id }) => needed.has(id))
    .classed('dim', ({ id }) => chosen !== undefined && id !== chosen.id && !needs.has(id) && !needed.has(id))
    .attr('aria-pressed', ({ id }) => String(id === chosen?.id))
  const isNeed = ({ from, to }: PageEdge): boolean => isPart(from, needs) && needs.has(to)
  const isNeeded = ({ from, to }: PageEdge): boolean => needed.has(from) && isPart(to, needed)
  edges
    .classed('needs', (edge) => chosen !== undefined && isNeed(edge))
    .classed('needed', (edge) => chosen !== undefined && isNeeded(edge))
    .classed('dim', (edge) => chosen !== undefined && !isNeed(edge) && !isNeeded(edge))
  describe(chosen)
}

function describe(chosen: PageNode | undefined): void {
  const add = (parent: HTMLElement, tag: string, text: string): HTMLElement => {
    const element = document.createElement(tag)
    element.textContent = text
    parent.append(element)
    return element
  }
  details.replaceChildren()
  if (chosen === undefined) return void add(details, 'p', 'Choose a plugin or an object.')
  add(details, 'h2', `${chosen.label} (${chosen.subtitle})`)
  for (const { heading, items, isOrdered } of chosen.details) {
    add(details, 'h3', heading)
    const list = add(details, isOrdered ? 'ol' : 'ul', '')
    for (const item of items) add(list, 'li', item)
  }
}

function look(): void {
  const wanted = search.value.trim().toLowerCase()
  const fits = ({ label }: PageNode): boolean => wanted !== '' && label.toLowerCase().includes(wanted)
  nodes.classed('found', fits)
  found.textContent = wanted === '' ? '' : `${page.nodes.filter(fits).length} of ${page.nodes.length}`
}

function goTo({ x, y }: PageNode): void {
  svg.call(zooming.translateTo, x, y)
}

nodes.on('click', (event: Event, node) => {
  event.stopPropagation()
  choose(node)
})
nodes.on('keydown', (event: KeyboardEvent, node) => {
  if (event.key !== 'Enter' && event.key !== ' ') return
  event.preventDefault()
  choose(node)
})
nodes.on('focus', (event: FocusEvent, node) => {
  // Who comes by keyboard sees where they are; a click stays where it was.
  if ((event.target as Element).matches(':focus-visible')) goTo(node)
})
svg.on('click', () => choose(undefined))
search.addEventListener('input', look)
search.addEventListener('keydown', ({ key }) => {
  if (key !== 'Enter') return
  const first = page.nodes.find(({ label }) => label.toLowerCase().includes(search.value.trim().toLowerCase()))
  const node = first === undefined ? undefined : nodeById.get(first.id)
  if (node === undefined) return
  goTo(node)
  choose(node)
})
document.getElementById('nearer')?.addEventListener('click', () => svg.call(zooming.scaleBy, 1.4))
document.getElementById('farther')?.addEventListener('click', () => svg.call(zooming.scaleBy, 1 / 1.4))
document.getElementById('fit')?.addEventListener('click', showAll)
const STEPS: { readonly [key: string]: readonly [number, number] } = {
  ArrowLeft: [80, 0],
  ArrowRight: [-80, 0],
  ArrowUp: [0, 80],
  ArrowDown: [0, -80],
}
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') return choose(undefined)
  if (event.target === search) return
  const step = STEPS[event.key]
  if (step !== undefined) svg.call(zooming.translateBy, ...step)
  else if (event.key === '+') svg.call(zooming.scaleBy, 1.4)
  else if (event.key === '-') svg.call(zooming.scaleBy, 1 / 1.4)
  else if (event.key === '0') showAll()
  else if (event.key === '/') {
    event.preventDefault()
    search.focus()
  }
})
showAll()
