import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { isReachable, mysql, postgres, type ScratchDatabase } from '../../../support/database-servers.ts'
import { officeApp } from '../../../support/office.ts'
import { type RunningApp, runningApp } from '../../../support/running-app.ts'

const folder = mkdtempSync(join(tmpdir(), 'objectql-cursors-'))
const dialects = ['sqlite', 'postgres', 'mysql'] as const
const NAMES = ['b', 'Ä', null, 'a', '🔥', 'a', null, 'c', 'B', 'z', 'a', '\uffff']

afterAll(() => rmSync(folder, { recursive: true }))

const SOURCES = [
  { name: 'sqlite', isThere: true, open: () => `sqlite:${join(folder, 'a.db')}`, server: undefined },
  {
    name: 'PostgreSQL',
    isThere: isReachable(postgres),
    server: postgres,
    open: (database?: ScratchDatabase) =>
      `postgres://${process.env['PGUSER'] ?? 'postgres'}@${process.env['PGHOST'] ?? '127.0.0.1'}/${database?.name}`,
  },
  {
    name: 'MySQL',
    isThere: isReachable(mysql),
    server: mysql,
    open: (database?: ScratchDatabase) => `mysql://${process.env['MYSQL_USER'] ?? 'root'}@127.0.0.1/${database?.name}`,
  },
]

async function walk(app: RunningApp, query: string): Promise<{ readonly ids: readonly string[]; readonly cursors: readonly string[] }> {
  const ids: string[] = []
  const cursors: string[] = []
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const { status, json } = await app.request(`/api/user?${query}&$top=5&cursor=${cursor}`)
    expect(status, JSON.stringify(json)).toBe(200)
    ids.push(...json.items.map(({ id }: { id: string }) => id))
    cursor = json.next_cursor as string | undefined
    if (cursor !== undefined) cursors.push(cursor)
  }
  return { ids, cursors }
}

test.for(SOURCES)('pages by cursor on $name', { timeout: 60_000 }, async ({ isThere, open, server }, { skip }) => {
  if (!isThere) skip()
  const database = server?.create('cursors')
  try {
    const options = { datasource: open(database), dialects }
    const app = await runningApp(officeApp(), options)
    await app.app.objects['user']!.createMany(
      NAMES.map((name, index) => ({ id: `u${String(index).padStart(2, '0')}`, ...(name === null ? {} : { name }) })),
    )
    let last = ''
    for (const order of ['name', 'name desc', 'name desc nulls first,id', 'created_at desc', 'boss/name,name']) {
      const query = `$orderby=${encodeURIComponent(order)}`
      const whole = (await app.request(`/api/user?${query}`)).json.items.map(({ id }: { id: string }) => id)
      const { ids, cursors } = await walk(app, query)
      expect(ids, order).toEqual(whole)
      expect(cursors).toHaveLength(2)
      if (order === 'name') last = cursors[0]!
    }
    const counted = await app.request(`/api/user?$orderby=name&$top=5&$count=true&cursor=${last}`)
    expect(counted.json).toMatchObject({ total: NAMES.length, next_cursor: expect.any(String) })
    await app.close()
    // Another process on the same database reads the cursors of this one.
    const again = await runningApp(officeApp(), options)
    expect((await again.request(`/api/user?$orderby=name&$top=5&cursor=${last}`)).json.items).toHaveLength(5)
    expect((await again.request(`/api/user?$orderby=name%20desc&cursor=${last}`)).json).toMatchObject({
      status: 400,
      code: 'INVALID_QUERY',
    })
    await again.close()
    const secret = await runningApp(officeApp(), { ...options, cursorSecret: 'another' })
    expect((await secret.request(`/api/user?$orderby=name&cursor=${last}`)).status).toBe(400)
    await secret.close()
  } finally {
    database?.drop()
  }
})
