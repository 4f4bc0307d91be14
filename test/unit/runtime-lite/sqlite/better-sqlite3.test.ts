import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, test } from 'vitest'
import { connectAgain } from '../../../../runtime-lite/sqlite/better-sqlite3.ts'
import { openSqlite } from '../../../../runtime-lite/sqlite/open.ts'
import { betterSqlite3Opener, openBetterSqlite3 } from '../../../../runtime-lite/sqlite/open-better-sqlite3.ts'

const folder = mkdtempSync(join(tmpdir(), 'objectql-better-sqlite3-'))
afterAll(() => rmSync(folder, { recursive: true }))

const thrown = (work: () => unknown): unknown => {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error('Nothing was thrown.')
}

describe('a database of better-sqlite3', () => {
  const script = `
    create table parent (id text primary key, n integer, name text unique) without rowid;
    create table child (id integer primary key, parent text references parent on delete restrict, other text references parent);
    insert into parent values ('a', 1, 'x'), ('b', 2, 'y'); insert into child values (1, 'a', 'b');`

  /** What both packages do with the same statements. */
  function observe(db: DatabaseSync): unknown {
    db.exec(script)
    const arrays = db.prepare("select id, n, name, x'00ff' from parent order by id")
    arrays.setReturnArrays(true)
    const returning = db.prepare('insert into parent values (?, ?, ?) returning id, n')
    returning.setReturnArrays(true)
    const failures = [
      "insert into parent values ('c', 1, 'x')",
      "insert into parent values ('a', 1, 'z')",
      "insert into child values (2, 'nobody', null)",
      "delete from parent where id = 'a'",
      "delete from parent where id = 'b'",
      'insert into nowhere values (1)',
      'select',
    ].map((sql) => {
      const { errcode, message } = thrown(() => db.prepare(sql).run()) as { readonly errcode: number; readonly message: string }
      return [sql, errcode, message]
    })
    db.exec('begin')
    const during = db.isTransaction
    db.exec('rollback')
    const bytes = (value: unknown): unknown => (value instanceof Uint8Array ? [...value] : value)
    return {
      arrays: (arrays.all() as unknown as unknown[][]).map((row) => row.map(bytes)),
      columns: [arrays.columns().length, db.prepare('delete from child where id = 99').columns().length],
      first: (arrays.get() as unknown as unknown[]).map(bytes),
      none: db.prepare('select 1 where false').get(),
      object: { ...db.prepare('select id, n from parent where id = ?').get('b') },
      returning: returning.get('d', 2 ** 31, null),
      big: db.prepare('update parent set n = ? where id = ?').run(2n ** 62n, 'd').changes,
      bigText: db.prepare("select cast(n as text) as n from parent where id = 'd'").get()?.['n'],
      missed: Number(db.prepare('delete from parent where id = ?').run('zzz').changes),
      limited: db.prepare('select id from parent order by id limit cast(? as integer)').all(1).length,
      withoutRows: [db.prepare('delete from child where id = ?').get(99), db.prepare('delete from child where id = ?').all(99)],
      failures,
      transaction: [during, db.isTransaction, db.isOpen],
      foreignKeys: db.prepare('pragma foreign_keys').get()?.['foreign_keys'],
      timeout: db.prepare('pragma busy_timeout').get()?.['timeout'],
      mode: db.prepare('pragma synchronous').get()?.['synchronous'],
    }
  }

  test('behaves as one of node:sqlite', async () => {
    const ours = openSqlite(':memory:', { busyTimeoutMs: 1234 })
    const theirs = await openBetterSqlite3('better-sqlite3::memory:', { busyTimeoutMs: 1234 })
    expect(observe(theirs)).toEqual(observe(ours))
    ours.close()
    theirs.close()
    expect(theirs.isOpen).toBe(false)
    const [left, right] = [ours, theirs].map(
      (db) => thrown(() => db.prepare('select 1')) as { readonly code: string; readonly message: string },
    )
    expect(right?.code).toBe(left?.code)
    expect(right?.message).toMatch(/not open/)
  })

  test('waits for its turn and says that the file is busy', async () => {
    const open = await betterSqlite3Opener()
    const url = `better-sqlite3:${join(folder, 'busy.db')}`
    const [first, second] = [open(url), open(url, { busyTimeoutMs: 0 })]
    first.exec('create table t (a); begin immediate')
    expect(thrown(() => second.exec('begin immediate'))).toMatchObject({ errcode: 5 })
    first.exec('commit')
    second.exec('begin immediate; insert into t values (1); commit')
    expect(first.prepare('select count(*) as n from t').get()?.['n']).toBe(1)
    expect(first.location()).toBe(join(folder, 'busy.db'))
    first.close()
    second.close()
  })

  test.each(['better-sqlite3', 'sqlite'])('%s: a further connection has the settings of the first', async (scheme) => {
    const path = join(folder, `again-${scheme}.db`)
    const main =
      scheme === 'sqlite'
        ? openSqlite(path, { synchronous: 'full' })
        : await openBetterSqlite3(`better-sqlite3:${path}`, { synchronous: 'full' })
    main.exec('create table t (a); begin immediate; insert into t values (1)')
    const other = connectAgain(main)
    expect(other?.prepare('select count(*) as n from t').get()?.['n']).toBe(0)
    expect(thrown(() => other?.exec('begin immediate'))).toMatchObject({ errcode: 5 })
    main.exec('commit')
    expect(other?.prepare('select count(*) as n from t').get()?.['n']).toBe(1)
    for (const [name, value] of [
      ['foreign_keys', 1],
      ['synchronous', 2],
    ] as const)
      expect(other?.prepare(`pragma ${name}`).get()?.[name]).toBe(value)
    other?.close()
    main.close()
    expect(connectAgain(openSqlite(':memory:'))).toBeUndefined()
  })

  test('says what to install when the package is missing', async () => {
    const missing = Object.assign(new Error("Cannot find package 'better-sqlite3'"), { code: 'ERR_MODULE_NOT_FOUND' })
    await expect(betterSqlite3Opener(() => Promise.reject(missing))).rejects.toThrow('Run: npm install better-sqlite3')
  })
})
