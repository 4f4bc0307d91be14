import { posix } from 'node:path'
import { portableModule } from '../host/portable-module.ts'
import { isSpecPackage } from '../host/stand-in-module.ts'
import type { ModuleIr } from '../ir/handler.ts'
import * as spec from '../spec/index.ts'
import { copyPath, SOURCE } from './copy-path.ts'
import { type ModuleFiles, unresolvedImport } from './unresolved-import.ts'

/** The modules of handlers that Node would not load as they are, made such that it does. */
export interface CopiedModules {
  /** Copies a module and what it imports, where they need it. Gives the import that nobody can make work, or undefined. */
  add(module: string): string | undefined
  /** All copies so far, by path. */
  all(): readonly ModuleIr[]
}

/**
 * Path aliases of `tsconfig.json`, files without extension, `@objectstack/spec` and syntax that Node does not strip are what compilers and bundlers see
 * to; the server has none. So such a module is printed once more, as JavaScript whose imports lead where they led while compiling.
 */
export function createCopiedModules(files: ModuleFiles): CopiedModules {
  const copies = new Map<string, ModuleIr>()

  function copy(module: string, made: Map<string, ModuleIr>): string | undefined {
    if (made.has(module) || copies.has(module)) return undefined
    const text = files.textOf(module)
    if (text === undefined) return module
    const path = copyPath(module)
    if (module.endsWith('.json')) {
      made.set(module, { source: module, path, code: `export default ${text.trim()}\n`, mappings: '' })
      return undefined
    }
    // Before its imports: they may lead back to it.
    made.set(module, { source: module, path, code: '', mappings: '' })
    const inner: string[] = []
    let missing: string | undefined
    const printed = portableModule(module, text, (specifier, names) => {
      if (specifier.startsWith('node:')) return specifier
      if (isSpecPackage(specifier)) return names.every((name) => Object.hasOwn(spec, name)) ? 'objectql/spec' : undefined
      const found = files.resolve(specifier, module)
      if (found === undefined) return files.isInstalled(specifier) && !specifier.startsWith('.') ? specifier : undefined
      if (!found.endsWith('.json') && unresolvedImport(found, files) === undefined) return SOURCE + found
      inner.push(found)
      const relative = posix.relative(posix.dirname(path), copyPath(found))
      return relative.startsWith('.') ? relative : `./${relative}`
    })
    if ('missing' in printed) return printed.missing
    made.set(module, { source: module, path, ...printed })
    for (const found of inner) missing ??= copy(found, made)
    return missing
  }

  return {
    add(module) {
      const made = new Map<string, ModuleIr>()
      const missing = copy(module, made)
      if (missing === undefined) for (const [name, one] of made) copies.set(name, one)
      return missing
    },
    all: () => [...copies.values()].sort((left, right) => (left.path < right.path ? -1 : 1)),
  }
}
