import type { ResolvedConfig } from './config/config.ts'
import type { Diagnostic } from './diagnostics/diagnostic.ts'
import type { Host } from './host/host.ts'

export interface CompileOptions {
  /** Folder to start in: absolute, or relative to the process's. Default: the process's. */
  readonly cwd?: string
  /** Configuration file, relative to `cwd`. Default: the nearest one, looking upward. */
  readonly config?: string
  /** Output folder, relative to `cwd`. Default: the configured one. */
  readonly output?: string
  /**
   * `write` (default): write what changed. `compare`: write nothing, report what is stale. `analyse`: stop before output is made.
   */
  readonly mode?: 'write' | 'compare' | 'analyse'
  /** Treat warnings as errors. Default: the configured one. */
  readonly strict?: boolean
  /** Overwrite files that were not written by objectql. */
  readonly force?: boolean
  /** Answer with the result of one phase instead of writing. */
  readonly dump?: DumpPhase
  /** Trust the record of the last compile when nothing changed since. Default true. */
  readonly useRecord?: boolean
  /** Milliseconds to wait for another process that compiles the same project. Default 60,000. */
  readonly lockTimeoutMs?: number
  /** Told when a phase starts. */
  readonly onPhase?: (phase: PhaseName) => void
  /** Where inputs come from. Default: the disk. */
  readonly host?: Host
}

export type DumpPhase = 'syntax' | 'model' | 'ir' | 'plan'

export type PhaseName = 'config' | 'load' | 'parse' | 'link' | 'lower' | 'plan' | 'optimize' | 'emit' | 'write'

export interface PluginModule {
  readonly path: string
  readonly isCold: boolean
}

/** What one compile did. Paths are relative to `root`, with forward slashes. */
export interface CompileResult {
  /** No errors (with `strict`: no warnings either). */
  readonly isOk: boolean
  /** Sorted by file and offset. */
  readonly diagnostics: readonly Diagnostic[]
  readonly objectCount: number
  readonly written: readonly string[]
  /** Those of `written` in which only comments are others than before. Known while watching. */
  readonly reworded: readonly string[]
  readonly removed: readonly string[]
  readonly unchangedCount: number
  /** Nothing changed since the last compile, so nothing was done. */
  readonly isUnchanged: boolean
  /** Milliseconds each phase took, in order. */
  readonly timings: readonly { readonly phase: PhaseName; readonly ms: number }[]
  /** Absolute paths of every file and folder whose content had a say: what to watch. */
  readonly inputs: readonly string[]
  /** Where plugins are, relative to the project, and whether they say `hot: false`. Empty where nothing was compiled. */
  readonly pluginModules: readonly PluginModule[]
  /** Absolute path of the project. */
  readonly root: string
  /** Absolute path of the output folder. */
  readonly output: string
  /** The configuration with all its defaults; undefined where it was not read, since nothing had changed. */
  readonly config?: ResolvedConfig
  /** The phase asked for by `dump`, as plain JSON. */
  readonly dump?: unknown
  /** Text of an input file, for code frames. */
  readonly textOf: (path: string) => string | undefined
}
