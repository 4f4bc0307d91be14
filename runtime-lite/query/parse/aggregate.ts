import { queryError } from '../../problem/problem.ts'
import { isPlainObject } from '../../validate/plain-object.ts'
import type { Aggregate, Expression, GroupItem } from '../ast.ts'
import { parseAggregatesText, parseGroupText } from './aggregate-text.ts'
import { aggregateFunction, checkAlias, defaultAlias, groupAlias, isGranularity } from './group-names.ts'
import { fieldExpression, parseExpression } from './json-expression.ts'
import { isJsonText, parseJson } from './json-text.ts'
import { markCalls, markText } from './marked-text.ts'
import { below, type ParseScope } from './parse-scope.ts'
import { parseWhere } from './where.ts'

/**
 * `['status', { field: 'created_at', dateGranularity: 'month', alias: 'm' }, { by: { $call: […] }, alias: 'y' }]`, or text. `taken`: aliases of the
 * query so far; grows.
 * @throws ObjectQLError 400 naming the place.
 */
export function parseGroupBy(value: unknown, scope: ParseScope, taken: Set<string>): readonly GroupItem[] {
  const { parameter } = scope
  if (value === undefined || value === null) return []
  if (typeof value === 'string') {
    if (isJsonText(value)) return parseGroupBy(parseJson(value, parameter), scope, taken)
    return parseGroupText(markCalls(value, parameter, scope.sink), scope.limits.maxFilterDepth, taken)
  }
  const items: readonly unknown[] = Array.isArray(value) ? value : [value]
  return items.flatMap((item, index) => {
    const at = Array.isArray(value) ? `${parameter}[${index}]` : parameter
    if (typeof item === 'string' && !isJsonText(item)) return parseGroupBy(item, { ...scope, parameter: at }, taken)
    return [groupItem(item, { ...scope, parameter: at }, taken)]
  })
}

function groupItem(item: unknown, scope: ParseScope, taken: Set<string>): GroupItem {
  const { parameter: at } = scope
  if (!isPlainObject(item)) throw queryError('INVALID_QUERY', at, 'A group is a field name or { field, dateGranularity, alias }.')
  const { field, by, dateGranularity, granularity = dateGranularity, alias, ...rest } = item
  refuseOthers(rest, 'field, by, dateGranularity and alias', at)
  if (granularity !== undefined && !isGranularity(granularity))
    throw queryError('INVALID_QUERY', below(at, 'dateGranularity'), 'A date is grouped by day, week, month, quarter or year.')
  const of = expressionOf(field, by, scope)
  if (!of) throw queryError('INVALID_QUERY', at, 'A group needs a "field".')
  return {
    alias: checkAlias(alias ?? groupAlias(of), taken, at),
    by: of,
    ...(granularity === undefined ? {} : { granularity }),
  }
}

/**
 * `[{ function: 'sum', field: 'amount', alias: 'total', distinct, filter }]`, `{ total: { sum: 'amount' } }`, `{ amount: 'sum' }`, or text.
 * @throws ObjectQLError 400 naming the place.
 */
export function parseAggregates(value: unknown, scope: ParseScope, taken: Set<string>): readonly Aggregate[] {
  const { parameter } = scope
  if (value === undefined || value === null) return []
  if (typeof value === 'string') {
    if (isJsonText(value)) return parseAggregates(parseJson(value, parameter), scope, taken)
    return parseAggregatesText(markText(value, parameter, scope.sink), scope.limits.maxFilterDepth, taken)
  }
  if (Array.isArray(value))
    return value.flatMap((item: unknown, index) => {
      const inner = { ...scope, parameter: `${parameter}[${index}]` }
      return typeof item === 'string' && !isJsonText(item) ? parseAggregates(item, inner, taken) : [listed(item, inner, taken)]
    })
  if (!isPlainObject(value)) throw queryError('INVALID_QUERY', parameter, `"${parameter}" is a list of { function, field, alias }.`)
  if (typeof (value['function'] ?? value['func']) === 'string') return [listed(value, scope, taken)]
  return Object.entries(value).flatMap(([name, item]) => mapped(name, item, { ...scope, parameter: below(parameter, name) }, taken))
}

function listed(item: unknown, scope: ParseScope, taken: Set<string>): Aggregate {
  const { parameter: at } = scope
  if (!isPlainObject(item)) throw queryError('INVALID_QUERY', at, 'An aggregate is { function, field, alias }.')
  const { func, function: called = func, field, of, alias, distinct, filter, where = filter, ...rest } = item
  refuseOthers(rest, 'function, field, alias, distinct and filter', at)
  if (typeof called !== 'string') throw queryError('INVALID_QUERY', at, 'An aggregate needs a "function": count, sum, avg, min or max.')
  return aggregate({ name: called, field, of, alias, distinct, where }, scope, taken)
}

/** `total: { sum: 'amount', filter }`, or `amount: 'sum'`, which is named `sum_amount`. */
function mapped(name: string, item: unknown, scope: ParseScope, taken: Set<string>): readonly Aggregate[] {
  const { parameter: at } = scope
  if (typeof item === 'string') return [aggregate({ name: item, field: name }, scope, taken)]
  if (Array.isArray(item) && item.every((one) => typeof one === 'string'))
    return item.map((one: string) => aggregate({ name: one, field: name }, scope, taken))
  if (!isPlainObject(item)) throw queryError('INVALID_QUERY', at, `"${name}" is { function: field }, such as { "sum": "amount" }.`)
  const { distinct, filter, where = filter, ...rest } = item
  const [call, ...others] = Object.entries(rest)
  if (!call || others.length > 0) throw queryError('INVALID_QUERY', at, `"${name}" needs one function, such as { "sum": "amount" }.`)
  const [called, of] = call
  const isAll = of === true || of === '*' || of === null
  const operand = isAll ? {} : typeof of === 'string' ? { field: of } : { of }
  return [aggregate({ name: called, ...operand, alias: name, distinct, where }, scope, taken)]
}

interface Parts {
  readonly name: string
  readonly field?: unknown
  readonly of?: unknown
  readonly alias?: unknown
  readonly distinct?: unknown
  readonly where?: unknown
}

function aggregate({ name, field, of, alias, distinct, where }: Parts, scope: ParseScope, taken: Set<string>): Aggregate {
  const { parameter: at } = scope
  if (distinct !== undefined && typeof distinct !== 'boolean')
    throw queryError('INVALID_QUERY', below(at, 'distinct'), '"distinct" is true or false.')
  const called = aggregateFunction(name, distinct === true, at)
  const expression = expressionOf(field === '*' ? undefined : field, of, scope)
  if (!expression && called !== 'count') throw queryError('INVALID_QUERY', at, `"${name}" needs a field.`)
  const filter = parseWhere(where, { ...scope, parameter: below(at, 'filter') })
  return {
    alias: checkAlias(alias ?? defaultAlias(called, expression), taken, at),
    function: called,
    ...(expression ? { of: expression } : {}),
    ...(filter ? { filter } : {}),
  }
}

function expressionOf(field: unknown, by: unknown, scope: ParseScope): Expression | undefined {
  const { parameter: at } = scope
  if (field !== undefined && field !== null) {
    if (typeof field !== 'string' || by !== undefined)
      throw queryError('INVALID_QUERY', below(at, 'field'), '"field" is the name of a field.')
    return fieldExpression(field, below(at, 'field'))
  }
  return by === undefined ? undefined : parseExpression(by, scope, below(at, 'by'))
}

function refuseOthers(rest: Readonly<Record<string, unknown>>, known: string, at: string): void {
  const key = Object.keys(rest).find((name) => rest[name] !== undefined)
  if (key !== undefined) throw queryError('INVALID_QUERY', below(at, key), `"${key}" is not known here. There are ${known}.`)
}
