import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Connection } from '../../../../runtime-lite/client/connection.ts'
import { count, create, get, isProblem, list, objectClient, ProblemError, remove, update } from '../../../../runtime-lite/client/index.ts'
import { type Recorded, type RecordingServer, sendJson, startRecordingServer } from '../../../support/recording-server.ts'

let server: RecordingServer
let connection: Connection

beforeAll(async () => {
  server = await startRecordingServer()
  connection = { baseUrl: server.url }
})
afterAll(() => server.close())
afterEach(() => {
  server.requests.length = 0
  server.answer = (response) => sendJson(response, 200, {})
})

const PATH = '/api/account'
const lastRequest = (): Recorded => {
  const request = server.requests.at(-1)
  if (!request) throw new Error('There was no request.')
  return request
}
/** Parameters as a server decodes them. */
const parameters = (): Record<string, string> => Object.fromEntries(new URL(lastRequest().target, 'http://x').searchParams)
const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

describe('requests', () => {
  test('each operation uses its method, path and body', async () => {
    await list(PATH)(connection)
    await get(PATH)(connection, '1')
    await create(PATH)(connection, { name: 'x' })
    await update(PATH)(connection, '1', { name: null })
    await remove(PATH)(connection, '1')
    await count(PATH)(connection)
    expect(server.requests.map(({ method, target, body }) => `${method} ${target} ${body}`.trim())).toEqual([
      'GET /api/account',
      'GET /api/account/1',
      'POST /api/account {"name":"x"}',
      'PATCH /api/account/1 {"name":null}',
      'DELETE /api/account/1',
      'GET /api/account/count',
    ])
    expect(server.requests.map(({ headers }) => headers['content-type'])).toEqual([
      undefined,
      undefined,
      'application/json',
      'application/json',
      undefined,
      undefined,
    ])
    expect(server.requests.every(({ headers }) => headers.accept === 'application/json')).toBe(true)
  })

  test('objectClient binds the same operations', async () => {
    const { list, get, delete: remove } = objectClient(connection, PATH)
    await list({ limit: 1 })
    await get('1', { select: ['name'] })
    await remove('2')
    expect(server.requests.map(({ method, target }) => `${method} ${target}`)).toEqual([
      'GET /api/account?limit=1',
      'GET /api/account/1?fields=name',
      'DELETE /api/account/2',
    ])
  })

  test('operations on several records send one document each', async () => {
    server.answer = (response) => sendJson(response, 200, { items: [{ id: '1' }], count: 2, results: [] })
    const client = objectClient(connection, PATH)
    const where = { name: 'x' }
    expect(await client.createMany([where])).toEqual([])
    expect(await client.updateMany(where, { size: { $inc: 1 } }, { maxAffected: 5 })).toBe(2)
    expect(await client.deleteMany(where)).toBe(2)
    await client.findOneAndUpdate(where, { size: 1 }, { orderBy: { name: 'asc' } })
    await client.upsert(where, { on: ['name'] })
    expect(await client.upsertMany([where])).toEqual([{ id: '1' }])
    expect(await client.aggregate({ aggregations: { n: { count: true } } })).toEqual([{ id: '1' }])
    expect(server.requests.map(({ method, target, body }) => `${method} ${target} ${body}`)).toEqual([
      'POST /api/account/createMany {"records":[{"name":"x"}]}',
      'POST /api/account/updateMany {"maxAffected":5,"where":{"name":"x"},"changes":{"size":{"$inc":1}}}',
      'POST /api/account/deleteMany {"where":{"name":"x"}}',
      'POST /api/account/findOneAndUpdate {"orderBy":{"name":"asc"},"where":{"name":"x"},"changes":{"size":1}}',
      'POST /api/account/upsert {"on":["name"],"values":{"name":"x"}}',
      'POST /api/account/upsert {"values":[{"name":"x"}]}',
      'POST /api/account/query {"aggregations":{"n":{"count":true}}}',
    ])
  })

  test('pages follow their cursors to the last one', async () => {
    server.answer = (response, { target }) =>
      sendJson(response, 200, target.includes('cursor=two') ? { items: [3] } : { items: [1, 2], next_cursor: 'two' })
    const client = objectClient(connection, PATH)
    const items: unknown[] = []
    for await (const item of client.each({ limit: 2 })) items.push(item)
    expect(items).toEqual([1, 2, 3])
    expect(server.requests.map(({ target }) => target)).toEqual(['/api/account?limit=2&cursor=', '/api/account?limit=2&cursor=two'])
    server.requests.length = 0
    for await (const page of client.pages()) if (page.items.length > 0) break
    expect(server.requests.length).toBe(1)
  })

  test('what has no place in an address is sent in a body', async () => {
    server.answer = (response) => sendJson(response, 200, { items: [], total: 7, count: 7 })
    const search = { query: 'x', operator: 'or' }
    await list(PATH)(connection, { search })
    expect(await count(PATH)(connection, { where: { name: 'x'.repeat(2000) } })).toBe(7)
    await list(PATH)(connection, { search: 'x', orderBy: { owner: { name: 'asc' } } })
    expect(server.requests.map(({ method, target }) => `${method} ${target}`)).toEqual([
      'POST /api/account/query',
      'POST /api/account/count',
      'GET /api/account?sort=%5B%7B%22owner%22%3A%7B%22name%22%3A%22asc%22%7D%7D%5D&search=x',
    ])
    expect(JSON.parse(server.requests[1]?.body ?? '')).toEqual({ where: { name: 'x'.repeat(2000) } })
  })

  test('a base URL may end with a slash and have a path', async () => {
    await list(PATH)({ baseUrl: `${server.url}/crm/` })
    expect(lastRequest().target).toBe('/crm/api/account')
  })
})

describe('queries', () => {
  test('every part of a query has its parameter', async () => {
    await list(PATH)(connection, {
      where: { status: 'open', $or: [{ amount: { $gt: 5 } }, { amount: null }] },
      orderBy: [{ amount: 'desc' }, { name: 'asc', id: 'desc' }],
      select: ['name', 'amount'],
      expand: { owner: true, parent: true },
      limit: 0,
      offset: 20,
      count: true,
    })
    expect(parameters()).toEqual({
      filter: '{"status":"open","$or":[{"amount":{"$gt":5}},{"amount":null}]}',
      sort: '-amount,name,-id',
      fields: 'name,amount',
      expand: 'owner,parent',
      limit: '0',
      offset: '20',
      count: 'true',
    })
  })

  test('a nested expand travels as JSON', async () => {
    await get(PATH)(connection, '1', { expand: { owner: { select: ['name'], expand: { manager: true } }, parent: true } })
    expect(JSON.parse(parameters()['expand'] ?? '')).toEqual({ owner: { select: ['name'], expand: { manager: true } }, parent: true })
  })

  test('what is absent, empty or undefined leaves no parameter behind', async () => {
    await list(PATH)(connection, { orderBy: [], select: [], expand: {}, where: undefined, limit: undefined } as object)
    expect(lastRequest().target).toBe('/api/account')
    await list(PATH)(connection, { orderBy: { name: undefined, id: 'asc' }, expand: { owner: undefined, parent: true } })
    expect(parameters()).toEqual({ sort: 'id', expand: 'parent' })
  })

  test.each([
    ['text that means something in a URL', 'a&b=c#d?e+f%20g/h;i,j'],
    ['spaces, quotes and line ends', ` "x" 'y'\r\n\t`],
    ['other scripts and emoji', '客户 Ünïcödé 🔥 \u202e'],
    ['half a surrogate pair', 'x\ud800y'],
    ['null bytes', 'a\0b'],
    ['something that looks like JSON', '{"a":[1]}'],
  ])('filter values survive: %s', async (_, value) => {
    await list(PATH)(connection, { where: { name: value, $not: { [value]: { $in: [value] } } } })
    expect(JSON.parse(parameters()['filter'] ?? '')).toEqual({ name: value, $not: { [value]: { $in: [value] } } })
  })

  test('dates become instants', async () => {
    await list(PATH)(connection, { where: { seen_at: { $gt: new Date(0) } } })
    expect(JSON.parse(parameters()['filter'] ?? '')).toEqual({ seen_at: { $gt: '1970-01-01T00:00:00.000Z' } })
  })

  test('field names that cannot stand in a list travel as JSON', async () => {
    await list(PATH)(connection, { orderBy: { 'due date': 'desc', name: 'asc' }, select: ['a,b', 'name'], expand: { 'the owner': true } })
    expect(parameters()).toEqual({
      sort: '[{"due date":"desc"},{"name":"asc"}]',
      fields: '["a,b","name"]',
      expand: '{"the owner":true}',
    })
  })
})

describe('ids', () => {
  test.each(['a/b', '../user/1', 'a?b#c', '客户', '100%', 'a b', '%2e%2e', '...', 'count', "'", '\u0000'])(
    '%j names one record',
    async (id) => {
      await get(PATH)(connection, id)
      const { target } = lastRequest()
      expect(target.startsWith('/api/account/')).toBe(true)
      const [segment = '', ...rest] = target.slice('/api/account/'.length).split(/[/?#]/)
      expect([decodeURIComponent(segment), rest]).toEqual([id, []])
    },
  )

  test.each(['', '.', '..'])('%j would name something else and is refused before it is sent', async (id) => {
    for (const call of [get(PATH)(connection, id), update(PATH)(connection, id, {}), remove(PATH)(connection, id)])
      expect(await rejection(call)).toBeInstanceOf(TypeError)
    expect(server.requests).toEqual([])
  })
})

describe('answers', () => {
  test('JSON is returned as it is', async () => {
    server.answer = (response) => sendJson(response, 200, { items: [{ id: '1' }], total: 7 })
    expect(await list(PATH)(connection)).toEqual({ items: [{ id: '1' }], total: 7 })
    server.answer = (response) => sendJson(response, 201, { id: '1' })
    expect(await create(PATH)(connection, {})).toEqual({ id: '1' })
    server.answer = (response) => sendJson(response, 200, { count: 42 })
    expect(await count(PATH)(connection, { where: { a: 1 } })).toBe(42)
  })

  test('204 has no value', async () => {
    server.answer = (response) => response.writeHead(204).end()
    expect(await remove(PATH)(connection, '1')).toBeUndefined()
  })

  test('onResponse sees headers', async () => {
    server.answer = (response) => {
      response.setHeader('etag', 'W/"3"')
      sendJson(response, 200, {})
    }
    let etag: string | null = null
    await get(PATH)(connection, '1', {}, { onResponse: (response) => (etag = response.headers.get('etag')) })
    expect(etag).toBe('W/"3"')
  })
})

describe('problems', () => {
  test('a problem document becomes a ProblemError', async () => {
    const errors = [{ pointer: '/name', code: 'required', message: 'Name is required.' }]
    const problem = {
      type: 'about:blank',
      title: 'Unprocessable Content',
      status: 422,
      detail: 'Name is required.',
      code: 'VALIDATION_ERROR',
      errors,
    }
    server.answer = (response) => sendJson(response, 422, problem, 'application/problem+json')
    const error = await rejection(create(PATH)(connection, {}))
    expect(error).toBeInstanceOf(ProblemError)
    expect(error).toMatchObject({ name: 'ProblemError', status: 422, code: 'VALIDATION_ERROR', message: 'Name is required.', errors })
    expect(isProblem(error)).toBe(true)
    expect(isProblem(error, 'VALIDATION_ERROR')).toBe(true)
    expect(isProblem(error, 'NOT_FOUND')).toBe(false)
  })

  test.each([
    ['HTML of a proxy', 502, 'text/html', '<h1>Bad Gateway</h1>'],
    ['nothing', 503, 'text/plain', ''],
    ['a JSON null', 500, 'application/json', 'null'],
    ['a JSON text', 500, 'application/json', '"oops"'],
    ['a list', 500, 'application/json', '[{"code":"X"}]'],
    ['another kind of error', 400, 'application/json', '{"errors":{"name":["required"]},"code":400}'],
    ['broken JSON', 500, 'application/problem+json', '{"code":"NOT_FOU'],
  ])('a body that is no problem document still says what happened: %s', async (_, status, type, body) => {
    server.answer = (response) => response.writeHead(status, { 'content-type': type }).end(body)
    const error = await rejection(get(PATH)(connection, '1'))
    expect(error).toBeInstanceOf(ProblemError)
    expect(error).toMatchObject({ status, code: `HTTP_${status}`, errors: [] })
    expect((error as ProblemError).message).toMatch(new RegExp(`^${status} \\w+`))
  })

  test('headers of a refusal can be read', async () => {
    server.answer = (response) => {
      response.setHeader('retry-after', '7')
      sendJson(response, 429, { code: 'RATE_LIMIT_EXCEEDED', detail: 'Slow down.', status: 429 })
    }
    const error = await rejection(list(PATH)(connection))
    expect(isProblem(error, 'RATE_LIMIT_EXCEEDED') && error.response.headers.get('retry-after')).toBe('7')
  })

  test('anything else that is thrown is no problem', () => {
    for (const thrown of [undefined, null, 'x', new Error('x'), { code: 'NOT_FOUND' }]) expect(isProblem(thrown)).toBe(false)
  })
})

describe('headers and signals', () => {
  test('headers of the call win over those of the connection, in any spelling', async () => {
    const withHeaders: Connection = { ...connection, headers: { Authorization: 'Bearer old', 'X-App': 'crm' } }
    await list(PATH)(withHeaders, {}, { headers: { authorization: 'Bearer new' } })
    expect(lastRequest().headers).toMatchObject({ authorization: 'Bearer new', 'x-app': 'crm' })
    await create(PATH)(connection, {}, { headers: { 'Content-Type': 'application/merge-patch+json', ACCEPT: 'application/json;q=1' } })
    expect(lastRequest().headers).toMatchObject({ 'content-type': 'application/merge-patch+json', accept: 'application/json;q=1' })
  })

  test('a function is asked for headers before every request', async () => {
    let token = 0
    const withToken: Connection = { ...connection, headers: async () => ({ authorization: `Bearer ${++token}` }) }
    await list(PATH)(withToken)
    await list(PATH)(withToken)
    expect(server.requests.map(({ headers }) => headers['authorization'])).toEqual(['Bearer 1', 'Bearer 2'])
    const failing: Connection = { ...connection, headers: () => Promise.reject(new Error('no token')) }
    expect(await rejection(list(PATH)(failing))).toMatchObject({ message: 'no token' })
  })

  test('ifMatch becomes a header', async () => {
    await update(PATH)(connection, '1', {}, { ifMatch: 'W/"3"' })
    expect(lastRequest().headers['if-match']).toBe('W/"3"')
    await remove(PATH)(connection, '1', { ifMatch: 'W/"4"' })
    expect(lastRequest().headers['if-match']).toBe('W/"4"')
  })

  test('an abort before, during and between headers and body ends the call with its reason', async () => {
    const reason = new Error('the page was left')
    expect(await rejection(list(PATH)(connection, {}, { signal: AbortSignal.abort(reason) }))).toBe(reason)
    expect(server.requests).toEqual([])

    const waiting = new AbortController()
    server.answer = () => waiting.abort(reason)
    expect(await rejection(list(PATH)(connection, {}, { signal: waiting.signal }))).toBe(reason)

    const reading = new AbortController()
    server.answer = (response) => {
      response.writeHead(500, { 'content-type': 'application/problem+json' }).write('{"code":')
      setTimeout(() => reading.abort(reason), 50)
    }
    expect(await rejection(list(PATH)(connection, {}, { signal: reading.signal }))).toBe(reason)
  })

  test('network failures pass through', async () => {
    const closed = await startRecordingServer()
    await closed.close()
    const error = await rejection(list(PATH)({ baseUrl: closed.url }))
    expect(error).toBeInstanceOf(TypeError)
    expect(isProblem(error)).toBe(false)
  })

  test('another fetch can be used, and is called as a plain function', async () => {
    const calls: unknown[] = []
    const fetch = function (this: unknown, url: string, init: RequestInit): Promise<Response> {
      calls.push(this, url, init.method)
      return Promise.resolve(Response.json({ items: [] }))
    }
    expect(await list(PATH)({ baseUrl: 'https://crm.example.com', fetch }, { limit: 1 })).toEqual({ items: [] })
    expect(calls).toEqual([undefined, 'https://crm.example.com/api/account?limit=1', 'GET'])
  })
})
