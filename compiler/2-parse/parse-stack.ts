import type { ModuleDocument } from '../1-load/document.ts'
import type { MapNode } from '../1-load/node.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import { Span } from '../source/span.ts'
import { type Homes, joinParts, type ParseContext, type Part } from './context.ts'
import { type Exported, membersOf } from './exports.ts'
import { parseActions } from './parse-action-file.ts'
import { parseRuleSet } from './parse-document-file.ts'
import { parseHooks } from './parse-hook-file.ts'
import { parseMeta } from './parse-meta.ts'
import { parseObject } from './parse-object.ts'
import { parsePlugin } from './parse-plugin.ts'
import { parseSeed } from './parse-seed.ts'
import { parseTranslations } from './parse-translation.ts'
import { reportShape } from './read-attributes.ts'
import { textOf, toJson } from './read-node.ts'
import { type Collection, collectionsOf, memberOf, pluginName, type StackPart, stackParts } from './stack-members.ts'
import type { MetaSyntax, ObjectSyntax } from './syntax.ts'
import { WORKFLOW_KEYS } from './tables/other-keys.ts'

/** `objectstack.config.ts` and `*.plugin.ts`: everything a stack and its plugins bring that has no file of its own. */
export function parseStackFile(document: ModuleDocument, context: ParseContext, homes: Homes): Part {
  const parts = stackParts(document, homes)
  if (parts.length === 0 && document.root.entries.every(({ value }) => value.kind !== 'function')) {
    context.report(diagnose('parse/no-stack', Span.file(document.path), {}))
  }
  return joinParts(parts.flatMap((part) => (context.claim(part.node) ? [parsePart(part, context)] : [])))
}

function parsePart(part: StackPart, context: ParseContext): Part {
  const collections = collectionsOf(part).map((collection) => parseCollection(collection, part, context))
  const plugin = part.isPlugin ? parsePlugin(part, context.report) : undefined
  const manifest = part.isPlugin ? undefined : memberOf(part.node, 'manifest')
  const others =
    manifest?.kind === 'map' ? [parseMeta(manifest, { type: 'manifest', name: pluginName(part.node) ?? part.stem }, context.report)] : []
  return joinParts([...collections, { others, plugins: plugin === undefined ? [] : [plugin] }])
}

function parseCollection({ kind, isKnown, entry, holder }: Collection, part: StackPart, context: ParseContext): Part {
  const members = membersOf(holder).map(context.atHome)
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
        objects: members.flatMap((member) => (textOf(member.node) === undefined ? parseListedObject(member, part, context) : [])),
      }
    case 'objectExtensions':
      return {
        objects: maps('An object extension').map((member) => listedObject(member, context, { ...packaged, role: 'extension' })),
      }
    case 'hooks':
      return { hooks: members.flatMap((member) => parseHooks({ ...member, stem: hookStem(member, part) }, context, part.package)) }
    case 'actions':
      return { actions: members.flatMap((member) => parseActions(member, undefined, context)) }
    case 'data':
      return {
        seeds: members.flatMap((member) =>
          context.claim(member.node) ? (parseSeed(member.node, { value: member.name, span: member.keySpan }, context.report) ?? []) : [],
        ),
      }
    case 'validations':
      return {
        rules: maps('A set of rules').flatMap(({ node, name, path }) => parseRuleSet(node, { path, stem: name }, context) ?? []),
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

function parseListedObject(member: Exported, part: StackPart, context: ParseContext): readonly ObjectSyntax[] {
  const { node, name } = member
  if (node.kind !== 'map') {
    reportShape(node, 'An object', 'a map', context.report)
    return []
  }
  if (!context.claim(node)) return []
  const declared = textOf(memberOf(node, 'name'))
  if (declared === undefined && isNumbered(name)) {
    context.report(diagnose('parse/missing-key', node.span, { what: 'object', key: 'name' }))
    return []
  }
  // A plugin may list a copy (`{ ...Account }`) of an object that has a file of its own.
  const others = context.objectNodes.get(declared ?? name) ?? []
  if (others.some((other) => JSON.stringify(toJson(other)) === JSON.stringify(toJson(node)))) return []
  return [listedObject({ ...member, node }, context, part.package === undefined ? {} : { package: part.package })]
}

/** Items of a list are named by their position. */
const isNumbered = (name: string): boolean => /^\d+$/.test(name)

function listedObject(
  { node, name, keySpan, stem }: Exported & { readonly node: MapNode },
  context: ParseContext,
  options: { readonly package?: string; readonly role?: 'extension' },
): ObjectSyntax {
  return parseObject(node, { name: { value: name, span: keySpan }, stem, ...options }, context.report)
}

/** The object of hooks that name none: their key where they are listed by object (`hooks: { account: { … } }`), else all objects. */
function hookStem({ node, name }: Exported, { stem }: StackPart): string {
  if (node.kind === 'function') return '*'
  const isByObject = node.kind === 'map' && node.entries.some(({ value }) => value.kind === 'function' || value.kind === 'map')
  return isByObject && !isNumbered(name) ? name : stem
}
