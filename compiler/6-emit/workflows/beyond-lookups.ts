import { type Hole, raw } from '../../code/code.ts'
import { pathsIn, relatedPaths, relatedPlan } from '../../expression/related-paths.ts'
import { prettyLiteral } from '../pretty-literal.ts'

/** The member `related` of a plan, where what it is compiled from looks beyond lookups. */
export function beyondLookups(part: unknown, margin: number): readonly Hole[] {
  const fields = pathsIn(part)
  if (fields.length === 0) return []
  return [raw(`related: ${prettyLiteral(relatedPlan(relatedPaths(fields)), { used: 'related: ,'.length, margin })},`)]
}
