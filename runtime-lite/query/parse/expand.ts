import { queryError } from '../../problem/problem.ts'
import { nearestName } from '../../validate/nearest-name.ts'
import { isPlainObject } from '../../validate/plain-object.ts'
import type { Expand } from '../ast.ts'
import { parseExpandText } from './expand-text.ts'
import { isJsonText, parseJson } from './json-text.ts'
import { markCalls } from './marked-text.ts'
import { pagingOperand } from './paging.ts'
import { below, type ParseScope } from './parse-scope.ts'
import { mergeExpands, selectionOf } from './select.ts'
import { parseSort } from './sort.ts'
import { parseWhere } from './where.ts'

type Option = 'select' | 'expand' | 'where' | 'orderBy' | 'limit' | 'offset'

const OPTIONS: Readonly<Record<string, Option>> = {
  select: 'select',
  fields: 'select',
  $select: 'select',
  expand: 'expand',
  populate: 'expand',
  $expand: 'expand',
  where: 'where',
  filter: 'where',
  filters: 'where',
  $filter: 'where',
  orderBy: 'orderBy',
  sort: 'orderBy',
  $orderby: 'orderBy',
  limit: 'limit',
  top: 'limit',
  $top: 'limit',
  offset: 'offset',
  skip: 'offset',
  $skip: 'offset',
}

/**
 * `['owner']`, `'owner,account'`, `{ owner: true }`, `{ contacts: { where, orderBy, limit, offset, select, expand } }`.
 * @throws ObjectQLError 400 naming the place.
 */
export function parseExpand(value: unknown, scope: ParseScope, depth = 1): readonly Expand[] {
  const { parameter, limits } = scope
  if (value === undefined || value === null) return []
  if (depth > limits.maxExpandDepth)
    throw queryError('INVALID_QUERY', parameter, `"${parameter}" is nested deeper than ${limits.maxExpandDepth} levels.`)
  if (typeof value === 'string') {
    if (value === '') return []
    if (isJsonText(value)) return parseExpand(parseJson(value, parameter), scope, depth)
    return parseExpandText(markCalls(value, parameter, scope.sink, true), limits, depth - 1)
  }
  if (Array.isArray(value))
    return mergeExpands(
      value.flatMap((item: unknown, index) => {
        const inner = { ...scope, parameter: `${parameter}[${index}]` }
        if (typeof item === 'string' ? isJsonText(item) : !isPlainObject(item)) throw noRelations(parameter)
        if (isPlainObject(item) && typeof item['field'] === 'string') {
          const { field, ...options } = item
          return [expandItem(field as string, options, inner, depth)]
        }
        return parseExpand(item, inner, depth)
      }),
      parameter,
    )
  if (!isPlainObject(value)) throw noRelations(parameter)
  return Object.entries(value).flatMap(([field, options]) => {
    if (options === false || options === undefined || options === null) return []
    return [expandItem(field, options, { ...scope, parameter: below(parameter, field) }, depth)]
  })
}

/** A relation with its options, or with true. `depth`: its own level. */
export function expandItem(field: string, options: unknown, scope: ParseScope, depth: number): Expand {
  const { parameter, limits } = scope
  if (depth > limits.maxExpandDepth)
    throw queryError('INVALID_QUERY', parameter, `"${parameter}" is nested deeper than ${limits.maxExpandDepth} levels.`)
  const [first, ...rest] = field.split(/[./]/)
  // `{ 'owner.manager': true }`
  if (first !== undefined && rest.length > 0 && first !== '')
    return { field: first, expand: [expandItem(rest.join('.'), options, scope, depth + 1)], orderBy: [] }
  if (options === true) return { field, expand: [], orderBy: [] }
  if (!isPlainObject(options))
    throw queryError('INVALID_QUERY', parameter, `"${parameter}" is true or { select, where, orderBy, limit, expand }.`)
  const read = readOptions(options, parameter)
  const inner = (option: Option): ParseScope => ({ ...scope, parameter: read.at[option] ?? parameter })
  const selection = selectionOf(read.values.select, inner('select').parameter)
  const where = parseWhere(read.values.where, inner('where'))
  const limit = pagingOperand(read.values.limit, inner('limit'))
  const offset = pagingOperand(read.values.offset, inner('offset'))
  return {
    field,
    ...(selection.names ? { select: selection.names } : {}),
    ...(where ? { where } : {}),
    orderBy: parseSort(read.values.orderBy, inner('orderBy')),
    ...(limit ? { limit } : {}),
    ...(offset ? { offset } : {}),
    expand: mergeExpands(
      [
        ...parseExpand(read.values.expand, inner('expand'), depth + 1),
        ...selection.relations.map((one) => expandItem(one.field, one.options, { ...scope, parameter: one.at }, depth + 1)),
      ],
      parameter,
    ),
  }
}

function readOptions(options: Readonly<Record<string, unknown>>, parameter: string) {
  const values: Partial<Record<Option, unknown>> = {}
  const at: Partial<Record<Option, string>> = {}
  for (const [key, value] of Object.entries(options)) {
    // The object that earlier servers wanted named here follows from the relation.
    if (value === undefined || key === 'object') continue
    const place = below(parameter, key)
    const option = Object.hasOwn(OPTIONS, key) ? OPTIONS[key] : undefined
    if (!option) {
      const guess = nearestName(key, Object.keys(OPTIONS))
      const help = guess ? `Did you mean "${guess}"?` : 'Use select, where, orderBy, limit, offset or expand.'
      throw queryError('INVALID_QUERY', place, `"${key}" is not known inside "${parameter}". ${help}`)
    }
    if (at[option] !== undefined)
      throw queryError('INVALID_QUERY', place, `"${at[option]}" and "${place}" mean the same: give one of them.`)
    values[option] = value
    at[option] = place
  }
  return { values, at }
}

const noRelations = (parameter: string) => queryError('INVALID_QUERY', parameter, `"${parameter}" is a list or a map of relations.`)
