import type { ColumnKind, FieldPlan, ObjectPlan } from '../../object/object-plan.ts'
import type { ParameterKind } from '../bound.ts'
import type { Dialect, Sql } from './dialect.ts'

/** The column that counts the changes of a record. */
export const VERSION_COLUMN = '_version'

/** As much of a plan as statements for whole records need. */
export type TablePlan = Pick<ObjectPlan, 'table' | 'fields' | 'json' | 'records' | 'trash'>

/** What was deleted together, of objects with a trash. Empty in records that are there. */
export const DELETION_COLUMN = '_deletion'

/** ` and "deleted_at" is null`, of objects with a trash. */
export const andLive = ({ trash }: Pick<ObjectPlan, 'trash'>, dialect: Pick<Dialect, 'quoteName'>, alias = ''): Sql =>
  trash ? ` and ${alias === '' ? '' : `${alias}.`}${dialect.quoteName(trash.column)} is null` : ''

/** Plans hold the quoted name of their table in standard SQL. */
export const tableOf = (plan: Pick<ObjectPlan, 'table'>, dialect: Pick<Dialect, 'quoteName'>): Sql =>
  dialect.quoteName(plan.table.startsWith('"') ? plan.table.slice(1, -1).replaceAll('""', '"') : plan.table)

/** The column of a field; `_version` is one, too. */
export const columnOf = (plan: Pick<ObjectPlan, 'fields'>, field: string): string => fieldPlanOf(plan, field)?.column ?? field

export const fieldPlanOf = (plan: Pick<ObjectPlan, 'fields'>, field: string): FieldPlan | undefined =>
  Object.hasOwn(plan.fields, field) ? plan.fields[field] : undefined

/** What a value of a column travels as. */
export function parameterKindOf(field: Pick<FieldPlan, 'kind' | 'options'> | undefined): ParameterKind {
  const kind: ColumnKind = field?.kind ?? 'integer'
  if (kind === 'option') return hasNumbers(field) ? 'real' : 'text'
  if (kind === 'id') return 'text'
  return kind === 'list' ? 'json' : kind
}

/** Options that are numbers are stored as numbers. */
export const hasNumbers = (field: Pick<FieldPlan, 'options'> | undefined): boolean => {
  const options = field?.options ?? []
  return options.length > 0 && options.every((option) => typeof option === 'number')
}
