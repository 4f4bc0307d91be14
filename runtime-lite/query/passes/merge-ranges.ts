import type { BoundCondition, BoundExpression, BoundQuery, Guard, Parameter } from '../bound.ts'
import { expressionKey } from './identity.ts'
import { extreme, isComparable, knownGuard } from './parameters.ts'
import type { Pass } from './pass.ts'
import { combined, conjuncts, mapConditions, NEVER } from './rewrite.ts'

/** `a gt 1 and a gt 2` keeps the narrower bound, chosen when values are bound. */
export const mergeRanges: Pass = {
  name: 'merge-ranges',
  description: 'several bounds on one side of a field become the narrowest',
  run: (query) => mapConditions(query, (condition) => (condition.kind === 'and' ? mergeBounds(condition) : condition)),
}

type Bound = BoundCondition & { readonly kind: 'compare' } & { readonly right: BoundExpression & { readonly kind: 'parameter' } }

/** A comparison of something with a value that no null meets. */
const isBound = (part: BoundCondition): part is Bound =>
  part.kind === 'compare' && part.right.kind === 'parameter' && part.left.kind !== 'parameter' && !part.orNull && part.operator !== 'ne'

function mergeBounds(condition: BoundCondition & { readonly kind: 'and' | 'or' }): BoundCondition {
  const merged: BoundCondition[] = []
  const at = new Map<string, number>()
  for (const part of condition.parts) {
    const side = isBound(part) && part.operator !== 'eq' ? `${part.operator} ${expressionKey(part.left)}` : undefined
    const known = side === undefined ? undefined : at.get(side)
    const earlier = known === undefined ? undefined : (merged[known] as Bound)
    if (side === undefined || !earlier || !isComparable(earlier.right.parameter, (part as Bound).right.parameter)) {
      if (side !== undefined && known === undefined) at.set(side, merged.length)
      merged.push(part)
      continue
    }
    const which = earlier.operator === 'gt' || earlier.operator === 'ge' ? 'max' : 'min'
    merged[known as number] = withParameter(earlier, extreme(which, earlier.right.parameter, (part as Bound).right.parameter))
  }
  return merged.length === condition.parts.length ? condition : combined('and', merged)
}

const withParameter = (bound: Bound, parameter: Parameter): Bound => ({ ...bound, right: { ...bound.right, parameter } })

/**
 * Two conditions on one field that exclude each other for some values: `status eq 'a' and status eq 'b'`. One stays, the other becomes a guard:
 * when it fails for the values of a request, the answer is empty and the database is not asked.
 */
export const guardContradictions: Pass = {
  name: 'guard-contradictions',
  description: 'conditions that can exclude each other are compared before the database is asked',
  run: guard,
}

const OPPOSITE_SIDE = { gt: 'lt', ge: 'le', lt: 'gt', le: 'ge' } as const

function guard(query: BoundQuery): BoundQuery {
  // Aggregates over nothing still are a row.
  if (query.group && query.group.by.length === 0) return query
  const parts = conjuncts(query.where)
  const guards: Guard[] = []
  const fixed = new Map<string, Bound>()
  for (const part of parts)
    if (isBound(part) && part.operator === 'eq' && !fixed.has(expressionKey(part.left))) fixed.set(expressionKey(part.left), part)
  const kept = parts.filter((part) => {
    if (!isBound(part)) return true
    const equal = fixed.get(expressionKey(part.left))
    if (!equal || equal === part || !isComparable(equal.right.parameter, part.right.parameter)) return true
    // The field has the one value, so it is that value which must meet the other condition.
    guards.push({ left: equal.right.parameter, operator: part.operator, right: part.right.parameter })
    return false
  })
  guards.push(...rangeGuards(kept))
  const open = guards.filter((one) => knownGuard(one) !== true)
  if (open.some((one) => knownGuard(one) === false)) return { ...query, where: NEVER }
  if (guards.length === 0) return query
  return { ...query, where: combined('and', kept), guards: [...query.guards, ...open] }
}

/** A lower bound above the upper one leaves nothing between them. Both conditions stay. */
function rangeGuards(parts: readonly BoundCondition[]): readonly Guard[] {
  const lower = new Map<string, Bound>()
  for (const part of parts)
    if (isBound(part) && (part.operator === 'gt' || part.operator === 'ge')) lower.set(expressionKey(part.left), part)
  return parts.flatMap((part): readonly Guard[] => {
    if (!isBound(part) || (part.operator !== 'lt' && part.operator !== 'le')) return []
    const low = lower.get(expressionKey(part.left))
    if (!low || !isComparable(low.right.parameter, part.right.parameter)) return []
    const isOpen = low.operator === 'gt' || part.operator === 'lt'
    return [{ left: low.right.parameter, operator: isOpen ? OPPOSITE_SIDE.gt : OPPOSITE_SIDE.ge, right: part.right.parameter }]
  })
}
