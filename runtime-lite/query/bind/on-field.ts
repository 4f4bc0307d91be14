import type { Expression } from '../ast.ts'
import type { BoundCondition, BoundExpression } from '../bound.ts'
import { bindExpression, fieldPlace } from './bind-expression.ts'
import type { BindScope } from './bind-scope.ts'
import { placeOf } from './place.ts'
import { costOfHops, resolveField, semiJoin } from './resolve-field.ts'
import type { TypedExpression } from './typed-expression.ts'

/**
 * Binds a condition on one expression. A field behind lookups is reached by a semi-join, so what `make` gives for `true` must not hold for
 * null; without lookups it is asked for the wanted sense itself.
 */
export function onFieldOr(
  expression: Expression,
  scope: BindScope,
  isPositive: boolean,
  make: (typed: TypedExpression, isPositive: boolean, scope: BindScope) => BoundCondition,
): BoundCondition {
  const { cost } = scope.shared
  if (expression.kind === 'field' && !scope.groupAliases) {
    const resolved = resolveField(scope, expression.path, 'INVALID_FILTER', fieldPlace(expression, '$filter'))
    if (resolved.hops.length > 0) {
      cost.spend(costOfHops(resolved) + 1)
      return semiJoin(resolved, make(resolved.field, true, resolved.scope), !isPositive)
    }
    cost.spend(1)
    return make(resolved.field, isPositive, scope)
  }
  cost.spend(1)
  return make(bindExpression(expression, scope, 'INVALID_FILTER', placeOf(expression, '$filter').parameter), isPositive, scope)
}

export const nullTest = (of: BoundExpression, isNull: boolean): BoundCondition => ({ kind: 'null', of, isNull })
