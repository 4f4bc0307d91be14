import type { ObjectPlan } from '../../object/object-plan.ts'
import type { Dialect, Sql } from './dialect.ts'
import { jsonOfFields } from './print-record.ts'
import { printDelete, printInsert, printSelectById } from './print-write.ts'

/** Statements that depend on the schema alone, which the compiler writes into plans. */
export type PlanConstants = Pick<ObjectPlan, 'json' | 'get' | 'insert' | 'delete'>

/**
 * JSON of a whole record and the statements for one record, with values as `printSelectById`, `printInsert` and `printDelete` take them.
 * `json` stands in `get` and `insert` as it is. `formulaOf`: a formula over the columns of the table.
 */
export function constantsOf(
  plan: Pick<ObjectPlan, 'table' | 'fields' | 'trash'>,
  dialect: Dialect,
  formulaOf?: (field: string) => Sql,
): PlanConstants {
  const json = jsonOfFields(plan, dialect, formulaOf)
  const whole = { ...plan, json }
  return {
    json,
    get: printSelectById(whole, dialect).sql,
    insert: printInsert(whole, dialect).sql,
    delete: printDelete(whole, dialect).sql,
  }
}
