import type { AuditStore } from './audit-store.ts'
import { type AuditEntry, entryHash, entryId, sealOf } from './entry-hash.ts'

export interface Verification {
  readonly chain: string
  readonly is_intact: boolean
  /** Entries that hold, from the beginning or the checkpoint on. */
  readonly checked: number
  /** Where the chain ends: noted elsewhere, it shows later that nothing before it was changed, not even by who can write the whole database. */
  readonly sequence: number
  readonly hash: string
  /** The first place where the chain is broken. */
  readonly broken?: { readonly sequence: number; readonly id?: string; readonly reason: string }
  /** What could not be looked at. */
  readonly note?: string
}

export interface VerifyOptions {
  readonly key: string | undefined
  /** Entries that are read at a time. */
  readonly pageSize?: number
  /** An end of the chain that was noted before. */
  readonly known?: { readonly sequence: number; readonly hash: string } | undefined
}

/** Walks a chain, page by page. Others may go on writing: what comes after its end as it is now is not looked at. */
export async function verifyChain(
  { entries, chains }: Pick<AuditStore, 'entries' | 'chains'>,
  chain: string,
  { key, pageSize = 500, known }: VerifyOptions,
): Promise<Verification> {
  const head = await chains.get(chain)
  if (!head)
    return { chain, is_intact: false, checked: 0, sequence: 0, hash: '', broken: { sequence: 0, reason: 'There is no such chain.' } }
  let { checkpoint_sequence: sequence, checkpoint_hash: hash } = head
  const note =
    known && known.sequence < sequence ? { note: 'The entry that was noted was deleted as an old one, and so not compared.' } : {}
  let checked = 0
  const result = (broken?: Verification['broken']): Verification => {
    const said = { chain, is_intact: broken === undefined, checked, sequence: head.sequence, hash: head.hash, ...note }
    return broken ? { ...said, broken } : said
  }
  const isKnown = (): boolean => known === undefined || known.sequence !== sequence || known.hash === hash
  if (key !== undefined && head.seal !== sealOf(head, key)) return result({ sequence, reason: 'The ends of the chain were changed.' })
  if (!isKnown()) return result({ sequence, reason: OTHER_THAN_NOTED })
  while (sequence < head.sequence) {
    const { items } = await entries.find({
      where: { chain, sequence: { $gt: sequence, $lte: head.sequence } },
      orderBy: { sequence: 'asc' },
      limit: pageSize,
    })
    if (items.length === 0) return result({ sequence: sequence + 1, reason: 'The entry is missing.' })
    for (const entry of items) {
      const reason = faultOf(entry, chain, sequence + 1, hash, key)
      if (reason) {
        const isMissing = entry.sequence > sequence + 1
        return result(isMissing ? { sequence: sequence + 1, reason } : { sequence: sequence + 1, id: entry.id, reason })
      }
      sequence++
      hash = entry.hash
      checked++
      if (!isKnown()) return result({ sequence, id: entry.id, reason: OTHER_THAN_NOTED })
    }
  }
  if (hash !== head.hash) return result({ sequence, reason: 'The chain does not end with the hash that was kept for it.' })
  if (known && known.sequence > head.sequence)
    return result({ sequence: head.sequence + 1, reason: 'The entry that was noted is missing.' })
  return result(await behindEnd({ entries, chains }, chain))
}

const OTHER_THAN_NOTED = 'The entry is another than the one that was noted.'

/** An entry and the end of its chain are written together: what is found first is never behind the end that is read later. */
async function behindEnd({ entries, chains }: Pick<AuditStore, 'entries' | 'chains'>, chain: string): Promise<Verification['broken']> {
  const { items } = await entries.find({ where: { chain }, orderBy: { sequence: 'desc' }, limit: 1 })
  const [last] = items
  const head = await chains.get(chain)
  if (!last || (head && last.sequence <= head.sequence)) return undefined
  return { sequence: last.sequence, id: last.id, reason: 'The entry is behind the end of the chain.' }
}

/** What is wrong with an entry at its place; undefined when nothing is. */
function faultOf(entry: AuditEntry, chain: string, sequence: number, previousHash: string, key: string | undefined): string | undefined {
  if (entry.sequence > sequence) return 'The entry is missing.'
  if (entry.sequence < sequence) return 'The entry is there twice.'
  if (entry.id !== entryId(chain, sequence)) return 'The entry has another id.'
  if (entry.previous_hash !== previousHash) return 'The entry does not follow the one before.'
  const at = new Date(entry.at).toISOString()
  return entryHash({ ...entry, at }, key) === entry.hash ? undefined : 'The entry was changed.'
}
