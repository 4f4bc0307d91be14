import { isAbsolute, resolve } from 'node:path'

/** The file of an embedded database, or `:memory:`. */
export type Datasource =
  | { readonly kind: 'file'; readonly path: string; readonly url: string }
  | { readonly kind: 'memory'; readonly url: ':memory:' }

/** Reads a `--db` value. Files are relative to the folder the command runs in. Undefined when it is no SQLite database. */
export function parseDatasource(text: string, cwd: string): Datasource | undefined {
  const path = text.replace(/^(?:sqlite|file):(?:\/\/)?/, '')
  if (path === ':memory:' || path === '') return { kind: 'memory', url: ':memory:' }
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path)) return undefined
  const absolute = isAbsolute(path) ? path : resolve(cwd, path)
  return { kind: 'file', path: absolute, url: `sqlite:${absolute}` }
}
