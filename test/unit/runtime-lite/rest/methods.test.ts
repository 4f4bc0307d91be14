import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { officeApp } from '../../../support/office.ts'
import { type Answer, type Call, type RunningApp, runningApp } from '../../../support/running-app.ts'

let app: RunningApp
beforeAll(async () => {
  app = await runningApp(officeApp())
})
afterAll(() => app.close())

const call = (method: string, target: string, body?: unknown, headers: Call['headers'] = {}): Promise<Answer> =>
  app.request(target, { method, headers, ...(body === undefined ? {} : { body }) })

describe('methods and media types', () => {
  test.each([
    ['BREW', '/api/user', 'GET, HEAD, QUERY, POST, OPTIONS'],
    ['DELETE', '/api/user', 'GET, HEAD, QUERY, POST, OPTIONS'],
    ['POST', '/api/user/u1', 'GET, HEAD, PUT, PATCH, DELETE, OPTIONS'],
    ['PATCH', '/api/user/count', 'GET, HEAD, POST, OPTIONS'],
    ['POST', '/api/log', 'GET, HEAD, QUERY, OPTIONS'],
    ['PUT', '/api/log/x', 'GET, HEAD, OPTIONS'],
    ['DELETE', '/api/log/x', 'GET, HEAD, OPTIONS'],
    ['POST', '/livez', 'GET, HEAD, OPTIONS'],
    ['PUT', '/api/metadata', 'GET, HEAD, OPTIONS'],
  ])('%s %s is not allowed', async (method, target, allow) => {
    const { status, headers, json } = await call(method, target, {})
    expect([status, headers.get('allow'), json.code]).toEqual([405, allow, 'METHOD_NOT_ALLOWED'])
    const options = await call('OPTIONS', target)
    expect([options.status, options.headers.get('allow'), options.text]).toEqual([204, allow, ''])
  })

  test('OPTIONS of nothing is 404, of the server as a whole 204', async () => {
    expect((await call('OPTIONS', '/nowhere')).status).toBe(404)
    expect((await call('OPTIONS', '*')).status).toBe(204)
  })

  test('the absolute form of a target means its path', async () => {
    expect((await call('GET', 'http://example.test/api/user?$top=1')).json.items).toEqual([])
    expect((await call('GET', 'HTTPS://example.test')).status).toBe(404)
    expect((await call('GET', 'ftp://example.test/api/user')).status).toBe(404)
  })

  test.each([
    '*/*',
    'application/json',
    'text/html, application/json;q=0.5',
    'application/*',
    'text/html,*/*;q=0.1',
    'application/problem+json',
    '',
  ])('Accept: %s is served', async (accept) => {
    expect((await call('GET', '/api/user', undefined, { Accept: accept })).status).toBe(200)
  })

  test.each(['text/html', 'image/*', 'x', 'application/xml'])('Accept: %s is 406', async (accept) => {
    const { status, json, headers } = await call('GET', '/api/user', undefined, { accept })
    expect([status, json.code, headers.get('content-type')]).toEqual([406, 'NOT_ACCEPTABLE', 'application/problem+json'])
    expect((await call('GET', '/api/metadata', undefined, { accept })).status).toBe(406)
  })

  test('415 and 400 before anything is written', async () => {
    expect((await call('POST', '/api/user', 'id=1', { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(415)
    expect((await call('POST', '/api/user', '{"id":1,"id":2}')).status).toBe(400)
    expect((await call('POST', '/api/user')).status).toBe(400)
    expect((await call('GET', '/api/user/count')).json).toEqual({ count: 0 })
  })
})
