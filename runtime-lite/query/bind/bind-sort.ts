import { queryError } from '../../problem/problem.ts'
import type { SortItem } from '../ast.ts'
import type { BoundSort } from '../bound.ts'
import { bindExpression } from './bind-expression.ts'
import type { BindScope } from './bind-scope.ts'
import { filterError } from './place.ts'
import { columnOf } from './resolve-field.ts'
import { isStructured, type TypedExpression } from './typed-expression.ts'

/** The sort items, then the id in the direction of the last one: it ends every index, so pages are stable at no cost. */
export function bindSort(items: readonly SortItem[], scope: BindScope, parameter: string): readonly BoundSort[] {
  const sorted = items.map((item) => bindSortItem(item, scope, parameter))
  const isTotal = sorted.some(({ by }) => by.kind === 'column' && by.alias === scope.alias && by.name === 'id')
  return isTotal ? sorted : [...sorted, byId(scope, items.at(-1)?.isDescending ?? false)]
}

export function bindSortItem(item: SortItem, scope: BindScope, parameter: string): BoundSort {
  const typed = bindExpression(item.by, scope, 'INVALID_SORT', parameter)
  if (typed.isInsideJson || isStructured(typed.field))
    throw queryError(
      'INVALID_SORT',
      typed.place.parameter,
      `"${typed.name}" holds structured values and cannot be sorted by.`,
      typed.place.position,
    )
  if (typed.expression.kind === 'parameter') throw filterError(typed.place, 'A value cannot be sorted by: name a field.')
  return {
    by: typed.expression,
    isDescending: item.isDescending,
    nullsFirst: item.nulls ? item.nulls === 'first' : !item.isDescending,
    isNotNull: isNotNull(typed),
  }
}

const isNotNull = ({ expression, field }: TypedExpression): boolean =>
  expression.kind === 'column' && (expression.name === 'id' || field.isNotNull === true)

function byId(scope: BindScope, isDescending: boolean): BoundSort {
  const field = scope.plan.fields['id'] ?? { kind: 'id' }
  return { by: columnOf(scope, 'id', field), isDescending, nullsFirst: !isDescending, isNotNull: true }
}
