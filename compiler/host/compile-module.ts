import { SourceMap } from 'node:module'
import { parseSync } from 'oxc-parser'
import { transformSync } from 'oxc-transform'
import { createLineIndex } from '../source/line-index.ts'

/** A module ready for Node, with what is needed to explain a failure in terms of its source. */
export interface CompiledModule {
  readonly code: string
  readonly format: 'module' | 'commonjs'
  /** The text is not TypeScript. Offsets are into the source. */
  readonly failure?: { readonly message: string; readonly place?: { readonly path: string; readonly start: number; readonly end: number } }
  /** Names imported as values from a specifier. */
  namesImportedFrom(specifier: string): readonly string[]
  placeOfImport(specifier: string): { readonly start: number; readonly end: number } | undefined
  /** Offset in the source of a line and column (from 1) in `code`. */
  sourceOffset(line: number, column: number): number | undefined
}

/** Strips types, turns enums and the like into JavaScript, and checks the syntax of plain JavaScript too. */
export function compileModule(path: string, text: string): CompiledModule {
  const extension = /\.[a-z]+$/.exec(path)?.[0] ?? ''
  if (extension === '.json') return { ...NOTHING_TO_EXPLAIN, code: `export default ${text}`, format: 'module' }
  // One character for another: offsets stay true.
  const source = text.replace(/^\uFEFF/, ' ')
  const { code, errors } = transformSync(path, source, { sourcemap: false })
  const [problem] = errors.filter(({ severity }) => severity === 'Error')
  if (problem !== undefined) {
    // The transformer counts bytes, the parser UTF-16 code units.
    const [parsed] = parseSync(path, source, { showSemanticErrors: true }).errors
    const label = parsed?.labels[0]
    const failure = {
      message: (parsed ?? problem).message.replace(/\.$/, ''),
      ...(label === undefined ? {} : { place: { path, start: label.start, end: label.end } }),
    }
    return { ...NOTHING_TO_EXPLAIN, code: '', format: 'module', failure }
  }
  const requests = lazy(() => readRequests(path, source))
  const isCommonJs = COMMON_JS_EXTENSIONS.has(extension) || (USES_COMMON_JS.test(code) && !parseSync(path, source).module.hasModuleSyntax)
  return {
    code,
    format: isCommonJs ? 'commonjs' : 'module',
    namesImportedFrom: (specifier) => requests().flatMap((request) => (request.specifier === specifier ? request.names : [])),
    placeOfImport: (specifier) => requests().find((request) => request.specifier === specifier),
    sourceOffset: (line, column) => sourceOffset(path, source, line, column),
  }
}

const COMMON_JS_EXTENSIONS: ReadonlySet<string> = new Set(['.cjs', '.cts'])
const USES_COMMON_JS = /\bmodule\.exports\b|\bexports\.\w/

const NOTHING_TO_EXPLAIN = { namesImportedFrom: () => [], placeOfImport: () => undefined, sourceOffset: () => undefined }

/** One import or re-export: what it names, what it takes, and where the specifier stands (without quotes). */
interface ModuleRequest {
  readonly specifier: string
  readonly names: readonly string[]
  readonly start: number
  readonly end: number
}

function readRequests(path: string, source: string): readonly ModuleRequest[] {
  const { staticImports, staticExports } = parseSync(path, source).module
  const imports = staticImports.map(({ moduleRequest, entries }) => ({
    moduleRequest,
    names: entries
      .filter(({ isType }) => !isType)
      .flatMap(({ importName }) => (importName.kind === 'Default' ? ['default'] : (importName.name ?? []))),
  }))
  const exports = staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ moduleRequest, importName, isType }) =>
      moduleRequest === null ? [] : [{ moduleRequest, names: isType ? [] : [importName.name ?? []].flat() }],
    ),
  )
  return [...imports, ...exports].map(({ moduleRequest, names }) => ({
    specifier: moduleRequest.value,
    names,
    start: moduleRequest.start + 1,
    end: moduleRequest.end - 1,
  }))
}

/** The source map is made when something failed, not for every module: it is the slow part of the transformation. */
function sourceOffset(path: string, source: string, line: number, column: number): number | undefined {
  const { map } = transformSync(path, source, { sourcemap: true })
  if (map === undefined) return undefined
  const payload = { ...map, file: path, sourceRoot: '', sourcesContent: [source] }
  const entry = new SourceMap(payload).findEntry(line - 1, column - 1)
  if (!('originalLine' in entry) || entry.originalLine === undefined) return undefined
  return createLineIndex(source).offsetAt({ line: entry.originalLine + 1, column: entry.originalColumn + 1 })
}

function lazy<Value>(create: () => Value): () => Value {
  let made: { readonly value: Value } | undefined
  return () => {
    made ??= { value: create() }
    return made.value
  }
}
