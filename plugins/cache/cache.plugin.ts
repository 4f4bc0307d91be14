import { type LayerPlace, PluginBuilder, type PluginContext, type StatementLayer } from 'objectql/plugin-sdk'
import { CACHE_CONFIG_SCHEMA, type CacheConfig } from './cache-config.ts'
import { createCacheService } from './cache-service.ts'
import { createCacheStatus } from './cache-status.ts'
import { createCachedReads, type Outcome } from './cached-reads.ts'
import { type CachedTables, cachedTables } from './cached-tables.ts'
import { ProcessStore } from './process-store.ts'
import { openRedisLink } from './redis-link.ts'
import { RedisStore } from './redis-store.ts'
import { remoteLayer } from './remote-layer.ts'
import { createStatementReader, type StatementFacts } from './statement-facts.ts'
import type { Store, Wanted } from './store.ts'
import { turnLayer } from './turn-layer.ts'
import { valueKey } from './value-key.ts'

export type { Cache, CacheStatistics, KeepOptions } from './cache-service.ts'

type Context = PluginContext<CacheConfig>
type Told = (outcome: Outcome | 'failed') => void

/** Keeps answers of reads until a commit changes what they follow from. */
export default new PluginBuilder()
  .name('cache')
  .label('Cache')
  .version('1.0.0')
  .description('Keeps answers of reads until a commit changes what they follow from.')
  .provides('cache')
  .configSchema<CacheConfig>(CACHE_CONFIG_SCHEMA)
  // Before any plugin starts, so that whatever they write is seen.
  .install(async (context) => {
    const { app, config, metadata, services, signal } = context
    const counts: Record<Outcome | 'failed', number> = { hit: 0, stale: 0, miss: 0, collapsed: 0, bypass: 0, failed: 0 }
    const status = config.status_header ? createCacheStatus() : undefined
    const told: Told = (outcome) => {
      counts[outcome]++
      if (outcome !== 'failed') status?.told(outcome)
    }
    const objects = metadata.list('object').map(({ name }) => name)
    const remove = await app.interpose(async (place) => {
      const tables = await cachedTables(config, objects, place)
      const store = await openStore(context, place)
      services.provide(
        'cache',
        createCacheService({
          store,
          ttl: (config.ttl_seconds ?? 300) * 1000,
          tablesOf: tables.tablesOf,
          counts: () => ({
            ...{ hits: counts.hit, stale: counts.stale, misses: counts.miss, collapsed: counts.collapsed },
            ...{ bypassed: counts.bypass, failedRefreshes: counts.failed },
          }),
        }),
      )
      return layerOf(context, place, store, tables, told)
    })
    signal.addEventListener('abort', remove)
    if (status) context.use(status.middleware)
  })
  .build()

/** @throws Error where Redis is wanted and its address is not told, or the database answers in this process. */
async function openStore({ app, config, logger, signal }: Context, { turn }: LayerPlace): Promise<Store> {
  const { store = 'process', max_entries = 10_000, max_bytes = 67_108_864, max_entry_bytes = 1_048_576 } = config
  if (store === 'process') return new ProcessStore({ maxEntries: max_entries, maxBytes: max_bytes, maxEntryBytes: max_entry_bytes })
  if (turn) throw new Error('SQLite answers in this process, faster than Redis could: use the store "process".')
  const { redis_url, redis_url_variable, key_prefix = `cache:${app.name}`, timeout_ms = 250, when_unavailable = 'allow' } = config
  const url = redis_url ?? (redis_url_variable === undefined ? undefined : process.env[redis_url_variable])
  if (!url) throw new Error('A cache in Redis needs its address: redis_url or redis_url_variable.')
  const link = await openRedisLink({ url, timeoutMs: timeout_ms, prefix: key_prefix, warn: (message) => logger.warn(message) })
  if (!link.isOpen) logger.warn('Redis does not answer the cache yet, so reads go to the database.')
  signal.addEventListener('abort', () => link.close())
  return new RedisStore(link, { maxEntryBytes: max_entry_bytes, refusesWrites: when_unavailable === 'refuse' })
}

function layerOf({ config, logger }: Context, place: LayerPlace, store: Store, tables: CachedTables, told: Told): StatementLayer {
  const { shared = true, stale_seconds = 0 } = config
  if (place.turn) {
    const factsOf = createStatementReader({ ...tables, readsClock: place.readsClock })
    return turnLayer(store as ProcessStore, factsOf, { turn: place.turn, isShared: shared && !place.isPrivate, told })
  }
  const isInProcess = store instanceof ProcessStore
  const isBlind = isInProcess && shared
  if (isBlind)
    logger.warn(
      'The cache keeps nothing: other processes may write to this database, and only Redis tells of it. Use the store "redis", or say "shared: false" where there is one process.',
    )
  const ttlOf = isBlind ? (): undefined => undefined : tables.ttlOf
  const factsOf = createStatementReader({ graph: tables.graph, ttlOf, readsClock: place.readsClock })
  const keyOf = (facts: StatementFacts, values: string): string =>
    isInProcess ? `${facts.id}:${values}` : `${place.digest}\0${facts.text}\0${values}`
  const wantedOf = (facts: StatementFacts, values: Parameters<typeof valueKey>[0]): Wanted | undefined => {
    const key = valueKey(values)
    return key === undefined
      ? undefined
      : { key: keyOf(facts, key), names: facts.names(values), ttl: facts.ttl, stale: stale_seconds * 1000 }
  }
  return remoteLayer(store, createCachedReads(store, wantedOf, told), factsOf)
}
