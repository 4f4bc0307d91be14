import type { MapNode, Node } from '../1-load/node.ts'
import type { Located, Span } from '../source/span.ts'
import type { KeyTable } from './key-table.ts'
import { readEntries } from './read-attributes.ts'
import { pointerSpans, textOf, toJson } from './read-node.ts'
import type { Report } from './report.ts'
import type { MetaSyntax } from './syntax.ts'

export interface MetaOrigin {
  readonly type: string
  /** Name of a document that gives none. */
  readonly name: string
  /** Object of a document that names none. */
  readonly object?: string
  readonly package?: string
  /** Known keys; without them nothing is reported. */
  readonly keys?: { readonly table: KeyTable; readonly what: string }
}

/** A document kept whole, with its name and the object it belongs to. */
export function parseMeta(node: MapNode, origin: MetaOrigin, report: Report): MetaSyntax {
  if (origin.keys !== undefined) readEntries(node, { keys: origin.keys.table, what: origin.keys.what, report })
  const object = locatedMember(node, 'object') ?? locatedMember(node, 'objectName') ?? inferredObject(origin.object, node.span)
  return {
    type: origin.type,
    name: textOf(member(node, 'name')) ?? origin.name,
    ...(object === undefined ? {} : { object }),
    body: toJson(node),
    spanOf: pointerSpans(node),
    ...(origin.package === undefined ? {} : { package: origin.package }),
    span: node.span,
  }
}

function inferredObject(name: string | undefined, span: Span): Located<string> | undefined {
  return name === undefined ? undefined : { value: name, span: { path: span.path, start: 0, end: 0 } }
}

const member = (node: MapNode, key: string): Node | undefined => node.entries.find((entry) => entry.key === key)?.value

function locatedMember(node: MapNode, key: string): Located<string> | undefined {
  const value = member(node, key)
  const text = textOf(value)
  return value === undefined || text === undefined || text === '' ? undefined : { value: text, span: value.span }
}
