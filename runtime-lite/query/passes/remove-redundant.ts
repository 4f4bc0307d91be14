import type { BoundCondition } from '../bound.ts'
import { conditionKey, expressionKey } from './identity.ts'
import type { Pass } from './pass.ts'
import { combined, mapConditions, NEVER } from './rewrite.ts'

/**
 * `a and a` is `a`; `a or (a and b)` is `a`, `a and (a or b)` too; a comparison makes "has a value" needless and contradicts "has none".
 */
export const removeRedundant: Pass = {
  name: 'remove-redundant',
  description: 'removes conditions that others imply, finds those that exclude each other whatever the values are',
  run: (query) => mapConditions(query, simplify),
}

function simplify(condition: BoundCondition): BoundCondition {
  if (condition.kind !== 'and' && condition.kind !== 'or') return condition
  const { kind, parts } = condition
  const byKey = new Map<string, BoundCondition>()
  for (const part of parts) byKey.set(conditionKey(part), part)
  for (const [key, part] of byKey) if (isAbsorbed(part, kind, byKey)) byKey.delete(key)
  if (kind === 'and') {
    const nulls = dropImpliedNulls(byKey)
    if (nulls === 'contradiction') return NEVER
  }
  return byKey.size === parts.length ? condition : combined(kind, [...byKey.values()])
}

/** In an `or`, `a and b` adds nothing to `a`; in an `and`, `a or b` takes nothing from `a`. */
function isAbsorbed(part: BoundCondition, kind: 'and' | 'or', others: ReadonlyMap<string, BoundCondition>): boolean {
  const inner = kind === 'and' ? 'or' : 'and'
  return part.kind === inner && part.parts.some((one) => others.has(conditionKey(one)))
}

function dropImpliedNulls(byKey: Map<string, BoundCondition>): 'contradiction' | undefined {
  const withValue = new Set<string>()
  for (const part of byKey.values()) {
    const key = neededKey(part)
    if (key !== undefined) withValue.add(key)
  }
  const isNull = new Map<string, boolean>()
  for (const [key, part] of byKey) {
    if (part.kind !== 'null') continue
    const of = expressionKey(part.of)
    if (part.isNull ? withValue.has(of) || isNull.get(of) === false : isNull.get(of) === true) return 'contradiction'
    isNull.set(of, part.isNull)
    if (!part.isNull && withValue.has(of)) byKey.delete(key)
  }
  return undefined
}

/** What must have a value for the condition to hold. */
function neededKey(part: BoundCondition): string | undefined {
  switch (part.kind) {
    case 'compare':
      // Two expressions without a value are equal.
      if (part.operator === 'ne' || part.orNull || (part.operator === 'eq' && part.right.kind !== 'parameter')) return undefined
      return expressionKey(part.left)
    case 'match':
    case 'in':
      return part.isNegated ? undefined : expressionKey(part.left)
    case 'member':
      return part.isNegated ? undefined : expressionKey(part.column)
    default:
      return undefined
  }
}
