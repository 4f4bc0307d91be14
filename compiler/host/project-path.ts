import { type PlatformPath, posix, win32 } from 'node:path'

/**
 * Between the platform's absolute paths and the project-relative, forward-slash paths the compiler works with. The style is
 * read off the root, so that a memory host can be Windows on any machine.
 */

/** Relative to `root` with forward slashes: `schemas/account.yml`, `../shared/x.ts`, or '' for the root itself. */
export function toProjectPath(root: string, path: string): string {
  const from = segments(root)
  const to = segments(path)
  const isWindows = isWindowsPath(root)
  const same = (a: string | undefined, b: string | undefined): boolean =>
    a === b || (isWindows && a !== undefined && b !== undefined && a.toLowerCase() === b.toLowerCase())
  let shared = 0
  while (shared < from.length && shared < to.length && same(from[shared], to[shared])) shared++
  // Nothing in common on Windows means another drive: there is no relative path.
  if (isWindows && shared === 0) return path.replaceAll('\\', '/')
  return [...from.slice(shared).map(() => '..'), ...to.slice(shared)].join('/')
}

/** The absolute path, in the root's style, of a project-relative one. Absolute paths are only normalised. */
export function fromProjectPath(root: string, path: string): string {
  const isWindows = isWindowsPath(root)
  const parts = segments(isAbsolutePath(path) ? path : `${root}/${path}`)
  return isWindows ? parts.join('\\') + (parts.length === 1 ? '\\' : '') : `/${parts.join('/')}`
}

/** Node's functions for paths of the root's style. */
export const pathsOf = (root: string): PlatformPath => (isWindowsPath(root) ? win32 : posix)

/** True for `/x`, `C:\x` and `\\server\x`. */
export function isAbsolutePath(path: string): boolean {
  return /^(?:[a-zA-Z]:)?[\\/]/.test(path)
}

const isWindowsPath = (path: string): boolean => /^[a-zA-Z]:|^\\\\/.test(path)

/** Path segments without `.`, `..` and empty ones. A backslash separates only on Windows: elsewhere it is part of a name. */
function segments(path: string): readonly string[] {
  const parts: string[] = []
  for (const part of path.split(isWindowsPath(path) ? /[\\/]+/ : /\/+/)) {
    if (part === '..') parts.pop()
    else if (part !== '.' && part !== '') parts.push(part)
  }
  return parts
}
