import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseQueryDocument } from '../../../../runtime-lite/query/parse/query-document.ts'
import { shapeHash } from '../../../../runtime-lite/query/shape-hash.ts'
import { appIr, objectIr } from '../../../support/ir.ts'
import { type RunningApp, runningApp } from '../../../support/running-app.ts'

const LIMITS = { maxFilterDepth: 32, maxExpandDepth: 4, maxPageSize: 1000, defaultPageSize: 50 }
const hashOf = (operation: string, document: object): string =>
  shapeHash('note', operation, parseQueryDocument(document, { limits: LIMITS }).query)

let app: RunningApp
beforeAll(async () => {
  const allowedQueries = [
    hashOf('list', { where: { title: 'x', stars: { $gt: 1 } }, limit: 5 }),
    hashOf('count', { where: { title: 'x' } }),
    hashOf('get', { select: ['title'] }),
  ]
  const note = objectIr({ name: 'note', fields: { title: { type: 'text' }, stars: { type: 'number' } } })
  app = await runningApp(appIr([note]), { api: { lockdown: true, allowedQueries } })
  await app.request('/api/note', { method: 'POST', body: { id: 'n1', title: 'a', stars: 3 } })
})
afterAll(() => app.close())

test('queries on the list are answered, however they are written and whatever their values', async () => {
  for (const target of [
    '/api/note?$filter=title%20eq%20%27a%27%20and%20stars%20gt%202&$top=3',
    '/api/note?limit=1&filter=%7B%22stars%22:%7B%22$gt%22:1%7D,%22title%22:%22a%22%7D',
  ])
    expect(await app.request(target)).toMatchObject({ status: 200, json: { items: [{ id: 'n1' }] } })
  const body = { where: { stars: { $gt: 0 }, title: 'a' }, limit: 2 }
  for (let index = 0; index < 2; index++)
    expect(await app.request('/api/note/query', { method: 'POST', body })).toMatchObject({ status: 200, json: { items: [{ id: 'n1' }] } })
  expect(await app.request('/api/note/count?title=a')).toMatchObject({ status: 200, json: { count: 1 } })
  expect(await app.request('/api/note/n1?$select=title')).toMatchObject({ status: 200, json: { title: 'a' } })
})

test('documents are counted as URLs are, and a preference that is not allowed is not applied', async () => {
  expect(await app.request('/api/note/count', { method: 'POST', body: { where: { title: 'a' } } })).toMatchObject({
    status: 200,
    json: { count: 1 },
  })
  expect((await app.request('/api/note/count', { method: 'POST', body: { where: { stars: 3 } } })).status).toBe(403)
  const target = '/api/note?$filter=title%20eq%20%27a%27%20and%20stars%20gt%202&$top=3'
  const body = { where: { title: 'a', stars: { $gt: 2 } }, limit: 3 }
  for (const preference of ['count=exact', 'count=estimated']) {
    const headers = { prefer: `handling=strict, ${preference}` }
    for (const answer of [
      await app.request(target, { headers }),
      await app.request('/api/note/query', { method: 'POST', body, headers }),
    ]) {
      expect(answer).toMatchObject({ status: 200, json: { items: [{ id: 'n1' }] } })
      expect([answer.json.total, answer.headers.get('preference-applied')]).toEqual([undefined, 'handling=strict'])
    }
  }
  expect((await app.request('/api/note?title=b', { headers: { prefer: 'count=exact' } })).status).toBe(403)
})

test('others are refused with the hash that an operator can add', async () => {
  const cases: readonly (readonly [target: string, operation: string, document: object])[] = [
    ['/api/note', 'list', {}],
    ['/api/note?title=a', 'list', { where: { title: 'a' } }],
    [
      '/api/note?$filter=title%20eq%20%27a%27%20or%20stars%20gt%202&$top=3',
      'list',
      { where: { $or: [{ title: 'a' }, { stars: { $gt: 2 } }] }, limit: 3 },
    ],
    ['/api/note/count', 'count', {}],
    ['/api/note/n1?$select=stars', 'get', { select: ['stars'] }],
  ]
  for (const [target, operation, document] of cases) {
    const { status, json } = await app.request(target)
    expect({ target, status, code: json.code }).toEqual({ target, status: 403, code: 'QUERY_NOT_ALLOWED' })
    expect(json.errors[0].message).toBe(hashOf(operation, document))
    expect(json.detail).toContain(hashOf(operation, document))
  }
  expect((await app.request('/api/note/query', { method: 'POST', body: { where: { title: 'a' } } })).status).toBe(403)
})

test('what is planned in process opens no door', async () => {
  const options = { where: { title: { $startsWith: 'a' } } }
  expect((await app.app.objects['note']!.find(options)).items).toHaveLength(1)
  expect((await app.request('/api/note/query', { method: 'POST', body: options })).status).toBe(403)
})

test('writes and reading a record by its id go on', async () => {
  expect((await app.request('/api/note/n1')).status).toBe(200)
  expect((await app.request('/api/note/n1', { method: 'PATCH', body: { stars: 4 } })).status).toBe(200)
  expect(await app.request('/api/note/updateMany', { method: 'POST', body: { where: { stars: 4 }, data: { stars: 5 } } })).toMatchObject({
    json: { count: 1 },
  })
})
