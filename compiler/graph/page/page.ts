import { select } from 'd3-selection'
import { type D3ZoomEvent, zoom, zoomIdentity, zoomTransform } from 'd3-zoom'
import type { GraphPage, PageEdge, PageNode } from '../layout-graph.ts'

// Runs in a browser, inside of the page that `objectql graph --format html` writes. Names are only ever set as text.

const page = JSON.parse(document.getElementById('page')?.textContent ?? '') as GraphPage
const svg = select<SVGSVGElement, unknown>('#graph')
const search = document.getElementById('search') as HTMLInputElement
const found = document.getElementById('found') as HTMLOutputElement
const details = document.getElementById('details') as HTMLElement
const list = document.getElementById('list') as HTMLElement
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
  // The list beside it is for keyboards: hundreds of stops of the tab key help nobody.
  .attr('tabindex', -1)
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
  .on('zoom', ({ transform }: D3ZoomEvent<SVGSVGElement, unknown>) => {
    view.attr('transform', transform.toString())
    svg.classed('far', transform.k < 0.6)
  })
svg.classed('many', page.edges.length > 60)
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
  for (const [id, button] of buttonById) {
    button.setAttribute('aria-current', String(id === chosen?.id))
    button.classList.toggle('needs', needs.has(id))
    button.classList.toggle('needed', needed.has(id))
  }
  if (chosen !== undefined) rove(buttonById.get(chosen.id))
  describe(chosen)
}

function add(parent: HTMLElement, tag: string, text: string): HTMLElement {
  const element = document.createElement(tag)
  element.textContent = text
  parent.append(element)
  return element
}

function describe(chosen: PageNode | undefined): void {
  details.replaceChildren()
  if (chosen === undefined)
    return void add(details, 'p', 'Choose a plugin to see what it needs and who needs it, or an object to see its hooks in order.')
  add(details, 'h2', `${chosen.label} (${chosen.subtitle})`)
  for (const { heading, items, isOrdered } of chosen.details) {
    add(details, 'h3', heading)
    const all = add(details, isOrdered ? 'ol' : 'ul', '')
    for (const { text, id } of items) {
      const target = id === undefined ? undefined : nodeById.get(id)
      if (target === undefined) add(all, 'li', text)
      else add(add(all, 'li', ''), 'button', text).addEventListener('click', () => visit(target))
    }
  }
}

/** One of the list is a stop of the tab key; arrows lead to the others. */
const buttonById = new Map<string, HTMLElement>()

function rove(button: HTMLElement | undefined): void {
  if (button === undefined) return
  for (const other of buttonById.values()) other.tabIndex = other === button ? 0 : -1
  button.scrollIntoView({ block: 'nearest' })
}

function fillList(): void {
  const section = (heading: string, members: readonly PageNode[], isNumbered: boolean): void => {
    if (members.length === 0) return
    add(list, 'h2', heading)
    const all = add(list, 'ol', '')
    for (const node of members) {
      const button = add(add(all, 'li', ''), 'button', '')
      button.tabIndex = buttonById.size === 0 ? 0 : -1
      if (isNumbered) add(button, 'span', `${page.nodes.indexOf(node) + 1}.`).className = 'number'
      add(button, 'span', node.label).className = 'name'
      button.addEventListener('click', () => visit(node))
      buttonById.set(node.id, button)
    }
  }
  const groups = new Set(page.nodes.flatMap(({ group }) => group ?? []))
  for (const group of groups)
    section(
      `Start ${groups.size === 1 ? 'side by side' : group === 1 ? 'first' : `behind group ${group - 1}`} (group ${group})`,
      page.nodes.filter((node) => node.group === group),
      true,
    )
  section(
    'Not there',
    page.nodes.filter(({ kind }) => kind === 'absent'),
    false,
  )
  section(
    'Objects',
    page.nodes.filter(({ kind }) => kind === 'object'),
    false,
  )
}

/** Names first, then whatever is said about a node. */
function fitting(): readonly PageNode[] {
  const wanted = search.value.trim().toLowerCase()
  if (wanted === '') return []
  const fits = (text: string): boolean => text.toLowerCase().includes(wanted)
  const byName = page.nodes.filter(({ label }) => fits(label))
  // Names of others stand there too: they are links to them.
  const said = page.nodes.filter(
    (node) => !byName.includes(node) && node.details.some(({ heading, items }) => OWN.has(heading) && items.some(({ text }) => fits(text))),
  )
  return [...byName, ...said]
}

const OWN: ReadonlySet<string> = new Set(['Comes from', 'Provides', 'Requires', 'Hooks'])

function look(): void {
  const fits = new Set(fitting())
  nodes.classed('found', (node) => fits.has(node))
  found.textContent = search.value.trim() === '' ? '' : `${fits.size} of ${page.nodes.length}`
  for (const [id, button] of buttonById) {
    const item = button.parentElement as HTMLElement
    item.hidden = search.value.trim() !== '' && !fits.has(nodeById.get(id) as PageNode)
  }
  for (const heading of list.querySelectorAll('h2'))
    heading.hidden = [...(heading.nextElementSibling?.children ?? [])].every((item) => (item as HTMLElement).hidden)
}

function goTo({ x, y }: PageNode): void {
  svg.call(zooming.translateTo, x, y)
}

/** Chooses a node and brings it where it can be read. */
function visit(node: PageNode): void {
  choose(node)
  if (zoomTransform(svg.node() as SVGSVGElement).k < READABLE) svg.call(zooming.scaleTo, READABLE)
  goTo(node)
}

const READABLE = 0.8

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
  const [first] = fitting()
  if (first !== undefined) visit(first)
})
list.addEventListener('keydown', (event) => {
  const shown = [...buttonById.values()].filter((button) => button.parentElement?.hidden === false)
  const at = shown.indexOf(event.target as HTMLElement)
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: shown.length - 1 }[event.key]
  const next = to === undefined ? undefined : shown[to]
  if (to === undefined) return
  event.preventDefault()
  event.stopPropagation()
  rove(next)
  next?.focus()
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
  if (event.target === search || event.ctrlKey || event.metaKey || event.altKey) return
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
fillList()
describe(undefined)
showAll()
