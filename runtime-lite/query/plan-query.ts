import type { ObjectPlan } from '../object/object-plan.ts'
import { queryError } from '../problem/problem.ts'
import { type FilterSql, filterSql, type Parameter } from './filter-sql.ts'
import { fieldOf, quoteName } from './names.ts'
import type { QueryLimits } from './parse-where.ts'
import type { Expand, Operand, Query, SortItem } from './query.ts'
import { type LoadedPlan, recordJson } from './record-json.ts'

/** A statement for one query shape; values travel as parameters only. */
export interface StatementPlan {
  readonly sql: string
  readonly parameters: readonly Parameter[]
}

/**
 * A page of records as one JSON document, built in the database and returned as bytes that are never decoded. Ordered by
 * the sort items, then by id, so that pages are stable.
 */
export function planList(query: Query, plan: ObjectPlan, loadedPlan: LoadedPlan, limits: QueryLimits): StatementPlan {
  const where = query.where ? filterSql(query.where, plan) : undefined
  const json = recordJson(plan, query.select, query.expand, loadedPlan)
  const parameters: Parameter[] = []
  let total = ''
  if (query.withTotal) {
    total = `,"total":'||(select count(*) from ${plan.table} as t0${whereText(where)})||'`
    parameters.push(...(where?.parameters ?? []))
  }
  parameters.push(...(where?.parameters ?? []), limitParameter(query.limit, limits))
  // SQLite looks at a bare "limit ?" while planning and plans again for every value; behind a cast it is a value like any other.
  let page = ` order by ${sortText(query.orderBy, plan)} limit cast(? as integer)`
  if (query.offset) {
    page += ' offset cast(? as integer)'
    parameters.push({ slot: slotOf(query.offset), convert: (value) => wholeNumber(value, '$skip', 2_147_483_647) })
  }
  // ORDER BY looks at aliases first, so a column must not be called the same.
  let alias = 'j'
  while (hasColumn(plan, alias)) alias += 'j'
  const rows = `select ${json} as ${alias} from ${plan.table} as t0${whereText(where)}${page}`
  return { sql: `select cast('{"items":['||coalesce(group_concat(${alias}),'')||']${total}}' as blob) from (${rows})`, parameters }
}

const hasColumn = (plan: ObjectPlan, column: string): boolean =>
  Object.entries(plan.fields).some(([name, field]) => (field.column ?? name).toLowerCase() === column)

/** One record by id, with some fields only or relations expanded. The last parameter is the id. */
export function planGet(query: Query, plan: ObjectPlan, loadedPlan: LoadedPlan): StatementPlan {
  if (query.where) throw noPlace('$filter')
  refusePaging(query)
  return {
    sql: `select ${recordJson(plan, query.select, query.expand, loadedPlan)}, "_version" from ${plan.table} as t0 where "id" = ?`,
    parameters: [],
  }
}

export function planCount(query: Query, plan: ObjectPlan): StatementPlan {
  refusePaging(query)
  if (query.select) throw noPlace('$select')
  if (query.expand.length > 0) throw noPlace('$expand')
  const where = query.where ? filterSql(query.where, plan) : undefined
  return { sql: `select count(*) from ${plan.table} as t0${whereText(where)}`, parameters: where?.parameters ?? [] }
}

function refusePaging({ orderBy, limit, offset, withTotal }: Query): void {
  if (orderBy.length > 0) throw noPlace('$orderby')
  if (limit) throw noPlace('$top')
  if (offset) throw noPlace('$skip')
  if (withTotal) throw noPlace('$count')
}

const noPlace = (parameter: string) => queryError('INVALID_QUERY', parameter, `"${parameter}" has no meaning for this operation.`)

/** Objects that a query expands into and whose plans are not there yet: those of one level at a time, since each names the next. */
export function missingPlans(expand: readonly Expand[], plan: ObjectPlan, loadedPlan: LoadedPlan): readonly string[] {
  const missing: string[] = []
  for (const item of expand) {
    const target = Object.hasOwn(plan.fields, item.field) ? plan.fields[item.field]?.target : undefined
    if (target === undefined) continue
    const known = loadedPlan(target)
    if (known) missing.push(...missingPlans(item.expand, known, loadedPlan))
    else missing.push(target)
  }
  return missing
}

const whereText = (where: FilterSql | undefined): string => (where ? ` where ${where.sql}` : '')

function sortText(items: readonly SortItem[], plan: ObjectPlan): string {
  const parts: string[] = []
  let isTotal = false
  let isDescending = false
  for (const item of items) {
    const field = fieldOf(plan, item.field, 'INVALID_SORT', '$orderby')
    if (field.kind === 'json' || field.kind === 'list')
      throw queryError('INVALID_SORT', '$orderby', `"${item.field}" holds structured values and cannot be sorted by.`)
    isDescending = item.isDescending
    parts.push(`${quoteName(field.column ?? item.field)}${isDescending ? ' desc' : ''}`)
    isTotal ||= item.field === 'id'
  }
  // The id ends every index: in the direction of the last item it costs no sorting.
  if (!isTotal) parts.push(`"id"${isDescending ? ' desc' : ''}`)
  return parts.join(', ')
}

function limitParameter(limit: Operand | undefined, { maxPageSize, defaultPageSize }: QueryLimits): Parameter {
  if (!limit) return { slot: -1, value: defaultPageSize }
  return { slot: slotOf(limit), convert: (value) => wholeNumber(value, '$top', maxPageSize) }
}

const slotOf = (operand: Operand): number => (operand.kind === 'slot' ? operand.index : -1)

function wholeNumber(value: unknown, parameter: string, max: number): number {
  const number = typeof value === 'number' ? value : /^\d{1,10}$/.test(String(value)) ? Number(value) : -1
  if (Number.isInteger(number) && number >= 0 && number <= max) return number
  throw queryError('INVALID_QUERY', parameter, `"${parameter}" must be a whole number from 0 to ${max}.`)
}
