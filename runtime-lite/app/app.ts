import type { RegisterActionOptions, RegisteredActionHandler } from '../behaviour/action-registry.ts'
import type { RegisteredHandler, RegisterOptions } from '../behaviour/hook-registry.ts'
import type { Authenticate } from '../context/authenticator.ts'
import { asking, asSystem, contextOf, currentContext, type RequestUser } from '../context/request-context.ts'
import type { TransactionOptions } from '../database/session.ts'
import type { LayerPlace, StatementLayer } from '../database/statement-layer.ts'
import type { AppEvents } from '../events/app-events.ts'
import type { EventBus } from '../events/event-bus.ts'
import { type Kysely, openKysely } from '../kysely/open-kysely.ts'
import type { Metadata } from '../metadata/metadata.ts'
import type { DataMiddleware, Middleware, ProtocolMiddleware } from '../middleware/middleware.ts'
import type { MetadataItem } from '../registry.ts'
import type { QueryCompiler } from '../types/compiled-query.ts'
import type { Validator } from '../validators/question.ts'
import type { Workflows } from '../workflow/workflows.ts'
import type { AppCore, AppStatistics } from './app-core.ts'
import type { AppManifest } from './app-manifest.ts'
import type { AppOptions } from './app-options.ts'
import { ObjectApi } from './object-api.ts'
import { createProtocol, type Protocol } from './protocol.ts'
import type { PurgeOptions } from './purge-trash.ts'
import { createQueryCompiler } from './query-compiler.ts'
import { createQuerySource } from './query-source.ts'
import type { SeedReport } from './seed.ts'
import { startApp } from './start-app.ts'
import { aroundRequests, use } from './use-middleware.ts'
import { createWorkflowCalls } from './workflow-calls.ts'

/** A running application. `Objects` is the generated interface of `app.objects`. */
export interface App<Objects = object, Tables = AnyTables> {
  readonly name: string
  readonly version: string
  /** Typed access to every object, in process: no HTTP, the same validation and the same plans. */
  readonly objects: Objects
  /** Queries in code that are planned once: `app.queries.compile('user', { where: { status: '$status' } }).execute({ status: 'active' })`. */
  readonly queries: QueryCompiler<Objects>
  /** Untyped access by name: what protocol plugins talk to. */
  readonly protocol: Protocol
  /**
   * Runs `work` in one transaction: whatever it does through `objects` (awaited) takes part, is kept when it resolves and undone when it
   * rejects. Inside of another transaction it is a savepoint of that one.
   * @throws ObjectQLError 503 `TIMEOUT` or `CANCELLED`, and whatever `work` rejects with.
   */
  transaction<Result>(work: () => Promise<Result> | Result, options?: TransactionOptions): Promise<Result>
  /**
   * Kysely over the tables, for what the query language cannot say: `app.db.selectFrom('account').selectAll().execute()`. Takes part in the
   * transaction it is used in. Columns hold what the database stores: nothing is validated or converted. Kysely is loaded on first use.
   */
  readonly db: Kysely<Tables>
  /**
   * Works out the roll-ups of an object (default: of all) again, 500 records at a time, while others go on writing. Needed only after records
   * were written around the application, or a roll-up was added or changed. Resolves to the number of records whose roll-ups were wrong.
   */
  rebuildSummaries(object?: string): Promise<number>
  /**
   * Does `work` for a user: defaults, `created_by`, histories, hooks and rules in it see them. Undefined: for nobody in particular.
   * `await app.as({ id }, () => app.objects.task.create({ … }))`.
   * @throws TypeError for a user without an id.
   */
  as<Result>(user: RequestUser | undefined, work: () => Result): Result
  /**
   * Everything that `work` starts is the application's own doing: it may write fields that clients only read, and says who made a record.
   * `await app.sudo(() => app.objects.lead.update(id, { converted_at }))`.
   */
  sudo<Result>(work: () => Result): Result
  /**
   * Calls `handler` around operations of an object, or of all objects (`*`), behind the hooks of the schemas: lower priority first, then in the order of
   * registration. Takes effect for operations that begin later. The last argument may be the name of a package.
   * @returns a function that takes the hook away again.
   * @throws TypeError for an event or an object that there is not.
   */
  on(event: string, object: string, handler: RegisteredHandler, options?: RegisterOptions | string): () => void
  /** Takes a hook away again. True when there was one. */
  off(event: string, object: string, handler: RegisteredHandler): boolean
  /** The same as `on`, with the object among the options. Default: all objects. */
  registerHook(
    event: string,
    handler: RegisteredHandler,
    options?: RegisterOptions & { readonly object?: string | readonly string[] },
  ): () => void
  /** Takes away all hooks of a package and gives their number. */
  unregisterHooks(packageId: string): number
  /**
   * Puts a function around operations (`{ name, on, objects, execute(ctx, next) }`) or requests (`on: 'rest'`), inside of the middleware of plugins
   * unless its phase is `outer`. Takes effect for what begins later.
   * @returns a function that takes it away again.
   * @throws TypeError for an operation or an object that there is not, or without a name or a function.
   */
  use(middleware: DataMiddleware): () => void
  use(middleware: ProtocolMiddleware): () => void
  use(middleware: Middleware): () => void
  /**
   * Makes a function callable as an action of an object: `POST /api/<object>/<id>/actions/<action>` (or without an id), `executeAction`, and wherever
   * actions are called. Each call is one transaction. Parameters are checked where the schema declares them. It takes the place of what the schemas have.
   * The last argument may be the name of a package.
   * @returns a function that takes the action away again.
   * @throws TypeError for an object that there is not, or without a name or a function.
   */
  registerAction(object: string, action: string, handler: RegisteredActionHandler, options?: RegisterActionOptions | string): () => void
  /** Takes a registered action away. True when there was one. @throws TypeError for an object that there is not. */
  unregisterAction(object: string, action: string): boolean
  /** Takes away all actions of a package and gives their number. */
  unregisterActions(packageId: string): number
  /**
   * Runs `object:action` in one transaction and gives what it returns. `params`: `{ id, input }`, `{ id, params }`, or the parameters themselves, an `id`
   * among them.
   * @throws ObjectQLError 404 (no such action or record), 422 (parameters), and what the handler throws.
   */
  executeAction(ref: string, params?: unknown): Promise<unknown>
  /**
   * Puts a layer between the application and its database, which sees every statement and may answer reads itself: what caches are made of. `make`
   * is told about the database. Takes effect for what begins later; there is one at most.
   * @returns a function that takes it away again, once no transaction is open that began without it.
   * @throws Error when there is one already.
   */
  interpose(make: (place: LayerPlace) => StatementLayer | Promise<StatementLayer>): Promise<() => void>
  /** Gives a name to a function, for hooks of the schemas whose `handler` is that name. */
  registerHandler(name: string, handler: RegisteredHandler): void
  /**
   * Gives a name to a function that rules of the schemas ask (`handler`, `validatorFunction`) without there being one in a `*.validator.ts`.
   * @returns a function that takes it away again; until there is another one, writes the rule is about fail.
   * @throws TypeError without a name or a function.
   */
  registerValidator(name: string, validator: Validator): () => void
  /** Workflows: tasks, instances, and starting them by hand. */
  readonly workflows: Workflows
  /**
   * Deletes for good what has been in the trash for longer than `olderThanDays`, or than the schema of each object says (`retentionDays`). Records
   * that others refer to stay. Resolves to the number of records.
   */
  purgeTrash(options?: PurgeOptions): Promise<number>
  /** Writes the seed records of the schemas. Safe to repeat. */
  seed(): Promise<SeedReport>
  /** Connections in use and waited for, plans in memory. Costs next to nothing. */
  statistics(): AppStatistics
  /** What happens in the application: `app.events.on('plugin:*', …)`. */
  readonly events: EventBus<AppEvents, Objects>
  /** The definitions of the schemas, and what is registered over them while the application runs. */
  metadata(): Promise<Metadata>
  /** The plugins of the application; undefined where none does anything when it starts. */
  readonly kernel: Kernel | undefined
  /** Stops the plugins, commits what is open and closes the database. */
  close(): Promise<void>
}

type Kernel = import('../kernel/kernel.ts').Kernel
type KernelPlan = import('../kernel/kernel-plan.ts').KernelPlan
type Retention = import('./retention.ts').Retention
type RunningKernel = import('../kernel/kernel.ts').RunningKernel
type AnyTables = Record<string, Record<string, unknown>>

/** An application, whatever its tables: what servers take. */
export type AnyApp = Omit<App, 'db' | 'events'>

const coreByApp = new WeakMap<AnyApp, AppCore>()

/** The internals that protocols need. @throws TypeError for anything that `createApp` did not make. */
export function coreOf(app: AnyApp): AppCore {
  const core = coreByApp.get(app)
  if (!core) throw new TypeError('This is not an application made by createApp().')
  return core
}

/** What the configuration says besides the manifest. */
export interface ConfiguredApp<Application> {
  /** Of `auth`. Where the options have one, that counts. */
  readonly authenticate: Authenticate<Application>
}

/** Who starts the plugins of an application itself. */
export interface AppHost {
  /** In the place of the compiled plan. */
  readonly plan: KernelPlan | undefined
}

/**
 * Starts an application from what the compiler generated. Generated `createApp` calls it.
 * @throws TypeError for an `authenticate` that is no function: nobody is let in by mistake.
 */
export async function createAppFrom<Objects, Tables = AnyTables>(
  manifest: AppManifest,
  options?: AppOptions,
  configured?: ConfiguredApp<App<Objects, Tables>>,
  host?: AppHost,
): Promise<App<Objects, Tables>> {
  const authenticate = options?.authenticate ?? (configured?.authenticate as Authenticate<AnyApp> | undefined)
  if ((authenticate !== undefined || configured !== undefined) && typeof authenticate !== 'function')
    throw new TypeError(`"authenticate" is ${authenticate === null ? 'null' : typeof authenticate}, no function.`)
  const { core, hasNewColumns } = await startApp(manifest, options)
  // Own properties whatever they are called: `__proto__` is a legal name.
  const objects = Object.fromEntries(Array.from(core.slotByName.keys(), (name) => [name, new ObjectApi(core, name)]))
  let db: Kysely<Tables> | undefined
  let running: RunningKernel | undefined
  let retention: Retention | undefined
  const app: App<Objects, Tables> = {
    name: manifest.name,
    version: manifest.version,
    objects: objects as Objects,
    queries: createQueryCompiler<Objects>(core, objects),
    protocol: createProtocol(core),
    transaction: (work, options) => core.runTransaction(work, options),
    get db() {
      db ??= openKysely<Tables>(core.driver?.dialect.name ?? 'sqlite', createQuerySource(core, app.transaction))
      return db
    },
    purgeTrash: async (options = {}) => (await import('./purge-trash.ts')).purgeTrash(core, objects, options),
    sudo: (work) => asSystem(work),
    as: (user, work) => asking(contextOf(user, currentContext()?.locale), work),
    on: (event, object, handler, options) =>
      core.registry.add(event, object, handler, typeof options === 'string' ? { packageId: options } : options),
    off: (event, object, handler) => core.registry.remove(event, object, handler),
    registerHook(event, handler, { object = '*', ...options } = {}) {
      const undo = [object].flat().map((name) => core.registry.add(event, name, handler, options))
      return () => {
        for (const one of undo) one()
      }
    },
    unregisterHooks: (packageId) => core.registry.removePackage(packageId),
    use: (middleware) => use(core, middleware),
    registerAction: (object, action, handler, options) =>
      core.registry.actions.add(object, action, handler, typeof options === 'string' ? { packageId: options } : options),
    unregisterAction: (object, action) => core.registry.actions.remove(object, action),
    unregisterActions: (packageId) => core.registry.actions.removePackage(packageId),
    executeAction: (ref, params) => app.protocol.executeAction(ref, params),
    interpose: async (make) => (await import('./interpose.ts')).interpose(core, make),
    registerHandler: (name, handler) => core.registry.name(name, handler),
    registerValidator: (name, validator) => core.registry.validators.add(name, validator),
    workflows: createWorkflowCalls(core),
    rebuildSummaries: async (object) => (await import('./rebuild-summaries.ts')).rebuildSummaries(core, objects, object),
    seed: async () => (await import('./seed.ts')).loadSeeds(core),
    statistics: () => core.statistics(),
    events: core.announcements.events as unknown as EventBus<AppEvents, Objects>,
    metadata: () => core.announcements.metadata(),
    kernel: undefined,
    close: async () => {
      await running?.stop()
      await retention?.stop()
      await core.close()
    },
  }
  coreByApp.set(app as unknown as App, core)
  if (authenticate) {
    const { createAuthenticator } = await import('../context/authenticator.ts')
    core.authenticator = createAuthenticator<AnyApp>(authenticate, app as unknown as App)
  }
  // What is kept for replay is told from the beginning on.
  if (options?.events?.keep) core.announcements.listenersChanged()
  if (manifest.workflows || manifest.hasTimers) await core.workflows()
  if (manifest.aroundRest) await aroundRequests(core)
  // It may be a roll-up.
  if (hasNewColumns) await app.rebuildSummaries()
  if (manifest.retained && options?.trash?.purge !== false)
    retention = (await import('./retention.ts')).keepRetention(core, objects, options?.trash ?? {})
  if (!manifest.kernel && !host) return app
  const [{ kernel }, { createPluginKernel }] = await Promise.all([
    host ? { kernel: host.plan ?? { plugins: [] } } : (manifest.kernel as NonNullable<AppManifest['kernel']>)(),
    import('../kernel/kernel.ts'),
  ])
  running = createPluginKernel(kernel, app as unknown as App, await app.metadata(), options?.kernel)
  core.kernel = running
  // Plugins find it there while they start.
  Object.assign(app, { kernel: running })
  if (host) return app
  try {
    await running.start()
  } catch (error) {
    await retention?.stop()
    await core.close()
    throw error
  }
  return app
}

export type { MetadataItem }
