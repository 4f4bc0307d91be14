import type { Services } from '../../runtime-lite/kernel/plugin.ts'
import type { AnyCall, PluginFaults } from './plugin-faults.ts'

/** The context of a plugin whose services go wrong for others. */
export function faultyServices(context: object, plugin: string, faults: PluginFaults): object {
  const services = Reflect.get(context, 'services') as Services | undefined
  if (services === undefined) return context
  const changed: Services = {
    ...services,
    provide: (name, service) =>
      services.provide(
        name,
        faults.isAboutService(plugin, name) ? faultyService(service, plugin, name, faults) : known(service, plugin, name, faults),
      ),
  }
  // Members that are worked out when they are asked for stay so.
  return Object.create(context, { services: { value: changed, enumerable: true } }) as object
}

/** Told about all the same, for those that look for another. */
function known<Service>(service: Service, plugin: string, name: string, faults: PluginFaults): Service {
  faults.around({ kind: 'service', plugin, name }, () => undefined)
  return service
}

function faultyService<Service>(service: Service, plugin: string, name: string, faults: PluginFaults): Service {
  if (typeof service === 'function') return faults.around({ kind: 'service', plugin, name }, service as unknown as AnyCall) as Service
  if (typeof service !== 'object' || service === null) return service
  const methodByName = new Map<PropertyKey, AnyCall>()
  for (const key of methodsOf(service)) {
    const method = Reflect.get(service, key) as AnyCall
    methodByName.set(key, faults.around({ kind: 'service', plugin, name, method: key }, method.bind(service)))
  }
  return new Proxy(service, { get: (target, key) => methodByName.get(key) ?? Reflect.get(target, key) }) as Service
}

/** Names of all functions, those of classes included. */
function methodsOf(service: object): readonly string[] {
  const names = new Set<string>()
  for (let one: object | null = service; one && one !== Object.prototype; one = Object.getPrototypeOf(one) as object | null)
    for (const name of Object.getOwnPropertyNames(one))
      if (name !== 'constructor' && typeof Reflect.get(service, name) === 'function') names.add(name)
  return [...names]
}
