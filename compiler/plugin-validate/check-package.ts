import valid from 'semver/functions/valid.js'
import validRange from 'semver/ranges/valid.js'
import { entryOf, type MapNode, type Node } from '../1-load/node.ts'
import { describeNode } from '../2-parse/read-node.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { replaceWith } from '../diagnostics/suggest.ts'
import type { Host } from '../host/host.ts'
import { fromProjectPath } from '../host/project-path.ts'
import type { Located } from '../source/span.ts'
import { isPacked, type PackRules, patternsOf } from './packed-files.ts'

export interface PackageCheck {
  readonly diagnostics: readonly Diagnostic[]
  /** Files that the package names and a build has not made yet, with the sources they are made of. */
  readonly sources: { readonly [path: string]: string }
}

/** A package.json as npm reads it: what it names has to be there, has to be packed, and objectql has to be the application's. */
export function checkPackage(root: MapNode, folder: string, host: Host): PackageCheck {
  const diagnostics: Diagnostic[] = [...checkKey(root), ...checkVersions(root), ...checkPeer(root)]
  const sources: { [path: string]: string } = {}
  const exists = (path: string): boolean => host.readText(fromProjectPath(folder, path)) !== undefined
  const rules = packRules(root, folder, host)
  for (const { value: written, span } of entryFiles(root)) {
    const path = normalized(written)
    if (path === undefined) diagnostics.push(diagnose('plugin/package-path', span, { path: written }))
    else if (exists(path)) {
      if (!isPacked(path, rules)) diagnostics.push(diagnose('plugin/not-packed', span, { path: written }))
    } else {
      diagnostics.push(diagnose('plugin/package-file', span, { path: written }))
      const source = sourceOf(path).find(exists)
      if (source !== undefined) sources[path] = source
    }
  }
  return { diagnostics, sources }
}

/** `"objectql": true`, or a manifest. */
function checkKey(root: MapNode): readonly Diagnostic[] {
  const own = entryOf(root, 'objectql')
  const span = own?.value.span ?? root.span
  if (own === undefined) return [diagnose('parse/missing-key', span, { what: 'package of a plugin', key: 'objectql' })]
  if (own.value.kind === 'map' || (own.value.kind === 'scalar' && own.value.value === true)) return []
  return [diagnose('parse/wrong-shape', span, { what: '"objectql"', expected: '`true` or a map', actual: describeNode(own.value) })]
}

function checkVersions(root: MapNode): readonly Diagnostic[] {
  const version = located(entryOf(root, 'version')?.value)
  const node = entryOf(root, 'engines')?.value
  const engines = node?.kind === 'map' ? node.entries.flatMap(({ value }) => located(value) ?? []) : []
  return [
    ...(version !== undefined && valid(version.value) === null
      ? [diagnose('plugin/invalid-version', version.span, { version: version.value })]
      : []),
    ...engines.flatMap(({ value, span }) => (validRange(value) === null ? [diagnose('plugin/invalid-range', span, { range: value })] : [])),
  ]
}

/** Two copies of objectql in one application do not know each other's errors. */
function checkPeer(root: MapNode): readonly Diagnostic[] {
  const listed = (key: string): Node | undefined => {
    const node = entryOf(root, key)?.value
    return node?.kind === 'map' ? entryOf(node, 'objectql')?.value : undefined
  }
  const own = listed('dependencies')
  if (own !== undefined) return [diagnose('plugin/package-peer', own.span, {})]
  const peer = located(listed('peerDependencies'))
  if (peer === undefined) return [diagnose('plugin/package-peer', entryOf(root, 'peerDependencies')?.keySpan ?? root.span, {})]
  return validRange(peer.value) === null && !/^(?:workspace|file|link|catalog):/.test(peer.value)
    ? [diagnose('plugin/invalid-range', peer.span, { range: peer.value }, { fixes: [replaceWith(peer.span, '*')] })]
    : []
}

/** Every file that `exports`, `main` and `types` name. Patterns are whatever they find. */
function entryFiles(root: MapNode): readonly Located<string>[] {
  const found: Located<string>[] = []
  const visit = (node: Node | undefined): void => {
    const text = located(node)
    if (text !== undefined && !text.value.includes('*')) found.push(text)
    if (node?.kind === 'map') for (const { value } of node.entries) visit(value)
    if (node?.kind === 'list') for (const item of node.items) visit(item)
  }
  for (const key of ['exports', 'main', 'types', 'typings']) visit(entryOf(root, key)?.value)
  const isKnown = new Set<string>()
  return found.filter(({ value }) => !isKnown.has(value) && isKnown.add(value))
}

/** `./dist/index.js` → `dist/index.js`; undefined for what is outside of the package. */
function normalized(path: string): string | undefined {
  const steps = path.split('/').filter((step) => step !== '' && step !== '.')
  return path.startsWith('/') || steps.length === 0 || steps.includes('..') ? undefined : steps.join('/')
}

/** What `dist/index.js` is usually made of. */
function sourceOf(path: string): readonly string[] {
  const [, stem] = /^(.*)\.(?:[cm]?js)$/.exec(path) ?? []
  if (stem === undefined) return []
  const inSource = stem.replace(/^(?:dist|build|lib|out)\//, 'src/')
  return [...new Set([inSource, stem])].flatMap((one) => [`${one}.ts`, `${one}.mts`, `${one}.js`])
}

function packRules(root: MapNode, folder: string, host: Host): PackRules {
  const node = entryOf(root, 'files')?.value
  const ignored = ['.npmignore', '.gitignore']
    .map((name) => host.readText(fromProjectPath(folder, name)))
    .find((text) => text !== undefined)
  return {
    files: node?.kind === 'list' ? node.items.flatMap((item) => located(item)?.value ?? []) : undefined,
    ignored: patternsOf(ignored ?? ''),
  }
}

function located(node: Node | undefined): Located<string> | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'string' ? { value: node.value, span: node.span } : undefined
}
