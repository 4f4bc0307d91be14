import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ObjectApi } from '../../runtime-lite/app/object-api.ts'
import { type CompiledFolder, compiledFolder } from '../support/compiled-folder.ts'
import { type RunningApp, startedApp } from '../support/running-app.ts'
import { mysqlUrl, type OpenSource, postgresUrl, remoteSources } from '../support/sources.ts'
import { type WireLog, wireLog } from '../support/wire-log.ts'

/** Its hooks behind writes only count: nothing of a write depends on them. */
const COUNTING = `
const counts = new Map()
export const countOf = (name) => counts.get(name) ?? 0
export function afterCreate(ctx) {
  counts.set('create', (counts.get('create') ?? 0) + 1)
}
export function afterUpdate({ data }) {
  if (typeof data.stage === 'string') counts.set(data.stage, (counts.get(data.stage) ?? 0) + 1)
}
export function afterDelete(ctx) {
  if (typeof ctx.data.never !== 'string') counts.set('delete', (counts.get('delete') ?? 0) + 1)
}
`

const fields =
  'fields:\n  name: { type: text, unique: true }\n  stage: { type: select, options: [draft, open, done], defaultValue: draft }\n'
const flow =
  'validation:\n  rules:\n    - { name: flow, type: state_machine, field: stage, transitions: { draft: [open], open: [done, draft], done: [] }, message: Not so fast., error_code: FLOW }\n'

const SCHEMAS: Readonly<Record<string, string>> = {
  'deal.object.yml': `name: deal\n${fields}${flow}`,
  'deal.hook.ts': COUNTING,
  // A hook before the write makes a trap of the input, and empties that of a deletion.
  'trap.object.yml': `name: trap\n${fields}`,
  'trap.hook.ts': `${COUNTING}
export function beforeUpdate(ctx) {
  const { stage } = ctx.data
  let reads = 0
  ctx.data = { get stage() { if (reads++ > 0) throw new Error('Read once more.'); return stage } }
}
export function beforeDelete(ctx) {
  ctx.data = null
}
`,
  // One of two hooks may fail.
  'mixed.object.yml': `name: mixed\n${fields}`,
  'mixed.hook.ts': `
let count = 0
export function afterUpdate() { count++ }
export const refuses = {
  name: 'refuses', object: 'mixed', events: ['afterUpdate'],
  handler(ctx) { if (ctx.data.name === 'boom') throw new Error('The hook refuses.') },
}
`,
  // Where some hook of an object waits, its writes have a transaction anyway.
  'slow.object.yml': `name: slow\n${fields}`,
  'slow.hook.ts':
    'let n = 0\nexport function afterUpdate() { n++ }\nexport async function beforeDelete(ctx) { await ctx.api.count("deal") }\n',
}

let folder: CompiledFolder
let countOf: (name: string) => number
beforeAll(async () => {
  folder = await compiledFolder(SCHEMAS, { isLenient: true })
}, 60_000)
afterAll(() => folder.remove())

const generatedHooks = (object: string): string => readFileSync(join(folder.generated, 'hooks', `${object}.ts`), 'utf8')

test('hooks that are proven to come to their end are told to the store', () => {
  expect(generatedHooks('deal')).toContain('harmless: [afterCreate, afterUpdate, afterDelete],')
  expect(generatedHooks('trap')).toContain('harmless: [afterCreate, afterUpdate, afterDelete],')
  expect(generatedHooks('mixed')).not.toContain('harmless')
  expect(generatedHooks('slow')).not.toContain('harmless')
})

describe.each(remoteSources())('hooks that cannot fail on $name', ({ name, isThere, open }) => {
  if (!isThere) return
  const isPostgres = name === 'PostgreSQL'
  const look = isPostgres ? [] : ['select']
  let source: OpenSource
  let log: WireLog
  let running: RunningApp
  let objects: Record<'deal' | 'trap' | 'mixed' | 'slow', ObjectApi>

  beforeAll(async () => {
    source = await open('harmless_hooks')
    const scratch = source.scratch as NonNullable<OpenSource['scratch']>
    log = await wireLog(isPostgres ? 'postgres' : 'mysql', isPostgres ? 5432 : 3306)
    const url = isPostgres ? postgresUrl(scratch) : mysqlUrl(scratch)
    running = await startedApp(folder.generated, {
      datasource: url.replace('127.0.0.1', `127.0.0.1:${log.port}`),
      migrate: true,
      onError: () => undefined,
    } as never)
    objects = running.app.objects as never
    ;({ countOf } = (await import(join(folder.generated, '..', 'schemas', 'deal.hook.ts'))) as { countOf: typeof countOf })
  }, 60_000)
  beforeEach(async () => {
    for (const object of Object.values(objects)) await object.deleteMany({})
  })
  afterAll(async () => {
    await running.close()
    await log.close()
    await source.close()
  })

  /** The verbs, by round trips. */
  const trips = async (work: () => Promise<unknown>): Promise<readonly string[]> =>
    (await log.of(work)).map((trip) => trip.map((sql) => /^\w+/.exec(sql)?.[0] ?? sql).join(' + '))

  test('writes are one statement, which is a transaction by itself', async () => {
    const { deal } = objects
    const before = { create: countOf('create'), open: countOf('open'), done: countOf('done'), delete: countOf('delete') }
    expect(await trips(() => deal.create({ id: 'a', name: 'A' }))).toEqual(['insert'])
    expect(await trips(() => deal.update('a', { stage: 'open' }))).toEqual(['update', ...look])
    const patch = { method: 'PATCH', body: { stage: 'done' } }
    expect(await trips(() => running.request('/api/deal/a', patch))).toEqual(['update', ...look])
    expect(await deal.get('a')).toMatchObject({ stage: 'done' })
    expect(await trips(() => deal.delete('a'))).toEqual(['delete'])
    for (const [key, count] of Object.entries(before)) expect(countOf(key)).toBe(count + 1)
  })

  test('hooks run for what was written only', async () => {
    const { deal } = objects
    await deal.create({ id: 'a', name: 'A' })
    await deal.create({ id: 'b', name: 'B' })
    const [open, done] = [countOf('open'), countOf('done')]
    await expect(deal.update('a', { stage: 'done' })).rejects.toMatchObject({ status: 422 })
    await expect(deal.update('a', { stage: 'open', name: 'B' })).rejects.toMatchObject({ status: 409 })
    await expect(deal.update('nobody', { stage: 'open' })).rejects.toMatchObject({ status: 404 })
    expect([countOf('open'), countOf('done')]).toEqual([open, done])
    expect(await deal.get('a')).toMatchObject({ stage: 'draft', name: 'A' })
  })

  test('a transaction around them undoes what is written', async () => {
    const { deal } = objects
    await deal.create({ id: 'a', name: 'A' })
    const said = await trips(() =>
      expect(
        running.app.transaction(async () => {
          await deal.update('a', { stage: 'open' })
          await deal.update('a', { stage: 'done' })
          throw new Error('No.')
        }),
      ).rejects.toThrow('No.'),
    )
    // The savepoint of PostgreSQL is the statement's own, whose errors are explained inside of the transaction.
    expect(said).toEqual(
      isPostgres
        ? ['begin + update', 'savepoint + update', 'release', 'rollback']
        : ['start', 'update', 'select', 'update', 'select', 'rollback'],
    )
    expect(await deal.get('a')).toMatchObject({ stage: 'draft' })
  })

  test('they see plain data, whatever stood in its place before the write', async () => {
    const { trap } = objects
    await trap.create({ id: 'a', name: 'A' })
    await expect(trap.update('a', { stage: 'open' })).resolves.toMatchObject({ stage: 'open' })
    await expect(trap.delete('a')).resolves.toBeUndefined()
    let reads = 0
    const given = {
      id: 'b',
      get name() {
        if (reads++ > 0) throw new Error('Read once more.')
        return 'B'
      },
    }
    await expect(objects.deal.create(given)).resolves.toMatchObject({ name: 'B' })
  })

  test('one that may fail has a transaction for all, and so has one that is registered', async () => {
    const { mixed, deal } = objects
    await mixed.create({ id: 'a' })
    await expect(mixed.update('a', { name: 'boom' })).rejects.toMatchObject({ status: 422, message: 'The hook refuses.' })
    expect(await mixed.get('a')).toMatchObject({ name: null })
    await deal.create({ id: 'a' })
    const off = running.app.on('afterUpdate', 'deal', () => {
      throw new Error('Registered.')
    })
    await expect(deal.update('a', { stage: 'open' })).rejects.toMatchObject({ message: 'Registered.' })
    expect(await deal.get('a')).toMatchObject({ stage: 'draft' })
    off()
    // What one before the write has done elsewhere is undone with it, inside of a transaction that goes on.
    const offBefore = running.app.on('beforeUpdate', 'deal', async (ctx) => void (await ctx.api.update('mixed', 'a', { name: 'touched' })))
    await running.app.transaction(async () => {
      await expect(deal.update('a', { stage: 'done' })).rejects.toMatchObject({ status: 422 })
    })
    expect(await mixed.get('a')).toMatchObject({ name: null })
    offBefore()
    expect(await trips(() => deal.update('a', { stage: 'open' }))).toEqual(['update', ...look])
  })
})
