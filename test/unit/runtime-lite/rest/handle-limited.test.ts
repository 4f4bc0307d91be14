import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isReachable, mysql, postgres, type ScratchDatabase } from '../../../support/database-servers.ts'
import { officeApp } from '../../../support/office.ts'
import { type RunningApp, runningApp } from '../../../support/running-app.ts'

const SERVERS = [
  {
    name: 'PostgreSQL',
    server: postgres,
    isThere: isReachable(postgres),
    url: (database: string) => `postgres://${process.env['PGUSER'] ?? 'postgres'}@${process.env['PGHOST'] ?? '127.0.0.1'}/${database}`,
    running: `select count(*) from pg_stat_activity where state = 'active' and datname = current_database() and query like '%update "user"%' and pid <> pg_backend_pid()`,
  },
  {
    name: 'MySQL',
    server: mysql,
    isThere: isReachable(mysql),
    url: (database: string) => `mysql://${process.env['MYSQL_USER'] ?? 'root'}@127.0.0.1/${database}`,
    running: "select count(*) from information_schema.processlist where db = database() and info like 'update `user`%'",
  },
]

describe.for(SERVERS)('requests to $name', ({ server, isThere, url, running }) => {
  let database: ScratchDatabase
  let app: RunningApp
  const reported: unknown[] = []
  beforeAll(async () => {
    if (!isThere) return
    database = server.create('limited')
    app = await runningApp(officeApp(), {
      datasource: url(database.name),
      dialects: ['sqlite', 'postgres', 'mysql'],
      onError: (error) => reported.push(error),
      api: { statementTimeoutMs: 1000, healthDetail: true },
    })
    await app.request('/api/user', { method: 'POST', body: { id: 'a', name: 'Ada' } })
  })
  afterAll(async () => {
    if (!isThere) return
    await app.close()
    database.drop()
  })

  const isRunning = async (wanted: number): Promise<void> => {
    await expect.poll(() => Number(database.run(running)), { timeout: 5000 }).toBe(wanted)
  }
  const patch = (signal?: AbortSignal): Promise<Response> =>
    app.fetch(
      new Request('http://localhost/api/user/a', {
        method: 'PATCH',
        body: '{"name":"Eve"}',
        headers: { 'content-type': 'application/json' },
        ...(signal ? { signal } : {}),
      }),
    )
  /** Somebody else has the record for as long as `work` takes. */
  const whileLocked = (work: () => Promise<void>): Promise<void> =>
    app.app.transaction(async () => {
      await app.app.objects['user']!.update('a', { name: 'Locked' })
      await app.core.transactions!.outside(work)
    })

  test('are stopped in the database when their client leaves', async ({ skip }) => {
    if (!isThere) skip()
    await whileLocked(async () => {
      const controller = new AbortController()
      const answer = patch(controller.signal)
      await isRunning(1)
      controller.abort()
      expect(await (await answer).json()).toMatchObject({ status: 503, code: 'CANCELLED' })
      await isRunning(0)
    })
    expect((await app.request('/api/user/a')).json.name).toBe('Locked')
    expect(reported).toEqual([])
  })

  test('are stopped in the database when they take too long', async ({ skip }) => {
    if (!isThere) skip()
    await whileLocked(async () => {
      expect(await (await patch()).json()).toMatchObject({ status: 503, code: 'TIMEOUT' })
      await isRunning(0)
    })
    expect((await app.request('/api/user/a')).json.name).toBe('Locked')
    expect(reported).toEqual([])
  })

  test('of callers in process take a signal and a timeout', async ({ skip }) => {
    if (!isThere) skip()
    const user = app.app.objects['user']!
    await expect(user.find({}, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'CANCELLED' })
    expect((await user.find({}, { signal: new AbortController().signal, timeout: 5000 })).items).toHaveLength(1)
  })

  test('count, and the database estimates', async ({ skip }) => {
    if (!isThere) skip()
    const { json, status } = await app.request('/api/user?name=Locked', { headers: { prefer: 'count=planned' } })
    expect([status, typeof json.total]).toEqual([200, 'number'])
    expect((await app.request('/readyz?detail=true')).json).toMatchObject({ status: 'ready', pool: { waiting: 0 } })
  })

  test('createMany of the same unique keys in opposite orders end in conflicts, not in failures', async ({ skip }) => {
    if (!isThere) skip()
    for (let round = 0; round < 10; round++) {
      const records = Array.from({ length: 20 }, (_, index) => ({ id: `r${round}-${index}`, name: 'x' }))
      const answers = await Promise.all([records, records.toReversed()].map((body) => app.request('/api/user', { method: 'POST', body })))
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409])
    }
  })
})
