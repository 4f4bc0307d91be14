import { createRequire } from 'node:module'
import { extname } from 'node:path'

const { cache } = createRequire(import.meta.url)

/** Why a module cannot be imported a second time, as a clause; undefined when it can. */
export function keptModule(path: string, imports: readonly string[]): string | undefined {
  // `require` keeps modules by path, whatever the query of their URL.
  if (cache[path] !== undefined || extname(path) === '.cjs' || extname(path) === '.cts') return 'is a CommonJS module'
  return imports.some((imported) => extname(imported) === '.node') ? 'loads a native addon' : undefined
}
