import type { ObjectPlan } from '../../object/object-plan.ts'
import { queryError } from '../../problem/problem.ts'
import type { Query } from '../ast.ts'
import type { BoundCondition, BoundQuery, BoundSort, Parameter } from '../bound.ts'
import { bindCondition } from './bind-condition.ts'
import { bindExpression } from './bind-expression.ts'
import { bindGrouping } from './bind-grouping.ts'
import { bindRecord, MAX_OFFSET } from './bind-record.ts'
import { type BindScope, type BindShared, createCostMeter } from './bind-scope.ts'
import { bindSearch } from './bind-search.ts'
import { bindSort, bindSortItem } from './bind-sort.ts'
import { constant, wholeNumberParameter } from './bind-value.ts'
import { columnOf } from './resolve-field.ts'

export type { BindLimits, LoadedPlan } from './bind-scope.ts'
export { MissingPlan } from './bind-scope.ts'

export interface BindContextOfPlan extends Pick<BindShared, 'loadedPlan' | 'limits' | 'dialect'> {
  /** `get`: one record by id, no conditions. `count`: conditions only. */
  readonly operation: 'list' | 'get' | 'count'
}

/** Values one statement may have: SQLite takes 32,766, and a list uses them twice to count its total. */
const MAX_VALUES = 16_000

export const DEFAULT_MAX_COST = 1_000

/**
 * Binds a query to the fields of an object. Its cursor is left to the planner: what a cursor holds depends on the order that passes leave.
 * @throws ObjectQLError 400 for what the object does not have, values that do not fit and queries that cost too much.
 * @throws MissingPlan when a related object is not loaded yet; nothing was done.
 */
export function bindQuery(query: Query, plan: ObjectPlan, context: BindContextOfPlan): BoundQuery {
  if (context.operation === 'list') refuseCombinations(query)
  else refuseOptions(query, context.operation)
  const shared = sharedOf(context)
  const scope: BindScope = { plan, alias: 't0', shared }
  const bound = bindParts(query, scope, context.operation)
  shared.values.check()
  const { maxQueryCost = DEFAULT_MAX_COST } = context.limits
  const { points } = shared.cost
  if (points > maxQueryCost)
    throw queryError(
      'INVALID_QUERY',
      'query',
      `This query costs ${points} points and ${maxQueryCost} are allowed (api.maxQueryCost): use fewer conditions and relations, or less depth.`,
    )
  return { ...bound, cost: points }
}

function sharedOf({ loadedPlan, limits, dialect }: BindContextOfPlan): BindShared {
  let aliases = 0
  let values = 0
  const most = Math.min(MAX_VALUES, dialect.maxParameters >> 1)
  return {
    loadedPlan,
    limits,
    dialect,
    cost: createCostMeter(),
    nextAlias: () => `t${++aliases}`,
    bind: { expression: bindExpression, condition: bindCondition },
    values: {
      count() {
        values++
      },
      check() {
        if (values > most) throw queryError('INVALID_FILTER', '$filter', `A filter has at most ${most} values; this one has ${values}.`)
      },
    },
  }
}

function bindParts(query: Query, scope: BindScope, operation: BindContextOfPlan['operation']): BoundQuery {
  const { plan, alias, shared } = scope
  const { limits } = shared
  const where = bindWhere(query, scope, operation)
  const search = query.search && bindSearch(query.search, scope)
  const hasKeys = query.cursor !== undefined
  const page = query.limit
    ? wholeNumberParameter(query.limit, { parameter: '$top' }, limits.maxPageSize)
    : constant('integer', limits.defaultPageSize)
  const grouped = query.group && bindGrouping(query.group, query.orderBy, scope)
  const record = query.group ? undefined : bindRecord(query.select, query.expand, scope)
  const orderBy = grouped
    ? grouped.orderBy
    : query.isDistinct
      ? distinctSort(query, scope)
      : operation === 'list'
        ? bindSort(query.orderBy, scope, '$orderby')
        : []
  return {
    plan,
    alias,
    where,
    ...(search ? { search } : {}),
    orderBy,
    ...(record ? { record } : {}),
    isDistinct: query.isDistinct,
    limit: hasKeys ? oneMore(page) : page,
    ...(query.offset ? { offset: wholeNumberParameter(query.offset, { parameter: '$skip' }, MAX_OFFSET) } : {}),
    total: query.total,
    ...(grouped ? { group: grouped.group } : {}),
    hasKeys,
    guards: [],
    notes: [],
  }
}

/** What the query asks for, and what narrows it. Deleted records are left out, unless the query asks for them. */
function bindWhere({ where, narrowedBy, deleted }: Query, scope: BindScope, operation: BindContextOfPlan['operation']): BoundCondition {
  const asked: BoundCondition = operation === 'get' ? idCondition(scope) : where ? bindCondition(where, scope) : ALL
  const parts = [asked, narrowedBy ? bindCondition(narrowedBy, scope) : ALL, amongDeleted(deleted, scope)].filter((part) => part !== ALL)
  const [first = ALL] = parts
  return parts.length > 1 ? { kind: 'and', parts } : first
}

const ALL: BoundCondition = Object.freeze({ kind: 'constant', holds: true })

function amongDeleted(deleted: Query['deleted'], scope: BindScope): BoundCondition {
  const { trash, name } = scope.plan
  if (!trash && deleted !== undefined)
    throw queryError('INVALID_QUERY', 'deleted', `"${name}" keeps no deleted records: "deleted" has no meaning.`)
  if (!trash || deleted === 'with') return ALL
  const of = columnOf(scope, trash.column, { kind: 'datetime', column: trash.column })
  return { kind: 'null', of, isNull: deleted === undefined }
}

/** One record more says whether there is a next page. */
export function oneMore(page: Parameter): Parameter {
  if (page.constant !== undefined) return constant('integer', Number(page.constant) + 1)
  return {
    kind: page.kind,
    key: `one more than ${page.key}`,
    bind: (values, context) => Number(page.bind(values, context)) + 1,
    ...(page.recipe ? { recipe: { op: 'more', of: page.recipe } } : {}),
  }
}

/** `id = …`, the id of the request. */
function idCondition(scope: BindScope): BoundCondition {
  const field = scope.plan.fields['id'] ?? { kind: 'id' }
  const right = { kind: 'parameter' as const, parameter: ID, value: 'text' as const }
  return { kind: 'compare', operator: 'eq', left: columnOf(scope, 'id', field), right, orNull: false }
}

export const ID: Parameter = Object.freeze<Parameter>({
  kind: 'text',
  key: 'id',
  recipe: { op: 'id' },
  bind: (_values, { id }) => id ?? null,
})

/** Equal rows are one: they can be sorted by what is selected only, and all of it makes the order total. */
function distinctSort(query: Query, scope: BindScope): readonly BoundSort[] {
  const select = new Set(query.select)
  const named = query.orderBy.map((item) => {
    const path = item.by.kind === 'field' ? item.by.path.join('.') : undefined
    if (path !== undefined && select.has(path)) return path
    throw queryError('INVALID_SORT', '$orderby', 'Distinct rows can be sorted by the selected fields only.')
  })
  const isDescending = query.orderBy.at(-1)?.isDescending ?? false
  const rest = [...select].filter((name) => !named.includes(name))
  const items = [...query.orderBy, ...rest.map((name) => ({ by: { kind: 'field' as const, path: [name] }, isDescending }))]
  return items.map((item) => bindSortItem(item, scope, '$select'))
}

/** What has no meaning where one record is read, or where records are counted. */
function refuseOptions(query: Query, operation: BindContextOfPlan['operation']): void {
  if (operation === 'get' && query.where) throw noPlace('$filter')
  if (operation === 'get' && query.search) throw noPlace('search')
  if (query.orderBy.length > 0) throw noPlace('$orderby')
  if (query.limit) throw noPlace('$top')
  if (query.offset) throw noPlace('$skip')
  if (query.total !== 'none' && operation === 'get') throw noPlace('$count')
  if (query.total === 'exact') throw noPlace('$count')
  if (query.cursor) throw noPlace('cursor')
  if (query.isDistinct) throw noPlace('distinct')
  if (query.group) throw noPlace('groupBy')
  if (operation === 'get') return
  if (query.select) throw noPlace('$select')
  if (query.expand.length > 0) throw noPlace('$expand')
}

function refuseCombinations({ select, expand, isDistinct, cursor, offset, group }: Query): void {
  const refuse = (parameter: string, message: string): never => {
    throw queryError('INVALID_QUERY', parameter, message)
  }
  if (isDistinct && !select) refuse('distinct', '"distinct" needs "$select": it compares the selected fields.')
  if (isDistinct && expand.length > 0) refuse('distinct', '"distinct" cannot be combined with "$expand".')
  if (cursor && (isDistinct || group)) refuse('cursor', 'Pages by cursor are for records: use "$skip" with "distinct" and with groups.')
  if (cursor && offset) refuse('cursor', '"cursor" and "$skip" both say where the page starts: use one of them.')
  if (!group) return
  if (select) refuse('$select', 'A query with groups answers with its groups and aggregates: "$select" has no meaning.')
  if (expand.length > 0) refuse('$expand', 'Groups have no relations: "$expand" has no meaning.')
  if (isDistinct) refuse('distinct', 'Groups are distinct already.')
}

const noPlace = (parameter: string) => queryError('INVALID_QUERY', parameter, `"${parameter}" has no meaning for this operation.`)
