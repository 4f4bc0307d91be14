import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import type { SeedIr } from '../../../../compiler/ir/object.ts'
import { Span } from '../../../../compiler/source/span.ts'
import { officeApp } from '../../../support/office.ts'
import { type RunningApp, runningApp } from '../../../support/running-app.ts'

const apps: RunningApp[] = []
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close()
})

async function seeded(seeds: readonly Omit<SeedIr, 'span'>[], options: Parameters<typeof runningApp>[1] = {}): Promise<RunningApp> {
  const app = await runningApp(officeApp({ seeds: seeds.map((seed) => ({ ...seed, span: Span.file('a.data.yml') })) }), options)
  apps.push(app)
  return app
}

const of = (app: RunningApp, object: string) => app.app.objects[object]!

test.each(['insert', 'ignore', 'upsert', 'replace'] as const)('%s makes what is missing; again it changes nothing', async (mode) => {
  const app = await seeded([
    {
      object: 'account',
      mode,
      key: 'name',
      records: [
        {
          name: 'Acme',
          seen_at: '2024-01-01T02:00:00+02:00',
          active: true,
          tags: ['x'],
          extra: { a: [1] },
          revenue: 5,
          stage: 'not an option',
        },
        { name: 'Now', seen_at: '$now', founded: '$today', opens: '$now' },
      ],
    },
  ])
  expect(await app.app.seed()).toEqual({ inserted: 2, updated: 0, skipped: 0, dangling: [] })
  const before = await of(app, 'account').find({ orderBy: 'name' })
  expect(before.items).toMatchObject([
    { name: 'Acme', seen_at: '2024-01-01T00:00:00.000Z', active: true, tags: ['x'], extra: { a: [1] }, revenue: 5, stage: 'not an option' },
    {
      seen_at: expect.stringMatching(/Z$/),
      founded: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      opens: expect.stringMatching(/^\d\d:\d\d:\d\d$/),
    },
  ])
  await sleep(5)
  expect(await app.app.seed()).toEqual({ inserted: 0, updated: 0, skipped: 2, dangling: [] })
  expect(await of(app, 'account').find({ orderBy: 'name' })).toEqual(before)
})

test('modes and what somebody changed in between', async () => {
  const record = { id: 'a', name: 'Acme', revenue: 5 }
  const app = await seeded([
    { object: 'account', mode: 'insert', key: 'id', records: [{ ...record, id: 'insert' }] },
    { object: 'account', mode: 'ignore', key: 'id', records: [{ ...record, id: 'ignore' }] },
    { object: 'account', mode: 'upsert', key: 'id', records: [{ ...record, id: 'upsert' }] },
    { object: 'account', mode: 'replace', key: 'id', records: [{ ...record, id: 'replace' }] },
    {
      object: 'account',
      mode: 'update',
      key: 'id',
      records: [
        { ...record, id: 'update' },
        { ...record, id: 'missing' },
      ],
    },
  ])
  await of(app, 'account').create({ id: 'update', name: 'Old', notes: 'mine' })
  expect(await app.app.seed()).toMatchObject({ inserted: 4, updated: 1, skipped: 1 })
  for (const id of ['insert', 'ignore', 'upsert', 'replace', 'update']) await of(app, 'account').update(id, { revenue: 6, notes: 'mine' })
  const versions = (await app.request('/api/account/upsert')).headers.get('etag')
  expect(await app.app.seed()).toMatchObject({ inserted: 0, updated: 3, skipped: 3 })
  const { items } = await of(app, 'account').find({ select: ['id', 'revenue', 'notes'] })
  expect(items).toEqual([
    { id: 'ignore', revenue: 6, notes: 'mine' },
    { id: 'insert', revenue: 6, notes: 'mine' },
    { id: 'replace', revenue: 5, notes: null },
    { id: 'update', revenue: 5, notes: 'mine' },
    { id: 'upsert', revenue: 5, notes: 'mine' },
  ])
  expect((await app.request('/api/account/upsert')).headers.get('etag')).not.toBe(versions)
})

test('records without a key are recognised by all their values', async () => {
  const app = await seeded([
    { object: 'user', mode: 'upsert', key: 'id', records: [{ name: 'Ann' }, { name: 'Bea' }, { id: 7, name: 'Cid' }] },
  ])
  expect(await app.app.seed()).toMatchObject({ inserted: 3 })
  expect(await app.app.seed()).toMatchObject({ inserted: 0, updated: 0, skipped: 3 })
  expect(await of(app, 'user').get('7')).toMatchObject({ name: 'Cid' })
})

test('values are stored as written, also those only the server sets', async () => {
  const app = await seeded([
    {
      object: 'account',
      mode: 'upsert',
      key: 'id',
      records: [
        {
          id: 'a',
          name: 5,
          number: 'N-7',
          created_at: '2001-01-01T00:00:00Z',
          updated_at: '2002-01-01T00:00:00.000Z',
          active: 'false',
          notes: true,
          email: { odd: 1 },
          unknown: 1,
        },
      ],
    },
  ])
  expect(await app.app.seed()).toMatchObject({ inserted: 1 })
  expect(await of(app, 'account').get('a')).toMatchObject({
    name: '5',
    number: 'N-7',
    created_at: '2001-01-01T00:00:00.000Z',
    updated_at: '2002-01-01T00:00:00.000Z',
    active: false,
    notes: 'true',
    email: '{"odd":1}',
  })
  expect(await app.app.seed()).toMatchObject({ updated: 0, skipped: 1 })
})

test('references in a circle, and to nothing: reported, kept, and keys are checked again afterwards', async () => {
  const app = await seeded([
    {
      object: 'user',
      mode: 'insert',
      key: 'id',
      records: [
        { id: 'a', boss: 'b' },
        { id: 'b', boss: 'a' },
      ],
    },
    {
      object: 'task',
      mode: 'insert',
      key: 'id',
      records: [
        { id: 't', account: 'ghost' },
        { id: 'u', account: 'ghost2' },
      ],
    },
  ])
  expect(await app.app.seed()).toEqual({ inserted: 4, updated: 0, skipped: 0, dangling: ['task → account'] })
  expect(await of(app, 'task').get('t', { expand: ['account'] })).toMatchObject({ account: 'ghost' })
  await expect(of(app, 'user').create({ boss: 'ghost' })).rejects.toMatchObject({ status: 422 })
})

test('one that cannot be stored undoes all of them', async () => {
  const app = await seeded([
    { object: 'user', mode: 'insert', key: 'id', records: [{ id: 'a' }] },
    {
      object: 'account',
      mode: 'insert',
      key: 'id',
      records: [
        { id: 'x', email: 'a@b.co' },
        { id: 'y', email: 'a@b.co' },
      ],
    },
  ])
  await expect(app.app.seed()).rejects.toMatchObject({
    status: 409,
    code: 'CONFLICT',
    message: 'Another Account has the same value in "email".',
  })
  expect(await of(app, 'user').count()).toBe(0)
  await expect(of(app, 'user').create({ boss: 'ghost' })).rejects.toMatchObject({ status: 422 })
})

test('a database that keeps no references keeps none afterwards', async () => {
  const db = new DatabaseSync(':memory:', { enableForeignKeyConstraints: false })
  const app = await seeded([{ object: 'user', mode: 'insert', key: 'id', records: [{ id: 'a' }] }], { datasource: db })
  await app.app.seed()
  expect(await of(app, 'user').create({ id: 'b', boss: 'ghost' })).toMatchObject({ boss: 'ghost' })
})

test('nothing to seed', async () => {
  const app = await seeded([])
  expect(await app.app.seed()).toEqual({ inserted: 0, updated: 0, skipped: 0, dangling: [] })
})
