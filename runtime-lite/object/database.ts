import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Parameter } from '../query/filter-sql.ts'
import type { QueryLimits } from '../query/parse-where.ts'
import { createShapeCache, type ShapeCache } from '../query/shape-cache.ts'
import type { Turn } from '../sqlite/turn.ts'
import type { ObjectPlan } from './object-plan.ts'

/** What the stores of one application share. */
export interface Database {
  readonly db: DatabaseSync
  readonly turn: Turn
  readonly limits: QueryLimits
  readonly newId: () => string
  /** Statements whose text depends on the request, by object, operation and shape. */
  readonly statements: ShapeCache<Prepared>
  /** The plans of an object, or undefined when they are not loaded yet. */
  readonly loadedPlan: (objectName: string) => ObjectPlan | undefined
  readonly loadPlans: (objectNames: readonly string[]) => Promise<undefined>
}

/** A statement and what its parameters are. */
export interface Prepared {
  readonly statement: StatementSync
  readonly parameters: readonly Parameter[]
  /** Characters of text it keeps alive. */
  readonly weight: number
}

/**
 * Characters of SQL and keys kept in one application. SQLite needs about twelve bytes for one of them, so this bounds what
 * clients with ever new query shapes can make the process hold to about 100 MB; usual applications stay below a tenth of it.
 */
const MAX_CHARACTERS = 8_000_000

export const createStatementCache = (): ShapeCache<Prepared> => createShapeCache(MAX_CHARACTERS, (prepared: Prepared) => prepared.weight)

/** A statement whose rows are arrays. */
export function prepareArrays(db: DatabaseSync, sql: string): StatementSync {
  const statement = db.prepare(sql)
  statement.setReturnArrays(true)
  return statement
}
