import { inSummaryOrder } from '../object/summary/rebuild.ts'
import type { AppCore } from './app-core.ts'
import type { ObjectApi } from './object-api.ts'

/** How often roll-ups of roll-ups are worked out until nothing is wrong any more. */
const MAX_ROUNDS = 64

/** Works out the roll-ups of one object, or of all: those that others count come first. @throws ObjectQLError 404 for an unknown object. */
export async function rebuildSummaries(
  core: AppCore,
  objects: Readonly<Record<string, ObjectApi>>,
  only: string | undefined,
): Promise<number> {
  const sourcesByName = new Map<string, readonly string[]>()
  for (const name of only === undefined ? core.slotByName.keys() : [only]) {
    const { plan } = await core.store(name)
    if (plan.summaries)
      sourcesByName.set(
        name,
        Object.values(plan.summaries).map(({ object }) => object),
      )
  }
  const order = inSummaryOrder([...sourcesByName.keys()], (name) => sourcesByName.get(name) ?? [])
  let total = 0
  for (let round = 0; round < MAX_ROUNDS; round++) {
    let changed = 0
    for (const name of order) changed += (await objects[name]?.rebuildSummaries()) ?? 0
    total += changed
    if (changed === 0) break
  }
  return total
}
