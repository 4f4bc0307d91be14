import type { Health } from 'objectql/plugin-sdk'
import { anyRecordOf, recordOf } from './record-slots.ts'
import type { Store, StoreCounts, Wanted } from './store.ts'

/** Since the plugin started, in this process. */
export interface CacheStatistics extends StoreCounts {
  readonly hits: number
  /** Reads whose answer was given after its time, while it was asked for anew. */
  readonly stale: number
  /** Reads that went to the database and whose answer may be kept. */
  readonly misses: number
  /** Reads that waited for the answer of somebody who asked the same. */
  readonly collapsed: number
  /** Reads that are never kept, or not now: of other objects, in a transaction, beside a write. */
  readonly bypassed: number
  /** Answers that were asked for anew behind the reader, in vain. */
  readonly failedRefreshes: number
}

export interface KeepOptions {
  /** Default: as for answers. */
  readonly ttl_seconds?: number
  /** Names of objects that the value follows from: a change of any of them ends it. They have to be among those that are cached. */
  readonly objects?: readonly string[]
}

/** What other plugins may ask of this one: `services.get<Cache>('cache')`. Values are JSON, shared as the store of the cache is. */
export interface Cache {
  /** Undefined where nothing is kept under that key. */
  get<Value>(key: string, options?: Pick<KeepOptions, 'objects'>): Promise<Value | undefined>
  /** A value of its own, or worked out from what was read before: see `remember` for values that follow from records. */
  set(key: string, value: unknown, options?: KeepOptions): Promise<void>
  delete(key: string): Promise<void>
  /** The value that is kept, or what `work` gives, which is kept then. What `work` reads may change meanwhile: then its value is given and not kept. */
  remember<Value>(key: string, work: () => Promise<Value>, options?: KeepOptions): Promise<Value>
  /** Everything that was read of an object, after it was changed past the application. With an id: of that record, and all lists, which may hold it. */
  invalidate(object: string, id?: string): Promise<void>
  /** Everything. */
  clear(): Promise<void>
  statistics(): CacheStatistics
  health(): Health
}

export interface ServiceOptions {
  readonly store: Store
  /** Milliseconds. */
  readonly ttl: number
  /** @throws TypeError for an object that is not cached. */
  readonly tablesOf: (objects: readonly string[]) => Promise<readonly string[]>
  readonly counts: () => Omit<CacheStatistics, keyof StoreCounts>
}

export function createCacheService({ store, ttl, tablesOf, counts }: ServiceOptions): Cache {
  const wanted = async (key: string, { objects = [], ttl_seconds }: KeepOptions = {}): Promise<Wanted> => {
    if (typeof key !== 'string' || key === '') throw new TypeError('A key of the cache is a text that is not empty.')
    if (ttl_seconds !== undefined && !(ttl_seconds > 0)) throw new TypeError('A value is kept for more than 0 seconds.')
    return { key: `own:${key}`, names: await tablesOf(objects), ttl: ttl_seconds === undefined ? ttl : ttl_seconds * 1000, stale: 0 }
  }

  const textOf = (value: unknown): string => {
    const text = JSON.stringify(value)
    if (text === undefined) throw new TypeError('A value of the cache is JSON.')
    return text
  }

  return {
    async get<Value>(key: string, options: KeepOptions = {}) {
      const found = await store.json(await wanted(key, options))
      return found.kind === 'hit' ? (JSON.parse(found.value) as Value) : undefined
    },
    async set(key, value, options = {}) {
      const [asked, text] = [await wanted(key, options), textOf(value)]
      await store.remove(asked.key)
      const found = await store.json(asked)
      if (found.kind === 'miss') await found.keep(text)
    },
    async delete(key) {
      await store.remove((await wanted(key)).key)
    },
    async remember<Value>(key: string, work: () => Promise<Value>, options: KeepOptions = {}) {
      const found = await store.json(await wanted(key, options))
      if (found.kind === 'hit') return JSON.parse(found.value) as Value
      const value = await work()
      if (found.kind === 'miss') await found.keep(textOf(value))
      return value
    },
    async invalidate(object, id) {
      const tables = await tablesOf([object])
      const announcement = await store.announce(tables.flatMap((table) => [table, recordOf(table, id) ?? anyRecordOf(table)]))
      await announcement.over()
    },
    clear: async () => store.clear(),
    statistics: () => ({ ...counts(), ...store.counts() }),
    health: () =>
      store.counts().isAvailable ? { status: 'ok' } : { status: 'degraded', detail: 'Redis does not answer: reads go to the database.' },
  }
}
