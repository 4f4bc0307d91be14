import { afterAll, beforeAll, expect, test } from 'vitest'
import { Span } from '../../../../compiler/source/span.ts'
import { officeApp } from '../../../support/office.ts'
import { type Answer, type RunningApp, runningApp } from '../../../support/running-app.ts'

let app: RunningApp
beforeAll(async () => {
  const metadata = [
    { type: 'app', name: 'office', tags: ['main'], body: { label: 'Office' }, span: Span.file('office.app.yml') },
    { type: 'workflow', name: 'a/b ü', tags: [], body: ['odd'], span: Span.file('a.workflow.yml') },
  ]
  app = await runningApp(officeApp({ metadata }))
})
afterAll(() => app.close())

const get = (target: string, headers: Record<string, string> = {}): Promise<Answer> => app.request(target, { headers })

test('health', async () => {
  expect((await get('/livez')).json).toEqual({ status: 'ok' })
  expect((await get('/readyz')).json).toEqual({ status: 'ready' })
  expect((await get('/readyz?verbose')).status).toBe(200)
})

test('metadata: types, items of a type, one item', async () => {
  expect((await get('/api/metadata')).json).toEqual({ types: ['app', 'object', 'workflow'] })
  const { json } = await get('/api/metadata/object')
  expect(json.items.map(({ name }: { name: string }) => name)).toEqual(['account', 'log', 'order line', 'task', 'user', 'vault'])
  expect((await get('/api/metadata/objects')).json).toEqual(json)
  const { json: account } = await get('/api/metadata/object/account')
  expect(account).toMatchObject({ type: 'object', name: 'account', label: 'Account' })
  expect(account.fields.name).toBeDefined()
  expect((await get('/api/metadata/app/office')).json).toEqual({ type: 'app', name: 'office', label: 'Office', tags: ['main'] })
  expect((await get(`/api/metadata/workflow/${encodeURIComponent('a/b ü')}`)).json).toMatchObject({ name: 'a/b ü', body: ['odd'] })
  expect((await get('/api/metadata/object/')).json).toEqual(json)
})

test.each([
  ['/api/metadata/nothing', 'There is no metadata of type "nothing".'],
  ['/api/metadata/object/nothing', 'There is no object "nothing".'],
  ['/api/metadata/object/__proto__', 'There is no object "__proto__".'],
  ['/api/metadata/constructor/name', 'There is no metadata of type "constructor".'],
  ['/api/metadata/object/account/fields', 'There is no such metadata.'],
  ['/nowhere', 'There is nothing at "/nowhere".'],
  ['/livezz', undefined],
  ['/docs/../secret', undefined],
  ['/openapi.jsonx', undefined],
])('%s is 404', async (target, detail) => {
  const { status, json } = await get(target)
  expect([status, json.code]).toEqual([404, 'NOT_FOUND'])
  if (detail !== undefined) expect(json.detail).toBe(detail)
})

test('broken escapes are 400', async () => {
  expect((await get('/api/metadata/%ff')).status).toBe(400)
  expect((await get('/api/metadata/object/%')).status).toBe(400)
})

test('constant answers are revalidated by their ETag', async () => {
  for (const target of [
    '/openapi.json',
    '/api/metadata',
    '/api/metadata/object',
    '/api/metadata/object/account',
    '/docs',
    '/docs/start.js',
  ]) {
    const first = await get(target)
    const etag = first.headers.get('etag')!
    expect([target, first.status, first.headers.get('cache-control')]).toEqual([target, 200, 'no-cache'])
    expect(etag).toMatch(/^"[^"]+"$/)
    for (const value of [etag, `W/${etag}`, '*', `"x", ${etag}`])
      expect((await get(target, { 'If-None-Match': value })).status, target).toBe(304)
    expect((await get(target, { 'if-none-match': '"x"' })).status).toBe(200)
  }
})

test('the OpenAPI document is the one that was compiled', async () => {
  const { json, headers } = await get('/openapi.json')
  expect(json.openapi).toMatch(/^3\.1/)
  expect(Object.keys(json.paths)).toContain('/api/account')
  expect(headers.get('content-type')).toBe('application/json')
})

test('a failure behind a route is a 500 without details, and reported', async () => {
  const reported: unknown[] = []
  const broken = await runningApp(officeApp(), { onError: (error) => reported.push(error) })
  const cause = new Error('/secret/path is missing')
  Object.assign(broken.core.manifest, { openapi: () => Promise.reject(cause) })
  const { status, text, json } = await broken.request('/openapi.json')
  expect([status, json.code, json.detail]).toEqual([500, 'INTERNAL_ERROR', 'An unexpected error occurred.'])
  expect(text).not.toContain('secret')
  expect(reported).toEqual([cause])
  await broken.close()
})

test('once it is closing it is not ready, once closed every request is a 503', async () => {
  const closing = await runningApp(officeApp())
  await closing.request('/api/user')
  closing.core.isReady = false
  const { status, json, headers } = await closing.request('/readyz')
  expect([status, json, headers.get('retry-after')]).toEqual([503, { status: 'draining' }, '1'])
  closing.core.isReady = true
  closing.core.embedded!.db.close()
  expect((await closing.request('/readyz')).json).toEqual({ status: 'database unavailable' })
  for (const [method, target] of [
    ['GET', '/api/user'],
    ['GET', '/api/user/u'],
    ['POST', '/api/user'],
    ['GET', '/api/task'],
    ['GET', '/api/user/count?name=x'],
  ] as const)
    expect((await closing.request(target, { method, ...(method === 'POST' ? { body: {} } : {}) })).json, target).toMatchObject({
      status: 503,
      code: 'UNAVAILABLE',
    })
  expect((await closing.request('/livez')).status).toBe(200)
})
