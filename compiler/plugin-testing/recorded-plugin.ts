import { faultyServices } from './faulty-services.ts'
import type { AnyCall, FaultyPlace, PluginFaults } from './plugin-faults.ts'

/** A hook of a plugin that was called. */
export interface HookCall {
  readonly plugin: string
  readonly hook: string
  /** Name of the event, as the context has it. */
  readonly event: string
  readonly object: string
}

/** Something with a name and a function, such as a hook. */
interface Part {
  readonly name?: unknown
  readonly [member: string]: unknown
}

type Around = (part: Part, name: string) => Part

/** Functions that are called with a context, which has the services. */
const PHASES: ReadonlySet<PropertyKey> = new Set(
  'install init setup start onStart onEnable stop onStop destroy onDisable health healthCheck'.split(' '),
)

/**
 * The plugin with hooks that write down each call before they run, and with what goes wrong around its functions. Its class and its other functions stay what
 * they are.
 */
export function recordedPlugin<Plugin extends object>(plugin: Plugin, calls: HookCall[], faults: PluginFaults): Plugin {
  const name = String(Reflect.get(plugin, 'name'))
  const faulty =
    (kind: FaultyPlace['kind'], member: string): Around =>
    (part, partName) => ({
      ...part,
      ...(part.name === undefined ? {} : { name: part.name }),
      [member]: faults.around({ kind, plugin: name, name: partName }, (part[member] as AnyCall).bind(part)),
    })
  const parts: Readonly<Record<string, unknown>> = {
    hooks: changed(Reflect.get(plugin, 'hooks'), 'handler', (hook, hookName) =>
      faulty('hook', 'handler')(recordedHook(hook, hookName, name, calls), hookName),
    ),
    actions: changed(Reflect.get(plugin, 'actions'), 'handler', faulty('action', 'handler')),
    middleware: changed(Reflect.get(plugin, 'middleware'), 'execute', faulty('middleware', 'execute')),
  }
  // Methods see the plugin itself as `this`, also where they are private to a class.
  return new Proxy(unfrozen(plugin), {
    get(_, key) {
      const part = typeof key === 'string' && Object.hasOwn(parts, key) ? parts[key] : undefined
      if (part !== undefined) return part
      const value: unknown = Reflect.get(plugin, key)
      if (typeof value !== 'function') return value
      if (!PHASES.has(key)) return value.bind(plugin)
      return (context: object) => value.call(plugin, faultyServices(context, name, faults))
    },
  })
}

/** Members of the same names: a proxy may not give anything else for those of an object that is frozen. */
function unfrozen<Plugin extends object>(plugin: Plugin): Plugin {
  const members = Object.entries(Object.getOwnPropertyDescriptors(plugin)).map(([key, member]) => [key, { ...member, configurable: true }])
  return Object.create(Object.getPrototypeOf(plugin), Object.fromEntries(members)) as Plugin
}

/** A list of parts, or parts by name, also by object and name: each with another function. */
function changed(parts: unknown, member: string, change: Around): unknown {
  if (Array.isArray(parts)) return parts.map((part) => (isPart(part, member) ? change(part, String(part.name)) : part))
  if (typeof parts !== 'object' || parts === null) return undefined
  return Object.fromEntries(
    Object.entries(parts).map(([key, part]) => [
      key,
      isPart(part, member) ? change(part, String(part.name ?? key)) : (changed(part, member, change) ?? part),
    ]),
  )
}

/** Methods of a class are on its prototype. */
const isPart = (value: unknown, member: string): value is Part =>
  typeof value === 'object' && value !== null && typeof Reflect.get(value, member) === 'function'

function recordedHook(hook: Part, name: string, plugin: string, calls: HookCall[]): Part {
  const handler = hook['handler'] as (context: unknown) => unknown
  return {
    ...hook,
    handler: (context: { readonly event?: unknown; readonly object?: unknown }) => {
      calls.push({ plugin, hook: name, event: String(context.event), object: String(context.object) })
      return handler.call(hook, context)
    },
  }
}
