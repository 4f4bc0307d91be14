import { spawnSync } from 'node:child_process'
import { hash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { type ChunkingContext, rolldown } from 'rolldown'
import { ENTRY_POINTS } from '../compiler/dev/entry-points.ts'

// Node strips types from our own files but refuses to below node_modules, so what is published is JavaScript:
//   node .ci/build.ts            dist/**/*.js, as `npm install` in this repository and the tests need it
//   node .ci/build.ts --types    the declarations too, as `npm pack` needs it

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')

/** Modules that are started or loaded by URL, besides those that are imported by name. */
const STARTED = ['compiler/cli/main', 'compiler/dev/app-process', 'compiler/host/import-url', 'compiler/spec/stand-in']

/** What every server imports. */
const SERVER_START = ['runtime-lite/index', 'runtime-lite/rest/index']

/** What the first request loads. */
const FIRST_REQUEST = ['runtime-lite/app/open-stores']

/** What browsers import: they have nothing of Node, and want nothing that is not used. */
const BROWSER = ['runtime-lite/client/index', 'runtime-lite/validate/index']

/** What every command loads, what a compile loads that has nothing to do, and what one with something to do loads besides. */
const COMPILER = {
  cli: ['compiler/cli/main'],
  upToDate: ['compiler/compile-project'],
  compile: ['compiler/compile', 'compiler/6-emit/emit'],
}

/** Chunks of servers and of the compiler, those first that the ones behind them import. */
const CHUNKS = ['everywhere', 'query-syntax', 'query', 'server', 'store', 'cli', 'up-to-date', 'compile'] as const

/** Packages of many small files of which the compiler uses a part. The runtime uses the same one as the application. */
const BUNDLED = ['kysely', '@dagrejs/dagre']

const started = performance.now()
const textByPath = new Map<string, string>()
textByPath.set('compiler/cli/bin.js', rewriteSpecifiers(readFileSync(join(root, 'compiler/cli/bin.js'), 'utf8')))
await addScripts()
await addGraphPage()
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

/**
 * Everything in a few chunks, loaded as they are needed. Finding, reading and linking small files took a third of compiling a small
 * application, and half of starting one: what each server loads at its start is one file. Nothing is minified, so a stack trace still
 * says where to look, and bundlers of applications still leave out what is not used.
 */
async function addScripts(): Promise<void> {
  const paths = [...STARTED, ...Object.values(ENTRY_POINTS)]
  const bundle = await rolldown({
    cwd: root,
    input: Object.fromEntries(paths.map((path) => [path, join(root, `${path}.ts`)])),
    platform: 'node',
    tsconfig: false,
    treeshake: { moduleSideEffects: false },
    external: (name, importer = '') =>
      !name.startsWith('.') && !isAbsolute(name) && !(BUNDLED.includes(name) && importer.startsWith(join(root, 'compiler'))),
  })
  let chunkOf: ReturnType<typeof chunks> | undefined
  const { output } = await bundle.generate({
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    codeSplitting: {
      // A group takes along what its modules import, unless a group of a higher priority has it.
      groups: CHUNKS.map((chunk, index) => ({
        name(id, modules) {
          chunkOf ??= chunks(modules)
          return chunkOf(id) === chunk ? chunk : null
        },
        debugName: chunk,
        priority: CHUNKS.length - index,
      })),
    },
  })
  for (const file of output) if (file.type === 'chunk') textByPath.set(file.fileName, file.code)
  for (const name of BUNDLED) textByPath.set(`chunks/${name}.LICENSE`, readFileSync(join(root, 'node_modules', name, 'LICENSE'), 'utf8'))
}

/** What is inlined into pages of `objectql graph`. Whoever passes such a page on passes on what is in it, with its licence. */
async function addGraphPage(): Promise<void> {
  const input = join(root, 'compiler/graph/page/page.ts')
  const bundle = await rolldown({ cwd: root, input, platform: 'browser', tsconfig: false, treeshake: { moduleSideEffects: false } })
  const { output } = await bundle.generate({ format: 'iife', minify: true })
  const licence = readFileSync(join(root, 'node_modules/d3-zoom/LICENSE'), 'utf8').trim()
  textByPath.set('compiler/graph/page.js', `/* d3\n${licence}\n*/\n${output[0].code}`)
}

/** Which chunk has what every server loads, at its start and with its first request, and what every compile loads; null for the rest. */
function chunks(modules: ChunkingContext): (id: string) => (typeof CHUNKS)[number] | null {
  const importsOf = (id: string): readonly string[] => modules.getModuleInfo(id)?.importedIds ?? []
  const atStart = reached(SERVER_START, importsOf)
  const atFirstRequest = reached(FIRST_REQUEST, importsOf)
  const inBrowsers = reached(BROWSER, importsOf)
  const inCompiler = reached(['compiler/compile'], (id) => {
    const later = modules.getModuleInfo(id)?.dynamicallyImportedIds ?? []
    return [...importsOf(id), ...later.filter((imported) => imported.startsWith(join(root, 'compiler')))]
  })
  const inCli = reached(COMPILER.cli, importsOf)
  const whenUpToDate = reached(COMPILER.upToDate, importsOf)
  const inCompile = reached(COMPILER.compile, importsOf)
  return (id) => {
    if (!atFirstRequest.has(id) && !atStart.has(id)) {
      if (inCli.has(id)) return 'cli'
      if (whenUpToDate.has(id)) return 'up-to-date'
      return inCompile.has(id) ? 'compile' : null
    }
    if (inBrowsers.has(id)) return 'everywhere'
    if (inCompiler.has(id)) return atStart.has(id) ? 'query-syntax' : 'query'
    return atStart.has(id) ? 'server' : 'store'
  }
}

function reached(paths: readonly string[], importsOf: (id: string) => readonly string[]): ReadonlySet<string> {
  const found = new Set(paths.map((path) => join(root, `${path}.ts`)))
  for (const id of found) for (const imported of importsOf(id)) found.add(imported)
  return found
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
