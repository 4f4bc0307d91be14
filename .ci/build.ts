import { spawnSync } from 'node:child_process'
import { hash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { transformSync } from 'oxc-transform'

// Node strips types from our own files but refuses to below node_modules, so what is published is JavaScript:
//   node .ci/build.ts            dist/**/*.js, as `npm install` in this repository and the tests need it
//   node .ci/build.ts --types    the declarations too, as `npm pack` needs it

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')
const SOURCES = ['compiler', 'runtime-lite']

const started = performance.now()
const textByPath = new Map<string, string>()
for (const folder of SOURCES) for (const path of listFiles(folder)) addScript(path)
const hasTypes = process.argv.includes('--types')
if (hasTypes) addDeclarations()
// Part of the compiler's identity: output made by another build is not trusted to be fresh.
textByPath.set('fingerprint', fingerprint())
const written = synchronize()
console.log(`dist: ${textByPath.size} files, ${written} written, ${Math.round(performance.now() - started)} ms`)

function fingerprint(): string {
  const scripts = [...textByPath].filter(([path]) => path.endsWith('.js')).sort(([a], [b]) => (a < b ? -1 : 1))
  return hash('sha256', scripts.flat().join('\0'), 'hex')
}

/** Paths relative to the root, forward slashes. */
function listFiles(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort()
}

function addScript(path: string): void {
  const text = (): string => readFileSync(join(root, path), 'utf8')
  if (path.endsWith('.js') || path.endsWith('.d.ts')) textByPath.set(path, rewriteSpecifiers(text()))
  if (!path.endsWith('.ts') || path.endsWith('.d.ts')) return
  const { code, errors } = transformSync(path, text(), { typescript: { rewriteImportExtensions: 'rewrite', onlyRemoveTypeImports: true } })
  const [error] = errors
  if (error !== undefined) throw new Error(`${path}: ${error.message}`)
  textByPath.set(path.replace(/\.ts$/, '.js'), code)
}

/** `'./x.ts'` → `'./x.js'`, in static and dynamic imports. */
function rewriteSpecifiers(text: string): string {
  return text.replaceAll(/((?:\bfrom|\bimport)\s*\(?\s*)(['"])(\.{1,2}\/[^'"]+)\.ts\2/g, '$1$2$3.js$2')
}

function addDeclarations(): void {
  const out = join(root, 'tmp', `types-${process.pid}`)
  const compiler = join(root, 'node_modules', '@ts', 'native', 'bin', 'tsc')
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', join(root, '.ci', 'tsconfig.json'), '--outDir', out], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`The declarations could not be made:\n${stdout}`)
  for (const entry of readdirSync(out, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    textByPath.set(path.slice(out.length + 1).replaceAll('\\', '/'), rewriteSpecifiers(readFileSync(path, 'utf8')))
  }
  rmSync(out, { recursive: true })
}

/** Makes dist hold exactly these files, touching only what differs. */
function synchronize(): number {
  let count = 0
  for (const [path, text] of textByPath) {
    const target = join(dist, path)
    if (readIfThere(target) === text) continue
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, text)
    count++
  }
  for (const entry of readdirSync(dist, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name)
    // Declarations that an earlier build with --types made are not in the way of anything.
    if (!hasTypes && path.endsWith('.d.ts')) continue
    if (entry.isFile() && !textByPath.has(path.slice(dist.length + 1).replaceAll('\\', '/'))) rmSync(path)
  }
  return count
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
