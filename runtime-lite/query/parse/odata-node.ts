import type { Comparison, Condition, Expression } from '../ast.ts'
import type { Token } from './tokenize.ts'

/** What a piece of OData text is, before its surroundings say whether a condition or a value is wanted. `token`: where it begins. */
export type OdataNode =
  | { readonly kind: 'condition'; readonly condition: Condition; readonly token: Token }
  | { readonly kind: 'expression'; readonly expression: Expression; readonly token: Token }
  | { readonly kind: 'null'; readonly token: Token }

/** Two sides of a comparison: null and conditions have their own rules (`a eq null`, `contains(a,'x') eq true`). */
export function compareNodes(
  left: OdataNode,
  token: Token,
  right: OdataNode,
  fail: (message: string, token: Token) => never,
): OdataNode & { readonly kind: 'condition' } {
  const operator = token.text.toLowerCase() as Comparison
  const isEquality = operator === 'eq' || operator === 'ne'
  const is = (condition: Condition) => ({ kind: 'condition', condition, token: left.token }) as const
  if (left.kind === 'null' || right.kind === 'null') {
    if (!isEquality) return fail(`null can be compared with eq and ne only, not with "${token.text}".`, token)
    const other = left.kind === 'null' ? right : left
    if (other.kind === 'null') return is({ kind: 'constant', holds: operator === 'eq' })
    if (other.kind === 'condition') return fail('A condition is true or false, never null.', token)
    return is({ kind: 'null', of: other.expression, isNull: operator === 'eq' })
  }
  if (left.kind === 'expression' && right.kind === 'expression')
    return is({ kind: 'compare', operator, left: left.expression, right: right.expression })
  const condition = left.kind === 'condition' ? left.condition : right.kind === 'condition' ? right.condition : undefined
  const wanted = booleanOf(left.kind === 'expression' ? left.expression : right.kind === 'expression' ? right.expression : undefined)
  if (!condition || wanted === undefined || !isEquality)
    return fail('A condition can be compared with true or false by eq and ne only.', token)
  if (wanted === (operator === 'eq')) return is(condition)
  // `eq false eq false …` nests nothing.
  return is(condition.kind === 'not' ? condition.part : { kind: 'not', part: condition })
}

function booleanOf(expression: Expression | undefined): boolean | undefined {
  if (expression?.kind !== 'value' || expression.value.kind !== 'constant') return undefined
  return typeof expression.value.value === 'boolean' ? expression.value.value : undefined
}
