import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CallLimit, limitedCall, underLimit } from '../../../../runtime-lite/database/call-limit.ts'
import type { RunResult, SqlDriver } from '../../../../runtime-lite/database/session.ts'
import { isReachable, postgres, type ScratchDatabase } from '../../../support/database-servers.ts'
import { driverOf, numberOf, pause, read, until, write } from './support.ts'

const LABEL = 'pg_limit'

describe.skipIf(!isReachable(postgres))('calls that are given up', () => {
  let database: ScratchDatabase
  let driver: SqlDriver
  beforeAll(async () => {
    database = postgres.create(LABEL)
    database.run('create table log (id int primary key)')
    driver = await driverOf(LABEL, { max: 4 })
  })
  afterAll(async () => {
    await driver.close()
    database.drop()
  })

  const running = async (text: string): Promise<number> =>
    Number(
      database.run(`select count(*) from pg_stat_activity where state = 'active' and pid <> pg_backend_pid() and query like '%${text}%'`),
    )
  const run = (sql: string, limit: CallLimit): Promise<RunResult> => underLimit(limit, async () => driver.session.run(read(sql), []))
  const slowWrite = write('insert into log select $1::int from pg_sleep(20)')

  test('stop in the database', async () => {
    const limit = new CallLimit({})
    const slow = run('select pg_sleep(20), 11', limit).catch((error: unknown) => error)
    await until(async () => (await running('pg_sleep(20), 11')) === 1)
    limit.cancel()
    expect(await slow).toMatchObject({ status: 503, code: 'CANCELLED' })
    await until(async () => (await running('pg_sleep(20), 11')) === 0)
    await expect(run('select 1', limit)).rejects.toMatchObject({ code: 'CANCELLED' })
  })

  test('stop when their time is over', async () => {
    const slow = limitedCall({ timeout: 100 }, async () => driver.session.run(read('select pg_sleep(20), 12'), []))
    await expect(slow).rejects.toMatchObject({ status: 503, code: 'TIMEOUT' })
    await until(async () => (await running('pg_sleep(20), 12')) === 0)
  })

  test('leave no write behind, and say so once that is certain', async () => {
    const controller = new AbortController()
    const limit = new CallLimit({ signal: controller.signal })
    const slow = underLimit(limit, async () => driver.session.run(slowWrite, [1])).catch((error: unknown) => error)
    await until(async () => (await running('insert into log')) === 1)
    controller.abort()
    expect(await slow).toMatchObject({ code: 'CANCELLED' })
    expect(await numberOf(driver.session, 'select count(*) from log')).toBe(0)
  })

  test('do no harm to statements on the same connection', async () => {
    const single = await driverOf(LABEL, { max: 2, pipelines: 1 })
    await single.session.run(read('select 1'), [])
    for (let round = 0; round < 20; round++) {
      const limit = new CallLimit({})
      const before = Array.from({ length: round % 3 }, (_, index) =>
        single.session.run(read('select $1::text, pg_sleep(0.002)'), [String(index)]),
      )
      const given = underLimit(limit, async () => single.session.run(read('select pg_sleep(0.02)'), [])).catch((error: unknown) => error)
      const behind = Array.from({ length: 5 }, (_, index) =>
        index % 2 === 0
          ? single.session.run(read('select $1::text'), [String(index)])
          : single.session.run(write('insert into log values ($1)'), [1000 + round * 10 + index]),
      )
      await pause(round % 5 === 0 ? 0 : round)
      limit.cancel()
      await Promise.all([...before, ...behind])
      await given
    }
    expect(await numberOf(single.session, 'select count(*) from log where id >= 1000')).toBe(40)
    await single.close()
  })

  test('take their transactions with them', async () => {
    const limit = new CallLimit({})
    const work = underLimit(limit, () =>
      driver.transaction(async (session) => {
        await session.run(write('insert into log values ($1)'), [2])
        await session.run(read('select pg_sleep(20), 13'), [])
      }),
    ).catch((error: unknown) => error)
    await until(async () => (await running('pg_sleep(20), 13')) === 1)
    limit.cancel()
    expect(await work).toMatchObject({ code: 'CANCELLED' })
    await until(async () => (await running('pg_sleep(20), 13')) === 0)
    expect(await numberOf(driver.session, 'select count(*) from log where id = 2')).toBe(0)
  })

  test('do not wait for a connection any longer', async () => {
    const small = await driverOf(LABEL, { max: 1, pipelines: 0 })
    const hold = Promise.withResolvers<void>()
    const holding = small.transaction(async (session) => {
      await session.run(read('select 1'), [])
      await hold.promise
    })
    await until(() => small.statistics().size === 1)
    const limit = new CallLimit({})
    const waits = underLimit(limit, async () => small.session.run(read('select 1'), [])).catch((error: unknown) => error)
    await until(() => small.statistics().waiting === 1)
    limit.cancel()
    expect(await waits).toMatchObject({ code: 'CANCELLED' })
    expect(small.statistics().waiting).toBe(0)
    hold.resolve()
    await holding
    await small.close()
  })

  test('that are nearly over are let go, with the connections they are on', async () => {
    const few = await driverOf(LABEL, { max: 2, pipelines: 1 })
    const pids = (): Promise<unknown> => Promise.all([1, 2].map(() => few.session.row(read('select pg_backend_pid()'), [])))
    const before = await pids()
    for (let round = 0; round < 20; round++) {
      const limit = new CallLimit({})
      const quick = underLimit(limit, async () => few.session.run(read('select 1 from pg_sleep(0.002)'), [])).catch(
        (error: unknown) => error,
      )
      await Promise.resolve()
      limit.cancel()
      expect(await quick).toMatchObject({ code: 'CANCELLED' })
    }
    expect(await pids()).toEqual(before)
    await few.close()
  })

  test('stop nothing once they are over', async () => {
    const limit = new CallLimit({})
    await run('select 1', limit)
    limit.end()
    limit.cancel()
    await expect(run('select 1', limit)).resolves.toMatchObject({ rows: [['1']] })
  })

  test('end with the call around them', async () => {
    const outer = new CallLimit({})
    const slow = underLimit(outer, () =>
      limitedCall({ timeout: 10_000 }, async () => driver.session.run(read('select pg_sleep(20), 14'), [])),
    )
    const failed = slow.catch((error: unknown) => error)
    await until(async () => (await running('pg_sleep(20), 14')) === 1)
    outer.cancel()
    expect(await failed).toMatchObject({ code: 'CANCELLED' })
    await until(async () => (await running('pg_sleep(20), 14')) === 0)
  })

  test('that lost against one another are repeated outside of transactions', async () => {
    let attempts = 0
    const done = await driver.session.atomically(async (session) => {
      await session.run(write('insert into log values ($1)'), [50])
      if (++attempts < 3) await session.run(read(`do $$ begin raise exception 'met' using errcode = '40P01'; end $$`), [])
      return attempts
    })
    expect(done).toBe(3)
    expect(await numberOf(driver.session, 'select count(*) from log where id = 50')).toBe(1)
  })

  test('refuse isolation levels that are none', async () => {
    const isolation = 'serializable; drop table log' as 'serializable'
    await expect(driver.transaction(async () => 1, { isolation })).rejects.toMatchObject({ status: 400 })
  })
})
