import type { Database } from '../database.ts'
import type { ListStatement } from '../id-list.ts'
import type { DependentPlan } from '../kept-plan.ts'
import type { ObjectPlan } from '../object-plan.ts'
import { printReferring } from './print-summary.ts'
import { loaded, rollupsOf } from './rollup.ts'

/** Records that change when others are deleted. */
export interface Dependent extends Pick<DependentPlan, 'field' | 'onDelete'> {
  readonly child: ObjectPlan
  /** Ids → ids of the records whose lookup holds one of them. */
  readonly referring: ListStatement
}

type Home = Pick<Database, 'dialect' | 'limits' | 'loadedPlan'>

const dependentsByLoader = new WeakMap<Database['loadedPlan'], Map<string, readonly Dependent[]>>()

const NONE: readonly Dependent[] = []

/**
 * What the database does to other records when one of this object is deleted, as far as roll-ups have to know.
 * @throws MissingPlan
 */
export function dependentsOf(plan: ObjectPlan, home: Home): readonly Dependent[] {
  if (!plan.dependents) return NONE
  const byObject = dependentsByLoader.get(home.loadedPlan) ?? new Map<string, readonly Dependent[]>()
  dependentsByLoader.set(home.loadedPlan, byObject)
  const known = byObject.get(plan.name)
  if (known) return known
  const made = plan.dependents.map(({ object, field, onDelete }): Dependent => {
    const child = loaded(object, home)
    return { child, field, onDelete, referring: printReferring(child, field, home.dialect) }
  })
  byObject.set(plan.name, made)
  try {
    for (const { child } of made) {
      rollupsOf(child, home)
      dependentsOf(child, home)
    }
  } catch (error) {
    byObject.delete(plan.name)
    throw error
  }
  return made
}
