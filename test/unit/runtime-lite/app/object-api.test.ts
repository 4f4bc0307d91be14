import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ObjectApi } from '../../../../runtime-lite/app/object-api.ts'
import { ObjectQLError } from '../../../../runtime-lite/problem/problem.ts'
import { officeApp } from '../../../support/office.ts'
import { type RunningApp, runningApp } from '../../../support/running-app.ts'

let app: RunningApp
let accounts: ObjectApi
let users: ObjectApi
beforeAll(async () => {
  app = await runningApp(officeApp(), { onError: () => undefined })
  accounts = app.app.objects['account']!
  users = app.app.objects['user']!
})
afterAll(() => app.close())
beforeEach(() => {
  for (const table of ['task', 'account', 'user']) app.core.embedded!.db.exec(`delete from "${table}"`)
})

test('the calls of one object', async () => {
  const ann = await users.create({ name: 'Ann' })
  const [acme, other] = await accounts.createMany([
    { name: 'Acme', owner: ann['id'] },
    { name: 'Other', revenue: 5 },
  ])
  expect(await accounts.get(String(acme!['id']))).toEqual(acme)
  expect(await accounts.get(String(acme!['id']), { select: ['name'], expand: { owner: { select: ['name'] } } })).toEqual({
    name: 'Acme',
    owner: { name: 'Ann' },
  })
  expect(await accounts.get('nothing')).toBeNull()
  expect(await accounts.get('nothing', { select: ['id'] })).toBeNull()
  expect(await accounts.find({ where: { revenue: { $gt: 1 } }, count: true })).toEqual({ items: [other], total: 1 })
  expect(await accounts.find({ orderBy: { name: 'desc' }, limit: 1, offset: 1, select: { name: true } })).toEqual({
    items: [{ name: 'Acme' }],
  })
  expect(await accounts.count()).toBe(2)
  expect(await accounts.count({ where: { name: { $startsWith: 'A' } } })).toBe(1)
  expect(await accounts.update(String(acme!['id']), { revenue: 7 })).toMatchObject({ name: 'Acme', revenue: 7 })
  expect(await accounts.delete(String(acme!['id']))).toBeUndefined()
  expect(await accounts.count()).toBe(1)
})

test('inputs are never modified', async () => {
  const input = Object.freeze({ name: 'A', seen_at: new Date(0), founded: new Date(0), _id: 'x', tags: Object.freeze(['a']) })
  const copy = { ...input }
  expect(await accounts.create(input)).toMatchObject({ id: 'x', seen_at: '1970-01-01T00:00:00.000Z', founded: '1970-01-01' })
  expect(input).toEqual(copy)
  const patch = Object.freeze({ seen_at: new Date(1000) })
  expect(await accounts.update('x', patch)).toMatchObject({ seen_at: '1970-01-01T00:00:01.000Z' })
})

describe('every refusal is an ObjectQLError', () => {
  const wrong = undefined as never
  test.each<[string, () => Promise<unknown>, number]>([
    ['unknown option', () => accounts.find({ wehre: {} } as never), 400],
    [
      'null options',
      () => accounts.find(null as never).then(() => Promise.reject(new ObjectQLError(299 as never, 'INVALID_QUERY', 'fine'))),
      299,
    ],
    ['limit that is no number', () => accounts.find({ limit: 'x' as never }), 400],
    ['limit NaN', () => accounts.find({ limit: Number.NaN }), 400],
    ['limit too large', () => accounts.find({ limit: 1001 }), 400],
    ['unknown field', () => accounts.find({ where: { nmae: 1 } }), 400],
    ['a Map as filter', () => accounts.find({ where: new Map() }), 400],
    ['unknown relation', () => accounts.find({ expand: 'nmae' }), 400],
    ['select of nonsense', () => accounts.find({ select: 5 as never }), 400],
    ['order of nonsense', () => accounts.find({ orderBy: 5 as never }), 400],
    ['no id', () => accounts.get(wrong), 400],
    ['no id to update', () => accounts.update(wrong, {}), 400],
    ['no id to delete', () => accounts.delete(5 as never), 400],
    ['paging one record', () => accounts.get('x', { limit: 1 } as never), 400],
    ['no input', () => accounts.create(wrong), 422],
    ['a list as input', () => accounts.create([] as never), 422],
    ['no list', () => accounts.createMany(wrong), 400],
    ['a list with holes', () => accounts.createMany([{ name: 'A' }, wrong]), 422],
    ['a function as value', () => accounts.create({ name: () => 1 }), 422],
    ['a bigint as value', () => accounts.create({ name: 'A', employees: 5n }), 422],
    ['no such record', () => accounts.update('ghost', { name: 'x' }), 404],
    ['nothing to delete', () => accounts.delete('ghost'), 404],
  ])('%s', async (_, call, status) => {
    const error = await call().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ObjectQLError)
    expect(error).toMatchObject({ status })
  })
})

test('a refusal in a turn that fails to commit is the failure of the turn', async () => {
  await users.create({ id: 'u1' })
  const { db } = app.core.embedded!
  const created = users.create({ id: 'u2' })
  const refused = users.create({ id: 'u2' })
  // What SQLite does by itself when the disk is full.
  db.exec('rollback')
  const [first, second] = await Promise.allSettled([created, refused])
  expect(first.status).toBe('rejected')
  expect(second.status).toBe('rejected')
  expect(await users.count()).toBe(1)
})

test('many at once', async () => {
  const made = await Promise.all(Array.from({ length: 200 }, (_, index) => users.create({ name: `n${index}` })))
  expect(new Set(made.map(({ id }) => id)).size).toBe(200)
  const changed = await Promise.all(
    made.map(({ id }, index) => (index % 2 === 0 ? users.update(String(id), { name: 'even' }) : users.get(String(id)))),
  )
  expect(changed.filter((record) => record?.['name'] === 'even')).toHaveLength(100)
})

test('nanoid ids by configuration', async () => {
  const small = await runningApp(officeApp(), { ids: 'nanoid' })
  expect((await small.app.objects['user']!.create({}))['id']).toMatch(/^[\w-]{21}$/)
  await small.close()
})
