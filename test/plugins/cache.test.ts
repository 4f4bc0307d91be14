import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { recordOf } from '../../plugins/cache/record-slots.ts'
import { type RunningServer, serve } from '../../runtime-lite/rest/serve.ts'
import { type CachedApp, closeOpened, closing, removeProjects, started } from '../support/cached-app.ts'

afterEach(closeOpened)
afterAll(removeProjects)

const make = async ({ objects }: CachedApp, id: string, rest: object = {}): Promise<string> => {
  await objects.product.create({ id, name: 'Gauge', sku: id, ...rest })
  return id
}

describe('reads', () => {
  test('are answered again without the database: by id, by key, lists, counts, groups, pages, named fields, not found', async () => {
    const app = await started({})
    const { objects, did } = app
    await make(app, 'p1')
    const reads: readonly (() => Promise<unknown>)[] = [
      () => objects.product.get('p1'),
      () => objects.product.get('nobody'),
      () => objects.product.getBy({ sku: 'p1' }),
      () => objects.product.find({ where: { name: 'Gauge' } } as never),
      () => objects.product.find({ where: { name: 'Gauge' }, cursor: '', limit: 1 } as never),
      () => objects.product.find({ expand: { maker: true } } as never),
      () => objects.product.find({ search: 'gauge' } as never),
      () => objects.product.count(),
      () => objects.product.aggregate({ groupBy: ['name'], aggregate: { total: { sum: 'price' } } } as never),
      () => app.request('/api/product/p1'),
      () => app.request('/api/product?$filter=price%20gt%201'),
      () => app.request('/api/product/count'),
    ]
    for (const [at, read] of reads.entries()) {
      const first = await read()
      let second: unknown
      expect([at, await did(async () => (second = await read()))]).toEqual([at, { hits: 1 }])
      expect(second).toEqual(first)
    }
  })

  test('differ by text, values and kinds of values', async () => {
    const app = await started({})
    const { objects } = app
    for (const [at, name] of ["a'b", 'a"b', 's1:1', '1', 'n1;', '', '_', 'ü', '💧'].entries()) {
      await objects.product.create({ id: `p${at}`, name, sku: name })
      expect((await objects.product.find({ where: { name } } as never)).items).toHaveLength(1)
      expect((await objects.product.getBy({ sku: name }))?.['id']).toBe(`p${at}`)
    }
    expect((await objects.product.find({ where: { name: null } } as never)).items).toEqual([])
    expect((await objects.product.find({ where: { name: '1' }, limit: 1 } as never)).items).toHaveLength(1)
  })

  test('give values of their own: whoever changes one changes no other', async () => {
    const app = await started({})
    await make(app, 'p1')
    const first = await app.objects.product.get('p1')
    Object.assign(first ?? {}, { name: 'mangled' })
    expect(await app.objects.product.get('p1')).toMatchObject({ name: 'Gauge' })
  })

  test('that ask for the time are never kept', async () => {
    const { objects, did } = await started({})
    await objects.deadline.create({ id: 'd1', due_on: '2020-01-01' })
    const asked = await did(async () => {
      for (let time = 0; time < 3; time++) await objects.deadline.get('d1')
      for (let time = 0; time < 3; time++) await objects.product.find({ where: 'created_at lt now()' } as never).catch(() => undefined)
    })
    expect(asked['hits']).toBeUndefined()
    expect(asked['bypassed']).toBeGreaterThanOrEqual(3)
  })

  test('of each user are their own', async () => {
    const { app, objects, did } = await started({})
    for (const owner of ['u1', 'u2']) await objects.note.create({ id: owner, owner, body: `of ${owner}` })
    const notes = (id: string) => app.as({ id }, async () => (await objects.note.find()).items.map(({ owner }) => owner))
    expect([await notes('u1'), await notes('u2'), await notes('u3')]).toEqual([['u1'], ['u2'], []])
    expect(await did(async () => [await notes('u1'), await notes('u2')])).toEqual({ hits: 2 })
    expect(await app.as({ id: 'u1' }, () => objects.note.get('u2'))).toBeNull()
    expect((await objects.note.find()).items).toHaveLength(2)
  })

  test('of objects that are left out, or touch one that is, go to the database', async () => {
    const app = await started({ include: ['product'], ttl_by_object: { product: 60 } })
    const { objects, did } = app
    const twice = (read: () => unknown) => did(async () => [await read(), await read()])
    expect(await twice(() => objects.offer.find())).toEqual({ bypassed: 2 })
    // The formula of a product reads its maker.
    expect(await twice(() => objects.product.find())).toEqual({ bypassed: 2 })
    expect(await twice(() => objects.product.find({ select: ['id', 'name'] } as never))).toEqual({ misses: 1, hits: 1 })
    await expect(started({ include: ['prodcut'] })).rejects.toThrow('There is no object "prodcut" to cache.')
  })
})

describe('a commit ends what it makes stale', () => {
  test('also where the database, a roll-up or a relation is behind it', async () => {
    const app = await started({})
    const { objects } = app
    await objects.maker.create({ id: 'm1', name: 'Adler' })
    await make(app, 'p1', { maker: 'm1' })
    await objects.offer.create({ id: 'o1', product: 'p1' })
    const look = async () => ({
      products: (await objects.maker.get('m1'))?.['products'],
      maker: (await objects.product.get('p1'))?.['maker_name'],
      related: (await objects.product.find({ where: { maker: { name: 'Adler' } } } as never)).items.length,
      offers: await objects.offer.count(),
    })
    expect(await look()).toEqual({ products: 1, maker: 'Adler', related: 1, offers: 1 })
    await objects.maker.update('m1', { name: 'Bär' })
    expect(await look()).toEqual({ products: 1, maker: 'Bär', related: 0, offers: 1 })
    await objects.product.delete('p1')
    expect(await look()).toEqual({ products: 0, maker: undefined, related: 0, offers: 0 })
  })

  test('and not before: what is undone changes nothing, and a transaction sees what it wrote', async () => {
    const app = await started({})
    const { objects, did } = app
    await make(app, 'p1')
    const name = async () => (await objects.product.get('p1'))?.['name']
    expect(await name()).toBe('Gauge')
    const undone = app.app.transaction(async () => {
      await objects.product.update('p1', { name: 'Buoy' })
      expect(await name()).toBe('Buoy')
      throw new Error('Undone.')
    })
    await expect(undone).rejects.toThrow('Undone.')
    expect(await did(name)).toEqual({ hits: 1 })
    await app.app.transaction(() => objects.product.update('p1', { name: 'Mast' }))
    expect(await name()).toBe('Mast')
  })

  test('of other objects nothing', async () => {
    const app = await started({})
    await make(app, 'p1')
    await app.objects.note.create({ id: 'n1', body: 'x' })
    await app.objects.product.get('p1')
    await app.objects.note.update('n1', { body: 'y' })
    expect(await app.did(() => app.objects.product.get('p1'))).toEqual({ hits: 1 })
  })

  test('of one record the lists, and nothing about other records', async () => {
    const app = await started({})
    const { objects, did } = app
    for (const id of ['p1', 'p2', 'p3']) await make(app, id)
    expect(new Set(['p1', 'p2', 'p3', 'p9'].map((id) => recordOf('stock item', id)))).toHaveProperty('size', 4)
    const others = [() => objects.product.get('p2'), () => app.request('/api/product/p2'), () => objects.product.get('p9')]
    const lists = [() => objects.product.find(), () => objects.product.count(), () => objects.product.getBy({ sku: 'p2' })]
    const all = [...others, ...lists, () => objects.product.get('p1')]
    const ask = (reads: readonly (() => unknown)[]) =>
      did(async () => {
        for (const read of reads) await read()
      })
    const writes: readonly (() => unknown)[] = [
      () => objects.product.update('p1', { name: 'Buoy' }),
      () => objects.product.update('p1', { price: { $inc: 1 } } as never),
      () => app.request('/api/product/p1', { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: { price: 5 } }),
      () => app.app.transaction(() => objects.product.update('p1', { name: 'Mast' })),
      () => objects.product.delete('p1'),
      () => objects.product.create({ id: 'p1', name: 'Gauge', sku: 'p1' }),
      () => app.cache.invalidate('product', 'p1'),
    ]
    for (const [at, write] of writes.entries()) {
      await ask(all)
      await write()
      expect([at, await ask(others)]).toEqual([at, { hits: others.length }])
      expect([at, await ask([...lists, () => objects.product.get('p1')])]).toEqual([at, { misses: lists.length + 1 }])
    }
    expect(await objects.product.get('p1')).toMatchObject({ name: 'Gauge' })
  })

  test('of one record that takes others of its object along everything about them', async () => {
    const { objects } = await started({})
    await objects.offer.create({ id: 'o1' })
    await objects.offer.create({ id: 'o2', follows: 'o1' })
    expect(await objects.offer.get('o2')).toMatchObject({ follows: 'o1' })
    await objects.offer.delete('o1')
    expect(await objects.offer.get('o2')).toBeNull()
  })

  test('of many records everything about them', async () => {
    const app = await started({})
    const { objects, did } = app
    for (const id of ['p1', 'p2']) await make(app, id)
    for (const write of [
      () => objects.product.updateMany({ name: 'Gauge' }, { price: 7 }),
      () => app.cache.invalidate('product'),
      // Its followers are cleared by the database.
      () => objects.maker.delete('m1'),
    ]) {
      await objects.maker.upsert({ id: 'm1', name: 'Adler' })
      await objects.product.get('p2')
      await write()
      expect(await did(() => objects.product.get('p2'))).toEqual({ misses: 1 })
    }
  })

  test('seeds, trash, purges and statements of app.db', async () => {
    const app = await started({})
    const { objects } = app
    await objects.note.create({ id: 'n1', body: 'x' })
    const counts = async () => [await objects.note.count(), await objects.note.count({ deleted: 'with' } as never)]
    expect(await counts()).toEqual([1, 1])
    await objects.note.delete('n1')
    expect(await counts()).toEqual([0, 1])
    await objects.note.restore('n1')
    expect(await counts()).toEqual([1, 1])
    const db = app.app.db as never as { deleteFrom(table: string): { execute(): Promise<unknown> } }
    await db.deleteFrom('note').execute()
    expect(await counts()).toEqual([0, 0])
    await make(app, 'p1')
    await objects.product.get('p1')
    await app.app.seed()
    expect(await app.did(() => objects.product.get('p1'))).toEqual({ misses: 1 })
  })
})

describe('limits', () => {
  test('of entries and bytes hold, and what is used stays longer', async () => {
    const app = await started({ max_entries: 20 })
    await make(app, 'used')
    for (let at = 0; at < 100; at++) {
      await app.objects.product.get('used')
      await app.objects.product.get(`p${at}`)
    }
    const { entries, evictions } = app.cache.statistics()
    expect([entries, evictions]).toEqual([20, 81])
    expect(await app.did(() => app.objects.product.get('used'))).toEqual({ hits: 1 })

    const small = await started({ max_bytes: 5000, max_entry_bytes: 3000 })
    await make(small, 'p1')
    for (let at = 0; at < 50; at++) await small.objects.product.get(`p${at}`)
    expect(small.cache.statistics().bytes).toBeLessThanOrEqual(5000)
    await small.objects.product.create({ id: 'long', name: 'x'.repeat(2000), sku: 'long' })
    await small.objects.product.get('long')
    expect(await small.did(() => small.objects.product.get('long'))).toEqual({ misses: 1 })
  })

  test('of time hold', async () => {
    const app = await started({ ttl_seconds: 1 })
    await make(app, 'p1')
    await app.objects.product.get('p1')
    await new Promise((resolve) => setTimeout(resolve, 1050))
    expect(await app.did(() => app.objects.product.get('p1'))).toEqual({ misses: 1 })
  })
})

test('Cache-Status says where a reply comes from', async () => {
  const app = await started({ status_header: true })
  await make(app, 'p1')
  const server: RunningServer = closing(await serve(app.app as never, { port: 0 }))
  const status = async (path: string) => {
    const reply = await fetch(`http://127.0.0.1:${server.port}${path}`)
    return [reply.status, reply.headers.get('cache-status')]
  }
  expect(await status('/api/product/p1')).toEqual([200, 'objectql; fwd=miss; stored'])
  expect(await status('/api/product/p1')).toEqual([200, 'objectql; hit'])
  expect(await status('/api/deadline')).toEqual([200, 'objectql; fwd=bypass'])
  expect(await status('/livez')).toEqual([200, null])
})

describe('the service', () => {
  test('keeps values of other plugins, which end with the objects they follow from', async () => {
    const app = await started({})
    const { cache } = app
    expect(await cache.get('a')).toBeUndefined()
    await cache.set('a', { deep: [1, null, 'ü'] })
    expect(await cache.get('a')).toEqual({ deep: [1, null, 'ü'] })
    await cache.delete('a')
    expect(await cache.get('a')).toBeUndefined()
    let worked = 0
    const total = () =>
      cache.remember(
        'total',
        async () => {
          worked++
          return app.objects.product.count()
        },
        { objects: ['product'] },
      )
    expect([await total(), await total(), worked]).toEqual([0, 0, 1])
    await make(app, 'p1')
    expect([await total(), await total(), worked]).toEqual([1, 1, 2])
    await cache.invalidate('product', 'p1')
    expect([await total(), worked]).toEqual([1, 3])
    await cache.clear()
    expect([await total(), worked]).toEqual([1, 4])
    await expect(cache.set('a', 1, { objects: ['nothing'] })).rejects.toThrow('The object "nothing" is not cached.')
    await expect(cache.set('', 1)).rejects.toThrow(TypeError)
    await expect(cache.set('a', undefined)).rejects.toThrow('A value of the cache is JSON.')
    expect(cache.health()).toEqual({ status: 'ok' })
  })

  test('a value that was worked out beside a commit is given and not kept', async () => {
    const app = await started({})
    const stale = await app.cache.remember(
      'total',
      async () => {
        const before = await app.objects.product.count()
        await make(app, 'p1')
        return before
      },
      { objects: ['product'] },
    )
    expect(stale).toBe(0)
    expect(await app.cache.get('total', { objects: ['product'] })).toBeUndefined()
  })
})

test('SQLite needs no Redis', async () => {
  await expect(started({ store: 'redis', redis_url: 'redis://127.0.0.1:1' })).rejects.toThrow('use the store "process"')
})

test('once it is stopped, nothing is kept and the application goes on', async () => {
  const app = await started({})
  await make(app, 'p1')
  await app.objects.product.get('p1')
  await app.app.kernel?.stop()
  expect(await app.did(async () => [await app.objects.product.get('p1'), await app.objects.product.get('p1')])).toEqual({})
})
