import type { Condition, Expression } from '../ast.ts'

/**
 * `any` and `all` over a relation. Over a list of plain values, where the variable stands alone (`tags/any(t: t eq 'x')`), membership is
 * meant. Undefined for conditions on plain values that are not membership.
 */
export function quantified(related: {
  readonly path: readonly string[]
  readonly quantifier: 'any' | 'all'
  readonly part: Condition
  readonly at: number
  readonly parameter: string
}): Condition | undefined {
  const { path, quantifier, part, at, parameter } = related
  if (!mentionsItem(part)) return { kind: 'related', ...related }
  if (quantifier === 'all') return undefined
  const left: Expression = { kind: 'field', path, at, parameter }
  const has = (right: Expression): Condition => ({ kind: 'match', operator: 'contains', left, right })
  if (part.kind === 'compare' && part.operator === 'eq') {
    if (isItem(part.left) && part.right.kind === 'value') return has(part.right)
    return isItem(part.right) && part.left.kind === 'value' ? has(part.left) : undefined
  }
  if (part.kind !== 'in' || !isItem(part.left)) return undefined
  const parts = part.values.map((value) => has({ kind: 'value', value, at, parameter }))
  return parts.length === 1 ? parts[0] : { kind: 'or', parts }
}

const isItem = (expression: Expression): boolean => expression.kind === 'field' && expression.path.length === 0

/** A path without steps is the variable itself. Conditions of an `any` inside have a variable of their own. */
function mentionsItem(condition: Condition): boolean {
  const inside = (expression: Expression): boolean =>
    isItem(expression) || (expression.kind === 'call' && expression.args.some((arg) => inside(arg)))
  switch (condition.kind) {
    case 'compare':
    case 'match':
      return inside(condition.left) || inside(condition.right)
    case 'in':
      return inside(condition.left)
    case 'null':
      return inside(condition.of)
    case 'and':
    case 'or':
      return condition.parts.some(mentionsItem)
    case 'not':
      return mentionsItem(condition.part)
    case 'related':
      return condition.path.length === 0
    case 'constant':
      return false
    default:
      return condition satisfies never
  }
}
