import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readRowsText, rowsText } from '../../plugins/cache/rows-text.ts'
import { type CachedApp, closeOpened, closing, removeProjects, started, uncached } from '../support/cached-app.ts'
import { isReachable, postgres, type ScratchDatabase } from '../support/database-servers.ts'
import { postgresUrl } from '../support/sources.ts'

const REDIS = new URL(process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379')

/** A way to Redis that can be cut, held up, and opened again. */
class RedisProxy {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #isHeld = false
  #isCut = false
  port = 0

  constructor() {
    this.#server = createServer((client) => {
      if (this.#isCut) {
        client.destroy()
        return
      }
      const redis = connect(Number(REDIS.port || 6379), REDIS.hostname)
      for (const [from, to] of [[client, redis] as const, [redis, client] as const]) {
        this.#sockets.add(from)
        from.on('data', (bytes) => {
          if (!this.#isHeld) to.write(bytes)
        })
        from.on('error', () => undefined)
        from.on('close', () => {
          this.#sockets.delete(from)
          to.destroy()
        })
      }
    })
  }

  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    this.port = (this.#server.address() as { port: number }).port
    return this
  }

  cut(): void {
    this.#isCut = true
    for (const socket of this.#sockets) socket.destroy()
  }

  /** What is sent meanwhile never arrives. */
  hold(): void {
    this.#isHeld = true
  }

  restore(): void {
    if (this.#isHeld) for (const socket of this.#sockets) socket.destroy()
    this.#isHeld = false
    this.#isCut = false
  }

  close(): Promise<void> {
    this.cut()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }
}

const isThere = isReachable(postgres)
let scratch: ScratchDatabase
let redis: Redis
let round = 0
let prefix = ''

beforeAll(() => {
  scratch = postgres.create('cache_faults')
  redis = new Redis(REDIS.href)
})

beforeEach(() => {
  prefix = `${scratch.name}-${process.pid}-${round++}`
})

afterEach(closeOpened)

afterAll(async () => {
  removeProjects()
  const keys = await redis.keys(`{${scratch.name}-${process.pid}*`)
  if (keys.length > 0) await redis.del(keys)
  redis.disconnect()
  scratch.drop()
})

const datasource = () => postgresUrl(scratch)

const onRedis = (port: number | string = REDIS.port || 6379, config: object = {}): Promise<CachedApp> =>
  started(
    { store: 'redis', redis_url: `redis://${REDIS.hostname}:${port}`, key_prefix: prefix, timeout_ms: 5000, ...config },
    { datasource: datasource(), kernel: { logger: quiet } },
  )

const quiet = { debug() {}, info() {}, warn() {}, error() {} }

const nameOf = async ({ objects }: CachedApp, id: string) => (await objects.product.get(id))?.['name']

async function product({ objects }: CachedApp, id: string): Promise<string> {
  await objects.product.upsert({ id, sku: id, name: 'Gauge' })
  return id
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let waited = 0; !(await holds()); waited += 20) {
    if (waited > 15_000) throw new Error('It did not happen.')
    await sleep(20)
  }
}

describe.skipIf(!isThere)('with Redis', () => {
  test('one process answers with what another has read, until somebody commits', async () => {
    const [one, two] = [await onRedis(), await onRedis()]
    const id = await product(one, 'p1')
    expect(await one.did(() => nameOf(one, id))).toEqual({ misses: 1 })
    await until(async () => (await two.did(() => nameOf(two, id)))['hits'] === 1)
    await two.objects.product.update(id, { name: 'Buoy' })
    expect(await nameOf(one, id)).toBe('Buoy')
    await one.app.transaction(() => one.objects.product.update(id, { name: 'Mast' }))
    expect(await nameOf(two, id)).toBe('Mast')
    await one.cache.set('shared', [1], { objects: ['product'] })
    expect(await two.cache.get('shared', { objects: ['product'] })).toEqual([1])
    await two.objects.product.update(id, { name: 'Sensor' })
    expect(await one.cache.get('shared', { objects: ['product'] })).toBeUndefined()
  })

  test('many who ask the same ask the database once', async () => {
    const app = await onRedis()
    const id = await product(app, 'p1')
    await app.cache.clear()
    const did = await app.did(() => Promise.all(Array.from({ length: 50 }, () => nameOf(app, id))))
    expect((did.misses ?? 0) + (did.collapsed ?? 0) + (did.hits ?? 0)).toBe(50)
    expect(did.misses).toBe(1)
  })

  test('a write of one record leaves answers about others, in all processes', async () => {
    const [one, two] = [await onRedis(), await onRedis()]
    for (const id of ['p1', 'p2']) await nameOf(one, await product(one, id))
    await until(async () => (await two.did(() => nameOf(two, 'p2')))['hits'] === 1)
    await one.objects.product.update('p1', { name: 'Buoy' })
    expect(await two.did(() => nameOf(two, 'p2'))).toEqual({ hits: 1 })
    expect(await two.did(() => nameOf(two, 'p1'))).toEqual({ misses: 1 })
    await two.objects.product.updateMany({ sku: 'p1' }, { name: 'Mast' })
    expect(await one.did(() => nameOf(one, 'p2'))).toEqual({ misses: 1 })
  })

  test('an answer whose time is over is given while it is asked for anew', async () => {
    const app = await onRedis(undefined, { ttl_seconds: 1, stale_seconds: 60 })
    await staleWhileRevalidate(app)
  })

  test('answers that somebody changed in Redis are asked for again', async () => {
    const app = await onRedis()
    const id = await product(app, 'p1')
    await nameOf(app, id)
    const answers = async () => redis.keys(`{${prefix}}:*:a:*`)
    await until(async () => (await answers()).length > 0)
    for (const mangle of [
      (text: string) => text.slice(0, -5),
      (text: string) => text.replace('Gauge', 'Gouge'),
      (text: string) => `${text.split(' ')[0]} `,
    ]) {
      const [key = ''] = await answers()
      await redis.set(key, mangle((await redis.get(key)) ?? ''))
      expect(await nameOf(app, id)).toBe('Gauge')
      await until(async () => (await app.did(() => nameOf(app, id)))['hits'] === 1)
    }
    expect(app.cache.statistics().corrupted).toBe(3)
  })

  test('what Redis forgets, all of it or the versions alone, is believed no longer', async () => {
    const [one, two] = [await onRedis(), await onRedis()]
    const id = await product(one, 'p1')
    await nameOf(one, id)
    await until(async () => (await two.did(() => nameOf(two, id)))['hits'] === 1)
    const [versions = ''] = await redis.keys(`{${prefix}}:*:t`)
    await redis.del(versions)
    await uncachedWrite(id, 'Mast')
    expect(await nameOf(two, id)).toBe('Mast')
  })

  test('is gone: reads go to the database, writes go on, and nothing older is believed when it is back', async () => {
    const proxy = closing(await new RedisProxy().open())
    const [one, two] = [await onRedis(proxy.port), await onRedis()]
    const id = await product(one, 'p1')
    await nameOf(one, id)
    await until(async () => (await two.did(() => nameOf(two, id)))['hits'] === 1)
    proxy.cut()
    await until(() => one.cache.health().status === 'degraded')
    expect(await one.did(() => nameOf(one, id))).toEqual({ bypassed: 1 })
    await one.objects.product.update(id, { name: 'Buoy' })
    expect(await nameOf(one, id)).toBe('Buoy')
    proxy.restore()
    await until(() => one.cache.health().status === 'ok')
    // The write could not be told: all that others have kept is worth nothing from now on.
    expect([await nameOf(one, id), await nameOf(two, id)]).toEqual(['Buoy', 'Buoy'])
    await until(async () => (await one.did(() => nameOf(one, id)))['hits'] === 1)
  })

  test('hangs: after a few reads nobody waits for it any more', async () => {
    const proxy = closing(await new RedisProxy().open())
    const app = await onRedis(proxy.port, { timeout_ms: 100 })
    const id = await product(app, 'p1')
    await nameOf(app, id)
    proxy.hold()
    for (let time = 0; time < 5; time++) expect(await nameOf(app, id)).toBe('Gauge')
    expect(app.cache.health()).toEqual({ status: 'degraded', detail: 'Redis does not answer: reads go to the database.' })
    const { failures } = app.cache.statistics()
    for (let time = 0; time < 20; time++) await nameOf(app, id)
    expect(app.cache.statistics().failures).toBe(failures)
    await app.objects.product.update(id, { name: 'Mast' })
    proxy.restore()
    await until(() => app.cache.health().status === 'ok')
    expect(await nameOf(app, id)).toBe('Mast')
  })

  test('writes that nobody can be told of are refused where that is wanted', async () => {
    const proxy = closing(await new RedisProxy().open())
    const app = await onRedis(proxy.port, { when_unavailable: 'refuse' })
    const id = await product(app, 'p1')
    proxy.cut()
    await until(() => app.cache.health().status === 'degraded')
    await expect(app.objects.product.update(id, { name: 'Buoy' })).rejects.toMatchObject({ status: 503, code: 'UNAVAILABLE' })
    await expect(app.app.transaction(() => app.objects.product.update(id, { name: 'Buoy' }))).rejects.toMatchObject({ status: 503 })
    expect(await nameOf(app, id)).toBe('Gauge')
  })

  test('a writer that ends between its announcement and its commit keeps nobody from reading', async () => {
    const [one, two] = [await onRedis(), await onRedis()]
    const id = await product(one, 'p1')
    await nameOf(two, id)
    const [versions = ''] = await redis.keys(`{${prefix}}:*:t`)
    // As the announcement leaves it: nothing is kept while it stands, and it ends by itself.
    const writes = versions.replace(/t$/, 'w:stock item\0*')
    await redis.zadd(writes, Date.now() + 300, 'gone')
    expect(await two.did(() => nameOf(two, id))).toEqual({ bypassed: 1 })
    await until(async () => (await two.did(() => nameOf(two, id)))['hits'] === 1)
    expect(await redis.exists(writes)).toBe(0)
  })

  test('is not there when the application starts: it starts all the same', async () => {
    const app = await onRedis(1)
    const id = await product(app, 'p1')
    expect([await nameOf(app, id), app.cache.health().status]).toEqual(['Gauge', 'degraded'])
  })
})

/** As another process that has a cache of its own and tells nobody: psql. */
async function uncachedWrite(id: string, name: string): Promise<void> {
  const other = await uncached({ datasource: datasource() })
  await other.objects.product.update(id, { name })
}

/** `app` keeps answers for a second. */
async function staleWhileRevalidate(app: CachedApp): Promise<void> {
  const id = await product(app, 'p1')
  await nameOf(app, id)
  await until(async () => (await app.did(() => nameOf(app, id)))['hits'] === 1)
  // Nobody is told: only time ends the answer.
  await uncachedWrite(id, 'Buoy')
  await sleep(1100)
  const many = () => Promise.all(Array.from({ length: 10 }, () => nameOf(app, id)))
  expect(await app.did(async () => expect(new Set(await many())).toEqual(new Set(['Gauge'])))).toEqual({ stale: 10 })
  await until(async () => (await nameOf(app, id)) === 'Buoy')
  expect((await app.did(() => nameOf(app, id)))['misses']).toBeUndefined()
  // What a commit has ended is never given, however young or old it is.
  await sleep(1100)
  await app.objects.product.update(id, { name: 'Mast' })
  expect(await app.did(async () => expect(await nameOf(app, id)).toBe('Mast'))).toEqual({ misses: 1 })
  expect(app.cache.statistics().failedRefreshes).toBe(0)
}

describe.skipIf(!isThere)('PostgreSQL in one process', () => {
  test('is asked once by many, and not by those who come after a commit for what was asked before it', async () => {
    const app = await started({ shared: false }, { datasource: datasource() })
    const id = await product(app, 'p1')
    const did = await app.did(() => Promise.all(Array.from({ length: 20 }, () => nameOf(app, id))))
    expect(did).toEqual({ misses: 1, collapsed: 19 })
    for (let time = 0; time < 50; time++) {
      const early = nameOf(app, id)
      await app.objects.product.update(id, { name: `Buoy ${time}` })
      expect(await nameOf(app, id)).toBe(`Buoy ${time}`)
      await early
      expect(await nameOf(app, id)).toBe(`Buoy ${time}`)
    }
  })

  test('an answer whose time is over is given while it is asked for anew', async () => {
    await staleWhileRevalidate(await started({ shared: false, ttl_seconds: 1, stale_seconds: 60 }, { datasource: datasource() }))
  })

  test('a read that is given up takes nobody along', async () => {
    const app = await started({ shared: false }, { datasource: datasource() })
    const id = await product(app, 'p1')
    const aborter = new AbortController()
    const first = app.objects.product.get(id, {}, { signal: aborter.signal })
    const second = app.objects.product.get(id)
    aborter.abort()
    await first.catch((error: { code: string }) => expect(error.code).toBe('CANCELLED'))
    expect(await second).toMatchObject({ name: 'Gauge' })
  })

  test('where others write and nobody tells, nothing is kept', async () => {
    const warnings: string[] = []
    const logger = { ...quiet, warn: (message: string) => void warnings.push(message) }
    const app = await started({}, { datasource: datasource(), kernel: { logger } })
    const id = await product(app, 'p1')
    expect(await app.did(async () => [await nameOf(app, id), await nameOf(app, id)])).toEqual({})
    expect(warnings).toEqual([expect.stringContaining('The cache keeps nothing: other processes may write')])
  })
})

test('rows as text come back as they were; what is mangled does not', () => {
  const rows = [['{"a":"\\n: ü💧"}', 3, null], [], ['', '12:34\n', -1.5]]
  const text = rowsText(rows) ?? ''
  expect(readRowsText(text)).toEqual(rows)
  for (let at = 0; at < text.length; at++) {
    const mangled = text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1)
    expect([undefined, JSON.stringify(rows)]).toContain(JSON.stringify(readRowsText(mangled)))
  }
  expect(rowsText([[new Uint8Array(1)]])).toBeUndefined()
  expect(rowsText([[1n]])).toBeUndefined()
  expect(rowsText([[Number.NaN]])).toBeUndefined()
})
