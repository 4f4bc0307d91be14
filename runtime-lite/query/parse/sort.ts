import { queryError } from '../../problem/problem.ts'
import { isPlainObject } from '../../validate/plain-object.ts'
import type { Expression, SortItem } from '../ast.ts'
import { dottedPath } from './dotted-path.ts'
import { parseExpression } from './json-expression.ts'
import { isJsonText, parseJson } from './json-text.ts'
import { hasMark, isMark, type MarkedText, markCalls, sliceMarked } from './marked-text.ts'
import { odataParser } from './odata-parser.ts'
import type { ParseScope } from './parse-scope.ts'
import { pathOf } from './path.ts'
import { splitTopLevel } from './split-text.ts'

const DIRECTION = /^(asc|desc)$/i
const NULLS = /^(first|last)$/i

/**
 * `a,territory/name desc nulls last,-b,length(name) desc`.
 * @throws ObjectQLError 400 INVALID_SORT with the position of the item.
 */
export function parseSortText(source: MarkedText, maxDepth: number): readonly SortItem[] {
  const { text, parameter } = source
  return splitTopLevel(text).map(({ from, to }) => {
    const item = text.slice(from, to).trim()
    const start = from + text.slice(from, to).indexOf(item)
    if (item === '') throw queryError('INVALID_QUERY', parameter, `"${parameter}" has an empty name in its list.`)
    return simpleItem(item, source, start) ?? expressionItem(sliceMarked(source, start, to), item, maxDepth)
  })
}

/** A field or a path and its direction. Names of fields may be anything here, `2nd` included. */
function simpleItem(item: string, source: MarkedText, start: number): SortItem | undefined {
  const [name = '', ...words] = item.split(/\s+/)
  const isMinus = name.startsWith('-')
  const path = pathOf(isMinus ? name.slice(1) : name)
  const order = orderOf(words)
  if (!path || !order || (isMinus && order.direction !== undefined) || /[()]/.test(name) || hasMark(name)) return undefined
  const at = source.originalPosition(start + (isMinus ? 1 : 0))
  return sortItem({ kind: 'field', path, at, parameter: source.parameter }, isMinus || order.direction === 'desc', order.nulls)
}

function expressionItem(source: MarkedText, item: string, maxDepth: number): SortItem {
  const { parameter } = source
  const refuse = () =>
    queryError(
      'INVALID_SORT',
      parameter,
      `"${shownItem(item)}" is not a sort item: write "field", "field desc" or "-field".`,
      source.originalPosition(0),
    )
  // Without a call or an operator it is a field with something wrong about it.
  if (!/[()]|\s(?:add|sub|mul|div|divby|mod)\s/i.test(item)) throw refuse()
  const parser = odataParser(source, maxDepth, 'INVALID_SORT')
  const by = parser.expression()
  const words: string[] = []
  while (parser.peek().kind === 'word') words.push(parser.take().text)
  const order = orderOf(words)
  if (parser.peek().kind !== 'end' || !order) throw refuse()
  // A minus before the whole is the short form of "desc", unless a direction makes it a calculation.
  const reversed = by.kind === 'call' && by.name === 'neg' && order.direction === undefined ? by.args[0] : undefined
  return sortItem(reversed ?? by, reversed !== undefined || order.direction === 'desc', order.nulls)
}

const shownItem = (item: string): string => Array.from(item, (char) => (isMark(char) ? '…' : char)).join('')

/** `desc nulls last`. Undefined for anything else. */
function orderOf(words: readonly string[]): { readonly direction?: string; readonly nulls?: 'first' | 'last' } | undefined {
  const rest = [...words]
  const direction = DIRECTION.test(rest[0] ?? '') ? rest.shift()?.toLowerCase() : undefined
  let nulls: 'first' | 'last' | undefined
  if (rest.length === 2 && rest[0]?.toLowerCase() === 'nulls' && NULLS.test(rest[1] ?? '')) {
    nulls = rest[1]?.toLowerCase() === 'first' ? 'first' : 'last'
    rest.length = 0
  }
  return rest.length > 0 ? undefined : { ...(direction ? { direction } : {}), ...(nulls ? { nulls } : {}) }
}

const sortItem = (by: Expression, isDescending: boolean, nulls: 'first' | 'last' | undefined): SortItem => ({
  by,
  isDescending,
  ...(nulls ? { nulls } : {}),
})

/**
 * The object dialect: `{ a: 'desc' }`, `[{ a: 'desc' }, { field: 'b', order: 'asc', nulls: 'last' }, { by: { $call: […] }, order: 'desc' }]`,
 * `{ owner: { name: 'desc' } }` for a field of a related record, `[['a', 'desc']]`, `'a desc,-b'`.
 * @throws ObjectQLError 400 INVALID_SORT or INVALID_QUERY.
 */
export function parseSort(value: unknown, scope: ParseScope): readonly SortItem[] {
  const { parameter } = scope
  if (value === undefined || value === null) return []
  if (typeof value === 'string') {
    if (value === '') return []
    if (isJsonText(value)) return parseSort(parseJson(value, parameter), scope)
    return parseSortText(markCalls(value, parameter, scope.sink), scope.limits.maxFilterDepth)
  }
  if (!Array.isArray(value)) return isPlainObject(value) ? itemsOf(value, scope) : [itemOf(value, undefined, undefined, scope)]
  const [first, second] = value
  if (typeof first === 'string' && value.length === 2 && isDirection(second)) return [itemOf(first, second, undefined, scope)]
  return value.flatMap((item: unknown, index) => {
    const inner = { ...scope, parameter: `${parameter}[${index}]` }
    if (Array.isArray(item)) {
      if (item.length > 3) throw noItem(scope)
      return [itemOf(item[0], item[1], item[2], inner)]
    }
    if (isPlainObject(item)) return itemsOf(item, inner)
    if (typeof item !== 'string' || isJsonText(item)) throw noItem(scope)
    return parseSort(item, inner)
  })
}

function itemsOf(map: Readonly<Record<string, unknown>>, scope: ParseScope): readonly SortItem[] {
  const { field, by, order, direction, dir, nulls, ...rest } = map
  const isOnlyKnown = Object.keys(rest).length === 0
  if (isPlainObject(by) && field === undefined && isOnlyKnown)
    return [ordered(parseExpression(by, scope, `${scope.parameter}.by`), order ?? direction ?? dir, nulls, scope)]
  // A field may be called "field": `{ field: 'asc' }` sorts by it.
  const hasOrder = order !== undefined || direction !== undefined || dir !== undefined || nulls !== undefined
  if (typeof field === 'string' && by === undefined && isOnlyKnown && (hasOrder || !isDirection(field)))
    return [itemOf(field, order ?? direction ?? dir, nulls, scope)]
  return Object.entries(map).flatMap(([name, value]) => nestedItems(name, value, scope, 0))
}

/** `{ a: 'desc' }`, `{ a: { order: 'desc', nulls: 'last' } }`, or fields of the record that a lookup points at. */
function nestedItems(name: string, value: unknown, scope: ParseScope, depth: number): readonly SortItem[] {
  if (!isPlainObject(value)) return [itemOf(name, value, undefined, scope)]
  const { order, direction, nulls, ...others } = value
  if (Object.keys(others).length === 0) return [itemOf(name, order ?? direction, nulls, scope)]
  if (depth >= scope.limits.maxExpandDepth) throw noItem(scope)
  return Object.entries(value).flatMap(([inner, item]) =>
    item === undefined ? [] : nestedItems(`${name}.${inner}`, item, scope, depth + 1),
  )
}

const isDirection = (value: unknown): boolean => typeof value === 'string' && DIRECTION.test(value)

function itemOf(field: unknown, direction: unknown, nulls: unknown, scope: ParseScope): SortItem {
  const path = typeof field === 'string' ? dottedPath(field) : undefined
  if (!path) throw noItem(scope)
  return ordered({ kind: 'field', path, parameter: scope.parameter }, direction, nulls, scope)
}

function ordered(by: Expression, direction: unknown, nulls: unknown, scope: ParseScope): SortItem {
  const isNumber = direction === 1 || direction === -1
  if (direction !== undefined && !isNumber && !isDirection(direction)) throw noItem(scope)
  if (nulls !== undefined && nulls !== 'first' && nulls !== 'last')
    throw queryError('INVALID_SORT', scope.parameter, `"nulls" is 'first' or 'last'.`)
  return sortItem(by, direction === -1 || (typeof direction === 'string' && direction.toLowerCase() === 'desc'), nulls)
}

const noItem = ({ parameter }: ParseScope) => queryError('INVALID_SORT', parameter, `A sort item is { field: 'asc' | 'desc' }.`)
