import type { HookRegistry } from '../behaviour/hook-registry.ts'
import type { Authenticator } from '../context/authenticator.ts'
import type { PoolStatistics, SqlDriver, TransactionOptions } from '../database/session.ts'
import type { StatementLayer } from '../database/statement-layer.ts'
import type { Database, Embedded, PlanLoader } from '../object/database.ts'
import type { ObjectStore } from '../object/object-store.ts'
import type { PlanStatistics } from '../object/query-plans.ts'
import type { ValidatorOptions } from '../validators/validator-options.ts'
import type { Announcements } from './announcements.ts'
import type { AppManifest } from './app-manifest.ts'
import type { HookOptions } from './hook-options.ts'
import type { TransactionRunner } from './transaction-scope.ts'

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
  /** How rules ask functions and addresses. */
  readonly validators: ValidatorOptions
  /**
   * Takes the code of another version of the same application (its hooks, actions and middleware): operations that begin later run it. Gives what puts
   * the code before back.
   */
  readonly exchange: (manifest: AppManifest) => Promise<() => Promise<unknown>>
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
