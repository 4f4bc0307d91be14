import type { ModuleDocument } from '../1-load/document.ts'
import type { MapNode, Node } from '../1-load/node.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import { type Located, Span } from '../source/span.ts'
import type { ParseContext, Part } from './context.ts'
import { joinParts } from './context.ts'
import { type Exported, membersOf } from './exports.ts'
import { parseActions } from './parse-action-file.ts'
import { parseRuleSet } from './parse-document-file.ts'
import { parseHooks } from './parse-hook-file.ts'
import { parseMeta } from './parse-meta.ts'
import { parseObject } from './parse-object.ts'
import { parseSeed } from './parse-seed.ts'
import { parseTranslations } from './parse-translation.ts'
import { reportShape } from './read-attributes.ts'
import { textOf, toJson } from './read-node.ts'
import { type Collection, collectionsOf, memberOf, pluginName, type StackPart, stackParts } from './stack-members.ts'
import type { MetaSyntax, ObjectSyntax, PluginSyntax } from './syntax.ts'
import { WORKFLOW_KEYS } from './tables/other-keys.ts'

/** `objectstack.config.ts` and `*.plugin.ts`: everything a stack and its plugins bring that has no file of its own. */
export function parseStackFile(document: ModuleDocument, context: ParseContext): Part {
  const parts = stackParts(document)
  if (parts.length === 0 && document.root.entries.every(({ value }) => value.kind !== 'function')) {
    context.report(diagnose('parse/no-stack', Span.file(document.path), {}))
  }
  return joinParts(parts.flatMap((part) => (context.claim(part.node) ? [parsePart(part, document, context)] : [])))
}

function parsePart(part: StackPart, document: ModuleDocument, context: ParseContext): Part {
  const collections = collectionsOf(part).map((collection) => parseCollection(collection, part, document, context))
  const plugin = part.isPlugin ? parsePlugin(part.node) : undefined
  return joinParts([...collections, ...(plugin === undefined ? [] : [{ plugins: [plugin] }])])
}

function parseCollection(
  { kind, isKnown, entry, exportPath }: Collection,
  part: StackPart,
  document: ModuleDocument,
  context: ParseContext,
): Part {
  const members = membersOf({ node: entry.value, exportPath })
  const packaged = part.package === undefined ? {} : { package: part.package }
  const maps = (what: string): readonly (Exported & { readonly node: MapNode })[] =>
    members.flatMap((member) => {
      if (member.node.kind === 'map') return context.claim(member.node) ? [{ ...member, node: member.node }] : []
      reportShape(member.node, what, 'a map', context.report)
      return []
    })
  const metas = (type: string, what: string): readonly MetaSyntax[] =>
    maps(what).map(({ node, name }) => parseMeta(node, { type, name, ...packaged }, context.report))
  switch (kind) {
    case 'objects':
      // A text is a path or glob: the files themselves are inputs.
      return {
        objects: members.flatMap((member) => (textOf(member.node) === undefined ? parseListedObject(member, part, document, context) : [])),
      }
    case 'objectExtensions':
      return {
        objects: maps('An object extension').map(({ node, name, keySpan }) =>
          listedObject(node, { value: name, span: keySpan }, document, context, { ...packaged, role: 'extension' }),
        ),
      }
    case 'hooks':
      return { hooks: members.flatMap((member) => parseHooks(member, hookFile(member, document), context, part.package)) }
    case 'actions':
      return { actions: members.flatMap((member) => parseActions(member, document.path, undefined, context)) }
    case 'data':
      return {
        seeds: members.flatMap((member) =>
          context.claim(member.node) ? (parseSeed(member.node, { value: member.name, span: member.keySpan }, context.report) ?? []) : [],
        ),
      }
    case 'validations':
      return {
        rules: maps('A set of rules').flatMap(({ node, name }) => parseRuleSet(node, { path: document.path, stem: name }, context) ?? []),
      }
    case 'apps':
      return { apps: metas('app', 'An app') }
    case 'workflows':
      return {
        workflows: maps('A workflow').map(({ node, name }) =>
          parseMeta(node, { type: 'workflow', name, ...packaged, keys: { table: WORKFLOW_KEYS, what: 'a workflow' } }, context.report),
        ),
      }
    case 'permissions':
      return { permissions: metas('permission', 'A permission set') }
    case 'translations':
      return { translations: parseTranslations(entry.value, context.report) }
    default:
      return isKnown ? {} : parseOther(entry.key, members, packaged, context)
  }
}

/** Views, dashboards, roles and whatever else a stack lists: kept for the registry. */
function parseOther(key: string, members: readonly Exported[], packaged: { readonly package?: string }, context: ParseContext): Part {
  const maps = members.flatMap(({ name, node }) => (node.kind === 'map' ? [{ name, node }] : []))
  if (maps.length === 0 || maps.length < members.length) return {}
  const type = singular(key.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`))
  return {
    others: maps.flatMap(({ name, node }) => (context.claim(node) ? [parseMeta(node, { type, name, ...packaged }, context.report)] : [])),
  }
}

const singular = (word: string): string =>
  word.endsWith('ies') ? `${word.slice(0, -3)}y` : word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word

function parseListedObject(
  { node, name, keySpan }: Exported,
  part: StackPart,
  document: ModuleDocument,
  context: ParseContext,
): readonly ObjectSyntax[] {
  if (node.kind !== 'map') {
    reportShape(node, 'An object', 'a map', context.report)
    return []
  }
  if (!context.claim(node)) return []
  const isNumbered = /^\d+$/.test(name)
  const declared = textOf(memberOf(node, 'name')) ?? name
  if (isNumbered && declared === name) {
    context.report(diagnose('parse/missing-key', node.span, { what: 'object', key: 'name' }))
    return []
  }
  // A plugin may list a copy (`{ ...Account }`) of an object that has a file of its own.
  const isCopy = context.objectNodes.get(declared)?.some((other) => JSON.stringify(toJson(other)) === JSON.stringify(toJson(node))) === true
  if (isCopy) return []
  const packaged = part.package === undefined ? {} : { package: part.package }
  return [listedObject(node, { value: name, span: keySpan }, document, context, packaged)]
}

function listedObject(
  node: MapNode,
  name: Located<string>,
  { stem }: ModuleDocument,
  context: ParseContext,
  options: { readonly package?: string; readonly role?: 'extension' },
): ObjectSyntax {
  return parseObject(node, { name, stem, ...options }, context.report)
}

/** Hooks listed by object (`hooks: { account: { beforeCreate } }`) take the object's name from their key. */
function hookFile({ node, name }: Exported, { path, stem }: ModuleDocument): { readonly path: string; readonly stem: string } {
  const isByObject = node.kind === 'map' && node.entries.some(({ value }) => value.kind === 'function' || value.kind === 'map')
  return { path, stem: isByObject && !/^\d+$/.test(name) ? name : node.kind === 'function' ? '*' : stem }
}

function parsePlugin(node: MapNode): PluginSyntax | undefined {
  const name = pluginName(node)
  if (name === undefined) return undefined
  const named = memberOf(node, 'name')
  const version = textOf(memberOf(node, 'version')) ?? textOf(memberOf(memberOf(node, 'manifest'), 'version'))
  return {
    name: { value: name, span: named?.span ?? node.span },
    ...(version === undefined ? {} : { version }),
    dependencies: dependenciesOf(memberOf(node, 'dependencies') ?? memberOf(memberOf(node, 'manifest'), 'dependencies')),
    body: toJson({
      kind: 'map',
      span: node.span,
      entries: collectionsOf({ node, exportPath: '' }).flatMap(({ kind, entry }) => (DESCRIPTIVE_KINDS.has(kind) ? [entry] : [])),
    }),
    span: node.span,
  }
}

/** What a plugin says about itself, as opposed to what it brings. */
const DESCRIPTIVE_KINDS: ReadonlySet<string> = new Set([
  'name',
  'label',
  'version',
  'manifest',
  'dependencies',
  'description',
  'author',
  'license',
  'conflicts',
  'provides',
  'navigation',
])

/** Names, or names with version ranges. */
function dependenciesOf(node: Node | undefined): readonly Located<string>[] {
  if (node?.kind === 'map') return node.entries.map(({ key, keySpan }) => ({ value: key, span: keySpan }))
  if (node?.kind !== 'list') return []
  return node.items.flatMap((item) => {
    const name = textOf(item)
    return name === undefined ? [] : [{ value: name, span: item.span }]
  })
}
