import { textAttribute } from '../3-link/attributes.ts'
import type { LinkedObject } from '../3-link/model.ts'
import type { LockedObject } from '../lock/lock.ts'

/**
 * The table of every object: what the author wrote, else what the lock recorded, else the object's name. Names that differ in case
 * only are one table on most databases, so they get one spelling, the first.
 */
export function allocateTables(
  objects: readonly LinkedObject[],
  lockedByName: ReadonlyMap<string, LockedObject>,
): ReadonlyMap<string, string> {
  const spellingByFold = new Map<string, string>()
  return new Map(
    objects.map(({ name, attributes }) => {
      const table = textAttribute(attributes, 'tableName') ?? lockedByName.get(name)?.table ?? name
      const folded = table.toLowerCase()
      const spelling = spellingByFold.get(folded) ?? table
      spellingByFold.set(folded, spelling)
      return [name, spelling]
    }),
  )
}
