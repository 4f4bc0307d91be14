import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { SeedIr } from '../../../../compiler/ir/object.ts'
import { Span } from '../../../../compiler/source/span.ts'
import { officeApp } from '../../../support/office.ts'
import { type RunningApp, runningApp } from '../../../support/running-app.ts'
import { allSources, type OpenSource } from '../../../support/sources.ts'

type Seeds = readonly Omit<SeedIr, 'span'>[]

const withSeeds = (seeds: Seeds) => officeApp({ seeds: seeds.map((seed) => ({ ...seed, span: Span.file('a.data.yml') })) })

const of = (app: RunningApp, object: string) => app.app.objects[object]!

describe.for(allSources())('seeds on $name', ({ name, isThere, open }) => {
  const it = test.skipIf(!isThere)
  const isEmbedded = /sqlite/i.test(name)
  let source: OpenSource
  const apps: RunningApp[] = []
  beforeAll(async () => {
    if (isThere) source = await open('seeds')
  }, 60_000)
  afterEach(async () => {
    for (const app of apps.splice(0)) {
      await empty(app)
      await app.close()
    }
  })
  afterAll(async () => source?.close())

  async function seeded(seeds: Seeds): Promise<RunningApp> {
    const app = await runningApp(withSeeds(seeds), { datasource: source.datasource, dialects: ['sqlite', 'postgres', 'mysql'] })
    apps.push(app)
    return app
  }

  it.each(['insert', 'ignore', 'upsert', 'replace'] as const)('%s makes what is missing; again it changes nothing', async (mode) => {
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
      {
        name: 'Acme',
        seen_at: '2024-01-01T00:00:00.000Z',
        active: true,
        tags: ['x'],
        extra: { a: [1] },
        revenue: 5,
        stage: 'not an option',
      },
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

  it('modes and what somebody changed in between', async () => {
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

  it('records without a key are recognised by all their values', async () => {
    const app = await seeded([
      { object: 'user', mode: 'upsert', key: 'id', records: [{ name: 'Ann' }, { name: 'Bea' }, { id: 7, name: 'Cid' }] },
    ])
    expect(await app.app.seed()).toMatchObject({ inserted: 3 })
    expect(await app.app.seed()).toMatchObject({ inserted: 0, updated: 0, skipped: 3 })
    expect(await of(app, 'user').get('7')).toMatchObject({ name: 'Cid' })
  })

  it('values are stored as written, also those only the server sets', async () => {
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

  it('references in a circle, and to nothing: reported, kept, and keys are checked again afterwards', async () => {
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
    expect(await of(app, 'task').get('t', { expand: ['account'] })).toMatchObject({ account: isEmbedded ? 'ghost' : null })
    expect(await of(app, 'user').find({ orderBy: 'id' })).toMatchObject({ items: [{ boss: 'b' }, { boss: 'a' }] })
    expect(await app.app.seed()).toEqual({ inserted: 0, updated: 0, skipped: 4, dangling: ['task → account'] })
    await expect(of(app, 'user').create({ boss: 'ghost' })).rejects.toMatchObject({ status: 422 })
  })

  it('one that cannot be stored undoes all of them', async () => {
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

  it('nothing to seed', async () => {
    const app = await seeded([])
    expect(await app.app.seed()).toEqual({ inserted: 0, updated: 0, skipped: 0, dangling: [] })
  })

  it('references that come later, changed in between, are set again', async () => {
    const app = await seeded([
      {
        object: 'account',
        mode: 'upsert',
        key: 'email',
        records: [
          { name: 'Acme', email: 'acme@example.com', owner: 'u1' },
          { name: 'Lost', email: 'lost@example.com', owner: 'nobody' },
        ],
      },
      {
        object: 'user',
        mode: 'upsert',
        key: 'id',
        records: [
          { id: 'u1', name: 'Ann', boss: 'u2' },
          { id: 'u2', name: 'Bob', boss: 'u1' },
        ],
      },
      { object: 'task', mode: 'replace', key: 'id', records: [{ id: 't1', account: null }] },
    ])
    expect(await app.app.seed()).toEqual({ inserted: 5, updated: 0, skipped: 0, dangling: ['account → user'] })
    expect(await of(app, 'account').getBy({ email: 'acme@example.com' })).toMatchObject({ owner: 'u1' })
    expect(await of(app, 'task').get('t1')).toMatchObject({ title: 'untitled' })
    await of(app, 'user').update('u1', { boss: null })
    await of(app, 'user').delete('u2')
    await of(app, 'task').update('t1', { title: 'changed' })
    const stamp = (await of(app, 'user').get('u1'))?.['updated_at']
    await sleep(5)
    expect(await app.app.seed()).toEqual({ inserted: 1, updated: 2, skipped: 2, dangling: ['account → user'] })
    const user = await of(app, 'user').get('u1')
    expect(user).toMatchObject({ boss: 'u2' })
    expect(user?.['updated_at']).not.toBe(stamp)
    expect(await of(app, 'task').get('t1')).toMatchObject({ title: 'untitled' })
  })

  it('records are recognised by every kind of value; what is never read is written, too', async () => {
    const record = {
      name: 'All',
      seen_at: '2024-01-01T02:00:00.5+02:00',
      founded: '0001-01-01',
      opens: '08:30',
      active: false,
      revenue: 0.1,
      employees: -(2 ** 53 - 1),
      tags: ['x', '🔥'],
      extra: { b: 1, a: [null, { é: 2 ** 53 - 1 }] },
      place: { latitude: 1.5, longitude: -2 },
      notes: null,
      pin: 'secret',
    }
    const app = await seeded([
      { object: 'account', mode: 'upsert', key: 'id', records: [record, { ...record, extra: { b: 2 } }, { ...record, notes: 'here ' }] },
    ])
    expect(await app.app.seed()).toMatchObject({ inserted: 3 })
    const before = await of(app, 'account').find({ orderBy: 'id' })
    expect(await app.app.seed()).toMatchObject({ inserted: 0, updated: 0, skipped: 3 })
    expect(await of(app, 'account').find({ orderBy: 'id' })).toEqual(before)
  })

  it('written by two at once they are there once', async () => {
    const app = await seeded([{ object: 'user', mode: 'upsert', key: 'id', records: [{ name: 'Ann' }, { id: 'b', name: 'Bea' }] }])
    const other = await runningApp(
      withSeeds([{ object: 'user', mode: 'upsert', key: 'id', records: [{ name: 'Ann' }, { id: 'b', name: 'Bea' }] }]),
      {
        datasource: source.datasource,
        dialects: ['sqlite', 'postgres', 'mysql'],
      },
    )
    try {
      await Promise.all([app.app.seed(), other.app.seed(), app.app.seed()])
      expect(await of(app, 'user').count()).toBe(2)
    } finally {
      await other.close()
    }
  })
})

/** The next test finds the tables, and nothing in them. */
async function empty(app: RunningApp): Promise<void> {
  await of(app, 'task').deleteMany({})
  await of(app, 'account').updateMany({}, { parent: null, owner: null })
  await of(app, 'account').deleteMany({})
  await of(app, 'user').updateMany({}, { boss: null })
  await of(app, 'user').deleteMany({})
}

test('a database that keeps no references keeps none afterwards', async () => {
  const db = new DatabaseSync(':memory:', { enableForeignKeyConstraints: false })
  const app = await runningApp(withSeeds([{ object: 'user', mode: 'insert', key: 'id', records: [{ id: 'a' }] }]), { datasource: db })
  await app.app.seed()
  expect(await of(app, 'user').create({ id: 'b', boss: 'ghost' })).toMatchObject({ boss: 'ghost' })
  await app.close()
})
