import type { BoundCondition, BoundExpression, Parameter } from '../bound.ts'
import { expressionKey } from './identity.ts'
import type { Pass } from './pass.ts'
import { combined, mapConditions } from './rewrite.ts'

/** `a eq 1 or a eq 2 or a in (3)` is `a in (1, 2, 3)`; `a ne 1 and a ne 2` is `not a in (1, 2)`. */
export const orToIn: Pass = {
  name: 'or-to-in',
  description: 'several equalities on one field become one list',
  run: (query) =>
    mapConditions(query, (condition) => (condition.kind === 'and' || condition.kind === 'or' ? gather(condition) : condition)),
}

interface Equality {
  readonly left: BoundExpression
  readonly values: readonly Parameter[]
}

function gather(condition: BoundCondition & { readonly kind: 'and' | 'or' }): BoundCondition {
  const isNegated = condition.kind === 'and'
  const groups = new Map<string, Equality[]>()
  for (const part of condition.parts) {
    const equality = equalityOf(part, isNegated)
    if (!equality) continue
    const key = `${expressionKey(equality.left)} ${equality.values[0]?.kind}`
    groups.set(key, [...(groups.get(key) ?? []), equality])
  }
  if (![...groups.values()].some((group) => group.length > 1)) return condition
  const done = new Set<string>()
  const parts = condition.parts.flatMap((part): readonly BoundCondition[] => {
    const equality = equalityOf(part, isNegated)
    const key = equality && `${expressionKey(equality.left)} ${equality.values[0]?.kind}`
    const group = key === undefined ? undefined : groups.get(key)
    if (!equality || key === undefined || !group || group.length === 1) return [part]
    if (done.has(key)) return []
    done.add(key)
    const byKey = new Map(group.flatMap(({ values }) => values.map((value) => [value.key, value] as const)))
    return [{ kind: 'in', left: equality.left, values: [...byKey.values()], isNegated }]
  })
  return combined(condition.kind, parts)
}

function equalityOf(part: BoundCondition, isNegated: boolean): Equality | undefined {
  if (part.kind === 'in')
    return part.isNegated === isNegated && part.list === undefined && part.values.length > 0
      ? { left: part.left, values: part.values }
      : undefined
  if (part.kind !== 'compare' || part.right.kind !== 'parameter' || part.left.kind !== 'column') return undefined
  // Booleans print as words, not as values.
  if (part.right.parameter.kind === 'boolean') return undefined
  const isMatch = isNegated ? part.operator === 'ne' : part.operator === 'eq' && !part.orNull
  return isMatch ? { left: part.left, values: [part.right.parameter] } : undefined
}
