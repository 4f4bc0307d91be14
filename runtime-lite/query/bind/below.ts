import type { Condition, Expression } from '../ast.ts'

/** The same condition on what is below a path: `theme eq 'dark'` below `preferences` is `preferences.theme eq 'dark'`. */
export function below(path: readonly string[], condition: Condition): Condition {
  const inside = (expression: Expression): Expression => {
    if (expression.kind === 'field') return { ...expression, path: [...path, ...expression.path] }
    if (expression.kind === 'truth') return { ...expression, of: below(path, expression.of) }
    if (expression.kind === 'if') {
      const { condition, result, otherwise, ...rest } = expression
      return { ...rest, condition: below(path, condition), result: inside(result), ...(otherwise ? { otherwise: inside(otherwise) } : {}) }
    }
    return expression.kind === 'call' ? { ...expression, args: expression.args.map(inside) } : expression
  }
  switch (condition.kind) {
    case 'compare':
    case 'match':
      return { ...condition, left: inside(condition.left), right: inside(condition.right) }
    case 'in':
      return { ...condition, left: inside(condition.left) }
    case 'null':
      return { ...condition, of: inside(condition.of) }
    case 'related':
      return { ...condition, path: [...path, ...condition.path] }
    case 'and':
    case 'or':
      return { ...condition, parts: condition.parts.map((part) => below(path, part)) }
    case 'not':
      return { ...condition, part: below(path, condition.part) }
    case 'constant':
      return condition
    default:
      return condition satisfies never
  }
}
