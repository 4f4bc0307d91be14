import type { AuditStore } from './audit-store.ts'
import { type Difference, differencesOf, type Keeping } from './differences.ts'
import { type AuditEntry, entryHash, entryId, GENESIS, sealOf } from './entry-hash.ts'

type Row = Readonly<Record<string, unknown>>

/** What was done to one record. */
export interface Deed {
  readonly object: string
  readonly operation: AuditEntry['operation']
  readonly record: string
  readonly before: Row | undefined
  readonly after: Row | undefined
  readonly actor: { readonly id: string; readonly name?: string } | undefined
}

export interface TrailOptions {
  readonly chainOf: (object: string) => string
  readonly keepingOf: (object: string) => Keeping
  readonly key: string | undefined
  readonly now: () => number
}

/** Writes what was done into its chain, in the transaction of the calling code. */
export class AuditTrail {
  readonly store: AuditStore
  readonly options: TrailOptions

  constructor(store: AuditStore, options: TrailOptions) {
    this.store = store
    this.options = options
  }

  /** Makes the chains that are not there yet. Other processes may do so at the same time. */
  async open(chains: readonly string[]): Promise<void> {
    const { items } = await this.store.chains.find({ where: { id: { $in: chains } }, limit: 1000 })
    const known = new Set(items.map(({ id }) => id))
    for (const id of chains) {
      if (known.has(id)) continue
      try {
        const head = { id, sequence: 0, hash: GENESIS, checkpoint_sequence: 0, checkpoint_hash: GENESIS }
        await this.store.chains.create({ ...head, seal: sealOf(head, this.options.key) })
      } catch (error) {
        if (!(await this.store.chains.get(id))) throw error
      }
    }
  }

  /**
   * Three statements for each chain, however many deeds. The row of the chain is changed first, so that whoever else writes to it waits until this
   * transaction has ended: a chain has no forks.
   */
  async write(deeds: readonly Deed[]): Promise<void> {
    const byChain = Map.groupBy(deeds.map((deed) => ({ deed, changes: this.#changesOf(deed) })).filter(isWorthAnEntry), ({ deed }) =>
      this.options.chainOf(deed.object),
    )
    // In one order, so that two transactions never wait for each other.
    for (const chain of [...byChain.keys()].sort()) await this.#append(chain, byChain.get(chain) ?? [])
  }

  #changesOf({ object, before, after }: Deed): Record<string, Difference> {
    return differencesOf(before, after, this.options.keepingOf(object))
  }

  async #append(chain: string, found: readonly { readonly deed: Deed; readonly changes: Record<string, Difference> }[]): Promise<void> {
    const { chains, entries } = this.store
    const head = await chains.update(chain, { sequence: { $inc: found.length } })
    const at = new Date(this.options.now()).toISOString()
    let { hash } = head
    const first = head.sequence - found.length + 1
    const written = found.map(({ deed: { object, operation, record, actor }, changes }, index): AuditEntry => {
      const sequence = first + index
      const said = { id: entryId(chain, sequence), chain, sequence, at, actor: actor?.id ?? null, actor_name: actor?.name ?? null }
      const entry = { ...said, operation, object, record, changes, previous_hash: hash }
      hash = entryHash(entry, this.options.key)
      return { ...entry, hash }
    })
    await entries.createMany(written)
    await chains.update(chain, { hash, seal: sealOf({ ...head, hash }, this.options.key) })
  }
}

/** An update that changes nothing is none. */
const isWorthAnEntry = ({ deed, changes }: { readonly deed: Deed; readonly changes: object }): boolean =>
  deed.operation !== 'update' || Object.keys(changes).length > 0
