import { PGlite } from '@electric-sql/pglite'
import { MysqlDialect, PGliteDialect } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Session, SqlDriver, Statement } from '../../../../runtime-lite/database/session.ts'
import { failureOf } from '../../../../runtime-lite/database/sql-error.ts'
import { kyselyDriver } from '../../../../runtime-lite/kysely/index.ts'
import { loadMysql2 } from '../../../../runtime-lite/mysql/load-mysql2.ts'
import { isReachable, mysql, type ScratchDatabase } from '../../../support/database-servers.ts'
import { officeApp } from '../../../support/office.ts'
import { operateApp } from '../../../support/operate-app.ts'
import { runningApp } from '../../../support/running-app.ts'

const read = (sql: string, ...kinds: Statement['kinds']): Statement => ({ sql, kinds, isRead: true })
const write = (sql: string, ...kinds: Statement['kinds']): Statement => ({ sql, kinds, isRead: false })
const hasMysql = isReachable(mysql)

describe.each(['PGlite', 'MySQL'] as const)('a dialect of Kysely: %s', (name) => {
  const isThere = name === 'PGlite' || hasMysql
  const it = test.skipIf(!isThere)
  const mark = (position: number): string => (name === 'PGlite' ? `$${position}` : '?')
  let driver: SqlDriver
  let database: ScratchDatabase | undefined

  beforeAll(async () => {
    if (!isThere) return
    if (name === 'PGlite') driver = await kyselyDriver({ dialect: new PGliteDialect({ pglite: new PGlite() }), family: 'postgres' })
    else {
      database = mysql.create('kysely')
      const { createPool } = await loadMysql2()
      const pool = createPool({
        user: process.env['MYSQL_USER'] ?? 'root',
        host: '127.0.0.1',
        database: database.name,
        timezone: 'Z',
        supportBigNumbers: true,
        dateStrings: true,
        jsonStrings: true,
      })
      driver = await kyselyDriver({ dialect: new MysqlDialect({ pool }), family: 'mariadb' })
    }
    await driver.execute(
      `create table "parent" (id varchar(20) primary key, name varchar(9) unique, on_off boolean);\ncreate table child (id varchar(20) primary key, parent varchar(20), foreign key (parent) references parent (id));`.replaceAll(
        '"',
        name === 'PGlite' ? '"' : '`',
      ),
    )
  }, 60_000)
  afterAll(async () => {
    if (!isThere) return
    await driver.close()
    database?.drop()
  })
  const insert = (): Statement => write(`insert into parent values (${[1, 2, 3].map(mark).join(', ')})`, 'text', 'text', 'boolean')
  const count = async (id: string, session: Session = driver.session): Promise<number> =>
    Number((await session.row(read(`select count(*) as n from parent where id = ${mark(1)}`, 'text'), [id]))?.[0])

  it('an application answers as it does on SQLite', { timeout: 60_000 }, async () => {
    if (name === 'MySQL') return
    const embedded = await runningApp(officeApp())
    const wanted = await operateApp(embedded)
    await embedded.close()
    const app = await runningApp(officeApp(), { datasource: driver, dialects: ['sqlite', 'postgres', 'mysql'] })
    expect(await operateApp(app)).toEqual(wanted)
    await app.close()
    // The driver belongs to who made it.
    await driver.check()
  })

  it('rows are arrays of plain values in the order of their columns', async () => {
    const { changes } = await driver.session.run(insert(), ["o'ne", 'é𝒳', 1])
    expect(changes).toBe(1)
    const { rows } = await driver.session.run(read('select on_off as c, name as a, id as b, null as d, 1.5 as e from parent'), [])
    expect(rows).toEqual([[1, 'é𝒳', "o'ne", null, '1.5']])
    expect((await driver.session.run(write(`update parent set name = name where id = ${mark(1)}`, 'text'), ['nobody'])).changes).toBe(0)
  })

  it('failures are those of all databases', async () => {
    const kind = async (statement: Statement, values: (string | number)[]): Promise<unknown> =>
      failureOf(await Promise.resolve(driver.session.run(statement, values)).catch((error: unknown) => error))?.kind
    expect(await kind(insert(), ["o'ne", 'x', 1])).toBe('unique')
    expect(await kind(insert(), ['two', 'longer than nine', 1])).toBe('value')
    const child = write(`insert into child values (${mark(1)}, ${mark(2)})`, 'text', 'text')
    expect(await kind(child, ['c', 'nobody'])).toBe('reference')
    expect(await kind(child, ['c', "o'ne"])).toBeUndefined()
    expect(await kind(write(`delete from parent where id = ${mark(1)}`, 'text'), ["o'ne"])).toBe('in-use')
    expect(await kind(read('select 1 from nowhere'), [])).toBe('other')
  })

  it('transactions count as a whole, savepoints undo their part', async () => {
    await driver.transaction(async (session) => {
      await session.run(insert(), ['t1', 't1', 0])
      await Promise.resolve(
        session.atomically(async (inner) => {
          await inner.run(insert(), ['t2', 't2', 0])
          throw new Error('undone')
        }),
      ).catch(() => undefined)
      const refused = Promise.resolve(session.atomically((inner) => inner.run(insert(), ['t3', 't1', 0])))
      expect(failureOf(await refused.catch((error: unknown) => error))?.kind).toBe('unique')
    })
    expect([await count('t1'), await count('t2'), await count('t3')]).toEqual([1, 0, 0])
    const failing = driver.transaction(async (session) => {
      await session.run(insert(), ['t4', 't4', 0])
      throw Object.assign(new Error('my own'), { errno: 2 })
    })
    await expect(failing).rejects.toThrow('my own')
    expect(await count('t4')).toBe(0)
  })

  it('a savepoint takes in what its work does through the session around it, and nothing from beside it', async () => {
    await driver.transaction(async (session) => {
      const results = await Promise.allSettled([
        session.atomically(async () => {
          await session.atomically(() => session.run(insert(), ['n1', 'n1', 0]))
          throw new Error('undone')
        }),
        session.run(insert(), ['n2', 'n2', 0]),
      ])
      expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
    })
    expect([await count('n1'), await count('n2')]).toEqual([0, 1])
  })

  it('a transaction that takes too long or is aborted is rolled back, and its session is of no use', async () => {
    let late: Session | undefined
    const slow = driver.transaction(
      async (session) => {
        late = session
        await session.run(insert(), ['l1', 'l1', 0])
        await new Promise(() => undefined)
      },
      { timeout: 50 },
    )
    await expect(slow).rejects.toMatchObject({ status: 503, code: 'TIMEOUT' })
    await expect(Promise.resolve(late?.run(insert(), ['l2', 'l2', 0]))).rejects.toThrow()
    await expect(driver.transaction(async () => 1, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'CANCELLED' })
    expect([await count('l1'), await count('l2')]).toEqual([0, 0])
    expect(driver.statistics()).toMatchObject({ size: 0, waiting: 0 })
  })

  it('a read-only transaction refuses writes', async () => {
    await expect(
      driver.transaction(async (session) => session.run(insert(), ['r', 'r', 0]), { readOnly: true, isolation: 'serializable' }),
    ).rejects.toMatchObject({ failure: { kind: 'read-only' } })
    expect(await count('r')).toBe(0)
  })
})
