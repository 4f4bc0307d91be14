import type { DatabaseSync } from 'node:sqlite'
import type { Authenticate } from '../context/authenticator.ts'
import type { SqlDriver } from '../database/session.ts'
import type { EventBusOptions } from '../events/event-bus.ts'
import type { BetterSqlite3Database } from '../sqlite/better-sqlite3.ts'
import type { SqliteOptions } from '../sqlite/open.ts'
import type { HookOptions } from './hook-options.ts'

type AnyApp = import('./app.ts').AnyApp

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
  /** How rules ask functions and addresses. */
  readonly validators?: import('../validators/validator-options.ts').ValidatorOptions
  /** When this process empties the trash. */
  readonly trash?: import('./retention.ts').TrashOptions
  /** Told about every failure that clients see as a 500, with its cause. Default: prints it to stderr. */
  readonly onError?: (error: unknown) => void
  /** Told at start about tables and columns that no object uses any more but that hold data. Default: prints it to stderr. */
  readonly onWarning?: (message: string) => void
}
