import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Client, createClient, isProblem, ProblemError } from '../../generated/client/index.js'
import { countAccounts, getAccount, listAccounts } from '../../generated/client/operations.js'
import { createApp } from '../../generated/index.ts'
import { serve } from '../../runtime-lite/rest/index.ts'

// The generated client against the generated server, over real HTTP.
let app: Awaited<ReturnType<typeof createApp>>
let server: Awaited<ReturnType<typeof serve>>
let client: Client

beforeAll(async () => {
  app = await createApp()
  await app.seed()
  server = await serve(app, { port: 0 })
  client = createClient({ baseUrl: server.url })
})
afterAll(async () => {
  await server.close()
  await app.close()
})

const rejection = async (promise: Promise<unknown>): Promise<ProblemError> => {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof ProblemError) return error
  throw new Error(`Not refused by the server: ${error}`)
}

test('a query means the same over HTTP and in process', async () => {
  const query = {
    where: { $or: [{ status: 'active' as const }, { name: { $contains: 'o' } }], $not: { kind: 'port' as const } },
    orderBy: [{ status: 'desc' as const }, { name: 'asc' as const }],
    select: ['name', 'status'] as const,
    expand: { owner: { select: ['id'] as const }, parent_account: true as const },
    limit: 3,
    offset: 1,
    count: true,
  }
  const page = await client.account.list(query)
  expect(page).toEqual(await app.objects.account.find(query))
  expect(page.items.length).toBeGreaterThan(0)
  expect(Object.keys(page.items[0] ?? {}).sort()).toEqual(['name', 'owner', 'parent_account', 'status'])
  expect(await countAccounts({ baseUrl: server.url }, { where: query.where })).toBe(page.total)
})

test('a record makes the round trip, whatever its id and values look like', async () => {
  const id = 'a/b ?#%客'
  const name = 'Ünïcödé "x" 🔥'
  const created = await client.account.create({
    id,
    name,
    segments: ['salt-water', 'something else'],
    site: { latitude: 1.5, longitude: -2 },
    website: 'https://example.com',
  })
  expect(created).toMatchObject({ id, name, segments: ['salt-water', 'something else'], email: null })
  expect(await client.account.get(id)).toEqual(created)
  expect((await listAccounts({ baseUrl: server.url }, { where: { name } })).items).toEqual([created])
  expect(await client.account.update(id, { segments: null, payment_days: 60 })).toMatchObject({
    name,
    segments: null,
    payment_days: 60,
  })
  expect(await client.account.delete(id)).toBeUndefined()
  expect((await rejection(getAccount({ baseUrl: server.url }, id))).code).toBe('NOT_FOUND')
})

test('concurrent changes are noticed through the etag', async () => {
  const { id } = await client.account.create({ name: 'Twice' })
  let etag = ''
  await client.account.get(id, {}, { onResponse: (response) => (etag = response.headers.get('etag') ?? '') })
  await client.account.update(id, { name: 'Once' }, { ifMatch: etag })
  const error = await rejection(client.account.update(id, { name: 'Lost' }, { ifMatch: etag }))
  expect(isProblem(error, 'PRECONDITION_FAILED')).toBe(true)
  expect((await client.account.get(id)).name).toBe('Once')
})

test('refusals say which value is wrong', async () => {
  const error = await rejection(client.account.create({ name: '', employees: -1 }))
  expect(error).toMatchObject({ status: 422, code: 'VALIDATION_ERROR' })
  expect(error.errors.map((entry) => ('pointer' in entry ? entry.pointer : entry.parameter)).sort()).toEqual(['/employees', '/name'])
  const query = await rejection(client.account.list({ where: { nmae: 'x' } as never }))
  expect(query).toMatchObject({ status: 400, code: 'INVALID_FILTER' })
})

test('relations are followed both ways, in conditions, orders and results', async () => {
  const query = {
    where: { owner: { name: { $exists: true } }, contacts: { $some: { last_name: { $icontains: 'A' } } } },
    orderBy: [{ territory: { name: 'desc' as const } }, { name: { order: 'asc' as const, nulls: 'last' as const } }],
    select: ['id', 'name'] as const,
    expand: {
      contacts: { where: { last_name: { $ne: null } }, orderBy: { last_name: 'asc' as const }, limit: 2, select: ['last_name'] as const },
    },
  }
  const page = await client.account.list(query)
  expect(page).toEqual(await app.objects.account.find(query))
  expect(page.items.length).toBeGreaterThan(0)
  for (const account of page.items) expect(account.contacts.length).toBeLessThanOrEqual(2)
  expect(page.items.some(({ contacts }) => contacts.some(({ last_name }) => last_name.toLowerCase().includes('a')))).toBe(true)
})

test('a query that is too long for an address travels in a body', async () => {
  const where = { id: { $nin: Array.from({ length: 500 }, (_, index) => `missing-${index}`) } }
  const requests: string[] = []
  const watching = createClient({
    baseUrl: server.url,
    fetch: (url, init) => {
      requests.push(`${init.method} ${new URL(url).pathname}`)
      return fetch(url, init)
    },
  })
  expect(await watching.account.list({ where, limit: 3 })).toEqual(await client.account.list({ limit: 3 }))
  expect(await watching.account.count({ where })).toBe(await client.account.count())
  expect(requests).toEqual(['POST /api/account/query', 'POST /api/account/count'])
})

test('all pages, one record after the other', async () => {
  const ids: string[] = []
  for await (const { id } of client.account.each({ orderBy: { name: 'asc' }, select: ['id'], limit: 2 })) ids.push(id)
  const { items } = await client.account.list({ orderBy: { name: 'asc' }, select: ['id'], limit: 1000 })
  expect(ids).toEqual(items.map(({ id }) => id))
  let pages = 0
  for await (const page of client.account.pages({ limit: 3 })) {
    pages++
    expect(page.items.length).toBeLessThanOrEqual(3)
  }
  expect(pages).toBe(Math.ceil(ids.length / 3))
})

test('groups and what is worked out for them', async () => {
  const query = {
    groupBy: ['status', { field: 'created_at', granularity: 'year', alias: 'year' }],
    aggregations: { n: { count: true }, least: { min: 'name' }, staff: { sum: 'employees', filter: { employees: { $gt: 0 } } } },
    having: { n: { $gte: 1 } },
    orderBy: { n: 'desc' },
  } as const
  const rows = await client.account.aggregate(query)
  expect(rows).toEqual(await app.objects.account.aggregate(query))
  expect(rows.reduce((sum, { n }) => sum + n, 0)).toBe(await client.account.count())
  for (const { year } of rows) expect(year).toMatch(/^\d{4}-01-01$/)
})

test('writes of many, of one that is found, and of one that may be there', async () => {
  const made = await client.account.createMany([{ name: 'Many 1' }, { name: 'Many 2' }])
  expect(made.map(({ name }) => name)).toEqual(['Many 1', 'Many 2'])
  const [good, bad] = await client.account.createMany([{ name: 'Many 3' }, { name: '' }], { atomic: false })
  expect(good).toMatchObject({ index: 0, record: { name: 'Many 3' } })
  expect(bad).toMatchObject({ index: 1, error: { status: 422, code: 'VALIDATION_ERROR' } })
  const where = { name: { $startsWith: 'Many ' } }
  expect(await client.account.updateMany(where, { employees: 5 })).toBe(3)
  expect(await client.account.updateMany(where, { employees: { $inc: 2 } }, { maxAffected: 3 })).toBe(3)
  expect(await client.account.findOneAndUpdate(where, { employees: { $mul: 2 } }, { orderBy: { name: 'desc' } })).toMatchObject({
    name: 'Many 3',
    employees: 14,
  })
  expect(await client.account.findOneAndUpdate({ name: 'nobody' }, { employees: 1 })).toBeNull()
  const vat = { vat_number: 'DE123456789', name: 'By number' }
  const first = await client.account.upsert(vat, { on: ['vat_number'] })
  expect(await client.account.upsert({ ...vat, employees: 1 }, { on: ['vat_number'] })).toMatchObject({ id: first.id, employees: 1 })
  expect((await client.account.upsertMany([{ ...vat, employees: 2 }], { on: ['vat_number'] })).map(({ id }) => id)).toEqual([first.id])
  expect(await client.account.getBy({ vat_number: vat.vat_number }, { select: ['employees'] })).toEqual({ employees: 2 })
  expect(await client.account.getBy({ vat_number: 'DE000000000' })).toBeNull()
  expect(await client.account.deleteMany({ $or: [where, { vat_number: vat.vat_number }] })).toBe(4)
})

test('related records are written along', async () => {
  const account = await client.account.create({
    name: 'Nested',
    owner: { create: { name: 'New owner', email: 'new-owner@example.com' } },
    contacts: { create: [{ last_name: 'First' }, { last_name: 'Second' }] },
  })
  const read = () =>
    client.account.get(account.id, { expand: { owner: { select: ['name'] }, contacts: { orderBy: { last_name: 'asc' } } } })
  const before = await read()
  expect(before.owner?.name).toBe('New owner')
  expect(before.contacts.map(({ last_name }) => last_name)).toEqual(['First', 'Second'])
  const [first, second] = before.contacts
  await client.account.update(account.id, {
    employees: { $inc: 1 },
    owner: { disconnect: true },
    contacts: { update: { id: first?.id ?? '', changes: { last_name: 'Renamed' } }, delete: second?.id ?? '' },
  })
  const after = await read()
  expect(after.owner).toBeNull()
  expect(after.contacts.map(({ last_name }) => last_name)).toEqual(['Renamed'])
})
