import { spawnSync } from 'node:child_process'
import { hash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { build } from 'esbuild'
import { transformSync } from 'oxc-transform'

// Node strips types from our own files but refuses to below node_modules, so what is published is JavaScript:
//   node .ci/build.ts            dist/**/*.js, as `npm install` in this repository and the tests need it
//   node .ci/build.ts --types    the declarations too, as `npm pack` needs it

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')

/** Modules of the compiler that are started, imported by name or loaded by URL. */
const COMPILER_ENTRIES = ['cli/main', 'dev/app-process', 'host/import-url', 'index', 'spec/index', 'spec/stand-in']

/** Packages of many small files of which the compiler uses a part. */
const BUNDLED = ['kysely']

const started = performance.now()
const textByPath = new Map<string, string>()
// Applications import the runtime, and their bundlers take the modules they need: one file for each of ours.
for (const path of listFiles('runtime-lite')) addScript(path)
await addCompiler()
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

/**
 * The compiler in a few chunks, loaded as they are needed: finding, reading and linking 500 small files took a third of compiling
 * a small application. Nothing is minified, so a stack trace still says where to look.
 */
async function addCompiler(): Promise<void> {
  addScript('compiler/cli/bin.js')
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: COMPILER_ENTRIES.map((name) => `compiler/${name}.ts`),
    outbase: '.',
    outdir: 'dist',
    chunkNames: 'compiler/chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    write: false,
    metafile: true,
    plugins: [
      {
        name: 'what stays outside',
        setup({ onResolve }) {
          // Whatever uses the runtime is printed two folders below dist, however deep its sources are.
          onResolve({ filter: /\/runtime-lite\// }, ({ path, resolveDir }) => {
            const module = relative(root, join(resolveDir, path)).replaceAll('\\', '/')
            return { path: `../../${module.replace(/\.ts$/, '.js')}`, external: true }
          })
          onResolve({ filter: /^[^./]/ }, ({ path }) => (BUNDLED.includes(path) ? undefined : { path, external: true }))
        },
      },
    ],
  })
  for (const [path, { imports }] of Object.entries(metafile.outputs)) {
    for (const { path: imported } of imports.filter(({ path: name, external }) => external && name.startsWith('.')))
      if (!textByPath.has(join(dirname(relative(dist, join(root, path))), imported).replaceAll('\\', '/')))
        throw new Error(`${path} imports ${imported}, which is not there.`)
  }
  for (const { path, text } of outputFiles) textByPath.set(relative(dist, path).replaceAll('\\', '/'), text)
  for (const name of BUNDLED)
    textByPath.set(`compiler/chunks/${name}.LICENSE`, readFileSync(join(root, 'node_modules', name, 'LICENSE'), 'utf8'))
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
