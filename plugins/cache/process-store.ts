import type { Announcement, Found, Rows, Store, StoreCounts, Wanted } from './store.ts'

export interface ProcessStoreOptions {
  readonly maxEntries: number
  readonly maxBytes: number
  readonly maxEntryBytes: number
  /** Milliseconds. Default: `performance.now`. */
  readonly now?: () => number
  /** Between 0 and 1: answers that were kept together do not end together. */
  readonly random?: () => number
}

interface TableState {
  version: number
  /** Writes that are announced. */
  pending: number
}

interface Entry {
  readonly value: unknown
  readonly tables: readonly TableState[]
  readonly versions: readonly number[]
  readonly expires: number
  readonly bytes: number
  /** Since the last time somebody looked for room. */
  isUsed: boolean
}

/** What an entry takes besides its key and value: about what V8 needs for it. */
const OVERHEAD = 200

/**
 * Answers in the memory of this process. Nothing waits. What has not been used for longest makes room: an entry that was used since is
 * passed over once (CLOCK), so that a hit writes nothing but a flag.
 */
export class ProcessStore implements Store {
  readonly #options: Required<ProcessStoreOptions>
  readonly #entries = new Map<string, Entry>()
  readonly #states = new Map<string, TableState>()
  #bytes = 0
  #evictions = 0

  constructor(options: ProcessStoreOptions) {
    this.#options = { now: () => performance.now(), random: Math.random, ...options }
  }

  /** A hit, and nothing else: what is asked for most. */
  hit(key: string): unknown {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    const { tables, versions } = entry
    for (let at = 0; at < tables.length; at++) {
      const state = tables[at] as TableState
      if (state.version === versions[at]) {
        if (state.pending > 0) return undefined
        continue
      }
      this.#drop(key, entry)
      return undefined
    }
    if (entry.expires <= this.#options.now()) {
      this.#drop(key, entry)
      return undefined
    }
    entry.isUsed = true
    return entry.value
  }

  rows(wanted: Wanted): Found<Rows> {
    return this.#find<Rows>(wanted, bytesOf)
  }

  json(wanted: Wanted): Found<string> {
    return this.#find<string>(wanted, (text) => 2 * text.length)
  }

  remove(key: string): void {
    const entry = this.#entries.get(key)
    if (entry) this.#drop(key, entry)
  }

  announce(tables: readonly string[]): Announcement {
    const states = tables.map((table) => this.#stateOf(table))
    for (const state of states) state.pending++
    let isOver = false
    return {
      over() {
        if (isOver) return
        isOver = true
        for (const state of states) {
          state.pending--
          state.version++
        }
      },
    }
  }

  clear(): void {
    this.#entries.clear()
    this.#bytes = 0
    // Whoever reads now keeps nothing.
    for (const state of this.#states.values()) state.version++
  }

  counts(): StoreCounts {
    return { entries: this.#entries.size, bytes: this.#bytes, evictions: this.#evictions, corrupted: 0, failures: 0, isAvailable: true }
  }

  #find<Value>({ key, tables, ttl }: Wanted, sizeOf: (value: Value) => number): Found<Value> {
    const value = this.hit(key)
    if (value !== undefined) return { kind: 'hit', value: value as Value }
    const states = tables.map((table) => this.#stateOf(table))
    if (states.some(({ pending }) => pending > 0)) return { kind: 'bypass' }
    const versions = states.map(({ version }) => version)
    return {
      kind: 'miss',
      stamp: versions.join(),
      keep: (made) => {
        if (states.some((state, at) => state.version !== versions[at])) return
        const bytes = OVERHEAD + 2 * key.length + sizeOf(made)
        if (bytes > this.#options.maxEntryBytes || bytes > this.#options.maxBytes) return
        this.remove(key)
        const expires = this.#options.now() + ttl * (0.9 + 0.1 * this.#options.random())
        this.#entries.set(key, { value: made, tables: states, versions, expires, bytes, isUsed: false })
        this.#bytes += bytes
        this.#makeRoom()
      },
    }
  }

  #makeRoom(): void {
    const { maxEntries, maxBytes } = this.#options
    for (const [key, entry] of this.#entries) {
      if (this.#entries.size <= maxEntries && this.#bytes <= maxBytes) return
      if (entry.isUsed) {
        entry.isUsed = false
        this.#entries.delete(key)
        this.#entries.set(key, entry)
      } else {
        this.#drop(key, entry)
        this.#evictions++
      }
    }
  }

  #drop(key: string, { bytes }: Entry): void {
    this.#entries.delete(key)
    this.#bytes -= bytes
  }

  #stateOf(table: string): TableState {
    const known = this.#states.get(table)
    if (known) return known
    const state = { version: 0, pending: 0 }
    this.#states.set(table, state)
    return state
  }
}

/** At most what V8 needs: texts with letters beyond Latin-1 take two bytes each. */
function bytesOf(rows: Rows): number {
  let bytes = 0
  for (const row of rows) {
    bytes += 64
    for (const cell of row)
      bytes += typeof cell === 'string' ? 2 * cell.length + 16 : cell instanceof Uint8Array ? cell.byteLength + 96 : 16
  }
  return bytes
}
