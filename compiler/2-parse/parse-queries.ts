import type { MapNode, Node } from '../1-load/node.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import type { Located } from '../source/span.ts'
import { parseFields } from './parse-field.ts'
import { readAttributes, readEntries, reportShape } from './read-attributes.ts'
import { isEmpty, labelOf, namedItems, pointerSpans, textOf } from './read-node.ts'
import type { Report } from './report.ts'
import type { QuerySyntax } from './syntax.ts'
import { QUERY_KEYS } from './tables/other-keys.ts'

/** What is not part of the query itself. */
const SPECIAL_KEYS: ReadonlySet<string> = new Set(['name', 'label', 'description', 'params'])

/** Named queries of an object: a map by name, or a list of maps with a `name`. */
export function parseQueries(node: Node, report: Report): readonly QuerySyntax[] {
  if (isEmpty(node)) return []
  if (node.kind !== 'map' && node.kind !== 'list') {
    reportShape(node, '"queries"', 'a map by name or a list', report)
    return []
  }
  return namedItems(node).flatMap(({ key, keySpan, value }) => {
    if (value.kind !== 'map') {
      reportShape(value, 'A query', 'a map', report)
      return []
    }
    const name = key === undefined || keySpan === undefined ? nameOf(value) : { value: key, span: keySpan }
    if (name !== undefined) return [parseQuery(value, name, report)]
    report(diagnose('parse/missing-key', value.span, { what: 'query', key: 'name' }))
    return []
  })
}

function parseQuery(node: MapNode, name: Located<string>, report: Report): QuerySyntax {
  const entries = readEntries(node, { keys: QUERY_KEYS, what: 'a query', report })
  const description = entries.get('description') ?? entries.get('label')
  const params = entries.get('params')
  const document = readAttributes(entries, report, SPECIAL_KEYS)
  // Spans are looked up by the author's spelling of a key, values by the canonical one.
  const spanOf = pointerSpans(node)
  const spellings = new Map([...entries].map(([canonical, { key }]) => [canonical, key]))
  return {
    name,
    ...(description === undefined ? {} : { description: labelOf(description.value) ?? '' }),
    params: params === undefined ? [] : parseFields(params.value, 'parameter', report),
    document: Object.fromEntries([...document].map(([key, { value }]) => [key, value])),
    spanOf: (pointer) => {
      const [, head = '', ...rest] = pointer.split('/')
      return spanOf(['', spellings.get(head) ?? head, ...rest].join('/'))
    },
    span: node.span,
  }
}

function nameOf(node: MapNode): Located<string> | undefined {
  const value = node.entries.find(({ key }) => key === 'name')?.value
  const text = textOf(value)
  return value === undefined || text === undefined || text === '' ? undefined : { value: text, span: value.span }
}
