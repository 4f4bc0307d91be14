import type { Host } from '../host/host.ts'
import { fromProjectPath } from '../host/project-path.ts'

const SOURCE = /\.(?:[cm]?[jt]s|[jt]sx)$/
const NEVER_SEARCHED: ReadonlySet<string> = new Set(['node_modules/', '.git/', 'dist/', 'build/'])

/** Source files by folders, files and globs (`src/**\/*.ts`), relative to the root, sorted. Declarations and what was generated are left out. */
export function findSources(
  host: Host,
  root: string,
  { sources, output }: { readonly sources: readonly string[]; readonly output: string },
) {
  const found = new Set<string>()
  const search = (folder: string, isWanted: (path: string) => boolean): void => {
    for (const name of host.list(fromProjectPath(root, folder === '' ? '.' : folder)) ?? []) {
      const path = folder === '' ? name : `${folder}/${name}`
      if (!name.endsWith('/')) {
        if (SOURCE.test(name) && !/\.d\.[cm]?ts$/.test(name) && isWanted(path)) found.add(path)
      } else if (!NEVER_SEARCHED.has(name) && path.slice(0, -1) !== output) search(path.slice(0, -1), isWanted)
    }
  }
  for (const source of sources) {
    const path = source.replaceAll('\\', '/').replace(/^\.\//, '').replace(/\/$/, '')
    const star = path.search(/[*{?]/)
    if (star >= 0) {
      const pattern = globPattern(path)
      search(path.slice(0, path.lastIndexOf('/', star) + 1).replace(/\/$/, ''), (file) => pattern.test(file))
    } else if (host.list(fromProjectPath(root, path === '' ? '.' : path)) !== undefined) search(path === '.' ? '' : path, () => true)
    else if (host.exists(fromProjectPath(root, path))) found.add(path)
  }
  return [...found].sort()
}

/** `**` for any folders, `*` and `?` inside a name, `{a,b}` for either. */
function globPattern(glob: string): RegExp {
  const text = glob.replaceAll(/\*\*\/|\*\*|\*|\?|\{[^}]*\}|[.+^$()|[\]\\]/g, (part) => {
    if (part === '**/') return '(?:.*/)?'
    if (part === '**') return '.*'
    if (part === '*') return '[^/]*'
    if (part === '?') return '[^/]'
    if (part.startsWith('{')) return `(?:${part.slice(1, -1).replaceAll('.', '\\.').split(',').join('|')})`
    return `\\${part}`
  })
  return new RegExp(`^${text}$`)
}
