import { nearestName } from '../validate/nearest-name.ts'
import type { Phase } from './behaviour.ts'

const PHASES_OF: Readonly<Record<string, readonly Phase[]>> = {
  beforeinsert: ['beforeCreate'],
  afterinsert: ['afterCreate'],
  beforevalidate: ['beforeCreate', 'beforeUpdate'],
  beforemutation: ['beforeCreate', 'beforeUpdate', 'beforeDelete'],
  aftermutation: ['afterCreate', 'afterUpdate', 'afterDelete'],
  beforequery: ['beforeFind'],
  afterquery: ['afterFind', 'afterCount', 'afterAggregate'],
  aftercommit: ['afterCommit'],
  afterrollback: ['afterRollback'],
}

const KINDS = [
  'Find',
  'FindOne',
  'Count',
  'Aggregate',
  'Create',
  'Update',
  'Delete',
  'UpdateMany',
  'DeleteMany',
  'Restore',
  'Purge',
] as const
const EVENTS: ReadonlyMap<string, readonly Phase[]> = new Map([
  ...KINDS.flatMap((kind): [string, readonly Phase[]][] => [
    [`before${kind}`.toLowerCase(), [`before${kind}`]],
    [`after${kind}`.toLowerCase(), [`after${kind}`]],
  ]),
  ...Object.entries(PHASES_OF),
])

export const foldName = (name: string): string => name.replace(/[\s._:-]/g, '').toLowerCase()

/** What an event of a registered hook means, in any spelling. @throws TypeError for one that there is not. */
export function phasesOfEvent(event: string): readonly Phase[] {
  const phases = EVENTS.get(foldName(String(event)))
  if (phases) return phases
  const guess = nearestName(String(event), [...KINDS.flatMap((kind) => [`before${kind}`, `after${kind}`]), 'afterCommit', 'afterRollback'])
  throw new TypeError(`There is no hook event "${String(event).slice(0, 64)}".${guess ? ` Did you mean "${guess}"?` : ''}`)
}
