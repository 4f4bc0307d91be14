import type { FieldPlan, ObjectPlan } from '../../object/object-plan.ts'
import type { BoundCondition, BoundExpression } from '../bound.ts'
import type { Pass } from './pass.ts'
import { mapConditions } from './rewrite.ts'

/**
 * What finds few records by an index comes first, what is dear to evaluate last. Databases choose their indexes by themselves; the order decides
 * which of the remaining conditions is evaluated for how many rows.
 */
export const reorderFilters: Pass = {
  name: 'reorder-filters',
  description: 'selective and cheap conditions first',
  run: (query) =>
    mapConditions(query, (condition) => (condition.kind === 'and' || condition.kind === 'or' ? reorder(condition, query.plan) : condition)),
}

function reorder(condition: BoundCondition & { readonly kind: 'and' | 'or' }, plan: ObjectPlan): BoundCondition {
  const ranked = condition.parts.map((part, index) => ({ part, index, rank: rank(part, plan) }))
  const sorted = [...ranked].sort((a, b) => a.rank - b.rank || a.index - b.index)
  return sorted.every(({ index }, at) => index === at) ? condition : { ...condition, parts: sorted.map(({ part }) => part) }
}

/** Smaller is earlier. */
function rank(part: BoundCondition, plan: ObjectPlan): number {
  switch (part.kind) {
    case 'constant':
      return 0
    case 'compare':
      return cost(part.left) + cost(part.right) + (part.operator === 'eq' ? equalityRank(part.left, plan) : part.operator === 'ne' ? 9 : 6)
    case 'in':
      return cost(part.left) + (part.isNegated ? 9 : equalityRank(part.left, plan) + 1)
    case 'null':
      return cost(part.of) + 8
    case 'match':
      return cost(part.left) + (part.operator === 'startswith' && !part.isNegated ? 7 : 20)
    case 'member':
      return 40
    case 'search':
      return part.search.isIndexed ? 3 : 90
    case 'exists':
      return 50
    case 'and':
    case 'or':
      return Math.max(...part.parts.map((inner) => rank(inner, plan)))
    default:
      return part satisfies never
  }
}

function equalityRank(expression: BoundExpression, plan: ObjectPlan): number {
  if (expression.kind !== 'column') return 5
  const name = fieldNameOf(expression, plan)
  if (name === 'id') return 1
  const indexes = (plan.indexes ?? []).filter(({ fields }) => fields[0] === name)
  if (indexes.some(({ isUnique, fields }) => isUnique && fields.length === 1)) return 2
  return indexes.length > 0 || expression.field.target !== undefined ? 4 : 5
}

/** The name of a column's field in the object of the query; undefined for columns of related objects. */
export const fieldNameOf = (expression: BoundExpression, plan: ObjectPlan): string | undefined =>
  expression.kind === 'column' && Object.hasOwn(plan.fields, expression.name) && isSame(plan.fields[expression.name], expression.field)
    ? expression.name
    : undefined

const isSame = (left: FieldPlan | undefined, right: FieldPlan): boolean => left === right

function cost(expression: BoundExpression): number {
  switch (expression.kind) {
    case 'column':
    case 'parameter':
    case 'alias':
      return 0
    case 'call':
      return 10 + expression.args.reduce((sum, arg) => sum + cost(arg), 0)
    case 'json-path':
      return 30
    case 'lookup':
      return 40 + cost(expression.of)
    case 'if':
      return 20 + cost(expression.result) + (expression.otherwise ? cost(expression.otherwise) : 0)
    case 'truth':
      return 20
    default:
      return expression satisfies never
  }
}
