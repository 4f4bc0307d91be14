import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isReachable, mysql, postgres, type ScratchDatabase } from '../../../support/database-servers.ts'
import { officeApp } from '../../../support/office.ts'
import { type Answer, type RunningApp, runningApp } from '../../../support/running-app.ts'

/** What differs between two runs on the same database, too. */
const steady = (text: string): string =>
  text
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, (instant) => (instant.startsWith('2024') ? instant : '<now>'))
    .replaceAll(/"next":\s*"[^"]+"/g, '"next":"…"')

/** The main operations of an application over REST, and what they answered. */
async function operate({ request, app }: RunningApp): Promise<unknown[]> {
  const seen: unknown[] = []
  const call = async (method: string, target: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> => {
    const answer = await request(target, { method, headers, ...(body === undefined ? {} : { body }) })
    const text = steady(answer.text)
    // Databases write the same JSON with other spaces and zeros.
    seen.push([method, target, answer.status, text === '' ? '' : JSON.parse(text)])
    return answer
  }
  for (const user of ['ada', 'bob']) await call('POST', '/api/user', { id: user, name: user })
  const full = {
    id: 'a1',
    name: `O'Brien "& Söhne" 𝒳\\`,
    email: 'a@example.com',
    revenue: 12345.67,
    employees: 9007199254740991,
    active: true,
    founded: '2024-02-29',
    seen_at: '2024-05-06T07:08:09.123Z',
    opens: '08:30:00',
    tags: ['x', 'y'],
    extra: { a: [1, null, { b: 'ü' }] },
    place: { latitude: 54.5, longitude: -3.25 },
    owner: 'ada',
  }
  const created = await call('POST', '/api/account', full)
  await call('POST', '/api/account', { ...full, id: 'a2' })
  await call('POST', '/api/account', { id: 'a2', name: 'Two', owner: 'nobody' })
  await call('POST', '/api/account', { id: 'a2', name: 'Two', parent: 'a1', employees: 2, active: false })
  await call('POST', '/api/account', { id: 'a3', name: 'Three', owner: 'bob', revenue: 0.1 })
  await call('GET', '/api/account/a1')
  await call('GET', '/api/account/nothing')
  await call('PATCH', '/api/account/a1', { revenue: 1, notes: 'changed' }, { 'if-match': created.headers.get('etag') ?? '' })
  await call('PATCH', '/api/account/a1', { revenue: 2 }, { 'if-match': created.headers.get('etag') ?? '' })
  await call('DELETE', '/api/account/a1')
  for (const query of [
    '',
    "?$filter=name eq 'Two' or revenue lt 1",
    '?$filter=active ne true&$orderby=name desc',
    "?$filter=contains(name,'Söhne')",
    '?$filter=seen_at ge 2024-05-06T07:08:09.123Z',
    "?$filter=owner/name eq 'ada'",
    '?$expand=owner&$orderby=name&$top=2&$count=true',
    '?$orderby=revenue desc,name&$skip=1&$top=1',
    '?$filter=nothing eq 1',
  ])
    await call('GET', `/api/account${query}`)
  for (const title of ['one', 'two', 'three']) await call('POST', '/api/task', { id: `t-${title}`, title, account: 'a3' })
  await call('DELETE', '/api/account/a3')
  await call('GET', '/api/task')
  const failing = app.transaction(async () => {
    await app.objects['user']?.update('bob', { name: 'Robert' })
    throw new Error('undo')
  })
  await failing.catch((error: Error) => seen.push(error.message))
  await app.transaction(async () => {
    await app.objects['user']?.create({ id: 'cy', name: 'cy' })
  })
  await call('GET', '/api/user?$orderby=id')
  return seen
}

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
    wanted = await operate(app)
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
        expect(await operate(app)).toEqual(wanted)
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
