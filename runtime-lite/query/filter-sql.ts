import type { ColumnKind, FieldPlan, ObjectPlan, SqlValue } from '../object/object-plan.ts'
import { queryError } from '../problem/problem.ts'
import { type Converter, converterFor } from './converter.ts'
import { fieldOf, quoteName } from './names.ts'
import type { Condition, Operand, TextMatch } from './query.ts'

/** One `?` of a statement. */
export type Parameter = { readonly slot: number; readonly convert: Converter } | { readonly slot: -1; readonly value: SqlValue }

export interface FilterSql {
  readonly sql: string
  readonly parameters: readonly Parameter[]
}

const SYMBOLS = { eq: '=', ne: 'is not', gt: '>', ge: '>=', lt: '<', le: '<=' } as const
const OPPOSITES = { eq: 'ne', ne: 'eq', gt: 'le', ge: 'lt', lt: 'ge', le: 'gt' } as const

/**
 * A condition as SQLite text with one `?` per value, over a table under the alias `t0`. Two-valued logic: `ne` is true for null (OData 4.01, 5.1.1.1.2), and `not`
 * is pushed down to the comparisons so that `not (a gt 5)` holds where `a` is null.
 * @throws ObjectQLError 400 for unknown fields, types that do not fit and fields that cannot be filtered by.
 */
export function filterSql(condition: Condition, plan: ObjectPlan): FilterSql {
  const parameters: Parameter[] = []
  const sql = print(condition, plan, parameters, false)
  if (parameters.length > MAX_PARAMETERS)
    throw queryError('INVALID_FILTER', '$filter', `A filter has at most ${MAX_PARAMETERS} values; this one has ${parameters.length}.`)
  return { sql, parameters }
}

/** SQLite takes 32,766 in one statement, and a list uses them twice to count its total. */
const MAX_PARAMETERS = 16_000

function print(condition: Condition, plan: ObjectPlan, parameters: Parameter[], isNegated: boolean): string {
  switch (condition.kind) {
    case 'not':
      return print(condition.part, plan, parameters, !isNegated)
    case 'and':
    case 'or': {
      const joiner = (condition.kind === 'and') === isNegated ? 'or' : 'and'
      if (condition.parts.length === 0) return joiner === 'and' ? '1' : '0'
      return joined(
        condition.parts.map((part) => print(part, plan, parameters, isNegated)),
        joiner,
      )
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

/**
 * `(a and b and c)`. SQLite reads a long chain as a tree as deep as the chain and takes 1,000 levels: long ones become a
 * balanced tree.
 */
function joined(parts: readonly string[], joiner: string): string {
  if (parts.length <= MAX_CHAIN) return `(${parts.join(` ${joiner} `)})`
  const half = parts.length >> 1
  return `(${joined(parts.slice(0, half), joiner)} ${joiner} ${joined(parts.slice(half), joiner)})`
}

const MAX_CHAIN = 8

const TEXT_KINDS: ReadonlySet<ColumnKind> = new Set(['text', 'option', 'id', 'date', 'datetime', 'time'])
const TEXT: FieldPlan = { kind: 'text' }

function printMatch(condition: Condition & { kind: 'match' }, plan: ObjectPlan, parameters: Parameter[], isNegated: boolean): string {
  const { operator, value } = condition
  const { field, column } = filterable(plan, condition.field, operator === 'contains')
  const name = quoteName(column)
  if (field.kind === 'list') {
    const isNumber = value.type === 'bare' || value.type === 'number'
    parameters.push(parameter(condition.field, isNumber ? { kind: 'real' } : TEXT, value))
    // json_each has columns of its own (value, key, id …), which would hide the field's.
    return `${isNegated ? 'not ' : ''}exists (select 1 from json_each(t0.${name}) as item where item.value = ?)`
  }
  if (!TEXT_KINDS.has(field.kind) || hasNumbers(field))
    throw queryError('INVALID_FILTER', condition.field, `"${condition.field}" is not text: "${operator}" cannot be used with it.`)
  const wanted = parameter(condition.field, TEXT, value)
  const sql = matchSql(operator, name, wanted, parameters)
  return isNegated ? `not coalesce(${sql}, 0)` : sql
}

/** SQLite's length and substr stop at a NUL character: only instr, comparisons and bytes see the whole text. */
function matchSql(operator: TextMatch, name: string, wanted: Parameter, parameters: Parameter[]): string {
  if (operator === 'contains') {
    parameters.push(wanted)
    return `instr(${name}, ?) > 0`
  }
  if (operator === 'startswith') {
    // A range, so that an index on the field serves it.
    parameters.push(wanted, mapped(wanted, afterPrefix))
    return `(${name} >= ? and ${name} < ?)`
  }
  const bytes = mapped(wanted, (text) => encoder.encode(text))
  parameters.push(bytes, bytes)
  // substr of an empty text's bytes is null.
  return `(${name} is not null and coalesce(substr(cast(${name} as blob), max(1, length(cast(${name} as blob)) + 1 - length(?))), x'') = ?)`
}

const encoder = new TextEncoder()

function mapped(parameter: Parameter, map: (text: string) => SqlValue): Parameter {
  if (parameter.slot < 0 && 'value' in parameter) return { slot: -1, value: map(String(parameter.value)) }
  const { slot, convert } = parameter as { readonly slot: number; readonly convert: Converter }
  return { slot, convert: (value) => map(String(convert(value))) }
}

/** The smallest text that sorts after everything with this prefix. Without one, a blob: it sorts after every text. */
function afterPrefix(prefix: string): SqlValue {
  const text = prefix.toWellFormed()
  for (let end = text.length; end > 0; ) {
    const isPair = end > 1 && (text.charCodeAt(end - 1) & 0xfc00) === 0xdc00
    const start = isPair ? end - 2 : end - 1
    const last = text.codePointAt(start) ?? 0
    // Surrogates are no characters of their own.
    if (last < 0x10ffff) return text.slice(0, start) + String.fromCodePoint(last === 0xd7ff ? 0xe000 : last + 1)
    end = start
  }
  return NO_BYTES
}

const NO_BYTES = new Uint8Array(0)

const hasNumbers = ({ options = [] }: FieldPlan): boolean => options.length > 0 && options.every((option) => typeof option === 'number')

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
