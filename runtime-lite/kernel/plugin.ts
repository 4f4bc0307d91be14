import type { App } from '../app/app.ts'
import type { AppEvents, EventName } from '../events/app-events.ts'
import type { EventBus } from '../events/event-bus.ts'
import type { Metadata } from '../metadata/metadata.ts'
import type { DataMiddleware, Middleware, ProtocolMiddleware } from '../middleware/middleware.ts'

/** What the kernel calls a plugin with. One for each plugin, the same in all phases. `Events`: payloads of the events it declares, by name. */
export interface PluginContext<Config = unknown, Objects = object, Events extends object = Record<never, never>> {
  /** Name of the plugin. */
  readonly name: string
  /** What the application tells the plugin, with the defaults of its schema. */
  readonly config: Config
  /** The application: objects, transactions, protocol. Servers take requests only after all plugins have started. */
  readonly app: App<Objects>
  /** What happens in the application. Listeners of a plugin should stop with its `signal`. */
  readonly events: EventBus<AppEvents & Events, Objects, EventName<Objects, Events>>
  readonly metadata: Metadata
  readonly services: Services
  readonly logger: Logger
  /** As `app.use`, until the plugin is stopped. */
  use(middleware: DataMiddleware): () => void
  use(middleware: ProtocolMiddleware): () => void
  use(middleware: Middleware): () => void
  /** Aborted when the plugin is stopped: what it started should end. */
  readonly signal: AbortSignal
}

/** Values that plugins give each other by name. */
export interface Services {
  /** @throws KernelError when another plugin provides one of that name. */
  provide<Service>(name: string, service: Service): void
  /** @throws KernelError when nobody provides it, or its plugin has not started yet. */
  get<Service>(name: string): Service
  find<Service>(name: string): Service | undefined
  names(): readonly string[]
}

/** Where plugins write what an operator may want to read. */
export interface Logger {
  debug(message: string, details?: object): void
  info(message: string, details?: object): void
  warn(message: string, details?: object): void
  error(message: string, details?: object): void
}

/** How a component is. `degraded`: it works, but not as it should. */
export interface Health {
  readonly status: 'ok' | 'degraded' | 'failed'
  readonly detail?: string
}

/**
 * A plugin as it is written. All that it adds to the model (`objects`, `hooks`, `actions` …) is compiled; the functions here are called when the
 * application starts and stops. Other spellings: `init`, `setup` for `install`; `onStart`, `onEnable` for `start`; `onStop`, `destroy`, `onDisable` for `stop`.
 */
export interface Plugin<Config = unknown, Objects = object> {
  readonly name: string
  readonly version?: string
  readonly label?: string
  readonly description?: string
  /** Plugins that have to be there: name → semver range. */
  readonly dependencies?: Readonly<Record<string, string>> | readonly string[]
  readonly optionalDependencies?: Readonly<Record<string, string>> | readonly string[]
  readonly conflicts?: Readonly<Record<string, string>> | readonly string[]
  /** Capabilities. */
  readonly provides?: readonly string[]
  readonly requires?: readonly string[]
  readonly engines?: Readonly<Record<string, string>>
  /** False: `objectql dev` starts another process for a new version of it, since it begins something that `stop` cannot end. Default: true. */
  readonly hot?: boolean
  /** JSON Schema of what the application tells it. */
  readonly configSchema?: object
  /** Objects, hooks, actions and what else it adds to the model. */
  readonly [part: string]: unknown
  /** Sets up what others may use. All plugins of the application are installed before the first starts. */
  install?(context: PluginContext<Config, Objects>): unknown
  /** Begins to work. */
  start?(context: PluginContext<Config, Objects>): unknown
  /** Ends what `install` and `start` began. Called once for each plugin that was installed, also when a later one failed. */
  stop?(context: PluginContext<Config, Objects>): unknown
  /** Functions around operations and requests, the first outermost. */
  readonly middleware?: readonly Middleware[]
  /** Asked by readiness checks. */
  health?(): Health | Promise<Health>
}

/** Functions of a plugin, whatever types its author gave them. */
export interface LoadedPlugin {
  install(context: PluginContext): unknown
  init(context: PluginContext): unknown
  setup(context: PluginContext): unknown
  start(context: PluginContext): unknown
  onStart(context: PluginContext): unknown
  onEnable(context: PluginContext): unknown
  stop(context: PluginContext): unknown
  onStop(context: PluginContext): unknown
  destroy(context: PluginContext): unknown
  onDisable(context: PluginContext): unknown
  health(context: PluginContext): unknown
  healthCheck(context: PluginContext): unknown
}

/**
 * The plugin a module exports, or a member of what it exports.
 * @throws TypeError when there is none any more: then the code was compiled from another version of the module.
 */
export function pluginOf(exported: unknown, ...path: readonly (string | number)[]): LoadedPlugin {
  let value = exported
  for (const key of path) value = (value as { readonly [key: string | number]: unknown } | null | undefined)?.[key]
  if (typeof value !== 'object' || value === null)
    throw new TypeError(`There is no plugin at "${path.join('.')}" any more. Run "objectql compile" again.`)
  return value as LoadedPlugin
}
