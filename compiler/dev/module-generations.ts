import { registerHooks } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { realPath } from './real-path.ts'

/** The modules of this process, of which some can be imported once more without the rest. */
export interface ModuleGenerations {
  /** Imports of these files and of whatever imports them, up to `top`, may lead to new modules. Paths are absolute. */
  begin(changed: readonly string[], top: string): Generation
}

/** What is imported anew. */
export interface Generation {
  /** Absolute paths. Those of the changed files that nobody has imported yet are not among them. */
  readonly files: ReadonlySet<string>
  /** Who imports a file, and what it imports, as far as was seen. */
  importersOf(path: string): readonly string[]
  importsOf(path: string): readonly string[]
  /** Imports lead to the new modules from now on. */
  enter(): void
  /** Imports lead where they led before. */
  leave(): void
}

/** Node keeps modules by URL, so another query is another module. */
const MARK = /[?&]objectql-generation=\d+$/

const withoutMark = (url: string): string => url.replace(MARK, '')

/** Watches the imports of this process. Call it before the modules it is about are imported. */
export function createModuleGenerations(): ModuleGenerations {
  /** URL → those that import it. */
  const importersByUrl = new Map<string, Set<string>>()
  const importsByUrl = new Map<string, Set<string>>()
  let generationByUrl: ReadonlyMap<string, number> = new Map()
  let latest = 0
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const found = nextResolve(specifier, context)
      if (!found.url.startsWith('file:')) return found
      const { parentURL } = context
      const url = withoutMark(found.url)
      if (parentURL?.startsWith('file:')) {
        note(importersByUrl, url, withoutMark(parentURL))
        note(importsByUrl, withoutMark(parentURL), url)
      }
      const generation = generationByUrl.get(url)
      if (generation === undefined) return found
      return { ...found, url: `${url}${url.includes('?') ? '&' : '?'}objectql-generation=${generation}` }
    },
  })

  return {
    begin(changed, top) {
      const before = generationByUrl
      const changedPaths = new Set(changed.map(realPath))
      const topPath = realPath(top)
      const urls = new Set([...importersByUrl.keys()].filter((url) => changedPaths.has(pathOf(url))))
      // A set hands out what is added while it is gone through.
      for (const url of urls) if (pathOf(url) !== topPath) for (const importer of importersByUrl.get(url) ?? []) urls.add(importer)
      latest++
      const entered = new Map([...before, ...[...urls].map((url) => [url, latest] as const)])
      const known = (byUrl: ReadonlyMap<string, ReadonlySet<string>>) => (path: string) => [
        ...new Set([...(byUrl.get(pathToFileURL(path).href) ?? [])].map(pathOf)),
      ]
      return {
        files: new Set([...urls].map(pathOf)),
        importersOf: known(importersByUrl),
        importsOf: known(importsByUrl),
        enter() {
          generationByUrl = entered
        },
        leave() {
          generationByUrl = before
        },
      }
    },
  }
}

function note(byUrl: Map<string, Set<string>>, from: string, to: string): void {
  const known = byUrl.get(from)
  if (known) known.add(to)
  else byUrl.set(from, new Set([to]))
}

function pathOf(url: string): string {
  const { protocol, pathname } = new URL(url)
  return fileURLToPath(`${protocol}//${pathname}`)
}
