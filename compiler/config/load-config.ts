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

export interface Project {
  /** Absolute path of the folder everything is relative to: the configuration's, else the one the command runs in. */
  readonly root: string
  /** Absolute path of the configuration file, if there is one. */
  readonly path?: string
  /** Further configurations in the same folder, which do not count. */
  readonly ignored: readonly string[]
  /** The configuration named by hand, when there is no such file. */
  readonly missing?: string
}

/** Where the project is: by the configuration named by hand (relative to `cwd`), else by the nearest one, looking upward. */
export function findProject(host: Pick<Host, 'exists'>, cwd: string, given?: string): Project {
  const { folder, paths } = given === undefined ? findConfigs(host, cwd) : { folder: cwd, paths: [fromProjectPath(cwd, given)] }
  const [path, ...ignored] = paths
  if (path === undefined) return { root: folder ?? cwd, ignored }
  if (!host.exists(path)) return { root: cwd, ignored, missing: given ?? path }
  return { root: fromProjectPath(path, '..'), path, ignored }
}

export interface ConfigRequest {
  readonly host: Host
  readonly project: Project
  /** Absolute path of the output folder, given by hand. Overrides the configuration's. */
  readonly output?: string
}

export interface LoadedConfig {
  readonly config: ResolvedConfig
  /** Name the author gave the application, if any: without one, the first app document names it. */
  readonly givenName?: string
  /** Absolute path of the output folder. */
  readonly output: string
  /** Absolute paths of every file that had a say. */
  readonly inputs: readonly string[]
  readonly diagnostics: readonly Diagnostic[]
}

/** The configuration named after the application's own document, where its author gave no name. */
export const nameByApp = (
  { config, givenName }: Pick<LoadedConfig, 'config' | 'givenName'>,
  appName: string | undefined,
): ResolvedConfig => (givenName === undefined && appName !== undefined ? { ...config, name: appName } : config)

/** Executes, checks and completes the configuration. Having none is fine: everything has a default. */
export async function loadConfig(request: ConfigRequest): Promise<LoadedConfig> {
  const { host, project } = request
  const { root, path } = project
  if (project.missing !== undefined) {
    return complete(request, {
      value: {},
      inputs: [],
      diagnostics: [diagnose('config/not-found', Span.file(project.missing), { path: project.missing })],
    })
  }
  if (path === undefined) return complete(request, { value: {}, inputs: [], diagnostics: [] })
  const shown = toProjectPath(root, path)
  const several = project.ignored.map((other) => diagnose('config/several', Span.file(shown), { ignored: toProjectPath(root, other) }))
  const read = path.endsWith('.json') ? readJson(host, path, shown) : await readModule(host, root, path)
  const diagnostics = [...several, ...read.diagnostics]
  if (hasErrors(diagnostics)) return complete(request, { value: {}, inputs: read.inputs, diagnostics })
  const problems = await check(read.value, { host, path, shown })
  const value = problems.length === 0 ? (read.value as Config) : {}
  return complete(request, { value, inputs: read.inputs, diagnostics: [...diagnostics, ...problems] })
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
  readonly value: Config
  readonly inputs: readonly string[]
  readonly diagnostics: readonly Diagnostic[]
}

function complete({ host, project, output: given }: ConfigRequest, { value, inputs, diagnostics }: Completion): LoadedConfig {
  const { root, path } = project
  const folderName = root.split(/[\\/]/).findLast((part) => part !== '') ?? 'app'
  const filled = resolveConfig(value, { folderName, exists: (relative) => host.exists(fromProjectPath(root, relative)) })
  const output = given ?? fromProjectPath(root, filled.output)
  const config = { ...filled, output: toProjectPath(root, output) }
  const held = holdsInput(root, config, output)
  const clash =
    held === undefined
      ? []
      : [
          diagnose('config/output-holds-input', Span.file(shownPath(root, path)), {
            output: config.output === '' ? '.' : config.output,
            input: held,
          }),
        ]
  return { config, ...(value.name === undefined ? {} : { givenName: value.name }), output, inputs, diagnostics: [...diagnostics, ...clash] }
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
