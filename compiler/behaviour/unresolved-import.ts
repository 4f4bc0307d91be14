/** What a compile knows about the files of a project and the packages installed for it. */
export interface ModuleFiles {
  /** Text of a module by its path in the project. */
  readonly textOf: (path: string) => string | undefined
  /** True when Node finds the package that a specifier names. */
  readonly isInstalled: (specifier: string) => boolean
}

/**
 * The first import that Node would not find when the generated server loads a module, its own imports included: packages that exist while compiling
 * only (`@objectstack/spec`), path aliases, files without extension. Undefined when the module can be loaded.
 */
export function unresolvedImport(module: string, files: ModuleFiles, seen: Set<string> = new Set()): string | undefined {
  if (seen.has(module)) return undefined
  seen.add(module)
  const text = files.textOf(module)
  if (text === undefined) return undefined
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

/** Imports and re-exports that remain when types are stripped. */
const IMPORT = /^\s*(?:import|export)\s(?!\s*type\s)[^'"`;]*?from\s*['"]([^'"\n]+)['"]|^\s*import\s*['"]([^'"\n]+)['"]/gm

function joined(module: string, specifier: string): string {
  const parts = module.split('/').slice(0, -1)
  for (const part of specifier.split('/'))
    if (part === '..') parts.pop()
    else if (part !== '.') parts.push(part)
  return parts.join('/')
}
