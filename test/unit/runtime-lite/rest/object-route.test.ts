import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { appIr, objectIr } from '../../../support/ir.ts'
import { officeApp } from '../../../support/office.ts'
import { type Answer, type Call, type RunningApp, runningApp } from '../../../support/running-app.ts'

let app: RunningApp
beforeAll(async () => {
  app = await runningApp(officeApp())
})
afterAll(() => app.close())
beforeEach(() => {
  for (const table of ['task', 'account', 'user', 'order line']) app.core.embedded!.db.exec(`delete from "${table}"`)
})

const call = (method: string, target: string, body?: unknown, headers: Call['headers'] = {}): Promise<Answer> =>
  app.request(target, { method, headers, ...(body === undefined ? {} : { body }) })
const create = (object: string, body: unknown): Promise<Answer> => call('POST', `/api/${object}`, body)

const FULL = {
  name: 'Acme',
  email: 'info@acme.test',
  revenue: 1234.5,
  employees: 12,
  active: true,
  founded: '1999-12-31',
  seen_at: '2024-01-01T10:00:00.000Z',
  opens: '09:30',
  stage: 'won',
  tags: ['a', 'b'],
  notes: 'line\nbreak ünï 🔥 "quoted"',
  extra: { deep: [1, null, { x: false }] },
  place: { latitude: 1.5, longitude: -2 },
  owner: null,
  team: [],
  parent: null,
}

describe('create', () => {
  test('201 with the record, its address and its version', async () => {
    const { status, json, headers } = await create('account', FULL)
    expect(status).toBe(201)
    expect(json).toEqual({ id: expect.any(String), ...FULL, number: null, created_at: expect.any(String), updated_at: expect.any(String) })
    expect(json.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    expect(headers.get('location')).toBe(`/api/account/${json.id}`)
    expect(headers.get('etag')).toMatch(/^W\/"\d+"$/)
    expect((await call('GET', headers.get('location')!)).json).toEqual(json)
  })

  test('what is absent gets its default, null stays null', async () => {
    expect((await create('task', {})).json).toMatchObject({ title: 'untitled', account: null })
    expect((await create('task', { title: null })).json).toMatchObject({ title: null })
  })

  test('an id may be chosen, once', async () => {
    expect((await create('user', { id: 'u1' })).json).toMatchObject({ id: 'u1' })
    expect((await create('user', { _id: 'u2' })).json).toMatchObject({ id: 'u2' })
    const { status, json } = await create('user', { id: 'u1' })
    expect(status).toBe(409)
    expect(json).toMatchObject({ code: 'CONFLICT', errors: [{ pointer: '/id', code: 'duplicate' }] })
  })

  test.each(['ä/ö', '100%', "it's", '?x=1', '#', '名', '🔥', ' ', '__proto__', 'a+b', 'x'.repeat(255)])(
    'id %j is reached through Location',
    async (id) => {
      const { status, headers } = await create('user', { id, name: 'odd' })
      expect(status).toBe(201)
      expect((await call('GET', headers.get('location')!)).json).toMatchObject({ id, name: 'odd' })
      expect((await call('DELETE', headers.get('location')!)).status).toBe(204)
    },
  )

  test.each(['{"id":"a\\ud800"}', '{"name":"\\udc00x"}', '{"na\\uDBFFme":"x"}'])('half a surrogate pair is no text: %s', async (body) => {
    const { status, json } = await create('user', body)
    expect([status, json.code]).toEqual([400, 'INVALID_JSON'])
    expect((await create('user', '{"name":"\\ud83d\\udd25"}')).json.name).toBe('🔥')
  })

  test('what counts is no record', async () => {
    const { status, json } = await create('user', { id: 'count' })
    expect([status, json.errors[0]]).toMatchObject([422, { pointer: '/id', code: 'format' }])
  })

  test('a list: all of them or none', async () => {
    const { status, json, headers } = await create('user', [{ id: 'a' }, { id: 'b' }])
    expect([status, json.items.length, headers.has('location')]).toEqual([201, 2, false])
    expect((await create('user', [])).json).toEqual({ items: [] })
    const conflict = await create('user', [{ id: 'c' }, { id: 'a' }])
    expect([conflict.status, conflict.json.errors[0].pointer]).toEqual([409, '/1/id'])
    const invalid = await create('user', [{ id: 'd' }, { name: 5 }, { nome: 1 }])
    expect(invalid.status).toBe(422)
    expect(invalid.json.errors.map(({ pointer, code }: { pointer: string; code: string }) => `${pointer} ${code}`)).toEqual([
      '/1/name type',
      '/2/nome unknown_field',
    ])
    expect((await call('GET', '/api/user/count')).json).toEqual({ count: 2 })
  })

  test('422 lists every problem, a thousand at most', async () => {
    const { status, json } = await create('account', {
      email: 'x',
      revenue: '5',
      stage: 'no',
      owner: 5,
      number: 'N1',
      created_at: 'now',
      nmae: 'x',
    })
    expect([status, json.code, json.title]).toEqual([422, 'VALIDATION_ERROR', 'Unprocessable Content'])
    expect(json.errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual(
      ['/name', '/email', '/revenue', '/stage', '/owner', '/number', '/created_at', '/nmae'].sort(),
    )
    const many = Object.fromEntries(Array.from({ length: 600 }, (_, index) => [`f${index}`, 1]))
    expect((await create('account', [many, many, many])).json.errors).toHaveLength(1000)
  })

  test('422 for a reference to nothing, with its place', async () => {
    const { status, json } = await create('account', [{ name: 'A' }, { name: 'B', owner: 'ghost' }])
    expect(status).toBe(422)
    expect(json.errors).toEqual([
      { pointer: '/1/owner', code: 'reference', message: '"owner" refers to a record that does not exist: "ghost".' },
    ])
  })

  test('what is write-only is never read', async () => {
    const { json, text } = await create('account', { name: 'A', pin: 'secret-1234' })
    expect(text).not.toContain('secret-1234')
    expect(json).not.toHaveProperty('pin')
    for (const query of ['$filter=pin eq %27x%27', 'pin=x', '$orderby=pin', '$select=pin', '$expand=pin', 'filter={"pin":null}'])
      expect((await call('GET', `/api/account?${query}`)).status, query).toBe(400)
  })
})

describe('read', () => {
  test('404 names the object or the id', async () => {
    expect((await call('GET', '/api/nothing')).json).toMatchObject({
      status: 404,
      code: 'NOT_FOUND',
      detail: 'There is no object "nothing".',
    })
    expect((await call('GET', '/api/user/ghost')).json.detail).toBe('No User has the id "ghost".')
    expect((await call('GET', '/api/user/ghost?$select=id')).json.detail).toBe('No User has the id "ghost".')
    for (const target of [
      '/api/user/a/b',
      '/api/vault',
      '/api/vault/v1',
      '/api/',
      '/api',
      '/nowhere',
      '/api/__proto__',
      '/api/user/count/x',
    ])
      expect((await call('GET', target)).status, target).toBe(404)
  })

  test('a slash at the end changes nothing', async () => {
    await create('user', { id: 'u1' })
    expect((await call('GET', '/api/user/')).json.items).toHaveLength(1)
    expect((await call('GET', '/api/user/u1/')).json.id).toBe('u1')
    expect((await call('GET', '/api/user/?$top=0')).json.items).toHaveLength(0)
  })

  test('an object is reached under its encoded name', async () => {
    const { headers } = await create('order%20line', { 'a b': 'x', constructor: 'y' })
    expect(headers.get('location')).toMatch(/^\/api\/order%20line\//)
    expect((await call('GET', headers.get('location')!)).json).toMatchObject({ 'a b': 'x', constructor: 'y' })
    expect((await call('GET', '/api/%75ser')).status).toBe(200)
    expect((await call('GET', '/api/%ff')).status).toBe(400)
    expect((await call('GET', '/api/user/%ff')).status).toBe(400)
  })

  test('HEAD is GET', async () => {
    await create('user', { id: 'u1' })
    for (const target of ['/api/user', '/api/user/u1', '/api/user/count', '/api/user/none', '/livez']) {
      const [head, get] = await Promise.all([call('HEAD', target), call('GET', target)])
      expect([head.status, head.headers]).toEqual([get.status, get.headers])
    }
  })

  test('select, expand, count', async () => {
    await create('user', [{ id: 'b', name: 'Boss' }])
    await create('user', [{ id: 'u', name: 'Ann', boss: 'b' }])
    await create('account', { id: 'a', name: 'A', owner: 'u', team: ['u', 'gone'] })
    expect(
      (await call('GET', '/api/account/a?$select=name&$expand=owner($select=name;$expand=boss($select=name)),team($select=id)')).json,
    ).toEqual({
      name: 'A',
      owner: { name: 'Ann', boss: { name: 'Boss' } },
      team: [{ id: 'u' }, 'gone'],
    })
    expect((await call('GET', '/api/account/count?name=A')).json).toEqual({ count: 1 })
    expect((await call('GET', '/api/account/count?name=B')).json).toEqual({ count: 0 })
    expect((await call('GET', '/api/user?$count=true&$top=1&$select=id')).json).toEqual({ items: [{ id: 'b' }], total: 2 })
  })

  test('what has no meaning for an operation is refused', async () => {
    await create('user', { id: 'u1' })
    for (const query of ['$filter=id eq %27x%27', 'name=x', '$top=1', '$skip=1', '$orderby=id', '$count=true'])
      expect((await call('GET', `/api/user/u1?${query}`)).json, query).toMatchObject({ status: 400, code: 'INVALID_QUERY' })
    for (const query of ['$select=id', '$expand=boss', '$top=1', '$skip=1', '$orderby=id', '$count=true'])
      expect((await call('GET', `/api/user/count?${query}`)).json, query).toMatchObject({ status: 400, code: 'INVALID_QUERY' })
    for (const [method, target] of [
      ['POST', '/api/user?x=1'],
      ['PATCH', '/api/user/u1?x=1'],
      ['DELETE', '/api/user/u1?x=1'],
    ] as const)
      expect((await call(method, target, {})).json).toMatchObject({ status: 400, code: 'INVALID_QUERY' })
    expect((await call('DELETE', '/api/user/u1?')).status).toBe(204)
  })

  test.each([
    ['$filter=nmae eq %27x%27', 'INVALID_FILTER', '"account" has no field "nmae". Did you mean "name"?'],
    ['nmae=x', 'INVALID_FILTER', '"account" has no field "nmae". Did you mean "name"?'],
    ['constructor=x', 'INVALID_FILTER', undefined],
    ['__proto__=x', 'INVALID_FILTER', undefined],
    ['$orderby=nmae', 'INVALID_SORT', undefined],
    ['$orderby=tags', 'INVALID_SORT', '"tags" holds structured values and cannot be sorted by.'],
    ['$select=nmae', 'INVALID_FIELD', undefined],
    ['$expand=nmae', 'INVALID_FIELD', undefined],
    ['$expand=name', 'INVALID_FIELD', '"name" is not a relation that can be expanded. Expandable: owner, team, parent, accounts, tasks.'],
    ['$expand=parent.parent.parent.parent', 'INVALID_QUERY', '"$expand" is nested deeper than 3 levels.'],
    ['revenue=x', 'INVALID_FILTER', '"revenue" is compared with "x", which is not a number.'],
    ['active[gt]=true', 'INVALID_FILTER', '"active" is true or false: compare it with eq or ne.'],
    ['extra=x', 'INVALID_FILTER', '"extra" holds structured values: it can be compared with null only.'],
    ['tags=x', 'INVALID_FILTER', '"tags" holds structured values: it can be compared with null or searched with contains only.'],
    ['extra[contains]=x', 'INVALID_FILTER', '"extra" is not text: "contains" cannot be used with it.'],
    ['revenue[startswith]=1', 'INVALID_FILTER', '"revenue" is not text: "startswith" cannot be used with it.'],
    ['$top=1001', 'INVALID_QUERY', '"$top" must be a whole number from 0 to 1000.'],
    ['$top=-1', 'INVALID_QUERY', undefined],
    ['$top=1.5', 'INVALID_QUERY', undefined],
    ['$skip=9999999999', 'INVALID_QUERY', '"$skip" must be a whole number from 0 to 2147483647.'],
    ['name=%ff', 'INVALID_QUERY', 'The value of "query" is not valid percent-encoded UTF-8.'],
  ])('%s is refused', async (query, code, detail) => {
    const { status, json } = await call('GET', `/api/account?${query}`)
    expect([status, json.code]).toEqual([400, code])
    if (detail !== undefined) expect(json.detail).toBe(detail)
    // Cached shapes refuse the same value again.
    expect((await call('GET', `/api/account?${query}`)).json).toEqual(json)
  })

  test('a long chain of conditions is no deep tree', async () => {
    await create('user', { id: 'u1', name: 'n500' })
    const chain = (joiner: string, operator: string): string =>
      Array.from({ length: 1_500 }, (_, index) => `name ${operator} 'n${index}'`).join(` ${joiner} `)
    const large = await runningApp(officeApp(), { api: { maxUrlBytes: 200_000, maxQueryCost: 2_000 } })
    await large.request('/api/user', { method: 'POST', body: { id: 'u1', name: 'n500' } })
    expect((await large.request(`/api/user?$filter=${encodeURIComponent(chain('or', 'eq'))}`)).json.items).toHaveLength(1)
    expect((await large.request(`/api/user?$filter=${encodeURIComponent(chain('and', 'ne'))}`)).json.items).toHaveLength(0)
    const list = Array.from({ length: 20_000 }, (_, index) => `'${index}'`).join()
    const { status, json } = await large.request(`/api/user?$filter=${encodeURIComponent(`name in (${list})`)}`)
    expect([status, json.detail]).toEqual([400, 'A filter has at most 16000 values; this one has 20000.'])
    const found = await large.app.objects['user']!.find({ where: { name: [...Array.from({ length: 50_000 }, String), 'n500'] } })
    expect(found.items).toHaveLength(1)
    await large.close()
  })
})

describe('update', () => {
  test('PUT and PATCH change what is present, null clears', async () => {
    for (const method of ['PUT', 'PATCH']) {
      const { json: created } = await create('account', FULL)
      const target = `/api/account/${created.id}`
      const { status, json } = await call(method, target, { name: 'New', revenue: null, tags: ['c'], active: false })
      expect(status).toBe(200)
      expect(json).toEqual({ ...created, name: 'New', revenue: null, tags: ['c'], active: false, updated_at: json.updated_at })
      expect(json.updated_at >= created.updated_at).toBe(true)
      expect((await call('GET', target)).json).toEqual(json)
      await call('DELETE', target)
    }
  })

  test('an empty change changes nothing, not even the version', async () => {
    const { json: created, headers } = await create('user', { id: 'u1' })
    const { status, json, headers: after } = await call('PATCH', '/api/user/u1', {})
    expect([status, json, after.get('etag')]).toEqual([200, created, headers.get('etag')])
    expect((await call('PATCH', '/api/user/ghost', {})).status).toBe(404)
  })

  test('refusals', async () => {
    await create('account', [
      { id: 'a', name: 'A', email: 'a@b.co' },
      { id: 'b', name: 'B' },
    ])
    expect((await call('PATCH', '/api/account/ghost', { name: 'x' })).status).toBe(404)
    expect((await call('PATCH', '/api/account/b', { email: 'a@b.co' })).json).toMatchObject({
      status: 409,
      errors: [{ pointer: '/email' }],
    })
    expect((await call('PATCH', '/api/account/b', { owner: 'ghost' })).json).toMatchObject({ status: 422, errors: [{ pointer: '/owner' }] })
    expect((await call('PATCH', '/api/account/b', { name: null })).json).toMatchObject({
      status: 422,
      errors: [{ pointer: '/name', code: 'required' }],
    })
    expect((await call('PATCH', '/api/account/b', { id: 'c' })).json).toMatchObject({
      status: 422,
      errors: [{ pointer: '/id', code: 'read_only' }],
    })
    expect((await call('PATCH', '/api/account/b', [{ name: 'x' }])).status).toBe(422)
    expect((await call('PATCH', '/api/account/b', 'null')).status).toBe(422)
    expect((await call('GET', '/api/account/b')).json).toMatchObject({ name: 'B', email: null, owner: null })
  })

  test('fields whose names join to the same text are not mixed up', async () => {
    const odd = await runningApp(appIr([objectIr({ name: 'odd', fields: { 'a,b': 'text', a: 'text', b: 'text', '!a': 'text' } })]))
    await odd.request('/api/odd', { method: 'POST', body: { id: '1' } })
    await odd.request('/api/odd/1', { method: 'PATCH', body: { a: '1', b: '2' } })
    await odd.request('/api/odd/1', { method: 'PATCH', body: { 'a,b': '3' } })
    const etag = (await odd.request('/api/odd/1', { method: 'PATCH', body: { '!a': '4' } })).headers.get('etag')!
    await odd.request('/api/odd/1', { method: 'PATCH', body: { a: '5' }, headers: { 'if-match': etag } })
    expect((await odd.request('/api/odd/1')).json).toMatchObject({ a: '5', b: '2', 'a,b': '3', '!a': '4' })
    await odd.close()
  })
})

describe('delete', () => {
  test('204, then 404', async () => {
    await create('user', { id: 'u1' })
    const { status, text } = await call('DELETE', '/api/user/u1')
    expect([status, text]).toEqual([204, ''])
    expect((await call('DELETE', '/api/user/u1')).status).toBe(404)
  })

  test('references: restricted, cleared, cascaded', async () => {
    await create('user', { id: 'u1' })
    await create('account', [{ id: 'p', name: 'P', owner: 'u1' }])
    await create('account', [{ id: 'c', name: 'C', parent: 'p' }])
    await create('task', [{ id: 't', account: 'c' }])
    expect((await call('DELETE', '/api/account/p')).json).toMatchObject({
      status: 409,
      code: 'CONFLICT',
      detail: 'This Account cannot be deleted because other records refer to it.',
    })
    expect((await call('DELETE', '/api/user/u1')).status).toBe(204)
    expect((await call('GET', '/api/account/p')).json.owner).toBeNull()
    expect((await call('DELETE', '/api/account/c')).status).toBe(204)
    expect((await call('GET', '/api/task/t')).status).toBe(404)
    expect((await call('DELETE', '/api/account/p')).status).toBe(204)
  })
})
