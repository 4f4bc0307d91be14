import type { AuditStore } from './audit-store.ts'
import { sealOf } from './entry-hash.ts'

export interface PruneOptions {
  /** ISO 8601: what is older goes. */
  readonly before: string
  readonly key: string | undefined
  /** Entries that are deleted in one transaction: writers of the chain wait for no more than that. */
  readonly pageSize?: number
}

/**
 * Deletes the entries at the beginning of a chain that are older than a moment. The hash of the last of them is kept, so that what stays can still
 * be verified. Resolves to their number.
 */
export async function pruneChain(store: AuditStore, chain: string, { before, key, pageSize = 2000 }: PruneOptions): Promise<number> {
  let count = 0
  for (;;) {
    const deleted = await pruneSome(store, chain, { before, key, pageSize })
    count += deleted
    if (deleted < pageSize) return count
  }
}

const pruneSome = (
  { entries, chains, transaction }: AuditStore,
  chain: string,
  { before, key, pageSize }: Required<PruneOptions>,
): Promise<number> =>
  transaction(async () => {
    // Holds the chain, so that nobody else prunes it meanwhile.
    const head = await chains.update(chain, { sequence: { $inc: 0 } })
    const start = head.checkpoint_sequence
    // Clocks of processes differ: what is behind an entry that stays, stays too.
    const { items: young } = await entries.find({
      where: { chain, sequence: { $gt: start }, at: { $gte: before } },
      orderBy: { sequence: 'asc' },
      limit: 1,
    })
    const end = Math.min(young[0] ? young[0].sequence - 1 : head.sequence, start + pageSize)
    const { items } = end > start ? await entries.find({ where: { chain, sequence: end }, limit: 1 }) : { items: [] }
    const [last] = items
    if (!last) return 0
    const moved = { ...head, checkpoint_sequence: last.sequence, checkpoint_hash: last.hash }
    await chains.update(chain, {
      checkpoint_sequence: moved.checkpoint_sequence,
      checkpoint_hash: moved.checkpoint_hash,
      seal: sealOf(moved, key),
    })
    return entries.deleteMany({ chain, sequence: { $lte: last.sequence } })
  })
