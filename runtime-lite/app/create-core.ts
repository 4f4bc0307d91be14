import type { DatabaseSync } from 'node:sqlite'
import { createHookRegistry } from '../behaviour/hook-registry.ts'
import type { SqlDriver } from '../database/session.ts'
import { createDriverEvents } from '../events/driver-events.ts'
import type { Behaviours, Database, PlanLoader } from '../object/database.ts'
import type { ObjectPlan } from '../object/object-plan.ts'
import type { ObjectStore } from '../object/object-store.ts'
import type { PlanStatistics } from '../object/query-plans.ts'
import { notFound, ObjectQLError } from '../problem/problem.ts'
import { createAnnouncements } from './announcements.ts'
import type { AppCore, ObjectSlot } from './app-core.ts'
import type { AppManifest } from './app-manifest.ts'
import type { AppOptions } from './app-options.ts'
import { embed } from './open-embedded.ts'
import type { TransactionRunner } from './transaction-scope.ts'
import { aroundRequests } from './use-middleware.ts'

type RunningBehaviours = import('./behaviour-host.ts').RunningBehaviours
type ActionRunner = import('./action-runner.ts').ActionRunner
type RunningWorkflows = import('../workflow/workflows.ts').RunningWorkflows

/** The application on an open database. Nothing is loaded or read yet that the first request does not need. */
export function createCore(
  manifest: AppManifest,
  opened: DatabaseSync | SqlDriver,
  isOwned: boolean,
  { onError, cursorSecret, hooks = {}, events = {}, validators = {}, workflows: workflowOptions = {} }: AppOptions,
): AppCore {
  const slotByName = new Map<string, ObjectSlot>()
  for (const name of Object.keys(manifest.objects)) slotByName.set(name, { name, store: undefined })
  const planByObject = new Map<string, ObjectPlan>()
  const driver = 'session' in opened ? opened : undefined
  const embedded = 'session' in opened ? undefined : embed(opened)

  const loadPlan = async (name: string): Promise<ObjectPlan> => {
    const known = planByObject.get(name)
    if (known) return known
    const plan = await makePlan(name)
    planByObject.set(name, plan)
    return plan
  }
  const makePlan = async (name: string): Promise<ObjectPlan> => {
    const load = core.manifest.objects[name]
    if (!load) throw notFound(`There is no object "${name.slice(0, 64)}".`)
    const { plan: compiled } = await load()
    const registered = core.registry.isUsed(name) ? await import('../behaviour/with-registered.ts') : undefined
    if (compiled.behaviour || compiled.rules?.waits || registered) Object.assign(behaviourSlot, await core.behaviours())
    const behaviour = registered?.withRegistered(compiled.behaviour, core.registry, name)
    const hooked = behaviour ? { ...compiled, behaviour } : compiled
    const { actions } = core.registry
    return actions.of(name).length > 0 ? (await import('../behaviour/with-actions.ts')).withActions(hooked, actions) : hooked
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
    if (plan.behaviour || plan.rules?.waits) await loadRelated(plan)
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
    validators,
    registry: createHookRegistry([...slotByName.keys()], forget),
    async exchange(next) {
      const before = core.manifest
      Object.assign(core, { manifest: next })
      try {
        // All are there before the first takes its place: what runs finds each at any time.
        const renewed = await Promise.all([...planByObject.keys()].map(async (name) => [name, await makePlan(name)] as const))
        for (const [name, plan] of renewed) {
          forget(name)
          planByObject.set(name, plan)
        }
        if (next.aroundRest) await aroundRequests(core)
      } catch (error) {
        Object.assign(core, { manifest: before })
        throw error
      }
      return () => core.exchange(before)
    },
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
