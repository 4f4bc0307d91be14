import type { ModuleDocument } from '../1-load/document.ts'
import type { MapEntry, MapNode, Node } from '../1-load/node.ts'
import { atHome, type Homes } from './context.ts'
import { exportStep } from './export-step.ts'
import { exportsOf, type Holder, membersOf } from './exports.ts'
import { textOf } from './read-node.ts'
import { STACK_KEYS } from './tables/other-keys.ts'

/** A stack or plugin found in a module, with the ones inside it. */
export interface StackPart {
  readonly node: MapNode
  readonly exportPath: string
  readonly path: string
  readonly stem: string
  /** Name of the plugin; undefined for the application itself. */
  readonly package?: string
  readonly isPlugin: boolean
  /** Name by which generated code imports the module, of an installed package. */
  readonly specifier?: string
}

/** One collection of a stack: `objects`, `hooks`, `actions` … by canonical name; others under the key as written. */
export interface Collection {
  readonly kind: string
  readonly isKnown: boolean
  readonly entry: MapEntry
  /** The collection itself. */
  readonly holder: Holder
}

/** The keys that make a map a stack or a plugin. */
const TELLING_KEYS: ReadonlySet<string> = new Set([
  'manifest',
  'objects',
  'objectExtensions',
  'plugins',
  'hooks',
  'actions',
  'data',
  'metadata',
  'apps',
])

/** Every stack and plugin of a module, outer ones first. A plugin file holds plugins; an `objectstack.config.ts` the application. */
export function stackParts(document: ModuleDocument, homes: Homes): readonly StackPart[] {
  const seen = new Set<object>()
  const { manifest } = document
  if (manifest !== undefined) return partsOf(withManifest(document, manifest), true, homes, seen)
  return exportsOf(document).flatMap((exported) => partsIn(exported, document.kind === 'plugin', homes, seen))
}

/** What a manifest says over what its code exports: the default export, the only one, or all of them together. */
function withManifest({ root, path, stem, specifier }: ModuleDocument, manifest: MapNode): Holder & Pick<StackPart, 'specifier'> {
  const maps = root.entries.filter(({ value }) => value.kind === 'map')
  const chosen = maps.find(({ key }) => key === 'default') ?? (maps.length === 1 && root.entries.length === 1 ? maps[0] : undefined)
  const code = chosen?.value.kind === 'map' ? chosen.value : root
  const said = new Set(manifest.entries.map(({ key }) => key))
  return {
    node: { ...code, entries: [...manifest.entries, ...code.entries.filter(({ key }) => !said.has(key))], span: manifest.span },
    // Nothing: the exports of the module are the plugin.
    exportPath: chosen?.key ?? '',
    path,
    stem,
    ...(specifier === undefined ? {} : { specifier }),
  }
}

const partsIn = (listed: Holder, isPlugin: boolean, homes: Homes, seen: Set<object>): readonly StackPart[] =>
  partsOf(atHome(listed, homes), isPlugin, homes, seen)

function partsOf(
  { node, exportPath, path, stem, specifier }: Holder & Pick<StackPart, 'specifier'>,
  isPlugin: boolean,
  homes: Homes,
  seen: Set<object>,
): readonly StackPart[] {
  if (node.kind !== 'map' || !looksLikeStack(node, isPlugin)) return []
  if (node.origin !== undefined && seen.has(node.origin)) return []
  if (node.origin !== undefined) seen.add(node.origin)
  const name = isPlugin ? pluginName(node) : undefined
  const own: StackPart = {
    ...{ node, exportPath, path, stem, isPlugin },
    ...(name === undefined ? {} : { package: name }),
    ...(specifier === undefined ? {} : { specifier }),
  }
  const inner = collectionsOf(own).flatMap(({ kind, holder }) => {
    if (kind === 'plugins') return membersOf(holder).flatMap((member) => partsIn(member, true, homes, seen))
    // Older configurations put everything under `metadata`.
    return kind === 'metadata' ? partsIn(holder, isPlugin, homes, seen) : []
  })
  return [own, ...inner]
}

function looksLikeStack(node: MapNode, isPlugin: boolean): boolean {
  if (isPlugin && pluginName(node) !== undefined) return true
  return node.entries.some(({ key }) => TELLING_KEYS.has(STACK_KEYS.find(key)?.name ?? ''))
}

export function collectionsOf({
  node,
  exportPath,
  path,
  stem,
}: Pick<StackPart, 'node' | 'exportPath' | 'path' | 'stem'>): readonly Collection[] {
  return node.entries.map((entry) => {
    const known = STACK_KEYS.find(entry.key)
    const holder = { node: entry.value, exportPath: exportStep(exportPath, entry.key), path, stem }
    return { kind: known?.name ?? entry.key, isKnown: known !== undefined, entry, holder }
  })
}

/** `name`, else the manifest's. */
export function pluginName(node: MapNode): string | undefined {
  const manifest = memberOf(node, 'manifest')
  return textOf(memberOf(node, 'name')) ?? textOf(memberOf(manifest, 'name')) ?? textOf(memberOf(manifest, 'id'))
}

export const memberOf = (node: Node | undefined, key: string): Node | undefined =>
  node?.kind === 'map' ? node.entries.find((entry) => entry.key === key)?.value : undefined

/** Which plugin lists which value: an object that has a file of its own still belongs to its plugin. */
export function packageByOrigin(documents: readonly ModuleDocument[], homes: Homes): ReadonlyMap<object, string> {
  const found = new Map<object, string>()
  for (const part of documents.flatMap((document) => stackParts(document, homes))) {
    const { package: name } = part
    if (name === undefined) continue
    const add = (node: Node, depth: number): void => {
      if (node.kind === 'scalar' || node.origin === undefined) return
      if (!found.has(node.origin)) found.set(node.origin, name)
      if (depth > 0) for (const member of membersOf({ node, exportPath: '', path: '', stem: '' })) add(member.node, depth - 1)
    }
    for (const { kind, entry } of collectionsOf(part)) if (LISTED_KINDS.has(kind)) add(entry.value, 2)
  }
  return found
}

const LISTED_KINDS: ReadonlySet<string> = new Set([
  'objects',
  'hooks',
  'actions',
  'data',
  'apps',
  'workflows',
  'permissions',
  'validations',
])
