import { KernelError, stoppedPlugin } from './kernel-error.ts'
import type { Services } from './plugin.ts'

export interface ServiceTable {
  /** The services as one plugin sees them: what it provides is its own. `signal`: aborted when it is stopped. */
  of(plugin: string, signal: AbortSignal): Services
  /** Takes back what a plugin provided. */
  withdraw(plugin: string): void
}

export function createServices(): ServiceTable {
  const byName = new Map<string, { readonly plugin: string; readonly service: unknown }>()
  return {
    of: (plugin, signal) => ({
      provide(name, service) {
        if (signal.aborted) throw stoppedPlugin(plugin)
        const known = byName.get(name)
        if (known && known.plugin !== plugin)
          throw new KernelError(plugin, 'service', `provides the service "${name}", which "${known.plugin}" provides already`)
        byName.set(name, { plugin, service })
      },
      get<Service>(name: string): Service {
        const found = byName.get(name)
        if (!found) throw new KernelError(plugin, 'service', `wants the service "${name}", which nobody provides`)
        return found.service as Service
      },
      find: <Service>(name: string) => byName.get(name)?.service as Service | undefined,
      names: () => [...byName.keys()].sort(),
    }),
    withdraw(plugin) {
      for (const [name, entry] of byName) if (entry.plugin === plugin) byName.delete(name)
    },
  }
}
