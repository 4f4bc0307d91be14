import type { Host } from './host.ts'
import { createModuleRunner, type ModuleRunner } from './module-runner.ts'
import { fromProjectPath } from './project-path.ts'

export interface MemoryHostOptions {
  /** How paths look. Default 'posix'. */
  readonly style?: 'posix' | 'win32'
  /** Default `/app` or `C:\app`. */
  readonly cwd?: string
}

export interface MemoryHost extends Host {
  /** The files as they are now, by absolute path. */
  readonly files: ReadonlyMap<string, string>
}

/** A host that lives in memory: for tests, the playground and editors. File paths may be relative to `cwd`. */
export function createMemoryHost(files: { readonly [path: string]: string }, options: MemoryHostOptions = {}): MemoryHost {
  const style = options.style ?? 'posix'
  const separator = style === 'win32' ? '\\' : '/'
  const cwd = options.cwd ?? (style === 'win32' ? 'C:\\app' : '/app')
  const absolute = (path: string): string => fromProjectPath(cwd, path)
  const textByPath = new Map(Object.entries(files).map(([path, text]) => [absolute(path), text]))
  const readText = (path: string): string | undefined => textByPath.get(absolute(path))
  let runner: ModuleRunner | undefined

  const list = (directory: string): readonly string[] | undefined => {
    const folder = absolute(directory)
    const prefix = folder.endsWith(separator) ? folder : folder + separator
    const names = new Set<string>()
    for (const path of textByPath.keys()) {
      if (!path.startsWith(prefix)) continue
      const [name = '', ...rest] = path.slice(prefix.length).split(separator)
      names.add(rest.length === 0 ? name : `${name}/`)
    }
    return names.size === 0 ? undefined : [...names].sort()
  }

  return {
    cwd,
    files: textByPath,
    readText,
    list,
    exists: (path) => textByPath.has(absolute(path)) || list(path) !== undefined,
    writeText: (path, text) => void textByPath.set(absolute(path), text),
    remove: (path) => void textByPath.delete(absolute(path)),
    importModule(path) {
      runner ??= createModuleRunner({
        root: cwd,
        readText,
        toUrl: (file) => `memory:///${file.replaceAll('\\', '/').replace(/^\//, '').split('/').map(encodeURIComponent).join('/')}`,
        fromUrl: (url) => (url.startsWith('memory:///') ? absolute(fromMemoryUrl(url, style)) : undefined),
      })
      return runner(absolute(path))
    },
  }
}

function fromMemoryUrl(url: string, style: 'posix' | 'win32'): string {
  const path = url.slice('memory:///'.length).split('/').map(decodeURIComponent).join('/')
  return style === 'win32' ? path : `/${path}`
}
