import {
  type AliasEvent,
  COLLECTION_STYLE,
  EVENT_ID,
  getScalarValue,
  type MappingEvent,
  parseEvents,
  SCALAR_STYLE,
  type ScalarEvent,
  type SequenceEvent,
  YAMLException,
} from 'js-yaml'
import { diagnose } from '../diagnostics/diagnose.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Span } from '../source/span.ts'
import type { MapEntry, Node } from './node.ts'
import { BIG_INTEGER, NOT_FINITE, resolveScalar } from './resolve-scalar.ts'
import { yamlSyntaxError } from './yaml-syntax-error.ts'

/** What one file holds. No document at all means the text could not be read as YAML or is empty. */
export interface ReadData {
  readonly roots: readonly Node[]
  readonly diagnostics: readonly Diagnostic[]
}

/** Aliases may stand for this many values in all: a few nested ones can otherwise stand for billions. */
const MOST_ALIASED_VALUES = 100_000
const DEEPEST_NESTING = 100

/**
 * YAML by the 1.2 core rules, as trees with spans, in one pass over the parser's events. Duplicate keys, numbers that do not
 * fit and unknown tags are all reported; only a syntax error ends the reading.
 */
export function readYaml(path: string, text: string): ReadData {
  try {
    return buildTrees(path, text)
  } catch (cause) {
    if (!(cause instanceof YAMLException)) throw cause
    return { roots: [], diagnostics: [yamlSyntaxError(path, text, cause.reason, cause.mark?.position ?? 0)] }
  }
}

/** A collection that is still open. */
interface Open {
  readonly start: number
  readonly anchor: string
  readonly isFlow: boolean
  /** How many values it holds, those inside of others included. */
  weight: number
  /** Undefined in a map. */
  readonly items: Node[] | undefined
  readonly entries: MapEntry[]
  /** Entries by key, once there are too many to look through. */
  entryByKey: Map<string, MapEntry> | undefined
  /** The key whose value comes next. */
  key: string
  keySpan: Span | undefined
  isMergeKey: boolean
  /** Values of `<<`, in order. */
  merged: Node[] | undefined
}

interface Anchor {
  readonly node: Node
  readonly weight: number
}

function buildTrees(path: string, text: string): ReadData {
  const roots: Node[] = []
  const diagnostics: Diagnostic[] = []
  const open: Open[] = []
  let anchors: Map<string, Anchor | 'open'> | undefined
  let aliased = 0
  let lastEnd = 0
  const spanOf = (start: number, end: number): Span => ({ path, start, end })

  const place = (node: Node, weight: number): void => {
    const holder = open[open.length - 1]
    if (holder === undefined) {
      roots.push(node)
      return
    }
    holder.weight += weight
    if (holder.items !== undefined) holder.items.push(node)
    else if (holder.keySpan !== undefined) addEntry(holder, holder.keySpan, node)
    else {
      diagnostics.push(diagnose('load/yaml-syntax', node.span, { problem: 'a key must be a single value' }))
      setKey(holder, '', node.span, false)
    }
  }

  const setKey = (holder: Open, key: string, span: Span, isMergeKey: boolean): void => {
    holder.key = key
    holder.keySpan = span
    holder.isMergeKey = isMergeKey
  }

  const addEntry = (holder: Open, keySpan: Span, value: Node): void => {
    const { key } = holder
    holder.keySpan = undefined
    if (holder.isMergeKey) {
      holder.merged ??= []
      holder.merged.push(value)
      return
    }
    const first = findEntry(holder, key)
    if (first !== undefined) {
      const notes = [{ message: 'It is given here first.', span: first.keySpan }]
      diagnostics.push(diagnose('load/duplicate-key', keySpan, { key }, { notes }))
      return
    }
    const entry = { key, keySpan, value }
    holder.entries.push(entry)
    holder.entryByKey?.set(key, entry)
  }

  const readScalar = (event: ScalarEvent): void => {
    const { valueStart, valueEnd, style } = event
    const holder = open[open.length - 1]
    // An empty value has no place of its own: it is missing right after its key or dash.
    const span = valueStart < 0 ? spanOf(lastEnd, lastEnd) : spanOf(valueStart, valueEnd)
    const value = valueStart < 0 ? '' : event.fast ? text.slice(valueStart, valueEnd) : getScalarValue(text, event)
    const isQuoted = style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED
    if (valueStart >= 0) lastEnd = valueEnd + (isQuoted ? 1 : 0)
    const isKey = holder !== undefined && holder.items === undefined && holder.keySpan === undefined
    // What the author wrote is the name: `012` is not 12 and `no` is not false.
    if (isKey) setKey(holder, value, span, value === '<<' && style === SCALAR_STYLE.PLAIN)
    if (isKey && event.anchorStart < 0) return
    const node: Node = { kind: 'scalar', value: isKey ? value : scalarValue(event, value, span), span }
    if (event.anchorStart >= 0) setAnchor(event, { node, weight: 1 })
    if (!isKey) place(node, 1)
  }

  const scalarValue = (event: ScalarEvent, value: string, span: Span): null | boolean | number | string => {
    const isPlain = event.style === SCALAR_STYLE.PLAIN
    if (event.tagStart < 0) return isPlain ? plainValue(value, span) : value
    const tag = text.slice(event.tagStart, event.tagEnd)
    if (TEXT_TAGS.has(tag)) return value
    if (!VALUE_TAGS.has(tag)) reportTag(event)
    return plainValue(value, span)
  }

  const plainValue = (value: string, span: Span): null | boolean | number | string => {
    const resolved = resolveScalar(value)
    if (resolved === BIG_INTEGER) {
      const fixes = [{ title: 'Put the number in quotes', edits: [{ span, newText: `"${value}"` }] }]
      diagnostics.push(diagnose('load/big-integer', span, { text: value }, { fixes }))
      return value
    }
    if (resolved !== NOT_FINITE) return resolved
    diagnostics.push(diagnose('load/not-finite', span, { text: value }))
    return value
  }

  const reportTag = ({ tagStart, tagEnd }: { readonly tagStart: number; readonly tagEnd: number }): void => {
    const problem = `the tag ${text.slice(tagStart, tagEnd)} is not known`
    diagnostics.push(diagnose('load/yaml-syntax', spanOf(tagStart, tagEnd), { problem }))
  }

  const setAnchor = ({ anchorStart, anchorEnd }: { readonly anchorStart: number; readonly anchorEnd: number }, anchor: Anchor): void => {
    anchors ??= new Map()
    anchors.set(text.slice(anchorStart, anchorEnd), anchor)
  }

  const openCollection = (event: SequenceEvent | MappingEvent): void => {
    const isMap = event.type === EVENT_ID.MAPPING
    const anchor = event.anchorStart < 0 ? '' : text.slice(event.anchorStart, event.anchorEnd)
    if (anchor !== '') {
      anchors ??= new Map()
      anchors.set(anchor, 'open')
    }
    const tag = event.tagStart < 0 ? '' : text.slice(event.tagStart, event.tagEnd)
    if (tag !== '' && tag !== '!' && tag !== (isMap ? '!!map' : '!!seq')) reportTag(event)
    const isFlow = event.style === COLLECTION_STYLE.FLOW
    lastEnd = Math.max(lastEnd, event.start + (isFlow ? 1 : 0))
    open.push({
      start: event.start,
      anchor,
      isFlow,
      weight: 1,
      items: isMap ? undefined : [],
      entries: [],
      entryByKey: undefined,
      key: '',
      keySpan: undefined,
      isMergeKey: false,
      merged: undefined,
    })
  }

  const close = (): void => {
    const closed = open.pop()
    // The document itself: its root is already placed.
    if (closed === undefined) return
    if (closed.isFlow) lastEnd = endOfFlow(text, Math.max(lastEnd, closed.start))
    const span = spanOf(closed.start, Math.max(lastEnd, closed.start))
    if (closed.merged !== undefined) for (const source of closed.merged) merge(closed, source, diagnostics)
    const { items, entries, weight, anchor } = closed
    const node: Node = items === undefined ? { kind: 'map', entries, span } : { kind: 'list', items, span }
    if (anchor !== '') anchors?.set(anchor, { node, weight })
    place(node, weight)
  }

  /** False when aliases have multiplied beyond all measure. */
  const readAlias = ({ anchorStart, anchorEnd }: AliasEvent): boolean => {
    const name = text.slice(anchorStart, anchorEnd)
    const span = spanOf(anchorStart - 1, anchorEnd)
    lastEnd = anchorEnd
    const anchor = anchors?.get(name)
    if (anchor === undefined || anchor === 'open') {
      const problem = anchor === undefined ? `the alias *${name} has no anchor` : `the alias *${name} holds itself`
      diagnostics.push(diagnose('load/yaml-syntax', span, { problem }))
      place({ kind: 'scalar', value: null, span }, 1)
      return true
    }
    aliased += anchor.weight
    const holder = open[open.length - 1]
    const isKey = holder !== undefined && holder.items === undefined && holder.keySpan === undefined
    if (isKey && anchor.node.kind === 'scalar') setKey(holder, String(anchor.node.value), span, false)
    else place(anchor.node, anchor.weight)
    if (aliased <= MOST_ALIASED_VALUES) return true
    diagnostics.push(diagnose('load/too-many-aliases', span, { limit: MOST_ALIASED_VALUES }))
    return false
  }

  for (const event of parseEvents(text, { filename: path, maxDepth: DEEPEST_NESTING })) {
    switch (event.type) {
      case EVENT_ID.SCALAR:
        readScalar(event)
        break
      case EVENT_ID.POP:
        close()
        break
      case EVENT_ID.SEQUENCE:
      case EVENT_ID.MAPPING:
        openCollection(event)
        break
      case EVENT_ID.DOCUMENT:
        anchors = undefined
        break
      case EVENT_ID.ALIAS:
        if (!readAlias(event)) return { roots: [], diagnostics }
        break
      default:
        event satisfies never
    }
  }
  return { roots, diagnostics }
}

const TEXT_TAGS: ReadonlySet<string> = new Set(['!', '!!str'])
const VALUE_TAGS: ReadonlySet<string> = new Set(['!!int', '!!float', '!!bool', '!!null'])

/** Most maps are small: looking through their entries is faster than keeping a table. */
const MOST_ENTRIES_TO_SCAN = 16

function findEntry(holder: Open, key: string): MapEntry | undefined {
  const { entries } = holder
  if (holder.entryByKey !== undefined) return holder.entryByKey.get(key)
  if (entries.length > MOST_ENTRIES_TO_SCAN) {
    holder.entryByKey = new Map(entries.map((entry) => [entry.key, entry]))
    return holder.entryByKey.get(key)
  }
  for (const entry of entries) if (entry.key === key) return entry
  return undefined
}

/** Adds what `<<` brings: keys the map has itself, or that an earlier `<<` brought, stay as they are. */
function merge(holder: Open, source: Node, diagnostics: Diagnostic[]): void {
  const maps: readonly Node[] = source.kind === 'list' ? source.items : [source]
  for (const map of maps) {
    if (map.kind !== 'map') {
      diagnostics.push(diagnose('load/yaml-syntax', map.span, { problem: '"<<" takes a map or a list of maps' }))
      continue
    }
    for (const entry of map.entries) {
      if (findEntry(holder, entry.key) !== undefined) continue
      holder.entries.push(entry)
      holder.entryByKey?.set(entry.key, entry)
    }
  }
}

/** Offset after the bracket that closes a flow collection, past white space, commas and comments. */
function endOfFlow(text: string, from: number): number {
  for (let index = from; index < text.length; index++) {
    const character = text[index]
    if (character === '}' || character === ']') return index + 1
    if (character === '#') {
      const lineEnd = text.indexOf('\n', index)
      if (lineEnd < 0) return text.length
      index = lineEnd
    }
  }
  return text.length
}
