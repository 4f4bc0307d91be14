import { queryError } from '../problem/problem.ts'
import { isPlainObject } from '../validate/plain-object.ts'
import type { Comparison, Condition, Operand, SlotValue, TextMatch } from './query.ts'

/** Bounds on what one query may ask for. */
export interface QueryLimits {
  readonly maxFilterDepth: number
  readonly maxExpandDepth: number
  readonly maxPageSize: number
  readonly defaultPageSize: number
}

export interface WhereScope {
  /** Receives the values, in slot order. */
  readonly values: SlotValue[]
  /** Slot of the first value. */
  readonly firstSlot: number
  readonly parameter: string
  readonly maxFilterDepth: number
}

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  $eq: 'eq',
  '=': 'eq',
  '==': 'eq',
  eq: 'eq',
  equals: 'eq',
  $ne: 'ne',
  '!=': 'ne',
  '<>': 'ne',
  ne: 'ne',
  neq: 'ne',
  not_equals: 'ne',
  $gt: 'gt',
  '>': 'gt',
  gt: 'gt',
  greater_than: 'gt',
  after: 'gt',
  $gte: 'ge',
  '>=': 'ge',
  gte: 'ge',
  ge: 'ge',
  greater_than_or_equal: 'ge',
  $lt: 'lt',
  '<': 'lt',
  lt: 'lt',
  less_than: 'lt',
  before: 'lt',
  $lte: 'le',
  '<=': 'le',
  lte: 'le',
  le: 'le',
  less_than_or_equal: 'le',
}
const MATCHES: Readonly<Record<string, TextMatch>> = {
  $contains: 'contains',
  contains: 'contains',
  $startsWith: 'startswith',
  startswith: 'startswith',
  starts_with: 'startswith',
  $endsWith: 'endswith',
  endswith: 'endswith',
  ends_with: 'endswith',
}
const NEGATED: Readonly<Record<string, string>> = {
  $nin: '$in',
  nin: '$in',
  not_in: '$in',
  'not in': '$in',
  notin: '$in',
  $notContains: '$contains',
  notcontains: '$contains',
  not_contains: '$contains',
}
const NULLS: Readonly<Record<string, boolean>> = { $null: true, is_null: true, $exists: false, $exist: false, is_not_null: false }

/**
 * The object dialect: `{ status: 'open', amount: { $gt: 5 }, $or: [...] }`, and the infix array dialect
 * `['amount', '>', 5]`, `[[...], 'or', [...]]`, `['and', ...]`. Undefined when it does not restrict anything.
 * @throws ObjectQLError 400 INVALID_FILTER naming the place inside the filter.
 */
export function parseWhere(where: unknown, scope: WhereScope): Condition | undefined {
  if (where === undefined || where === null) return undefined
  const condition = parse(where, scope, '', 0)
  return condition === ALL ? undefined : condition
}

/** What restricts nothing: `{}`, `[]`, `$and: []`. */
const ALL: Condition = Object.freeze({ kind: 'and', parts: Object.freeze([]) })

const allOf = (parts: readonly Condition[]): Condition => {
  const restricting = parts.filter((part) => part !== ALL)
  return restricting.length > 1 ? { kind: 'and', parts: restricting } : (restricting[0] ?? ALL)
}

const anyOf = (parts: readonly Condition[]): Condition =>
  parts.includes(ALL) ? ALL : parts.length === 1 ? (parts[0] as Condition) : { kind: 'or', parts }

function parse(value: unknown, scope: WhereScope, path: string, depth: number): Condition {
  if (depth > scope.maxFilterDepth) throw fail(scope, path, `The filter is nested deeper than ${scope.maxFilterDepth} levels.`)
  if (Array.isArray(value)) return parseArray(value, scope, path, depth)
  // Anything but a plain object (a Map, a Date) would have no keys here, and a filter without keys finds everything.
  if (!isPlainObject(value)) throw fail(scope, path, 'A filter is an object such as { "status": "open" }.')
  const parts: Condition[] = []
  for (const [key, item] of Object.entries(value)) {
    const at = path === '' ? key : `${path}.${key}`
    if (item === undefined) continue
    if (key === '$and') parts.push(allOf(parseEach(item, scope, at, depth)))
    else if (key === '$or') parts.push(anyOf(parseEach(item, scope, at, depth)))
    else if (key === '$not') parts.push({ kind: 'not', part: parse(item, scope, at, depth + 1) })
    else if (key.startsWith('$')) throw fail(scope, at, `The operator "${key}" is not known here. Use $and, $or or $not.`)
    else parts.push(...parseField(key, item, scope, at))
  }
  return allOf(parts)
}

function parseEach(item: unknown, scope: WhereScope, at: string, depth: number): readonly Condition[] {
  if (!Array.isArray(item)) throw fail(scope, at, 'A list of filters is expected here.')
  return Array.from(item, (one: unknown, index) => parse(one, scope, `${at}[${index}]`, depth + 1))
}

function parseField(field: string, item: unknown, scope: WhereScope, at: string): readonly Condition[] {
  if (item === null) return [{ kind: 'null', field, isNull: true }]
  if (typeof item !== 'object' || item instanceof Date) return [{ kind: 'compare', field, operator: 'eq', value: operand(item, scope, at) }]
  if (Array.isArray(item)) return [{ kind: 'in', field, values: listOperands(item, scope, at) }]
  const operators = Object.entries(item).filter(([, value]) => value !== undefined)
  if (operators.length === 0) throw fail(scope, at, `The condition on "${field}" is empty.`)
  return operators.map(([operator, value]) => {
    if (!operator.startsWith('$'))
      throw fail(scope, at, `"${operator}" is not an operator: operators start with "$", such as { "${field}": { "$gt": 5 } }.`)
    return criterion(field, operator, value, scope, `${at}.${operator}`)
  })
}

function criterion(field: string, operator: string, value: unknown, scope: WhereScope, at: string): Condition {
  const own = <Value>(table: Readonly<Record<string, Value>>): Value | undefined =>
    Object.hasOwn(table, operator) ? table[operator] : undefined
  const negated = own(NEGATED)
  if (negated) return { kind: 'not', part: criterion(field, negated, value, scope, at) }
  const isNull = own(NULLS)
  if (isNull !== undefined) {
    if (value !== undefined && typeof value !== 'boolean') throw fail(scope, at, `"${operator}" is true or false.`)
    return { kind: 'null', field, isNull: value === false ? !isNull : isNull }
  }
  const comparison = own(COMPARISONS)
  if (comparison) {
    if (value !== null) return { kind: 'compare', field, operator: comparison, value: operand(value, scope, at) }
    if (comparison === 'eq' || comparison === 'ne') return { kind: 'null', field, isNull: comparison === 'eq' }
    throw fail(scope, at, 'null can be compared with $eq and $ne only.')
  }
  const match = own(MATCHES)
  if (match) return { kind: 'match', field, operator: match, value: operand(value, scope, at) }
  if (operator === '$in' || operator === 'in') {
    if (!Array.isArray(value)) throw fail(scope, at, `"${operator}" takes a list of values.`)
    return { kind: 'in', field, values: listOperands(value, scope, at) }
  }
  if (operator === '$between' || operator === 'between') {
    if (!Array.isArray(value) || value.length !== 2) throw fail(scope, at, `"${operator}" takes a list of two values.`)
    const [low, high] = value
    return {
      kind: 'and',
      parts: [
        { kind: 'compare', field, operator: 'ge', value: operand(low, scope, `${at}[0]`) },
        { kind: 'compare', field, operator: 'le', value: operand(high, scope, `${at}[1]`) },
      ],
    }
  }
  throw fail(
    scope,
    at,
    `The operator "${operator}" is not known. Use $eq, $ne, $gt, $gte, $lt, $lte, $in, $nin, $between, $contains, $startsWith, $endsWith or $null.`,
  )
}

const isOperator = (text: unknown): text is string =>
  typeof text === 'string' && [COMPARISONS, MATCHES, NEGATED, NULLS, { in: 1, between: 1 }].some((table) => Object.hasOwn(table, text))

/** `[field, op, value]`, `['and'|'or', …]`, or criteria with joiners between them, evaluated left to right. */
function parseArray(items: readonly unknown[], scope: WhereScope, path: string, depth: number): Condition {
  const [first, second] = items
  if (typeof first === 'string' && isOperator(second) && items.length <= 3) return criterion(first, second, items[2], scope, `${path}[2]`)
  if (first === 'and') return allOf(parseEach(items.slice(1), scope, path, depth))
  if (first === 'or') return anyOf(parseEach(items.slice(1), scope, path, depth))
  let result: Condition | undefined
  let joiner: 'and' | 'or' = 'and'
  for (const [index, item] of items.entries()) {
    if (item === 'and' || item === 'or') {
      joiner = item
      continue
    }
    const part = parse(item, scope, `${path}[${index}]`, depth + 1)
    const parts = result ? [result, part] : [part]
    result = joiner === 'or' ? anyOf(parts) : allOf(parts)
    joiner = 'and'
  }
  return result ?? ALL
}

/** Longer lists travel as one JSON parameter, so that the statement does not grow with them. */
const MAX_LISTED = 16

function listOperands(items: readonly unknown[], scope: WhereScope, at: string): readonly Operand[] {
  if (items.length > MAX_LISTED && items.every((item) => typeof item === 'boolean')) return listOperands([...new Set(items)], scope, at)
  if (items.length <= MAX_LISTED) return items.map((item, index) => operand(item, scope, `${at}[${index}]`))
  const values = items.map((item, index) => {
    if (typeof item === 'string' || (typeof item === 'number' && Number.isFinite(item))) return item
    throw fail(scope, `${at}[${index}]`, 'A list in a filter holds strings or numbers.')
  })
  scope.values.push(values)
  return [{ kind: 'slot', index: scope.firstSlot + scope.values.length - 1, type: 'list' }]
}

function operand(value: unknown, scope: WhereScope, at: string): Operand {
  if (typeof value === 'boolean') return { kind: 'constant', value, type: 'boolean' }
  const plain = value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString() : value
  if (typeof plain !== 'string' && !(typeof plain === 'number' && Number.isFinite(plain)))
    throw fail(scope, at, 'A filter value is a string, a number, true or false.')
  scope.values.push(plain)
  return { kind: 'slot', index: scope.firstSlot + scope.values.length - 1, type: typeof plain === 'string' ? 'string' : 'number' }
}

function fail(scope: WhereScope, path: string, message: string) {
  return queryError('INVALID_FILTER', path === '' ? scope.parameter : `${scope.parameter}.${path}`, message)
}
