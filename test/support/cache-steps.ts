import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect } from 'vitest'
import type { RawRecord } from '../../runtime-lite/object/object-plan.ts'
import type { ShopApp } from './cached-app.ts'
import type { Random } from './random.ts'

type Read = (app: ShopApp) => Promise<unknown>
type Write = (app: ShopApp) => Promise<unknown>

const IDS = Array.from({ length: 8 }, (_, at) => `r${at}`)
const NAMES = ['Gauge', 'Buoy', 'Mast', "O'Neil", 'product', '"maker"']

/** Reads of every kind, over few records, so that the same comes again and again. */
export function someRead({ below, pick, chance }: Random): Read {
  const [id, other, name, price] = [pick(IDS), pick(IDS), pick(NAMES), below(4)]
  // Each read is asked twice: of the cache and of the database.
  const [deleted, user, expand] = [pick(['with', 'only']), { id: pick(['u1', 'u2']) }, chance(0.5) ? '?expand=maker' : '']
  const reads: readonly Read[] = [
    ({ objects }) => objects.product.get(id),
    ({ objects }) => objects.product.get(id, { expand: { maker: true } } as never),
    ({ objects }) => objects.product.getBy({ sku: id }),
    ({ objects }) => objects.maker.get(id),
    ({ objects }) => objects.product.find({ where: { price: { $gte: price } }, orderBy: { id: 'asc' }, count: true } as never),
    ({ objects }) => objects.product.find({ where: { maker: { name } }, orderBy: ['id'], select: ['id', 'maker_name'] } as never),
    ({ objects }) => objects.product.find({ orderBy: ['name', 'id'], limit: 3, cursor: '' } as never),
    ({ objects }) => objects.maker.find({ where: { products: { $gt: 0 } }, orderBy: ['id'] } as never),
    ({ objects }) => objects.maker.find({ expand: { products_by_maker: true }, orderBy: ['id'] } as never),
    ({ objects }) => objects.offer.find({ where: { product: { maker: { name } } }, orderBy: ['id'] } as never),
    ({ objects }) => objects.offer.get(id),
    ({ objects }) => objects.offer.get(other),
    ({ objects }) => objects.offer.count({ where: { product: id } } as never),
    ({ objects }) => objects.product.count(),
    ({ objects }) => objects.product.aggregate({ groupBy: ['maker'], aggregate: { total: { sum: 'price' } }, orderBy: ['maker'] } as never),
    ({ objects }) => objects.product.find({ search: 'gauge', orderBy: ['id'] } as never),
    ({ objects }) => objects.note.find({ orderBy: ['id'], deleted } as never),
    ({ app, objects }) => app.as(user, () => objects.note.find({ orderBy: ['id'] } as never)),
    ({ app, objects }) => app.as(user, () => objects.note.get(id)),
    ({ objects }) => objects.deadline.find({ orderBy: ['id'] } as never),
    async ({ request }) => {
      const { status, text, headers } = await request(`/api/product/${id}${expand}`)
      return [status, text, headers.get('etag')]
    },
    async ({ request }) => (await request(`/api/product?filter=price gt ${price}&orderby=id`.replaceAll(' ', '%20'))).text,
    async ({ request }) => (await request('/api/offer/count')).text,
    ({ app }) =>
      (app.db as never as { selectFrom(table: string): { selectAll(): { orderBy(name: string): { execute(): Promise<unknown> } } } })
        .selectFrom('maker')
        .selectAll()
        .orderBy('id')
        .execute(),
  ]
  return pick(reads)
}

/** Writes of every kind. What is refused is a step too. */
export function someWrite(chances: Random, isInProcess = false): Write {
  const { below, pick, chance } = chances
  const [id, other, name, price] = [pick(IDS), pick(IDS), pick(NAMES), below(4)]
  const product = (): RawRecord => ({ id, name, sku: id, price, maker: chance(0.7) ? other : null })
  const one = product()
  const writes: readonly Write[] = [
    // A request takes part in no transaction, and would wait for the one that waits for it.
    ({ objects, request }) =>
      isInProcess
        ? objects.product.update(id, { price })
        : request(`/api/product/${id}`, { method: 'PATCH', headers: JSON_TYPE, body: { price } }),
    ({ objects }) => objects.maker.create({ id, name: `${name} ${id}` }),
    ({ objects }) => objects.product.create(one),
    ({ objects }) => objects.product.createMany([one, { ...one, id: other, sku: other }]),
    ({ objects }) => objects.product.update(id, { price }),
    ({ objects }) => objects.product.update(id, { price: { $inc: 1 } }),
    ({ objects }) => objects.product.update(id, { maker: other }),
    ({ objects }) => objects.product.upsert(one),
    ({ objects }) => objects.product.upsertMany([one], { on: ['sku'] }),
    ({ objects }) => objects.product.updateMany({ price }, { price: 3 - price }),
    ({ objects }) => objects.product.findOneAndUpdate({ price }, { name }),
    ({ objects }) => objects.product.delete(id),
    ({ objects }) => objects.product.deleteMany({ price, id: { $gt: 'r3' } }),
    ({ objects }) => objects.maker.delete(id),
    ({ objects }) => objects.maker.update(id, { name: `${name} ${id}` }),
    ({ objects }) => objects.maker.deleteMany({ id: { $gt: 'r5' } }),
    ({ objects }) => objects.offer.create({ id, label: name, product: other }),
    ({ objects }) => objects.offer.update(id, { product: other }),
    ({ objects }) => objects.offer.upsert({ id, label: name, product: other, follows: null }),
    ({ objects }) => objects.offer.update(id, { follows: other }),
    ({ objects }) => objects.offer.delete(id),
    ({ objects }) => objects.note.upsert({ id, body: name, owner: pick(['u1', 'u2']) }),
    ({ objects }) => objects.note.delete(id),
    ({ objects }) => objects.note.restore(id),
    ({ objects }) => objects.note.purgeMany({ id }),
    ({ objects }) => objects.deadline.upsert({ id, due_on: `20${10 + 5 * below(9)}-01-01` }),
    ({ app }) =>
      (app.db as never as { updateTable(table: string): { set(row: object): { where(...given: unknown[]): { execute(): unknown } } } })
        .updateTable('maker')
        .set({ name: `${name} db ${id}` })
        .where('id', '=', id)
        .execute() as Promise<unknown>,
  ]
  return pick(writes)
}

const JSON_TYPE = { 'content-type': 'application/json' }

/** Reads and writes together, kept or undone as a whole; some inside of others. Reads in it see what it wrote. */
export function someTransaction(chances: Random): Write {
  const steps = Array.from({ length: 1 + chances.below(4) }, () => (chances.chance(0.4) ? someRead(chances) : someWrite(chances, true)))
  const isKept = chances.chance(0.6)
  const inner = chances.chance(0.2) ? someWrite(chances, true) : undefined
  return (app) =>
    app.app.transaction(async () => {
      for (const step of steps) await settled(step(app))
      if (inner)
        await settled(
          app.app.transaction(async () => {
            await settled(inner(app))
            throw new Error('Undone.')
          }),
        )
      if (!isKept) throw new Error('Undone.')
    })
}

/** What was refused is no failure of a test. */
export async function settled(work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    if ((error as { readonly status?: number }).status === 500) throw error
  }
}

/** The cached answer is that of the database. */
export async function same(read: Read, cached: ShopApp, reference: ShopApp, what: string): Promise<void> {
  // Reads of SQLite share a snapshot for a turn of the event loop: that of the reference may be from before the last commit.
  await nextTurn()
  const found = await read(cached)
  const wanted = await read(reference)
  expect(plain(found), what).toEqual(plain(wanted))
}

/** Cursors are signed; those of one database are all alike. Everything else has to be the same. */
const plain = (answer: unknown): unknown => JSON.parse(JSON.stringify(answer ?? null))
