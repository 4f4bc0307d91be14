import type { MapNode, Node } from '../1-load/node.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import type { Json } from '../source/json.ts'
import type { Located, Span } from '../source/span.ts'
import { type Entries, readEntries, reportShape } from './read-attributes.ts'
import { pointerSpans, textOf, toJson } from './read-node.ts'
import type { Report } from './report.ts'
import type { SeedSyntax } from './syntax.ts'
import { SEED_KEYS } from './tables/other-keys.ts'

type Mode = SeedSyntax['mode']
const MODES: readonly Mode[] = ['insert', 'update', 'upsert', 'replace', 'ignore']

/**
 * Seed records: a bare list (object = the file's stem) or `{ object, records, mode?, externalId? }`. A bare list is inserted
 * where nothing is yet, as its authors know it; the other form updates what it finds unless it says otherwise.
 */
export function parseSeed(node: Node, inferred: Located<string>, report: Report): SeedSyntax | undefined {
  if (node.kind === 'list') return seedOf(inferred, 'ignore', undefined, node, node.span, report)
  if (node.kind !== 'map') {
    reportShape(node, 'A data file', 'a list of records or a map with "records"', report)
    return undefined
  }
  const entries = readEntries(node, { keys: SEED_KEYS, what: 'a data file', report })
  const records = entries.get('records')
  if (records === undefined) {
    report(diagnose('parse/missing-key', node.span, { what: 'data file', key: 'records' }))
    return undefined
  }
  const object = locatedText(entries, 'object') ?? inferred
  return seedOf(object, parseMode(entries, report), locatedText(entries, 'externalId'), records.value, node.span, report)
}

function seedOf(
  object: Located<string>,
  mode: Mode,
  externalId: Located<string> | undefined,
  node: Node,
  span: Span,
  report: Report,
): SeedSyntax {
  const items = node.kind === 'list' ? node.items : []
  if (node.kind !== 'list') reportShape(node, '"records"', 'a list of records', report)
  const maps = items.filter((item): item is MapNode => {
    if (item.kind !== 'map') reportShape(item, 'A record', 'a map of field values', report)
    return item.kind === 'map'
  })
  const spanOfList = pointerSpans({ kind: 'list', items: maps, span: node.span })
  return {
    object,
    mode,
    ...(externalId === undefined ? {} : { externalId }),
    records: maps.map(readRecord),
    // The author may have written `_id` where the record now says `id`.
    spanOf: (pointer) => {
      const record = maps[Number(/^\/(\d+)\/id$/.exec(pointer)?.[1])]
      const isRenamed = record !== undefined && !hasKey(record, 'id') && hasKey(record, '_id')
      return spanOfList(isRenamed ? pointer.replace(/id$/, '_id') : pointer)
    },
    span,
  }
}

/** The record as JSON. `_id` is what older data calls `id`; next to an `id` it says nothing new. */
function readRecord(node: MapNode): { readonly [field: string]: Json } {
  const entries = hasKey(node, 'id') ? node.entries.filter(({ key }) => key !== '_id') : node.entries
  return Object.fromEntries(entries.map(({ key, value }): [string, Json] => [key === '_id' ? 'id' : key, toJson(value)]))
}

const hasKey = (node: MapNode, name: string): boolean => node.entries.some(({ key }) => key === name)

function parseMode(entries: Entries, report: Report): Mode {
  const node = entries.get('mode')?.value
  const written = textOf(node)
  if (node === undefined) return 'upsert'
  const mode = MODES.find((name) => name === written?.toLowerCase())
  if (mode === undefined) {
    const suggestion = written === undefined ? {} : didYouMean({ name: written, candidates: MODES, span: node.span })
    reportShape(node, '"mode"', MODES.map((name) => `"${name}"`).join(', '), report, suggestion.fixes)
  }
  return mode ?? 'upsert'
}

function locatedText(entries: Entries, name: string): Located<string> | undefined {
  const node = entries.get(name)?.value
  const text = textOf(node)
  return node === undefined || text === undefined ? undefined : { value: text, span: node.span }
}
