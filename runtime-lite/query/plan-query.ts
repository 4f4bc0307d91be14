import type { ObjectPlan } from '../object/object-plan.ts'
import { queryError } from '../problem/problem.ts'
import { type FilterSql, filterSql, type Parameter } from './filter-sql.ts'
import { type PlanByName, recordJson } from './json-sql.ts'
import { fieldOf, quoteName } from './names.ts'
import type { QueryLimits } from './parse-where.ts'
import type { Expand, Operand, Query, SortItem } from './query.ts'

/** A statement for one query shape; values travel as parameters only. */
export interface StatementPlan {
  readonly sql: string
  readonly parameters: readonly Parameter[]
}

/**
 * A page of records as one JSON document, built in the database and returned as bytes that are never decoded. Ordered by
 * the sort items, then by id, so that pages are stable.
 */
export function planList(query: Query, plan: ObjectPlan, planByName: PlanByName, limits: QueryLimits): StatementPlan {
  const where = query.where ? filterSql(query.where, plan) : undefined
  const json = recordJson(plan, query.select, query.expand, planByName)
  const parameters: Parameter[] = []
  let total = ''
  if (query.withTotal) {
    total = `,"total":'||(select count(*) from ${plan.table}${whereText(where)})||'`
    parameters.push(...(where?.parameters ?? []))
  }
  parameters.push(...(where?.parameters ?? []), limitParameter(query.limit, limits))
  let page = ` order by ${sortText(query.orderBy, plan)} limit ?`
  if (query.offset) {
    page += ' offset ?'
    parameters.push({ slot: slotOf(query.offset), convert: (value) => wholeNumber(value, '$skip', 2_147_483_647) })
  }
  const rows = `select ${json} as j from ${plan.table} as t0${whereText(where)}${page}`
  return { sql: `select cast('{"items":['||coalesce(group_concat(j),'')||']${total}}' as blob) from (${rows})`, parameters }
}

/** One record by id, with some fields only or relations expanded. The last parameter is the id. */
export function planGet(query: Query, plan: ObjectPlan, planByName: PlanByName): StatementPlan {
  return {
    sql: `select ${recordJson(plan, query.select, query.expand, planByName)}, "_version" from ${plan.table} as t0 where "id" = ?`,
    parameters: [],
  }
}

export function planCount(query: Query, plan: ObjectPlan): StatementPlan {
  const where = query.where ? filterSql(query.where, plan) : undefined
  return { sql: `select count(*) from ${plan.table}${whereText(where)}`, parameters: where?.parameters ?? [] }
}

/** Objects whose plans a query needs besides its own: those it expands into. */
export function targetsOf(expand: readonly Expand[], plan: ObjectPlan): readonly string[] {
  return expand.flatMap(({ field }) => {
    const target = Object.hasOwn(plan.fields, field) ? plan.fields[field]?.target : undefined
    return target === undefined ? [] : [target]
  })
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
