import { StatementSync } from 'node:sqlite'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { ObjectApi } from '../../../../runtime-lite/app/object-api.ts'
import { appIr, objectIr } from '../../../support/ir.ts'
import { type RunningApp, runningApp } from '../../../support/running-app.ts'

const shop = appIr([
  objectIr({
    name: 'product',
    label: 'Product',
    fields: {
      name: { type: 'text', isRequired: true, value: { kind: 'string', maxLength: 20 } },
      code: { type: 'text', isUnique: true },
      region: 'text',
      number: 'text',
      stock: { type: 'number', value: { kind: 'number', isInteger: true, min: 0, max: 100 } },
      price: { type: 'currency', value: { kind: 'number', isInteger: false, scale: 2, min: 0 } },
      weight: 'number',
      extra: 'json',
      serial: { type: 'autonumber', value: { kind: 'string' } },
      maker: { type: 'lookup', reference: { object: 'maker', onDelete: 'restrict' } },
    },
    indexes: [{ name: 'product_region_number', fields: ['region', 'number'], isUnique: true }],
  }),
  objectIr({ name: 'maker', label: 'Maker', fields: { name: 'text' } }),
])

let app: RunningApp
let products: ObjectApi
let makers: ObjectApi
beforeAll(async () => {
  app = await runningApp(shop, { onError: () => undefined })
  products = app.app.objects['product']!
  makers = app.app.objects['maker']!
})
afterAll(() => app.close())
beforeEach(async () => {
  await products.deleteMany({})
  await makers.deleteMany({})
})
afterEach(() => vi.restoreAllMocks())

const all = async (): Promise<readonly unknown[]> => (await products.find({ orderBy: { name: 'asc' } })).items.map(({ name }) => name)

/** Statements that write and ran meanwhile. */
async function writing(work: () => Promise<unknown>): Promise<number> {
  let count = 0
  const counted = <Result>(original: (...values: never[]) => Result) =>
    function (this: StatementSync, ...values: unknown[]): Result {
      if (/^(insert|update|delete)/.test(this.sourceSQL)) count++
      return Reflect.apply(original, this, values) as Result
    }
  const { run, get, all: every } = StatementSync.prototype
  vi.spyOn(StatementSync.prototype, 'run').mockImplementation(counted(run))
  vi.spyOn(StatementSync.prototype, 'get').mockImplementation(counted(get))
  vi.spyOn(StatementSync.prototype, 'all').mockImplementation(counted(every))
  await work()
  return count
}

const version = async (id: string): Promise<number> => {
  const { headers } = await app.request(`/api/product/${id}`)
  return Number(headers.get('etag')?.replace(/\D/g, ''))
}

describe('createMany', () => {
  test('needs few statements', async () => {
    const inputs = Array.from({ length: 100 }, (_, index) => ({ name: `p${index}`, code: `c${index}` }))
    let created: unknown[] = []
    const count = await writing(async () => {
      created = await products.createMany(inputs)
    })
    expect(count).toBe(4)
    expect(created).toMatchObject(inputs)
    expect(await products.count()).toBe(100)
  })

  test('all or none: the record at fault is named', async () => {
    const inputs = Array.from({ length: 20 }, (_, index) => ({ name: `p${index}`, code: index === 17 ? 'c3' : `c${index}` }))
    await expect(products.createMany(inputs)).rejects.toMatchObject({ status: 409, errors: [{ pointer: '/17/code', code: 'duplicate' }] })
    await expect(products.createMany(inputs.map((input) => ({ ...input, code: null, maker: 'nobody' })))).rejects.toMatchObject({
      status: 422,
      errors: [{ pointer: '/0/maker', code: 'reference' }],
    })
    await expect(products.createMany([{ name: 'a' }, { stock: -1 }, 'x' as never])).rejects.toMatchObject({
      status: 422,
      errors: [{ pointer: '/1/name' }, { pointer: '/1/stock' }, { pointer: '/2' }],
    })
    expect(await products.count()).toBe(0)
  })

  test('each for itself: results in the order of the input', async () => {
    const results = await products.createMany(
      [{ name: 'a', code: '1' }, { name: 'b', code: '1' }, {}, { name: 'c', maker: 'nobody' }, { name: 'd' }],
      {
        atomic: false,
      },
    )
    expect(results).toMatchObject([
      { index: 0, record: { name: 'a' } },
      { index: 1, error: { status: 409 } },
      { index: 2, error: { status: 422 } },
      { index: 3, error: { status: 422 } },
      { index: 4, record: { name: 'd' } },
    ])
    expect(await all()).toEqual(['a', 'd'])
    const fine = await products.createMany(
      Array.from({ length: 5 }, (_, index) => ({ name: `n${index}` })),
      { atomic: false },
    )
    expect(fine.map(({ id }) => typeof id)).toEqual(Array(5).fill('string'))
  })
})

describe('amounts', () => {
  test('add, subtract and multiply what is there; null counts as nothing', async () => {
    await products.create({ id: 'a', name: 'a', stock: 5, price: 0.1 })
    expect(await products.update('a', { stock: { $inc: 3 }, price: { $inc: 0.2 }, weight: { $dec: 1.5 }, name: 'b' })).toMatchObject({
      stock: 8,
      price: 0.3,
      weight: -1.5,
      name: 'b',
    })
    expect(await products.update('a', { stock: { $mul: 1.5 }, price: { $mul: 3 } })).toMatchObject({ stock: 12, price: 0.9 })
    await Promise.all(Array.from({ length: 50 }, () => products.update('a', { stock: { $inc: 1 } })))
    expect(await products.get('a')).toMatchObject({ stock: 62 })
  })

  test('results have to meet the rules of the field; then nothing is changed', async () => {
    await products.create({ id: 'a', name: 'a', stock: 5 })
    const before = await version('a')
    await expect(products.update('a', { name: 'b', stock: { $dec: 6 } })).rejects.toMatchObject({
      status: 422,
      errors: [{ pointer: '/stock', code: 'min' }],
    })
    await expect(products.update('a', { stock: { $mul: 50 } })).rejects.toMatchObject({ status: 422, errors: [{ code: 'max' }] })
    expect([await products.get('a'), await version('a')]).toMatchObject([{ name: 'a', stock: 5 }, before])
  })

  test.each<[unknown, string]>([
    [{ name: { $inc: 1 } }, '/name'],
    [{ stock: { $inc: '1' } }, '/stock/$inc'],
    [{ stock: { $inc: 0.5 } }, '/stock/$inc'],
    [{ price: { $inc: 0.001 } }, '/price/$inc'],
    [{ stock: { $inc: Number.NaN } }, '/stock/$inc'],
    [{ stock: { $inc: 1, $dec: 1 } }, '/stock'],
    [{ stock: { $pow: 1 } }, '/stock'],
    [{ stock: {} }, '/stock'],
    [{ serial: { $inc: 1 } }, '/serial'],
    [{ nothing: { $inc: 1 } }, '/nothing'],
  ])('%j is refused', async (patch, pointer) => {
    await products.create({ id: 'a', name: 'a', stock: 5 })
    await expect(products.update('a', patch as never)).rejects.toMatchObject({ status: 422, errors: [{ pointer }] })
    await expect(products.updateMany({}, patch as never)).rejects.toMatchObject({ status: 422, errors: [{ pointer }] })
  })

  test('a JSON field takes any object', async () => {
    await products.create({ id: 'a', name: 'a' })
    expect(await products.update('a', { extra: { $inc: 1 } })).toMatchObject({ extra: { $inc: 1 } })
  })

  test('a new record takes none', async () => {
    await expect(products.create({ name: 'a', stock: { $inc: 1 } })).rejects.toMatchObject({ status: 422, errors: [{ pointer: '/stock' }] })
  })
})

describe('upsert', () => {
  test('creates or changes by id, by a unique field and by a unique index', async () => {
    expect(await products.upsertResult({ id: 'a', name: 'a', code: 'x' })).toMatchObject({ isCreated: true, record: { id: 'a' } })
    expect(await products.upsertResult({ id: 'a', stock: 3 })).toMatchObject({ isCreated: false, record: { name: 'a', stock: 3 } })
    expect(await products.upsertResult({ code: 'x', stock: 4 }, { on: ['code'] })).toMatchObject({
      isCreated: false,
      record: { id: 'a', stock: 4 },
    })
    expect(await products.upsertResult({ code: 'y', name: 'b' }, { on: ['code'] })).toMatchObject({ isCreated: true })
    const key = { region: 'eu', number: '1' }
    await products.upsert({ ...key, name: 'c' }, { on: ['number', 'region'] })
    expect(await products.upsertResult({ ...key, stock: { $inc: 2 } }, { on: ['region', 'number'] })).toMatchObject({
      isCreated: false,
      record: { name: 'c', stock: 2 },
    })
    expect(await products.upsertResult({ name: 'd' })).toMatchObject({ isCreated: true })
    expect(await all()).toEqual(['a', 'b', 'c', 'd'])
  })

  test('raises the version of what it changes', async () => {
    await products.create({ id: 'a', name: 'a' })
    const before = await version('a')
    await products.upsert({ id: 'a', name: 'b' })
    expect(await version('a')).toBe(before + 1)
  })

  test('what it creates is checked as new, what it changes as a change', async () => {
    await expect(products.upsert({ id: 'a', stock: 1 })).rejects.toMatchObject({
      status: 422,
      errors: [{ pointer: '/name', code: 'required' }],
    })
    await products.create({ id: 'a', name: 'a', code: 'x' })
    await expect(products.upsert({ id: 'other', code: 'x' }, { on: ['code'] })).rejects.toMatchObject({ errors: [{ pointer: '/id' }] })
    await expect(products.upsert({ name: 'b' }, { on: ['code'] })).rejects.toMatchObject({
      errors: [{ pointer: '/code', code: 'required' }],
    })
    await expect(products.upsert({ name: 'b' }, { on: ['name'] })).rejects.toMatchObject({
      status: 400,
      message: '"name" is no unique key of Product. There are: id, code, region and number.',
    })
    await products.create({ id: 'b', name: 'b', code: 'y' })
    await expect(products.upsert({ id: 'b', code: 'x' })).rejects.toMatchObject({ status: 409, errors: [{ pointer: '/code' }] })
    for (const wrong of [null, 1, [], 'x']) await expect(products.upsert(wrong as never)).rejects.toMatchObject({ status: 422 })
  })

  test('many, all or none', async () => {
    await products.create({ id: 'a', name: 'a' })
    expect(
      await products.upsertMany([
        { id: 'a', stock: 1 },
        { id: 'b', name: 'b' },
        { id: 'b', stock: 7 },
      ]),
    ).toMatchObject([
      { id: 'a', name: 'a', stock: 1 },
      { id: 'b', name: 'b' },
      { id: 'b', name: 'b', stock: 7 },
    ])
    await expect(products.upsertMany([{ id: 'c', name: 'c' }, { id: 'd' }])).rejects.toMatchObject({ errors: [{ pointer: '/1/name' }] })
    expect(await all()).toEqual(['a', 'b'])
  })
})

describe('writes by a filter', () => {
  beforeEach(() =>
    products.createMany(Array.from({ length: 6 }, (_, index) => ({ id: `p${index}`, name: `n${index}`, stock: index * 10 }))),
  )

  test('change what they find, in one statement', async () => {
    const before = await version('p4')
    let count = 0
    expect(
      await writing(async () => {
        count = await products.updateMany({ stock: { $gte: 30 } }, { region: 'x', weight: 2 })
      }),
    ).toBe(1)
    expect(count).toBe(3)
    expect(await version('p4')).toBe(before + 1)
    expect(await products.count({ where: { region: 'x' } })).toBe(3)
    const { updated_at, created_at } = (await products.get('p4'))!
    expect(String(updated_at) >= String(created_at)).toBe(true)
    expect(await products.updateMany({ region: 'nowhere' }, { weight: 1 })).toBe(0)
    expect(await products.updateMany({ region: 'x' }, {})).toBe(3)
  })

  test('amounts: all results are looked at', async () => {
    expect(await products.updateMany({}, { stock: { $inc: 50 } })).toBe(6)
    await expect(products.updateMany({}, { stock: { $inc: 1 }, name: 'x' })).rejects.toMatchObject({
      status: 422,
      errors: [{ pointer: '/stock', code: 'max' }],
    })
    expect((await products.find({ orderBy: 'id' })).items.map(({ stock }) => stock)).toEqual([50, 60, 70, 80, 90, 100])
  })

  test('no more than allowed', async () => {
    await expect(products.updateMany({}, { region: 'x' }, { maxAffected: 5 })).rejects.toMatchObject({ status: 400 })
    await expect(products.updateMany({}, { stock: { $inc: 1 } }, { maxAffected: 5 })).rejects.toMatchObject({ status: 400 })
    await expect(products.deleteMany({}, { maxAffected: 5 })).rejects.toMatchObject({ status: 400 })
    expect(await products.count({ where: { region: null } })).toBe(6)
    expect(await products.updateMany({}, { region: 'x' }, { maxAffected: 6 })).toBe(6)
    expect(await products.deleteMany({ region: 'x' }, { maxAffected: 6 })).toBe(6)
  })

  test('conditions on related records', async () => {
    await makers.create({ id: 'm', name: 'Ada' })
    await products.update('p1', { maker: 'm' })
    expect(await products.updateMany({ 'maker.name': 'Ada' }, { region: 'a' })).toBe(1)
    await expect(makers.deleteMany({ name: 'Ada' })).rejects.toMatchObject({
      status: 409,
      message: expect.stringContaining('other records refer to it'),
    })
    expect(await products.deleteMany({ maker: { name: 'Ada' } })).toBe(1)
    expect(await makers.deleteMany({ name: 'Ada' })).toBe(1)
  })

  test('what they refuse', async () => {
    await expect(products.updateMany({}, { code: 'same' })).rejects.toMatchObject({ status: 409, errors: [{ pointer: '/code' }] })
    await expect(products.updateMany({}, { maker: 'nobody' })).rejects.toMatchObject({ status: 422, errors: [{ pointer: '/maker' }] })
    await expect(products.updateMany({}, { name: '' })).rejects.toMatchObject({ status: 422 })
    await expect(products.updateMany({ nothing: 1 }, { name: 'x' })).rejects.toMatchObject({ status: 400, code: 'INVALID_FILTER' })
    await expect(products.updateMany(undefined, { name: 'x' })).rejects.toMatchObject({ status: 400 })
    await expect(products.deleteMany(null)).rejects.toMatchObject({ status: 400 })
    await expect(products.updateMany({}, { maker: { create: { name: 'x' } } } as never)).rejects.toMatchObject({ status: 422 })
    expect(await products.count({ where: { code: null } })).toBe(6)
  })

  test('findOneAndUpdate changes the first', async () => {
    const where = { stock: { $gte: 10 } }
    expect(await products.findOneAndUpdate(where, { stock: { $inc: 1 } }, { orderBy: { stock: 'desc' } })).toMatchObject({
      id: 'p5',
      stock: 51,
    })
    expect(await products.findOneAndUpdate(where, { region: 'x' }, { orderBy: 'name', returning: 'old' })).toMatchObject({
      id: 'p1',
      region: null,
    })
    expect(await products.findOneAndUpdate({ region: 'none' }, { region: 'y' })).toBeNull()
    await expect(products.findOneAndUpdate(where, { name: '' })).rejects.toMatchObject({ status: 422 })
    // A queue: everybody gets another one.
    const taken = await Promise.all(Array.from({ length: 6 }, () => products.findOneAndUpdate({ number: null }, { number: 'taken' })))
    expect(new Set(taken.map((record) => record?.['id'])).size).toBe(6)
  })
})

test('getBy finds by any unique key', async () => {
  await products.create({ id: 'a', name: 'a', code: 'x', region: 'eu', number: '1' })
  for (const key of [{ id: 'a' }, { code: 'x' }, { number: '1', region: 'eu' }])
    expect(await products.getBy(key)).toMatchObject({ id: 'a' })
  expect(await products.getBy({ code: 'y' })).toBeNull()
  expect(await products.getBy({ code: 'x' }, { select: ['name'] })).toEqual({ name: 'a' })
  await expect(products.getBy({ name: 'a' })).rejects.toMatchObject({ status: 400 })
  await expect(products.getBy({ code: 1 } as never)).rejects.toMatchObject({ status: 422 })
  await expect(products.getBy(null as never)).rejects.toMatchObject({ status: 400 })
})
