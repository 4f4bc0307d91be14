import { isAbsolute, resolve } from 'node:path'

/** The file of an embedded database, `:memory:`, or a database on a server. */
export type Datasource =
  | { readonly kind: 'file'; readonly path: string; readonly url: string }
  | { readonly kind: 'memory'; readonly url: ':memory:' }
  | { readonly kind: 'remote'; readonly url: string }

/** Reads a `--db` value. Files are relative to the folder the command runs in. Undefined when no application runs on it. */
export function parseDatasource(text: string, cwd: string): Datasource | undefined {
  if (isRemote(text)) return { kind: 'remote', url: text }
  const path = text.replace(/^(?:sqlite|file):(?:\/\/)?/, '')
  if (path === ':memory:' || path === '') return { kind: 'memory', url: ':memory:' }
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path)) return undefined
  const absolute = isAbsolute(path) ? path : resolve(cwd, path)
  return { kind: 'file', path: absolute, url: `sqlite:${absolute}` }
}

/** Whether a URL leads to a server. */
export const isRemote = (url: string): boolean => /^(?:postgres|postgresql|mysql|mariadb):\/\//i.test(url)

/** A URL as it may be shown: the password is left out. */
export const shownUrl = (url: string): string =>
  url.replace(/^([a-z][a-z0-9+.-]*:\/\/[^/?#:]*):.*@/i, '$1:***@').replace(/([?&](?:password|pass|pwd)=)[^&]*/gi, '$1***')
