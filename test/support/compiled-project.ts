import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { compile, type Diagnostic } from '../../compiler/index.ts'

const TMP = join(import.meta.dirname, '..', '..', 'tmp')

export interface CompiledProject {
  readonly folder: string
  /** Where the generated code is. */
  readonly output: string
  readonly isOk: boolean
  readonly diagnostics: readonly Diagnostic[]
  remove(): void
}

/** Writes files into a new folder below tmp/, where packages are found as from here, and compiles it as users do. */
export async function compiledProject(files: Readonly<Record<string, string>>): Promise<CompiledProject> {
  mkdirSync(TMP, { recursive: true })
  const folder = mkdtempSync(join(TMP, 'project-'))
  const config = 'objectql.config.ts' in files ? {} : { 'objectql.config.json': '{"name":"made","dialects":["sqlite"]}' }
  for (const [path, text] of Object.entries({ ...config, ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const { isOk, diagnostics } = await compile({ cwd: folder })
  return { folder, output: join(folder, 'generated'), isOk, diagnostics, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
