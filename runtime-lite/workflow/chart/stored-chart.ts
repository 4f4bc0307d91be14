import type { RawRecord } from '../../object/object-plan.ts'
import { isPlainObject } from '../../validate/plain-object.ts'
import { type Chart, type ChartNode, type Configuration, enter, isParallel, withOuter } from './chart.ts'

/** As XState writes it: `{ payment: 'open', parcel: { under_way: 'home' } }`, or the name of one state. */
export type StateValue = string | { readonly [state: string]: StateValue }

/** What a snapshot field holds. */
interface Snapshot {
  readonly value: StateValue
  /** What was active in states that were left, by their path. */
  readonly history?: { readonly [path: string]: StateValue }
}

/** The state a record is in; undefined where it never began. Fields count more than the snapshot: people read and correct them. */
export function storedConfiguration(chart: Chart, record: RawRecord | undefined): Configuration | undefined {
  const { plan, holders, root, nodeByPath } = chart
  const snapshot = plan.snapshot === undefined ? undefined : record?.[plan.snapshot]
  const held = holders.map((holder) => ({ holder, value: record?.[holder.state.field as string] ?? null }))
  const isKnown = isPlainObject(snapshot)
  // A machine whose regions have one state each has nothing to store.
  const isStored = held.length > 0 || plan.snapshot !== undefined
  if (isStored && !isKnown && held.every(({ value }) => value === null)) return undefined
  const byFields = new Set<ChartNode>()
  for (const { holder, value } of held) {
    let node = value === null ? undefined : shownBelow(holder, String(value))
    for (; node && node !== holder; node = node.parent) byFields.add(node)
  }
  const bySnapshot = new Set(isKnown ? readValue(root, snapshot['value']) : [])
  const active = new Set<ChartNode>()
  enter(chart, root, [byFields, bySnapshot], active)
  const remembered = new Map<ChartNode, ReadonlySet<ChartNode>>()
  const history = isKnown && isPlainObject(snapshot['history']) ? snapshot['history'] : {}
  for (const [path, value] of Object.entries(history)) {
    const node = nodeByPath.get(path)
    if (node) remembered.set(node, new Set(readValue(node, value)))
  }
  return { active, remembered }
}

/** What a field calls a state. */
export const shownName = ({ state, name }: ChartNode): string => state.value ?? name

/** The state that a field of `holder` means by a value. */
function shownBelow(holder: ChartNode, value: string): ChartNode | undefined {
  for (const child of holder.children) {
    if (shownName(child) === value && (child.children.length === 0 || isParallel(child))) return child
    const found = isParallel(child) ? undefined : shownBelow(child, value)
    if (found) return found
  }
  return undefined
}

/** States of a value that exist. */
function* readValue(node: ChartNode, value: unknown): Generator<ChartNode, void> {
  if (typeof value === 'string') {
    const child = node.children.find(({ name }) => name === value)
    if (child) yield child
    return
  }
  if (!isPlainObject(value)) return
  for (const child of node.children)
    if (Object.hasOwn(value, child.name)) {
      yield child
      yield* readValue(child, value[child.name])
    }
}

function writtenValue(node: ChartNode, active: ReadonlySet<ChartNode>): StateValue {
  const inner = node.children.filter((child) => active.has(child))
  const [only] = inner
  if (!isParallel(node) && only?.children.length === 0) return only.name
  return Object.fromEntries(inner.map((child) => [child.name, writtenValue(child, active)]))
}

/** What fields hold of a configuration: null in those of states that are not active. */
export function fieldsOf({ holders }: Chart, active: ReadonlySet<ChartNode>): RawRecord {
  return Object.fromEntries(
    holders.map((holder) => [holder.state.field as string, active.has(holder) ? shownName(innermost(holder, active)) : null]),
  )
}

function innermost(node: ChartNode, active: ReadonlySet<ChartNode>): ChartNode {
  const inner = isParallel(node) ? undefined : node.children.find((child) => active.has(child))
  return inner ? innermost(inner, active) : node
}

/** The same with what no field holds. */
export function storedFields(chart: Chart, { active, remembered }: Configuration): RawRecord {
  const { plan, root } = chart
  const fields = fieldsOf(chart, active)
  if (plan.snapshot === undefined) return fields
  const history = [...remembered].map(([node, nodes]): [string, StateValue] => [node.state.path, writtenValue(node, withOuter(nodes))])
  const snapshot: Snapshot = {
    value: writtenValue(root, active),
    ...(history.length === 0 ? {} : { history: Object.fromEntries(history) }),
  }
  return { ...fields, [plan.snapshot]: snapshot }
}
