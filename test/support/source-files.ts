import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import { parseSync } from 'oxc-parser'

const ROOT = join(import.meta.dirname, '..', '..')

/** A module of this repository. Paths are relative to its root, with forward slashes. */
export interface SourceFile {
  readonly path: string
  readonly text: string
  readonly imports: readonly SourceImport[]
  readonly exports: readonly SourceExport[]
  /** Types of the nodes of its syntax tree. */
  readonly syntax: ReadonlySet<string>
}

export interface SourceImport {
  /** Path of another source file, or what the import says: `node:fs`, `kysely`. */
  readonly to: string
  readonly isRelative: boolean
  /** Loaded when it is needed. */
  readonly isDynamic: boolean
}

export interface SourceExport {
  readonly name: string
  readonly isType: boolean
}

/** Modules below some folders. Inputs and outputs of tests are not modules of ours. */
export function sourceFiles(...folders: readonly string[]): readonly SourceFile[] {
  return textFiles(...folders)
    .filter(({ path }) => path.endsWith('.ts') && !/^test\/(?:golden|errors)\//.test(path))
    .map(({ path, text }) => ({ path, text, ...linksOf(path, text) }))
}

export interface TextFile {
  readonly path: string
  readonly text: string
}

/** All files below some folders, and files named themselves. */
export function textFiles(...paths: readonly string[]): readonly TextFile[] {
  return paths
    .flatMap((path) => (statSync(join(ROOT, path)).isDirectory() ? filesBelow(path) : [path]))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }))
}

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(ROOT.length + 1)
        .replaceAll('\\', '/'),
    )

function linksOf(path: string, text: string): Pick<SourceFile, 'imports' | 'exports' | 'syntax'> {
  const { module, program } = parseSync(path, text)
  const link = (specifier: string, isDynamic: boolean): SourceImport => {
    const isRelative = specifier.startsWith('.')
    return { to: isRelative ? posix.join(posix.dirname(path), specifier) : specifier, isRelative, isDynamic }
  }
  const linked = module.staticExports.flatMap(({ entries }) => entries)
  const syntax = new Set<string>()
  collectTypes(program, syntax)
  return {
    syntax,
    imports: [
      ...module.staticImports.map(({ moduleRequest }) => link(moduleRequest.value, false)),
      ...linked.flatMap(({ moduleRequest }) => (moduleRequest === null ? [] : [link(moduleRequest.value, false)])),
      ...module.dynamicImports.flatMap(({ moduleRequest: { start, end } }) => {
        const specifier = /^'(.*)'$/.exec(text.slice(start, end))?.[1]
        return specifier === undefined ? [] : [link(specifier, true)]
      }),
    ],
    exports: linked.flatMap(({ exportName, isType }) => {
      // `export *` names nothing.
      if (exportName.kind === 'None') return []
      return [{ name: exportName.name ?? 'default', isType }]
    }),
  }
}

function collectTypes(value: unknown, types: Set<string>): void {
  if (typeof value !== 'object' || value === null) return
  if ('type' in value && typeof value.type === 'string') types.add(value.type)
  for (const child of Object.values(value)) collectTypes(child, types)
}
