import type { PluginContext } from './plugin.ts'
import type { PluginRequirement } from './resolve-plugins.ts'

/** What is known of a plugin without calling it. */
export interface PluginFacts {
  readonly name: string
  readonly version?: string
  /** Those of them that are there. */
  readonly dependencies?: readonly PluginRequirement[]
  /** Capabilities. */
  readonly requires?: readonly string[]
  readonly provides?: readonly string[]
  /** What the application tells it. */
  readonly config?: unknown
  /** False: a new version of it needs a new process. */
  readonly hot?: boolean
}

/** What generated code runs a phase with. */
export interface PhaseRun {
  /** Calls one function of a plugin, with its context, within the time limit of the phase. */
  call(plugin: string, work: (context: PluginContext) => unknown): Promise<void>
  /** Waits for plugins that need nothing of each other. All have ended before the first error goes on. */
  together(...running: readonly Promise<void>[]): Promise<void>
}

/** The plugins of an application as straight-line code. `kernel.ts` exports one. */
export interface KernelPlan {
  /** In the order they start. */
  readonly plugins: readonly PluginFacts[]
  /** The plugins themselves: whether another plan has other code. Absent in code of earlier compilers. */
  readonly code?: Readonly<Record<string, unknown>>
  install?(run: PhaseRun): Promise<void>
  start?(run: PhaseRun): Promise<void>
  /** The other way round. Plugins that were not installed are left out by `call`. */
  stop?(run: PhaseRun): Promise<void>
  /** Asks a plugin how it is. */
  readonly health?: Readonly<Record<string, (context: PluginContext) => unknown>>
}
