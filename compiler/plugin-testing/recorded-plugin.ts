/** A hook of a plugin that was called. */
export interface HookCall {
  readonly plugin: string
  readonly hook: string
  /** Name of the event, as the context has it. */
  readonly event: string
  readonly object: string
}

interface HookLike {
  readonly name?: unknown
  readonly handler?: unknown
}

/** The plugin with hooks that write down each call before they run. Its class and its other functions stay what they are. */
export function recordedPlugin<Plugin extends object>(plugin: Plugin, calls: HookCall[]): Plugin {
  const hooks: unknown = Reflect.get(plugin, 'hooks')
  if (typeof hooks !== 'object' || hooks === null) return plugin
  const name = String(Reflect.get(plugin, 'name'))
  const recorded = Array.isArray(hooks)
    ? hooks.map((hook: HookLike) => recordedHook(hook, name, calls))
    : Object.fromEntries(Object.entries(hooks).map(([key, hook]) => [key, recordedHook(hook as HookLike, name, calls, key)]))
  // Methods see the plugin itself as `this`, also where they are private to a class.
  return new Proxy(plugin, {
    get(target, key) {
      if (key === 'hooks') return recorded
      const value: unknown = Reflect.get(target, key)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

function recordedHook(hook: HookLike, plugin: string, calls: HookCall[], key?: string): HookLike {
  const { handler } = hook
  if (typeof handler !== 'function') return hook
  const name = String(hook.name ?? key)
  return {
    ...hook,
    handler: (context: { readonly event?: unknown; readonly object?: unknown }) => {
      calls.push({ plugin, hook: name, event: String(context.event), object: String(context.object) })
      return handler.call(hook, context)
    },
  }
}
