import type { FieldPlan } from '../../../runtime-lite/object/object-plan.ts'
import { constantsOf, type PlanConstants } from '../../../runtime-lite/query/print/constants-of.ts'
import { sqliteDialect } from '../../../runtime-lite/query/print/sqlite.ts'
import type { FieldIr, ObjectIr } from '../../ir/object.ts'
import type { FormulaTexts } from '../target.ts'
import { fieldPlan } from './field-plan.ts'

/** Statements that depend on the schema alone, printed by what prints all others at run time. Without `formulas`, records have none. */
export function planConstants(object: ObjectIr, formulas?: FormulaTexts): PlanConstants {
  const fields = Object.fromEntries(object.fields.filter(isInPlan).map((field) => [field.name, fieldPlan(field, NO_OBJECTS) as FieldPlan]))
  const trash = object.trash ? { trash: { column: deletedColumn(object) } } : {}
  return constantsOf({ table: quotedTable(object.table), fields, ...trash }, sqliteDialect, formulas?.text)
}

/** As plans hold it. */
export const quotedTable = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** What queries can read: fields with a column, and formulas. */
export const isInPlan = (field: FieldIr): boolean => field.column !== undefined || field.formula !== undefined

/** Where lookups lead changes nothing here. */
const NO_OBJECTS: ReadonlySet<string> = new Set()

/** The column that says when a record was deleted. */
export function deletedColumn({ trash, fields }: Pick<ObjectIr, 'trash' | 'fields'>): string {
  return fields.find(({ name }) => name === trash?.field)?.column ?? trash?.field ?? ''
}
