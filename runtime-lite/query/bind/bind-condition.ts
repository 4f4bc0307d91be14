import type { Condition, Expression } from '../ast.ts'
import type { BoundCondition, BoundExpression } from '../bound.ts'
import { bindComparison } from './bind-comparison.ts'
import { bindExpression, fieldPlace } from './bind-expression.ts'
import { bindIn, bindMatch } from './bind-match.ts'
import { bindRelated } from './bind-related.ts'
import type { BindScope } from './bind-scope.ts'
import { filterError, placeOf } from './bind-scope.ts'
import { costOfHops, resolveField, semiJoin } from './resolve-field.ts'
import type { TypedExpression } from './typed-expression.ts'

/**
 * A condition with columns and typed values. Two-valued: `not` is pushed down to the comparisons, so that `not (a gt 5)` holds where `a` is null.
 * @throws ObjectQLError 400 for unknown fields, types that do not fit and fields that cannot be filtered by.
 */
export function bindCondition(condition: Condition, scope: BindScope, isNegated = false, depth = 0): BoundCondition {
  const { maxFilterDepth } = scope.shared.limits
  // Parsers count levels as the client wrote them; each may be an `or` of an `and` of a `not`.
  if (depth > maxFilterDepth * 3 + 3)
    throw filterError({ parameter: '$filter' }, `The filter is nested deeper than ${maxFilterDepth} levels.`)
  switch (condition.kind) {
    case 'constant':
      return { kind: 'constant', holds: condition.holds !== isNegated }
    case 'not':
      return bindCondition(condition.part, scope, !isNegated, depth + 1)
    case 'and':
    case 'or': {
      const kind = (condition.kind === 'and') === isNegated ? 'or' : 'and'
      if (condition.parts.length === 0) return { kind: 'constant', holds: kind === 'and' }
      return { kind, parts: condition.parts.map((part) => bindCondition(part, scope, isNegated, depth + 1)) }
    }
    case 'null':
      return bindNull(condition.of, condition.isNull !== isNegated, scope)
    case 'compare':
      return bindComparison(condition, scope, isNegated)
    case 'match':
      return bindMatch(condition, scope, isNegated)
    case 'in':
      return bindIn(condition, scope, isNegated)
    case 'related':
      return bindRelated(condition, scope, isNegated, (part, inner, negated) => bindCondition(part, inner, negated, depth + 1))
    default:
      return condition satisfies never
  }
}

function bindNull(of: Expression, isNull: boolean, scope: BindScope): BoundCondition {
  return onFieldOr(of, scope, !isNull, ({ expression }, holdsNotNull) => ({ kind: 'null', of: expression, isNull: !holdsNotNull }))
}

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
