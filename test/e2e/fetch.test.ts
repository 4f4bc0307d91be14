import { Hono } from 'hono'
import { afterEach, describe, expect, test } from 'vitest'
import { officeApp } from '../support/office.ts'
import { answerOf, runningApp } from '../support/running-app.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

describe('the fetch handler', () => {
  test('by plain requests', async () => {
    const running = await runningApp(officeApp(), { api: { maxBodyBytes: 1000 } })
    cleanups.push(() => running.close())
    const call = async (path: string, init?: RequestInit) => answerOf(await running.fetch(new Request(`http://host${path}`, init)))
    const created = await call('/api/user', {
      method: 'POST',
      body: '{"id":"ä/1","name":"Ann"}',
      headers: { 'content-type': 'application/json' },
    })
    expect([created.status, created.headers.get('location')]).toEqual([201, '/api/user/%C3%A4%2F1'])
    expect((await call(created.headers.get('location')!)).json).toMatchObject({ id: 'ä/1' })
    expect((await call(`/api/user?$filter=name eq 'Ann' and id eq 'ä/1'`)).json.items).toHaveLength(1)
    expect((await call(created.headers.get('location')!, { headers: { 'if-none-match': created.headers.get('etag')! } })).status).toBe(304)
    const head = await running.fetch(new Request('http://host/api/user', { method: 'HEAD' }))
    expect([head.status, await head.text()]).toEqual([200, ''])
    expect((await call('/api/user', { method: 'DELETE' })).status).toBe(405)
    expect((await call('/api/user/x', { method: 'DELETE' })).json).toMatchObject({ status: 404 })
    expect((await call('/api/user', { method: 'POST', body: 'x'.repeat(1001) })).json).toMatchObject({ status: 413 })
    expect((await call(created.headers.get('location')!, { method: 'DELETE' })).status).toBe(204)
    const used = new Request('http://host/api/user', { method: 'POST', body: '{}' })
    await used.text()
    expect((await answerOf(await running.fetch(used))).json).toMatchObject({ status: 400, detail: 'The request body could not be read.' })
    const broken = new ReadableStream({
      pull() {
        throw new Error('connection lost')
      },
    })
    const lost = new Request('http://host/api/user', { method: 'POST', body: broken, duplex: 'half' } as RequestInit)
    expect((await answerOf(await running.fetch(lost))).status).toBe(400)
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(new Uint8Array(500))
      },
    })
    expect(
      (
        await answerOf(
          await running.fetch(new Request('http://host/api/user', { method: 'POST', body: endless, duplex: 'half' } as RequestInit)),
        )
      ).status,
    ).toBe(413)
  })

  test('mounted in Hono, at the root and below a prefix', async () => {
    const running = await runningApp(officeApp())
    cleanups.push(() => running.close())
    const hono = new Hono()
      .get('/own', (context) => context.text('own'))
      .mount('/v1', running.fetch)
      .mount('/', running.fetch)
    const call = async (path: string, init?: RequestInit) => answerOf(await hono.request(path, init))
    expect((await call('/own')).text).toBe('own')
    expect((await call('/api/user', { method: 'POST', body: '{"id":"u1"}', headers: JSON_TYPE })).status).toBe(201)
    expect((await call('/v1/api/user/u1')).json).toMatchObject({ id: 'u1' })
    expect((await call('/v1/api/user?$count=true')).json).toMatchObject({ total: 1 })
    expect((await call('/nowhere')).json).toMatchObject({ status: 404, code: 'NOT_FOUND' })
  })
})
