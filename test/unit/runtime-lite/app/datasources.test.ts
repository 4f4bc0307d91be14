import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isReachable, mysql, postgres, type ScratchDatabase } from '../../../support/database-servers.ts'
import { officeApp } from '../../../support/office.ts'
import { operateApp } from '../../../support/operate-app.ts'
import { runningApp } from '../../../support/running-app.ts'

interface Source {
  readonly name: string
  readonly isThere: boolean
  readonly open: (database: ScratchDatabase | undefined) => string
  readonly server?: typeof postgres
}

const folder = mkdtempSync(join(tmpdir(), 'objectql-datasources-'))

const SOURCES: readonly Source[] = [
  { name: 'sqlite', isThere: true, open: () => `sqlite:${join(folder, 'a.db')}` },
  { name: 'better-sqlite3', isThere: true, open: () => `better-sqlite3:${join(folder, 'b.db')}` },
  {
    name: 'PostgreSQL',
    isThere: isReachable(postgres),
    server: postgres,
    open: (database) => `postgres://${process.env['PGUSER'] ?? 'postgres'}@${process.env['PGHOST'] ?? '127.0.0.1'}/${database?.name}`,
  },
  {
    name: 'MySQL',
    isThere: isReachable(mysql),
    server: mysql,
    open: (database) => `mysql://${process.env['MYSQL_USER'] ?? 'root'}@127.0.0.1/${database?.name}`,
  },
]

describe('an application answers the same', () => {
  let wanted: unknown[]
  beforeAll(async () => {
    const app = await runningApp(officeApp())
    wanted = await operateApp(app)
    await app.close()
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test.for(SOURCES)('on $name', { timeout: 60_000 }, async ({ isThere, open, server }, { skip }) => {
    if (!isThere) skip()
    const database = server?.create('datasources')
    try {
      const datasource = open(database)
      const options = { datasource, dialects: ['sqlite', 'postgres', 'mysql'] as const }
      const app = await runningApp(officeApp(), options)
      try {
        expect(await operateApp(app)).toEqual(wanted)
      } finally {
        await app.close()
      }
      // A second start finds everything in place.
      const again = await runningApp(officeApp(), options)
      expect((await again.request('/api/user/cy')).json).toMatchObject({ name: 'cy' })
      await again.close()
    } finally {
      database?.drop()
    }
  })
})

test('a database of better-sqlite3 that is open stays open', async () => {
  const { default: Database } = (await import('better-sqlite3' as string)) as {
    readonly default: new (path: string) => import('../../../../runtime-lite/sqlite/better-sqlite3.ts').BetterSqlite3Database
  }
  const db = new Database(':memory:')
  const app = await runningApp(officeApp(), { datasource: db })
  expect((await app.request('/api/user', { method: 'POST', body: { name: 'ada' } })).status).toBe(201)
  await app.close()
  expect(db.open).toBe(true)
  expect(db.prepare('select count(*) as n from user').get()).toEqual({ n: 1 })
  db.close()
})

test('says what is missing when the application was not compiled for a database', async () => {
  await expect(runningApp(officeApp(), { datasource: 'mysql://127.0.0.1:1/none?acquireTimeout=1' })).rejects.toThrow(/cannot be used/)
  const driver = { dialect: { name: 'mysql' }, session: {} } as unknown as import('../../../../runtime-lite/database/session.ts').SqlDriver
  await expect(runningApp(officeApp(), { datasource: driver })).rejects.toThrow(/Add "mysql" to "dialects"/)
})
