import type { ObjectPlan } from '../../object/object-plan.ts'
import type { Dialect, Sql } from './dialect.ts'

const jsonByDialect = new WeakMap<Dialect, WeakMap<ObjectPlan, Sql>>()

/**
 * JSON of a whole record: an expression over unqualified columns, to stand in a select or a RETURNING clause over the table alone.
 * Text once it leaves the database (`jsonText`).
 */
export function printRecord(plan: ObjectPlan, dialect: Dialect): Sql {
  // The constant of the plan is SQLite's.
  if (dialect.name === 'sqlite') return plan.json
  let jsonByPlan = jsonByDialect.get(dialect)
  if (!jsonByPlan) {
    jsonByPlan = new WeakMap()
    jsonByDialect.set(dialect, jsonByPlan)
  }
  const known = jsonByPlan.get(plan)
  if (known !== undefined) return known
  const json = dialect.jsonObject(
    Object.entries(plan.fields)
      .filter(([, field]) => !field.isWriteOnly)
      .map(([name, field]) => [name, dialect.jsonValue(dialect.quoteName(field.column ?? name), field)] as const),
  )
  jsonByPlan.set(plan, json)
  return json
}
