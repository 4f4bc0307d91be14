import type { App } from '../app/app.ts'
import type { AppOptions } from '../app/start-app.ts'
import { isApplication, isDriver, isPlugin, type KernelComponent } from './component-kinds.ts'
import type { HostedKernel } from './hosted-kernel.ts'
import type { KernelOptions, PluginState } from './kernel.ts'
import type { ComponentKind } from './kernel-error.ts'
import type { Health } from './plugin.ts'
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
  /** Stops a plugin and those that depend on it, and starts them again. @throws KernelError when there is no such plugin or one of them fails. */
  restart(plugin: string): Promise<void>
}

/**
 * A kernel without generated code around it, for tests and hosts that put applications together while they run:
 * `const kernel = createKernel([manifest, await postgres(url), metrics]); await kernel.start()`. What kind a component is shows by its members; their order does not
 * matter. Plugins may have functions, hooks, middleware and a configuration; what adds to the model has to be compiled.
 * @throws TypeError for a component that is none.
 */
export function createKernel(components: readonly KernelComponent[], options: HostKernelOptions = {}): HostKernel {
  const parts = {
    applications: components.filter((one) => isApplication(one)),
    drivers: components.filter((one) => isDriver(one)),
    plugins: components.filter((one) => isPlugin(one)),
  }
  for (const [index, one] of components.entries())
    if (!isApplication(one) && !isDriver(one) && !isPlugin(one))
      throw new TypeError(
        `Component ${index + 1} is neither an application (the manifest of a generated index.ts) nor a driver nor a plugin.`,
      )
  let hosted: HostedKernel | undefined
  let loading: Promise<void> | undefined
  return {
    get state() {
      return hosted?.state ?? (loading ? 'starting' : 'registered')
    },
    get components() {
      return hosted?.components ?? []
    },
    async start() {
      if (loading) throw new TypeError('A kernel is started once: create another one.')
      // Servers with a generated kernel do not pay for it.
      loading = import('./hosted-kernel.ts').then(({ createHostedKernel }) => {
        hosted = createHostedKernel(parts, options)
      })
      await loading
      await hosted?.start()
    },
    async stop() {
      await loading
      await hosted?.stop()
    },
    health: async () => (await hosted?.health()) ?? [],
    app(name) {
      if (!hosted) throw new TypeError('The kernel has not started yet.')
      return hosted.app(name)
    },
    async restart(plugin) {
      if (!hosted) throw new TypeError('The kernel has not started yet.')
      await hosted.restart(plugin)
    },
  }
}
