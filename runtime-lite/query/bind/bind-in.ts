import type { Condition, Operand } from '../ast.ts'
import type { BoundCondition } from '../bound.ts'
import { jsonKindOf, refuseStructured } from './bind-comparison.ts'
import type { BindScope } from './bind-scope.ts'
import { hasExactIntegers, listParameter, valueParameter } from './bind-value.ts'
import { onFieldOr } from './on-field.ts'
import { insideJsonAs, type TypedExpression } from './typed-expression.ts'

/** `left in (…)`. */
export function bindIn({ left, values }: Condition & { readonly kind: 'in' }, scope: BindScope, isNegated: boolean): BoundCondition {
  return onFieldOr(left, scope, !isNegated, (typed, isPositive) => {
    if (typed.isInsideJson) return inJson(typed, values, scope, isPositive)
    refuseStructured(typed)
    const [first] = values
    if (!first) return { kind: 'constant', holds: !isPositive }
    const { expression: left, field } = typed
    const { shared } = scope
    if (isList(first) || hasExactIntegers(field, shared))
      return { kind: 'in', left, values: [], list: listParameter(values, typed, shared), isNegated: !isPositive }
    return { kind: 'in', left, values: values.map((value) => valueParameter(value, typed, shared)), isNegated: !isPositive }
  })
}

/** A place in JSON is of no type until it is compared: with the texts among the values as text, with the numbers as a number. */
function inJson(typed: TypedExpression, values: readonly Operand[], scope: BindScope, isPositive: boolean): BoundCondition {
  const { shared } = scope
  const isNegated = !isPositive
  const parts = (['text', 'number', 'boolean'] as const).flatMap((kind): BoundCondition[] => {
    const known = insideJsonAs(typed, kind)
    const { expression: left } = known
    const single = values.filter((value) => !isList(value) && jsonKindOf(value) === kind)
    const lists = kind === 'boolean' ? [] : values.filter((value) => isList(value) && mayHold(value, kind))
    return [
      ...(single.length === 0
        ? []
        : [{ kind: 'in' as const, left, values: single.map((value) => valueParameter(value, known, shared)), isNegated }]),
      ...(lists.length === 0
        ? []
        : [
            {
              kind: 'in' as const,
              left,
              values: [],
              list: listParameter(lists, known, shared, kind === 'number' ? 'number' : 'string'),
              isNegated,
            },
          ]),
    ]
  })
  const [first] = parts
  if (first === undefined) return { kind: 'constant', holds: isNegated }
  return parts.length === 1 ? first : { kind: isPositive ? 'or' : 'and', parts }
}

const isList = ({ type }: Operand): boolean => type === 'list' || type === 'parameter'

/** What is known of a list while planning. */
function mayHold(operand: Operand, kind: 'text' | 'number'): boolean {
  if (operand.kind === 'slot') return true
  const type = kind === 'text' ? 'string' : 'number'
  return typeof operand.value === 'object' ? operand.value.some((item) => typeof item === type) : typeof operand.value === type
}
