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

interface NameState {
  version: number
  /** Writes that are announced. */
  pending: number
}

interface Entry {
  readonly value: unknown
  readonly states: readonly NameState[]
  readonly versions: readonly number[]
  readonly expires: number
  /** Until then it is given while it is asked for anew. */
  readonly ends: number
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
  readonly #states = new Map<string, NameState>()
  #bytes = 0
  #evictions = 0

  constructor(options: ProcessStoreOptions) {
    this.#options = { now: () => performance.now(), random: Math.random, ...options }
  }

  /** A hit, and nothing else: what is asked for most. */
  hit(key: string): unknown {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    const { states, versions } = entry
    for (let at = 0; at < states.length; at++) {
      const state = states[at] as NameState
      if (state.version === versions[at]) {
        if (state.pending > 0) return undefined
        continue
      }
      this.#drop(key, entry)
      return undefined
    }
    const now = this.#options.now()
    if (entry.expires <= now) {
      if (entry.ends <= now) this.#drop(key, entry)
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

  announce(names: readonly string[]): Announcement {
    const states = names.map((name) => this.#stateOf(name))
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

  #find<Value>({ key, names, ttl, stale }: Wanted, sizeOf: (value: Value) => number): Found<Value> {
    const value = this.hit(key)
    if (value !== undefined) return { kind: 'hit', value: value as Value }
    const states = names.map((name) => this.#stateOf(name))
    if (states.some(({ pending }) => pending > 0)) return { kind: 'bypass' }
    const versions = states.map(({ version }) => version)
    // `hit` has dropped what a write ended.
    const old = this.#entries.get(key)
    if (old) old.isUsed = true
    return {
      ...(old ? { kind: 'stale', value: old.value as Value } : { kind: 'miss' }),
      stamp: versions.join(),
      keep: (made: Value) => {
        if (states.some((state, at) => state.version !== versions[at])) return
        const bytes = OVERHEAD + 2 * key.length + sizeOf(made)
        if (bytes > this.#options.maxEntryBytes || bytes > this.#options.maxBytes) return
        this.remove(key)
        const expires = this.#options.now() + ttl * (0.9 + 0.1 * this.#options.random())
        this.#entries.set(key, { value: made, states, versions, expires, ends: expires + stale, bytes, isUsed: false })
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

  #stateOf(name: string): NameState {
    const known = this.#states.get(name)
    if (known) return known
    const state = { version: 0, pending: 0 }
    this.#states.set(name, state)
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
