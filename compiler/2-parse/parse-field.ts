import type { MapNode, Node } from '../1-load/node.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import { didYouMean, replaceWith } from '../diagnostics/suggest.ts'
import { FIELD_TYPES, type FieldType } from '../ir/field-type.ts'
import type { Json } from '../source/json.ts'
import type { Located } from '../source/span.ts'
import { parseOptions } from './parse-options.ts'
import { parseSummary } from './parse-summary.ts'
import { type Entries, readAttributes, readEntries, reportShape } from './read-attributes.ts'
import { isEmpty, textOf } from './read-node.ts'
import type { Report } from './report.ts'
import type { FieldSyntax } from './syntax.ts'
import { FIELD_KEYS, FIELD_VALIDATION_KEYS } from './tables/field-keys.ts'
import { findFieldType, isWholeNumberAlias } from './tables/field-types.ts'

/** Read on their own, not as plain attributes. */
const SPECIAL_KEYS: ReadonlySet<string> = new Set([
  'name',
  'type',
  'options',
  'validation',
  'cascadeDelete',
  'deleteBehavior',
  'unique',
  'summaryOperations',
  'summaryObject',
  'summaryField',
  'summaryType',
  'summaryFilters',
])

/** One field from its definition. An empty definition is a field nothing is said about. */
export function parseField(name: Located<string>, node: Node, what: string, report: Report): FieldSyntax | undefined {
  if (isEmpty(node)) return { kind: 'field', name, attributes: new Map(), span: name.span }
  if (node.kind !== 'map') {
    reportNotAMap(name, node, what, report)
    return undefined
  }
  const authoredType = textOf(node.entries.find(({ key }) => key.toLowerCase() === 'type')?.value)
  const fieldType = authoredType === undefined ? undefined : findFieldType(authoredType)
  const entries = readEntries(node, { keys: FIELD_KEYS, what: `a ${what}`, report, rename: renameFor(fieldType) })
  const type = parseType(entries, report)
  const attributes = readAttributes(entries, report, SPECIAL_KEYS)
  readSpecial(entries, attributes, report)
  if (authoredType !== undefined && isWholeNumberAlias(authoredType) && !attributes.has('scale') && type !== undefined) {
    attributes.set('scale', { value: 0, span: type.span })
  }
  const options = entries.get('options')
  const parsedOptions = options === undefined ? undefined : parseOptions(options.value, options.key, report)
  return {
    kind: 'field',
    name,
    ...(type === undefined ? {} : { type }),
    ...(type === undefined || authoredType === undefined || authoredType === type.value ? {} : { typeAlias: authoredType }),
    attributes,
    ...(parsedOptions === undefined ? {} : { options: parsedOptions }),
    span: node.span,
  }
}

/** The `format` of an autonumber is the pattern its numbers follow. */
function renameFor(type: FieldType | undefined): (key: string) => string {
  return type === 'autonumber' ? (key) => (key === 'format' ? 'autonumberFormat' : key) : (key) => key
}

function parseType(entries: Entries, report: Report): Located<FieldType> | undefined {
  const entry = entries.get('type')
  if (entry === undefined) return undefined
  const { value: node } = entry
  const written = textOf(node)
  if (written === undefined) {
    reportShape(node, '"type"', 'the name of a field type', report)
    return undefined
  }
  const type = findFieldType(written)
  if (type !== undefined) return { value: type, span: node.span }
  report(
    diagnose('parse/unknown-type', node.span, { type: written }, didYouMean({ name: written, candidates: FIELD_TYPES, span: node.span })),
  )
  return undefined
}

function readSpecial(entries: Entries, attributes: Map<string, Located<Json>>, report: Report): void {
  const add = (name: string, value: Json, node: Node): void => {
    if (!attributes.has(name)) attributes.set(name, { value, span: node.span })
  }
  const unique = entries.get('unique')
  if (unique !== undefined) add('unique', readUnique(unique.value, report), unique.value)
  const deleteBehavior = entries.get('deleteBehavior')
  if (deleteBehavior !== undefined) add('deleteBehavior', readDeleteBehavior(deleteBehavior.value, report), deleteBehavior.value)
  const cascade = entries.get('cascadeDelete')
  if (cascade?.value.kind === 'scalar' && cascade.value.value === true) add('deleteBehavior', 'cascade', cascade.value)
  const summary = parseSummary(entries, report)
  if (summary !== undefined) attributes.set('summaryOperations', summary)
  const validation = entries.get('validation')
  if (validation !== undefined) flattenValidation(validation.value, attributes, report)
  const dimensions = memberOf(entries.get('vectorConfig')?.value, 'dimensions')
  if (dimensions?.kind === 'scalar' && typeof dimensions.value === 'number') add('dimensions', dimensions.value, dimensions)
}

/** Rules of the `validation` block stand beside those of the field itself, which win. */
function flattenValidation(node: Node, attributes: Map<string, Located<Json>>, report: Report): void {
  if (node.kind !== 'map') {
    reportShape(node, '"validation"', 'a map', report)
    return
  }
  const entries = readEntries(node, { keys: FIELD_VALIDATION_KEYS, what: 'a `validation` block', report })
  for (const [name, attribute] of readAttributes(entries, report)) {
    if (name !== 'aiContext' && !attributes.has(name)) attributes.set(name, attribute)
  }
}

const memberOf = (node: Node | undefined, member: string): Node | undefined =>
  node?.kind === 'map' ? node.entries.find(({ key }) => key === member)?.value : undefined

/** `true`, or where values must be unique: `'global'`, `'organization'`. */
function readUnique(node: Node, report: Report): Json {
  if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value
  const scope = textOf(node)?.toLowerCase()
  if (scope === 'global' || scope === 'organization') return scope
  reportShape(node, '"unique"', 'true, false, "global" or "organization"', report)
  return false
}

const DELETE_BEHAVIORS: ReadonlyMap<string, string> = new Map([
  ['setnull', 'set_null'],
  ['null', 'set_null'],
  ['cascade', 'cascade'],
  ['delete', 'cascade'],
  ['restrict', 'restrict'],
  ['noaction', 'restrict'],
  ['deny', 'restrict'],
])

/** `SET NULL`, `setNull`, `true` (of `cascade: true`) … in one spelling. A name nobody knows is left to linking. */
function readDeleteBehavior(node: Node, report: Report): Json {
  if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value ? 'cascade' : 'set_null'
  const written = textOf(node)
  if (written !== undefined) return DELETE_BEHAVIORS.get(written.replace(/[\s_-]/g, '').toLowerCase()) ?? written
  reportShape(node, '"deleteBehavior"', '"set_null", "cascade" or "restrict"', report)
  return 'set_null'
}

/** `name: text` is a type that wants its key. */
function reportNotAMap(name: Located<string>, node: Node, what: string, report: Report): void {
  const written = textOf(node)
  const isType = written !== undefined && findFieldType(written) !== undefined && node.span.end - node.span.start === written.length
  const fixes = isType && /\.ya?ml$/.test(node.span.path) ? [replaceWith(node.span, `{ type: ${written} }`)] : []
  reportShape(node, `The ${what} "${name.value}"`, 'a map', report, fixes)
}

/** Fields of an object or parameters of an action: a map by name, or a list of definitions that carry their name. */
export function parseFields(node: Node, what: string, report: Report): readonly FieldSyntax[] {
  if (isEmpty(node)) return []
  if (node.kind === 'map') {
    return node.entries.flatMap(({ key, keySpan, value }) => parseField({ value: key, span: keySpan }, value, what, report) ?? [])
  }
  if (node.kind !== 'list') {
    reportShape(node, what === 'field' ? '"fields"' : '"params"', `a map of ${what}s by name`, report)
    return []
  }
  const nodeByName = new Map<string, MapNode>()
  return node.items.flatMap((item) => {
    const name = item.kind === 'map' ? parseName(item, what, report) : undefined
    if (item.kind !== 'map') reportShape(item, `A ${what} in a list`, 'a map with a "name"', report)
    if (item.kind !== 'map' || name === undefined) return []
    const first = nodeByName.get(name.value)
    if (first !== undefined) {
      const notes = [{ message: 'It is declared here first.', span: first.span }]
      report(diagnose('parse/duplicate-name', name.span, { what, name: name.value }, { notes }))
      return []
    }
    nodeByName.set(name.value, item)
    return parseField(name, item, what, report) ?? []
  })
}

/** The `name` of a definition in a list. */
export function parseName(node: MapNode, what: string, report: Report): Located<string> | undefined {
  const entry = node.entries.find(({ key }) => key.toLowerCase() === 'name')
  const name = textOf(entry?.value)
  if (entry !== undefined && name !== undefined) return { value: name, span: entry.value.span }
  if (entry === undefined || isEmpty(entry.value)) report(diagnose('parse/missing-key', node.span, { what, key: 'name' }))
  else reportShape(entry.value, '"name"', 'text', report)
  return undefined
}
