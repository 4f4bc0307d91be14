import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { officeApp } from '../../../support/office.ts'
import { type Answer, type Call, type RunningApp, runningApp } from '../../../support/running-app.ts'

let app: RunningApp
beforeAll(async () => {
  app = await runningApp(officeApp(), { onError: () => undefined, api: { maxPageSize: 50 } })
})
afterAll(() => app.close())
beforeEach(() => {
  for (const table of ['task', 'account', 'user']) app.core.embedded!.db.exec(`delete from "${table}"`)
})

const post = (target: string, body: unknown, headers: Call['headers'] = {}): Promise<Answer> =>
  app.request(target, { method: 'POST', body, headers })
const count = async (object = 'account'): Promise<number> => (await app.request(`/api/${object}/count`)).json.count
const accounts = (...names: string[]) => names.map((name) => ({ id: name, name }))

describe('queries as documents', () => {
  const query = { where: { name: { $in: ['a', 'b'] } }, orderBy: { name: 'desc' }, select: ['name'], limit: 1, count: true }

  test.each<[string, string]>([
    ['POST', '/api/account/query'],
    ['QUERY', '/api/account'],
    ['QUERY', '/api/account/'],
  ])('%s %s', async (method, target) => {
    await post('/api/account', accounts('a', 'b', 'c'))
    const { status, json } = await app.request(target, { method, body: query, headers: { 'content-type': 'application/json' } })
    expect([status, json]).toEqual([200, { items: [{ name: 'b' }], total: 2 }])
  })

  test('what is refused', async () => {
    expect((await post('/api/account/query', { where: { nothing: 1 } })).json).toMatchObject({ status: 400, code: 'INVALID_FILTER' })
    expect((await post('/api/account/query', { wehre: {} })).json).toMatchObject({ status: 400, code: 'INVALID_QUERY' })
    expect((await post('/api/account/query', [])).json).toMatchObject({ status: 400 })
    expect((await post('/api/account/query?$top=1', {})).json).toMatchObject({ status: 400 })
    expect((await app.request('/api/account', { method: 'QUERY', body: {} })).json).toMatchObject({ status: 415 })
    expect((await app.request('/api/account', { method: 'QUERY', body: 'x', headers: { 'content-type': 'text/plain' } })).json.status).toBe(
      415,
    )
    expect((await app.request('/api/vault', { method: 'QUERY', body: {} })).json.status).toBe(404)
  })

  test('OPTIONS says that there are queries', async () => {
    const { headers } = await app.request('/api/account', { method: 'OPTIONS' })
    expect([headers.get('allow'), headers.get('accept-query')]).toEqual(['GET, HEAD, QUERY, POST, OPTIONS', 'application/json'])
  })
})

describe('createMany', () => {
  test('all or none', async () => {
    const { status, json } = await post('/api/account/createMany', { records: accounts('a', 'b') })
    expect([status, json.items.map(({ id }: { id: string }) => id)]).toEqual([201, ['a', 'b']])
    expect((await post('/api/account/createMany', accounts('c'))).status).toBe(201)
    const refused = await post('/api/account/createMany', { records: accounts('d', 'a') })
    expect([refused.status, refused.json.errors, await count()]).toMatchObject([409, [{ pointer: '/records/1/id' }], 3])
    expect((await post('/api/account/createMany', { records: [{}] })).json.errors).toMatchObject([{ pointer: '/records/0/name' }])
  })

  test('each with a status of its own', async () => {
    const { status, json } = await post('/api/account/createMany', { records: [...accounts('a', 'a'), {}], atomic: false })
    expect(status).toBe(207)
    expect(json).toMatchObject({
      succeeded: 1,
      failed: 2,
      results: [
        { index: 0, status: 201, id: 'a', record: { name: 'a' } },
        { index: 1, status: 409, error: { code: 'CONFLICT', errors: [{ pointer: '/records/1/id' }] } },
        { index: 2, status: 422, error: { code: 'VALIDATION_ERROR', errors: [{ pointer: '/records/2/name' }] } },
      ],
    })
  })

  test('not more than a page', async () => {
    const records = accounts(...Array.from({ length: 51 }, (_, index) => `a${index}`))
    expect((await post('/api/account/createMany', { records })).json).toMatchObject({ status: 413, code: 'PAYLOAD_TOO_LARGE' })
    expect((await post('/api/account/upsertMany', { records })).status).toBe(413)
    expect((await post('/api/account/batch', { operation: 'create', records: records.map((data) => ({ data })) })).status).toBe(413)
  })
})

describe('upsert', () => {
  test('says whether the record is new', async () => {
    const created = await post('/api/account/upsert', { values: { name: 'a', email: 'a@example.com' }, on: ['email'] })
    expect([created.status, created.headers.get('location')]).toEqual([201, `/api/account/${created.json.id}`])
    const changed = await post('/api/account/upsert', { values: { revenue: 5, email: 'a@example.com' }, on: 'email' })
    expect([changed.status, changed.json]).toMatchObject([200, { id: created.json.id, name: 'a', revenue: 5 }])
    expect(changed.headers.get('etag')).toMatch(/^W\/"\d+"$/)
    expect((await post('/api/account/upsert', { values: { email: 5 }, on: 'email' })).json.errors).toMatchObject([
      { pointer: '/values/email' },
    ])
  })

  test('many at once', async () => {
    await post('/api/account', accounts('a'))
    const { status, json } = await post('/api/account/upsertMany', {
      records: [
        { id: 'a', revenue: 1 },
        { id: 'b', name: 'b' },
      ],
    })
    expect([status, json]).toMatchObject([200, { created: 1, updated: 1, items: [{ name: 'a', revenue: 1 }, { name: 'b' }] }])
    expect((await post('/api/account/upsert', { values: accounts('c', 'a') })).json).toMatchObject({ created: 1, updated: 1 })
  })
})

describe('updateMany, deleteMany, findOneAndUpdate', () => {
  beforeEach(() => post('/api/account', accounts('a', 'b', 'c')))

  test.each([['updateMany'], ['bulk-update']])('%s', async (name) => {
    expect((await post(`/api/account/${name}`, { where: { name: { $ne: 'a' } }, data: { revenue: 1 } })).json).toEqual({ count: 2 })
    expect((await post(`/api/account/${name}`, { filters: [['name', '=', 'a']], changes: { revenue: { $inc: 2 } } })).json).toEqual({
      count: 1,
    })
    expect((await post(`/api/account/${name}`, { where: {}, data: { name: '' } })).json.errors).toMatchObject([{ pointer: '/data/name' }])
    expect((await post(`/api/account/${name}`, { data: { revenue: 1 } })).json).toMatchObject({ status: 400, code: 'INVALID_FILTER' })
    expect((await post(`/api/account/${name}`, { where: {}, filters: [], data: {} })).json).toMatchObject({ status: 400 })
    expect((await post(`/api/account/${name}`, { where: {}, data: {}, what: 1 })).json.detail).toContain('"what"')
  })

  test.each([['deleteMany'], ['bulk-delete']])('%s', async (name) => {
    expect((await post(`/api/account/${name}`, { where: { name: 'a' } })).json).toEqual({ count: 1 })
    expect((await post(`/api/account/${name}`, {})).status).toBe(400)
    expect((await post(`/api/account/${name}`, { filters: {} })).json).toEqual({ count: 2 })
  })

  test('no more than the client expects', async () => {
    const refused = await post('/api/account/deleteMany', { where: {} }, { prefer: 'max-affected=2' })
    expect([refused.status, await count()]).toEqual([400, 3])
    const { json, headers } = await post(
      '/api/account/deleteMany',
      { where: { name: 'a' } },
      { Prefer: 'handling=strict, max-affected="2"' },
    )
    expect([json, headers.get('preference-applied')]).toEqual([{ count: 1 }, 'max-affected=2, handling=strict'])
    expect((await post('/api/account/deleteMany', { where: {} }, { prefer: 'max-affected=two' })).status).toBe(400)
    expect((await post('/api/account/updateMany', { where: {}, data: { revenue: 1 }, maxAffected: 1 })).status).toBe(400)
    expect((await post('/api/account/updateMany', { where: {}, data: { revenue: 1 }, maxAffected: -1 })).status).toBe(400)
    expect(await count()).toBe(2)
  })

  test('findOneAndUpdate', async () => {
    const body = { where: { revenue: null }, data: { revenue: 1 }, orderBy: { name: 'desc' } }
    expect((await post('/api/account/findOneAndUpdate', body)).json).toMatchObject({ id: 'c', revenue: 1 })
    expect((await post('/api/account/findOneAndUpdate', { ...body, returning: 'old' })).json).toMatchObject({ id: 'b', revenue: null })
    expect((await post('/api/account/findOneAndUpdate', { ...body, where: { name: 'x' } })).text).toBe('null')
    expect((await post('/api/account/findOneAndUpdate', { ...body, returning: 'all' })).status).toBe(400)
  })
})

describe('batch', () => {
  const batch = (body: unknown, headers?: Call['headers']) => post('/api/account/batch', body, headers)

  test('the four operations', async () => {
    const created = await batch({ operation: 'create', records: [{ data: { name: 'a' }, id: 'a' }, { data: { id: 'b', name: 'b' } }] })
    expect([created.status, created.json]).toMatchObject([
      200,
      {
        success: true,
        operation: 'create',
        total: 2,
        succeeded: 2,
        failed: 0,
        results: [{ id: 'a', success: true, record: { name: 'a' } }, { id: 'b' }],
      },
    ])
    const updated = await batch({ operation: 'update', records: [{ id: 'a', data: { revenue: 1 } }], options: { returnRecords: false } })
    expect(updated.json.results).toEqual([{ id: 'a', success: true }])
    const upserted = await batch({
      operation: 'upsert',
      records: [
        { id: 'a', data: { revenue: 2 } },
        { id: 'c', data: { name: 'c' } },
      ],
    })
    expect(upserted.json.results).toMatchObject([{ record: { name: 'a', revenue: 2 } }, { record: { name: 'c' } }])
    expect((await batch({ operation: 'delete', records: ['a', { id: 'b' }] })).json).toMatchObject({ succeeded: 2 })
    expect(await count()).toBe(1)
  })

  test('all or none unless the client says otherwise', async () => {
    const records = [{ data: { name: 'a' } }, { data: {} }, { data: { name: 'c' } }]
    const atomic = await batch({ operation: 'create', records })
    expect([atomic.status, atomic.json.errors, await count()]).toMatchObject([422, [{ pointer: '/records/1/data/name' }], 0])
    const each = await batch({ operation: 'create', records, options: { atomic: false } })
    expect([each.status, each.json]).toMatchObject([207, { success: false, succeeded: 2, failed: 1 }])
    expect(each.json.results[1]).toMatchObject({ success: false, error: { status: 422, errors: [{ pointer: '/records/1/data/name' }] } })
    const until = await batch({ operation: 'create', records, options: { atomic: false, continueOnError: false } })
    expect([until.json.succeeded, until.json.results[2].error.detail, await count()]).toEqual([
      1,
      'Not tried: a record before it failed.',
      3,
    ])
  })

  test('validateOnly keeps nothing', async () => {
    const { status, json } = await batch({ operation: 'create', records: [{ data: { name: 'a' } }], options: { validateOnly: true } })
    expect([status, json.results[0].record.name, await count()]).toEqual([200, 'a', 0])
    const failing = await batch({ operation: 'create', records: [{ data: {} }], options: { validateOnly: true, atomic: false } })
    expect([failing.status, failing.json.failed]).toEqual([207, 1])
  })

  test.each<[unknown]>([
    [{}],
    [{ operation: 'drop', records: [] }],
    [{ operation: 'constructor', records: [] }],
    [{ operation: 'create' }],
    [{ operation: 'create', records: [1] }],
    [{ operation: 'create', records: [{ data: {}, more: 1 }] }],
    [{ operation: 'create', records: [], options: 1 }],
    [{ operation: 'create', records: [], options: { atomic: 'yes' } }],
    [{ operation: 'create', records: [], options: { isolated: true } }],
    [1],
  ])('%j is refused', async (body) => {
    expect((await batch(body)).json).toMatchObject({ status: 400 })
  })

  test('needs the operation on the object', async () => {
    const { status, headers } = await post('/api/log/batch', { operation: 'create', records: [] })
    expect([status, headers.get('allow')]).toEqual([405, 'OPTIONS'])
    expect((await batch({ operation: 'update', records: [{ data: {} }] })).json).toMatchObject({
      status: 422,
      errors: [{ pointer: '/records/0/id' }],
    })
  })
})

describe('preferences', () => {
  test('return=minimal', async () => {
    const prefer = { prefer: 'return=minimal' }
    const created = await post('/api/account', { id: 'a', name: 'a' }, prefer)
    expect([created.status, created.text, created.headers.get('location')]).toEqual([201, '', '/api/account/a'])
    expect(created.headers.get('preference-applied')).toBe('return=minimal')
    const changed = await app.request('/api/account/a', { method: 'PATCH', body: { revenue: 1 }, headers: prefer })
    expect([changed.status, changed.text, changed.headers.get('etag')]).toEqual([
      204,
      '',
      (await app.request('/api/account/a')).headers.get('etag'),
    ])
    expect((await post('/api/account', accounts('b', 'c'), prefer)).json).toEqual({ count: 2 })
    expect((await post('/api/account', { name: 'd' }, { prefer: 'return=representation' })).json).toMatchObject({ name: 'd' })
  })

  test('tx=rollback does everything and keeps nothing', async () => {
    const prefer = { prefer: 'tx=rollback' }
    await post('/api/account', { id: 'a', name: 'a' })
    const created = await post('/api/account', { name: 'b' }, prefer)
    expect([created.status, created.json.name, created.headers.get('preference-applied')]).toEqual([201, 'b', 'tx=rollback'])
    expect((await app.request('/api/account/a', { method: 'PATCH', body: { name: 'x' }, headers: prefer })).json.name).toBe('x')
    expect((await app.request('/api/account/a', { method: 'DELETE', headers: prefer })).status).toBe(204)
    expect((await post('/api/account/deleteMany', { where: {} }, prefer)).json).toEqual({ count: 1 })
    expect((await post('/api/account/updateMany', { where: {}, data: { name: 'y' } }, prefer)).json).toEqual({ count: 1 })
    expect((await post('/api/account', { id: 'a', name: 'a' }, prefer)).status).toBe(409)
    expect((await app.request('/api/account')).json.items).toMatchObject([{ id: 'a', name: 'a' }])
  })

  test('a dry run beside other writes of the same turn touches none of them', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => post('/api/account', { name: `n${index}` }, index % 2 ? { prefer: 'tx=rollback' } : {})),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(201))
    expect(await count()).toBe(10)
  })

  test('what is not known is ignored', async () => {
    const { status, headers } = await post('/api/account', { name: 'a' }, { prefer: 'respond-async, wait=10, return=everything, tx' })
    expect([status, headers.has('preference-applied')]).toEqual([201, false])
  })
})

test('objects offer what their methods allow', async () => {
  for (const action of ['createMany', 'upsert', 'upsertMany', 'updateMany', 'bulk-update', 'deleteMany', 'bulk-delete', 'findOneAndUpdate'])
    expect((await post(`/api/log/${action}`, {})).json).toMatchObject({ status: 405 })
  expect((await post('/api/log/query', {})).status).toBe(200)
  expect((await post('/api/log/anything', {})).json).toMatchObject({ status: 405 })
  expect((await post('/api/vault/query', {})).json).toMatchObject({ status: 404 })
})
