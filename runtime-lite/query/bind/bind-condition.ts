import type { Condition, Expression } from '../ast.ts'
import type { BoundCondition } from '../bound.ts'
import { bindComparison } from './bind-comparison.ts'
import { bindIn } from './bind-in.ts'
import { bindMatch } from './bind-match.ts'
import { bindRelated } from './bind-related.ts'
import type { BindScope } from './bind-scope.ts'
import { onFieldOr } from './on-field.ts'
import { filterError } from './place.ts'

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
