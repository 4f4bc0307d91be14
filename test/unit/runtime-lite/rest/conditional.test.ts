import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { officeApp } from '../../../support/office.ts'
import { type Answer, type Call, type RunningApp, runningApp } from '../../../support/running-app.ts'

let app: RunningApp
beforeAll(async () => {
  app = await runningApp(officeApp())
})
afterAll(() => app.close())

const call = (method: string, target: string, body?: unknown, headers: Call['headers'] = {}): Promise<Answer> =>
  app.request(target, { method, headers, ...(body === undefined ? {} : { body }) })
const create = (object: string, body: unknown): Promise<Answer> => call('POST', `/api/${object}`, body)

beforeEach(() => app.core.embedded!.db.exec('delete from "user"'))

describe('conditional requests', () => {
  const etagOf = async (id = 'u1'): Promise<string> => (await call('GET', `/api/user/${id}`)).headers.get('etag')!
  beforeEach(() => create('user', { id: 'u1', name: 'Ann' }))

  test('If-None-Match on GET', async () => {
    const etag = await etagOf()
    for (const value of [etag, etag.slice(2), '*', `"1", ${etag}`, `W/"1",${etag},"x"`]) {
      const { status, text, headers } = await call('GET', '/api/user/u1', undefined, { 'If-None-Match': value })
      expect([value, status, text, headers.get('etag')]).toEqual([value, 304, '', etag])
    }
    for (const value of ['"1"', '', 'x', `"${'9'.repeat(40)}"`])
      expect((await call('GET', '/api/user/u1', undefined, { 'if-none-match': value })).status).toBe(200)
    expect((await call('GET', '/api/user/ghost', undefined, { 'if-none-match': '*' })).status).toBe(404)
  })

  test('what a query adds can change without the version: no 304', async () => {
    const etag = await etagOf()
    expect((await call('GET', '/api/user/u1?$expand=boss', undefined, { 'if-none-match': etag })).status).toBe(200)
  })

  test('If-Match on writes', async () => {
    const old = await etagOf()
    const write = (value: string) => call('PATCH', '/api/user/u1', { name: 'Bea' }, { 'if-match': value })
    expect((await write(old)).status).toBe(200)
    const changed = await etagOf()
    expect(changed).not.toBe(old)
    for (const value of [old, '"1"', '', 'x', '"a"'])
      expect((await write(value)).json, value).toMatchObject({ status: 412, code: 'PRECONDITION_FAILED' })
    expect((await write(`"1", ${changed}`)).status).toBe(200)
    expect((await write('*')).status).toBe(200)
    expect((await call('DELETE', '/api/user/u1', undefined, { 'if-match': changed })).status).toBe(412)
    expect((await call('DELETE', '/api/user/u1', undefined, { 'if-match': await etagOf() })).status).toBe(204)
    expect((await write('*')).status).toBe(404)
    expect((await write('"1"')).status).toBe(404)
  })

  test('If-None-Match on writes', async () => {
    const etag = await etagOf()
    for (const value of ['*', etag]) {
      expect((await call('PUT', '/api/user/u1', { name: 'x' }, { 'if-none-match': value })).status).toBe(412)
      expect((await call('DELETE', '/api/user/u1', undefined, { 'if-none-match': value })).status).toBe(412)
    }
    expect((await call('PUT', '/api/user/u1', { name: 'x' }, { 'if-none-match': '"1"' })).status).toBe(200)
    expect((await call('PUT', '/api/user/ghost', { name: 'x' }, { 'if-none-match': '*' })).status).toBe(404)
  })

  test('of two writers with the same version one wins', async () => {
    const etag = await etagOf()
    const answers = await Promise.all(['a', 'b'].map((name) => call('PATCH', '/api/user/u1', { name }, { 'if-match': etag })))
    expect(answers.map(({ status }) => status)).toEqual([200, 412])
  })

  test('a record made again does not match an old version', async () => {
    const etag = await etagOf()
    await call('DELETE', '/api/user/u1')
    await new Promise((resolve) => setTimeout(resolve, 5))
    await create('user', { id: 'u1' })
    expect((await call('GET', '/api/user/u1', undefined, { 'if-none-match': etag })).status).toBe(200)
  })
})
