import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { VERSION } from './version.ts'

const isSource = import.meta.url.endsWith('.ts')

/** Folder of this package: templates, help pages and package.json are in it, whether we run from source or from dist. */
export const packageRoot: string = findPackageRoot()

function findPackageRoot(): string {
  let folder = import.meta.dirname
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  return folder
}

/** Changes whenever the compiler does: a version number is not enough while it is being developed. */
export function compilerFingerprint(): string {
  known ??= findFingerprint()
  return known
}

let known: string | undefined

function findFingerprint(): string {
  const built = join(packageRoot, 'dist', 'fingerprint')
  if (!isSource && existsSync(built)) return `${VERSION} ${readFileSync(built, 'utf8')}`
  let latest = 0
  let count = 0
  for (const folder of ['compiler', 'runtime-lite', 'templates']) {
    for (const entry of readdirSync(join(packageRoot, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue
      latest = Math.max(latest, statSync(join(entry.parentPath, entry.name)).ctimeMs)
      count++
    }
  }
  return `${VERSION} source ${count} ${latest}`
}

/** URL of a module of this package, given without extension: `.ts` while developing, `.js` once built. */
export const ownModuleUrl = (path: string): string =>
  pathToFileURL(isSource ? join(packageRoot, `${path}.ts`) : join(packageRoot, 'dist', `${path}.js`)).href
