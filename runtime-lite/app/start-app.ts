import type { DatabaseSync } from 'node:sqlite'
import { createHookRegistry, type HookRegistry } from '../behaviour/hook-registry.ts'
import type { Authenticate, Authenticator } from '../context/authenticator.ts'
import type { PoolStatistics, SqlDriver, TransactionOptions } from '../database/session.ts'
import type { StatementLayer } from '../database/statement-layer.ts'
import { createDriverEvents } from '../events/driver-events.ts'
import type { EventBusOptions } from '../events/event-bus.ts'
import type { Behaviours, Database, Embedded, PlanLoader } from '../object/database.ts'
import type { ObjectPlan } from '../object/object-plan.ts'
import type { ObjectStore } from '../object/object-store.ts'
import type { PlanStatistics } from '../object/query-plans.ts'
import { notFound, ObjectQLError } from '../problem/problem.ts'
import type { BetterSqlite3Database } from '../sqlite/better-sqlite3.ts'
import type { SqliteOptions } from '../sqlite/open.ts'
import { type Announcements, createAnnouncements } from './announcements.ts'
import { type AppManifest, CONTRACT } from './app-manifest.ts'
import type { HookOptions } from './hook-options.ts'
import { embed, embeddedOf, openEmbedded } from './open-embedded.ts'
import { prepareDatabase } from './prepare-database.ts'
import type { TransactionRunner } from './transaction-scope.ts'

export interface AppOptions extends SqliteOptions {
  /**
   * `sqlite:./file.db`, `:memory:`, `better-sqlite3:./file.db`, `postgres://…`, `mysql://…`, or a database that is open already (it is not
   * closed with the application). Default ':memory:'.
   */
  readonly datasource?: string | DatabaseSync | BetterSqlite3Database | SqlDriver
  /** Create missing tables, columns and indexes at start. Default true. Destructive differences are always refused. */
  readonly migrate?: boolean
  /**
   * Signs the cursors of pages. Whoever knows it can make cursors, but read nothing with them that queries could not. Default: a random one,
   * made once and kept in the database, so that all processes on it have the same.
   */
  readonly cursorSecret?: string
  /**
   * Says who sends a request to the REST API. Default: `auth` of the configuration; without it nobody asks, and `created_by` and the like stay empty.
   * What it throws is the answer: an ObjectQLError 401 where the credentials are wrong.
   */
  readonly authenticate?: Authenticate<AnyApp>
  /** Limits of hooks. */
  readonly hooks?: HookOptions
  /** Time limits and log of plugins. */
  readonly kernel?: import('../kernel/kernel.ts').KernelOptions
  /** How many events are kept for replay, and how many may listen. */
  readonly events?: Omit<EventBusOptions, 'onError' | 'now'>
  /** How workflows run in this process. */
  readonly workflows?: import('./workflow-host.ts').WorkflowOptions
  /** When this process empties the trash. */
  readonly trash?: import('./retention.ts').TrashOptions
  /** Told about every failure that clients see as a 500, with its cause. Default: prints it to stderr. */
  readonly onError?: (error: unknown) => void
  /** Told at start about tables and columns that no object uses any more but that hold data. Default: prints it to stderr. */
  readonly onWarning?: (message: string) => void
}

type AnyApp = import('./app.ts').AnyApp
type AroundRest = import('../rest/around-rest.ts').AroundRest
type Kernel = import('../kernel/kernel.ts').Kernel
type RunningBehaviours = import('./behaviour-host.ts').RunningBehaviours
type ActionRunner = import('./action-runner.ts').ActionRunner
type RunningWorkflows = import('../workflow/workflows.ts').RunningWorkflows

/** What an operator may want to know about a running application. */
export interface AppStatistics {
  /** Of the connections to a remote database; undefined where the database is in this process. */
  readonly pool: PoolStatistics | undefined
  readonly plans: PlanStatistics
}

/** One object at run time: its store exists once its plans module is loaded. */
export interface ObjectSlot {
  readonly name: string
  store: ObjectStore | undefined
}

/** The running application, as protocols and the in-process API see it. */
export interface AppCore {
  readonly manifest: AppManifest
  /** What is behind the stores where the database runs in this process. */
  readonly embedded: Embedded | undefined
  /** The pool of connections elsewhere. */
  readonly driver: SqlDriver | undefined
  readonly plans: PlanLoader
  readonly cursorSecret: string | undefined
  /** What stores share: loaded with the first of them, so that starting costs nothing for it. */
  readonly database: () => Promise<Database>
  readonly slotByName: ReadonlyMap<string, ObjectSlot>
  /** The store of an object, loading its plans on first use. @throws ObjectQLError 404 for an unknown object. */
  readonly store: (objectName: string) => ObjectStore | Promise<ObjectStore>
  readonly load: (slot: ObjectSlot) => Promise<ObjectStore>
  /** What hooks may do. */
  readonly hooks: HookOptions
  /** Hooks and handlers that the program registered. */
  readonly registry: HookRegistry
  /** Hooks: loaded with the first object that has some. */
  readonly behaviours: () => Promise<RunningBehaviours>
  readonly actions: () => Promise<ActionRunner>
  /** Workflows: loaded at start by applications that have some. */
  readonly workflows: () => Promise<RunningWorkflows>
  /** Some step is due, once the open transaction has committed. */
  readonly wakeWorkflows: () => void
  /** What time workflows go by: milliseconds since 1970. */
  readonly now: () => number
  /** As `app.transaction`. */
  readonly runTransaction: <Result>(work: () => Promise<Result> | Result, options?: TransactionOptions) => Promise<Result>
  /** Transactions, once there was one. */
  transactions: TransactionRunner | undefined
  /** Of applications that authenticate. */
  authenticator: Authenticator | undefined
  aroundRest: AroundRest | undefined
  /** Of applications with plugins. */
  kernel: Kernel | undefined
  /** Between the application and its database. */
  readonly layer: StatementLayer | undefined
  readonly setLayer: (layer: StatementLayer | undefined) => void
  readonly announcements: Announcements
  /** Takes what an operator has to see. */
  readonly report: (error: unknown) => void
  readonly statistics: () => AppStatistics
  /** False while starting and once it is shutting down. */
  isReady: boolean
  /** Work of hooks that nobody waits for is done before. */
  readonly close: () => Promise<void>
}

export interface StartedCore {
  readonly core: AppCore
  /** A table got a column at this start that its records know nothing of yet. */
  readonly hasNewColumns: boolean
}

/**
 * Starts an application on its database.
 * @throws Error when the database cannot be opened or its tables differ in a way that would lose data.
 */
export async function startApp(manifest: AppManifest, options: AppOptions = {}): Promise<StartedCore> {
  if (manifest.contract !== CONTRACT)
    throw new Error(`The generated code speaks contract ${manifest.contract}, this runtime ${CONTRACT}. Run "objectql compile" again.`)
  const { datasource = ':memory:', migrate = true } = options
  const isOwned = typeof datasource === 'string'
  if (typeof datasource === 'string' ? /^(?:postgres|postgresql|mysql|mariadb):/i.test(datasource) : 'session' in datasource) {
    const { openDatasource } = await import('./open-datasource.ts')
    const { driver, hasNewColumns } = await openDatasource(datasource as string | SqlDriver, manifest, options)
    return { core: createCore(manifest, driver, isOwned, options), hasNewColumns }
  }
  const db = isOwned ? await openEmbedded(datasource, options) : await embeddedOf(datasource as DatabaseSync | BetterSqlite3Database)
  let hasNewColumns = false
  try {
    if (migrate) hasNewColumns = await prepareDatabase(db, manifest, options.onWarning ?? console.warn)
  } catch (error) {
    if (isOwned) db.close()
    throw error
  }
  return { core: createCore(manifest, db, isOwned, options), hasNewColumns }
}

function createCore(
  manifest: AppManifest,
  opened: DatabaseSync | SqlDriver,
  isOwned: boolean,
  { onError, cursorSecret, hooks = {}, events = {}, workflows: workflowOptions = {} }: AppOptions,
): AppCore {
  const slotByName = new Map<string, ObjectSlot>()
  for (const name of Object.keys(manifest.objects)) slotByName.set(name, { name, store: undefined })
  const planByObject = new Map<string, ObjectPlan>()
  const driver = 'session' in opened ? opened : undefined
  const embedded = 'session' in opened ? undefined : embed(opened)

  const loadPlan = async (name: string): Promise<ObjectPlan> => {
    const known = planByObject.get(name)
    if (known) return known
    const load = manifest.objects[name]
    if (!load) throw notFound(`There is no object "${name.slice(0, 64)}".`)
    const { plan: compiled } = await load()
    const registered = core.registry.isUsed(name) ? await import('../behaviour/with-registered.ts') : undefined
    if (compiled.behaviour || registered) Object.assign(behaviourSlot, await core.behaviours())
    const behaviour = registered?.withRegistered(compiled.behaviour, core.registry, name)
    const hooked = behaviour ? { ...compiled, behaviour } : compiled
    const { actions } = core.registry
    const plan = actions.of(name).length > 0 ? (await import('../behaviour/with-actions.ts')).withActions(hooked, actions) : hooked
    planByObject.set(name, plan)
    return plan
  }
  /** Its hooks are others now: the next operation makes its store again. What runs goes on as it began. */
  const forget = (name: string): void => {
    planByObject.delete(name)
    const slot = slotByName.get(name)
    if (slot) slot.store = undefined
  }
  /** Hooks run once: plans that their operations may need are there before. */
  const loadRelated = ({ fields, children = {} }: ObjectPlan): Promise<unknown> =>
    Promise.all(
      [...Object.values(fields).map(({ target }) => target), ...Object.values(children).map(({ object }) => object)].map(
        (name) => name !== undefined && loadPlan(name),
      ),
    )
  const plans: PlanLoader = {
    loadedPlan: (name) => planByObject.get(name),
    loadPlans: (names) => Promise.all(names.map(loadPlan)).then(() => undefined),
  }
  const behaviourSlot: Behaviours = {}
  let behaviours: Promise<RunningBehaviours> | undefined
  let actions: Promise<ActionRunner> | undefined
  let workflows: Promise<RunningWorkflows> | undefined
  let running: RunningWorkflows | undefined
  let transactions: Promise<TransactionRunner> | undefined
  let stores: Promise<{ readonly database: Database; readonly create: (plan: ObjectPlan) => ObjectStore }> | undefined
  let planStatistics = (): PlanStatistics => ({ entries: 0, hits: 0, misses: 0 })
  const openStores = () => {
    stores ??= Promise.all([import('./open-stores.ts'), manifest.planned?.()]).then(([module, calls]) => {
      const opened = module.openStores(core, behaviourSlot, calls?.queries)
      planStatistics = opened.planStatistics
      return opened
    })
    return stores
  }
  const load = async (slot: ObjectSlot): Promise<ObjectStore> => {
    const [plan, { create }] = await Promise.all([loadPlan(slot.name), openStores()])
    if (plan.behaviour) await loadRelated(plan)
    // Hooks may have been registered meanwhile.
    if (planByObject.get(slot.name) !== plan) return load(slot)
    slot.store ??= create(plan)
    return slot.store
  }
  const core: AppCore = {
    manifest,
    embedded,
    driver,
    plans,
    cursorSecret,
    database: async () => (await openStores()).database,
    slotByName,
    load,
    store(name) {
      const slot = slotByName.get(name)
      if (!slot) throw notFound(`There is no object "${name.slice(0, 64)}".`)
      return slot.store ?? load(slot)
    },
    hooks,
    registry: createHookRegistry([...slotByName.keys()], forget),
    behaviours() {
      behaviours ??= import('./behaviour-host.ts').then((module) => module.createBehaviourHost(core))
      return behaviours
    },
    actions() {
      actions ??= import('./action-runner.ts').then((module) => module.createActionRunner(core))
      return actions
    },
    workflows() {
      workflows ??= import('./workflow-host.ts').then(async (module) => {
        running = await module.createRunningWorkflows(core, workflowOptions)
        if (workflowOptions.run !== false && core.isReady) running.begin()
        return running
      })
      return workflows
    },
    wakeWorkflows: () => running?.wake(),
    now: workflowOptions.clock ? () => workflowOptions.clock?.now() ?? Date.now() : Date.now,
    async runTransaction(work, options) {
      transactions ??= import('./transaction.ts').then((module) => module.createTransactionRunner(core))
      core.transactions ??= await transactions
      return core.transactions.run(work, options)
    },
    ...{ transactions: undefined, authenticator: undefined, aroundRest: undefined, kernel: undefined, layer: undefined },
    setLayer(layer) {
      Object.assign(core, { layer })
      stores = undefined
      for (const slot of slotByName.values()) slot.store = undefined
    },
    announcements: createAnnouncements(manifest, { ...events, onError: (error) => core.report(error) }, () => core.registry),
    statistics: () => ({ pool: driver?.statistics(), plans: planStatistics() }),
    report(error) {
      const cause = error instanceof ObjectQLError ? (error.cause ?? error) : error
      try {
        ;(onError ?? console.error)(cause)
      } catch (bug) {
        console.error(bug)
      }
    },
    isReady: true,
    async close() {
      core.isReady = false
      if (workflows) await (await workflows).stop()
      if (behaviours) await (await behaviours).queue.drained()
      core.transactions?.close()
      if (driver) {
        unwatch?.()
        if (isOwned) await driver.close()
        return
      }
      embedded?.gate.close(new ObjectQLError(503, 'UNAVAILABLE', 'The database is closed.', undefined, ['retry-after', '10']))
      embedded?.turn.flush()
      if (isOwned && embedded?.db.isOpen) embedded.db.close()
    },
  }
  const unwatch = driver && createDriverEvents(driver, core.announcements.events)
  return core
}
