import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { same, settled, someRead, someTransaction, someWrite } from '../support/cache-steps.ts'
import { type CachedApp, closeOpened, removeProjects, type ShopApp, started, uncached } from '../support/cached-app.ts'
import { isReachable, mysql, postgres } from '../support/database-servers.ts'
import { random, testSeed } from '../support/random.ts'
import { mysqlUrl, postgresUrl } from '../support/sources.ts'

const REDIS_URL = process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379'
const STEPS = Number(process.env['OBJECTQL_CASES'] ?? 2_000)
const seed = testSeed()
const folder = mkdtempSync(join(tmpdir(), 'objectql-cache-'))

afterEach(closeOpened)
afterAll(() => {
  removeProjects()
  rmSync(folder, { recursive: true, force: true })
})

/**
 * Reads and writes of several applications on one database, one after the other and side by side. Every read that begins after all writes were acknowledged is
 * answered as by an application without a cache.
 */
async function compare(
  cached: readonly CachedApp[],
  reference: ShopApp,
  count: number,
  writers: readonly ShopApp[] = [...cached, reference],
): Promise<void> {
  const chances = random(seed)
  // The same again and again, so that most are answered by the cache.
  const usual = Array.from({ length: 40 }, () => someRead(chances))
  const nextRead = () => (chances.chance(0.8) ? chances.pick(usual) : someRead(chances))
  for (let step = 0; step < count; step++) {
    const what = `OBJECTQL_SEED=${seed} step ${step}`
    const kind = chances.below(20)
    if (kind < 2) await settled(someWrite(chances)(chances.pick(writers)))
    else if (kind < 3) await settled(someTransaction(chances)(chances.pick(writers)))
    else if (kind < 4) {
      // Side by side: reads that began before a commit must not keep what they found for those after it.
      // Two connections of one process would wait for each other's write to SQLite, and both stand still.
      const together = reference.core.embedded ? [chances.pick(writers)] : writers
      const works = Array.from({ length: 2 + chances.below(6) }, () =>
        settled(chances.chance(0.3) ? someWrite(chances)(chances.pick(together)) : nextRead()(chances.pick(cached))),
      )
      await Promise.all(works)
    } else await same(nextRead(), chances.pick(cached), reference, what)
  }
  console.log(
    `cache: OBJECTQL_SEED=${seed} OBJECTQL_CASES=${STEPS}`,
    cached.map(({ cache }) => JSON.stringify(cache.statistics())).join('\n'),
  )
  for (const { cache } of cached) {
    expect(cache.statistics().hits).toBeGreaterThan(count / 20)
    expect(cache.statistics().failures).toBe(0)
  }
}

test('SQLite in a file that nobody else writes', async () => {
  const datasource = `sqlite:${join(folder, 'own.db')}`
  const app = await started({ shared: false }, { datasource })
  await compare([app], await uncached({ datasource }), STEPS, [app])
}, 300_000)

test('SQLite in a file that others write, too', async () => {
  const datasource = `sqlite:${join(folder, 'shared.db')}`
  const reference = await uncached({ datasource })
  await compare([await started({}, { datasource }), await started({}, { datasource })], reference, STEPS)
}, 300_000)

describe.each([
  { name: 'PostgreSQL', server: postgres, url: postgresUrl },
  { name: 'MariaDB', server: mysql, url: mysqlUrl },
])('$name', ({ name, server, url }) => {
  const isThere = isReachable(server)

  test.skipIf(!isThere)(
    'that one process writes',
    async () => {
      const scratch = server.create('cache_process')
      try {
        const datasource = url(scratch)
        // Answers end by themselves all the time: what is given after that is no older than the last commit, either.
        const app = await started({ shared: false, ttl_seconds: 1, stale_seconds: 60 }, { datasource })
        await compare([app], await uncached({ datasource }), STEPS, [app])
      } finally {
        await closeOpened()
        scratch.drop()
      }
    },
    600_000,
  )

  test.skipIf(!isThere)(
    'that several processes write, with Redis',
    async () => {
      const scratch = server.create('cache_redis')
      // On a busy machine Redis may be late; a write that it cannot be told of would be seen late.
      const redis = { store: 'redis', redis_url: REDIS_URL, timeout_ms: 10_000, when_unavailable: 'refuse' }
      const config = { ...redis, key_prefix: `${scratch.name}-${name}`, ttl_seconds: 2, stale_seconds: 60 }
      try {
        const datasource = url(scratch)
        const cached = [await started(config, { datasource }), await started(config, { datasource }), await started(config, { datasource })]
        await compare(cached, await uncached({ datasource }), STEPS, cached)
      } finally {
        await closeOpened()
        scratch.drop()
      }
    },
    600_000,
  )
})
