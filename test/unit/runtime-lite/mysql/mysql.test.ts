import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Session, SqlDriver, Statement } from '../../../../runtime-lite/database/session.ts'
import { failureOf } from '../../../../runtime-lite/database/sql-error.ts'
import { type MysqlOptions, mysql } from '../../../../runtime-lite/mysql/index.ts'
import type { SqlValue } from '../../../../runtime-lite/object/object-plan.ts'
import type { ParameterKind } from '../../../../runtime-lite/query/bound.ts'
import { isReachable, type ScratchDatabase, mysql as server } from '../../../support/database-servers.ts'

const read = (sql: string, ...kinds: ParameterKind[]): Statement => ({ sql, kinds, isRead: true })
const write = (sql: string, ...kinds: ParameterKind[]): Statement => ({ sql, kinds, isRead: false })

describe.skipIf(!isReachable(server))('MySQL', () => {
  let database: ScratchDatabase
  let driver: SqlDriver
  const drivers: SqlDriver[] = []
  const place = (): MysqlOptions => ({ user: process.env['MYSQL_USER'] ?? 'root', database: database.name })
  const open = async (options: MysqlOptions = {}): Promise<SqlDriver> => {
    const opened = await mysql({ ...place(), ...options })
    drivers.push(opened)
    return opened
  }
  const value = async (session: Session, sql: string, kinds: ParameterKind[] = [], values: SqlValue[] = []): Promise<unknown> =>
    (await session.row(read(sql, ...kinds), values))?.[0]
  /** Connections of this database, seen from outside. */
  const kill = (): void => {
    const ids = database.run(`select id from information_schema.processlist where db = '${database.name}' and id <> connection_id()`)
    for (const id of ids.split('\n').filter((line) => line !== '')) {
      try {
        database.run(`kill ${id}`)
      } catch {
        // It was gone already.
      }
    }
  }

  beforeAll(async () => {
    database = server.create('mysql_driver')
    database.run(`
      create table parent (id varchar(40) primary key, name varchar(5)) engine = innodb default character set utf8mb4 collate utf8mb4_bin;
      create table child (id varchar(40) primary key, parent varchar(40), constraint child_parent_fk foreign key (parent) references parent (id)) engine = innodb default character set utf8mb4 collate utf8mb4_bin;
      create table exact (id int primary key, big bigint, amount decimal(30,10), ratio double, day date, at datetime(3), clock time(3), doc json, raw longblob, flag tinyint(1), note longtext) engine = innodb default character set utf8mb4 collate utf8mb4_bin;
      create unique index parent_name_key on parent (name);
      insert into parent values ('p1', 'one'), ('p2', 'two');`)
    driver = await open()
  })
  afterAll(async () => {
    await Promise.all(drivers.map((opened) => opened.close()))
    database.drop()
  })

  test('values come back as they went in', async () => {
    const kinds: ParameterKind[] = ['integer', 'integer', 'text', 'real', 'date', 'datetime', 'time', 'json', 'bytes', 'boolean', 'text']
    const rows: SqlValue[][] = [
      [
        1,
        2n ** 63n - 1n,
        '12345678901234567890.0123456789',
        0.1,
        '2024-02-29',
        '2024-05-06T07:08:09.123Z',
        '23:59:59.999',
        '{"a":[1,"ü"]}',
        new Uint8Array([0, 255, 39]),
        1,
        "'; drop table exact; -- 𝒳\\",
      ],
      [
        2,
        -(2n ** 63n),
        '-0.0000000001',
        Number.MAX_VALUE,
        '0001-01-01',
        '1969-12-31T23:59:59.999Z',
        '00:00:00.000',
        'null',
        new Uint8Array(),
        0,
        '',
      ],
      [3, null, null, null, null, null, null, null, null, null, null],
      [
        4,
        9007199254740993n,
        '1',
        5e-324,
        '9999-12-31',
        '9999-12-31T23:59:59.999Z',
        '12:30:00.000',
        '"text"',
        new Uint8Array(70_000).fill(7),
        1,
        'x'.repeat(100_000),
      ],
    ]
    for (const row of rows)
      expect((await driver.session.run(write(`insert into exact values (${row.map(() => '?').join(', ')})`, ...kinds), row)).changes).toBe(
        1,
      )
    const { rows: found } = await driver.session.run(read('select * from exact order by id'), [])
    // The driver leaves out a fraction of zero.
    expect(found.map((row) => row.map((item) => (item instanceof Uint8Array ? new Uint8Array(item) : item)))).toEqual([
      [
        1,
        '9223372036854775807',
        '12345678901234567890.0123456789',
        0.1,
        '2024-02-29',
        '2024-05-06 07:08:09.123',
        '23:59:59.999',
        '{"a":[1,"ü"]}',
        new Uint8Array([0, 255, 39]),
        1,
        "'; drop table exact; -- 𝒳\\",
      ],
      [
        2,
        '-9223372036854775808',
        '-0.0000000001',
        Number.MAX_VALUE,
        '0001-01-01',
        '1969-12-31 23:59:59.999',
        '00:00:00',
        'null',
        new Uint8Array(),
        0,
        '',
      ],
      [3, null, null, null, null, null, null, null, null, null, null],
      [
        4,
        '9007199254740993',
        '1.0000000000',
        5e-324,
        '9999-12-31',
        '9999-12-31 23:59:59.999',
        '12:30:00',
        '"text"',
        new Uint8Array(70_000).fill(7),
        1,
        'x'.repeat(100_000),
      ],
    ])
  })

  test('integers beyond 2^53 are compared exactly, and whole numbers are fit for limit', async () => {
    const near = read('select id from exact where big = ?', 'integer')
    expect((await driver.session.run(near, [9007199254740993n])).rows).toEqual([[4]])
    expect((await driver.session.run(near, [9007199254740992n])).rows).toEqual([])
    expect((await driver.session.run(near, [2n ** 80n])).rows).toEqual([])
    expect(
      (await driver.session.run(read('select id from exact order by id limit ? offset ?', 'integer', 'integer'), [1, 2])).rows,
    ).toEqual([[3]])
    expect(
      (
        await driver.session.run(read('select id from exact where at = ? and ratio = ?', 'datetime', 'real'), [
          '2024-05-06T07:08:09.123Z',
          0.1,
        ])
      ).rows,
    ).toEqual([[1]])
  })

  test('the session is strict, in UTC, and cuts no aggregate short', async () => {
    expect(await value(driver.session, 'select @@time_zone')).toBe('+00:00')
    expect(await value(driver.session, 'select @@sql_mode')).toContain('STRICT_ALL_TABLES')
    expect(await value(driver.session, "select ? = 'a'", ['text'], ['A'])).toBe(0)
    expect(await value(driver.session, "select ? = 'a '", ['text'], ['a'])).toBe(0)
    const long = await value(
      driver.session,
      "select length(group_concat(repeat('x', 1000))) from (select 1 from information_schema.columns limit 200) as t",
    )
    expect(Number(long)).toBeGreaterThan(100_000)
  })

  test('an update counts the rows it found, also those it did not change', async () => {
    const { changes } = await driver.session.run(write('update parent set name = ? where id = ?', 'text', 'text'), ['one', 'p1'])
    expect(changes).toBe(1)
  })

  test.each([
    ['unique', 'insert into parent values (?, ?)', ['p3', 'one'], { constraint: 'parent_name_key' }],
    ['unique', 'insert into parent values (?, ?)', ['p1', 'x'], { constraint: 'PRIMARY' }],
    ['unique', 'insert into parent values (?, ?)', ["a' for key 'b", 'one'], { constraint: 'parent_name_key' }],
    ['reference', 'insert into child values (?, ?)', ['c1', 'nobody'], { constraint: 'child_parent_fk', columns: ['parent'] }],
    ['value', 'insert into parent values (?, ?)', ['p9', 'longer than five'], { columns: ['name'] }],
    ['value', 'insert into exact (id, big) values (1000 + ?, ?)', ['1', '99999999999999999999'], { columns: ['big'] }],
    ['value', 'insert into exact (id, doc) values (? + 1000, ?)', ['2', '{'], {}],
    ['value', 'insert into exact (id, at) values (? + 1000, ?)', ['3', '2024-02-30 00:00:00'], { columns: ['at'] }],
    ['value', 'insert into exact (id, big) values (? + 1000, 9223372036854775807 + cast(? as signed))', ['4', '1'], {}],
    ['other', 'insert into nowhere values (?, ?)', ['1', '2'], {}],
  ] as const)('%s: %s', async (kind, sql, values, place) => {
    const error = await Promise.resolve(driver.session.run(write(sql, 'text', 'text'), values)).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(failureOf(error)).toMatchObject({ kind, ...place })
    expect(String(error)).not.toContain('longer than five')
  })

  test('a record that is referred to is in use', async () => {
    database.run(`insert into child values ('c2', 'p2');`)
    const error = await driver
      .transaction((session) => Promise.resolve(session.run(write('delete from parent where id = ?', 'text'), ['p2'])))
      .catch((reason: unknown) => reason)
    expect(failureOf(error)).toMatchObject({ kind: 'in-use', constraint: 'child_parent_fk' })
  })

  test('a transaction counts as a whole', async () => {
    const insert = write('insert into parent values (?, ?)', 'text', 'text')
    await driver.transaction(async (session) => {
      expect(session.isTransaction).toBe(true)
      await session.run(insert, ['t1', 't1'])
      expect(await value(driver.session, `select count(*) from parent where id = 't1'`)).toBe(0)
    })
    expect(await value(driver.session, `select count(*) from parent where id = 't1'`)).toBe(1)
    const failing = driver.transaction(async (session) => {
      await session.run(insert, ['t2', 't2'])
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    expect(await value(driver.session, `select count(*) from parent where id = 't2'`)).toBe(0)
  })

  test('savepoints undo only their own part, also when several run at once', async () => {
    const insert = write('insert into parent values (?, ?)', 'text', 'text')
    await driver.transaction(async (session) => {
      const parts = ['s1', 's2', 's3'].map((id) =>
        Promise.resolve(
          session.atomically(async (inner) => {
            await inner.run(insert, [id, id])
            await inner.atomically((innermost) => innermost.run(insert, [`${id}x`, `${id}x`]))
            if (id === 's2') await inner.run(insert, ['s2', 'again'])
          }),
        ),
      )
      expect((await Promise.allSettled(parts)).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    })
    const { rows } = await driver.session.run(read(`select id from parent where id like 's%' order by id`), [])
    expect(rows.flat()).toEqual(['s1', 's1x', 's3', 's3x'])
  })

  test('savepoints keep to themselves: statements beside them wait, the session around them takes part', async () => {
    const insert = write('insert into parent values (?, ?)', 'text', 'text')
    const log = (session: Session, id: string): unknown => session.run(insert, [`k${id}`, id])
    await driver.transaction(async (session) => {
      const results = await Promise.allSettled([
        session.atomically(async (inner) => {
          await log(inner, 'a')
          await sleep(5)
          throw new Error('a')
        }),
        log(session, 'b'),
        session.atomically(async (inner) => {
          await log(inner, 'c1')
          await log(session, 'c2')
          await session.atomically(async () => log(session, 'c3'))
          throw new Error('c')
        }),
        session.atomically(async () => session.atomically(async () => log(session, 'd'))),
      ])
      expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'fulfilled'])
    })
    const { rows } = await driver.session.run(read(`select id from parent where id like 'k%' order by id`), [])
    expect(rows.flat()).toEqual(['kb', 'kd'])
  })

  test('a read-only transaction refuses writes, and a session is of no use after its transaction', async () => {
    let escaped: Session | undefined
    const failing = driver.transaction(
      async (session) => {
        escaped = session
        await session.run(write('insert into parent values (?, ?)', 'text', 'text'), ['r1', 'r1'])
      },
      { readOnly: true, isolation: 'serializable' },
    )
    await expect(failing).rejects.toMatchObject({ failure: { kind: 'read-only' } })
    await expect(Promise.resolve(escaped?.run(read('select 1'), []))).rejects.toThrow()
  })

  test('a server that takes no writes any more is left for another connection', async () => {
    const single = await open({ limit: 1 })
    const refuseWrites = write('set session transaction read only')
    const insert = write('insert into parent values (?, ?)', 'text', 'text')
    await single.session.run(refuseWrites, [])
    await single.session.run(insert, ['f1', 'f1'])
    await single.session.run(refuseWrites, [])
    let attempts = 0
    await single.transaction(async (session) => {
      attempts++
      await session.run(insert, ['f2', 'f2'])
    })
    expect(attempts).toBe(2)
    expect(await value(single.session, `select count(*) from parent where id like 'f_'`)).toBe(2)
    // Who asks for a transaction that only reads keeps the connection.
    const id = await value(single.session, 'select connection_id()')
    const refused = single.transaction((session) => Promise.resolve(session.run(insert, ['f3', 'f3'])), { readOnly: true })
    await expect(refused).rejects.toMatchObject({ failure: { kind: 'read-only' } })
    expect(await value(single.session, 'select connection_id()')).toBe(id)
  })

  test('transactions that lock each other out are repeated until both are through', async () => {
    database.run(`create table counter (id int primary key, n int) engine = innodb; insert into counter values (1, 0), (2, 0);`)
    const raise = write('update counter set n = n + 1 where id = ?', 'integer')
    let attempts = 0
    const { promise: bothStarted, resolve } = Promise.withResolvers<void>()
    const cross = (first: number, second: number): Promise<void> =>
      driver.transaction(async (session) => {
        await session.run(raise, [first])
        if (++attempts === 2) resolve()
        await bothStarted
        await session.run(raise, [second])
      })
    await Promise.all([cross(1, 2), cross(2, 1)])
    expect((await driver.session.run(read('select n from counter order by id'), [])).rows).toEqual([[2], [2]])
    expect(attempts).toBeGreaterThan(2)
  })

  test('after a deadlock that was caught nothing is written behind the back of the transaction', async () => {
    database.run('create table gate (id int primary key, n int) engine = innodb; insert into gate values (1, 0), (2, 0);')
    const raise = write('update gate set n = n + 1 where id = ?', 'integer')
    const { promise: bothStarted, resolve } = Promise.withResolvers<void>()
    let started = 0
    const cross = (first: number, second: number): Promise<void> =>
      driver.transaction(
        async (session) => {
          await session.run(raise, [first])
          if (++started === 2) resolve()
          await bothStarted
          await Promise.resolve(session.run(raise, [second])).catch(() => undefined)
          await session.run(raise, [second])
        },
        { retries: 0 },
      )
    const outcomes = await Promise.allSettled([cross(1, 2), cross(2, 1)])
    const lost = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []))
    expect(lost.map((error) => failureOf(error)?.kind)).toEqual(['conflict'])
    expect((await driver.session.run(read('select sum(n) from gate'), [])).rows).toEqual([['3']])
  })

  test('a statement that takes too long is ended by the database, or killed', async () => {
    const short = await open({ statementTimeout: 50 })
    for (const sql of ['select sleep(20)', 'set statement max_statement_time = 0 for select sleep(20)'])
      expect(failureOf(await Promise.resolve(short.session.run(read(sql), [])).catch((error: unknown) => error)), sql).toMatchObject({
        kind: 'timeout',
      })
    expect(await value(short.session, 'select 1')).toBe(1)
    expect(
      database.run(`select count(*) from information_schema.processlist where info like '%sleep(20)%' and id <> connection_id()`).trim(),
    ).toBe('0')
  })

  test('a transaction that takes too long or is aborted ends what runs and is rolled back', async () => {
    const insert = write('insert into parent values (?, ?)', 'text', 'text')
    const work = (id: string) => async (session: Session) => {
      await session.run(insert, [id, id])
      await session.run(read('select sleep(20)'), [])
    }
    await expect(driver.transaction(work('l1'), { timeout: 50 })).rejects.toMatchObject({ status: 503, code: 'TIMEOUT' })
    const abort = new AbortController()
    const aborted = driver.transaction(work('l2'), { signal: abort.signal })
    setTimeout(() => abort.abort(), 50)
    await expect(aborted).rejects.toMatchObject({ status: 503, code: 'CANCELLED' })
    await expect(driver.transaction(work('l3'), { signal: AbortSignal.abort() })).rejects.toMatchObject({ status: 503, code: 'CANCELLED' })
    expect(await value(driver.session, `select count(*) from parent where id like 'l%'`)).toBe(0)
    expect(
      database.run(`select count(*) from information_schema.processlist where info like '%sleep(20)%' and id <> connection_id()`).trim(),
    ).toBe('0')
  })

  test('lost connections are replaced without a failed request; a write whose fate is unknown says so', async () => {
    const small = await open({ limit: 3 })
    const reads = (): Promise<unknown[]> => Promise.all(Array.from({ length: 12 }, () => value(small.session, 'select 7')))
    await reads()
    kill()
    expect(await reads()).toEqual(Array.from({ length: 12 }, () => 7))
    kill()
    await small.transaction(
      async (session) => void (await session.run(write('insert into parent values (?, ?)', 'text', 'text'), ['k1', 'k1'])),
    )
    kill()
    expect(await value(small.session, `select count(*) from parent where id = 'k1'`)).toBe(1)
    const running = Promise.resolve(
      small.session.run(write('update parent set name = name where id = ? and sleep(5) = 0', 'text'), ['k1']),
    ).catch((error: unknown) => error)
    await sleep(100)
    kill()
    expect(await running).toMatchObject({ status: 503, message: expect.stringContaining('Whether the change was made is not known') })
    const repeated = Promise.resolve(small.session.run(read('select 7 + sleep(0.5)'), []))
    await sleep(100)
    kill()
    expect((await repeated).rows).toEqual([[7]])
  })

  test('never opens more connections than it may', async () => {
    const small = await open({ limit: 2 })
    const before = (): number =>
      Number(
        database.run(
          `select count(*) from information_schema.processlist where db = '${database.name}' and command <> 'Sleep' and info like '%0.05%' and id <> connection_id()`,
        ),
      )
    const work = Promise.all(Array.from({ length: 8 }, () => value(small.session, 'select sleep(0.05)')))
    expect(before()).toBeLessThanOrEqual(2)
    await work
    expect(small.statistics()).toMatchObject({ size: 2, idle: 2, waiting: 0 })
  })

  test('runs scripts of several statements and says which database answers', async () => {
    await driver.execute(
      'create table scripted (id int primary key);\ninsert into scripted values (1);\ninsert into scripted values (2);\n',
    )
    expect(await value(driver.session, 'select count(*) from scripted')).toBe(2)
    await expect(driver.execute('create table broken (')).rejects.toMatchObject({ status: 500 })
    // Nothing but such a script may hold two statements.
    await expect(Promise.resolve(driver.session.run(read('select 1; select 2'), []))).rejects.toMatchObject({ status: 500 })
    await driver.check()
    expect(driver.dialect.name).toBe('mysql')
  })

  test('says what is wrong with a place that holds no database', async () => {
    await expect(mysql({ ...place(), database: 'no_such_database' })).rejects.toThrow(/no_such_database/)
    await expect(mysql({ ...place(), port: 1, acquireTimeout: 50 })).rejects.toThrow(/ECONNREFUSED/)
    await expect(mysql('postgres://localhost/x')).rejects.toThrow(/begins with "mysql:/)
    await expect(mysql('mysql://localhost/x?shiny=1')).rejects.toThrow(/"shiny"/)
    const byUrl = await mysql(`mysql://${place().user}@127.0.0.1:3306/${database.name}?limit=1`)
    drivers.push(byUrl)
    expect(await value(byUrl.session, 'select database()')).toBe(database.name)
  })

  test('a closed driver refuses work', async () => {
    const closing = await open()
    await closing.close()
    await expect(Promise.resolve(closing.session.run(read('select 1'), []))).rejects.toMatchObject({ status: 503 })
  })
})
