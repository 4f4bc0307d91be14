import type { BoundQuery, BoundSort, Parameter } from '../bound.ts'
import type { Sql } from './dialect.ts'
import type { ParameterList } from './parameter-list.ts'
import { joined, printExpression } from './print-condition.ts'
import { valueKindOf } from './value-kind.ts'

/** The rows behind the one a cursor stands for, or undefined where there is none. */
export function printCursor({ cursor, orderBy }: BoundQuery, list: ParameterList): Sql | undefined {
  if (!cursor) return undefined
  const items = orderBy.map((item, index): CursorItem => {
    const parameter = cursor.values[index] as Parameter
    return { ...item, column: printExpression(item.by, list), value: list.print(parameter) }
  })
  return asRowValues(items, list) ?? asAlternatives(items, list)
}

interface CursorItem extends BoundSort {
  readonly column: Sql
  readonly value: Sql
}

/** `(a, b) > (?, ?)`: the one form that an index over both columns serves as a range. */
function asRowValues(items: readonly CursorItem[], { dialect }: ParameterList): Sql | undefined {
  const isDescending = items[0]?.isDescending ?? false
  if (!items.every((item) => item.isNotNull && item.isDescending === isDescending)) return undefined
  return dialect.rowAfter?.(
    items.map(({ column, value, by }) => ({ column, value, kind: valueKindOf(by) })),
    isDescending,
  )
}

/** `a > ? or a = ? and (b > ? or b = ? and …)`, null in its place. */
function asAlternatives(items: readonly CursorItem[], list: ParameterList): Sql {
  const [first, ...rest] = items
  if (!first) return list.dialect.holds(true)
  const after = isAfter(first, list)
  const condition = rest.length === 0 ? after : joined([after, joined([isSame(first, list), asAlternatives(rest, list)], 'and')], 'or')
  // What follows from the rest, but is a range that an index serves.
  const { dialect } = list
  return first.isNotNull && rest.length > 0
    ? joined([dialect.compare(first.isDescending ? 'le' : 'ge', first.column, first.value, valueKindOf(first.by), false), condition], 'and')
    : condition
}

function isAfter({ by, column, value, isDescending, nullsFirst, isNotNull }: CursorItem, { dialect }: ParameterList): Sql {
  const beyond = dialect.compare(isDescending ? 'lt' : 'gt', column, value, valueKindOf(by), false)
  if (isNotNull) return beyond
  return nullsFirst
    ? `(${beyond} or (${value} is null and ${column} is not null))`
    : `(${beyond} or (${value} is not null and ${column} is null))`
}

function isSame({ by, column, value, isNotNull }: CursorItem, { dialect }: ParameterList): Sql {
  const equal = dialect.compare('eq', column, value, valueKindOf(by), false)
  return isNotNull ? equal : `(${equal} or (${value} is null and ${column} is null))`
}
