import type { FieldPlan, ObjectPlan, SqlValue } from '../object/object-plan.ts'
import { queryError } from '../problem/problem.ts'
import { type Converter, converterFor } from './convert-value.ts'
import { fieldOf, quoteName } from './names.ts'
import type { Condition, Operand } from './query.ts'

/** One `?` of a statement. */
export type Parameter = { readonly slot: number; readonly convert: Converter } | { readonly slot: -1; readonly value: SqlValue }

export interface FilterSql {
  readonly sql: string
  readonly parameters: readonly Parameter[]
}

const SYMBOLS = { eq: '=', ne: 'is not', gt: '>', ge: '>=', lt: '<', le: '<=' } as const
const OPPOSITES = { eq: 'ne', ne: 'eq', gt: 'le', ge: 'lt', lt: 'ge', le: 'gt' } as const

/**
 * A condition as SQLite text with one `?` per value. Two-valued logic: `ne` is true for null (OData 4.01, 5.1.1.1.2), and `not`
 * is pushed down to the comparisons so that `not (a gt 5)` holds where `a` is null.
 * @throws ObjectQLError 400 for unknown fields, types that do not fit and fields that cannot be filtered by.
 */
export function filterSql(condition: Condition, plan: ObjectPlan): FilterSql {
  const parameters: Parameter[] = []
  return { sql: print(condition, plan, parameters, false), parameters }
}

function print(condition: Condition, plan: ObjectPlan, parameters: Parameter[], isNegated: boolean): string {
  switch (condition.kind) {
    case 'not':
      return print(condition.part, plan, parameters, !isNegated)
    case 'and':
    case 'or': {
      const joiner = (condition.kind === 'and') === isNegated ? 'or' : 'and'
      if (condition.parts.length === 0) return joiner === 'and' ? '1' : '0'
      return `(${condition.parts.map((part) => print(part, plan, parameters, isNegated)).join(` ${joiner} `)})`
    }
    case 'null': {
      const column = quoteName(filterable(plan, condition.field, true).column)
      return `${column} is ${condition.isNull === isNegated ? 'not ' : ''}null`
    }
    case 'compare': {
      const { field, column } = filterable(plan, condition.field)
      const operator = isNegated ? OPPOSITES[condition.operator] : condition.operator
      if (field.kind === 'boolean' && operator !== 'eq' && operator !== 'ne')
        throw queryError('INVALID_FILTER', condition.field, `"${condition.field}" is true or false: compare it with eq or ne.`)
      parameters.push(parameter(condition.field, field, condition.value))
      const name = quoteName(column)
      const sql = `${name} ${SYMBOLS[operator]} ?`
      // A negated range must hold for null, which the opposite operator alone would lose.
      return isNegated && operator !== 'eq' && operator !== 'ne' ? `(${sql} or ${name} is null)` : sql
    }
    case 'match':
      return printMatch(condition, plan, parameters, isNegated)
    case 'in':
      return printIn(condition, plan, parameters, isNegated)
    default:
      return condition satisfies never
  }
}

function printMatch(condition: Condition & { kind: 'match' }, plan: ObjectPlan, parameters: Parameter[], isNegated: boolean): string {
  const { field, column } = filterable(plan, condition.field, condition.operator === 'contains')
  const name = quoteName(column)
  if (field.kind === 'list') {
    parameters.push(parameter(condition.field, { kind: 'text' }, condition.value))
    return `${isNegated ? 'not ' : ''}exists (select 1 from json_each(${name}) where value = ?)`
  }
  if (!['text', 'option', 'id', 'date', 'datetime', 'time'].includes(field.kind))
    throw queryError('INVALID_FILTER', condition.field, `"${condition.field}" is not text: "${condition.operator}" cannot be used with it.`)
  const once = parameter(condition.field, { kind: 'text' }, condition.value)
  parameters.push(once)
  let sql: string
  if (condition.operator === 'contains') sql = `instr(${name}, ?) > 0`
  else {
    parameters.push(once)
    sql =
      condition.operator === 'startswith'
        ? `substr(${name}, 1, length(?)) = ?`
        : `substr(${name}, max(1, length(${name}) + 1 - length(?))) = ?`
  }
  return isNegated ? `not coalesce(${sql}, 0)` : sql
}

function printIn(condition: Condition & { kind: 'in' }, plan: ObjectPlan, parameters: Parameter[], isNegated: boolean): string {
  const { field, column } = filterable(plan, condition.field)
  const { values } = condition
  const name = quoteName(column)
  if (values.length === 0) return isNegated ? '1' : '0'
  const first = values[0] as Operand
  let sql: string
  if (values.length === 1 && first.type === 'list') {
    parameters.push(parameter(condition.field, field, first))
    sql = `${name} in (select value from json_each(?))`
  } else {
    for (const value of values) parameters.push(parameter(condition.field, field, value))
    sql = `${name} in (${values.map(() => '?').join(', ')})`
  }
  return isNegated ? `(not ${sql} or ${name} is null)` : sql
}

function parameter(name: string, field: FieldPlan, operand: Operand): Parameter {
  const convert = converterFor(name, field, operand.type)
  return operand.kind === 'slot' ? { slot: operand.index, convert } : { slot: -1, value: convert(operand.value) }
}

/** The field and its column, when it can be filtered by. Lists and JSON can be tested for null (and lists for membership) only. */
function filterable(plan: ObjectPlan, name: string, allowsStructured = false): { readonly field: FieldPlan; readonly column: string } {
  const field = fieldOf(plan, name, 'INVALID_FILTER', '$filter')
  if (field.kind === 'json' || field.kind === 'list') {
    if (!allowsStructured)
      throw queryError(
        'INVALID_FILTER',
        name,
        `"${name}" holds structured values: it can be compared with null${field.kind === 'list' ? ' or searched with contains' : ''} only.`,
      )
  }
  return { field, column: field.column ?? name }
}
