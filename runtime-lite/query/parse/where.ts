import { isPlainObject } from '../../validate/plain-object.ts'
import type { Condition } from '../ast.ts'
import { parseArrayDialect } from './array-dialect.ts'
import { ALL, allOf, anyOf } from './combine.ts'
import { parseCriterion } from './criterion.ts'
import { dottedPath } from './dotted-path.ts'
import { fieldExpression, listOperands, parseExpression } from './json-expression.ts'
import { markText } from './marked-text.ts'
import { parseOdataFilter } from './odata-filter.ts'
import { infixOperator, objectOperator, unknownOperator } from './operators.ts'
import { below, filterError, maxFilterDepth, type ParseScope } from './parse-scope.ts'

/**
 * The object dialect: `{ status: 'open', amount: { $gt: 5 }, owner: { name: 'Ada' }, $or: [...] }`, the infix array dialect
 * `['amount', '>', 5]`, `[[...], 'or', [...]]`, `['and', ...]`, and OData text. Undefined when it does not restrict anything.
 * @throws ObjectQLError 400 INVALID_FILTER naming the place inside the filter.
 */
export function parseWhere(where: unknown, scope: ParseScope): Condition | undefined {
  if (where === undefined || where === null) return undefined
  if (typeof where === 'string') return parseOdataFilter(markText(where, scope.parameter, scope.sink), scope.limits.maxFilterDepth)
  const condition = parse(where, scope, scope.parameter, 0)
  return condition === ALL ? undefined : condition
}

function parse(value: unknown, scope: ParseScope, at: string, depth: number): Condition {
  const most = maxFilterDepth(scope)
  if (depth > most) throw filterError(at, `The filter is nested deeper than ${most} levels.`)
  if (Array.isArray(value)) return parseArrayDialect(value, at, { scope, depth, most, parse })
  // Anything but a plain object (a Map, a Date) would have no keys here, and a filter without keys finds everything.
  if (!isPlainObject(value)) throw filterError(at, 'A filter is an object such as { "status": "open" }.')
  const parts: Condition[] = []
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue
    const itemAt = below(at, key)
    if (key === '$and') parts.push(allOf(parseEach(item, scope, itemAt, depth)))
    else if (key === '$or') parts.push(anyOf(parseEach(item, scope, itemAt, depth)))
    else if (key === '$not') parts.push({ kind: 'not', part: parse(item, scope, itemAt, depth + 1) })
    else if (key === '$nor') parts.push({ kind: 'not', part: anyOf(parseEach(item, scope, itemAt, depth)) })
    else if (key === '$expr') parts.push(parseComparison(item, scope, itemAt))
    else if (key.startsWith('$')) throw filterError(itemAt, `The operator "${key}" is not known here. Use $and, $or or $not.`)
    else parts.push(...parseField(key, item, scope, itemAt, depth))
  }
  return allOf(parts)
}

function parseEach(item: unknown, scope: ParseScope, at: string, depth: number): readonly Condition[] {
  if (!Array.isArray(item)) throw filterError(at, 'A list of filters is expected here.')
  return Array.from(item, (one: unknown, index) => parse(one, scope, `${at}[${index}]`, depth + 1))
}

function parseField(field: string, item: unknown, scope: ParseScope, at: string, depth: number): readonly Condition[] {
  if (item === null) return [{ kind: 'null', of: fieldExpression(field, at), isNull: true }]
  if (Array.isArray(item)) return [{ kind: 'in', left: fieldExpression(field, at), values: listOperands(item, scope, at) }]
  if (typeof item !== 'object' || item instanceof Date) return [compareWith(field, item, scope, at)]
  if (!isPlainObject(item)) throw filterError(at, 'A filter value is a string, a number, true or false.')
  const entries = Object.entries(item).filter(([, value]) => value !== undefined)
  if (entries.length === 0) throw filterError(at, `The condition on "${field}" is empty.`)
  if (Object.hasOwn(item, '$field') || Object.hasOwn(item, '$call')) return [compareWith(field, item, scope, at)]
  // `$and`, `$or` and `$not` may stand in the filter of a relation as well as on a field: what is inside them decides.
  const first = entries.find(([key]) => !isCombination(key))?.[0]
  if (first === undefined ? !isOnField(entries) : !first.startsWith('$')) {
    const operator = entries.find(([key]) => objectOperator(key) !== undefined && key !== '$not')
    if (operator)
      throw filterError(
        `${at}.${operator[0]}`,
        `"${operator[0]}" and "${first}" cannot stand side by side: one is an operator, the other a field.`,
      )
    return [nested(related(field, 'any', parse(item, scope, at, depth + 1), at))]
  }
  return entries.map(([name, value]) => parseOperator({ field, name, value, fieldAt: at, at: `${at}.${name}` }, scope, depth))
}

const isCombination = (key: string): boolean => key === '$and' || key === '$or' || key === '$not' || key === '$nor' || key === '$expr'

/** `{ a: { $not: { $gt: 5 } } }`. */
function isOnField(entries: readonly (readonly [string, unknown])[]): boolean {
  const [name, value] = entries[0] ?? []
  return (
    entries.length === 1 && name === '$not' && isPlainObject(value) && Object.keys(value).every((key) => objectOperator(key) !== undefined)
  )
}

const compareWith = (field: string, value: unknown, scope: ParseScope, at: string): Condition => ({
  kind: 'compare',
  operator: 'eq',
  left: fieldExpression(field, at),
  right: parseExpression(value, scope, at),
})

interface NamedOperator {
  readonly field: string
  readonly fieldAt: string
  readonly name: string
  readonly value: unknown
  readonly at: string
}

function parseOperator(named: NamedOperator, scope: ParseScope, depth: number): Condition {
  const { field, fieldAt, name, value, at } = named
  if (!name.startsWith('$'))
    throw filterError(fieldAt, `"${name}" is not an operator: operators start with "$", such as { "${field}": { "$gt": 5 } }.`)
  const operator = objectOperator(name)
  if (!operator) throw filterError(at, unknownOperator(name))
  if (operator.kind === 'quantifier') {
    const part = parse(value, scope, at, depth + 1)
    if (operator.quantifier === 'every') return related(field, 'all', part, fieldAt)
    const some = related(field, 'any', part, fieldAt)
    return operator.quantifier === 'some' ? some : { kind: 'not', part: some }
  }
  if (operator.kind !== 'not') return parseCriterion({ left: fieldExpression(field, fieldAt), name, operator, value, at }, scope)
  if (depth + 1 > maxFilterDepth(scope)) throw filterError(at, `The filter is nested deeper than ${maxFilterDepth(scope)} levels.`)
  return { kind: 'not', part: allOf(parseField(field, value, scope, at, depth + 1)) }
}

function related(field: string, quantifier: 'any' | 'all', part: Condition, at: string): Condition {
  const path = dottedPath(field)
  if (!path) throw filterError(at, `"${field.slice(0, 64)}" is not a relation: write "relation" or "relation.relation".`)
  if (part === ALL) return quantifier === 'any' ? { kind: 'related', path, quantifier, parameter: at } : ALL
  return { kind: 'related', path, quantifier, part, parameter: at }
}

const nested = (condition: Condition): Condition =>
  condition.kind === 'related' && condition.part ? { ...condition, isNested: true } : condition

/** `[left, operator, right]`: a calculation on the left, what a field is compared with on the right. */
function parseComparison(item: unknown, scope: ParseScope, at: string): Condition {
  const [left, name, value, ...rest]: readonly unknown[] = Array.isArray(item) ? item : []
  const operator = typeof name === 'string' ? infixOperator(name) : undefined
  if (typeof name !== 'string' || !operator || rest.length > 0 || operator.kind === 'not' || operator.kind === 'quantifier')
    throw filterError(at, '"$expr" is [left, operator, right], such as [{ "$call": ["year", { "$field": "closed_on" }] }, ">", 2020].')
  return parseCriterion({ left: parseExpression(left, scope, `${at}[0]`), name, operator, value, at: `${at}[2]` }, scope)
}
