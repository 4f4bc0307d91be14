import type { FieldPlan } from '../../../runtime-lite/object/object-plan.ts'
import { constantsOf, type PlanConstants } from '../../../runtime-lite/query/print/constants-of.ts'
import { sqliteDialect } from '../../../runtime-lite/query/print/sqlite.ts'
import type { FieldIr, ObjectIr } from '../../ir/object.ts'
import { fieldPlan } from './field-plan.ts'

/** Statements that depend on the schema alone, printed by what prints all others at run time. */
export function planConstants(object: ObjectIr): PlanConstants {
  const fields = Object.fromEntries(object.fields.filter(isStored).map((field) => [field.name, fieldPlan(field, NO_OBJECTS) as FieldPlan]))
  return constantsOf({ table: quotedTable(object.table), fields }, sqliteDialect)
}

/** As plans hold it. */
export const quotedTable = (name: string): string => `"${name.replaceAll('"', '""')}"`

const isStored = (field: FieldIr): boolean => field.column !== undefined

/** Where lookups lead changes nothing here. */
const NO_OBJECTS: ReadonlySet<string> = new Set()
