import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import type { RawRecord } from '../../../../runtime-lite/index.ts'
import { isReachable, mysql, postgres, type ScratchDatabase } from '../../../support/database-servers.ts'
import { type Random, random as seeded } from '../../../support/random.ts'
import { shopTotals } from '../../../support/roll-up.ts'
import { type RunningApp, runningApp } from '../../../support/running-app.ts'
import { shopApp } from '../../../support/shop.ts'

const DATABASES = [
  { name: 'SQLite', isThere: true, server: undefined, url: () => ':memory:', steps: 400 },
  {
    name: 'PostgreSQL',
    isThere: isReachable(postgres),
    server: postgres,
    url: (name: string) => `postgres://${process.env['PGUSER'] ?? 'postgres'}@${process.env['PGHOST'] ?? '127.0.0.1'}/${name}`,
    steps: 120,
  },
  {
    name: 'MariaDB',
    isThere: isReachable(mysql),
    server: mysql,
    url: (name: string) => `mysql://${process.env['MYSQL_USER'] ?? 'root'}@127.0.0.1/${name}`,
    steps: 120,
  },
] as const

type Objects = 'shop' | 'order' | 'product' | 'line'

async function withShop(database: (typeof DATABASES)[number], label: string, work: (app: RunningApp) => Promise<void>): Promise<void> {
  const scratch: ScratchDatabase | undefined = database.server?.create(label)
  try {
    const running = await runningApp(shopApp(), { datasource: database.url(scratch?.name ?? ''), dialects: ['postgres', 'mysql'] })
    try {
      await work(running)
    } finally {
      await running.close()
    }
  } finally {
    scratch?.drop()
  }
}

async function recordsOf({ app }: RunningApp, object: Objects): Promise<readonly RawRecord[]> {
  return (await app.objects[object]!.find({ limit: 1000 })).items
}

/** What the server keeps is what one would work out. */
async function expectTotals(running: RunningApp): Promise<void> {
  const tables = {
    shop: await recordsOf(running, 'shop'),
    order: await recordsOf(running, 'order'),
    product: await recordsOf(running, 'product'),
    line: await recordsOf(running, 'line'),
  }
  const stored = new Map([...tables.order, ...tables.shop, ...tables.product].map((record) => [record['id'], record]))
  for (const expected of shopTotals(tables)) {
    const record = stored.get(expected['id'])
    for (const [field, value] of Object.entries(expected))
      if (typeof value === 'number') expect(record?.[field], `${String(expected['id'])}.${field}`).toBeCloseTo(value, 6)
      else expect(record?.[field], `${String(expected['id'])}.${field}`).toEqual(value)
  }
}

const pick = (random: Random, records: readonly RawRecord[]): string | undefined =>
  records.length === 0 ? undefined : String(records[random.below(records.length)]?.['id'])

/** One write of any kind. */
async function writeSomething(running: RunningApp, random: Random): Promise<void> {
  const { app } = running
  const [shops, orders, products, lines] = [
    await recordsOf(running, 'shop'),
    await recordsOf(running, 'order'),
    await recordsOf(running, 'product'),
    await recordsOf(running, 'line'),
  ]
  const amount = (): number | null => (random.below(10) === 0 ? null : random.below(3001) / 100)
  const orNone = (id: string | undefined): string | null => (random.below(5) === 0 ? null : (id ?? null))
  const line = (): RawRecord => ({ order: orNone(pick(random, orders)), product: orNone(pick(random, products)), amount: amount() })
  const order = (): RawRecord => ({
    shop: orNone(pick(random, shops)),
    status: ['draft', 'sent', 'paid'][random.below(3)],
    ordered_on: `2026-0${1 + random.below(9)}-11`,
  })
  const [shop, one, product, row] = [pick(random, shops), pick(random, orders), pick(random, products), pick(random, lines)]
  const writes: readonly (() => Promise<unknown>)[] = [
    () => app.objects['shop']!.create({ name: 's', parent: orNone(shop) }),
    () => app.objects['order']!.create(order()),
    () => app.objects['product']!.create({ code: `p${random.below(10)}` }),
    () => app.objects['line']!.create(line()),
    () => app.objects['line']!.createMany(Array.from({ length: 2 + random.below(11) }, line)),
    () => app.objects['order']!.create({ ...order(), lines: { create: [{ amount: 7, product: orNone(product) }, { amount: 3 }] } }),
    async () => row && app.objects['line']!.update(row, line()),
    async () => row && app.objects['line']!.update(row, { note: 'n' }),
    async () => row && app.objects['line']!.update(row, { amount: { $inc: 1.5 } }),
    async () => row && app.objects['line']!.delete(row),
    async () => one && app.objects['order']!.update(one, order()),
    async () => one && app.objects['order']!.delete(one),
    async () => product && app.objects['product']!.delete(product),
    async () => shop && random.below(3) === 0 && app.objects['shop']!.delete(shop),
    async () => shop && app.objects['shop']!.update(shop, { parent: orNone(pick(random, shops)) }),
    () => app.objects['line']!.updateMany({ amount: { $lt: random.below(21) } }, { amount: amount() }),
    () => app.objects['line']!.updateMany({ amount: { $gt: 20 } }, { order: orNone(one) }),
    () => app.objects['line']!.deleteMany({ amount: { $gt: 25 + random.below(11) } }),
    () => app.objects['order']!.updateMany({ status: 'draft' }, { status: 'sent' }),
    () => app.objects['order']!.deleteMany({ ordered_on: `2026-0${1 + random.below(9)}-11` }),
    () => app.objects['product']!.upsert({ code: `p${random.below(10)}` }, { on: ['code'] }),
    async () => row && app.objects['line']!.upsert({ id: row, ...line() }),
    async () =>
      app
        .transaction(async () => {
          await app.objects['line']!.create(line())
          await app.objects['order']!.create(order())
          if (random.below(2) === 0) throw new Error('undone')
        })
        .catch((error: Error) => {
          if (error.message !== 'undone') throw error
        }),
  ]
  try {
    await writes[random.below(writes.length)]?.()
  } catch (error) {
    if ((error as { status?: number }).status !== 409) throw error
  }
}

describe.each(DATABASES)('on $name', (database) => {
  test('roll-ups are right after any write', { timeout: 120_000 }, async ({ skip }) => {
    if (!database.isThere) skip()
    await withShop(database, 'summaries', async (running) => {
      const random = seeded(7)
      for (let step = 0; step < database.steps; step++) {
        await writeSomething(running, random)
        if (step % 5 === 0) await expectTotals(running)
      }
      await expectTotals(running)
    })
  })

  test('writers that meet leave no roll-up behind', { timeout: 120_000 }, async ({ skip }) => {
    if (!database.isThere) skip()
    await withShop(database, 'meeting', async (running) => {
      const { app } = running
      const shop = await app.objects['shop']!.create({ name: 'one' })
      const orders = await app.objects['order']!.createMany([
        { shop: shop['id'], status: 'sent' },
        { shop: shop['id'], status: 'sent' },
      ])
      const lines = await app.objects['line']!.createMany(
        Array.from({ length: 20 }, (_, index) => ({ order: orders[index % 2]?.['id'], amount: index })),
      )
      await Promise.all([
        ...Array.from({ length: 30 }, (_, index) => app.objects['line']!.create({ order: orders[index % 2]?.['id'], amount: index })),
        ...lines.map(({ id }, index) => app.objects['line']!.update(String(id), { order: orders[(index + 1) % 2]?.['id'], amount: 1 })),
      ])
      await expectTotals(running)
      const all = await recordsOf(running, 'line')
      expect(new Set(all.map(({ position }) => position)).size).toBe(50)
      expect(all.map(({ position }) => Number(position)).sort((a, b) => a - b)).toEqual(
        Array.from({ length: 50 }, (_, index) => 100 + index),
      )
    })
  })

  test('numbers count on from what is there, each text before the counter for itself', { timeout: 60_000 }, async ({ skip }) => {
    if (!database.isThere) skip()
    await withShop(database, 'numbers', async ({ app }) => {
      const order = app.objects['order']!
      expect((await order.create({}))['number']).toBe('O-draft-001/X')
      const many = await order.createMany(Array.from({ length: 1000 }, (_, index) => ({ status: index % 2 === 0 ? 'draft' : 'paid' })))
      expect(many.slice(0, 4).map(({ number }) => number)).toEqual(['O-draft-002/X', 'O-paid-001/X', 'O-draft-003/X', 'O-paid-002/X'])
      expect(many.at(-1)?.['number']).toBe('O-paid-500/X')
      await expect(order.create({ number: 'mine' })).rejects.toMatchObject({ status: 422 })
      // Numbers that came from elsewhere, before there was a counter.
      const [id] = [String(many[0]?.['id'])]
      await app.db
        .updateTable('order' as never)
        .set({ number: 'O-old-0041/X' } as never)
        .where('id' as never, '=', id as never)
        .execute()
      expect((await order.create({ status: 'old' }))['number']).toBe('O-old-042/X')
    })
  })

  test('what was written around the application is put right by a rebuild', { timeout: 60_000 }, async ({ skip }) => {
    if (!database.isThere) skip()
    await withShop(database, 'rebuild', async (running) => {
      const { app } = running
      const shop = await app.objects['shop']!.create({ name: 'one' })
      const order = await app.objects['order']!.create({
        shop: shop['id'],
        status: 'sent',
        lines: { create: [{ amount: 3 }, { amount: 4.5 }] },
      })
      expect(order).toMatchObject({ total: 7.5, smallest: 3 })
      expect(await app.rebuildSummaries()).toBe(0)
      await app.db
        .updateTable('line' as never)
        .set({ amount: 9 } as never)
        .execute()
      expect((await app.objects['shop']!.get(String(shop['id'])))?.['turnover']).toBe(7.5)
      expect(await app.rebuildSummaries()).toBe(2)
      expect((await app.objects['shop']!.get(String(shop['id'])))?.['turnover']).toBe(18)
      await expectTotals(running)
      await expect(app.rebuildSummaries('nothing')).rejects.toMatchObject({ status: 404 })
    })
  })

  test('an application that gets roll-ups and numbers later has them for what is there', { timeout: 60_000 }, async ({ skip }) => {
    if (!database.isThere) skip()
    const scratch = database.server?.create('later')
    const file = join(tmpdir(), `objectql-later-${process.pid}.db`)
    const options = { datasource: scratch ? database.url(scratch.name) : `sqlite:${file}`, dialects: ['postgres', 'mysql'] as const }
    const app = shopApp()
    const without = app.objects.map((object) => ({
      ...object,
      fields: object.fields
        .filter(({ summary }) => !summary)
        .map(({ autonumber: _, ...field }) => ({ ...field, isComputed: field.name.endsWith('_at') })),
    }))
    try {
      const before = await runningApp({ ...app, objects: without }, options)
      await before.app.objects['shop']!.create({ id: 's' })
      await before.app.objects['order']!.createMany([
        { id: 'a', shop: 's', status: 'sent', number: 'O-sent-0017/X' },
        { id: 'b', shop: 's', number: 'O-sent-9/Y-1' },
      ])
      await before.app.objects['line']!.createMany([{ order: 'a', amount: 2.5 }, { order: 'a', amount: 4 }, { amount: 1 }])
      await before.close()
      const after = await runningApp(app, options)
      try {
        await expectTotals(after)
        expect(await after.app.objects['order']!.get('a')).toMatchObject({ total: 6.5, number: 'O-sent-0017/X' })
        expect(await after.app.objects['order']!.create({ status: 'sent' })).toMatchObject({ total: 0, number: 'O-sent-018/X' })
        await expectTotals(after)
      } finally {
        await after.close()
      }
    } finally {
      scratch?.drop()
      rmSync(file, { force: true })
    }
  })
})

test('keeping costs few statements, whatever the number of records, and nothing where nothing is kept', async () => {
  const db = new DatabaseSync(':memory:')
  const counted: string[] = []
  const prepare = db.prepare.bind(db)
  db.prepare = (sql: string) => {
    const statement = prepare(sql)
    const run = (name: 'all' | 'get' | 'run' | 'iterate'): void => {
      const plain = statement[name].bind(statement) as (...values: never[]) => never
      statement[name] = ((...values: never[]) => {
        counted.push(sql)
        return plain(...values)
      }) as never
    }
    for (const name of ['all', 'get', 'run', 'iterate'] as const) run(name)
    return statement
  }
  const running = await runningApp(shopApp(), { datasource: db })
  const { app } = running
  const writesOf = async (work: () => Promise<unknown>): Promise<readonly string[]> => {
    counted.length = 0
    await work()
    return counted.flatMap((sql) => /^(?:insert into|update|delete from|select) .*?"(\w+)"/.exec(sql)?.slice(0, 2).join(' ') ?? [])
  }
  const counts = async (work: () => Promise<unknown>): Promise<Record<string, number>> => {
    const statements = await writesOf(work)
    const verbs = statements.map((text) => `${text.split(' ')[0]} ${text.split(' ').at(-1)}`)
    return Object.fromEntries([...new Set(verbs)].map((verb) => [verb, verbs.filter((other) => other === verb).length]))
  }
  await app.objects['shop']!.create({ id: 's', name: 'one' })
  const order = await app.objects['order']!.create({ id: 'o', shop: 's', status: 'sent' })
  await app.objects['product']!.create({ id: 'p' })
  expect(order['number']).toBe('O-sent-001/X')
  const many = await counts(() =>
    app.objects['line']!.createMany(Array.from({ length: 1000 }, () => ({ order: 'o', product: 'p', amount: 1 }))),
  )
  // One for the numbers of a thousand records, and one for each roll-up that they count for.
  expect(many['insert _objectql_counters']).toBe(1)
  expect(many['update order']).toBe(1)
  expect(many['update product']).toBe(1)
  expect(many['update shop']).toBe(1)
  const line = (await app.objects['line']!.find({ limit: 1 })).items[0]
  // What no roll-up looks at is written as if there were none; SQLite reads the record behind it.
  const note = await counts(() => app.objects['line']!.update(String(line?.['id']), { note: 'n' }))
  expect(note['update line']).toBe(1)
  expect(Object.keys(note)).toHaveLength(2)
  const name = await counts(() => app.objects['shop']!.update('s', { name: 'two' }))
  expect(name['update shop']).toBe(1)
  expect(Object.keys(name)).toHaveLength(2)
  await running.close()
  db.close()
})
