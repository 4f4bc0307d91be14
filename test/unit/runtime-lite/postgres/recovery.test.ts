import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isReachable, postgres, type ScratchDatabase } from '../../../support/database-servers.ts'
import { flakyProxy } from './flaky-proxy.ts'
import { driverOf, HOST, numberOf, pause, read, until, urlOf, write } from './support.ts'

const LABEL = 'pg_recovery'

describe.skipIf(!isReachable(postgres))('a database that goes away and comes back', () => {
  let database: ScratchDatabase
  beforeAll(() => {
    database = postgres.create(LABEL)
    database.run('create table log (id text primary key)')
  })
  afterAll(() => database.drop())

  /** As an administrator, or a server that shuts down, ends them. */
  const terminateAll = () =>
    database.run(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and application_name like 'objectql%'`,
    )

  test('fails no read when all its connections are ended under load', async () => {
    const driver = await driverOf(LABEL, { max: 6, pipelines: 3 })
    const slow = read('select $1::int from pg_sleep(0.002)')
    let isOver = false
    let answers = 0
    const load = Promise.all(
      Array.from({ length: 20 }, async (_, worker) => {
        for (let round = 0; !isOver; round++) {
          expect(await driver.session.row(slow, [worker * 1000 + round])).toEqual([String(worker * 1000 + round)])
          answers++
        }
      }),
    )
    for (let round = 0; round < 5; round++) {
      const before = answers
      await until(() => answers > before + 20)
      terminateAll()
    }
    const before = answers
    await until(() => answers > before + 20)
    isOver = true
    await load
    expect(driver.statistics().size).toBeLessThanOrEqual(6)
    await driver.close()
  })

  test('leaves a server that takes no writes any more, as after a failover', async () => {
    const name = urlOf(LABEL).split('/').at(-1)
    const driver = await driverOf(LABEL, { max: 8, pipelines: 3 })
    const insert = write('insert into log values ($1)')
    const insertIn = (id: string) => driver.transaction(async (session) => session.run(insert, [id]))
    // Connections of this moment stay read-only for as long as they live.
    database.run(`alter database "${name}" set default_transaction_read_only = on`)
    const slow = [read('select pg_sleep(0.01)'), write('select pg_sleep(0.011)')]
    const warm = () => Promise.all(Array.from({ length: 40 }, (_, index) => driver.session.run(slow[index % 2] ?? insert, [])))
    await warm()
    await expect(Promise.resolve(driver.session.run(insert, ['replica']))).rejects.toMatchObject({
      status: 503,
      failure: { kind: 'read-only' },
    })
    await warm()
    await pause(600)
    database.run(`set default_transaction_read_only = off; alter database "${name}" reset default_transaction_read_only`)
    await Promise.all(Array.from({ length: 20 }, (_, index) => driver.session.run(insert, [`failover${index}`])))
    await Promise.all([insertIn('failover-a'), insertIn('failover-b')])
    expect(await numberOf(driver.session, `select count(*) from log where id like 'failover%'`)).toBe(22)
    const readOnly = driver.transaction(async (session) => session.run(insert, ['never']), { readOnly: true })
    await expect(readOnly).rejects.toMatchObject({ failure: { kind: 'read-only' } })
    database.run('truncate log')
    await driver.close()
  })

  test('makes each write once, or says that its fate is not known', async () => {
    const driver = await driverOf(LABEL, { max: 6, pipelines: 2 })
    const insert = write('insert into log values ($1)')
    const fates = new Map<string, string>()
    let isOver = false
    const load = Promise.all(
      Array.from({ length: 20 }, async (_, worker) => {
        for (let round = 0; !isOver; round++) {
          const id = `${worker}-${round}`
          await Promise.resolve(driver.session.run(insert, [id])).then(
            () => fates.set(id, 'made'),
            (error: Error & { status?: number }) => fates.set(id, `${error.status} ${error.message}`),
          )
        }
      }),
    )
    for (let round = 0; round < 5; round++) {
      const before = fates.size
      await until(() => fates.size > before + 50)
      terminateAll()
    }
    isOver = true
    await load
    const { rows } = await driver.session.run(read('select id from log'), [])
    const stored = new Set(rows.map(([id]) => String(id)))
    for (const [id, fate] of fates) {
      if (fate === 'made') expect(stored).toContain(id)
      // Never a failure of another kind, such as a duplicate of a write that was sent twice.
      else expect(fate).toMatch(/^503 The connection to the database was lost\. Whether the change was made is not known/)
    }
    for (const id of stored) expect(fates.has(id)).toBe(true)
    await driver.close()
  })

  test('repeats transactions that had not been committed', async () => {
    const driver = await driverOf(LABEL, { max: 4 })
    let runs = 0
    const result = await driver.transaction(async (session) => {
      runs++
      await session.run(write('insert into log values ($1)'), ['of a transaction'])
      if (runs === 1) terminateAll()
      await session.run(write('insert into log values ($1)'), ['of the same'])
      return runs
    })
    expect(result).toBe(2)
    expect(await numberOf(driver.session, `select count(*) from log where id like 'of%'`)).toBe(2)
    await driver.close()
  })

  test('is waited for while it refuses connections', async () => {
    const proxy = await flakyProxy(HOST)
    const driver = await driverOf(LABEL, { url: urlOf(LABEL, proxy.port), max: 4 })
    await driver.check()
    await proxy.cut()
    await until(() => driver.statistics().size === 0)
    const all = Promise.all([
      driver.session.row(read('select 1'), []),
      driver.session.run(write('insert into log values ($1)'), ['sent later']),
      driver.transaction(async (session) => session.run(write('insert into log values ($1)'), ['sent later, too'])),
      driver.check(5000),
    ])
    await pause(300)
    expect(driver.statistics().waiting).toBeGreaterThan(2)
    await proxy.restore()
    await all
    expect(await numberOf(driver.session, `select count(*) from log where id like 'sent later%'`)).toBe(2)
    await driver.close()
    await proxy.close()
  })

  test('is not waited for longer than callers may wait', async () => {
    const proxy = await flakyProxy(HOST)
    const driver = await driverOf(LABEL, { url: urlOf(LABEL, proxy.port), acquireTimeout: 200 })
    await driver.check()
    await proxy.cut()
    await until(() => driver.statistics().size === 0)
    const outcomes = await Promise.allSettled([
      driver.session.run(read('select 1'), []),
      driver.session.run(write('insert into log values ($1)'), ['never']),
      driver.transaction(async (session) => session.run(read('select 1'), [])),
      driver.check(100),
    ])
    for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 'rejected', reason: { status: 503 } })
    await proxy.restore()
    expect(await numberOf(driver.session, `select count(*) from log where id = 'never'`)).toBe(0)
    await driver.close()
    await proxy.close()
  })

  test('is not believed to have made, nor not to have made, what it did not answer', async () => {
    const proxy = await flakyProxy(HOST)
    const driver = await driverOf(LABEL, { url: urlOf(LABEL, proxy.port) })
    await driver.check()
    proxy.mute()
    const lost = Promise.resolve(driver.session.run(write('insert into log values ($1)'), ['unknown'])).catch((error: unknown) => error)
    await until(() => database.run(`select count(*) from log where id = 'unknown'`).trim() === '1')
    await proxy.restore()
    expect(await lost).toMatchObject({ status: 503, message: expect.stringContaining('not known') })

    await driver.check()
    const commit = driver
      .transaction(async (session) => {
        await session.run(write('insert into log values ($1)'), ['unknown, too'])
        proxy.mute()
      })
      .catch((error: unknown) => error)
    await until(() => database.run(`select count(*) from log where id = 'unknown, too'`).trim() === '1')
    await proxy.restore()
    expect(await commit).toMatchObject({ status: 503, message: expect.stringContaining('not known') })
    await driver.close()
    await proxy.close()
  })

  test('is asked whether it is still there before a connection is used that was idle for long', async () => {
    const proxy = await flakyProxy(HOST)
    const driver = await driverOf(LABEL, { url: urlOf(LABEL, proxy.port), checkAfter: 50, acquireTimeout: 600 })
    await driver.check()
    await driver.transaction(async (session) => session.run(read('select 1'), []))
    proxy.freeze()
    await pause(80)
    // Without a question the write would be lost on a connection that is dead and does not know it.
    const wrote = driver.session.run(write('insert into log values ($1)'), ['after a freeze'])
    await wrote
    expect(await numberOf(driver.session, `select count(*) from log where id = 'after a freeze'`)).toBe(1)
    await driver.close()
    await proxy.close()
  })

  test('makes `close` end even when it does not answer', async () => {
    const proxy = await flakyProxy(HOST)
    const driver = await driverOf(LABEL, { url: urlOf(LABEL, proxy.port) })
    await driver.check()
    await driver.transaction(async (session) => session.run(read('select 1'), []))
    proxy.freeze()
    await driver.close()
    await proxy.close()
  })
})
