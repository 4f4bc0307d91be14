/** What a compile knows about the files of a project and the packages installed for it. */
export interface ModuleFiles {
  /** Text of a module by its path in the project. */
  readonly textOf: (path: string) => string | undefined
  /** True when Node finds the package that a specifier names. */
  readonly isInstalled: (specifier: string) => boolean
  /** The file of the project that an import means, the way compilers and bundlers find it. */
  readonly resolve: (specifier: string, importer: string) => string | undefined
}

/**
 * The first import that Node would not find when the generated server loads a module, its own imports included: packages that exist while compiling
 * only (`@objectstack/spec`), path aliases, files without extension; or the module whose syntax it cannot strip. Undefined when the module can be loaded.
 */
export function unresolvedImport(module: string, files: ModuleFiles, seen: Set<string> = new Set()): string | undefined {
  if (seen.has(module)) return undefined
  seen.add(module)
  const text = files.textOf(module)
  if (text === undefined) return undefined
  if (/ts$|x$/.test(module) && NOT_ERASABLE.test(text)) return module
  for (const [, from, bare] of text.matchAll(IMPORT)) {
    const specifier = from ?? bare ?? ''
    if (specifier.startsWith('node:')) continue
    if (!specifier.startsWith('.')) {
      if (files.isInstalled(specifier)) continue
      return specifier
    }
    const path = joined(module, specifier)
    if (!/\.\w+$/.test(path) || files.textOf(path) === undefined) return specifier
    const inner = /\.[cm]?[jt]s$/.test(path) ? unresolvedImport(path, files, seen) : undefined
    if (inner !== undefined) return inner
  }
  return undefined
}

/** Enums, namespaces and parameter properties are more than types: Node does not strip them. */
const NOT_ERASABLE =
  /^[ \t]*(?:export[ \t]+)?(?:const[ \t]+)?enum[ \t]|^[ \t]*(?:export[ \t]+)?(?:namespace|module)[ \t]+\w|\bconstructor\s*\([^)]*\b(?:public|private|protected|readonly)\s|^[ \t]*import[ \t]+\w+[ \t]*=/m

/** Imports and re-exports that remain when types are stripped. */
const IMPORT = /^\s*(?:import|export)\s(?!\s*type\s)[^'"`;]*?from\s*['"]([^'"\n]+)['"]|^\s*import\s*['"]([^'"\n]+)['"]/gm

function joined(module: string, specifier: string): string {
  const parts = module.split('/').slice(0, -1)
  for (const part of specifier.split('/'))
    if (part === '..') parts.pop()
    else if (part !== '.') parts.push(part)
  return parts.join('/')
}
