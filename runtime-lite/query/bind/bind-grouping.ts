import { queryError } from '../../problem/problem.ts'
import type { Aggregate, GroupItem, Grouping } from '../ast.ts'
import type { BoundExpression, BoundGrouping, BoundSort } from '../bound.ts'
import { isPlainName, PLAIN_NAME } from '../names.ts'
import { bindCondition } from './bind-condition.ts'
import { bindExpression } from './bind-expression.ts'
import type { BindScope } from './bind-scope.ts'
import { bindSortItem } from './bind-sort.ts'
import { fieldOfKind, isStructured, type TypedExpression, valueKindOf } from './typed-expression.ts'

type SortItems = Parameters<typeof bindSortItem>[0][]

/** Groups and aggregates. `having` and the order see their aliases only; the groups end the order, so that pages are stable. */
export function bindGrouping(
  group: Grouping,
  orderBy: Readonly<SortItems>,
  scope: BindScope,
): { readonly group: BoundGrouping; readonly orderBy: readonly BoundSort[] } {
  const aliases = new Map<string, TypedExpression>()
  const declare = (alias: string, field: TypedExpression['field']): void => {
    // Parsers take fewer; whatever makes queries by itself ends here, too.
    if (!isPlainName(alias)) throw queryError('INVALID_QUERY', 'groupBy', `"${alias.slice(0, 64)}" cannot be a name: ${PLAIN_NAME}.`)
    if (aliases.has(alias)) throw queryError('INVALID_QUERY', 'groupBy', `Two results of this query are called "${alias.slice(0, 64)}".`)
    const expression: BoundExpression = { kind: 'alias', name: alias, value: valueKindOf(field) ?? 'text' }
    aliases.set(alias, { expression, field, name: alias, place: { parameter: alias }, isInsideJson: false })
  }
  const by = group.by.map((item) => {
    const typed = bindGroupItem(item, scope)
    declare(item.alias, item.granularity ? fieldOfKind('date') : withoutNotNull(typed.field))
    return { alias: item.alias, of: typed.expression, ...(item.granularity ? { granularity: item.granularity } : {}) }
  })
  const aggregates = group.aggregates.map((item) => {
    const { typed, field } = bindAggregate(item, scope)
    declare(item.alias, field)
    return {
      alias: item.alias,
      function: item.function,
      ...(typed ? { of: typed.expression } : {}),
      ...(item.filter ? { filter: bindCondition(item.filter, scope) } : {}),
      ...(field.scale === undefined ? {} : { scale: field.scale }),
    }
  })
  if (by.length === 0 && aggregates.length === 0)
    throw queryError('INVALID_QUERY', 'groupBy', 'A query with groups names a field to group by or an aggregate.')
  const outer: BindScope = { ...scope, groupAliases: aliases }
  const sorted = orderBy.map((item) => bindSortItem(item, outer, '$orderby'))
  const isDescending = orderBy.at(-1)?.isDescending ?? false
  const rest = by.filter(({ alias }) => !sorted.some((item) => item.by.kind === 'alias' && item.by.name === alias))
  const tail = rest.map(
    ({ alias }): BoundSort => ({
      by: (aliases.get(alias) as TypedExpression).expression,
      isDescending,
      nullsFirst: !isDescending,
      isNotNull: false,
    }),
  )
  return {
    group: { by, aggregates, ...(group.having ? { having: bindCondition(group.having, outer) } : {}) },
    orderBy: [...sorted, ...tail],
  }
}

const withoutNotNull = ({ isNotNull: _, ...field }: TypedExpression['field']): TypedExpression['field'] => field

function bindGroupItem(item: GroupItem, scope: BindScope): TypedExpression {
  const typed = bindExpression(item.by, scope, 'INVALID_QUERY', 'groupBy')
  refuseStructured(typed, 'grouped by')
  if (item.granularity && typed.field.kind !== 'date' && typed.field.kind !== 'datetime')
    throw fail(typed, `"${typed.name}" is no date: it cannot be grouped by ${item.granularity}.`)
  return typed
}

/** What is aggregated and what the result is. */
function bindAggregate(item: Aggregate, scope: BindScope): { readonly typed?: TypedExpression; readonly field: TypedExpression['field'] } {
  if (!item.of) {
    if (item.function === 'count') return { field: fieldOfKind('number') }
    throw queryError('INVALID_QUERY', 'aggregate', `"${item.function}" needs a field.`)
  }
  const typed = bindExpression(item.of, scope, 'INVALID_QUERY', 'aggregate')
  switch (item.function) {
    case 'count':
      return { typed, field: fieldOfKind('number') }
    case 'count_distinct':
      refuseStructured(typed, 'counted by its values')
      return { typed, field: fieldOfKind('number') }
    case 'sum':
    case 'avg': {
      if (valueKindOf(typed.field) !== 'number' || typed.isInsideJson)
        throw fail(typed, `"${typed.name}" does not hold numbers: it has no ${item.function}.`)
      const { scale } = typed.field
      return { typed, field: { kind: 'real', ...(item.function === 'sum' && scale !== undefined ? { scale } : {}) } }
    }
    default:
      refuseStructured(typed, `compared for its ${item.function}imum`)
      return { typed, field: withoutNotNull(typed.field) }
  }
}

function refuseStructured(typed: TypedExpression, what: string): void {
  if (typed.isInsideJson || isStructured(typed.field)) throw fail(typed, `"${typed.name}" holds structured values and cannot be ${what}.`)
}

const fail = ({ place }: TypedExpression, message: string) => queryError('INVALID_QUERY', place.parameter, message, place.position)
