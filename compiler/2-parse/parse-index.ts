import type { MapEntry, Node } from '../1-load/node.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import type { Located } from '../source/span.ts'
import { readEntries, readShape, reportShape } from './read-attributes.ts'
import { isEmpty, namedItems, textOf } from './read-node.ts'
import type { Report } from './report.ts'
import type { IndexSyntax } from './syntax.ts'
import { INDEX_KEYS } from './tables/other-keys.ts'

/** Indexes: a map by name, or a list whose items are maps, field names or lists of field names. */
export function parseIndexes(node: Node, report: Report): readonly IndexSyntax[] {
  if (isEmpty(node)) return []
  if (node.kind !== 'map' && node.kind !== 'list') {
    reportShape(node, '"indexes"', 'a map by name or a list', report)
    return []
  }
  return namedItems(node).flatMap(({ key, keySpan, value }) => {
    const name = key === undefined || keySpan === undefined ? undefined : { value: key, span: keySpan }
    return parseIndex(name, value, report) ?? []
  })
}

function parseIndex(given: Located<string> | undefined, node: Node, report: Report): IndexSyntax | undefined {
  if (node.kind !== 'map') {
    const fields = parseIndexFields(node, report)
    if (fields === undefined) return undefined
    return { ...(given === undefined ? {} : { name: given }), fields, isUnique: false, span: node.span }
  }
  const entries = readEntries(node, { keys: INDEX_KEYS, what: 'an index', report })
  const fieldsEntry = entries.get('fields')
  if (fieldsEntry === undefined) {
    report(diagnose('parse/missing-key', given?.span ?? node.span, { what: 'index', key: 'fields' }))
    return undefined
  }
  const fields = parseIndexFields(fieldsEntry.value, report)
  if (fields === undefined) return undefined
  const name = given ?? textAt(entries.get('name'), report)
  const type = textAt(entries.get('type'), report)
  const where = textAt(entries.get('where'), report)
  return {
    ...(name === undefined ? {} : { name }),
    fields,
    isUnique: isUnique(entries.get('unique')?.value, report),
    ...(type === undefined ? {} : { type: type.value }),
    ...(where === undefined ? {} : { where }),
    span: node.span,
  }
}

/** A field name, or a list of names or of maps with a `field`. */
function parseIndexFields(node: Node, report: Report): readonly Located<string>[] | undefined {
  const items = node.kind === 'list' ? node.items : [node]
  const fields = items.flatMap((item) => {
    const named = item.kind === 'map' ? item.entries.find(({ key }) => key === 'field' || key === 'name')?.value : item
    const name = textOf(named)
    return named === undefined || name === undefined ? [] : [{ value: name, span: named.span }]
  })
  if (fields.length === items.length && fields.length > 0) return fields
  reportShape(node, 'The fields of an index', 'a field name or a list of them', report)
  return undefined
}

function textAt(entry: MapEntry | undefined, report: Report): Located<string> | undefined {
  if (entry === undefined) return undefined
  const text = readShape(entry.value, 'text', entry.key, report)
  return typeof text === 'string' ? { value: text, span: entry.value.span } : undefined
}

/** `true` or a scope (`'global'`, `'organization'`). */
function isUnique(node: Node | undefined, report: Report): boolean {
  if (node === undefined) return false
  if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value
  if (textOf(node) !== undefined) return true
  reportShape(node, '"unique"', 'true or false', report)
  return false
}
