import type { BoundQuery } from '../bound.ts'
import { adviseIndexes } from './advise-indexes.ts'
import { foldConstants } from './fold-constants.ts'
import { guardContradictions, mergeRanges } from './merge-ranges.ts'
import { mergeRelations } from './merge-relations.ts'
import { orToIn } from './or-to-in.ts'
import type { Pass } from './pass.ts'
import { pruneRecord } from './prune-record.ts'
import { removeRedundant } from './remove-redundant.ts'
import { reorderFilters } from './reorder-filters.ts'
import { simplifySort } from './simplify-sort.ts'

/** The optimiser, in order. Constants are folded once more where the passes between have made new ones. */
export const PASSES: readonly Pass[] = [
  foldConstants,
  removeRedundant,
  mergeRelations,
  orToIn,
  mergeRanges,
  guardContradictions,
  foldConstants,
  reorderFilters,
  simplifySort,
  pruneRecord,
  adviseIndexes,
]

/** Runs the passes whose names are not in `off`; tells `seen` about each that changed something. */
export function optimize(
  query: BoundQuery,
  off: ReadonlySet<string> = NONE,
  seen?: (pass: Pass, before: BoundQuery, after: BoundQuery) => void,
): BoundQuery {
  let current = query
  for (const pass of PASSES) {
    if (off.has(pass.name)) continue
    const next = pass.run(current)
    if (next !== current) seen?.(pass, current, next)
    current = next
  }
  return current
}

const NONE: ReadonlySet<string> = new Set()

export type { Pass } from './pass.ts'
