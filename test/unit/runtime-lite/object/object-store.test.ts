import { afterEach, describe, expect, test } from 'vitest'
import type { ObjectIr } from '../../../../compiler/ir/object.ts'
import { appIr, type FieldSketch, objectIr } from '../../../support/ir.ts'
import { type RunningApp, runningApp } from '../../../support/running-app.ts'

const apps: RunningApp[] = []
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close()
})

async function started(objects: readonly ObjectIr[]): Promise<RunningApp> {
  const app = await runningApp(appIr(objects))
  apps.push(app)
  return app
}

test('an object of 700 fields is written, read, selected and expanded', async () => {
  const fields: Record<string, FieldSketch> = { next: { type: 'lookup', reference: { object: 'wide' } } }
  for (let index = 0; index < 700; index++) fields[`f${index}`] = index % 3 === 0 ? 'boolean' : index % 3 === 1 ? 'text' : 'tags'
  const app = await started([objectIr({ name: 'wide', fields })])
  const record = Object.fromEntries(
    Object.keys(fields).map((name, index) => [name, index === 0 ? null : [['t'], true, `"${name}'`][index % 3]]),
  )
  expect((await app.request('/api/wide', { method: 'POST', body: { id: 'a', ...record } })).json).toMatchObject(record)
  await app.request('/api/wide', { method: 'POST', body: { id: 'b', next: 'a' } })
  expect((await app.request('/api/wide/b?$expand=next')).json).toMatchObject({ id: 'b', f0: null, next: { id: 'a', ...record } })
  expect((await app.request('/api/wide?$expand=next($expand=next)&$orderby=id desc')).json.items[0].next).toMatchObject({
    id: 'a',
    next: null,
    f699: true,
  })
  const names = Object.keys(fields).slice(1, 600)
  const all = await app.app.objects['wide']!.get('a', { select: names })
  expect(all).toEqual(Object.fromEntries(names.map((name) => [name, record[name]])))
})

describe('unique keys', () => {
  const key = (columns: readonly string[], where?: string) => ({
    name: `key_${columns.join('_')}`,
    fields: columns,
    isUnique: true,
    ...(where ? { where } : {}),
  })

  test('the fields of the key are named, under the names clients know', async () => {
    const app = await started([
      objectIr({
        name: 'thing',
        label: 'Thing',
        fields: { a: { type: 'text', column: 'col_a' }, 'b/c': 'text', d: { type: 'text', isUnique: true } },
        indexes: [key(['a', 'b/c'])],
      }),
    ])
    const post = (body: unknown) => app.request('/api/thing', { method: 'POST', body })
    await post({ a: '1', 'b/c': '2', d: '3' })
    expect((await post({ a: '1', 'b/c': '2' })).json).toMatchObject({
      status: 409,
      detail: 'Another Thing has the same value in "a" and "b/c".',
      errors: [{ pointer: '/a' }, { pointer: '/b~1c' }],
    })
    expect((await post({ d: '3' })).json.errors).toMatchObject([{ pointer: '/d', code: 'duplicate' }])
    expect((await post({ a: '1' })).status).toBe(201)
  })

  test('names SQLite cannot be understood about are left out, the status stays', async () => {
    const app = await started([objectIr({ name: 'thing', fields: { 'a, b.c: d': { type: 'text', isUnique: true } } })])
    await app.request('/api/thing', { method: 'POST', body: { 'a, b.c: d': 'x' } })
    const { json } = await app.request('/api/thing', { method: 'POST', body: { 'a, b.c: d': 'x' } })
    expect(json).toMatchObject({ status: 409, code: 'CONFLICT' })
  })

  test('a key with a condition holds where the condition does', async () => {
    const app = await started([objectIr({ name: 'thing', fields: { a: 'text', b: 'text' }, indexes: [key(['a'], 'b is not null')] })])
    const post = (body: unknown) => app.request('/api/thing', { method: 'POST', body })
    expect((await post({ a: '1' })).status).toBe(201)
    expect((await post({ a: '1' })).status).toBe(201)
    expect((await post({ a: '1', b: 'x' })).status).toBe(201)
    expect((await post({ a: '1', b: 'y' })).status).toBe(409)
  })
})

test('references under the names of what every object inherits', async () => {
  const fields = Object.fromEntries(
    ['constructor', 'toString', 'valueOf'].map((name): [string, FieldSketch] => [name, { type: 'lookup', reference: { object: 'thing' } }]),
  )
  const app = await started([objectIr({ name: 'thing', fields })])
  const { json } = await app.request('/api/thing', { method: 'POST', body: { constructor: 'ghost' } })
  expect([json.status, json.errors]).toMatchObject([422, [{ pointer: '/constructor', code: 'reference' }]])
  expect((await app.request('/api/thing', { method: 'POST', body: { id: 'a' } })).json).toMatchObject({
    constructor: null,
    toString: null,
    valueOf: null,
  })
})

test('an id that the author declared in the middle stays what it is', async () => {
  const app = await started([objectIr({ name: 'thing', fields: { a: 'text', id: { type: 'text', value: { kind: 'id' } }, b: 'text' } })])
  expect((await app.request('/api/thing', { method: 'POST', body: { id: 'x', a: '1', b: '2' } })).json).toMatchObject({
    id: 'x',
    a: '1',
    b: '2',
  })
})

test('the largest and the smallest numbers come back as they went in', async () => {
  const app = await started([
    objectIr({ name: 'thing', fields: { n: 'number', i: { type: 'number', value: { kind: 'number', isInteger: true } }, extra: 'json' } }),
  ])
  for (const n of [0, 0.1, 1 / 3, 1e300, 5e-324, -1.7976931348623157e308, 123456789.12345679, 2 ** 53 - 1]) {
    const { json } = await app.request('/api/thing', { method: 'POST', body: { n, i: Number.isSafeInteger(n) ? n : null, extra: { n } } })
    expect(json).toMatchObject({ n, i: Number.isSafeInteger(n) ? n : null, extra: { n } })
    expect((await app.request(`/api/thing?$filter=n eq ${encodeURIComponent(String(n))}`)).json.items).toHaveLength(1)
  }
})
