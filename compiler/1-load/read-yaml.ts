import { EVENT_ID, getScalarValue, parseEvents, SCALAR_STYLE, type ScalarEvent, YAMLException } from 'js-yaml'
import { diagnose } from '../diagnostics/diagnose.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { Span } from '../source/span.ts'
import type { MapEntry, MapNode, Node } from './node.ts'
import { resolveScalar } from './resolve-scalar.ts'
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
type Open =
  | {
      readonly kind: 'list'
      readonly start: number
      readonly anchor: string
      readonly isFlow: boolean
      weight: number
      readonly items: Node[]
    }
  | {
      readonly kind: 'map'
      readonly start: number
      readonly anchor: string
      readonly isFlow: boolean
      weight: number
      readonly entries: MapEntry[]
      readonly keys: Map<string, Span>
      /** Values of `<<`, in order. */
      readonly merged: Node[]
      key: { readonly text: string; readonly span: Span; readonly isMerge: boolean } | undefined
    }

interface Anchor {
  readonly node: Node
  /** How many values it stands for. */
  readonly weight: number
}

function buildTrees(path: string, text: string): ReadData {
  const roots: Node[] = []
  const diagnostics: Diagnostic[] = []
  const open: Open[] = []
  let anchors = new Map<string, Anchor | 'open'>()
  let aliased = 0
  let lastEnd = 0

  const place = (node: Node, weight: number): void => {
    const holder = open.at(-1)
    if (holder === undefined) {
      roots.push(node)
      return
    }
    holder.weight += weight
    if (holder.kind === 'list') holder.items.push(node)
    else if (holder.key === undefined) holder.key = readKey(node)
    else addEntry(holder, holder.key, node)
  }

  const readKey = (node: Node): { text: string; span: Span; isMerge: boolean } => {
    if (node.kind === 'scalar') {
      // What the author wrote is the name: `012` is not 12 and `no` is not false.
      const isPlain = text.charCodeAt(node.span.start - 1) !== QUOTE && text.charCodeAt(node.span.start - 1) !== APOSTROPHE
      const written = typeof node.value === 'string' ? node.value : text.slice(node.span.start, node.span.end)
      return { text: written, span: node.span, isMerge: isPlain && written === '<<' }
    }
    diagnostics.push(diagnose('load/yaml-syntax', node.span, { problem: 'a key must be a single value' }))
    return { text: '', span: node.span, isMerge: false }
  }

  const addEntry = (holder: Extract<Open, { kind: 'map' }>, key: NonNullable<typeof holder.key>, node: Node): void => {
    holder.key = undefined
    if (key.isMerge) {
      holder.merged.push(node)
      return
    }
    const first = holder.keys.get(key.text)
    if (first !== undefined) {
      diagnostics.push(
        diagnose('load/duplicate-key', key.span, { key: key.text }, { notes: [{ message: 'It is given here first.', span: first }] }),
      )
      return
    }
    holder.keys.set(key.text, key.span)
    holder.entries.push({ key: key.text, keySpan: key.span, value: node })
  }

  const readScalar = (event: ScalarEvent): Node => {
    // An empty value has no place of its own: it is missing right after its key or dash.
    if (event.valueStart < 0) return { kind: 'scalar', value: null, span: Span.create(path, lastEnd, lastEnd) }
    const span = Span.create(path, event.valueStart, event.valueEnd)
    const isQuoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED
    lastEnd = event.valueEnd + (isQuoted ? 1 : 0)
    const value = getScalarValue(text, event)
    const tag = event.tagStart < 0 ? '' : text.slice(event.tagStart, event.tagEnd)
    if (tag !== '' && !SCALAR_TAGS.has(tag)) reportTag(tag, event.tagStart, event.tagEnd)
    const isPlain = event.style === SCALAR_STYLE.PLAIN && tag !== '!!str' && tag !== '!'
    if (!isPlain && (tag === '' || TEXT_TAGS.has(tag))) return { kind: 'scalar', value, span }
    const resolved = resolveScalar(value)
    if (resolved.kind === 'value') return { kind: 'scalar', value: resolved.value, span }
    const quoted = { title: 'Put the number in quotes', edits: [{ span, newText: `"${value}"` }] }
    if (resolved.kind === 'big-integer') diagnostics.push(diagnose('load/big-integer', span, { text: value }, { fixes: [quoted] }))
    else diagnostics.push(diagnose('load/not-finite', span, { text: value }))
    return { kind: 'scalar', value, span }
  }

  const reportTag = (tag: string, start: number, end: number): void => {
    diagnostics.push(diagnose('load/yaml-syntax', Span.create(path, start, end), { problem: `the tag ${tag} is not known` }))
  }

  const close = (): void => {
    const closed = open.pop()
    // The document itself: its root is already placed.
    if (closed === undefined) return
    const last = closed.kind === 'list' ? closed.items.at(-1) : closed.entries.at(-1)?.value
    const contentEnd = Math.max(lastEnd, closed.start, last?.span.end ?? 0)
    if (closed.isFlow) lastEnd = endOfFlow(text, contentEnd)
    const span = Span.create(path, closed.start, closed.isFlow ? lastEnd : contentEnd)
    if (closed.kind === 'map') for (const source of closed.merged) merge(closed.entries, closed.keys, source, diagnostics)
    const node: Node = closed.kind === 'list' ? { kind: 'list', items: closed.items, span } : { kind: 'map', entries: closed.entries, span }
    if (closed.anchor !== '') anchors.set(closed.anchor, { node, weight: closed.weight })
    place(node, closed.weight)
  }

  for (const event of parseEvents(text, { filename: path, maxDepth: DEEPEST_NESTING })) {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        anchors = new Map()
        break
      case EVENT_ID.SCALAR: {
        const node = readScalar(event)
        if (event.anchorStart >= 0) anchors.set(text.slice(event.anchorStart, event.anchorEnd), { node, weight: 1 })
        place(node, 1)
        break
      }
      case EVENT_ID.SEQUENCE:
      case EVENT_ID.MAPPING: {
        const anchor = event.anchorStart < 0 ? '' : text.slice(event.anchorStart, event.anchorEnd)
        if (anchor !== '') anchors.set(anchor, 'open')
        const tag = event.tagStart < 0 ? '' : text.slice(event.tagStart, event.tagEnd)
        if (tag !== '' && tag !== '!' && tag !== (event.type === EVENT_ID.MAPPING ? '!!map' : '!!seq'))
          reportTag(tag, event.tagStart, event.tagEnd)
        const isFlow = event.style === 2
        lastEnd = Math.max(lastEnd, event.start + (isFlow ? 1 : 0))
        const start = event.start
        if (event.type === EVENT_ID.SEQUENCE) open.push({ kind: 'list', start, anchor, isFlow, weight: 1, items: [] })
        else open.push({ kind: 'map', start, anchor, isFlow, weight: 1, entries: [], keys: new Map(), merged: [], key: undefined })
        break
      }
      case EVENT_ID.ALIAS: {
        const name = text.slice(event.anchorStart, event.anchorEnd)
        const span = Span.create(path, event.anchorStart - 1, event.anchorEnd)
        lastEnd = event.anchorEnd
        const anchor = anchors.get(name)
        if (anchor === undefined || anchor === 'open') {
          const problem = anchor === undefined ? `the alias *${name} has no anchor` : `the alias *${name} holds itself`
          diagnostics.push(diagnose('load/yaml-syntax', span, { problem }))
          place({ kind: 'scalar', value: null, span }, 1)
          break
        }
        aliased += anchor.weight
        if (aliased > MOST_ALIASED_VALUES) {
          diagnostics.push(diagnose('load/too-many-aliases', span, { limit: MOST_ALIASED_VALUES }))
          return { roots: [], diagnostics }
        }
        place(anchor.node, anchor.weight)
        break
      }
      case EVENT_ID.POP:
        close()
        break
      default:
        event satisfies never
    }
  }
  return { roots, diagnostics }
}

const QUOTE = 34
const APOSTROPHE = 39
const TEXT_TAGS: ReadonlySet<string> = new Set(['!', '!!str'])
const SCALAR_TAGS: ReadonlySet<string> = new Set([...TEXT_TAGS, '!!int', '!!float', '!!bool', '!!null'])

/** Adds what `<<` brings: keys the map has itself, or that an earlier `<<` brought, stay as they are. */
function merge(entries: MapEntry[], keys: Map<string, Span>, source: Node, diagnostics: Diagnostic[]): void {
  const maps: readonly Node[] = source.kind === 'list' ? source.items : [source]
  for (const map of maps) {
    if (map.kind !== 'map') {
      diagnostics.push(diagnose('load/yaml-syntax', map.span, { problem: '"<<" takes a map or a list of maps' }))
      continue
    }
    for (const entry of (map as MapNode).entries) {
      if (keys.has(entry.key)) continue
      keys.set(entry.key, entry.keySpan)
      entries.push(entry)
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
