import { createHmac, hash } from 'node:crypto'
import type { ChainHead } from './chain-head.ts'

/** An entry as it is stored. */
export interface AuditEntry {
  /** Made of the chain and the place in it. */
  readonly id: string
  readonly chain: string
  /** Place in the chain, from 1 on. */
  readonly sequence: number
  /** ISO 8601, UTC. */
  readonly at: string
  /** Id of the user; null when nobody in particular asked. */
  readonly actor: string | null
  readonly actor_name: string | null
  readonly operation: 'create' | 'update' | 'delete' | 'restore' | 'purge'
  readonly object: string
  readonly record: string
  /** By field: what it was (`from`) and what it is (`to`). */
  readonly changes: unknown
  readonly previous_hash: string
  readonly hash: string
}

/** What the first entry of a chain comes after. */
export const GENESIS = '0'.repeat(64)

export const entryId = (chain: string, sequence: number): string => `${chain}:${String(sequence).padStart(12, '0')}`

/** The hash of all that an entry says, and so of all entries before it: SHA-256, or HMAC with a key. In hex. */
export function entryHash(entry: Omit<AuditEntry, 'hash'>, key: string | undefined): string {
  const { id, chain, sequence, at, actor, actor_name, operation, object, record, changes, previous_hash } = entry
  const text = canonicalJson([id, chain, sequence, at, actor, actor_name, operation, object, record, changes, previous_hash])
  return key === undefined ? hash('sha256', text, 'hex') : createHmac('sha256', key).update(text).digest('hex')
}

/**
 * What holds the ends of a chain together, where there is a key: whoever can only write the database cannot let it begin later or end elsewhere, other than by an end
 * it has had before. Null without a key.
 */
export function sealOf(
  { id, sequence, hash: last, checkpoint_sequence, checkpoint_hash }: Omit<ChainHead, 'seal'>,
  key: string | undefined,
): string | null {
  if (key === undefined) return null
  return createHmac('sha256', key)
    .update(canonicalJson(['seal', id, sequence, last, checkpoint_sequence, checkpoint_hash]))
    .digest('hex')
}

/** JSON with the keys of objects in order: databases keep documents in an order of their own. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`
}
