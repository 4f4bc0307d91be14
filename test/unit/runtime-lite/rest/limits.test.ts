import { describe, expect, test } from 'vitest'
import { officeApp } from '../../../support/office.ts'
import { type RunningApp, runningApp } from '../../../support/running-app.ts'

describe('each limit has its option', () => {
  const limited = async (
    api: NonNullable<Parameters<typeof runningApp>[1]>['api'],
    work: (app: RunningApp) => Promise<void>,
  ): Promise<void> => {
    const small = await runningApp(officeApp(), { api: api! })
    await work(small)
    await small.close()
  }

  test('maxUrlBytes', () =>
    limited({ maxUrlBytes: 100 }, async (small) => {
      expect((await small.request(`/api/user?name=${'x'.repeat(85)}`)).status).toBe(200)
      expect((await small.request(`/api/user?name=${'x'.repeat(86)}`)).json).toMatchObject({ status: 414, code: 'URI_TOO_LONG' })
    }))

  test('maxPageSize and defaultPageSize', () =>
    limited({ maxPageSize: 5, defaultPageSize: 2 }, async (small) => {
      const post = (count: number) => small.request('/api/user', { method: 'POST', body: Array.from({ length: count }, () => ({})) })
      expect((await post(5)).status).toBe(201)
      expect((await post(6)).json).toMatchObject({ status: 413, code: 'PAYLOAD_TOO_LARGE' })
      expect((await small.request('/api/user')).json.items).toHaveLength(2)
      expect((await small.request('/api/user?$top=5')).json.items).toHaveLength(5)
      expect((await small.request('/api/user?$top=6')).status).toBe(400)
    }))

  test('maxExpandDepth', () =>
    limited({ maxExpandDepth: 1 }, async (small) => {
      expect((await small.request('/api/user?$expand=boss')).status).toBe(200)
      expect((await small.request('/api/user?$expand=boss.boss')).status).toBe(400)
    }))

  test('maxFilterDepth', () =>
    limited({ maxFilterDepth: 2 }, async (small) => {
      expect((await small.request('/api/user?$filter=((id eq null))')).status).toBe(200)
      expect((await small.request('/api/user?$filter=(((id eq null)))')).status).toBe(400)
      expect((await small.request('/api/user?filter={"$and":[{"$and":[{"$and":[{}]}]}]}')).status).toBe(400)
    }))

  test('basePath and docs', () =>
    limited({ basePath: '/v1/data', docs: false }, async (small) => {
      expect((await small.request('/v1/data/user')).status).toBe(200)
      expect((await small.request('/v1/data/user', { method: 'POST', body: { id: 'x' } })).headers.get('location')).toBe('/v1/data/user/x')
      expect((await small.request('/v1/data/metadata')).status).toBe(200)
      for (const target of ['/api/user', '/openapi.json', '/docs', '/v1/database/user'])
        expect((await small.request(target)).status, target).toBe(404)
    }))
})
