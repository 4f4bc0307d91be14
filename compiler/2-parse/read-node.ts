import type { MapNode, Node } from '../1-load/node.ts'
import type { Json } from '../source/json.ts'
import type { Span } from '../source/span.ts'

/** Larger values are cut off: a module may export a whole object graph under a key nobody reads. */
const MOST_VALUES = 200_000

/** The plain value of a node. Functions are left out, circles are cut. */
export function toJson(node: Node): Json {
  return convert(node, { path: new Set(), left: MOST_VALUES }) ?? null
}

function convert(node: Node, state: { readonly path: Set<object>; left: number }): Json | undefined {
  if (node.kind === 'scalar') return node.value
  if (node.kind === 'function' || state.left-- <= 0) return undefined
  const { origin } = node
  if (origin !== undefined && state.path.has(origin)) return undefined
  if (origin !== undefined) state.path.add(origin)
  let json: Json
  if (node.kind === 'list') {
    json = node.items.map((item) => convert(item, state) ?? null)
  } else {
    const pairs: [string, Json][] = []
    for (const { key, value } of node.entries) {
      const converted = convert(value, state)
      if (converted !== undefined) pairs.push([key, converted])
    }
    json = Object.fromEntries(pairs)
  }
  if (origin !== undefined) state.path.delete(origin)
  return json
}

/** How a message calls a value: `"x" must be a list, not {this}`. */
export function describeNode(node: Node): string {
  switch (node.kind) {
    case 'list':
      return 'a list'
    case 'map':
      return 'a map'
    case 'function':
      return 'a function'
    case 'scalar':
      if (node.value === null) return 'empty'
      return typeof node.value === 'string' ? 'text' : typeof node.value === 'number' ? 'a number' : String(node.value)
    default:
      return node satisfies never
  }
}

/** Places of the values inside a node by JSON pointer; a pointer that leads nowhere gives the nearest place on the way. */
export function pointerSpans(node: Node): (pointer: string) => Span {
  return (pointer) => {
    let current = node
    for (const token of pointer.split('/').slice(1)) {
      const key = token.replaceAll('~1', '/').replaceAll('~0', '~')
      const next = childOf(current, key)
      if (next === undefined) break
      current = next
    }
    return current.span
  }
}

function childOf(node: Node, key: string): Node | undefined {
  if (node.kind === 'list') return node.items[Number(key)]
  return node.kind === 'map' ? node.entries.find((entry) => entry.key === key)?.value : undefined
}

export const isEmpty = (node: Node): boolean => node.kind === 'scalar' && node.value === null

/** A text, or undefined for anything else. */
export const textOf = (node: Node | undefined): string | undefined =>
  node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined

/** A text for people: as it is, a number or flag as text, or the best of a text per locale. */
export function labelOf(node: Node): string | undefined {
  if (node.kind === 'scalar') return node.value === null ? undefined : String(node.value)
  if (node.kind !== 'map') return undefined
  const texts = node.entries.filter((entry) => textOf(entry.value) !== undefined)
  const best = LABEL_KEYS.map((key) => texts.find((entry) => entry.key === key)).find((entry) => entry !== undefined) ?? texts[0]
  return textOf(best?.value)
}

const LABEL_KEYS = ['en', 'en-US', 'en_US', 'defaultValue', 'default']

/** Named items of a collection that may be a map by name or a list of items with a `name`. */
export function namedItems(
  node: Node,
): readonly { readonly key?: string; readonly keySpan?: Span; readonly value: Node; readonly step: string }[] {
  if (node.kind === 'map') return node.entries.map(({ key, keySpan, value }) => ({ key, keySpan, value, step: key }))
  return node.kind === 'list' ? node.items.map((value, index) => ({ value, step: String(index) })) : []
}

/** The entry of a map by any spelling of its key. */
export function findEntry(node: MapNode, ...spellings: readonly string[]): MapNode['entries'][number] | undefined {
  return node.entries.find((entry) => spellings.includes(entry.key))
}
