import { diagnose } from '../diagnostics/diagnose.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { hasErrors } from '../diagnostics/sort-diagnostics.ts'
import type { Host } from '../host/host.ts'
import { isModuleFailure } from '../host/module-failure.ts'
import { fromProjectPath, isAbsolutePath, toProjectPath } from '../host/project-path.ts'
import { Span } from '../source/span.ts'
import { checkConfig } from './check-config.ts'
import type { Config, ResolvedConfig } from './config.ts'
import { findConfigs } from './find-config.ts'
import { resolveConfig } from './resolve-config.ts'

export interface ConfigRequest {
  readonly host: Host
  /** A path given by hand, relative to the host's folder. Default: the nearest one, looking upward. */
  readonly path?: string
  /** Output folder given by hand, relative to the host's folder. Overrides the file's. */
  readonly output?: string
}

export interface LoadedConfig {
  /** Absolute path of the folder everything is relative to: the configuration's, else the host's. */
  readonly root: string
  /** Absolute path of the configuration file, if there is one. */
  readonly path?: string
  readonly config: ResolvedConfig
  /** Name the author gave the application, if any: without one, the first app document names it. */
  readonly givenName?: string
  /** Absolute path of the output folder. */
  readonly output: string
  /** Absolute paths of every file that had a say. */
  readonly inputs: readonly string[]
  readonly diagnostics: readonly Diagnostic[]
}

/** Finds, executes, checks and completes the configuration. Having none is fine: everything has a default. */
export async function loadConfig(request: ConfigRequest): Promise<LoadedConfig> {
  const { host } = request
  const found = request.path === undefined ? findConfigs(host, host.cwd) : [fromProjectPath(host.cwd, request.path)]
  const [path, ...ignored] = found
  if (path === undefined) return complete(request, { root: host.cwd, value: {}, inputs: [], diagnostics: [] })
  const root = fromProjectPath(path, '..')
  const shown = toProjectPath(root, path)
  if (!host.exists(path)) {
    const diagnostic = diagnose('config/not-found', Span.file(shown), { path: request.path ?? path })
    return complete(request, { root: host.cwd, value: {}, inputs: [path], diagnostics: [diagnostic] })
  }
  const several = ignored.map((other) => diagnose('config/several', Span.file(shown), { ignored: toProjectPath(root, other) }))
  const read = path.endsWith('.json') ? readJson(host, path, shown) : await readModule(host, root, path)
  const diagnostics = [...several, ...read.diagnostics]
  if (hasErrors(diagnostics)) return complete(request, { root, path, value: {}, inputs: read.inputs, diagnostics })
  const problems = await check(read.value, { host, path, shown })
  const value = problems.length === 0 ? (read.value as Config) : {}
  return complete(request, { root, path, value, inputs: read.inputs, diagnostics: [...diagnostics, ...problems] })
}

interface Read {
  readonly value: unknown
  readonly inputs: readonly string[]
  readonly diagnostics: readonly Diagnostic[]
}

function readJson(host: Host, path: string, shown: string): Read {
  const inputs = [path]
  try {
    return { value: JSON.parse(stripBom(host.readText(path) ?? '')), inputs, diagnostics: [] }
  } catch (error) {
    const { message } = error as Error
    const offset = Number(/at position (\d+)/.exec(message)?.[1] ?? 0)
    return {
      value: undefined,
      inputs,
      diagnostics: [diagnose('config/module-failed', Span.create(shown, offset, offset), { problem: clause(message) })],
    }
  }
}

async function readModule(host: Host, root: string, path: string): Promise<Read> {
  try {
    const { exports, inputs } = await host.importModule(path)
    const value = 'default' in exports ? exports['default'] : exports['config']
    if (value !== undefined) return { value, inputs, diagnostics: [] }
    return { value, inputs, diagnostics: [diagnose('config/no-default-export', Span.file(toProjectPath(root, path)), {})] }
  } catch (error) {
    if (!isModuleFailure(error)) throw error
    const { place } = error
    const span = Span.create(toProjectPath(root, place?.path ?? path), place?.start ?? 0, place?.end ?? 0)
    const diagnostics = [diagnose('config/module-failed', span, { problem: clause(error.message) })]
    return { value: undefined, inputs: [...new Set([path, ...error.inputs])], diagnostics }
  }
}

const clause = (message: string): string => message.trim().replace(/\.$/, '')

const stripBom = (text: string): string => text.replace(/^\uFEFF/, '')

async function check(value: unknown, { host, path, shown }: { host: Host; path: string; shown: string }): Promise<readonly Diagnostic[]> {
  if (checkConfig(value, () => Span.file(shown)).length === 0) return []
  // Only a configuration with a problem pays for the parser that finds the place.
  const { locateSetting } = await import('./locate-setting.ts')
  return checkConfig(value, locateSetting(shown, host.readText(path) ?? ''))
}

interface Completion {
  readonly root: string
  readonly path?: string
  readonly value: Config
  readonly inputs: readonly string[]
  readonly diagnostics: readonly Diagnostic[]
}

function complete({ host, output }: ConfigRequest, { root, path, value, inputs, diagnostics }: Completion): LoadedConfig {
  const folderName = root.split(/[\\/]/).findLast((part) => part !== '') ?? 'app'
  const config = resolveConfig(value, { folderName, exists: (relative) => host.exists(fromProjectPath(root, relative)) })
  const outputPath = output === undefined ? fromProjectPath(root, config.output) : fromProjectPath(host.cwd, output)
  const resolved = output === undefined ? config : { ...config, output: toProjectPath(root, outputPath) }
  const held = holdsInput(root, resolved, outputPath)
  const clash =
    held === undefined
      ? []
      : [diagnose('config/output-holds-input', Span.file(shownPath(root, path)), { output: resolved.output, input: held })]
  return {
    root,
    ...(path === undefined ? {} : { path }),
    config: resolved,
    ...(value.name === undefined ? {} : { givenName: value.name }),
    output: outputPath,
    inputs,
    diagnostics: [...diagnostics, ...clash],
  }
}

const shownPath = (root: string, path: string | undefined): string => (path === undefined ? '.' : toProjectPath(root, path))

/** The input that lies inside the output folder, where generated files and authored ones would mix. */
function holdsInput(root: string, config: ResolvedConfig, output: string): string | undefined {
  const inside = (path: string): boolean => {
    const relative = toProjectPath(output, fromProjectPath(root, path))
    return !(relative === '..' || relative.startsWith('../') || isAbsolutePath(relative))
  }
  return config.input.find(inside)
}
