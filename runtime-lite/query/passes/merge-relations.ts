import type { BoundCondition, BoundExpression } from '../bound.ts'
import { relationKey } from './identity.ts'
import type { Pass } from './pass.ts'
import { ALWAYS, combined, mapConditions } from './rewrite.ts'

/**
 * Conditions on one related record are one look at it: `owner/name eq 'x' and owner/is_active` (a lookup leads to one record), `any(a) or any(b)`
 * (one record that meets either), `not any(a) and not any(b)`.
 */
export const mergeRelations: Pass = {
  name: 'merge-relations',
  description: 'conditions on one relation become one semi-join',
  run: (query) => mapConditions(query, (condition) => (condition.kind === 'and' || condition.kind === 'or' ? merge(condition) : condition)),
}

type Exists = BoundCondition & { readonly kind: 'exists' }

function merge(condition: BoundCondition & { readonly kind: 'and' | 'or' }): BoundCondition {
  const groups = new Map<string, Exists[]>()
  for (const part of condition.parts) {
    const key = mergeKey(part, condition.kind)
    if (key !== undefined) groups.set(key, [...(groups.get(key) ?? []), part as Exists])
  }
  if (![...groups.values()].some((group) => group.length > 1)) return condition
  const done = new Set<string>()
  const parts = condition.parts.flatMap((part): readonly BoundCondition[] => {
    const key = mergeKey(part, condition.kind)
    const group = key === undefined ? undefined : groups.get(key)
    if (key === undefined || !group || group.length === 1) return [part]
    if (done.has(key)) return []
    done.add(key)
    return [together(group, condition.kind)]
  })
  return combined(condition.kind, parts)
}

function mergeKey(part: BoundCondition, kind: 'and' | 'or'): string | undefined {
  if (part.kind !== 'exists') return undefined
  const isOne = part.relation.kind === 'lookup'
  // and: both about the one record a lookup leads to, or about none. or: some record meets either.
  const canMerge = kind === 'and' ? isOne || part.isNegated : !part.isNegated
  return canMerge ? `${part.isNegated} ${relationKey(part.relation)}` : undefined
}

function together(group: readonly Exists[], kind: 'and' | 'or'): BoundCondition {
  const [first, ...others] = group as readonly [Exists, ...Exists[]]
  const inner = [first.where, ...others.map(({ where, relation }) => renamed(where, relation.alias, first.relation.alias))]
  // `not any(a) and not any(b)` is `not any(a or b)`.
  const joiner = kind === 'and' && !first.isNegated ? 'and' : 'or'
  return { ...first, where: combined(joiner, flat(joiner, inner)) }
}

const flat = (kind: 'and' | 'or', parts: readonly BoundCondition[]): readonly BoundCondition[] =>
  parts.flatMap((part) => (part.kind === kind ? part.parts : kind === 'and' && part === ALWAYS ? [] : [part]))

/** The condition about the same rows under another alias. */
function renamed(condition: BoundCondition, from: string, to: string): BoundCondition {
  const expression = (of: BoundExpression): BoundExpression => renamedExpression(of, from, to)
  switch (condition.kind) {
    case 'constant':
      return condition
    case 'and':
    case 'or':
      return { ...condition, parts: condition.parts.map((part) => renamed(part, from, to)) }
    case 'compare':
    case 'match':
      return { ...condition, left: expression(condition.left), right: expression(condition.right) }
    case 'in':
      return { ...condition, left: expression(condition.left) }
    case 'null':
      return { ...condition, of: expression(condition.of) }
    case 'member':
      return { ...condition, column: expression(condition.column) as typeof condition.column }
    case 'search':
      return condition.search.alias === from ? { ...condition, search: { ...condition.search, alias: to } } : condition
    case 'exists': {
      const { relation } = condition
      return {
        ...condition,
        relation: relation.outerAlias === from ? { ...relation, outerAlias: to } : relation,
        where: renamed(condition.where, from, to),
      }
    }
    default:
      return condition satisfies never
  }
}

function renamedExpression(expression: BoundExpression, from: string, to: string): BoundExpression {
  const inner = (of: BoundExpression): BoundExpression => renamedExpression(of, from, to)
  switch (expression.kind) {
    case 'column':
      return expression.alias === from ? { ...expression, alias: to } : expression
    case 'parameter':
    case 'alias':
      return expression
    case 'call':
      return { ...expression, args: expression.args.map(inner) }
    case 'json-path':
      return { ...expression, of: inner(expression.of) }
    case 'lookup':
      return { ...expression, through: inner(expression.through) as typeof expression.through, of: inner(expression.of) }
    case 'if':
      return {
        ...expression,
        condition: renamed(expression.condition, from, to),
        result: inner(expression.result),
        otherwise: expression.otherwise && inner(expression.otherwise),
      }
    case 'truth':
      return { ...expression, of: renamed(expression.of, from, to) }
    default:
      return expression satisfies never
  }
}
