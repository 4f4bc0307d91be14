import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { isReachable, mysql, postgres, type ScratchDatabase } from '../../../support/database-servers.ts'
import { officeApp } from '../../../support/office.ts'
import { type RunningApp, runningApp } from '../../../support/running-app.ts'

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

const names = async ({ app }: RunningApp): Promise<unknown[]> =>
  (await app.objects['user']!.find({ orderBy: { name: 'asc' } })).items.map(({ name }) => name)

test.for(SERVERS)('transactions on $name', { timeout: 60_000 }, async ({ isThere, server, url }, { skip }) => {
  if (!isThere) skip()
  const database = server.create('transactions')
  const running = await runningApp(officeApp(), { datasource: url(database), dialects: ['postgres', 'mysql'], onError: () => undefined })
  const { app } = running
  const users = app.objects['user']!
  try {
    // Kept, undone, and what is refused inside can be caught.
    await app.transaction(async () => {
      await users.create({ id: 'a', name: 'Ann' })
      await expect(users.create({ id: 'a', name: 'Again' })).rejects.toMatchObject({ status: 409, errors: [{ pointer: '/id' }] })
      await expect(users.create({ boss: 'nobody' })).rejects.toMatchObject({ status: 422, errors: [{ pointer: '/boss' }] })
      await expect(users.delete('nobody')).rejects.toMatchObject({ status: 404 })
      expect(await users.count()).toBe(1)
    })
    await expect(
      app.transaction(async () => {
        await users.create({ name: 'Bob' })
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    expect(await names(running)).toEqual(['Ann'])

    // Savepoints, started at once.
    await app.transaction(async () => {
      const results = await Promise.allSettled([
        app.transaction(async () => {
          await users.create({ name: 'first' })
          await sleep(2)
          throw new Error('undone')
        }),
        app.transaction(() => users.create({ name: 'second' })),
        users.create({ name: 'beside' }),
      ])
      expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
    })
    expect(await names(running)).toEqual(['Ann', 'beside', 'second'])

    // Others neither wait nor see it.
    const isOpen = Promise.withResolvers<void>()
    const mayEnd = Promise.withResolvers<void>()
    const open = app.transaction(async () => {
      await users.create({ name: 'inside' })
      isOpen.resolve()
      await mayEnd.promise
    })
    await isOpen.promise
    expect((await running.request('/api/user', { method: 'POST', body: { name: 'outside' } })).status).toBe(201)
    expect(await names(running)).toEqual(['Ann', 'beside', 'outside', 'second'])
    mayEnd.resolve()
    await open
    expect(await names(running)).toEqual(['Ann', 'beside', 'inside', 'outside', 'second'])

    // Serializable ones that meet are repeated: no update is lost.
    const accounts = app.objects['account']!
    await accounts.create({ id: 'x', name: 'X', employees: 0 })
    await Promise.all(
      Array.from({ length: 8 }, () =>
        app.transaction(
          async () => {
            const record = await accounts.get('x')
            await accounts.update('x', { employees: Number(record?.['employees']) + 1 })
          },
          { isolation: 'serializable', retries: 50 },
        ),
      ),
    )
    expect(await accounts.get('x')).toMatchObject({ employees: 8 })

    // What a database cannot store is the client's mistake, or it is stored.
    const odd = await running.request('/api/account', { method: 'POST', body: { name: 'odd', notes: 'a\u0000b' } })
    if (odd.status === 422) expect(odd.json.errors).toMatchObject([{ pointer: '/notes' }])
    else expect([odd.status, odd.json.notes]).toEqual([201, 'a\u0000b'])
    const huge = await running.request('/api/account', { method: 'POST', body: { name: 'huge', revenue: 1e300 } })
    expect([huge.status, huge.json.errors?.[0]?.pointer ?? '/revenue']).toEqual([422, '/revenue'])

    // Too late, too long, called off, read-only.
    let late: Promise<unknown> | undefined
    await app.transaction(async () => {
      late = sleep(20).then(() => users.create({ name: 'late' }).catch((error: unknown) => error))
    })
    expect(await late).toMatchObject({ status: 409 })
    const slow = app.transaction(
      async () => {
        await users.create({ name: 'slow' })
        await sleep(2000)
      },
      { timeout: 100 },
    )
    await expect(slow).rejects.toMatchObject({ status: 503, code: 'TIMEOUT' })
    await expect(app.transaction(() => users.count(), { signal: AbortSignal.abort() })).rejects.toMatchObject({ status: 503 })
    await expect(app.transaction(() => users.create({ name: 'x' }), { readOnly: true })).rejects.toMatchObject({
      status: 409,
      message: 'The transaction is read-only.',
    })
    expect(await users.count()).toBe(5)
  } finally {
    await app.close()
    database.drop()
  }
})
