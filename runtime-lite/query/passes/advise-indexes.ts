import type { BoundCondition, BoundQuery } from '../bound.ts'
import type { Pass } from './pass.ts'
import { fieldNameOf } from './reorder-filters.ts'
import { conjuncts } from './rewrite.ts'

/** Says which index serves the query, or which one is missing. Changes nothing. */
export const adviseIndexes: Pass = {
  name: 'advise-indexes',
  description: 'names the index that serves the query, or the one that is missing',
  run(query) {
    const note = advice(query)
    return note === undefined ? query : { ...query, notes: [...query.notes, note] }
  },
}

function advice(query: BoundQuery): string | undefined {
  const parts = conjuncts(query.where)
  const equal = names(parts.filter(isEquality), query)
  const ranges = names(parts.filter(isRange), query)
  const sorts = query.group ? [] : query.orderBy.flatMap(({ by }) => fieldNameOf(by, query.plan) ?? [])
  if (equal.includes('id')) return 'The primary key serves this query.'
  const sorted = sorts.filter((name) => name !== 'id' && !equal.includes(name))
  const wanted = [...equal, ...(sorted.length > 0 ? sorted : ranges.slice(0, 1))]
  if (wanted.length === 0)
    return parts.length === 0
      ? undefined
      : 'Every record is read: no condition compares a field with a value in a way that an index can serve.'
  const indexes = query.plan.indexes ?? []
  const serving = indexes.find(({ fields }) => serves(fields, equal, sorted.length > 0 ? sorted : ranges))
  if (serving) return `The index on ${list(serving.fields)} serves this query.`
  const partial = indexes.find(({ fields }) => equal.includes(fields[0] ?? ''))
  const suggestion = `An index on ${list(wanted)} would serve this query`
  return partial
    ? `${suggestion} better than the one on ${list(partial.fields)}.`
    : `${suggestion}: declare it under "indexes" of "${query.plan.name}".`
}

const isEquality = (part: BoundCondition): boolean =>
  (part.kind === 'compare' && part.operator === 'eq' && part.right.kind === 'parameter') ||
  (part.kind === 'in' && !part.isNegated) ||
  (part.kind === 'null' && part.isNull)

const isRange = (part: BoundCondition): boolean =>
  (part.kind === 'compare' && ['gt', 'ge', 'lt', 'le'].includes(part.operator) && !part.orNull && part.right.kind === 'parameter') ||
  (part.kind === 'match' && part.operator === 'startswith' && !part.isNegated)

const names = (parts: readonly BoundCondition[], { plan, alias }: BoundQuery): readonly string[] => [
  ...new Set(
    parts.flatMap((part) => {
      const of = 'left' in part ? part.left : part.kind === 'null' ? part.of : undefined
      return of?.kind === 'column' && of.alias === alias ? (fieldNameOf(of, plan) ?? []) : []
    }),
  ),
]

/** Equalities first, in any order, then the sort keys or a range. */
function serves(fields: readonly string[], equal: readonly string[], rest: readonly string[]): boolean {
  const head = fields.slice(0, equal.length)
  if (!equal.every((name) => head.includes(name))) return false
  const tail = fields.slice(equal.length)
  return (
    rest.every((name, index) => (index >= tail.length ? index > 0 || equal.length > 0 : tail[index] === name)) &&
    (rest.length === 0 || tail[0] === rest[0])
  )
}

const list = (fields: readonly string[]): string => `(${fields.join(', ')})`
