import { afterEach, describe, expect, test } from 'vitest'
import type { AppIr, ObjectIr } from '../../../../compiler/ir/object.ts'
import { isReachable, mysql, postgres, type ScratchDatabase } from '../../../support/database-servers.ts'
import { type RunningApp, runningApp } from '../../../support/running-app.ts'
import { shopApp } from '../../../support/shop.ts'

const DATABASES = [
  { name: 'SQLite', isThere: true, server: undefined, url: () => ':memory:' },
  {
    name: 'PostgreSQL',
    isThere: isReachable(postgres),
    server: postgres,
    url: (name: string) => `postgres://${process.env['PGUSER'] ?? 'postgres'}@${process.env['PGHOST'] ?? '127.0.0.1'}/${name}`,
  },
  {
    name: 'MariaDB',
    isThere: isReachable(mysql),
    server: mysql,
    url: (name: string) => `mysql://${process.env['MYSQL_USER'] ?? 'root'}@127.0.0.1/${name}`,
  },
] as const

/** The shop, whose orders keep their history, and the amounts of their lines. */
function trackedShop(): AppIr {
  const app = shopApp()
  return {
    ...app,
    objects: app.objects.map((object): ObjectIr => {
      if (object.name === 'order') return { ...object, annotations: { enable: { trackHistory: true } } }
      if (object.name === 'product') return { ...object, annotations: { enable: { clone: false } } }
      if (object.name !== 'line') return object
      return {
        ...object,
        fields: object.fields.map((field) => (field.name === 'amount' ? { ...field, annotations: { trackHistory: true } } : field)),
      }
    }),
  }
}

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

async function started(database: (typeof DATABASES)[number], label: string): Promise<RunningApp> {
  const scratch: ScratchDatabase | undefined = database.server?.create(label)
  if (scratch) cleanUps.push(() => scratch.drop())
  const running = await runningApp(trackedShop(), { datasource: database.url(scratch?.name ?? ''), dialects: ['postgres', 'mysql'] })
  cleanUps.push(() => running.close())
  return running
}

describe.each(DATABASES)('on $name', (database) => {
  test('tracked fields keep what they were, whoever changes them', { timeout: 60_000 }, async ({ skip }) => {
    if (!database.isThere) skip()
    const running = await started(database, 'history')
    const { app } = running
    const [order, line] = [app.objects['order']!, app.objects['line']!]
    const kept = async (object: 'order' | 'line', id: string) =>
      (await app.objects[object]!.history(id)).map(({ field, old, new: now }) => [field, old, now])
    await order.create({
      id: 'o',
      status: 'draft',
      note: 'a',
      lines: {
        create: [
          { id: 'l', amount: 1.5 },
          { id: 'm', amount: 2 },
        ],
      },
    })
    expect(await kept('order', 'o')).toEqual([])
    await order.update('o', { status: 'sent', note: 'a' })
    await order.update('o', { ordered_on: '2026-03-01', note: null })
    await line.update('l', { amount: { $inc: 1 }, note: 'not tracked' })
    expect(await line.updateMany({}, { amount: 7 })).toBe(2)
    await line.upsert({ id: 'm', amount: 8 })
    await expect(
      app.transaction(async () => {
        await order.update('o', { status: 'undone' })
        throw new Error('undone')
      }),
    ).rejects.toThrow('undone')
    // Ids sort by time; changes of one moment come in any order.
    expect((await kept('order', 'o')).sort()).toEqual([
      ['note', 'a', null],
      ['ordered_on', null, '2026-03-01'],
      ['status', 'draft', 'sent'],
    ])
    expect(await kept('line', 'l')).toEqual([
      ['amount', 2.5, 7],
      ['amount', 1.5, 2.5],
    ])
    expect(await kept('line', 'm')).toEqual([
      ['amount', 7, 8],
      ['amount', 2, 7],
    ])
    const first = await running.request('/api/line/m/history?limit=1')
    expect(first.json.items).toHaveLength(1)
    expect(first.json.items[0]).toMatchObject({
      field: 'amount',
      old: 7,
      new: 8,
      by: null,
      at: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
    })
    const second = await running.request(`/api/line/m/history?limit=5&before=${first.json.items[0].id}`)
    expect(second.json.items.map((entry: { old: unknown }) => entry.old)).toEqual([2])
    expect((await running.request('/api/line/m/history?limit=201')).status).toBe(400)
    expect((await running.request('/api/line/m/history?page=2')).status).toBe(400)
    expect((await running.request('/api/line/nobody/history')).status).toBe(404)
    expect((await running.request('/api/shop/s/history')).status).toBe(404)
    expect((await running.request('/api/line/m/history', { method: 'POST', body: {} })).status).toBe(405)
  })

  test('a clone has what another record can have, too', { timeout: 60_000 }, async ({ skip }) => {
    if (!database.isThere) skip()
    const running = await started(database, 'clone')
    const { app } = running
    await app.objects['product']!.create({ id: 'p', code: 'c' })
    const order = await app.objects['order']!.create({
      status: 'sent',
      ordered_on: '2026-03-01',
      lines: { create: [{ amount: 1.5, product: 'p' }, { amount: 2 }] },
    })
    const plain = await app.objects['order']!.clone(String(order['id']), { note: 'again' })
    expect(plain).toMatchObject({ status: 'sent', ordered_on: '2026-03-01', note: 'again', number: 'O-sent-002/X', total: 0 })
    const whole = await running.request(`/api/order/${String(order['id'])}/clone`, {
      method: 'POST',
      body: { values: { status: 'draft' }, children: ['lines'] },
    })
    expect(whole.status).toBe(201)
    expect(whole.json).toMatchObject({ status: 'draft', number: 'O-draft-001/X', total: 3.5, smallest: 1.5 })
    expect(await app.objects['line']!.count({ where: { order: whole.json.id } })).toBe(2)
    expect(await app.objects['product']!.get('p')).toMatchObject({ sold: 0 })
    const clone = (target: string, body: unknown = {}) => running.request(`/api/${target}/clone`, { method: 'POST', body })
    expect((await clone('product/p')).status).toBe(404)
    expect((await clone('order/nobody')).status).toBe(404)
    expect((await clone(`order/${String(order['id'])}`, { note: 'x' })).status).toBe(400)
    expect((await clone(`order/${String(order['id'])}`, { children: ['nothing'] })).status).toBe(400)
    expect((await clone(`order/${String(order['id'])}`, { values: { number: 'mine' } })).status).toBe(422)
    expect(await app.objects['order']!.count()).toBe(3)
  })
})
