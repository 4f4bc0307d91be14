import type { ColumnKind, FieldPlan } from '../../object/object-plan.ts'
import type { Condition, Operand } from '../ast.ts'
import type { BoundCondition, BoundExpression } from '../bound.ts'
import { bindExpression } from './bind-expression.ts'
import type { BindScope } from './bind-scope.ts'
import { valueParameter } from './bind-value.ts'
import { onFieldOr } from './on-field.ts'
import { filterError } from './place.ts'
import { hasNumericOptions, insideJsonAs, type TypedExpression } from './typed-expression.ts'

type Match = Condition & { readonly kind: 'match' }

const TEXT_KINDS: ReadonlySet<ColumnKind> = new Set(['text', 'option', 'id', 'date', 'datetime', 'time'])
const TEXT: FieldPlan = { kind: 'text' }
const NUMBER: FieldPlan = { kind: 'real' }

/** Text matching, and membership in lists. False for null, so that its negation holds there. */
export function bindMatch(condition: Match, scope: BindScope, isNegated: boolean): BoundCondition {
  const { operator, right } = condition
  return onFieldOr(condition.left, scope, !isNegated, (typed, isPositive, inner) => {
    const { field, name, place } = typed
    if (field.kind === 'list' && operator === 'contains' && right.kind === 'value')
      return membership(typed, right.value, inner, !isPositive)
    if (field.kind === 'list' && !typed.isInsideJson)
      throw filterError(place, `"${name}" holds structured values: it can be compared with null or searched with contains only.`)
    const left = typed.isInsideJson ? insideJsonAs(typed, 'text') : typed
    if (!TEXT_KINDS.has(left.field.kind) || hasNumericOptions(left.field))
      throw filterError(place, `"${name}" is not text: "${operator}" cannot be used with it.`)
    if (right.kind === 'value') {
      const parameter = valueParameter(right.value, { name, field: TEXT, place }, scope.shared)
      return {
        kind: 'match',
        operator,
        left: left.expression,
        right: { kind: 'parameter', parameter, value: 'text' },
        isNegated: !isPositive,
      }
    }
    const wanted = textOf(bindExpression(right, scope, 'INVALID_FILTER', '$filter'), operator)
    return { kind: 'match', operator, left: left.expression, right: wanted, isNegated: !isPositive }
  })
}

function textOf(typed: TypedExpression, operator: string): BoundExpression {
  if (typed.isInsideJson) return insideJsonAs(typed, 'text').expression
  if (['text', 'id', 'option'].includes(typed.field.kind) && !hasNumericOptions(typed.field)) return typed.expression
  throw filterError(typed.place, `"${typed.name}" is not text: "${operator}" cannot be used with it.`)
}

function membership(typed: TypedExpression, value: Operand, scope: BindScope, isNegated: boolean): BoundCondition {
  const { expression, name, place } = typed
  if (expression.kind !== 'column') throw filterError(place, `"${name}" is not a list field: "contains" cannot be used with it.`)
  const isNumber = value.type === 'bare' || value.type === 'number'
  const parameter = valueParameter(value, { name, field: isNumber ? NUMBER : TEXT, place }, scope.shared)
  return { kind: 'member', column: expression, value: parameter, isNegated }
}
