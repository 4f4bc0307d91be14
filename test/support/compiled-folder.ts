import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compile } from '../../compiler/index.ts'

const TMP = join(import.meta.dirname, '..', '..', 'tmp')

export interface CompiledFolder {
  /** With the generated code. */
  readonly generated: string
  remove(): void
}

/** Compiles schemas for all databases. @throws Error when the compiler has anything to say; errors alone where it is lenient. */
export async function compiledFolder(
  schemas: Readonly<Record<string, string>>,
  { isLenient = false }: { readonly isLenient?: boolean } = {},
): Promise<CompiledFolder> {
  mkdirSync(TMP, { recursive: true })
  const folder = mkdtempSync(join(TMP, 'compiled-'))
  mkdirSync(join(folder, 'schemas'))
  for (const [name, text] of Object.entries(schemas)) writeFileSync(join(folder, 'schemas', name), text.trimStart())
  writeFileSync(join(folder, 'objectql.config.json'), '{ "dialects": ["sqlite", "postgres", "mysql"] }\n')
  const { isOk, diagnostics } = await compile({ cwd: folder })
  if (!isOk || (!isLenient && diagnostics.length > 0))
    throw new Error(diagnostics.map(({ code, message }) => `${code} ${message}`).join('\n'))
  return { generated: join(folder, 'generated'), remove: () => rmSync(folder, { recursive: true, force: true }) }
}
