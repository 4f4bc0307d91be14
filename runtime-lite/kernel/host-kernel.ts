import type { App } from '../app/app.ts'
import type { AppOptions } from '../app/app-options.ts'
import type { KernelOptions } from './kernel.ts'
import type { ComponentKind } from './kernel-error.ts'
import type { Health, Plugin } from './plugin.ts'
import type { PluginState } from './plugin-component.ts'
import type { PluginConfigs } from './plugins-plan.ts'

export interface HostKernelOptions extends KernelOptions {
  /** Options of `createApp` by the name of the application: also `datasource`, where the kernel has not exactly one application and one driver. */
  readonly applications?: { readonly [name: string]: Omit<AppOptions, 'kernel'> }
  /** What plugins are told, by their names; checked against their `configSchema`, whose defaults are filled in. */
  readonly plugins?: PluginConfigs
}

export type ComponentState = PluginState | 'loading' | 'loaded' | 'connecting' | 'connected'

export interface ComponentStatus {
  readonly kind: ComponentKind
  /** Of drivers: the name of the dialect, with a number behind where there are several. */
  readonly name: string
  readonly version?: string
  readonly state: ComponentState
}

/** Applications, drivers and plugins as one. */
export interface HostKernel {
  readonly state: 'registered' | 'starting' | 'started' | 'stopping' | 'stopped' | 'failed'
  /** Applications, then drivers, then plugins in the order they start. */
  readonly components: readonly ComponentStatus[]
  /**
   * Loads applications, connects drivers, installs plugins, starts plugins. Can be called once.
   * @throws KernelError that names the component and the phase; what had been done is undone in reverse.
   */
  start(): Promise<void>
  /** Stops plugins, then applications, then drivers, each in reverse. What goes wrong is logged and stops nothing else. Safe to repeat. */
  stop(): Promise<void>
  /** Asks every component how it is. One that does not answer in time has failed. */
  health(): Promise<readonly (ComponentStatus & Health)[]>
  /** A running application. Default: the only one. @throws TypeError before the start, or for a name that there is not. */
  app(name?: string): App
  /**
   * Stops a plugin and those that depend on it, and starts them again. With `next`, another version of the same name takes its place, unless it fails: then the one before
   * runs again.
   * @throws KernelError when there is no such plugin, `next` does not fit, or one of them fails.
   */
  restart(plugin: string, next?: Plugin): Promise<void>
}
