import * as fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Session, SqlDriver } from '../../../../runtime-lite/database/session.ts'
import { isReachable, postgres, type ScratchDatabase } from '../../../support/database-servers.ts'
import { driverOf, numberOf, pause, read, until, write } from './support.ts'

const LABEL = 'pg_transaction'

describe.skipIf(!isReachable(postgres))('transactions', () => {
  let database: ScratchDatabase
  let driver: SqlDriver
  beforeAll(async () => {
    database = postgres.create(LABEL)
    database.run(
      'create table account (id int primary key, balance int not null check (balance >= 0)); create table log (id text primary key)',
    )
    driver = await driverOf(LABEL, { max: 8 })
  })
  afterAll(async () => {
    await driver.close()
    database.drop()
  })

  const log = (session: Session, id: string) => Promise.resolve(session.run(write('insert into log values ($1)'), [id]))
  const logged = async (): Promise<string> =>
    String((await driver.session.row(read(`select coalesce(string_agg(id, ' ' order by id), '') from log`), []))?.[0])
  /** Connections with an open transaction, as the server sees it. */
  const open = () =>
    numberOf(
      driver.session,
      `select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null and backend_type = 'client backend'`,
    )

  afterEach(async () => {
    // Whatever happened, nothing is left of it on any connection.
    await until(async () => (await open()) === 0)
    const { size, idle, waiting } = driver.statistics()
    expect({ used: size - idle, waiting }).toEqual({ used: 0, waiting: 0 })
    await driver.session.run(write('delete from log'), [])
  })

  test('count as a whole when their work resolves, and not at all when it rejects', async () => {
    const { promise: seen, resolve: look } = Promise.withResolvers<void>()
    const done = driver.transaction(async (session) => {
      expect(session.isTransaction).toBe(true)
      await log(session, 'a')
      await log(session, 'b')
      look()
      return 'result'
    })
    await seen
    expect(await done).toBe('result')
    expect(await logged()).toBe('a b')
    await expect(
      driver.transaction(async (session) => {
        await log(session, 'c')
        throw new TypeError('of the caller')
      }),
    ).rejects.toThrow(new TypeError('of the caller'))
    expect(await logged()).toBe('a b')
  })

  test('without a statement ask the database nothing', async () => {
    expect(await driver.transaction(async () => 5)).toBe(5)
    await expect(
      driver.transaction(async () => {
        throw new Error('nothing')
      }),
    ).rejects.toThrow('nothing')
  })

  test('are rolled back when a statement failed, even if the work goes on as if nothing had happened', async () => {
    const outcome = driver.transaction(async (session) => {
      await log(session, 'a')
      await log(session, 'a').catch(() => undefined)
      await log(session, 'b').catch(() => undefined)
      return 'fine'
    })
    await expect(outcome).rejects.toMatchObject({ failure: { kind: 'unique', columns: ['id'] } })
    expect(await logged()).toBe('')
  })

  test('are rolled back when a statement failed that nobody waited for', async () => {
    const outcome = driver.transaction(async (session) => {
      await log(session, 'a')
      log(session, 'a').catch(() => undefined)
    })
    await expect(outcome).rejects.toMatchObject({ failure: { kind: 'unique' } })
    expect(await logged()).toBe('')
  })

  test('a first statement that fails leaves nothing of the rest', async () => {
    const outcome = driver.transaction(async (session) => {
      const results = await Promise.allSettled([session.run(read('select 1 / 0'), []), log(session, 'a'), log(session, 'b')])
      expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    })
    await expect(outcome).rejects.toMatchObject({ failure: { kind: 'value' } })
    expect(await logged()).toBe('')
  })

  test('refuse statements once they are over', async () => {
    let kept: Session | undefined
    await driver.transaction(async (session) => {
      kept = session
      await log(session, 'a')
    })
    await expect(log(kept as Session, 'b')).rejects.toMatchObject({ code: 'DATABASE_ERROR', cause: new Error('The transaction is over.') })
    await expect(kept?.atomically(async () => 1)).rejects.toMatchObject({ code: 'DATABASE_ERROR' })
    expect(await logged()).toBe('a')
  })

  test('hold savepoints: what fails in one leaves the rest', async () => {
    await driver.transaction(async (outer) => {
      await outer.atomically(async (inner) => {
        await log(inner, 'a')
        await expect(
          inner.atomically(async (innermost) => {
            await log(innermost, 'b')
            await log(innermost, 'a')
          }),
        ).rejects.toMatchObject({ failure: { kind: 'unique' } })
        await log(inner, 'c')
      })
      await expect(outer.atomically(async (inner) => inner.run(read('select 1 / 0'), []))).rejects.toMatchObject({
        failure: { kind: 'value' },
      })
      await log(outer, 'd')
      expect(
        await outer.atomically((inner) => {
          void log(inner, 'e')
          return 'at once'
        }),
      ).toBe('at once')
    })
    expect(await logged()).toBe('a c d e')
  })

  test('keep savepoints apart that were begun beside one another, and statements beside them', async () => {
    await driver.transaction(async (session) => {
      const results = await Promise.allSettled([
        session.atomically(async (inner) => {
          await log(inner, 'a1')
          await pause(5)
          await log(inner, 'a2')
        }),
        session.atomically(async (inner) => {
          await log(inner, 'b1')
          await pause(5)
          throw new Error('b')
        }),
        log(session, 'c'),
        session.atomically(async (inner) => {
          await log(inner, 'd1')
          // The session around it, used inside: belongs to the savepoint, and must not wait for it.
          await log(session, 'd2')
          await session.atomically(async () => log(session, 'd3'))
          throw new Error('d')
        }),
        log(session, 'e'),
      ])
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled'])
    })
    expect(await logged()).toBe('a1 a2 c e')
  })

  test('made by `atomically` outside a transaction count or do not, and are repeated after a conflict', async () => {
    await driver.session.atomically(async (session) => {
      expect(session.isTransaction).toBe(true)
      await log(session, 'a')
    })
    await expect(
      Promise.resolve(
        driver.session.atomically((session) => {
          void log(session, 'b')
          throw new Error('at once')
        }),
      ),
    ).rejects.toThrow('at once')
    let runs = 0
    const conflict = driver.session.atomically(async (session) => {
      runs++
      await session.run(write(`do $$ begin raise exception using errcode = '40001'; end $$`), [])
    })
    await expect(conflict).rejects.toMatchObject({ status: 503, failure: { kind: 'conflict' } })
    expect([runs, await logged()]).toEqual([4, 'a'])
  })

  test('are isolated as asked, and read only', async () => {
    const level = (session: Session) => Promise.resolve(session.row(read(`select current_setting('transaction_isolation')`), []))
    expect(await driver.transaction(level)).toEqual(['read committed'])
    expect(await driver.transaction(level, { isolation: 'repeatable read' })).toEqual(['repeatable read'])
    expect(await driver.transaction(level, { isolation: 'serializable', readOnly: true })).toEqual(['serializable'])
    await expect(driver.transaction((session) => log(session, 'a'), { readOnly: true })).rejects.toMatchObject({
      failure: { kind: 'read-only' },
    })
    await expect(driver.transaction(level, { isolation: 'serializable; drop table log' as 'serializable' })).rejects.toBeDefined()
    expect(await logged()).toBe('')
  })

  test('are repeated after a serialization failure until all have counted', async () => {
    await driver.session.run(write('insert into account values (1, 0) on conflict (id) do update set balance = 0'), [])
    let runs = 0
    const add = () =>
      driver.transaction(
        async (session) => {
          runs++
          const [balance] = (await session.row(read('select balance from account where id = 1'), [])) ?? []
          await pause(2)
          await session.run(write('update account set balance = $1 where id = 1'), [Number(balance) + 1])
        },
        { isolation: 'serializable', retries: 50 },
      )
    await Promise.all(Array.from({ length: 8 }, add))
    expect(await numberOf(driver.session, 'select balance from account where id = 1')).toBe(8)
    expect(runs).toBeGreaterThan(8)
  })

  test('are repeated after a deadlock, also one inside a savepoint and one that the work wrapped', async () => {
    await driver.session.run(write('insert into account values (2, 0), (3, 0) on conflict (id) do update set balance = 0'), [])
    const touch = (session: Session, id: number) => session.run(write('update account set balance = balance + 1 where id = $1'), [id])
    const { promise: ready, resolve: bothTouched } = Promise.withResolvers<void>()
    let [runs, touched] = [0, 0]
    const both = (first: number, second: number) =>
      driver.transaction(async (session) => {
        runs++
        await touch(session, first)
        // Both hold their first row before they want the other.
        if (++touched === 2) bothTouched()
        await ready
        try {
          await session.atomically((inner) => touch(inner, second))
        } catch (error) {
          throw new Error('In words of the caller.', { cause: error })
        }
      })
    await Promise.all([both(2, 3), both(3, 2)])
    expect(runs).toBeGreaterThanOrEqual(3)
    expect(await numberOf(driver.session, 'select sum(balance) from account where id in (2, 3)')).toBe(4)
  })

  test('are repeated as often as asked, and not for other failures', async () => {
    const runsOf = async (state: string, retries: number): Promise<number> => {
      let runs = 0
      const outcome = driver.transaction(
        async (session) => {
          runs++
          await session.run(write(`do $$ begin raise exception using errcode = '${state}'; end $$`), [])
        },
        { retries },
      )
      await expect(outcome).rejects.toMatchObject({ status: expect.any(Number) })
      return runs
    }
    expect(await runsOf('40001', 2)).toBe(3)
    expect(await runsOf('40P01', 1)).toBe(2)
    expect(await runsOf('40001', 0)).toBe(1)
    expect(await runsOf('55P03', 3)).toBe(1)
    expect(await runsOf('23505', 3)).toBe(1)
  })

  test('survive a plan that went stale before they began', async () => {
    await driver.execute('create table shape (id int); insert into shape values (1)')
    const [all, other] = [read('select * from shape'), read('select *, 1 from shape')]
    let runs = 0
    const first = (session: Session) => Promise.resolve(session.row(all, []))
    const later = async (session: Session) => {
      runs++
      await session.run(write('select 1'), [])
      return session.row(other, [])
    }
    for (let round = 0; round < 6; round++) {
      await driver.session.atomically(first)
      await driver.transaction(later)
    }
    database.run('alter table shape add column extra text')
    // As the first statement it is sent again, even where work must not be repeated; later all of it is repeated.
    expect(await driver.session.atomically(first)).toEqual(['1', null])
    expect(await driver.transaction(later)).toEqual(['1', null, '1'])
    expect(runs).toBe(8)
    expect(await driver.transaction(async (session) => Promise.all([first(session), later(session)]))).toEqual([
      ['1', null],
      ['1', null, '1'],
    ])
    await driver.execute('drop table shape')
  })

  const sleepers = () =>
    numberOf(driver.session, `select count(*) from pg_stat_activity where state = 'active' and query = 'select pg_sleep(61)'`)

  test('are stopped in the database when they take too long', async () => {
    const outcome = driver.transaction(
      async (session) => {
        await log(session, 'a')
        await session.run(read('select pg_sleep(61)'), [])
      },
      { timeout: 300 },
    )
    const settled = outcome.catch((error: unknown) => error)
    await until(async () => (await sleepers()) === 1)
    expect(await settled).toMatchObject({ status: 503, code: 'TIMEOUT' })
    expect(await sleepers()).toBe(0)
    expect(await logged()).toBe('')
  })

  test('are stopped in the database when their caller aborts', async () => {
    const controller = new AbortController()
    const outcome = driver
      .transaction(
        async (session) => {
          await log(session, 'a')
          await session.atomically((inner) => inner.run(read('select pg_sleep(61)'), []))
        },
        { signal: controller.signal },
      )
      .catch((error: unknown) => error)
    await until(async () => (await sleepers()) === 1)
    controller.abort(new Error('no interest'))
    expect(await outcome).toMatchObject({ code: 'CANCELLED', cause: new Error('no interest') })
    expect(await sleepers()).toBe(0)
    expect(await logged()).toBe('')
  })

  test('end in time when their work waits for something else', async () => {
    let session: Session | undefined
    const outcome = driver.transaction(
      async (own) => {
        session = own
        await log(own, 'a')
        await new Promise(() => undefined)
      },
      { timeout: 100 },
    )
    await expect(outcome).rejects.toMatchObject({ code: 'TIMEOUT' })
    await expect(log(session as Session, 'b')).rejects.toMatchObject({ code: 'TIMEOUT' })
    expect(await logged()).toBe('')
  })

  test('do not wait for a connection longer than they may take', async () => {
    const small = await driverOf(LABEL, { max: 1, acquireTimeout: 5000 })
    const { promise: held, resolve: release } = Promise.withResolvers<void>()
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
    const first = small.transaction(async (session) => {
      await session.run(read('select 1'), [])
      begin()
      await held
    })
    await begun
    await expect(small.transaction(async () => 1, { timeout: 50 })).rejects.toMatchObject({ code: 'TIMEOUT' })
    const controller = new AbortController()
    const gone = small.transaction(async () => 1, { signal: controller.signal }).catch((error: unknown) => error)
    controller.abort()
    expect(await gone).toMatchObject({ code: 'CANCELLED' })
    expect(small.statistics().waiting).toBe(0)
    release()
    await first
    await small.close()
  })

  test('do not begin for a caller who has gone', async () => {
    const outcome = driver.transaction(async () => 1, { signal: AbortSignal.abort() })
    await expect(outcome).rejects.toMatchObject({ code: 'CANCELLED' })
  })

  test('leave no connection and no transaction behind, whatever happens in them', async () => {
    const step = fc.constantFrom('write', 'clash', 'fail', 'throw', 'nest', 'nest-throw', 'swallow', 'forget', 'kill', 'abort', 'sleep')
    const script = fc.array(step, { maxLength: 6 })
    let count = 0
    const perform = async (session: Session, steps: readonly string[], abort: () => void): Promise<void> => {
      for (const [index, name] of steps.entries()) {
        const rest = steps.slice(index + 1)
        if (name === 'write') await log(session, `p${++count}`)
        if (name === 'clash') await log(session, 'clash')
        if (name === 'fail') await session.run(read('select 1 / 0'), [])
        if (name === 'throw') throw new Error('thrown')
        if (name === 'nest') return void (await session.atomically((inner) => perform(inner, rest, abort)))
        if (name === 'nest-throw')
          await Promise.resolve(session.atomically(() => Promise.reject(new Error('inner')))).catch(() => undefined)
        if (name === 'swallow') await Promise.resolve(session.run(read('select nothing'), [])).catch(() => undefined)
        if (name === 'forget') log(session, `f${++count}`).catch(() => undefined)
        if (name === 'kill') await session.run(write('select pg_terminate_backend(pg_backend_pid())'), [])
        if (name === 'abort') abort()
        if (name === 'sleep') await session.run(read('select pg_sleep(0.01)'), [])
      }
    }
    await fc.assert(
      fc.asyncProperty(fc.array(script, { minLength: 1, maxLength: 10 }), async (scripts) => {
        await Promise.allSettled(
          scripts.map((steps) => {
            const controller = new AbortController()
            return driver.transaction((session) => perform(session, steps, () => controller.abort()), {
              signal: controller.signal,
              retries: 1,
              timeout: 2000,
            })
          }),
        )
        const { size, idle, waiting } = driver.statistics()
        expect({ used: size - idle, waiting }).toEqual({ used: 0, waiting: 0 })
        expect(size).toBeLessThanOrEqual(8)
        await until(async () => (await open()) === 0)
      }),
      { numRuns: 60 },
    )
  })
})
