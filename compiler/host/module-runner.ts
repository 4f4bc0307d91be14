import { createRequire, registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'
import { ownModuleUrl } from '../package-identity.ts'
import { type CompiledModule, compileModule } from './compile-module.ts'
import type { Host } from './host.ts'
import { locateThrown } from './locate-thrown.ts'
import { createModuleFailure, isModuleFailure, type ModuleFailure } from './module-failure.ts'
import { createModuleGraph, type ModuleGraph } from './module-graph.ts'
import { createModuleResolver, type ModuleFiles, type ModuleResolver } from './module-resolver.ts'
import { isReplaceable, isSpecPackage, OWN_URL, standInUrl } from './stand-in-module.ts'

export type ModuleRunner = Host['importModule']

interface Run {
  readonly id: number
  readonly files: ModuleFiles
  readonly graph: ModuleGraph
  readonly resolver: ModuleResolver
  readonly compiled: Map<string, CompiledModule & { readonly text: string }>
  /** What the module being executed asked for in vain, and the packages a stand-in replaced. */
  missing: { readonly specifier: string; readonly importer: string } | undefined
  readonly replaced: Set<string>
}

/** Every project file is imported as `<url>?objectql=<runner>.<version>`: a changed file gets a new version and so is executed anew. */
const VERSIONED = /\?objectql=(\d+)\.\d+$/

const runs: Run[] = []

/**
 * Executes user modules in this process: TypeScript of any kind, imports without extension, folder imports, `paths` of the
 * nearest tsconfig.json and `@objectstack/spec`. A file that changed is executed again together with everything that imports it;
 * everything else stays the very same module, so that objects keep their identity.
 */
export function createModuleRunner(files: ModuleFiles): ModuleRunner {
  if (runs.length === 0) registerHooks({ resolve: resolveModule, load: loadModule })
  const graph = createModuleGraph(files.readText)
  const run: Run = {
    id: runs.length,
    files,
    graph,
    resolver: createModuleResolver(files),
    compiled: new Map(),
    missing: undefined,
    replaced: new Set(),
  }
  runs.push(run)
  return (path) => runModule(run, path)
}

const versionedUrl = ({ id, files, graph }: Run, path: string): string => `${files.toUrl(path)}?objectql=${id}.${graph.versionOf(path)}`

/**
 * Loaded by Node itself, whoever loads this file: test runners and bundlers rewrite `import()` to loaders of their own, which
 * know nothing of our hooks.
 */
const { importUrl }: typeof import('./import-url.ts') = createRequire(import.meta.url)(
  fileURLToPath(ownModuleUrl('compiler/host/import-url')),
)

async function runModule(run: Run, path: string): ReturnType<ModuleRunner> {
  const { files, graph } = run
  graph.refresh(path)
  run.resolver.refresh()
  run.missing = undefined
  run.replaced.clear()
  if (files.readText(path) === undefined) {
    throw createModuleFailure({ kind: 'not-found', message: 'the file does not exist', specifier: path, inputs: [path] })
  }
  try {
    const namespace = await importUrl(versionedUrl(run, path))
    return { exports: { ...namespace }, inputs: graph.closureOf(path), standIns: [...run.replaced].sort() }
  } catch (cause) {
    graph.markFailed(path)
    throw explain(run, path, cause)
  }
}

function explain(run: Run, path: string, cause: unknown): ModuleFailure {
  const inputs = run.graph.closureOf(path)
  if (isModuleFailure(cause)) return createModuleFailure({ ...cause, kind: cause.kind, message: cause.message, inputs })
  if (
    run.missing !== undefined &&
    hasCode(cause, ['ERR_MODULE_NOT_FOUND', 'ERR_PACKAGE_PATH_NOT_EXPORTED', 'ERR_UNSUPPORTED_DIR_IMPORT', 'MODULE_NOT_FOUND'])
  ) {
    const { specifier, importer } = run.missing
    const place = run.compiled.get(importer)?.placeOfImport(specifier)
    return createModuleFailure({
      kind: 'not-found',
      message: `cannot find "${specifier}"`,
      specifier,
      ...(place === undefined ? {} : { place: { path: importer, ...place } }),
      inputs,
    })
  }
  const place = locateThrown(cause, (url) => {
    const file = run.files.fromUrl(url.replace(VERSIONED, ''))
    const compiled = file === undefined ? undefined : run.compiled.get(file)
    return file === undefined || compiled === undefined ? undefined : { path: file, text: compiled.text, compiled }
  })
  return createModuleFailure({ kind: 'thrown', message: firstLine(cause), ...(place === undefined ? {} : { place }), inputs })
}

const hasCode = (cause: unknown, codes: readonly string[]): boolean =>
  cause instanceof Error && 'code' in cause && codes.includes(String(cause.code))

function firstLine(cause: unknown): string {
  const text = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
  return (text.split('\n')[0] ?? '').replace(/[.:\s]+$/, '')
}

function runOf(url: string | undefined): Run | undefined {
  const match = url === undefined ? null : VERSIONED.exec(url)
  return match === null ? undefined : runs[Number(match[1])]
}

type ResolveHook = NonNullable<Parameters<typeof registerHooks>[0]['resolve']>
type LoadHook = NonNullable<Parameters<typeof registerHooks>[0]['load']>

const resolveModule: ResolveHook = (specifier, context, nextResolve) => {
  // The entry itself: nobody imports it, it comes with its version.
  if (runOf(specifier) !== undefined) return { url: specifier, shortCircuit: true }
  const run = runOf(context.parentURL)
  const importer = run?.files.fromUrl((context.parentURL ?? '').replace(VERSIONED, ''))
  if (run === undefined || importer === undefined) return nextResolve(specifier, context)
  const names = run.compiled.get(importer)?.namesImportedFrom(specifier) ?? []
  if (specifier === 'objectql') return { url: OWN_URL, shortCircuit: true }
  if (isSpecPackage(specifier)) return { url: standInUrl(specifier, names), shortCircuit: true }
  const path = run.resolver.resolve(specifier, importer)
  if (path !== undefined) {
    run.graph.addImport(importer, path, run.resolver.configPathOf(specifier, importer))
    return { url: versionedUrl(run, path), shortCircuit: true }
  }
  try {
    const resolved = nextResolve(specifier, {
      ...context,
      parentURL: run.files.toUrl(importer).startsWith('file:') ? context.parentURL : import.meta.url,
    })
    // A workspace package is linked into node_modules, but its real place is in the project: its sources may be TypeScript too.
    const linked = resolved.url.includes('/node_modules/') ? undefined : run.files.fromUrl(resolved.url)
    if (linked === undefined || run.files.readText(linked) === undefined) return resolved
    run.graph.addImport(importer, linked)
    return { ...resolved, format: null, url: versionedUrl(run, linked), shortCircuit: true }
  } catch (cause) {
    if (isReplaceable(specifier)) {
      run.replaced.add(specifier)
      return { url: standInUrl(specifier, names), shortCircuit: true }
    }
    run.missing = { specifier, importer }
    throw cause
  }
}

const loadModule: LoadHook = (url, context, nextLoad) => {
  const run = runOf(url)
  const path = run?.files.fromUrl(url.replace(VERSIONED, ''))
  if (run === undefined || path === undefined) return nextLoad(url, context)
  const text = run.files.readText(path)
  if (text === undefined) throw createModuleFailure({ kind: 'not-found', message: 'the file does not exist', specifier: path, inputs: [] })
  run.graph.setText(path, text)
  const known = run.compiled.get(path)
  const compiled = known?.text === text ? known : { ...compileModule(path, text), text }
  run.compiled.set(path, compiled)
  if (compiled.failure !== undefined) throw createModuleFailure({ kind: 'syntax', ...compiled.failure, inputs: [] })
  const isJson = context.importAttributes?.['type'] === 'json'
  return isJson
    ? { format: 'json', source: text, shortCircuit: true }
    : { format: compiled.format, source: compiled.code, shortCircuit: true }
}
