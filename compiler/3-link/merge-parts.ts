import type { ActionSyntax, Attributes, FieldSyntax, IndexSyntax, QuerySyntax } from '../2-parse/syntax.ts'
import type { Json } from '../source/json.ts'
import type { Located } from '../source/span.ts'
import { isJsonObject } from './attributes.ts'

/** Later attributes win; two objects are merged key by key, lists are replaced as a whole. */
export function mergeAttributes(parts: readonly Attributes[]): Attributes {
  const merged = new Map<string, Located<Json>>()
  for (const part of parts) {
    for (const [key, later] of part) {
      const earlier = merged.get(key)
      merged.set(key, earlier === undefined ? later : { value: mergeJson(earlier.value, later.value), span: later.span })
    }
  }
  return merged
}

function mergeJson(earlier: Json, later: Json): Json {
  if (!isJsonObject(earlier) || !isJsonObject(later)) return later
  const merged = new Map<string, Json>(Object.entries(earlier))
  for (const [key, value] of Object.entries(later)) {
    const before = merged.get(key)
    merged.set(key, before === undefined ? value : mergeJson(before, value))
  }
  return Object.fromEntries(merged)
}

/** A field that is declared again keeps its place and whatever the later declaration does not give; options are replaced as a whole. */
export const mergeFields = (parts: readonly (readonly FieldSyntax[])[]): readonly FieldSyntax[] =>
  mergeKeyed(parts, (field) => field.name.value, mergeField)

function mergeField(earlier: FieldSyntax, later: FieldSyntax): FieldSyntax {
  const typed = later.type === undefined ? earlier : later
  const options = later.options ?? earlier.options
  return {
    kind: 'field',
    name: earlier.name,
    ...(typed.type === undefined ? {} : { type: typed.type }),
    ...(typed.typeAlias === undefined ? {} : { typeAlias: typed.typeAlias }),
    attributes: mergeAttributes([earlier.attributes, later.attributes]),
    ...(options === undefined ? {} : { options }),
    span: earlier.span,
  }
}

export const mergeActions = (parts: readonly (readonly ActionSyntax[])[]): readonly ActionSyntax[] =>
  mergeKeyed(parts, (action) => action.name.value, mergeAction)

/** The metadata of an action and the module that holds its handler come from different files. */
function mergeAction(earlier: ActionSyntax, later: ActionSyntax): ActionSyntax {
  return {
    ...earlier,
    ...later,
    name: earlier.name,
    scope: mergedScope(earlier, later),
    params: mergeFields([earlier.params, later.params]),
    attributes: mergeAttributes([earlier.attributes, later.attributes]),
    span: earlier.span,
  }
}

/** The later word counts. Where neither says it, one that names fields or places of a record is enough: code says nothing about it. */
function mergedScope(earlier: ActionSyntax, later: ActionSyntax): ActionSyntax['scope'] {
  if (SCOPES.has(later.attributes.get('type')?.value)) return later.scope
  if (SCOPES.has(earlier.attributes.get('type')?.value)) return earlier.scope
  return earlier.scope === 'record' ? 'record' : later.scope
}

const SCOPES: ReadonlySet<unknown> = new Set(['record', 'global'])

/** Named indexes: the later one of a name replaces the earlier. Unnamed ones are concatenated, identical ones kept once. */
export const mergeIndexes = (parts: readonly (readonly IndexSyntax[])[]): readonly IndexSyntax[] =>
  mergeKeyed(parts, indexKey, (_earlier, later) => later)

/** The later query of a name replaces the earlier as a whole: half of one and half of another would be nobody's query. */
export const mergeQueries = (parts: readonly (readonly QuerySyntax[])[]): readonly QuerySyntax[] =>
  mergeKeyed(
    parts,
    ({ name }) => name.value,
    (_earlier, later) => later,
  )

function indexKey({ name, fields, isUnique, type, where }: IndexSyntax): string {
  if (name !== undefined) return `name:${name.value}`
  return JSON.stringify([fields.map((field) => field.value), isUnique, type ?? '', where?.value ?? ''])
}

/** Rules and state machines: the later one of a name replaces the earlier; those without a name are concatenated. */
export function mergeByName<Node extends { readonly name: string }>(parts: readonly (readonly Node[])[]): readonly Node[] {
  let unnamed = 0
  return mergeKeyed(
    parts,
    (node) => (node.name === '' ? `\0${unnamed++}` : node.name),
    (_earlier, later) => later,
  )
}

function mergeKeyed<Node>(
  parts: readonly (readonly Node[])[],
  keyOf: (node: Node) => string,
  merge: (earlier: Node, later: Node) => Node,
): readonly Node[] {
  const [first = [], ...rest] = parts.filter((part) => part.length > 0)
  if (rest.length === 0) return first
  const nodeByKey = new Map<string, Node>()
  for (const node of [first, ...rest].flat()) {
    const key = keyOf(node)
    const earlier = nodeByKey.get(key)
    nodeByKey.set(key, earlier === undefined ? node : merge(earlier, node))
  }
  return [...nodeByKey.values()]
}
