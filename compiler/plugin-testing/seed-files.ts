import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const SEEDS = /\.data\.(?:ya?ml|json|[cm]?[jt]s)$/

/** Absolute paths of a seed file, or of those of a folder. @throws TypeError where there is none. */
export function seedFiles(path: string): readonly string[] {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) throw new TypeError(`There is no file or folder ${path}.`)
  const files = found.isDirectory() ? readdirSync(path, { recursive: true, encoding: 'utf8' }).map((name) => join(path, name)) : [path]
  const seeds = files.filter((file) => SEEDS.test(file)).sort()
  if (seeds.length === 0) throw new TypeError(`No seed file is called ${path}: their names are like "account.data.yml".`)
  return seeds
}
