import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { conditionsOn, findByIds, PluginBuilder, recordsOf } from '../../compiler/plugin-sdk/index.ts'
import { PluginTestHarness, type StartedHarness } from '../../compiler/plugin-testing/index.ts'
import type { TypedApi, TypedObject } from '../../compiler/spec/typed-api.ts'

interface Ticket {
  id: string
  subject: string
  state: 'open' | 'done' | null
  effort: number | null
  desk: string | null
}

interface Records {
  ticket: Ticket
  desk: { id: string; name: string; code: string }
}

/** What an action of the plugin is asked to do with its `api`. */
let work: (api: TypedApi<Records>) => unknown = () => undefined

const plugin = () =>
  new PluginBuilder<Records>()
    .name('asking')
    .version('1.0.0')
    .object('desk', { fields: { name: { type: 'text' }, code: { type: 'text', unique: true } } })
    .object('ticket', {
      fields: {
        subject: { type: 'text' },
        state: { type: 'select', options: ['open', 'done'] },
        effort: { type: 'number' },
        desk: { type: 'lookup', reference: 'desk' },
      },
    })
    .action('ticket', 'ask', { type: 'global', handler: ({ api }) => work(api) })
    .build()

const tmp = join(import.meta.dirname, '../../tmp')
mkdirSync(tmp, { recursive: true })
const cwd = mkdtempSync(join(tmp, 'plugin-queries-'))
let harness: StartedHarness
let reads = 0

const COUNT = 130

const created = (object: string, records: readonly Record<string, unknown>[]) => harness.app.objects[object]?.createMany(records)

beforeAll(async () => {
  harness = await new PluginTestHarness().withCwd(cwd).withPlugin(plugin()).start()
  await created('desk', [
    { id: 'd1', name: 'North', code: 'n' },
    { id: 'd2', name: 'South', code: 's' },
  ])
  await created(
    'ticket',
    Array.from({ length: COUNT }, (_, at) => ({
      id: `t${String(at).padStart(3, '0')}`,
      subject: `No. ${at}`,
      state: at % 2 === 0 ? 'open' : 'done',
      effort: at,
      desk: at % 3 === 0 ? 'd1' : 'd2',
    })),
  )
  harness.app.use({
    name: 'count-reads',
    on: ['find', 'get', 'count'],
    execute(_, next) {
      reads++
      return next()
    },
  })
}, 60_000)

afterAll(async () => {
  await harness?.stop()
  rmSync(cwd, { recursive: true, force: true })
})

/** Does something as an action of the plugin does. */
async function asked<Result>(what: (api: TypedApi<Records>) => Promise<Result>): Promise<Result> {
  let result: Result | undefined
  work = async (api) => {
    reads = 0
    result = await what(api)
  }
  await harness.app.executeAction('ticket:ask')
  return result as Result
}

const { and, not, or, where } = conditionsOn<Ticket>()

describe('records of an object', () => {
  test('are counted, found and asked for with conditions that are put together', async () => {
    const said = await asked(async (api) => {
      const open = recordsOf(api.object('ticket')).where({ state: 'open' })
      const small = open.where({ effort: { $lt: 10 } })
      return {
        open: await open.count(),
        small: await small.count(),
        any: await small.whereAny({ subject: 'No. 4' }, { effort: { $gte: 8 } }).count(),
        none: await small.whereAny().exists(),
        others: await open.whereNot({ desk: 'd1' }).count(),
        related: await open.where({ 'desk.name': 'North' }).count(),
        first: await small.orderBy('effort', 'desc').first(),
        page: (await small.orderBy('effort', 'desc').take(2, 1)).map(({ id }) => id),
        nobody: await small.where({ subject: 'Nothing' }).first(),
        exists: [await small.exists(), await small.where({ subject: 'Nothing' }).exists()],
        chosen: await small.select('subject').orderBy('id').first(),
      }
    })
    expect(said).toEqual({
      ...{ open: 65, small: 5, any: 2, none: false, others: 43, related: 22, nobody: null, exists: [true, false] },
      first: expect.objectContaining({ id: 't008' }),
      page: ['t006', 't004'],
      chosen: { id: 't000', subject: 'No. 0' },
    })
  })

  test('take conditions that are put together apart from a query', async () => {
    const cases = [
      [and(), COUNT],
      [or(), 0],
      [and(undefined, where({ state: 'open' })), 65],
      [and({ state: 'open' }, not({ effort: { $gt: 20 } })), 11],
      [or({ subject: 'No. 1' }, undefined, { effort: { $between: [5, 6] } }), 3],
    ] as const
    for (const [condition, count] of cases) {
      expect(await asked((api) => recordsOf(api.object('ticket')).where(condition).count())).toBe(count)
      expect(await asked((api) => api.count('ticket', { where: condition }))).toBe(count)
    }
  })

  test('are read page by page, all of them once', async () => {
    const all = Array.from({ length: COUNT }, (_, at) => `t${String(at).padStart(3, '0')}`)
    expect(await asked(async (api) => (await recordsOf(api.object('ticket')).all()).map(({ id }) => id))).toEqual(all)
    // 50, 50 and 30: the last page is known by its length.
    expect(reads).toBe(3)
    const sizes: number[] = []
    await asked(async (api) => {
      for await (const rows of recordsOf(api.object('ticket')).select('effort').batches({ size: 65 })) sizes.push(rows.length)
    })
    expect([sizes, reads]).toEqual([[65, 65], 3])
    expect(await asked((api) => recordsOf(api.object('ticket')).where({ subject: 'Nothing' }).all())).toEqual([])
  })

  test('are met once each while they are changed and deleted on the way', async () => {
    const seen: string[] = []
    const count = await asked((api) => {
      const tickets = api.object('ticket')
      return api.transaction(async () => {
        const visited = await recordsOf(tickets)
          .where({ state: 'open' })
          .each(
            async ({ id }, index) => {
              seen.push(id)
              if (index % 2 === 0) await tickets.update(id, { state: 'done' })
              else await tickets.delete(id)
            },
            { size: 10 },
          )
        // Put back for the other tests.
        for (const id of seen)
          await tickets.upsert({ id, state: 'open', subject: `No. ${Number(id.slice(1))}`, effort: Number(id.slice(1)) })
        return visited
      })
    })
    expect([count, new Set(seen).size]).toEqual([65, 65])
  })

  test('are visited until the visitor has enough', async () => {
    const seen: number[] = []
    const visited = await asked((api) => recordsOf(api.object('ticket')).each((_, index) => seen.push(index) < 3))
    expect([visited, seen]).toEqual([3, [0, 1, 2]])
  })

  test('have no pages where an order or a size makes none', async () => {
    await asked(async (api) => {
      const tickets = recordsOf(api.object('ticket'))
      const ordered = tickets.orderBy('effort') as typeof tickets
      await expect(ordered.all()).rejects.toThrow('leave out orderBy()')
      for (const size of [0, -1, 1.5, Number.NaN]) await expect(tickets.all({ size })).rejects.toThrow(RangeError)
      await expect(tickets.all({ size: 1001 })).rejects.toMatchObject({ status: 400 })
    })
  })

  test('are found by many ids with few statements', async () => {
    const found = await asked(async (api) => {
      const tickets = await recordsOf(api.object('ticket')).all()
      reads = 0
      return findByIds(
        api.object('desk'),
        tickets.map(({ desk }) => desk),
      )
    })
    expect([...found].map(([id, { name }]) => [id, name])).toEqual([
      ['d1', 'North'],
      ['d2', 'South'],
    ])
    expect(reads).toBe(1)
    const some = await asked((api) =>
      findByIds(api.object('ticket'), [
        'nowhere',
        null,
        undefined,
        ...Array.from({ length: 60 }, (_, at) => `t${String(at).padStart(3, '0')}`),
      ]),
    )
    expect([some.size, reads]).toEqual([60, 2])
    expect(await asked((api) => findByIds(api.object('ticket'), [null, undefined]))).toEqual(new Map())
    expect(reads).toBe(0)
  })

  test('are the same for the objects of an application', async () => {
    const tickets = harness.app.objects['ticket'] as unknown as TypedObject<Ticket>
    reads = 0
    expect(
      await recordsOf(tickets)
        .where({ effort: { $lt: 60 } })
        .all(),
    ).toHaveLength(60)
    expect(await recordsOf(tickets).where({ state: 'open' }).count()).toBe(65)
    expect((await recordsOf(tickets).orderBy('effort', 'desc').first())?.effort).toBe(COUNT - 1)
    expect((await findByIds(tickets, ['t001'])).get('t001')?.subject).toBe('No. 1')
    expect(reads).toBe(5)
  })
})

describe('upsert', () => {
  test('creates, and changes what has the same unique key', async () => {
    const made = await asked((api) => api.object('desk').upsert({ code: 'w', name: 'West' }, { on: ['code'] }))
    const changed = await asked((api) => api.object('desk').upsert({ code: 'w', name: 'Far west' }, { on: ['code'] }))
    expect(changed).toMatchObject({ id: made.id, name: 'Far west' })
    expect(await asked((api) => api.object('desk').upsert({ id: made.id, name: 'West' }))).toMatchObject({
      id: made.id,
      code: 'w',
      name: 'West',
    })
    await expect(asked((api) => api.object('desk').upsert({ name: 'East' }, { on: ['name'] }))).rejects.toMatchObject({ status: 400 })
  })
})
