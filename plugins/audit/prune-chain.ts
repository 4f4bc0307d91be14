import type { AuditStore } from './audit-store.ts'

/**
 * Deletes the entries at the beginning of a chain that are older than a moment. The hash of the last of them is kept, so that what stays can still
 * be verified. Resolves to their number.
 */
export function pruneChain({ entries, chains, transaction }: AuditStore, chain: string, before: string): Promise<number> {
  return transaction(async () => {
    // Holds the chain, so that nobody else prunes it meanwhile.
    const head = await chains.update(chain, { sequence: { $inc: 0 } })
    const { items } = await entries.find({
      where: { chain, sequence: { $gt: head.checkpoint_sequence }, at: { $lt: before } },
      orderBy: { sequence: 'desc' },
      limit: 1,
    })
    const [last] = items
    if (!last) return 0
    await chains.update(chain, { checkpoint_sequence: last.sequence, checkpoint_hash: last.hash })
    return entries.deleteMany({ chain, sequence: { $lte: last.sequence } })
  })
}
