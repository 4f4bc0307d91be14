import { hash } from 'node:crypto'
import { ObjectQLError } from 'objectql/runtime'
import { type RedisLink, randomToken, TOKENS_KEPT_MS } from './redis-link.ts'
import { readRowsText, rowsText, sealed, unsealed } from './rows-text.ts'
import type { Announcement, Found, Rows, Store, StoreCounts, Wanted } from './store.ts'

export interface RedisStoreOptions {
  readonly maxEntryBytes: number
  /** Writes that Redis cannot be told of are refused. */
  readonly refusesWrites: boolean
}

/**
 * Milliseconds after which the announcement of a write ends by itself: longer than a commit, or a statement that is a transaction by itself, takes. Meant for processes
 * that end between their announcement and the end of their write.
 */
const ANNOUNCED_MS = 60_000

/** Answers in Redis, the same for all processes. Each read asks for the versions of what it holds by: one round trip. */
export class RedisStore implements Store {
  readonly #link: RedisLink
  readonly #options: RedisStoreOptions
  #corrupted = 0

  constructor(link: RedisLink, options: RedisStoreOptions) {
    this.#link = link
    this.#options = options
  }

  rows(wanted: Wanted): Promise<Found<Rows>> {
    return this.#find<Rows>(wanted, rowsText, readRowsText)
  }

  json(wanted: Wanted): Promise<Found<string>> {
    return this.#find<string>(wanted, sealed, unsealed)
  }

  async remove(key: string): Promise<void> {
    await this.#link.ask((redis) => redis.del(this.#answerKey(key)), true)
  }

  async announce(names: readonly string[]): Promise<Announcement> {
    const link = this.#link
    const id = randomToken()
    const keys = (): readonly string[] => [link.key('t'), ...names.map((name) => link.key('w:', name))]
    const call = (name: 'cacheAnnounce' | 'cacheOver', milliseconds: number): Promise<unknown> =>
      link.ask((redis) => redis[name](names.length + 1, ...keys(), randomToken(), id, milliseconds, ...names), true)
    const isKnown = await call('cacheAnnounce', ANNOUNCED_MS)
    if (isKnown === undefined && this.#options.refusesWrites)
      throw new ObjectQLError(503, 'UNAVAILABLE', 'Nobody can be told of the change. Try again.', undefined, ['retry-after', '1'])
    return {
      async over() {
        await link.retried()
        await call('cacheOver', TOKENS_KEPT_MS)
      },
    }
  }

  clear(): Promise<void> {
    return this.#link.forgetAll()
  }

  counts(): StoreCounts {
    const { failures, isOpen } = this.#link
    return { entries: 0, bytes: 0, evictions: 0, corrupted: this.#corrupted, failures, isAvailable: isOpen }
  }

  async #find<Value>(
    { key, names, ttl, stale }: Wanted,
    print: (value: Value) => string | undefined,
    read: (text: string) => Value | undefined,
  ): Promise<Found<Value>> {
    const link = this.#link
    // Keys are of the server that answers.
    const answerKey = this.#answerKey(key)
    const keys = [link.key('t'), answerKey, ...names.map((name) => link.key('w:', name))]
    const found = await link.ask((redis) => redis.cacheRead(keys.length, ...keys, randomToken(), '*', ...names))
    const [stamp, answer, left = 0] = found ?? []
    if (stamp === undefined) return { kind: 'bypass' }
    const value = answer === undefined ? undefined : this.#readable(answer, read)
    if (value !== undefined && left >= stale) return { kind: 'hit', value }
    return {
      ...(value === undefined ? { kind: 'miss' } : { kind: 'stale', value }),
      stamp,
      keep: (made: Value) => {
        const text = print(made)
        if (text === undefined || 2 * text.length > this.#options.maxEntryBytes) return
        const milliseconds = Math.max(1, Math.round(ttl * (0.9 + 0.1 * Math.random())))
        void link.ask((redis) => redis.set(answerKey, `${stamp} ${text}`, 'PX', milliseconds + stale))
      },
    }
  }

  #readable<Value>(text: string, read: (text: string) => Value | undefined): Value | undefined {
    try {
      const value = read(text)
      if (value !== undefined) return value
    } catch {
      // Counted below.
    }
    this.#corrupted++
    return undefined
  }

  #answerKey(key: string): string {
    return this.#link.key('a:', hash('sha256', key, 'base64url'))
  }
}
