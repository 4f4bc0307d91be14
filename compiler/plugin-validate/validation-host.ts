import type { Host } from '../host/host.ts'
import { fromProjectPath } from '../host/project-path.ts'

export interface Overlay {
  /** Texts of files that are there for the validation alone, by path relative to the root. */
  readonly files: { readonly [path: string]: string }
  /** Files that are not there and the ones that stand for them, relative to the root: what a build makes, and its source. */
  readonly sources: { readonly [path: string]: string }
}

/** A host with some files more than there are. Nothing is ever written through it. */
export function createValidationHost(host: Host, root: string, { files, sources }: Overlay): Host {
  const absolute = <Value>(values: { readonly [path: string]: Value }): ReadonlyMap<string, Value> =>
    new Map(Object.entries(values).map(([path, value]) => [fromProjectPath(root, path), value]))
  const textByPath = absolute(files)
  const sourceByPath = absolute(sources)
  const real = (path: string): string => {
    const source = sourceByPath.get(path)
    return source === undefined ? path : fromProjectPath(root, source)
  }
  return {
    cwd: root,
    readText: (path) => textByPath.get(path) ?? host.readText(real(path)),
    list: (folder) => host.list(folder),
    exists: (path) => textByPath.has(path) || host.exists(real(path)),
    importModule: (path) => host.importModule(real(path)),
    writeText: () => undefined,
    remove: () => undefined,
  }
}
