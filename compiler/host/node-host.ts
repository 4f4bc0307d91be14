import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Host } from './host.ts'
import type { ModuleRunner } from './module-runner.ts'

/** The disk. `cwd` defaults to the process's own. */
export function createNodeHost(options: { readonly cwd?: string } = {}): Host {
  const cwd = resolve(options.cwd ?? process.cwd())
  let runner: ModuleRunner | undefined
  let writes = 0
  return {
    cwd,
    readText,
    list(directory) {
      const entries = orMissing(() => readdirSync(directory, { withFileTypes: true }))
      // A link to a folder counts as a file: following it could go round in circles.
      return entries?.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).sort()
    },
    exists: (path) => statSync(path, { throwIfNoEntry: false }) !== undefined,
    writeText(path, text) {
      const folder = dirname(path)
      mkdirSync(folder, { recursive: true })
      const temporary = join(folder, `.${basename(path)}.${process.pid}.${writes++}.tmp`)
      try {
        writeFileSync(temporary, text)
        renameSync(temporary, path)
      } catch (cause) {
        rmSync(temporary, { force: true })
        throw cause
      }
    },
    remove: (path) => rmSync(path, { force: true }),
    async importModule(path) {
      if (runner === undefined) {
        const { createModuleRunner } = await import('./module-runner.ts')
        runner ??= createModuleRunner({
          root: cwd,
          readText,
          toUrl: (file) => pathToFileURL(file).href,
          fromUrl: (url) => (url.startsWith('file:') ? fileURLToPath(url) : undefined),
        })
      }
      return runner(resolve(cwd, path))
    },
  }
}

function readText(path: string): string | undefined {
  return orMissing(() => readFileSync(path, 'utf8'))
}

const MISSING_CODES = new Set(['ENOENT', 'ENOTDIR', 'EISDIR'])

function orMissing<Value>(read: () => Value): Value | undefined {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && MISSING_CODES.has(String(cause.code))) return undefined
    throw cause
  }
}
