import type { Phase } from './behaviour.ts'

/** The hooks of a read, in order: those of every read, which may narrow it, and those of its kind. */
export const READ_PHASES = {
  Find: { before: ['beforeFind'], after: ['afterFind'] },
  FindOne: { before: ['beforeFind', 'beforeFindOne'], after: ['afterFind', 'afterFindOne'] },
  Count: { before: ['beforeFind', 'beforeCount'], after: ['afterCount'] },
  Aggregate: { before: ['beforeFind', 'beforeAggregate'], after: ['afterAggregate'] },
} as const satisfies Readonly<Record<string, { readonly before: readonly Phase[]; readonly after: readonly Phase[] }>>
