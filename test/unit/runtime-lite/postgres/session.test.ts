import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SqlDriver, Statement } from '../../../../runtime-lite/database/session.ts'
import { failureOf } from '../../../../runtime-lite/database/sql-error.ts'
import { isReachable, postgres, type ScratchDatabase } from '../../../support/database-servers.ts'
import { driverOf, numberOf, pause, read, until, write } from './support.ts'

const LABEL = 'pg_session'

describe.skipIf(!isReachable(postgres))('statements outside transactions', () => {
  let database: ScratchDatabase
  let driver: SqlDriver
  beforeAll(async () => {
    database = postgres.create(LABEL)
    database.run(`
      create table item (id text primary key, code text unique, amount numeric(8, 2), big int8, raw bytea);
      create table part (id text primary key, item text not null references item, "Odd ""name""" int, unique (item, "Odd ""name"""));
    `)
    driver = await driverOf(LABEL, { max: 4 })
  })
  afterAll(async () => {
    await driver.close()
    database.drop()
  })

  test('take and give texts, integers of any size, bytes and null', async () => {
    const insert = write('insert into item (id, code, amount, big, raw) values ($1, $2, $3, $4, $5)')
    const { changes } = await driver.session.run(insert, ['a', "'; drop table item; --", 12.5, 9007199254740993n, new Uint8Array([0, 255])])
    expect(changes).toBe(1)
    const row = await driver.session.row(read('select code, amount, big, raw, null from item where id = $1'), ['a'])
    expect(row).toEqual(["'; drop table item; --", '12.50', '9007199254740993', '\\x00ff', null])
    expect(await driver.session.row(read('select 1 from item where id = $1'), ['none'])).toBeUndefined()
  })

  test('count what was changed, not what was read', async () => {
    await driver.session.run(write(`insert into item (id) values ('c1'), ('c2'), ('c3')`), [])
    expect((await driver.session.run(read('select id from item'), [])).changes).toBe(0)
    expect((await driver.session.run(write(`update item set amount = 1 where id like 'c%'`), [])).changes).toBe(3)
    expect((await driver.session.run(write(`delete from item where id like 'c%' returning id`), [])).changes).toBe(3)
  })

  test('fail alone, however many are on their way on the same connection', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 200 }, (_, index) => {
        if (index % 4 === 1) return driver.session.run(read('select 1 / $1::int'), [0])
        if (index % 4 === 2) return driver.session.run(read('select $1::text'), ['\0'])
        if (index % 4 === 3) return driver.session.run(read('select * from no_such_table'), [])
        return driver.session.run(read('select $1::text'), [String(index)])
      }),
    )
    for (const [index, outcome] of outcomes.entries()) {
      if (index % 4 === 0) expect(outcome).toMatchObject({ status: 'fulfilled', value: { rows: [[String(index)]] } })
      else expect(outcome).toMatchObject({ status: 'rejected', reason: { failure: { kind: index % 4 === 3 ? 'other' : 'value' } } })
    }
    expect(driver.statistics().size).toBeLessThanOrEqual(4)
  })

  test('say in the words of all databases what is wrong', async () => {
    const failure = async (sql: string, values: readonly (string | number | null)[] = []) =>
      failureOf(await Promise.resolve(driver.session.run(write(sql), values)).catch((error: unknown) => error))
    await driver.session.run(write(`insert into item (id, code) values ('u', 'taken')`), [])
    expect(await failure('insert into item (id, code) values ($1, $2)', ['v', 'taken'])).toMatchObject({
      kind: 'unique',
      columns: ['code'],
      constraint: 'item_code_key',
    })
    expect(await failure(`insert into part values ('p', 'nowhere', 1)`)).toMatchObject({ kind: 'reference', constraint: 'part_item_fkey' })
    await driver.session.run(write(`insert into part values ('p', 'u', 1)`), [])
    expect(await failure(`insert into part values ('q', 'u', 1)`)).toMatchObject({ kind: 'unique', columns: ['item', 'Odd "name"'] })
    expect(await failure(`delete from item where id = 'u'`)).toMatchObject({ kind: 'in-use' })
    expect(await failure('insert into item (id, amount) values ($1, $2)', ['x', 1e12])).toMatchObject({ kind: 'value' })
    expect(await failure('insert into item (id, amount) values ($1, $2)', ['x', 'much'])).toMatchObject({ kind: 'value' })
    expect(await failure('insert into part (id) values ($1)', ['x'])).toMatchObject({ kind: 'value' })
    expect(await failure('selekt')).toMatchObject({ kind: 'other' })
  })

  test('refuse more parameters than the protocol can count', async () => {
    const values = Array.from({ length: 65_536 }, () => '1')
    await expect(driver.session.run(read('select 1'), values)).rejects.toMatchObject({ code: 'DATABASE_ERROR' })
    const most = values.slice(1)
    const sql = `select array_length(array[${most.map((_, index) => `$${index + 1}`)}]::text[], 1)`
    expect(await driver.session.row(read(sql), most)).toEqual(['65535'])
  })

  test('have a session in UTC, with a timeout, and with the name of the application', async () => {
    const setting = (name: string) => driver.session.row(read('select current_setting($1)'), [name])
    expect(await setting('TimeZone')).toEqual(['UTC'])
    expect(await setting('statement_timeout')).toEqual(['30s'])
    expect(await setting('idle_in_transaction_session_timeout')).toEqual(['1min'])
    expect(await setting('application_name')).toEqual([`objectql ${LABEL}`])
  })

  test('are given up by the database after a while', async () => {
    const hasty = await driverOf(LABEL, { statementTimeout: 100 })
    await expect(hasty.session.run(read('select pg_sleep(10)'), [])).rejects.toMatchObject({ status: 503, code: 'TIMEOUT' })
    expect(await numberOf(hasty.session, 'select 1')).toBe(1)
    await hasty.close()
  })

  test('are prepared once they are in use, a bounded number of them', async () => {
    const bounded = await driverOf(LABEL, { max: 2, pipelines: 1, maxPreparedStatements: 5 })
    const statements = Array.from({ length: 40 }, (_, index) => read(`select ${index}, $1::text`))
    const prepared = () => numberOf(bounded.session, 'select count(*) from pg_prepared_statements')
    for (const statement of statements) await bounded.session.run(statement, ['x'])
    expect(await prepared()).toBe(0)
    for (let round = 0; round < 5; round++)
      for (const [index, statement] of statements.entries()) {
        expect(await bounded.session.row(statement, ['x'])).toEqual([String(index), 'x'])
        expect(await prepared()).toBeLessThanOrEqual(6)
      }
    expect(await prepared()).toBeGreaterThan(0)
    await bounded.close()
  })

  test('go on when the schema changes under a prepared plan', async () => {
    await driver.execute('create table shape (id int); insert into shape values (1)')
    const all = read('select * from shape')
    for (let round = 0; round < 6; round++) await driver.session.run(all, [])
    database.run('alter table shape add column extra text')
    const answers = await Promise.all(Array.from({ length: 30 }, () => driver.session.row(all, [])))
    expect(answers).toEqual(Array.from({ length: 30 }, () => ['1', null]))
    await driver.execute('drop table shape')
  })

  test('go on when somebody dropped what was prepared', async () => {
    const statement = read('select $1::text')
    for (let round = 0; round < 6; round++) await driver.session.run(statement, ['x'])
    for (let round = 0; round < 4; round++) await driver.session.run(write('deallocate all'), [])
    expect(await Promise.all(Array.from({ length: 20 }, () => driver.session.row(statement, ['y'])))).toEqual(
      Array.from({ length: 20 }, () => ['y']),
    )
  })

  test('are sent again when they lost against another transaction, a few times', async () => {
    await driver.execute(`
      create sequence attempts;
      create function unlucky(wins_at int) returns int language plpgsql as $$ begin
        if nextval('attempts') < wins_at then raise exception using errcode = '40P01'; end if;
        return 1;
      end $$`)
    expect(await driver.session.row(write('select unlucky(4)'), [])).toEqual(['1'])
    await driver.session.run(write(`select setval('attempts', 1)`), [])
    await expect(driver.session.run(write('select unlucky(100)'), [])).rejects.toMatchObject({ status: 503, failure: { kind: 'conflict' } })
    expect(await numberOf(driver.session, 'select last_value from attempts')).toBe(5)
  })

  test('leave nothing behind on a connection when it changes hands between transactions', async () => {
    const plain = await driverOf(LABEL, { preparedStatements: false, max: 2, pipelines: 1, statementTimeout: 4321 })
    const statement = read('select $1::text')
    for (let round = 0; round < 10; round++) await plain.session.run(statement, ['x'])
    expect(await numberOf(plain.session, 'select count(*) from pg_prepared_statements')).toBe(0)
    expect(await plain.session.row(read(`select current_setting('statement_timeout')`), [])).toEqual(['0'])
    expect(
      await plain.transaction((session) =>
        Promise.resolve(session.row(read(`select current_setting('statement_timeout'), current_setting('TimeZone')`), [])),
      ),
    ).toEqual(['4321ms', 'UTC'])
    await plain.close()
  })

  test('are stopped by the driver where the server was not told how long they may take', async () => {
    const plain = await driverOf(LABEL, { preparedStatements: false, statementTimeout: 200 })
    await expect(plain.session.run(read('select pg_sleep(30)'), [])).rejects.toMatchObject({ code: 'TIMEOUT' })
    expect(await numberOf(plain.session, `select count(*) from pg_stat_activity where query like 'select pg_sleep(30)'`)).toBe(0)
    await plain.close()
  })

  test('do not wait behind slow ones', async () => {
    const busy = await driverOf(LABEL, { max: 4, pipelines: 2 })
    await until(async () => {
      await Promise.all(Array.from({ length: 5 }, () => busy.session.run(read('select 1'), [])))
      return busy.statistics().size === 2
    })
    const over: string[] = []
    const slow = Array.from({ length: 2 }, () =>
      Promise.resolve(busy.session.run(read('select pg_sleep(1.5)'), [])).then(() => over.push('slow')),
    )
    const sleepers = `select count(*) from pg_stat_activity where state = 'active' and query = 'select pg_sleep(1.5)'`
    await until(async () => (await numberOf(driver.session, sleepers)) === 2)
    await pause(100)
    await Promise.all(Array.from({ length: 20 }, () => busy.session.run(read('select 1'), [])))
    over.push('quick')
    await Promise.all(slow)
    expect(over).toEqual(['quick', 'slow', 'slow'])
    expect(busy.statistics()).toMatchObject({ waiting: 0 })
    expect(busy.statistics().size).toBeLessThanOrEqual(4)
    await busy.close()
  })

  test('that write commit side by side, on every connection there is', async () => {
    const wide = await driverOf(LABEL, { max: 6, pipelines: 2 })
    const pid = 'pg_backend_pid() from pg_sleep(0.02)'
    const backends = async (statement: Statement): Promise<number> => {
      const results = await Promise.all(Array.from({ length: 24 }, () => wide.session.row(statement, [])))
      return new Set(results.map((row) => row?.[0])).size
    }
    let most = 0
    await until(async () => {
      most = Math.max(most, await backends(write(`select ${pid}`)))
      return most === 6
    })
    expect(wide.statistics()).toMatchObject({ size: 6, idle: 6, waiting: 0 })
    // Reads are so short that they wait for nobody, and leave the others to transactions.
    expect(await backends(read('select pg_backend_pid()'))).toBe(2)
    // Whoever asks for a transaction is next.
    const writes = Array.from({ length: 60 }, () => wide.session.run(write(`select ${pid}`), []))
    const over: string[] = []
    const all = Promise.all(writes).then(() => over.push('writes'))
    await wide.transaction(async (session) => session.run(read('select 1'), []))
    over.push('transaction')
    await all
    expect(over).toEqual(['transaction', 'writes'])
    await wide.close()
  })

  test('work without shared connections, too', async () => {
    const single = await driverOf(LABEL, { max: 1 })
    expect(await Promise.all(Array.from({ length: 50 }, (_, index) => single.session.row(read('select $1::int'), [index])))).toEqual(
      Array.from({ length: 50 }, (_, index) => [String(index)]),
    )
    await expect(single.session.run(read('select 1 / 0'), [])).rejects.toMatchObject({ failure: { kind: 'value' } })
    expect(single.statistics()).toMatchObject({ size: 1, idle: 1, waiting: 0 })
    await single.close()
  })

  test('are refused once the driver is closed, those on their way are finished', async () => {
    const closing = await driverOf(LABEL)
    await closing.check()
    const last = closing.session.row(read(`select 'done' from pg_sleep(0.2)`), [])
    await closing.close()
    expect(await last).toEqual(['done'])
    await expect(closing.session.run(read('select 1'), [])).rejects.toMatchObject({ status: 503, message: 'The database is closed.' })
    await expect(closing.transaction(async () => 1)).rejects.toMatchObject({ status: 503 })
    expect(closing.statistics().size).toBe(0)
  })

  test('wait for a connection no longer than they may, and no more of them than may', async () => {
    const small = await driverOf(LABEL, { max: 1, acquireTimeout: 150, maxWaiting: 2 })
    const { promise: held, resolve: release } = Promise.withResolvers<void>()
    const first = small.transaction(async (session) => {
      await session.run(read('select 1'), [])
      await held
    })
    await until(() => small.statistics().size === 1)
    const waiting = await Promise.allSettled(Array.from({ length: 5 }, () => small.session.run(read('select 1'), [])))
    for (const outcome of waiting)
      expect(outcome).toMatchObject({ status: 'rejected', reason: { status: 503, code: 'UNAVAILABLE', headers: ['retry-after', '1'] } })
    expect(waiting.filter((outcome) => outcome.status === 'rejected' && /Too many/.test(outcome.reason.message))).toHaveLength(3)
    release()
    await first
    await small.close()
  })
})
