import type { Node } from '../1-load/node.ts'
import type { Json } from '../source/json.ts'
import type { Located } from '../source/span.ts'
import { type Entries, readAttributes, readEntries, reportShape } from './read-attributes.ts'
import { textOf, toJson } from './read-node.ts'
import type { Report } from './report.ts'
import { SUMMARY_KEYS } from './tables/field-keys.ts'

const FLAT_KEYS = [
  ['summaryObject', 'object'],
  ['summaryField', 'field'],
  ['summaryType', 'function'],
  ['summaryFilters', 'filter'],
] as const

/** A roll-up in one form: `{ object, field, function, relationshipField, filter }`, whether it was written nested or flat. */
export function parseSummary(entries: Entries, report: Report): Located<Json> | undefined {
  const nested = entries.get('summaryOperations')
  if (nested !== undefined) return parseNested(nested.value, report)
  const object = entries.get('summaryObject')
  if (object === undefined) return undefined
  const members = FLAT_KEYS.flatMap(([flat, member]): [string, Json][] => {
    const entry = entries.get(flat)
    return entry === undefined ? [] : [[member, toJson(entry.value)]]
  })
  return { value: withFunction(Object.fromEntries(members)), span: object.value.span }
}

function parseNested(node: Node, report: Report): Located<Json> | undefined {
  if (node.kind !== 'map') {
    // A text names the child object: nothing but counting can be meant.
    const object = textOf(node)
    if (object !== undefined) return { value: { object, function: 'count' }, span: node.span }
    reportShape(node, '"summaryOperations"', 'a map with "object", "field" and "function"', report)
    return undefined
  }
  const entries = readEntries(node, { keys: SUMMARY_KEYS, what: 'a roll-up', report })
  const members = [...readAttributes(entries, report)].map(([name, { value }]): [string, Json] => [name, value])
  return { value: withFunction(Object.fromEntries(members)), span: node.span }
}

const FUNCTIONS: ReadonlyMap<string, string> = new Map([
  ['average', 'avg'],
  ['mean', 'avg'],
  ['total', 'sum'],
  ['minimum', 'min'],
  ['maximum', 'max'],
])

function withFunction(members: { [member: string]: Json }): Json {
  const written = members['function']
  if (typeof written !== 'string') return members
  const name = written.toLowerCase()
  return { ...members, function: FUNCTIONS.get(name) ?? name }
}
