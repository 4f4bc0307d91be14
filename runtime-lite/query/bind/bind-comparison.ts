import type { Comparison, Condition, Expression, Operand } from '../ast.ts'
import type { BoundCondition, BoundExpression } from '../bound.ts'
import { bindExpression, bindLiteral, isRecordFree, literalKind } from './bind-expression.ts'
import type { BindScope } from './bind-scope.ts'
import { hasExactIntegers, integerParameter, valueParameter } from './bind-value.ts'
import { nullTest, onFieldOr } from './on-field.ts'
import { filterError, placeOf } from './place.ts'
import { insideJsonAs, isStructured, type TypedExpression, valueKindOf } from './typed-expression.ts'

const OPPOSITES = { eq: 'ne', ne: 'eq', gt: 'le', ge: 'lt', lt: 'ge', le: 'gt' } as const
const MIRRORED = { eq: 'eq', ne: 'ne', gt: 'lt', ge: 'le', lt: 'gt', le: 'ge' } as const

type Compare = Condition & { readonly kind: 'compare' }

/** `left operator right`, exactly opposite when negated. Values stand on the right. */
export function bindComparison(condition: Compare, scope: BindScope, isNegated: boolean): BoundCondition {
  const isMirrored = condition.left.kind === 'value' && condition.right.kind !== 'value'
  const left = isMirrored ? condition.right : condition.left
  const right = isMirrored ? condition.left : condition.right
  const operator = isMirrored ? MIRRORED[condition.operator] : condition.operator
  if (right.kind === 'value') return withValue(left, operator, right.value, scope, isNegated)
  const other = bindExpression(right, scope, 'INVALID_FILTER', '$filter')
  // `ne` is the negation of `eq`: a semi-join must not hold for null.
  const isOpposite = isNegated !== (operator === 'ne')
  const base = operator === 'ne' ? 'eq' : operator
  if (isRecordFree(other.expression))
    return onFieldOr(left, scope, !isOpposite, (typed, isPositive) => {
      const [one, two] = sameKind(typed, other, base)
      return compared(one, isPositive ? base : OPPOSITES[base], two, !isPositive)
    })
  scope.shared.cost.spend(1)
  const [one, two] = sameKind(bindExpression(left, scope, 'INVALID_FILTER', '$filter'), other, base)
  return compared(one, isOpposite ? OPPOSITES[base] : base, two, isOpposite)
}

/** Printers know that two nulls are equal, and that the opposite of a comparison holds wherever that does not, on either side. */
const compared = (left: BoundExpression, operator: Comparison, right: BoundExpression, isNegated: boolean): BoundCondition => ({
  kind: 'compare',
  operator,
  left,
  right,
  orNull: isNegated && operator !== 'ne' && operator !== 'eq',
})

function sameKind(left: TypedExpression, right: TypedExpression, operator: Comparison): readonly [BoundExpression, BoundExpression] {
  const leftKind = left.isInsideJson ? undefined : valueKindOf(left.field)
  const rightKind = right.isInsideJson ? undefined : valueKindOf(right.field)
  const kind = leftKind ?? rightKind
  const one = left.isInsideJson ? jsonAs(left, kind) : left
  const two = right.isInsideJson ? jsonAs(right, kind) : right
  refuseStructured(one)
  refuseStructured(two)
  if (valueKindOf(one.field) !== valueKindOf(two.field))
    throw filterError(one.place, `"${one.name}" and "${two.name}" hold values of different kinds and cannot be compared.`)
  refuseOrder(one, operator)
  return [one.expression, two.expression]
}

const jsonAs = (typed: TypedExpression, kind: string | undefined): TypedExpression =>
  insideJsonAs(typed, kind === 'number' || kind === 'boolean' ? kind : 'text')

function withValue(left: Expression, operator: Comparison, value: Operand, scope: BindScope, isNegated: boolean): BoundCondition {
  const isOpposite = isNegated !== (operator === 'ne')
  const base = operator === 'ne' ? 'eq' : operator
  if (left.kind === 'value') {
    scope.shared.cost.spend(1)
    const typed = bindLiteral(left.value, literalKind(left.value), scope, placeOf(left, '$filter'))
    return compareWithValue(typed, isOpposite ? OPPOSITES[base] : base, value, scope, isOpposite)
  }
  return onFieldOr(left, scope, !isOpposite, (typed, isPositive) =>
    compareWithValue(typed, isPositive ? base : OPPOSITES[base], value, scope, !isPositive),
  )
}

function compareWithValue(
  typed: TypedExpression,
  operator: Comparison,
  value: Operand,
  scope: BindScope,
  isNegated: boolean,
): BoundCondition {
  const known = typed.isInsideJson ? insideJsonAs(typed, jsonKindOf(value)) : typed
  refuseStructured(known)
  refuseOrder(known, operator)
  const { expression: left, field } = known
  const { shared } = scope
  const isWholeColumn = hasExactIntegers(field, shared)
  const parameter = isWholeColumn ? integerParameter(operator, value, known, shared) : valueParameter(value, known, shared)
  const right: BoundExpression = { kind: 'parameter', parameter, value: valueKindOf(field) ?? 'text' }
  // A negated range must hold for null, which the opposite operator alone would lose; `ne` always does.
  const compare: BoundCondition = { kind: 'compare', operator, left, right, orNull: isNegated && operator !== 'eq' && operator !== 'ne' }
  // Where a fraction is bound as null, nothing is equal to it, null neither.
  return isWholeColumn && operator === 'ne' ? { kind: 'or', parts: [compare, nullTest(right, true)] } : compare
}

/** What a value makes of the place in JSON that it is compared with. */
export function jsonKindOf({ type, ...operand }: Operand): 'text' | 'number' | 'boolean' {
  if (type === 'boolean') return 'boolean'
  if (type === 'number' || type === 'bare') return 'number'
  if (operand.kind === 'constant' && typeof operand.value !== 'object')
    return typeof operand.value === 'string' ? 'text' : (typeof operand.value as 'number' | 'boolean')
  return 'text'
}

/** Lists and JSON can be tested for null, and lists for membership, only. */
export function refuseStructured({ field, name, place }: TypedExpression): void {
  if (!isStructured(field)) return
  const also = field.kind === 'list' ? ' or searched with contains' : ''
  throw filterError(place, `"${name}" holds structured values: it can be compared with null${also} only.`)
}

function refuseOrder({ field, name, place }: TypedExpression, operator: Comparison): void {
  if (field.kind === 'boolean' && operator !== 'eq' && operator !== 'ne')
    throw filterError(place, `"${name}" is true or false: compare it with eq or ne.`)
}
