import { diagnose } from '../diagnostics/diagnose.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Host } from '../host/host.ts'
import { isModuleFailure } from '../host/module-failure.ts'
import { fromProjectPath, toProjectPath } from '../host/project-path.ts'
import { Span } from '../source/span.ts'
import { classifyNamedFile, type InputFile } from './classify-file.ts'
import type { Document, ModuleDocument } from './document.ts'
import { findInputs, type InputRoots } from './find-inputs.ts'
import { readJson } from './read-json.ts'
import { readPluginManifest } from './read-plugin-manifest.ts'
import type { ReadData } from './read-yaml.ts'

export interface Loaded {
  /** Sorted by path; several documents of one file keep their order. */
  readonly documents: readonly Document[]
  /** Project-relative paths of every file that had a say, imported modules included, sorted. */
  readonly inputs: readonly string[]
  readonly diagnostics: readonly Diagnostic[]
}

/** What data files were read as, by path and kind, while they hold the same text. */
export type LoadMemory = Map<string, { readonly text: string; readonly loaded: Loaded }>

/**
 * Reads every metadata file under the configured inputs: bytes in, trees with spans out. Meaning comes later. With a memory, a data
 * file that did not change yields the very documents of the last time.
 */
export async function load(options: InputRoots, host: Host, memory?: LoadMemory): Promise<Loaded> {
  const found = findInputs(options, host)
  const diagnostics = [...found.diagnostics]
  const documents: Document[] = []
  const inputs = new Set<string>()
  const imported = new Set<string>()
  for (const file of found.files) {
    inputs.add(file.path)
    const read = await readFile(file, options.root, host, memory)
    documents.push(...read.documents)
    diagnostics.push(...read.diagnostics)
    for (const input of read.inputs) inputs.add(input)
    if (file.kind === 'stack' || file.kind === 'plugin') for (const input of read.inputs) imported.add(input)
  }
  for (const { path } of found.files) imported.delete(path)
  for (const path of [...imported].filter(isModule).sort()) documents.push(...(await readImport(path, options.root, host)))
  return { documents, inputs: [...inputs].sort(), diagnostics }
}

async function readFile(file: InputFile, root: string, host: Host, memory?: LoadMemory): Promise<Loaded> {
  const absolute = fromProjectPath(root, file.path)
  let text: string | undefined
  try {
    text = host.readText(absolute)
  } catch (cause) {
    return failed(diagnose('load/unreadable-file', Span.file(file.path), { problem: clause(cause) }))
  }
  if (text === undefined) return failed(diagnose('load/unreadable-file', Span.file(file.path), { problem: 'it is not a file any more' }))
  const damage = text.indexOf('\uFFFD')
  if (damage >= 0) return failed(diagnose('load/invalid-utf8', Span.create(file.path, damage, damage + 1), {}))
  if (file.format === 'module') return readModule(file, absolute, text, root, host)
  return file.kind === 'plugin' ? readManifest(file, text, root, host) : recallData(file, text, memory)
}

/** A plugin with a manifest of its own, and the module that holds its code. */
async function readManifest(file: InputFile, text: string, root: string, host: Host): Promise<Loaded> {
  const { documents, diagnostics } = await readData(file, text)
  const loaded: Document[] = []
  const inputs: string[] = []
  const problems = [...diagnostics]
  for (const { path, stem, root: node } of documents) {
    if (node.kind !== 'map') {
      problems.push(diagnose('load/plugin-manifest', node.span, {}))
      continue
    }
    const found = readPluginManifest(file, node)
    if (!found) continue
    const { manifest, code, codeSpan } = found
    const empty: ModuleDocument = {
      kind: 'plugin',
      path,
      stem,
      format: 'module',
      root: { kind: 'map', entries: [], span: node.span },
      manifest,
    }
    if (!code) {
      loaded.push(empty)
      continue
    }
    const { specifier } = code
    inputs.push(code.path)
    if (!host.exists(fromProjectPath(root, code.path))) {
      problems.push(diagnose('load/plugin-code', codeSpan, { path: code.path }))
      continue
    }
    const read = await readFile({ kind: 'plugin', format: 'module', path: code.path, stem }, root, host)
    inputs.push(...read.inputs)
    problems.push(...read.diagnostics)
    for (const document of read.documents)
      if (document.format === 'module') loaded.push({ ...document, manifest, ...(specifier === undefined ? {} : { specifier }) })
  }
  return { documents: loaded, inputs, diagnostics: problems }
}

const failed = (diagnostic: Diagnostic): Loaded => ({ documents: [], inputs: [], diagnostics: [diagnostic] })

const clause = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause)).replace(/[.\s]+$/, '')

const isModule = (path: string): boolean => /\.[cm]?[jt]sx?$/.test(path)

/** A module that a stack imports: executed already, and without problems. */
async function readImport(path: string, root: string, host: Host): Promise<readonly Document[]> {
  const stem = classifyNamedFile(path)?.stem ?? path
  const { documents } = await readFile({ kind: 'import', format: 'module', path, stem }, root, host)
  return documents
}

async function recallData(file: InputFile, text: string, memory: LoadMemory | undefined): Promise<Loaded> {
  const key = `${file.kind} ${file.format} ${file.path}`
  const known = memory?.get(key)
  if (known?.text === text) return known.loaded
  const loaded = await readData(file, text)
  memory?.set(key, { text, loaded })
  return loaded
}

async function readData(file: InputFile, text: string): Promise<Loaded> {
  const { kind, path, stem } = file
  const format = file.format === 'json' ? 'json' : 'yaml'
  const { roots, diagnostics } = await readText(format, path, text)
  const filled = roots.filter((node) => !(node.kind === 'scalar' && node.value === null))
  const isEmpty = filled.length === 0 && diagnostics.length === 0
  return {
    documents: filled.map((node) => ({ kind, path, stem, format, root: node })),
    inputs: [],
    diagnostics: isEmpty ? [diagnose('load/empty-file', Span.file(path), {})] : diagnostics,
  }
}

async function readText(format: 'yaml' | 'json', path: string, text: string): Promise<ReadData> {
  if (format === 'json') return readJson(path, text)
  // A project without YAML does not pay for its parser.
  return (await import('./read-yaml.ts')).readYaml(path, text)
}

async function readModule(file: InputFile, absolute: string, text: string, root: string, host: Host): Promise<Loaded> {
  const { kind, path, stem } = file
  const relative = (input: string): string => toProjectPath(root, input)
  try {
    const { exports, inputs, standIns = [] } = await host.importModule(absolute)
    const [{ createModuleNode }, { locateExports }] = await Promise.all([import('./module-node.ts'), import('./locate-expression.ts')])
    return {
      documents: [{ kind, path, stem, format: 'module', root: createModuleNode(exports, locateExports(path, text)) }],
      inputs: inputs.map(relative),
      diagnostics: standIns.map((name) => diagnose('load/package-replaced', Span.file(path), { package: name })),
    }
  } catch (cause) {
    if (!isModuleFailure(cause)) throw cause
    const { place, message, specifier = '' } = cause
    const span = place === undefined ? Span.file(path) : Span.create(relative(place.path), place.start, place.end)
    const notes = span.path === path ? [] : [{ message: 'It is imported from here.', span: Span.file(path) }]
    const diagnostic =
      cause.kind === 'syntax'
        ? diagnose('load/module-syntax', span, { problem: message }, { notes })
        : cause.kind === 'not-found'
          ? diagnose('load/module-not-found', span, { specifier }, { notes })
          : diagnose('load/module-failed', span, { module: path, problem: message }, { notes: [...whole(message), ...notes] })
    return { documents: [], inputs: cause.inputs.map(relative), diagnostics: [diagnostic] }
  }
}

/** Values in messages are cut; what a module threw is of use as a whole only. */
const whole = (message: string): readonly { readonly message: string }[] => (message.length > 80 ? [{ message: `${message}.` }] : [])
