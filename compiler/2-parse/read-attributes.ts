import type { MapEntry, MapNode, Node } from '../1-load/node.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import type { Fix } from '../diagnostics/diagnostic.ts'
import { nearest, replaceWith } from '../diagnostics/suggest.ts'
import type { Json } from '../source/json.ts'
import { type Located, Span } from '../source/span.ts'
import { isForeignKey, type KeyTable, type Shape } from './key-table.ts'
import { describeNode, isEmpty, labelOf, toJson } from './read-node.ts'
import type { Report } from './report.ts'

/** Entries of a map by canonical key; unknown keys under their own name. Empty values count as absent. */
export type Entries = ReadonlyMap<string, MapEntry & { readonly shape: Shape }>

export interface EntriesOptions {
  readonly keys: KeyTable
  /** How a message calls the owner: `an object`, `a field`. */
  readonly what: string
  readonly report: Report
  /** Keys that mean something else here, by canonical name. */
  readonly rename?: (name: string) => string
}

/** Sorts the entries of a map by what they mean, and reports unknown keys and keys given twice in different spellings. */
export function readEntries(node: MapNode, { keys, what, report, rename = (name) => name }: EntriesOptions): Entries {
  const entries = new Map<string, MapEntry & { readonly shape: Shape }>()
  for (const entry of node.entries) {
    const known = keys.find(entry.key)
    if (known === undefined) reportUnknownKey(entry, keys, what, report)
    if (isEmpty(entry.value)) continue
    const name = known === undefined ? entry.key : rename(known.name)
    const shape = known?.shape ?? 'any'
    const other = entries.get(name)
    if (other === undefined) {
      entries.set(name, { ...entry, shape })
      continue
    }
    // The canonical spelling wins; between two others the first.
    const [kept, dropped] = entry.key === name ? [entry, other] : [other, entry]
    entries.set(name, { ...kept, shape })
    const notes = [{ message: `"${kept.key}" is given here.`, span: kept.keySpan }]
    report(diagnose('parse/duplicate-attribute', dropped.keySpan, { key: dropped.key, other: kept.key }, { notes }))
  }
  return entries
}

function reportUnknownKey({ key, keySpan }: MapEntry, keys: KeyTable, what: string, report: Report): void {
  if (isForeignKey(key)) return
  const meant = nearest(key, keys.names)
  const fixes: readonly Fix[] = meant === undefined ? [] : [replaceWith(keySpan, meant)]
  report(diagnose('parse/unknown-key', keySpan, { key, what }, { fixes }))
}

/** The entries as attributes, each checked against its shape. Entries in `except` are read elsewhere. */
export function readAttributes(entries: Entries, report: Report, except: ReadonlySet<string> = new Set()): Map<string, Located<Json>> {
  const attributes = new Map<string, Located<Json>>()
  for (const [name, { key, value, shape }] of entries) {
    if (except.has(name)) continue
    const json = readShape(value, shape, key, report)
    if (json !== undefined) attributes.set(name, { value: json, span: value.span })
  }
  return attributes
}

const EXPECTED: { readonly [Name in Shape]: string } = {
  any: 'anything',
  text: 'text',
  label: 'text',
  flag: 'true or false',
  number: 'a number',
  count: 'a whole number of 0 or more',
  limit: 'a number or a date',
  names: 'a name or a list of names',
  list: 'a list',
  map: 'a map',
}

/** The value in its shape, or undefined after reporting it. */
export function readShape(node: Node, shape: Shape, key: string, report: Report): Json | undefined {
  const value = inShape(node, shape)
  if (value !== undefined) return value
  if (shape === 'any') return undefined
  reportShape(node, `"${key}"`, EXPECTED[shape], report, unquote(node, shape))
  return undefined
}

export function reportShape(node: Node, what: string, expected: string, report: Report, fixes: readonly Fix[] = []): void {
  report(diagnose('parse/wrong-shape', node.span, { what, expected, actual: describeNode(node) }, { fixes }))
}

function inShape(node: Node, shape: Shape): Json | undefined {
  const scalar = node.kind === 'scalar' ? node.value : undefined
  switch (shape) {
    case 'any':
      return node.kind === 'function' ? undefined : toJson(node)
    case 'text':
      return typeof scalar === 'string' ? scalar : undefined
    case 'label':
      return labelOf(node)
    case 'flag':
      return typeof scalar === 'boolean' ? scalar : undefined
    case 'number':
      return typeof scalar === 'number' ? scalar : undefined
    case 'count':
      return typeof scalar === 'number' && Number.isInteger(scalar) && scalar >= 0 ? scalar : undefined
    case 'limit':
      return typeof scalar === 'number' || typeof scalar === 'string' ? scalar : undefined
    case 'names':
      return typeof scalar === 'string' ? scalar : isListOfTexts(node) ? toJson(node) : undefined
    case 'list':
      return node.kind === 'list' ? toJson(node) : undefined
    case 'map':
      return node.kind === 'map' ? toJson(node) : undefined
    default:
      return shape satisfies never
  }
}

const isListOfTexts = (node: Node): boolean =>
  node.kind === 'list' && node.items.every((item) => item.kind === 'scalar' && typeof item.value === 'string')

/** `maxLength: "80"`: the quotes are the mistake. They stand right outside the span. */
function unquote(node: Node, shape: Shape): readonly Fix[] {
  if (node.kind !== 'scalar' || typeof node.value !== 'string') return []
  const isMeant =
    shape === 'flag' ? /^(?:true|false)$/.test(node.value) : /number|count/.test(shape) && /^-?\d+(?:\.\d+)?$/.test(node.value)
  const isExact = node.span.end - node.span.start === node.value.length && node.span.start > 0
  if (!isMeant || !isExact) return []
  const span = Span.create(node.span.path, node.span.start - 1, node.span.end + 1)
  return [{ title: 'Remove the quotes', edits: [{ span, newText: node.value }] }]
}
