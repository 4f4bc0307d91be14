import type { BoundCondition, BoundQuery, BoundSort } from '../bound.ts'
import { expressionKey } from './identity.ts'
import type { Pass } from './pass.ts'
import { fieldNameOf } from './reorder-filters.ts'
import { conjuncts } from './rewrite.ts'

/**
 * Sorting by what is the same in all records found orders nothing, and nothing comes after a unique key: `status eq 'open'` sorted by `status, created_at` is
 * sorted by `created_at`, which an index over both serves.
 */
export const simplifySort: Pass = {
  name: 'simplify-sort',
  description: 'removes sort keys that decide nothing, so that an index serves the rest',
  run: (query) => (query.group || query.isDistinct ? query : simplified(query)),
}

function simplified(query: BoundQuery): BoundQuery {
  const fixed = new Set(conjuncts(query.where).flatMap(fixedKey))
  const seen = new Set<string>()
  const isUnique = (sort: BoundSort): boolean => {
    const name = fieldNameOf(sort.by, query.plan)
    return name === 'id' && sort.by.kind === 'column' && sort.by.alias === query.alias
  }
  const orderBy: BoundSort[] = []
  const values: NonNullable<BoundQuery['cursor']>['values'][number][] = []
  for (const [index, sort] of query.orderBy.entries()) {
    const key = expressionKey(sort.by)
    const decides = !seen.has(key) && !(fixed.has(key) && !isUnique(sort))
    seen.add(key)
    if (!decides) continue
    orderBy.push(sort)
    const value = query.cursor?.values[index]
    if (value) values.push(value)
    if (isUnique(sort)) break
  }
  if (orderBy.length === query.orderBy.length) return query
  return { ...query, orderBy, ...(query.cursor ? { cursor: { ...query.cursor, values } } : {}) }
}

/** What has one value in all records that meet the condition. */
function fixedKey(part: BoundCondition): readonly string[] {
  if (part.kind === 'compare' && part.operator === 'eq' && !part.orNull && part.right.kind === 'parameter')
    return [expressionKey(part.left)]
  return part.kind === 'null' && part.isNull ? [expressionKey(part.of)] : []
}
