import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createPool, type Pool, type PoolOptions } from '../../../../runtime-lite/database/pool.ts'
import { ObjectQLError } from '../../../../runtime-lite/problem/problem.ts'

interface Fake {
  readonly id: number
  isOpen: boolean
  answers: boolean
}

interface World {
  readonly pool: Pool<Fake>
  readonly made: Fake[]
  readonly destroyed: Fake[]
  /** What the next attempts to connect fail with. */
  readonly failures: Error[]
  /** How often a connection was asked whether it works. */
  checks: number
}

function world(options: PoolOptions = {}): World {
  const state: World = {
    made: [],
    destroyed: [],
    failures: [],
    checks: 0,
    pool: createPool<Fake>(
      {
        async create() {
          await sleep(0)
          const failure = state.failures.shift()
          if (failure) throw failure
          const connection = { id: state.made.length, isOpen: true, answers: true }
          state.made.push(connection)
          return connection
        },
        destroy(connection) {
          connection.isOpen = false
          state.destroyed.push(connection)
        },
        async check(connection) {
          state.checks++
          if (!connection.answers) throw new Error('gone')
        },
        isOpen: (connection) => connection.isOpen,
        isTransient: (error) => (error as Error).message === 'restarting',
        toError: (error) => new ObjectQLError(503, 'UNAVAILABLE', `no connection: ${(error as Error).message}`),
      },
      options,
    ),
  }
  return state
}

test('opens nothing before the first caller and never more than the limit', async () => {
  const { pool, made } = world({ max: 3 })
  expect(made).toHaveLength(0)
  let inUse = 0
  let most = 0
  await Promise.all(
    Array.from({ length: 50 }, async () => {
      const connection = await pool.acquire()
      most = Math.max(most, ++inUse)
      await sleep(0)
      inUse--
      pool.release(connection)
    }),
  )
  expect(most).toBe(3)
  expect(made).toHaveLength(3)
  expect(pool.statistics()).toMatchObject({ size: 3, idle: 3, waiting: 0 })
})

test('serves callers in the order they came', async () => {
  const { pool } = world({ max: 1 })
  const first = await pool.acquire()
  const order: number[] = []
  const callers = [1, 2, 3].map(async (number) => {
    const connection = await pool.acquire()
    order.push(number)
    pool.release(connection)
  })
  pool.release(first)
  await Promise.all(callers)
  expect(order).toEqual([1, 2, 3])
})

test('gives a free connection without waiting, and opens one for the next where there is room', async () => {
  const { pool, made, failures } = world({ max: 2 })
  expect(pool.take()).toBeUndefined()
  expect(pool.take()).toBeUndefined()
  await sleep(5)
  expect(made).toHaveLength(1)
  const first = pool.take()
  expect(first).toBe(made[0])
  failures.push(new Error('too many'))
  expect(pool.take()).toBeUndefined()
  await sleep(5)
  // The database said no: it is not asked again for each caller that can do without.
  expect([pool.take(), pool.take()]).toEqual([undefined, undefined])
  await sleep(5)
  expect(made).toHaveLength(1)
  const second = await pool.acquire()
  const waiting = pool.acquire()
  pool.release(second)
  // Who waits comes first, also between the release and the turn in which the waiting one goes on.
  expect(pool.take()).toBeUndefined()
  expect(await waiting).toBe(second)
  pool.release(second)
  if (first) pool.release(first)
  await pool.close()
  expect(pool.take()).toBeUndefined()
})

test('asks a connection that was idle for long before it is given without waiting', async () => {
  const state = world({ max: 1, checkAfter: 0 })
  state.pool.release(await state.pool.acquire())
  expect(state.pool.take()).toBeUndefined()
  expect(state.checks).toBe(1)
  await sleep(5)
  expect(state.pool.statistics()).toMatchObject({ size: 1, idle: 1 })
  await state.pool.close()
})

test('refuses a caller with 503 after the timeout, and one too many at once', async () => {
  const { pool } = world({ max: 1, acquireTimeout: 20, maxWaiting: 1 })
  const held = await pool.acquire()
  const waiting = pool.acquire()
  const refused = expect(waiting).rejects.toMatchObject({ status: 503, code: 'UNAVAILABLE', headers: ['retry-after', '1'] })
  await expect(pool.acquire()).rejects.toMatchObject({ status: 503, message: 'Too many requests wait for the database. Try again.' })
  await refused
  expect(pool.statistics().waiting).toBe(0)
  pool.release(held)
  expect(await pool.acquire()).toBe(held)
})

test('a caller that was aborted while waiting gets its reason, and its place goes to the next', async () => {
  const { pool } = world({ max: 1 })
  const held = await pool.acquire()
  const abort = new AbortController()
  const waiting = pool.acquire(abort.signal)
  const next = pool.acquire()
  abort.abort(new Error('client left'))
  await expect(waiting).rejects.toThrow('client left')
  pool.release(held)
  expect(await next).toBe(held)
  await expect(pool.acquire(AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late')
})

test('a broken connection is replaced, also one that broke while it was idle', async () => {
  const { pool, made, destroyed } = world({ max: 1 })
  const first = await pool.acquire()
  const next = pool.acquire()
  pool.release(first, true)
  const second = await next
  expect(second.id).toBe(1)
  pool.release(second)
  second.isOpen = false
  expect((await pool.acquire()).id).toBe(2)
  expect(destroyed).toEqual([first, second])
  expect(made).toHaveLength(3)
})

test('giving a connection back twice does not hand it to two callers', async () => {
  const { pool } = world({ max: 2 })
  const connection = await pool.acquire()
  pool.release(connection)
  pool.release(connection)
  const [one, two] = await Promise.all([pool.acquire(), pool.acquire()])
  expect(one).not.toBe(two)
})

test('a connection that was idle for long is asked whether it works', async () => {
  const state = world({ max: 2, checkAfter: 0 })
  const first = await state.pool.acquire()
  state.pool.release(first)
  expect(await state.pool.acquire()).toBe(first)
  expect(state.checks).toBe(1)
  first.answers = false
  state.pool.release(first)
  expect(await state.pool.acquire()).not.toBe(first)
  expect(state.destroyed).toEqual([first])
})

test('callers wait while the database restarts', async () => {
  const { pool, failures } = world({ max: 2 })
  failures.push(new Error('restarting'), new Error('restarting'), new Error('restarting'))
  const callers = await Promise.all([pool.acquire(), pool.acquire()])
  expect(new Set(callers).size).toBe(2)
  expect(failures).toHaveLength(0)
})

test('callers hear at once what does not pass, and after the timeout why there is no database', async () => {
  const { pool, failures } = world({ max: 1, acquireTimeout: 60 })
  failures.push(new Error('wrong password'))
  const callers = [pool.acquire(), pool.acquire()]
  for (const caller of callers) await expect(caller).rejects.toThrow('no connection: wrong password')
  failures.push(...Array.from({ length: 20 }, () => new Error('restarting')))
  await expect(pool.acquire()).rejects.toThrow('no connection: restarting')
})

test('unused connections are closed, old ones are replaced', async () => {
  const short = world({ idleTimeout: 5 })
  short.pool.release(await short.pool.acquire())
  await expect.poll(() => short.pool.statistics().size).toBe(0)
  const old = world({ maxLifetime: 0 })
  old.pool.release(await old.pool.acquire())
  expect(old.pool.statistics().size).toBe(0)
  expect((await old.pool.acquire()).id).toBe(1)
})

test('closing waits for connections in use and refuses whoever waits or comes later', async () => {
  const { pool, destroyed } = world({ max: 1 })
  const held = await pool.acquire()
  const waiting = pool.acquire()
  let isDone = false
  const closed = pool.close().then(() => {
    isDone = true
  })
  await expect(waiting).rejects.toMatchObject({ status: 503, message: 'The database is closed.' })
  await expect(pool.acquire()).rejects.toMatchObject({ status: 503 })
  await sleep(5)
  expect(isDone).toBe(false)
  pool.release(held)
  await closed
  expect(destroyed).toEqual([held])
  await pool.close()
})

test('statistics hold percentiles of the waiting times', async () => {
  const { pool } = world({ max: 1 })
  expect(pool.statistics().acquire).toEqual({ p50: 0, p95: 0, p99: 0 })
  for (let time = 0; time < 1100; time++) pool.release(await pool.acquire())
  const { p50, p95, p99 } = pool.statistics().acquire
  expect(p50).toBeGreaterThan(0)
  expect(p95).toBeGreaterThanOrEqual(p50)
  expect(p99).toBeGreaterThanOrEqual(p95)
})
