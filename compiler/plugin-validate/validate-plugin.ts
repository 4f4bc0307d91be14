import type { Document } from '../1-load/document.ts'
import { load } from '../1-load/load.ts'
import { entryOf, type MapNode } from '../1-load/node.ts'
import { readJson } from '../1-load/read-json.ts'
import { parse } from '../2-parse/parse.ts'
import { describeNode } from '../2-parse/read-node.ts'
import type { PluginSyntax, Syntax } from '../2-parse/syntax.ts'
import { compileProject } from '../compile-project.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { hasErrors, sortDiagnostics } from '../diagnostics/sort-diagnostics.ts'
import type { Host } from '../host/host.ts'
import { createNodeHost } from '../host/node-host.ts'
import { fromProjectPath } from '../host/project-path.ts'
import { Span } from '../source/span.ts'
import { checkManifest, checkManifestKeys } from './check-manifest.ts'
import { checkPackage, type PackageCheck } from './check-package.ts'
import { type FoundPlugin, findPlugin } from './find-plugin.ts'
import { foreignObjects, STAND_INS } from './foreign-objects.ts'
import { createValidationHost } from './validation-host.ts'

export interface ValidateOptions {
  /** Absolute path of a plugin: a file, or the folder of one or of a package. */
  readonly path: string
  /** Warnings count as errors. Default false. */
  readonly strict?: boolean
  /** Where files are read. Default: the disk. */
  readonly host?: Host
}

/** What a plugin is like. Paths are relative to `root`. */
export interface Validation {
  /** No errors (with `strict`: no warnings either). */
  readonly isOk: boolean
  readonly diagnostics: readonly Diagnostic[]
  readonly plugins: readonly { readonly name: string; readonly version?: string }[]
  /** Absolute. */
  readonly root: string
  readonly textOf: (path: string) => string | undefined
}

/** Needed by nobody but an application. */
const OF_APPLICATIONS: ReadonlySet<string> = new Set([
  ...['plugin/missing', 'plugin/no-provider', 'plugin/unconfigured', 'plugin/unknown-config', 'link/not-enforced'],
])

const CONFIG = 'objectql.validate.json'

/**
 * Holds a plugin against everything that can be known without an application: its manifest, its package, what it can be told, and all that it adds to a
 * model. Objects that it does not bring are taken to be there when it depends on somebody who may. Undefined: there is nothing at the path.
 */
export async function validatePlugin({
  path,
  strict = false,
  host = createNodeHost({ cwd: path }),
}: ValidateOptions): Promise<Validation | undefined> {
  const found = findPlugin(host, path)
  if (found === undefined) return undefined
  const { root } = found
  const { diagnostics, syntax, sources } = await examine(found, host)
  const shown = (span: Span): Span => ({ ...span, path: sources[span.path] ?? span.path })
  const all = sortDiagnostics(
    distinct(
      diagnostics.map((one) => ({
        ...one,
        span: shown(one.span),
        notes: one.notes.map((note) => (note.span === undefined ? note : { ...note, span: shown(note.span) })),
      })),
    ),
  )
  return {
    isOk: !hasErrors(all, { strict }),
    diagnostics: all,
    plugins: syntax.plugins.map(({ name, version }) => ({
      name: name.value,
      ...(version === undefined ? {} : { version: version.value }),
    })),
    root,
    textOf: (file) => host.readText(fromProjectPath(root, file)),
  }
}

interface Examined {
  readonly diagnostics: readonly Diagnostic[]
  readonly syntax: Pick<Syntax, 'plugins'>
  readonly sources: PackageCheck['sources']
}

async function examine(found: FoundPlugin, host: Host): Promise<Examined> {
  const { root, inputs } = found
  const packed = found.isPackage ? readPackage(root, host) : undefined
  const before = packed?.diagnostics ?? []
  const sources = packed?.sources ?? {}
  const none = (): Examined => ({ diagnostics: [...before, diagnose('plugin/none', Span.file('.'), {})], syntax: { plugins: [] }, sources })
  if (hasErrors(before) && packed?.node === undefined) return { diagnostics: before, syntax: { plugins: [] }, sources }
  if (inputs.length === 0) return none()
  const reading = createValidationHost(host, root, { files: {}, sources })
  const { documents, diagnostics: loadDiagnostics } = await load({ root, config: { input: inputs } }, reading)
  const { syntax } = parse(documents)
  if (syntax.plugins.length === 0) {
    const isTold = ({ code }: Diagnostic): boolean => code === 'load/plugin-code' && hasErrors(before)
    const told = [...before, ...loadDiagnostics.filter((one) => !isTold(one))]
    return hasErrors(told) ? { diagnostics: told, syntax, sources } : none()
  }
  const needed = syntax.plugins.flatMap(({ dependencies, optionalDependencies }) => [...dependencies, ...optionalDependencies])
  const installed = needed
    .map(({ name }) => name.value)
    .filter((name) => /^[\w@./-]+$/.test(name) && host.exists(fromProjectPath(root, `node_modules/${name}/package.json`)))
  const own = parse(await withInstalled(documents, found, installed, reading)).syntax
  const { names, standIns, isAboutStandIn } = foreignObjects(own)
  const config = {
    input: [...inputs, ...Object.keys(standIns)],
    output: `${STAND_INS}/out`,
    plugins: Object.fromEntries(installed.map((name) => [name, {}])),
  }
  const compiled = await compileProject({
    host: createValidationHost(host, root, { files: { ...standIns, [CONFIG]: JSON.stringify(config) }, sources }),
    config: CONFIG,
    mode: 'analyse',
  })
  const manifestProblems = syntax.plugins.flatMap(checkManifest)
  const schemaProblems = await configSchemaProblems(syntax.plugins)
  // What types can be made of a schema does not matter where it is none.
  const isAboutTypes = ({ code }: Diagnostic): boolean =>
    code.startsWith('link/config-schema-') && hasErrors([...manifestProblems, ...schemaProblems])
  const isOwn = ({ span }: Diagnostic): boolean => !span.path.startsWith('node_modules/') && span.path !== CONFIG
  return {
    syntax,
    sources,
    diagnostics: [
      ...before,
      ...(packed?.node === undefined ? [] : checkName(packed.node, syntax.plugins)),
      ...manifestProblems,
      ...documents.flatMap(checkManifestKeys),
      ...schemaProblems,
      // Whoever depends on nobody who is not here knows all objects there are.
      ...(installed.length < needed.length || syntax.plugins.some(({ requires }) => requires.length > 0)
        ? []
        : names.map(({ value, span }) => diagnose('plugin/undeclared-object', span, { object: value }))),
      ...compiled.diagnostics.filter((one) => !OF_APPLICATIONS.has(one.code) && !isAboutStandIn(one) && !isAboutTypes(one) && isOwn(one)),
    ],
  }
}

/** What the plugins bring that are needed and installed. */
async function withInstalled(
  documents: readonly Document[],
  { root, inputs }: FoundPlugin,
  installed: readonly string[],
  host: Host,
): Promise<readonly Document[]> {
  if (installed.length === 0) return documents
  const plugins = Object.fromEntries(installed.map((name) => [name, {}]))
  return (await load({ root, config: { input: inputs, plugins } }, host)).documents
}

interface ReadPackage extends PackageCheck {
  readonly node?: MapNode
}

function readPackage(root: string, host: Host): ReadPackage {
  const { roots, diagnostics } = readJson('package.json', host.readText(fromProjectPath(root, 'package.json')) ?? '')
  const [node] = roots
  if (node?.kind !== 'map') {
    const actual = node === undefined ? 'empty' : describeNode(node)
    const shape = diagnose('parse/wrong-shape', Span.file('package.json'), { what: 'A package.json', expected: 'a map', actual })
    return { diagnostics: diagnostics.length > 0 ? diagnostics : [shape], sources: {} }
  }
  const check = checkPackage(node, root, host)
  return { node, sources: check.sources, diagnostics: [...diagnostics, ...check.diagnostics] }
}

/** The configuration of a plugin stands under one name, which finds the package and the plugin. */
function checkName(node: MapNode, plugins: readonly PluginSyntax[]): readonly Diagnostic[] {
  const named = entryOf(node, 'name')?.value
  const name = named?.kind === 'scalar' ? String(named.value) : undefined
  if (name === undefined) return [diagnose('parse/missing-key', node.span, { what: 'package', key: 'name' })]
  return plugins.some((plugin) => plugin.name.value === name)
    ? []
    : plugins.slice(0, 1).map((plugin) => diagnose('plugin/package-name', plugin.name.span, { plugin: plugin.name.value, package: name }))
}

/** What reads JSON Schemas takes its time to load. */
async function configSchemaProblems(plugins: readonly PluginSyntax[]): Promise<readonly Diagnostic[]> {
  if (!plugins.some(({ body }) => typeof body === 'object' && body !== null && ('configSchema' in body || 'config_schema' in body)))
    return []
  const { checkConfigSchema } = await import('./check-config-schema.ts')
  return plugins.flatMap(checkConfigSchema)
}

/** The same problem is found on several ways. */
function distinct(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>()
  return diagnostics.filter(({ code, span: { path, start, end }, message }) => {
    const key = [code, path, start, end, message].join('\0')
    return !seen.has(key) && seen.add(key)
  })
}
