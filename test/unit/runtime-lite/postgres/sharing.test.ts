import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SqlDriver } from '../../../../runtime-lite/database/session.ts'
import { isReachable, postgres, type ScratchDatabase } from '../../../support/database-servers.ts'
import { driverOf, numberOf, pause, read, until, write } from './support.ts'

const LABEL = 'pg_sharing'
const PID = read('select pg_backend_pid()')

describe.skipIf(!isReachable(postgres))('connections that statements and transactions share', () => {
  let database: ScratchDatabase
  beforeAll(() => {
    database = postgres.create(LABEL)
    database.run('create table item (id text primary key, n int)')
  })
  afterAll(() => database.drop())

  /** As the server counts them. */
  const open = (): number =>
    Number(database.run(`select count(*) from pg_stat_activity where application_name = 'objectql ${LABEL}'`).trim())

  /** Transactions that stay open until the result is called. */
  async function held(driver: SqlDriver, count: number): Promise<() => Promise<readonly unknown[]>> {
    const { promise: end, resolve } = Promise.withResolvers<void>()
    let begun = 0
    const all = Array.from({ length: count }, () =>
      driver.transaction(async (session) => {
        const row = await session.row(PID, [])
        begun++
        await end
        return row?.[0]
      }),
    )
    await until(() => begun === count)
    return () => {
      resolve()
      return Promise.all(all)
    }
  }

  /** Makes all connections for statements, as many at once do. */
  const crowd = async (driver: SqlDriver): Promise<Set<unknown>> => {
    const rows = await Promise.all(
      Array.from({ length: 24 }, () => driver.session.row(read('select pg_backend_pid() from pg_sleep(0.005)'), [])),
    )
    return new Set(rows.map((row) => row?.[0]))
  }

  test('all but one serve transactions when nobody else needs them, and come back', async () => {
    const driver = await driverOf(LABEL, { max: 6, pipelines: 3, acquireTimeout: 10_000 })
    await until(async () => (await crowd(driver)).size === 3)
    const before = await crowd(driver)
    await pause(100)
    const end = await held(driver, 5)
    expect(open()).toBe(6)
    // One is left for statements outside of transactions.
    expect(await numberOf(driver.session, 'select 1')).toBe(1)
    const used = new Set(await end())
    expect(used.size).toBe(5)
    expect([...before].filter((pid) => used.has(pid))).toHaveLength(2)
    // They change hands as they are: none is closed, none is opened.
    const seen = new Set([...before, ...used])
    await until(async () => (await crowd(driver)).size === 3)
    expect([...(await crowd(driver))].every((pid) => seen.has(pid))).toBe(true)
    expect(open()).toBe(6)
    expect(driver.statistics()).toMatchObject({ size: 6, idle: 6, waiting: 0 })
    await driver.close()
    await until(() => open() === 0)
  })

  test('transactions that are over leave theirs to statements that stand in line', async () => {
    const driver = await driverOf(LABEL, { max: 6, pipelines: 3 })
    await until(async () => (await crowd(driver)).size === 3)
    await pause(100)
    let isOver = false
    const transactions = Array.from({ length: 12 }, async () => {
      while (!isOver) await driver.transaction((session) => numberOf(session, 'select 1 from pg_sleep(0.002)'))
    })
    let readers = 0
    await until(async () => {
      const reads: Promise<unknown>[] = []
      for (let burst = 0; burst < 10; burst++) {
        reads.push(...Array.from({ length: 6 }, () => numberOf(driver.session, 'select 1')))
        await pause(5)
      }
      readers = (await crowd(driver)).size
      await Promise.all(reads)
      return readers === 3
    })
    isOver = true
    await Promise.all(transactions)
    expect(readers).toBe(3)
    expect(open()).toBeLessThanOrEqual(6)
    await driver.close()
  })

  test.each([2, 3, 4])('of %i, transactions that wait for a statement outside of them come to their end', async (max) => {
    const driver = await driverOf(LABEL, { max, acquireTimeout: 20_000 })
    let most = 0
    const watch = setInterval(() => {
      most = Math.max(most, driver.statistics().size)
    }, 1)
    await driver.session.run(write('delete from item'), [])
    const work = Array.from({ length: 30 }, (_, index) =>
      driver.transaction(async (session) => {
        await session.run(write('insert into item values ($1, 1)'), [`${max}-${index}`])
        const [one, two] = await Promise.all([numberOf(driver.session, 'select 1'), numberOf(driver.session, 'select 2')])
        await driver.session.run(write('select $1::text'), [String(index)])
        await session.run(write('update item set n = $2 where id = $1'), [`${max}-${index}`, (one as number) + (two as number)])
      }),
    )
    await Promise.all([...work, ...Array.from({ length: 60 }, () => driver.session.run(read('select pg_sleep(0.001)'), []))])
    clearInterval(watch)
    expect(await numberOf(driver.session, 'select sum(n) from item')).toBe(90)
    expect(most).toBeLessThanOrEqual(max)
    expect(open()).toBeLessThanOrEqual(max)
    await driver.close()
  })

  test.each([1, 2, 3])('of %i, who waits too long for a transaction is told so', async (max) => {
    const driver = await driverOf(LABEL, { max, acquireTimeout: 1500, maxWaiting: 2 })
    const end = await held(driver, max === 1 ? 1 : max - 1)
    const late = await Promise.allSettled(Array.from({ length: 3 }, () => driver.transaction(async (session) => session.row(PID, []))))
    expect(late.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    for (const outcome of late) expect(outcome).toMatchObject({ reason: { status: 503 } })
    await end()
    expect(await driver.transaction((session) => numberOf(session, 'select 3'))).toBe(3)
    expect(open()).toBeLessThanOrEqual(max)
    await driver.close()
  })

  test('a transaction begins with what is prepared once on its connection, whoever has it', async () => {
    const driver = await driverOf(LABEL, { max: 2 })
    const begins = read(`select count(*) from pg_prepared_statements where name = 'begin'`)
    for (let time = 0; time < 3; time++) expect(await driver.transaction(async (session) => session.row(begins, []))).toEqual(['1'])
    // Somebody drops what is prepared: the transaction begins once more.
    await driver.transaction(async (session) => session.run(write('deallocate all'), []))
    expect(await driver.transaction(async (session) => session.row(begins, []))).toEqual(['1'])
    await driver.close()
    const unnamed = await driverOf(LABEL, { max: 2, preparedStatements: false })
    expect(await unnamed.transaction(async (session) => session.row(begins, []))).toEqual(['0'])
    await unnamed.close()
  })
})
