import type { BusEvent } from '../../runtime-lite/events/bus-event.ts'
import type { Health, PluginContext } from '../../runtime-lite/kernel/plugin.ts'
import type { DataMiddleware, Middleware, ProtocolMiddleware } from '../../runtime-lite/middleware/middleware.ts'
import type { FieldDefinition, ObjectDefinition } from '../spec/definitions.ts'
import type { HookEvent } from '../spec/hook.ts'
import type { TypedApi } from '../spec/typed-api.ts'
import type { ValidatorContextOf, ValidatorOf } from '../spec/validator.ts'
import type { BuiltPlugin, PluginAction, PluginHook, PluginHookOptions } from './built-plugin.ts'
import type { ActionCallContext, AnyRecords, HookContextFor, ListenedEvent, ListenedName } from './contexts.ts'
import type { EventDefinition, EventDefinitions, PayloadsOf } from './event-definition.ts'

/** Why a plugin cannot be built: every reason at once. */
export class PluginBuildError extends Error {
  override readonly name = 'PluginBuildError'
  readonly problems: readonly string[]

  constructor(plugin: string, problems: readonly string[]) {
    super(`The plugin "${plugin}" cannot be built: ${problems.join(' ')}`)
    this.problems = problems
  }
}

const SEMVER = /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/

/**
 * Puts a plugin together, each callback typed from the generated objects: `new PluginBuilder<HookRecords>()`. What `build` gives back is what a `*.plugin.ts` exports.
 * `Records`: the record of each object, `HookRecords` of the generated `hooks.d.ts`. `Objects`: the generated `Objects`, for `context.app`.
 */
export class PluginBuilder<
  Records extends object = AnyRecords,
  Objects = object,
  Config = unknown,
  Events extends object = Record<never, never>,
> {
  readonly #facts: Record<string, unknown> = {}
  readonly #dependencies: Record<string, string> = {}
  readonly #optionalDependencies: Record<string, string> = {}
  readonly #conflicts: Record<string, string> = {}
  readonly #engines: Record<string, string> = {}
  readonly #provides: string[] = []
  readonly #requires: string[] = []
  readonly #objects: Record<string, ObjectDefinition> = {}
  readonly #extensions: Record<string, { fields: Record<string, FieldDefinition> }> = {}
  readonly #hooks: PluginHook[] = []
  readonly #actions: PluginAction[] = []
  readonly #middleware: Middleware[] = []
  readonly #events: Record<string, EventDefinition> = {}
  readonly #install: ((context: PluginContext<Config, Objects, Events>) => unknown)[] = []
  readonly #start: ((context: PluginContext<Config, Objects, Events>) => unknown)[] = []
  readonly #stop: ((context: PluginContext<Config, Objects, Events>) => unknown)[] = []
  readonly #problems: string[] = []
  #health: (() => Health | Promise<Health>) | undefined

  /** What others refer to. */
  name(name: string): this {
    this.#facts['name'] = name
    return this
  }

  /** Of semver. */
  version(version: string): this {
    this.#facts['version'] = version
    return this
  }

  label(label: string): this {
    this.#facts['label'] = label
    return this
  }

  description(description: string): this {
    this.#facts['description'] = description
    return this
  }

  /** Another plugin that has to be there, and starts before. `range`: of semver. Default: any. */
  dependency(name: string, range = '*'): this {
    this.#dependencies[name] = range
    return this
  }

  /** Starts before where it is there. */
  optionalDependency(name: string, range = '*'): this {
    this.#optionalDependencies[name] = range
    return this
  }

  conflict(name: string, range = '*'): this {
    this.#conflicts[name] = range
    return this
  }

  /** `engine('objectql', '>=0.1')` */
  engine(name: string, range: string): this {
    this.#engines[name] = range
    return this
  }

  provides(...capabilities: readonly string[]): this {
    this.#provides.push(...capabilities)
    return this
  }

  requires(...capabilities: readonly string[]): this {
    this.#requires.push(...capabilities)
    return this
  }

  /** False: `objectql dev` starts another process for a new version of it, since it begins something that `stop` cannot end. Default: true. */
  hot(isHot: boolean): this {
    this.#facts['hot'] = isHot
    return this
  }

  /** JSON Schema of what the application tells the plugin, and its type: `configSchema<AuditPluginConfig>({ … })`. */
  configSchema<Told>(schema: object): PluginBuilder<Records, Objects, Told, Events> {
    this.#facts['configSchema'] = schema
    return this as unknown as PluginBuilder<Records, Objects, Told, Events>
  }

  /** Code around the operations of one object, several, or all (`*`). Default: priority 100, errors end the operation. */
  hook<Event extends HookEvent, Name extends (keyof Records & string) | '*'>(
    events: Event | readonly Event[],
    object: Name | readonly Name[],
    handler: (context: HookContextFor<Records, Event, Name>) => unknown,
    options: PluginHookOptions = {},
  ): this {
    const all = [events].flat() as readonly Event[]
    const name =
      options.name ?? `${String(this.#facts['name'] ?? 'plugin')}_${all.join('_')}_${[object].flat().join('_')}`.replaceAll('*', 'all')
    this.#hooks.push({
      ...options,
      name,
      object: object as string | readonly string[],
      events: all,
      handler: handler as PluginHook['handler'],
    })
    return this
  }

  /** A function around operations or requests. Several: the first is outside of the others. */
  middleware(...middleware: readonly DataMiddleware[]): this
  middleware(...middleware: readonly ProtocolMiddleware[]): this
  middleware(...middleware: readonly Middleware[]): this
  middleware(...middleware: readonly Middleware[]): this {
    this.#middleware.push(...middleware)
    return this
  }

  /** An operation beyond reading and writing. `type`: of one record (default) or of the object as a whole. */
  action<Name extends keyof Records & string, Input extends object = { readonly [name: string]: unknown }>(
    object: Name,
    name: string,
    definition: Omit<PluginAction, 'object' | 'name' | 'handler'> & {
      readonly handler: (context: ActionCallContext<Input, TypedApi<Records>>) => unknown
    },
  ): this {
    if (this.#actions.some((other) => other.object === object && other.name === name))
      this.#problems.push(`The action "${name}" of "${object}" is given twice.`)
    this.#actions.push({ ...definition, object, name, handler: definition.handler as PluginAction['handler'] })
    return this
  }

  /** An object of the plugin's own. */
  object(name: string, definition: Omit<ObjectDefinition, 'name'>): this {
    if (Object.hasOwn(this.#objects, name)) this.#problems.push(`The object "${name}" is given twice.`)
    this.#objects[name] = { name, ...definition } as ObjectDefinition
    return this
  }

  /** Fields for an object of the application or of another plugin. */
  extend(object: (keyof Records & string) | (string & {}), fields: Readonly<Record<string, FieldDefinition>>): this {
    this.#extensions[object] ??= { fields: {} }
    const extension = this.#extensions[object]
    for (const [name, field] of Object.entries(fields)) {
      if (Object.hasOwn(extension.fields, name)) this.#problems.push(`The field "${name}" of "${object}" is given twice.`)
      extension.fields[name] = field
    }
    return this
  }

  /** An event that the plugin emits: `event('loyalty.awarded', event<Award>('Points were awarded.'))`. From here on, names of other events are errors. */
  event<Name extends string, Payload>(
    name: Name,
    definition: EventDefinition<Payload>,
  ): PluginBuilder<Records, Objects, Config, Events & { readonly [Own in Name]: Payload }> {
    return this.events({ [name]: definition } as { readonly [Own in Name]: EventDefinition<Payload> }) as never
  }

  /** Events that the plugin emits, by name. */
  events<const Definitions extends EventDefinitions>(
    definitions: Definitions,
  ): PluginBuilder<Records, Objects, Config, Events & PayloadsOf<Definitions>> {
    for (const [name, definition] of Object.entries(definitions)) {
      if (name === '' || name.includes('*')) this.#problems.push(`"${name}" is no name of an event: "*" stands for others.`)
      else if (Object.hasOwn(this.#events, name)) this.#problems.push(`The event "${name}" is given twice.`)
      this.#events[name] = definition
    }
    return this as never
  }

  /** Types of events that others emit: `hears<EventsOf<typeof loyalty>>()`. */
  hears<Others extends object>(): PluginBuilder<Records, Objects, Config, Events & Others> {
    return this as never
  }

  /** Listens to events of the application while the plugin runs: `on('record.updated.account', …)`. */
  on<Name extends ListenedName<Records, Events>>(
    name: Name,
    listener: (event: ListenedEvent<Records, Name, Events>, context: PluginContext<Config, Objects, Events>) => unknown,
    options: { readonly filter?: (event: ListenedEvent<Records, Name, Events>) => boolean } = {},
  ): this {
    const { filter } = options
    this.#start.push((context) => {
      context.events.on(name as never, (event: BusEvent) => listener(event as never, context), {
        signal: context.signal,
        ...(filter ? { filter: filter as (event: BusEvent) => boolean } : {}),
      } as never)
    })
    return this
  }

  /** Something that other plugins get by name: `services.get<Mailer>('mailer')`. Made when the plugin is installed. */
  service<Service>(name: string, make: (context: PluginContext<Config, Objects, Events>) => Service | Promise<Service>): this {
    this.#install.push(async (context) => context.services.provide(name, await make(context)))
    return this
  }

  /** A function that rules ask by this name (`handler`, `validatorFunction`), registered when the plugin is installed. */
  validator(name: string, validator: ValidatorOf<ValidatorContextOf<{ readonly [field: string]: unknown }, TypedApi<Records>>>): this {
    this.#install.push(({ app }) => void app.registerValidator(name, validator as never))
    return this
  }

  /** Several run in the order they were given. */
  install(run: (context: PluginContext<Config, Objects, Events>) => unknown): this {
    this.#install.push(run)
    return this
  }

  start(run: (context: PluginContext<Config, Objects, Events>) => unknown): this {
    this.#start.push(run)
    return this
  }

  /** Several run the other way round. */
  stop(run: (context: PluginContext<Config, Objects, Events>) => unknown): this {
    this.#stop.unshift(run)
    return this
  }

  health(ask: () => Health | Promise<Health>): this {
    this.#health = ask
    return this
  }

  /** The plugin: plain data and functions. @throws PluginBuildError with every problem. */
  build(): BuiltPlugin<Config, Objects, Events> {
    const { name, version } = this.#facts
    const problems = [...this.#problems]
    if (typeof name !== 'string' || name === '') problems.push('It has no name: call name().')
    if (version !== undefined && !SEMVER.test(String(version))) problems.push(`"${String(version)}" is not a version, such as "1.2.0".`)
    if (problems.length > 0) throw new PluginBuildError(String(name ?? ''), problems)
    return {
      ...(this.#facts as { readonly name: string }),
      ...filled({
        dependencies: this.#dependencies,
        optionalDependencies: this.#optionalDependencies,
        conflicts: this.#conflicts,
        engines: this.#engines,
        provides: this.#provides,
        requires: this.#requires,
        objects: this.#objects,
        objectExtensions: this.#extensions,
        hooks: this.#hooks,
        actions: this.#actions,
        middleware: this.#middleware,
        events: this.#events as BuiltPlugin<Config, Objects, Events>['events'] & object,
      }),
      ...(this.#install.length > 0 ? { install: inOrder(this.#install) } : {}),
      ...(this.#start.length > 0 ? { start: inOrder(this.#start) } : {}),
      ...(this.#stop.length > 0 ? { stop: inOrder(this.#stop) } : {}),
      ...(this.#health ? { health: this.#health } : {}),
    }
  }
}

/** What holds something. */
const filled = <Parts extends object>(parts: Parts): Partial<Parts> =>
  Object.fromEntries(Object.entries(parts).filter(([, part]) => Object.keys(part as object).length > 0)) as Partial<Parts>

const inOrder =
  <Context>(steps: readonly ((context: Context) => unknown)[]) =>
  async (context: Context): Promise<void> => {
    for (const step of steps) await step(context)
  }
