import { isApplication, isDriver, isPlugin, type KernelComponent } from './component-kinds.ts'
import type { HostKernel, HostKernelOptions } from './host-kernel.ts'

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
  let hosted: HostKernel | undefined
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
    async restart(plugin, next) {
      if (!hosted) throw new TypeError('The kernel has not started yet.')
      await hosted.restart(plugin, next)
    },
  }
}
