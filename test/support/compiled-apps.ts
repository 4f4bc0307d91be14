import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { compile } from '../../compiler/index.ts'
import type { AppIr } from '../../compiler/ir/object.ts'

const ROOT = join(import.meta.dirname, '..', '..')

export interface AppFolder {
  readonly name: string
  readonly path: string
}

/** Folders of applications written by others, below OBJECTQL_CORPUS. None when it is not set. */
export function corpusApps(): readonly AppFolder[] {
  const corpus = process.env['OBJECTQL_CORPUS']
  if (corpus === undefined) return []
  const isApp = (path: string): boolean => existsSync(join(path, 'src'))
  const below = (path: string): readonly string[] =>
    readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(path, entry.name))
      .flatMap((folder) => (isApp(folder) ? [folder] : below(folder)))
  return [...below(corpus)].sort().map((path) => ({ name: path.slice(corpus.length + 1), path }))
}

/** The sample application of this repository. */
export const sampleApp: AppFolder = { name: 'sample', path: ROOT }

/** What the compiler makes of an application, without writing anything. */
export async function compiledApp({ name, path }: AppFolder): Promise<AppIr> {
  const { isOk, diagnostics, dump } = await compile({ cwd: path, dump: 'ir', useRecord: false })
  if (!isOk) throw new Error(`${name} does not compile: ${diagnostics.find(({ severity }) => severity === 'error')?.message}`)
  return dump as AppIr
}
