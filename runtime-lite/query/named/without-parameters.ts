import type { Condition, Expand, Expression, Operand, Query, SortItem } from '../ast.ts'

/**
 * The query as if what compares with absent parameters did not stand in it: conditions, also of relations, of expands and of aggregates, that take
 * a value nobody gave are left out, and a group of conditions that are all left out, too. A page size, an offset and a text to search for go as
 * well; no cursor is the first page.
 */
export function withoutParameters(query: Query, absent: ReadonlySet<number>): Query {
  if (absent.size === 0) return query
  const isAbsent = (operand: Operand | undefined): boolean => operand?.kind === 'slot' && absent.has(operand.index)
  const names = (expression: Expression): boolean => {
    switch (expression.kind) {
      case 'value':
        return isAbsent(expression.value)
      case 'call':
        return expression.args.some(names)
      default:
        return false
    }
  }

  function left(condition: Condition): Condition | undefined {
    switch (condition.kind) {
      case 'compare':
      case 'match':
        return names(condition.left) || names(condition.right) ? undefined : condition
      case 'in':
        return names(condition.left) || condition.values.some(isAbsent) ? undefined : condition
      case 'null':
        return names(condition.of) ? undefined : condition
      case 'related': {
        if (condition.part === undefined) return condition
        const part = left(condition.part)
        return part && { ...condition, part }
      }
      case 'and':
      case 'or': {
        const parts = condition.parts.flatMap((part) => left(part) ?? [])
        return parts.length === 0 && condition.parts.length > 0 ? undefined : { ...condition, parts }
      }
      case 'not': {
        const part = left(condition.part)
        return part && { kind: 'not', part }
      }
      default:
        return condition
    }
  }
  const conditionOf = <Key extends string>(key: Key, condition: Condition | undefined): { readonly [Name in Key]?: Condition } => {
    const kept = condition && left(condition)
    return (kept ? { [key]: kept } : {}) as { readonly [Name in Key]?: Condition }
  }
  const sorted = (items: readonly SortItem[]): readonly SortItem[] => items.filter(({ by }) => !names(by))
  const paged = ({ limit, offset }: Pick<Expand, 'limit' | 'offset'>): Pick<Expand, 'limit' | 'offset'> => ({
    ...(limit && !isAbsent(limit) ? { limit } : {}),
    ...(offset && !isAbsent(offset) ? { offset } : {}),
  })
  const expanded = ({ where, limit: _limit, offset: _offset, ...item }: Expand): Expand => ({
    ...item,
    ...paged({ ...(_limit ? { limit: _limit } : {}), ...(_offset ? { offset: _offset } : {}) }),
    ...conditionOf('where', where),
    orderBy: sorted(item.orderBy),
    expand: item.expand.map(expanded),
  })
  const { where, search, group, limit, offset, ...rest } = query
  return {
    ...rest,
    ...paged({ ...(limit ? { limit } : {}), ...(offset ? { offset } : {}) }),
    ...conditionOf('where', where),
    ...(search && !isAbsent(search.text) ? { search } : {}),
    orderBy: sorted(query.orderBy),
    expand: query.expand.map(expanded),
    ...(group
      ? {
          group: {
            by: group.by,
            aggregates: group.aggregates.map(({ filter, ...aggregate }) => ({ ...aggregate, ...conditionOf('filter', filter) })),
            ...conditionOf('having', group.having),
          },
        }
      : {}),
  }
}
