import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { PGliteDialect, sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SqlDriver } from '../../../../runtime-lite/database/session.ts'
import { kyselyDriver } from '../../../../runtime-lite/kysely/index.ts'
import { isReachable, mysql, postgres, type ScratchDatabase } from '../../../support/database-servers.ts'
import { officeApp } from '../../../support/office.ts'
import { type RunningApp, runningApp } from '../../../support/running-app.ts'

const folder = mkdtempSync(join(tmpdir(), 'objectql-escape-hatch-'))
afterAll(() => rmSync(folder, { recursive: true }))

const PLACES = [
  { name: 'memory', isThere: true, open: () => ':memory:' },
  { name: 'file', isThere: true, open: () => `sqlite:${join(folder, 'a.db')}` },
  {
    name: 'PostgreSQL',
    isThere: isReachable(postgres),
    server: postgres,
    open: (at = '') => `postgres://${process.env['PGUSER'] ?? 'postgres'}@${process.env['PGHOST'] ?? '127.0.0.1'}/${at}`,
  },
  {
    name: 'MySQL',
    isThere: isReachable(mysql),
    server: mysql,
    open: (at = '') => `mysql://${process.env['MYSQL_USER'] ?? 'root'}@127.0.0.1/${at}`,
  },
  {
    name: 'PGlite',
    isThere: true,
    open: () =>
      kyselyDriver({ dialect: new PGliteDialect({ pglite: new PGlite({ parsers: { 1082: (text) => text } }) }), family: 'postgres' }),
  },
] as const satisfies readonly {
  name: string
  isThere: boolean
  server?: typeof postgres
  open: (at?: string) => string | Promise<SqlDriver>
}[]

describe.each(PLACES)('app.db on $name', (place) => {
  const it = test.skipIf(!place.isThere)
  // PGlite makes dates of dates unless it is told not to.
  let database: ScratchDatabase | undefined
  let datasource: string | SqlDriver
  let running: RunningApp

  beforeAll(async () => {
    if (!place.isThere) return
    database = 'server' in place ? place.server.create('escape_hatch') : undefined
    datasource = await place.open(database?.name)
    running = await runningApp(officeApp(), { datasource, dialects: ['sqlite', 'postgres', 'mysql'] })
    for (const name of ['ada', 'bob']) await running.app.objects['user']?.create({ id: name, name })
  }, 60_000)
  afterAll(async () => {
    if (!place.isThere) return
    await running.close()
    if (typeof datasource === 'object') await datasource.close()
    database?.drop()
  })

  it('builds queries, and gives rows as they are stored', async () => {
    const { db, objects } = running.app
    expect(await db.selectFrom('user').select(['id', 'name as title', 'boss']).where('name', '=', 'ada').execute()).toEqual([
      { id: 'ada', title: 'ada', boss: null },
    ])
    await objects['account']?.create({ id: 'a', name: 'A', active: true, employees: 7, founded: '2024-02-29' })
    const [row] = await db.selectFrom('account').select(['employees', 'founded', 'active']).execute()
    expect(row).toMatchObject({ employees: 7, founded: '2024-02-29' })
    // As `database.d.ts` says: SQLite and MySQL have no booleans.
    expect(row?.['active']).toBe(/^P/.test(place.name) ? true : 1)
    expect(
      await db
        .selectFrom('user')
        .select(({ fn }) => fn.countAll().as('n'))
        .where('id', 'in', ['ada', 'bob'])
        .executeTakeFirst(),
    ).toEqual({ n: 2 })
    expect((await sql<{ one: number }>`select ${'x'} as x, 1 as one from ${sql.table('user')}`.execute(db)).rows).toHaveLength(2)
    expect(running.app.db).toBe(db)
  })

  it('writes are there once they are answered', async () => {
    const { db, objects } = running.app
    const { numUpdatedRows } = await db.updateTable('user').set({ boss: 'ada' }).where('id', '=', 'bob').executeTakeFirstOrThrow()
    expect(numUpdatedRows).toBe(1n)
    expect(await objects['user']?.get('bob')).toMatchObject({ boss: 'ada' })
    await expect(db.updateTable('user').set({ boss: 'nobody' }).where('id', '=', 'bob').execute()).rejects.toMatchObject({
      name: 'ObjectQLError',
    })
    await expect(db.selectFrom('nowhere').selectAll().execute()).rejects.toMatchObject({ status: 500 })
  })

  it('takes part in the transaction it is used in', async () => {
    const { app } = running
    const failing = app.transaction(async () => {
      await app.objects['user']?.create({ id: 'cy', name: 'cy' })
      expect(await app.db.selectFrom('user').select('id').where('id', '=', 'cy').execute()).toEqual([{ id: 'cy' }])
      await app.db.updateTable('user').set({ name: 'changed' }).where('id', '=', 'cy').execute()
      expect(await app.objects['user']?.get('cy')).toMatchObject({ name: 'changed' })
      throw new Error('undo')
    })
    await expect(failing).rejects.toThrow('undo')
    expect(await app.objects['user']?.get('cy')).toBeNull()
  })

  it('has transactions of its own', async () => {
    const { db, objects } = running.app
    const name = async (): Promise<unknown> => (await objects['user']?.get('ada'))?.['name']
    await db.transaction().execute((transaction) => transaction.updateTable('user').set({ name: 'Ada' }).where('id', '=', 'ada').execute())
    expect(await name()).toBe('Ada')
    const failing = db.transaction().execute(async (transaction) => {
      await transaction.updateTable('user').set({ name: 'lost' }).where('id', '=', 'ada').execute()
      throw new Error('undo')
    })
    await expect(failing).rejects.toThrow('undo')
    expect(await name()).toBe('Ada')
    await expect(
      db
        .transaction()
        .setIsolationLevel('snapshot')
        .execute(async () => 1),
    ).rejects.toThrow(/"snapshot" is not supported/)
    expect(await name()).toBe('Ada')
  })

  it('values never become text of a statement', async () => {
    const hostile = `'; drop table user; -- \\ "`
    await running.app.db.updateTable('user').set({ name: hostile }).where('id', '=', 'bob').execute()
    expect(await running.app.db.selectFrom('user').select('name').where('name', '=', hostile).execute()).toEqual([{ name: hostile }])
  })
})
