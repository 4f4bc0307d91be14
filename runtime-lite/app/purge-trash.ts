import { isoInstant } from '../id.ts'
import type { ObjectPlan } from '../object/object-plan.ts'
import { ObjectQLError } from '../problem/problem.ts'
import type { AppCore } from './app-core.ts'
import type { ObjectApi } from './object-api.ts'

export interface PurgeOptions {
  /** Whose trash. Default: that of all objects. */
  readonly object?: string
  /** Records that were deleted longer ago than so many days; 0: all. Default: the days of each object's schema; others are left alone. */
  readonly olderThanDays?: number
}

const DAY = 86_400_000

/** Records purged by one transaction. */
const AT_ONCE = 500

/** How a batch is purged, for those who purge by themselves. */
interface PurgeRun {
  /** Milliseconds since 1970. */
  readonly now: number
  /** Runs a batch in a transaction. */
  readonly together: (purge: () => Promise<number>) => Promise<number>
  /** No further batch is begun. */
  readonly isStopped: () => boolean
}

const atOnce = (): PurgeRun => ({ now: Date.now(), together: (purge) => purge(), isStopped: () => false })

/** Deletes for good what has been in the trash for long enough. Gives the number of records. @throws ObjectQLError 404 for an unknown object. */
export async function purgeTrash(
  core: AppCore,
  objects: Readonly<Record<string, ObjectApi>>,
  { object, olderThanDays }: PurgeOptions,
  run: PurgeRun = atOnce(),
): Promise<number> {
  if (olderThanDays !== undefined && !(olderThanDays >= 0))
    throw new ObjectQLError(400, 'INVALID_REQUEST', `"olderThanDays" is a number from 0, not ${String(olderThanDays)}.`)
  let total = 0
  for (const name of object === undefined ? core.slotByName.keys() : [object]) {
    const { plan } = await core.store(name)
    const days = olderThanDays ?? plan.trash?.retentionDays
    if (plan.trash && days !== undefined) total += await purgeObject(plan, objects[name] as ObjectApi, run.now - days * DAY, run)
  }
  return total
}

/** Page by page: what others still refer to stays, and is not looked at again. */
async function purgeObject(plan: ObjectPlan, api: ObjectApi, before: number, { together, isStopped }: PurgeRun): Promise<number> {
  const field = Object.keys(plan.fields).find((name) => (plan.fields[name]?.column ?? name) === plan.trash?.column) ?? 'deleted_at'
  const where = { [field]: { $lte: isoInstant(before) } }
  let purged = 0
  let after: string | undefined = ''
  const page = async (): Promise<number> => {
    const { items } = await api.find({
      deleted: 'only',
      where: { $and: [where, { id: { $gt: after } }] },
      select: ['id'],
      orderBy: 'id',
      limit: AT_ONCE,
    })
    const ids = items.map(({ id }) => String(id))
    after = ids.at(-1)
    return ids.length === 0 ? 0 : purgeIds(api, ids)
  }
  while (after !== undefined && !isStopped()) purged += await together(page)
  return purged
}

async function purgeIds(api: ObjectApi, ids: readonly string[]): Promise<number> {
  try {
    return await api.purgeMany({ id: { $in: ids } })
  } catch (error) {
    // Others refer to one of them, or a hook said no.
    if (!(error instanceof ObjectQLError) || (error.status !== 409 && error.status !== 422)) throw error
    if (ids.length === 1) return 0
    const half = ids.length >> 1
    return (await purgeIds(api, ids.slice(0, half))) + (await purgeIds(api, ids.slice(half)))
  }
}
