import type { Condition, Expression, Operand } from '../../runtime-lite/query/ast.ts'
import { truth } from './build.ts'
import { portablePattern } from './portable-pattern.ts'
import { ExpressionProblem } from './problem.ts'
import { isCondition, type Typed } from './typed.ts'

/** An expression over a stored record as queries have it. @throws ExpressionProblem for what no database knows: previous values, users. */
export function lowerExpression(typed: Typed): Expression {
  switch (typed.kind) {
    case 'constant':
      if (typed.value === null) throw new ExpressionProblem('not-translatable', typed, 'null as a value of its own')
      return { kind: 'value', value: operand(typed.value) }
    case 'field':
      if (typed.root !== 'record') throw new ExpressionProblem('not-translatable', typed, 'what is not part of the record')
      return { kind: 'field', path: typed.path }
    case 'now':
      return { kind: 'call', name: 'now', args: [] }
    case 'call':
      return { kind: 'call', name: typed.name, args: typed.args.map(lowerExpression) }
    case 'if':
      return {
        kind: 'if',
        condition: lowerCondition(typed.condition),
        result: lowerExpression(typed.result),
        ...(typed.otherwise ? { otherwise: lowerExpression(typed.otherwise) } : {}),
      }
    default:
      return { kind: 'truth', of: lowerCondition(typed) }
  }
}

export function lowerCondition(typed: Typed): Condition {
  switch (typed.kind) {
    case 'constant':
      return { kind: 'constant', holds: typed.value !== null && typed.value !== false && typed.value !== 0 && typed.value !== '' }
    case 'is-new':
      // What is stored is not new.
      return { kind: 'constant', holds: false }
    case 'compare':
      return { kind: 'compare', operator: typed.operator, left: lowerExpression(typed.left), right: lowerExpression(typed.right) }
    case 'match':
      if (typed.operator === 'regex') return lowerPattern(typed)
      return { kind: 'match', operator: typed.operator, left: lowerExpression(typed.left), right: lowerExpression(typed.right) }
    case 'is-null':
      // What holds or does not is never null.
      if (isCondition(typed.of) || typed.of.kind === 'constant' || typed.of.kind === 'now') return { kind: 'constant', holds: false }
      return { kind: 'null', of: lowerExpression(typed.of), isNull: true }
    case 'not':
      return { kind: 'not', part: lowerCondition(typed.of) }
    case 'and':
    case 'or':
      return { kind: typed.kind, parts: typed.parts.map(lowerCondition) }
    default:
      return lowerCondition(truth(typed))
  }
}

/** @throws ExpressionProblem for a pattern that databases read in different ways. */
function lowerPattern({ left, right }: Typed & { readonly kind: 'match' }): Condition {
  const pattern = right.kind === 'constant' ? portablePattern(String(right.value)) : undefined
  if (pattern === undefined)
    throw new ExpressionProblem('not-translatable', right, 'a regular expression that databases read in different ways')
  return { kind: 'match', operator: 'regex', left: lowerExpression(left), right: { kind: 'value', value: operand(pattern) } }
}

const operand = (value: string | number | boolean): Operand => ({
  kind: 'constant',
  value,
  type: typeof value === 'boolean' ? 'boolean' : typeof value === 'number' ? 'number' : 'string',
})
