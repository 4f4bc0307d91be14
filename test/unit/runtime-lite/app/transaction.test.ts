import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import type { ObjectQLError } from '../../../../runtime-lite/problem/problem.ts'
import { officeApp } from '../../../support/office.ts'
import { type RunningApp, runningApp } from '../../../support/running-app.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

function file(): string {
  const folder = mkdtempSync(join(tmpdir(), 'transaction-'))
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'app.db')
}

async function started(datasource: string, options: Parameters<typeof runningApp>[1] = {}): Promise<RunningApp> {
  const app = await runningApp(officeApp(), { datasource, ...options })
  cleanups.push(() => app.close())
  return app
}

/** A promise and what settles it. */
const gate = () => Promise.withResolvers<void>()

const names = async ({ app }: RunningApp): Promise<unknown[]> =>
  (await app.objects['user']!.find({ orderBy: { name: 'asc' } })).items.map(({ name }) => name)

describe.each([
  ['a file', file],
  ['memory', () => ':memory:'],
])('a transaction in %s', (_name, place) => {
  test('is kept when it resolves, and undone when it rejects', async () => {
    const running = await started(place())
    const { app } = running
    const users = app.objects['user']!
    const ann = await app.transaction(async () => {
      const created = await users.create({ name: 'Ann' })
      await sleep(2)
      await app.objects['account']!.create({ name: 'Acme', owner: created['id'] })
      expect(await users.count()).toBe(1)
      return created
    })
    expect(await users.get(String(ann['id']))).toEqual(ann)
    await expect(
      app.transaction(async () => {
        await users.create({ name: 'Bob' })
        await users.update(String(ann['id']), { name: 'Changed' })
        await nextTurn()
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    expect(await names(running)).toEqual(['Ann'])
  })

  test('a refused write inside of it can be caught, the rest counts', async () => {
    const running = await started(place())
    const users = running.app.objects['user']!
    await running.app.transaction(async () => {
      await users.create({ id: 'a', name: 'Ann' })
      await expect(users.create({ id: 'a', name: 'Again' })).rejects.toMatchObject({ status: 409 })
      await expect(users.create({ boss: 'nobody' })).rejects.toMatchObject({ status: 422 })
      await users.create({ name: 'Bob' })
    })
    expect(await names(running)).toEqual(['Ann', 'Bob'])
  })

  test('inside of another it is a savepoint; one after the other where they start at once', async () => {
    const running = await started(place())
    const { app } = running
    const users = app.objects['user']!
    await app.transaction(async () => {
      await users.create({ name: 'outer' })
      const results = await Promise.allSettled([
        app.transaction(async () => {
          await users.create({ name: 'first' })
          await nextTurn()
          throw new Error('undone')
        }),
        app.transaction(async () => {
          await users.create({ name: 'second' })
          await app.transaction(() => users.create({ name: 'inner' }))
        }),
        users.create({ name: 'beside' }),
      ])
      expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
      expect(await names(running)).toEqual(['beside', 'inner', 'outer', 'second'])
    })
    expect(await names(running)).toEqual(['beside', 'inner', 'outer', 'second'])
  })

  test('writers wait for it, in process and over HTTP, and nobody fails', async () => {
    const running = await started(place())
    const { app } = running
    const users = app.objects['user']!
    await users.create({ name: 'before' })
    const isOpen = gate()
    const mayEnd = gate()
    const order: string[] = []
    const transaction = app
      .transaction(async () => {
        await users.create({ name: 'inside' })
        isOpen.resolve()
        await mayEnd.promise
      })
      .then(() => order.push('transaction'))
    await isOpen.promise
    const writers = [
      users.create({ name: 'writer' }).then(() => order.push('in process')),
      running.request('/api/user', { method: 'POST', body: { name: 'http' } }).then(({ status }) => order.push(`http ${status}`)),
      app.transaction(() => users.create({ name: 'other' })).then(() => order.push('other transaction')),
    ]
    await sleep(5)
    expect(order).toEqual([])
    mayEnd.resolve()
    await Promise.all([transaction, ...writers])
    expect(order.sort()).toEqual(['http 201', 'in process', 'other transaction', 'transaction'])
    expect(await names(running)).toEqual(['before', 'http', 'inside', 'other', 'writer'])
  })

  test('hundreds of them at once, each reading what it changes: no update is lost', async () => {
    const running = await started(place())
    const accounts = running.app.objects['account']!
    await accounts.create({ id: 'a', name: 'A', employees: 0 })
    await Promise.all(
      Array.from({ length: 100 }, () =>
        running.app.transaction(async () => {
          const { employees } = (await accounts.get('a'))!
          if (Math.random() < 0.5) await nextTurn()
          await accounts.update('a', { employees: Number(employees) + 1 })
        }),
      ),
    )
    expect(await accounts.get('a')).toMatchObject({ employees: 100 })
  })

  test('a timeout rolls back and refuses what comes late', async () => {
    const running = await started(place())
    const users = running.app.objects['user']!
    // Plans are loaded.
    await users.count()
    await running.app.transaction(() => users.count())
    const late = gate()
    let refusal: unknown
    const transaction = running.app.transaction(
      async () => {
        await users.create({ name: 'lost' })
        await sleep(90)
        refusal = await users.create({ name: 'late' }).catch((error: unknown) => error)
        late.resolve()
      },
      { timeout: 30 },
    )
    await expect(transaction).rejects.toMatchObject({ status: 503, code: 'TIMEOUT' })
    await users.create({ name: 'next' })
    await late.promise
    expect(refusal).toMatchObject({ status: 503, code: 'TIMEOUT' })
    expect(await names(running)).toEqual(['next'])
  })

  test('an AbortSignal rolls back, also while it waits for its turn', async () => {
    const running = await started(place())
    const users = running.app.objects['user']!
    const controller = new AbortController()
    const mayEnd = gate()
    const first = running.app.transaction(async () => {
      await users.create({ name: 'first' })
      await mayEnd.promise
    })
    await sleep(2)
    const waiting = running.app.transaction(() => users.create({ name: 'never' }), { signal: controller.signal })
    const open = expect(waiting).rejects.toMatchObject({ status: 503, code: 'CANCELLED' })
    controller.abort(new Error('enough'))
    await open
    mayEnd.resolve()
    await first
    const inside = new AbortController()
    await expect(
      running.app.transaction(
        async () => {
          await users.create({ name: 'second' })
          inside.abort()
          await users.create({ name: 'third' })
        },
        { signal: inside.signal },
      ),
    ).rejects.toMatchObject({ code: 'CANCELLED' })
    await expect(running.app.transaction(() => 1, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(await names(running)).toEqual(['first'])
  })

  test('what was not awaited is refused once it has ended', async () => {
    const running = await started(place())
    const users = running.app.objects['user']!
    let late: Promise<unknown> | undefined
    await running.app.transaction(async () => {
      await users.create({ name: 'kept' })
      late = sleep(5).then(() => users.create({ name: 'late' }).catch((error: ObjectQLError) => error))
    })
    expect(await late).toMatchObject({ status: 409, message: expect.stringContaining('The transaction has ended') })
    expect(await names(running)).toEqual(['kept'])
  })

  test('read-only: reads, and no writes', async () => {
    const running = await started(place())
    const users = running.app.objects['user']!
    await users.create({ name: 'Ann' })
    await running.app.transaction(
      async () => {
        expect(await users.count()).toBe(1)
        await expect(users.create({ name: 'Bob' })).rejects.toMatchObject({ status: 409 })
        await expect(running.app.transaction(() => users.create({ name: 'Bob' }), { readOnly: false })).rejects.toMatchObject({
          status: 409,
        })
      },
      { readOnly: true },
    )
    await users.create({ name: 'Cid' })
    expect(await names(running)).toEqual(['Ann', 'Cid'])
  })

  test('closing the application ends it', async () => {
    const running = await started(place())
    const users = running.app.objects['user']!
    const isOpen = gate()
    const transaction = running.app.transaction(async () => {
      await users.create({ name: 'lost' })
      isOpen.resolve()
      await sleep(10_000, undefined, { ref: false })
    })
    const ended = expect(transaction).rejects.toMatchObject({ status: 503, code: 'UNAVAILABLE' })
    await isOpen.promise
    const waiting = expect(users.create({ name: 'x' })).rejects.toMatchObject({ status: 503 })
    await running.app.close()
    await Promise.all([ended, waiting])
  })
})

describe('on files', () => {
  test('readers go on while it is open, and see what was there before', async () => {
    const running = await started(file())
    const users = running.app.objects['user']!
    await users.create({ name: 'before' })
    const isOpen = gate()
    const mayEnd = gate()
    const transaction = running.app.transaction(async () => {
      await users.create({ name: 'inside' })
      isOpen.resolve()
      await mayEnd.promise
    })
    await isOpen.promise
    expect((await users.find()).items).toHaveLength(1)
    expect((await running.request('/api/user')).json.items).toHaveLength(1)
    expect((await running.request('/api/user/query', { method: 'POST', body: {} })).json.items).toHaveLength(1)
    expect(
      (await running.request('/api/user', { method: 'QUERY', body: {}, headers: { 'content-type': 'application/json' } })).status,
    ).toBe(200)
    await running.app.transaction(async () => expect(await users.count()).toBe(1), { readOnly: true })
    mayEnd.resolve()
    await transaction
    expect((await users.find()).items).toHaveLength(2)
  })

  test('another process that writes is waited for without stopping this one', async () => {
    const path = file()
    const running = await started(path)
    const users = running.app.objects['user']!
    await users.create({ name: 'a' })
    const other = new DatabaseSync(path)
    cleanups.push(() => other.close())
    other.exec('begin immediate')
    const transaction = running.app.transaction(() => users.create({ name: 'b' }))
    await sleep(30)
    expect((await users.find()).items).toHaveLength(1)
    other.exec('commit')
    await transaction
    await expect(
      running.app.transaction(
        async () => {
          await users.create({ name: 'c' })
        },
        { timeout: 1000 },
      ),
    ).resolves.toBeUndefined()
    other.exec('begin immediate')
    await expect(running.app.transaction(() => users.create({ name: 'd' }), { timeout: 30 })).rejects.toMatchObject({ code: 'TIMEOUT' })
    other.exec('rollback')
    expect(await names(running)).toEqual(['a', 'b', 'c'])
  })
})
