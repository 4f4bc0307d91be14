import { afterAll, beforeAll, expect, test } from 'vitest'
import { officeApp } from '../../../support/office.ts'
import { type Answer, type RunningApp, runningApp } from '../../../support/running-app.ts'

let app: RunningApp
beforeAll(async () => {
  app = await runningApp(officeApp(), { onError: () => undefined, api: { healthDetail: true } })
  await app.request('/api/user', { method: 'POST', body: ['a', 'b', 'c', 'd', 'e'].map((name) => ({ id: name, name })) })
})
afterAll(() => app.close())

const get = (target: string, prefer?: string): Promise<Answer> => app.request(target, prefer === undefined ? {} : { headers: { prefer } })

test.each(['exact', 'planned', 'estimated'])('Prefer: count=%s', async (count) => {
  const { json, headers } = await get(`/api/user?$filter=name ne 'a'&$top=1`.replaceAll(' ', '%20'), `count=${count}`)
  expect([json.total, json.items.length, headers.get('preference-applied')]).toEqual([4, 1, `count=${count}`])
  const asked = await app.request('/api/user/query', { method: 'POST', body: { limit: 1 }, headers: { prefer: `count=${count}` } })
  expect([asked.json.total, asked.headers.get('preference-applied')]).toEqual([5, `count=${count}`])
})

test('what the request itself says about the total wins', async () => {
  const { json, headers } = await get('/api/user?count=false', 'count=exact')
  expect([json.total, headers.get('preference-applied')]).toEqual([undefined, undefined])
})

test('what is not known is ignored, or refused where the client is strict', async () => {
  expect((await get('/api/user', 'count=roughly')).status).toBe(200)
  expect((await get('/api/user', 'wings=2')).headers.get('preference-applied')).toBeUndefined()
  expect((await get('/api/user', 'handling=strict, count=exact')).headers.get('preference-applied')).toBe('handling=strict, count=exact')
  for (const prefer of ['handling=strict, wings=2', 'count=roughly, handling=strict', 'handling=strict, return=all'])
    expect((await get('/api/user', prefer)).json).toMatchObject({ status: 400, code: 'INVALID_REQUEST' })
  const write = { method: 'POST', body: { name: 'x' }, headers: { prefer: 'handling=strict, wings=2' } }
  expect((await app.request('/api/user', write)).status).toBe(400)
  expect((await get('/api/user/count')).json).toEqual({ count: 5 })
})

test('links lead from page to page by offset', async () => {
  const link = async (target: string): Promise<string | undefined> => (await get(target)).headers.get('link')
  expect(await link('/api/user?limit=2')).toBeUndefined()
  expect(await link('/api/user?limit=2&offset=0')).toBe(
    '</api/user?limit=2&offset=0>; rel="first", </api/user?limit=2&offset=2>; rel="next"',
  )
  expect(await link('/api/user?$top=2&$skip=3&$count=true')).toBe(
    '</api/user?$top=2&$skip=0>; rel="first", </api/user?$top=2&$skip=1>; rel="prev"'.replaceAll('>; rel', '&$count=true>; rel'),
  )
  expect(await link('/api/user?offset=50')).not.toContain('next')
  expect(await link('/api/user?offset=1&name[ne]=%3E<x>')).toContain('%3E%3Cx%3E>; rel="first"')
})

test('links lead from page to page by cursor until there is none', async () => {
  let target: string | undefined = '/api/user?limit=2&cursor='
  const seen: string[] = []
  while (target !== undefined) {
    const { json, headers } = await get(target)
    seen.push(...json.items.map(({ id }: { id: string }) => id))
    expect(headers.get('link')).toContain('</api/user?limit=2&cursor=>; rel="first"')
    target = /<([^>]*)>; rel="next"/.exec(headers.get('link') ?? '')?.[1]
  }
  expect(seen).toEqual(['a', 'b', 'c', 'd', 'e'])
})

test('paths of operations say what they take', async () => {
  const names = ['query', 'createMany', 'upsert', 'upsertMany', 'updateMany', 'bulk-update', 'deleteMany', 'bulk-delete']
  for (const name of [...names, 'findOneAndUpdate', 'batch']) {
    const options = await app.request(`/api/user/${name}`, { method: 'OPTIONS' })
    expect([name, options.status, options.headers.get('allow')]).toEqual([name, 204, 'POST, OPTIONS'])
    for (const method of ['GET', 'PATCH', 'DELETE', 'PUT']) {
      const call = method === 'GET' || method === 'DELETE' ? { method } : { method, body: { name: 'x' } }
      const { status, headers } = await app.request(`/api/user/${name}`, call)
      expect([name, method, status, headers.get('allow')]).toEqual([name, method, 405, 'POST, OPTIONS'])
    }
  }
  expect((await app.request('/api/log/createMany', { method: 'OPTIONS' })).headers.get('allow')).toBe('OPTIONS')
  await app.request('/api/user', { method: 'POST', body: { id: 'batch', name: 'Batch' } })
  expect((await get('/api/user/batch')).json).toMatchObject({ name: 'Batch' })
})

test('statistics for an operator', async () => {
  await get('/api/user?limit=4')
  const before = app.app.statistics()
  await get('/api/user?limit=3')
  const after = app.app.statistics()
  expect(after).toEqual({ pool: undefined, plans: { ...before.plans, hits: before.plans.hits + 1 } })
  expect((await get('/readyz')).json).toEqual({ status: 'ready' })
  expect((await get('/readyz?detail=true')).json).toMatchObject({ status: 'ready', plans: { entries: after.plans.entries } })
})

test('limits that are no whole number change nothing', async () => {
  for (const maxAffected of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])
    for (const work of [
      () => app.app.objects['user']!.deleteMany({ name: 'a' }, { maxAffected }),
      () => app.app.objects['user']!.updateMany({ name: 'a' }, { name: 'z' }, { maxAffected }),
    ])
      await expect(work()).rejects.toMatchObject({ status: 400, message: expect.stringContaining('maxAffected') })
  expect((await get('/api/user/a')).json).toMatchObject({ name: 'a' })
})

test('refusals call parameters what the client called them', async () => {
  const parameterOf = ({ json }: Answer): unknown => [json.errors[0].parameter, json.detail.includes(`"${json.errors[0].parameter}"`)]
  for (const name of ['limit', 'top', '$top']) expect(parameterOf(await get(`/api/user?${name}=5000`))).toEqual([name, true])
  for (const name of ['offset', 'skip', '$skip']) expect(parameterOf(await get(`/api/user?${name}=-1`))).toEqual([name, true])
  expect(parameterOf(await get('/api/user?%24top=5000'))).toEqual(['$top', true])
  expect(parameterOf(await app.request('/api/user/query', { method: 'POST', body: { limit: 5000 } }))).toEqual(['limit', true])
  await expect(app.app.objects['user']!.find({ limit: 5000 })).rejects.toMatchObject({ errors: [{ parameter: 'limit' }] })
})

test('an unknown operator is answered with those that there are', async () => {
  const { json } = await app.request('/api/user/query', { method: 'POST', body: { where: { name: { $gtt: 1 } } } })
  expect(json.status).toBe(400)
  for (const name of ['$eq', '$gt', '$between', '$notContains', '$ilike', '$null', '$exists', '$none']) expect(json.detail).toContain(name)
})

test.each([
  ['POST', '/api/user/query'],
  ['QUERY', '/api/user'],
])('links of documents lead from page to page too: %s %s', async (method, path) => {
  const ask = (target: string, body: object): Promise<Answer> =>
    app.request(target, { method, body, headers: { 'content-type': 'application/json' } })
  const next = ({ headers }: Answer): string | undefined => /<([^>]*)>; rel="next"/.exec(headers.get('link') ?? '')?.[1]
  const all = async (body: object): Promise<readonly string[]> => {
    const seen: string[] = []
    for (let target: string | undefined = path; target !== undefined; ) {
      const answer = await ask(target, body)
      expect(answer.status).toBe(200)
      expect(answer.headers.get('link')).toContain('; rel="first"')
      seen.push(...answer.json.items.map(({ id }: { id: string }) => id))
      target = next(answer)
    }
    return seen
  }
  const where = { id: { $in: ['a', 'b', 'c', 'd', 'e'] } }
  expect(await all({ where, limit: 2, cursor: '' })).toEqual(['a', 'b', 'c', 'd', 'e'])
  expect(await all({ where, orderBy: { name: 'desc' }, $top: 2, skip: 0, count: true })).toEqual(['e', 'd', 'c', 'b', 'a'])
  expect((await ask(path, { where, limit: 2 })).headers.get('link')).toBeUndefined()
  expect((await ask(path, { where, limit: 2, offset: 3, count: true })).headers.get('link')).toBe(
    `<${path}?offset=0&limit=2>; rel="first", <${path}?offset=1&limit=2>; rel="prev"`,
  )
  for (const wrong of ['?filter=x', '?offset=-1', '?limit=2e3', '?offset=', '?cursor=nonsense'])
    expect([wrong, (await ask(path + wrong, { where })).status]).toEqual([wrong, 400])
})

test('a document is counted as a URL is', async () => {
  const count = (body: unknown): Promise<Answer> => app.request('/api/user/count', { method: 'POST', body })
  expect((await count({ where: { id: { $in: ['a', 'b', 'z'] } } })).json).toEqual({ count: 2 })
  expect((await count({ where: { nothing: 1 } })).status).toBe(400)
  expect((await count([])).status).toBe(400)
  expect((await app.request('/api/user/count', { method: 'OPTIONS' })).headers.get('allow')).toBe('GET, HEAD, POST, OPTIONS')
})
