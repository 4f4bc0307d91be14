import type { Place } from './locate-expression.ts'
import type { FunctionNode, ListNode, MapEntry, MapNode, Node, ScalarNode } from './node.ts'

/** Deeper values are cut off: an application may export anything, a whole object graph with circles included. */
const DEEPEST_NESTING = 60

/**
 * The exports of a module as a tree. Children are made when they are looked at, and places are worked out when they are
 * needed: most of what a module exports is never asked for.
 */
export function createModuleNode(exports: Readonly<Record<string, unknown>>, place: Place): MapNode {
  return mapNode(exports, place, 0)
}

/** Undefined for what metadata cannot hold: `undefined`, symbols, values nested without end. */
function createNode(value: unknown, place: Place, depth: number): Node | undefined {
  if (depth > DEEPEST_NESTING) return undefined
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return scalarNode(value, place)
    case 'number':
      return scalarNode(Number.isFinite(value) ? value : null, place)
    case 'bigint':
      return scalarNode(Number.isSafeInteger(Number(value)) ? Number(value) : String(value), place)
    case 'function':
      return functionNode(value, place)
    case 'object':
      return value === null ? scalarNode(null, place) : objectNode(value, place, depth)
    default:
      return undefined
  }
}

function objectNode(value: object, place: Place, depth: number): Node {
  if (Array.isArray(value)) return listNode(value, place, depth)
  if (value instanceof Date) return scalarNode(Number.isNaN(value.getTime()) ? null : value.toISOString(), place)
  if (value instanceof RegExp) return scalarNode(value.source, place)
  if (value instanceof Set) return listNode([...value], place, depth)
  if (value instanceof Map) return mapNode(Object.fromEntries(value), place, depth, value)
  return mapNode(value, place, depth)
}

function scalarNode(value: ScalarNode['value'], place: Place): ScalarNode {
  return { kind: 'scalar', value, span: place.span }
}

function functionNode(origin: object, place: Place): FunctionNode {
  return { kind: 'function', span: place.span, origin }
}

function listNode(values: readonly unknown[], place: Place, depth: number): ListNode {
  let items: readonly Node[] | undefined
  return {
    kind: 'list',
    span: place.span,
    origin: values,
    get items() {
      items ??= values.flatMap((value, index) => createNode(value, place.at(index), depth + 1) ?? [])
      return items
    },
  }
}

function mapNode(value: object, place: Place, depth: number, origin: object = value): MapNode {
  let entries: readonly MapEntry[] | undefined
  return {
    kind: 'map',
    span: place.span,
    origin,
    get entries() {
      entries ??= Object.keys(value).flatMap((key): MapEntry[] => {
        const childPlace = place.at(key)
        const child = createNode(readProperty(value, key), childPlace, depth + 1)
        return child === undefined ? [] : [{ key, keySpan: childPlace.keySpan, value: child }]
      })
      return entries
    },
  }
}

/** A getter of a foreign object may throw; that is no reason to stop reading metadata. */
function readProperty(value: object, key: string): unknown {
  try {
    return Reflect.get(value, key)
  } catch {
    return undefined
  }
}
