import type { DatabaseSync } from 'node:sqlite'
import type { Session } from '../database/session.ts'
import type { PlannedCall } from '../query/ahead/plans-ahead.ts'
import type { ReadLimits } from '../query/bind/bind-scope.ts'
import type { Dialect } from '../query/print/dialect.ts'
import type { FilteredStatement } from '../query/print/print-write.ts'
import { createShapeCache, type ShapeCache } from '../query/shape-cache.ts'
import type { Gate } from '../sqlite/gate.ts'
import type { Turn } from '../sqlite/turn.ts'
import type { ObjectPlan } from './object-plan.ts'
import { createStatementBook, type StatementBook } from './plan-statements.ts'

/** What the stores of one application share. Inside a transaction it is the same with another session. */
export interface Database extends PlanLoader {
  readonly session: Session
  readonly dialect: Dialect
  readonly limits: ReadLimits
  readonly newId: () => string
  /** Statements of writes that follow from an object's plan. */
  readonly statementsOf: StatementBook
  /** What is behind the session where the database runs in this process. */
  readonly embedded?: Embedded
  /** Reads that were planned while compiling. */
  readonly planned?: Readonly<Record<string, PlannedCall>>
  /** Signs cursors. Undefined: the secret is kept in the database. */
  readonly cursorSecret?: string
  /** Hooks, once the plan of an object that has some is loaded. */
  readonly behaviours: Behaviours
  /** The session is a transaction that everything its callers start takes part in: hooks may wait in it. */
  readonly isScoped?: true
  /** Writes by a filter, by object, operation and shape. */
  readonly filteredStatements: ShapeCache<FilteredStatement>
}

/** Loaded with the first object that has hooks, or rules that ask. */
export interface Behaviours {
  wrap?: (plain: ObjectStore, database: Database) => ObjectStore
  around?: Around
  /** Asks the validators of rules. */
  asking?: Asking
}

type ObjectStore = import('./object-store.ts').ObjectStore
type Around = import('../behaviour/around.ts').Around
type Asking = import('../validators/asking.ts').Asking

export interface Embedded {
  readonly db: DatabaseSync
  readonly turn: Turn
  readonly gate: Gate
}

/** Plans of objects are loaded on first use. */
export interface PlanLoader {
  /** The plans of an object, or undefined when they are not loaded yet. */
  readonly loadedPlan: (objectName: string) => ObjectPlan | undefined
  readonly loadPlans: (objectNames: readonly string[]) => Promise<undefined>
}

/** Characters of SQL kept for writes by a filter: bounds what clients with ever new filters can make the process hold. */
const MAX_CHARACTERS = 4_000_000

export function createDatabase(
  parts: Pick<Database, 'session' | 'limits' | 'newId' | 'embedded' | 'planned' | 'cursorSecret' | keyof PlanLoader> & {
    readonly behaviours?: Behaviours
  },
): Database {
  const { dialect } = parts.session
  return {
    ...parts,
    behaviours: parts.behaviours ?? {},
    dialect,
    statementsOf: createStatementBook(dialect),
    filteredStatements: createShapeCache<FilteredStatement>(MAX_CHARACTERS, ({ sql }) => sql.length),
  }
}
