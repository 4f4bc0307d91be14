import type { Host } from '../host/host.ts'
import { fromProjectPath } from '../host/project-path.ts'
import type { Span } from '../source/span.ts'
import type { InputFile } from './classify-file.ts'
import { entryOf, type MapNode, type Node } from './node.ts'

/** What a manifest says about where the plugin's code is. */
export interface ManifestCode {
  /** Relative to the project. */
  readonly path: string
  /** Name by which generated code imports it, of an installed package. */
  readonly specifier?: string
}

export interface PluginManifest {
  readonly manifest: MapNode
  /** Undefined: the plugin has no code of its own. */
  readonly code?: ManifestCode
  /** Where the code is named. */
  readonly codeSpan: Span
}

/**
 * The manifest in `plugin.yml`, `plugin.json` or a package.json. In a package.json it is the value of `objectql`, with the name and the version
 * of the package, and the code is what the package exports. Undefined for a package that is no plugin.
 */
export function readPluginManifest(file: InputFile, root: MapNode): PluginManifest | undefined {
  return isPackage(file.path) ? packageManifest(file, root) : fileManifest(file, root)
}

export const isPackage = (path: string): boolean => /(?:^|\/)package\.json$/.test(path)

function fileManifest({ path }: InputFile, root: MapNode): PluginManifest {
  const main = entryOf(root, 'main')?.value
  const text = textOf(main)
  const manifest = { ...root, entries: root.entries.filter(({ key }) => key !== 'main') }
  if (main === undefined || text === undefined) return { manifest, codeSpan: root.span }
  return { manifest, code: { path: resolved(folderOf(path), text) }, codeSpan: main.span }
}

function packageManifest({ path, stem }: InputFile, root: MapNode): PluginManifest | undefined {
  const own = entryOf(root, 'objectql')?.value
  if (own === undefined || (own.kind === 'scalar' && own.value !== true)) return undefined
  const said = own.kind === 'map' ? own.entries : []
  const known = new Set(said.map(({ key }) => key))
  const entries = root.entries.filter(({ key }) => ['name', 'version', 'description'].includes(key) && !known.has(key))
  const manifest: MapNode = { kind: 'map', entries: [...entries, ...said], span: own.span }
  const exported = entryFile(entryOf(root, 'exports')?.value) ?? textOf(entryOf(root, 'main')?.value) ?? './index.js'
  return {
    manifest,
    code: { path: resolved(folderOf(path), exported), specifier: stem || (textOf(entryOf(root, 'name')?.value) ?? '') },
    codeSpan: own.span,
  }
}

/** The file behind `exports`: a text, or conditions that Node takes for an import. */
function entryFile(node: Node | undefined): string | undefined {
  if (node?.kind !== 'map') return textOf(node)
  for (const key of ['.', 'node', 'import', 'default']) {
    const found = entryFile(entryOf(node, key)?.value)
    if (found !== undefined) return found
  }
  return undefined
}

/** Installed packages that the configuration speaks of and that are plugins. */
export function findPluginPackages(plugins: { readonly [name: string]: unknown }, root: string, host: Host): readonly InputFile[] {
  return Object.keys(plugins)
    .filter((name) => /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/.test(name))
    .sort()
    .flatMap((name): InputFile[] => {
      const path = `node_modules/${name}/package.json`
      if (!host.exists(fromProjectPath(root, path))) return []
      return [{ kind: 'plugin', format: 'json', path, stem: name }]
    })
}

const textOf = (node: Node | undefined): string | undefined =>
  node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined

const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))

function resolved(folder: string, relative: string): string {
  const steps = folder === '' ? [] : folder.split('/')
  for (const step of relative.split('/')) {
    if (step === '..') steps.pop()
    else if (step !== '.' && step !== '') steps.push(step)
  }
  return steps.join('/')
}
