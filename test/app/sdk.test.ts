import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Client, createClient, isProblem, ProblemError } from '../../generated/client/index.js'
import { countAccounts, getAccount, listAccounts } from '../../generated/client/operations.js'
import { createApp } from '../../generated/index.ts'
import type { App } from '../../runtime-lite/app/app.ts'
import { serve } from '../../runtime-lite/rest/index.ts'

// The generated client against the generated server, over real HTTP.
let app: Awaited<ReturnType<typeof createApp>>
let server: Awaited<ReturnType<typeof serve>>
let client: Client

beforeAll(async () => {
  app = await createApp()
  await app.seed()
  server = await serve(app as App, { port: 0 })
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
  })
  expect(created).toMatchObject({ id, name, segments: ['salt-water', 'something else'], website: null })
  expect(await client.account.get(id)).toEqual(created)
  expect((await listAccounts({ baseUrl: server.url }, { where: { name } })).items).toEqual([created])
  expect(await client.account.update(id, { segments: null, is_key_account: true })).toMatchObject({
    name,
    segments: null,
    is_key_account: true,
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
