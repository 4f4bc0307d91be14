import type { RemoteSchema } from '../database/remote-schema.ts'
import type { ObjectPlan, RawRecord } from '../object/object-plan.ts'
import type { PlannedCall } from '../query/ahead/plans-ahead.ts'
import type { Registry } from '../registry.ts'
import type { SqliteSchema } from '../sqlite/migrate.ts'
import type { WorkflowModules } from '../workflow/workflow-plan.ts'

/** Raised when generated code of an older compiler could not run on this runtime. Checked once, at start. */
export const CONTRACT = 1

/** What a generated `index.ts` tells the runtime. Everything heavy is loaded on first use. */
export interface AppManifest {
  readonly contract: number
  readonly name: string
  readonly version: string
  readonly ids: 'uuidv7' | 'nanoid'
  readonly api: ApiLimits
  /** Object name → its plans module. */
  readonly objects: Readonly<Record<string, () => Promise<{ readonly plan: ObjectPlan }>>>
  /** Its digest is equal for equal schemas: a database that was prepared for it needs no comparison at start. */
  readonly schema: SqliteSchema
  /** The same for the remote databases the application was compiled for. */
  readonly remoteSchemas?: { readonly [Dialect in 'postgres' | 'mysql']?: () => Promise<{ readonly schema: RemoteSchema }> }
  readonly registry: () => Promise<{ readonly registry: Registry }>
  /** Plugins that do something when the application starts. */
  readonly kernel?: () => Promise<{ readonly kernel: KernelPlan }>
  /** The function that the configuration names, which says who sends a request. Present: an application that does not start without one. */
  readonly authenticate?: unknown
  /** Middleware of plugins around requests. */
  readonly aroundRest?: () => Promise<{ readonly aroundRest: RestNest }>
  /** Objects with queries of their own: the name of each query by its name in camel case. */
  readonly queries?: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** Objects with actions: the name of each action by its name in camel case. */
  readonly actions?: Readonly<Record<string, { readonly [Scope in 'record' | 'global']?: Readonly<Record<string, string>> }>>
  /** Calls found in the application's sources, and their statements. */
  readonly planned?: () => Promise<{ readonly queries: PlannedCalls }>
  /** Workflow name → its module. Absent where there is none. */
  readonly workflows?: WorkflowModules
  /** Priorities of workflows that have another than 100: steps of smaller numbers run first. */
  readonly priorities?: Readonly<Record<string, number>>
  /** Names of workflows that start by a schedule. */
  readonly schedules?: readonly string[]
  /** It has no workflows, but states that are left after a time. */
  readonly hasTimers?: true
  /** Objects whose trash is purged after a number of days. Absent where there is none. */
  readonly retained?: readonly string[]
  readonly seeds: () => Promise<{ readonly seeds: readonly SeedSet[] }>
  /** Text of openapi.json. */
  readonly openapi: () => Promise<string>
}

type RestNest = import('../middleware/middleware.ts').RestNest
type KernelPlan = import('../kernel/kernel-plan.ts').KernelPlan

/** Calls that the compiler found in the application's sources, by the hash of their shape. */
export type PlannedCalls = Readonly<Record<string, PlannedCall>>

/** Public limits of the REST API; the units and defaults are those of `api` in objectql.config.ts. */
export interface ApiLimits {
  readonly basePath: string
  readonly maxBodyBytes: number
  readonly maxPageSize: number
  readonly defaultPageSize: number
  readonly maxUrlBytes: number
  readonly maxExpandDepth: number
  readonly maxFilterDepth: number
  /** Absent in code of earlier compilers: 1,000. */
  readonly maxQueryCost?: number
  /** Milliseconds a request may wait for a remote database; 0: as long as that lets it. Absent in code of earlier compilers: 30,000. */
  readonly statementTimeoutMs?: number
  /** `/readyz?detail=true` answers with statistics. Absent: false. */
  readonly healthDetail?: boolean
  readonly headersTimeoutMs: number
  readonly requestTimeoutMs: number
  readonly keepAliveTimeoutMs: number
  readonly shutdownTimeoutMs: number
  readonly maxConcurrentRequests: number
  readonly docs: boolean
  /** Reads that are not known while compiling are refused. */
  readonly lockdown?: boolean
  /** Hashes of further reads that `lockdown` lets pass. */
  readonly allowedQueries?: readonly string[]
}

/** Records the schemas bring, for one object. */
export interface SeedSet {
  readonly object: string
  /**
   * `insert`, `ignore`: records that are there already stay as they are. `update`: nothing new. `upsert`: both. `replace`: as upsert,
   * and fields that a seed does not name go back to their default.
   */
  readonly mode: 'insert' | 'update' | 'upsert' | 'replace' | 'ignore'
  /** Field that identifies a record: `id` or a natural key. Records without a value there are recognised by all their values. */
  readonly key: string
  readonly records: readonly RawRecord[]
}
