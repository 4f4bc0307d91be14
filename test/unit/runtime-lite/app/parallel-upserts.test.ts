import { expect, test } from 'vitest'
import { isReachable, mysql, postgres, type ScratchDatabase } from '../../../support/database-servers.ts'
import { officeApp } from '../../../support/office.ts'
import { runningApp } from '../../../support/running-app.ts'

const SERVERS = [
  {
    name: 'PostgreSQL',
    server: postgres,
    isThere: isReachable(postgres),
    url: ({ name }: ScratchDatabase) => `postgres://${process.env['PGUSER'] ?? 'postgres'}@${process.env['PGHOST'] ?? '127.0.0.1'}/${name}`,
  },
  {
    name: 'MariaDB',
    server: mysql,
    isThere: isReachable(mysql),
    url: ({ name }: ScratchDatabase) => `mysql://${process.env['MYSQL_USER'] ?? 'root'}@127.0.0.1/${name}`,
  },
]

test.for(SERVERS)('upsertMany of the same records in different orders, at once, on $name', { timeout: 60_000 }, async (where, { skip }) => {
  const { isThere, server, url } = where
  if (!isThere) skip()
  const database = server.create('upserts')
  const { app } = await runningApp(officeApp(), { datasource: url(database), dialects: ['postgres', 'mysql'], onError: () => undefined })
  const tasks = app.objects['task']!
  try {
    await tasks.createMany([{ id: 'a' }, { id: 'b' }, { id: 'c' }])
    const calls = Array.from({ length: 24 }, (_, index) => {
      const ids = ['a', 'b', 'c']
      return tasks.upsertMany((index % 2 ? ids : ids.toReversed()).map((id) => ({ id, title: `${id}${index}` })))
    })
    const results = await Promise.allSettled(calls)
    expect(results.filter(({ status }) => status === 'rejected')).toEqual([])
    // Answers are in the order of the input, whatever the order of the writes.
    const [forth, back] = [results[1], results[0]].map((result) => (result?.status === 'fulfilled' ? result.value.map(({ id }) => id) : []))
    expect([forth, back]).toEqual([
      ['a', 'b', 'c'],
      ['c', 'b', 'a'],
    ])
    expect(await tasks.count()).toBe(3)

    // Records that refer to each other are written as they come, and a wrong one is named by its place in the input.
    const users = app.objects['user']!
    await users.upsertMany([
      { id: 'z', name: 'Zoe' },
      { id: 'm', name: 'Max', boss: 'z' },
    ])
    expect(await users.get('m')).toMatchObject({ boss: 'z' })
    await expect(tasks.upsertMany([{ id: 'z' }, { id: 'y', account: 'nowhere' }])).rejects.toMatchObject({
      errors: [{ pointer: '/1/account' }],
    })
    expect(await tasks.count()).toBe(3)
  } finally {
    await app.close()
    database.drop()
  }
})
