import { rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { App } from '../../runtime-lite/app/app.ts'
import type { AppOptions } from '../../runtime-lite/app/app-options.ts'
import { serve } from '../../runtime-lite/rest/serve.ts'
import { officeApp } from '../support/office.ts'
import { emittedApp, type RunningApp, startedApp } from '../support/running-app.ts'
import { mysqlUrl, type OpenSource, postgresUrl, remoteSources } from '../support/sources.ts'

// What an operator sees: connections that end, users that may not, processes that come and go.

let folder: string
beforeAll(async () => {
  folder = await emittedApp(officeApp(), { dialects: ['postgres', 'mysql'] })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.for(remoteSources())('an application on $name', ({ name, isThere, open }) => {
  const it = test.skipIf(!isThere)
  const isPostgres = name === 'PostgreSQL'
  const urlOf = isPostgres ? postgresUrl : mysqlUrl
  let source: OpenSource
  const bugs: unknown[] = []
  const apps: RunningApp[] = []
  const start = async (options: AppOptions = {}): Promise<RunningApp> => {
    const app = await startedApp(folder, { datasource: source.datasource, onError: (error) => bugs.push(error), ...options })
    apps.push(app)
    return app
  }
  const sql = (script: string): string => source.scratch?.run(script) ?? ''

  beforeAll(async () => {
    if (isThere) source = await open('operations')
  })
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.close()
    bugs.splice(0)
  })
  afterAll(() => source?.close())

  /** As an administrator ends connections, or a proxy that is restarted. */
  const killAll = (): void => {
    if (isPostgres)
      return void sql(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      )
    const ids = sql(`select id from information_schema.processlist where db = database() and id <> connection_id()`)
    for (const id of ids.split('\n').filter((line) => line !== '')) {
      try {
        sql(`kill ${id}`)
      } catch {
        // It was gone already.
      }
    }
  }

  it('several processes that start at once on an empty database make its tables once', { timeout: 60_000 }, async () => {
    const started = await Promise.all(Array.from({ length: 4 }, () => start()))
    const created = await Promise.all(
      started.map(({ request }, index) => request('/api/user', { method: 'POST', body: { id: `p${index}`, name: `P${index}` } })),
    )
    expect(created.map(({ status }) => status)).toEqual([201, 201, 201, 201])
    expect(await started[0]!.app.objects['user']!.count({ where: { id: { $startsWith: 'p' } } })).toBe(4)
  })

  it('connections that are ended under load cost no read, and no write twice', { timeout: 60_000 }, async () => {
    const { request, app, core } = await start()
    const outcomes = new Map<string, number>()
    let isOver = false
    const load = Promise.all(
      Array.from({ length: 8 }, async (_, worker) => {
        for (let round = 0; !isOver; round++) {
          expect((await request('/api/user?$top=3')).status).toBe(200)
          const id = `w${worker}-${round}`
          const { status, headers } = await request('/api/user', { method: 'POST', body: { id, name: id } })
          if (status === 503) expect(headers.get('retry-after')).toBe('1')
          else expect(status).toBe(201)
          outcomes.set(id, status)
          const nested = await request('/api/user', { method: 'POST', body: { id: `${id}n`, accounts: { create: [{ name: id }] } } })
          expect([201, 503]).toContain(nested.status)
          await sleep(1)
        }
      }),
    )
    for (let round = 0; round < 4; round++) {
      await sleep(150)
      killAll()
    }
    await sleep(150)
    isOver = true
    await load
    for (const [id, status] of outcomes) if (status === 201) expect(await app.objects['user']!.get(id), id).toMatchObject({ name: id })
    expect(outcomes.size).toBeGreaterThan(20)
    expect(bugs).toEqual([])
    await expect.poll(() => (core.driver?.statistics().size ?? 0) - (core.driver?.statistics().idle ?? 0)).toBe(0)
  })

  it('requests in flight are answered before it closes, and its connections go', { timeout: 60_000 }, async () => {
    const { app } = await start()
    const server = await serve(app as App, { port: 0 })
    const users = app.objects['user']!
    await users.upsert({ id: 'held', name: 'held' })
    const isHeld = Promise.withResolvers<void>()
    const mayEnd = Promise.withResolvers<void>()
    const holding = app.transaction(async () => {
      await users.update('held', { name: 'inside' })
      isHeld.resolve()
      await mayEnd.promise
    })
    await isHeld.promise
    const running = ['a', 'b', 'c'].map((name) =>
      fetch(`${server.url}/api/user/held`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name }),
      }),
    )
    const blocked = isPostgres
      ? `select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
      : `select count(*) from information_schema.processlist where db = database() and command = 'Execute'`
    // They may stand behind one another on a connection.
    await expect
      .poll(() => Number(sql(blocked)), { timeout: 10_000 })
      .toBeGreaterThan(0)
      .finally(() => setTimeout(mayEnd.resolve, 300))
    await sleep(100)
    const closing = server.close()
    await holding
    expect(await Promise.all(running.map(async (answer) => (await answer).status))).toEqual([200, 200, 200])
    await closing
    expect(['a', 'b', 'c']).toContain(sql(`select name from ${isPostgres ? '"user"' : 'user'} where id = 'held'`).trim())
    const left = isPostgres
      ? 'select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()'
      : 'select count(*) from information_schema.processlist where db = database() and id <> connection_id()'
    await expect.poll(() => sql(left).trim()).toBe('0')
  })

  it('queries of app.db are part of the transaction around them', async () => {
    const { app } = await start()
    const users = app.objects['user']!
    const db = app.db as unknown as import('kysely').Kysely<{ user: { id: string; name: string } }>
    const seen = () => db.selectFrom('user').select('name').where('id', '=', 'k1').execute()
    const failing = app.transaction(async () => {
      await users.create({ id: 'k1', name: 'kysely' })
      expect(await seen()).toEqual([{ name: 'kysely' }])
      await db.updateTable('user').set({ name: 'changed' }).where('id', '=', 'k1').execute()
      expect(await users.get('k1')).toMatchObject({ name: 'changed' })
      throw new Error('undone')
    })
    await expect(failing).rejects.toThrow('undone')
    expect(await seen()).toEqual([])
  })

  it('a user who may only read serves reads; what fails is told to the operator, without a word of it to clients', async () => {
    const first = await start()
    await first.app.objects['user']!.upsert({ id: 'reader', name: 'Reader' })
    const user = `reader_${process.pid}`
    if (isPostgres) sql(`create role ${user} login password 's3cret'; grant select on all tables in schema public to ${user};`)
    else
      sql(
        `create user '${user}'@'%' identified by 's3cret'; grant select on ${source.scratch?.name}.* to '${user}'@'%'; create user '${user}'@'localhost' identified by 's3cret'; grant select on ${source.scratch?.name}.* to '${user}'@'localhost';`,
      )
    try {
      const datasource = urlOf(source.scratch!).replace(/\/\/[^@]*@/, `//${user}:s3cret@`)
      const { request } = await start({ datasource })
      expect((await request('/api/user/reader')).json).toMatchObject({ name: 'Reader' })
      const refused = await request('/api/user', { method: 'POST', body: { name: 'x' } })
      expect(refused.status).toBe(500)
      expect(refused.text).not.toMatch(/s3cret|reader_|denied/)
      expect(String(bugs[0])).toMatch(/denied/)
      expect(String(bugs[0])).not.toContain('s3cret')
      for (const app of apps.splice(0)) await app.close()
      // Tables that are missing cannot be made.
      sql('drop table task')
      sql(isPostgres ? `update _objectql set value = '0' where key = 'digest'` : "update _objectql set value = '0' where `key` = 'digest'")
      await expect(start({ datasource })).rejects.toThrow(/denied|permission/)
      await start()
    } finally {
      for (const app of apps.splice(0)) await app.close()
      if (isPostgres) sql(`drop owned by ${user}; drop role ${user};`)
      else sql(`drop user '${user}'@'%'; drop user '${user}'@'localhost';`)
    }
  })
})
