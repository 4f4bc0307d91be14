import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const ROOT = join(import.meta.dirname, '..', '..')

export interface Bundle {
  readonly text: string
  readonly minified: number
  /** Bytes that travel: gzip, level 9. */
  readonly gzip: number
}

export function writeFiles(folder: string, files: ReadonlyMap<string, string>): void {
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

/** Bundles a program for browsers, as a front end would. `folder` is where its relative imports are found. */
export async function bundle(program: string, folder: string): Promise<Bundle> {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: folder, loader: 'js' },
    alias: { 'objectql/client': join(ROOT, 'runtime-lite', 'client', 'index.ts') },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    // The project above a temporary folder must not decide how its program is bundled.
    tsconfigRaw: {},
  })
  const text = outputFiles[0]?.text ?? ''
  return { text, minified: Buffer.byteLength(text), gzip: gzipSync(text, { level: 9 }).length }
}
