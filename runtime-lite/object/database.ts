import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { QueryLimits } from '../query/parse-where.ts'
import type { Turn } from '../sqlite/turn.ts'
import type { ObjectPlan } from './object-plan.ts'

/** What the stores of one application share. */
export interface Database {
  readonly db: DatabaseSync
  readonly turn: Turn
  readonly limits: QueryLimits
  readonly newId: () => string
  /** Loads the plans of these objects, and undefined when all of them are there already. */
  readonly ensurePlans: (objectNames: readonly string[]) => Promise<void> | undefined
  readonly planByName: (objectName: string) => ObjectPlan
}

/** A statement whose rows are arrays. */
export function prepareArrays(db: DatabaseSync, sql: string): StatementSync {
  const statement = db.prepare(sql)
  statement.setReturnArrays(true)
  return statement
}
