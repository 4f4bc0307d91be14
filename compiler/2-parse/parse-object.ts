import type { MapNode, Node } from '../1-load/node.ts'
import type { Json } from '../source/json.ts'
import type { Located } from '../source/span.ts'
import { parseObjectActions } from './parse-action.ts'
import { parseFields } from './parse-field.ts'
import { parseIndexes } from './parse-index.ts'
import { parseQueries } from './parse-queries.ts'
import { parseRules } from './parse-rule.ts'
import { type Entries, readAttributes, readEntries, readShape, reportShape } from './read-attributes.ts'
import { isEmpty, pointerSpans, textOf, toJson } from './read-node.ts'
import type { Report } from './report.ts'
import type { MetaSyntax, ObjectRole, ObjectSyntax } from './syntax.ts'
import { ENABLE_KEYS, OBJECT_KEYS } from './tables/object-keys.ts'

/** What is known about an object before its definition is read. */
export interface ObjectOrigin {
  /** The name to use when the definition gives none: the file's, or its key in a collection. */
  readonly name: Located<string>
  readonly stem: string
  readonly role?: ObjectRole
  readonly package?: string
}

const SPECIAL_KEYS: ReadonlySet<string> = new Set([
  'name',
  'extend',
  'priority',
  'fields',
  'indexes',
  'actions',
  'queries',
  'validation',
  'validations',
  'validationRules',
  'stateMachine',
  'stateMachines',
  'enable',
  'enableSearch',
])

const PRIORITY: { readonly [Role in ObjectRole]: number } = { definition: 100, extension: 200 }

/** One object, whatever dialect it is written in. */
export function parseObject(node: MapNode, origin: ObjectOrigin, report: Report): ObjectSyntax {
  const entries = readEntries(node, { keys: OBJECT_KEYS, what: 'an object', report })
  const extended = locatedText(entries, 'extend', report)
  const named = extended ?? locatedText(entries, 'name', report) ?? extendedByContext(entries)
  const role = origin.role ?? (extended !== undefined || isExtensionFile(origin.stem, entries, named?.value) ? 'extension' : 'definition')
  const priority = entries.get('priority')
  const parsedPriority = priority === undefined ? undefined : readShape(priority.value, 'number', priority.key, report)
  const attributes = readAttributes(entries, report, SPECIAL_KEYS)
  const enable = parseEnable(entries, report)
  if (enable !== undefined) attributes.set('enable', enable)
  const fields = entries.get('fields')
  const indexes = entries.get('indexes')
  const actions = entries.get('actions')
  const queries = entries.get('queries')
  return {
    kind: 'object',
    name: named ?? { value: origin.name.value.replace(/\.extension$/, ''), span: origin.name.span },
    isNameInferred: named === undefined,
    stem: origin.stem,
    role,
    priority: typeof parsedPriority === 'number' ? parsedPriority : PRIORITY[role],
    ...(origin.package === undefined ? {} : { package: origin.package }),
    attributes,
    fields: fields === undefined ? [] : parseFields(fields.value, 'field', report),
    indexes: indexes === undefined ? [] : parseIndexes(indexes.value, report),
    actions: actions === undefined ? [] : parseObjectActions(actions.value, report),
    queries: queries === undefined ? [] : parseQueries(queries.value, report),
    rules: parseObjectRules(entries, report),
    stateMachines: parseStateMachines(entries, report),
    span: node.span,
  }
}

function locatedText(entries: Entries, name: string, report: Report): Located<string> | undefined {
  const entry = entries.get(name)
  if (entry === undefined) return undefined
  const text = readShape(entry.value, 'text', entry.key, report)
  return typeof text === 'string' && text !== '' ? { value: text, span: entry.value.span } : undefined
}

/** `ai_context: { extends: user }` names the object an extension belongs to. */
function extendedByContext(entries: Entries): Located<string> | undefined {
  const context = entries.get('aiContext')?.value
  const extended = context?.kind === 'map' ? context.entries.find(({ key }) => key === 'extends')?.value : undefined
  const text = textOf(extended)
  return extended === undefined || text === undefined ? undefined : { value: text, span: extended.span }
}

/** `user_extension.object.yml` or `user.extension.object.yml` for `user`. */
function isExtensionFile(stem: string, entries: Entries, name: string | undefined): boolean {
  if (/\.extension$/.test(stem)) return true
  return name !== undefined && (stem.replace(/[_-]extension$/, '') === name ? stem !== name : extendedByContext(entries) !== undefined)
}

/** `enable` (or HCY's `features`) with canonical flags; `enable_search` at the top counts as one of them. */
function parseEnable(entries: Entries, report: Report): Located<Json> | undefined {
  const enable = entries.get('enable')
  const search = entries.get('enableSearch')
  if (enable === undefined && search === undefined) return undefined
  const flags: [string, Json][] = []
  if (enable?.value.kind === 'map') {
    const flagEntries = readEntries(enable.value, { keys: ENABLE_KEYS, what: `\`${enable.key}\``, report })
    for (const [name, { value }] of readAttributes(flagEntries, report)) flags.push([name, value])
  } else if (enable !== undefined) {
    reportShape(enable.value, `"${enable.key}"`, 'a map of flags', report)
  }
  if (search !== undefined && !flags.some(([name]) => name === 'searchable')) flags.push(['searchable', toJson(search.value)])
  const span = (enable ?? search)?.value.span
  return span === undefined ? undefined : { value: Object.fromEntries(flags), span }
}

function parseObjectRules(entries: Entries, report: Report): ObjectSyntax['rules'] {
  const rules = ['validation', 'validations', 'validationRules'].flatMap((name) => {
    const entry = entries.get(name)
    if (entry === undefined) return []
    if (name !== 'validation') return parseRules(entry.value, entry.key, report)
    return parseValidationBlock(entry.value, entry.key, report)
  })
  return rules
}

/** `validation: { rules: [...] }`; a bare list is meant the same way. */
function parseValidationBlock(node: Node, key: string, report: Report): ObjectSyntax['rules'] {
  if (node.kind === 'list') return parseRules(node, key, report)
  if (node.kind !== 'map') {
    reportShape(node, `"${key}"`, 'a map with "rules"', report)
    return []
  }
  const rules = node.entries.find((entry) => entry.key === 'rules')
  return rules === undefined || isEmpty(rules.value) ? [] : parseRules(rules.value, 'rules', report)
}

function parseStateMachines(entries: Entries, report: Report): readonly MetaSyntax[] {
  const single = entries.get('stateMachine')
  const several = entries.get('stateMachines')
  const machine = (name: string, node: Node): MetaSyntax => ({
    type: 'state_machine',
    name,
    body: toJson(node),
    spanOf: pointerSpans(node),
    span: node.span,
  })
  const machines = single === undefined ? [] : [machine('', single.value)]
  if (several === undefined) return machines
  if (several.value.kind === 'map') return [...machines, ...several.value.entries.map((entry) => machine(entry.key, entry.value))]
  if (several.value.kind === 'list') {
    return [...machines, ...several.value.items.map((item, index) => machine(nameIn(item) ?? String(index + 1), item))]
  }
  reportShape(several.value, `"${several.key}"`, 'a map by name', report)
  return machines
}

const nameIn = (node: Node): string | undefined =>
  node.kind === 'map' ? textOf(node.entries.find(({ key }) => key === 'name' || key === 'id')?.value) : undefined
