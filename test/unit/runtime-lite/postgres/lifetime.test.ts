import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isReachable, postgres, type ScratchDatabase } from '../../../support/database-servers.ts'
import { driverOf, numberOf, read, until } from './support.ts'

const LABEL = 'pg_lifetime'

describe.skipIf(!isReachable(postgres))('connections', () => {
  let database: ScratchDatabase
  beforeAll(() => {
    database = postgres.create(LABEL)
  })
  afterAll(() => database.drop())

  /** As the server counts them. */
  const open = (): number =>
    Number(database.run(`select count(*) from pg_stat_activity where application_name = 'objectql ${LABEL}'`).trim())

  test('are never more than allowed, of all kinds together', async () => {
    const driver = await driverOf(LABEL, { max: 5, pipelines: 2 })
    const work = Promise.all([
      ...Array.from({ length: 40 }, () => driver.session.run(read('select pg_sleep(0.02)'), [])),
      ...Array.from({ length: 20 }, () => driver.transaction(async (session) => session.run(read('select pg_sleep(0.02)'), []))),
    ])
    let most = 0
    const watch = setInterval(() => {
      most = Math.max(most, driver.statistics().size)
    }, 1)
    await work
    clearInterval(watch)
    expect(open()).toBeLessThanOrEqual(5)
    expect(most).toBe(5)
    await driver.close()
    await until(() => open() === 0)
  })

  test('are closed when nobody needs them, and opened again', async () => {
    const driver = await driverOf(LABEL, { idleTimeout: 100 })
    await Promise.all(Array.from({ length: 10 }, () => driver.session.run(read('select 1'), [])))
    await driver.transaction(async (session) => session.run(read('select 1'), []))
    expect(open()).toBeGreaterThan(1)
    await until(() => driver.statistics().size === 0 && open() === 0)
    expect(await numberOf(driver.session, 'select 1')).toBe(1)
    await driver.close()
  })

  test('are replaced when they are old, without anybody noticing', async () => {
    const driver = await driverOf(LABEL, { maxLifetime: 50 })
    const backends = new Set<number>()
    await until(async () => {
      const answers = await Promise.all([
        numberOf(driver.session, 'select pg_backend_pid()'),
        numberOf(driver.session, 'select pg_backend_pid() from pg_sleep(0.005)'),
        driver.transaction((session) => numberOf(session, 'select pg_backend_pid()')),
      ])
      for (const backend of answers) backends.add(backend)
      return backends.size > 8
    })
    expect(driver.statistics().size).toBeLessThanOrEqual(10)
    await driver.close()
  })
})
