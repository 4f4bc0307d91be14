import { queryError } from '../../problem/problem.ts'
import type { Aggregate, Condition, Expand, GroupItem, Operand, Query, Search, SortItem } from '../ast.ts'

/** What the parts of a query say, whichever front end read them. Lists are empty where nothing was said. */
export interface QueryParts {
  conditions: Condition[]
  orderBy: readonly SortItem[]
  expand: readonly Expand[]
  select?: readonly string[]
  limit?: Operand
  offset?: Operand
  cursor?: Operand
  search?: Omit<Search, 'operator'> & { readonly operator?: Search['operator'] }
  /** Name of the parameter, and names given apart from the text. */
  searchFields?: { readonly at: string; readonly names: readonly string[] }
  total: Query['total']
  deleted?: 'only' | 'with'
  /** True, or the fields whose values are to differ. */
  distinct: boolean | { readonly at: string; readonly names: readonly string[] }
  groupBy: readonly GroupItem[]
  aggregates: readonly Aggregate[]
  having?: { readonly at: string; readonly condition: Condition | undefined }
}

export const noParts = (): QueryParts => ({
  conditions: [],
  orderBy: [],
  expand: [],
  total: 'none',
  distinct: false,
  groupBy: [],
  aggregates: [],
})

/** @throws ObjectQLError 400 for parts that need another one. */
export function assemble(parts: QueryParts): Query {
  const { conditions, orderBy, expand, limit, offset, cursor, total, distinct, groupBy, aggregates, having } = parts
  const where: Condition | undefined = conditions.length > 1 ? { kind: 'and', parts: conditions } : conditions[0]
  const isGrouped = groupBy.length > 0 || aggregates.length > 0
  if (having && !isGrouped) throw queryError('INVALID_QUERY', having.at, `"${having.at}" restricts groups: give groupBy or aggregate, too.`)
  const names = typeof distinct === 'object' ? distinct : undefined
  if (names && parts.select) throw queryError('INVALID_QUERY', names.at, `"${names.at}" is true or false where fields are selected.`)
  const select = parts.select ?? names?.names
  const search = searchOf(parts)
  return {
    ...(where ? { where } : {}),
    ...(search ? { search } : {}),
    orderBy,
    ...(select ? { select } : {}),
    expand,
    isDistinct: distinct !== false,
    ...(limit ? { limit } : {}),
    ...(offset ? { offset } : {}),
    ...(cursor ? { cursor } : {}),
    total,
    ...(parts.deleted ? { deleted: parts.deleted } : {}),
    ...(isGrouped ? { group: { by: groupBy, aggregates, ...(having?.condition ? { having: having.condition } : {}) } } : {}),
  }
}

function searchOf({ search, searchFields }: QueryParts): Search | undefined {
  if (!search) {
    if (searchFields)
      throw queryError('INVALID_QUERY', searchFields.at, `"${searchFields.at}" needs a text to search for: give "search", too.`)
    return undefined
  }
  if (searchFields && search.fields)
    throw queryError('INVALID_QUERY', searchFields.at, `"${searchFields.at}" is given twice: the search has fields of its own.`)
  const fields = search.fields ?? searchFields?.names
  return { text: search.text, ...(fields ? { fields } : {}), operator: search.operator ?? 'and' }
}
