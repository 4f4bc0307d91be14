import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { compile } from '../../compiler/index.ts'

const TMP = join(import.meta.dirname, '..', '..', 'tmp')

export interface CompiledApp {
  readonly folder: string
  /** `code path` of everything that was reported. */
  readonly reported: readonly string[]
  remove(): void
}

/** Compiles schemas that are written out into a new folder below tmp/. */
export async function compiledApp(files: Readonly<Record<string, string>>, dialects: readonly string[] = ['sqlite']): Promise<CompiledApp> {
  mkdirSync(TMP, { recursive: true })
  const folder = mkdtempSync(join(TMP, 'compiled-'))
  for (const [path, text] of Object.entries({
    'objectql.config.json': JSON.stringify({ name: 'test', input: ['schemas'], dialects }),
    ...files,
  })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const { isOk, diagnostics } = await compile({ cwd: folder })
  const reported = diagnostics.map(({ code, message }) => `${code}: ${message}`)
  if (!isOk) throw new Error(reported.join('\n'))
  return { folder: join(folder, 'generated'), reported, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
