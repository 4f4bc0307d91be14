import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ObjectApi } from '../../runtime-lite/app/object-api.ts'
import { type CompiledFolder, compiledFolder } from '../support/compiled-folder.ts'
import { countedStatements } from '../support/counted-statements.ts'
import { type RunningApp, startedApp } from '../support/running-app.ts'
import { mysqlUrl, type OpenSource, postgresUrl, remoteSources } from '../support/sources.ts'
import { wireLog } from '../support/wire-log.ts'

const FIELDS = `
fields:
  name: { type: text, maxLength: 20 }
  note: { type: text }
  amount: { type: number, scale: 2 }
  rank: { type: number }
  open: { type: boolean }
  day: { type: date }
  seen: { type: datetime }
  tags: { type: tags }
  code: { type: text, unique: true }
`

/** Hooks that tell what they see. `OBJECT` stands for the object. */
const HOOKS = `
declare global { var told: string[] }
export function beforeUpdate(ctx: any) {
  globalThis.told.push('before ' + ctx.id + ' ' + ctx.previous.note)
  if (ctx.data.note === 'own') ctx.data.note = 'own ' + ctx.id
  if (ctx.data.note === 'all') Object.assign(ctx.data, { amount: ctx.previous.rank + 0.25, rank: ctx.previous.rank * 3, open: ctx.previous.rank % 2 === 0, day: '2024-02-2' + (ctx.previous.rank % 8), seen: ctx.previous.rank % 3 === 0 ? null : '2024-02-29T10:00:0' + (ctx.previous.rank % 10) + '.250Z', tags: ['t' + ctx.previous.rank], name: ctx.previous.rank === 7 ? "it's \\\\ ü" : 'n' + ctx.previous.rank })
  if (ctx.data.note === 'clash') ctx.data.code = ctx.previous.rank % 5 === 0 ? 'taken' : 'x' + ctx.previous.rank
  if (ctx.data.note === 'long' && ctx.previous.rank === 3) ctx.data.name = 'x'.repeat(30)
  if (ctx.data.note === 'refused' && ctx.previous.rank === 3) throw new Error('Not the third.')
}
export function beforeDelete(ctx: any) {
  globalThis.told.push('before ' + ctx.id + ' ' + ctx.previous.note)
}
export const last = {
  name: 'last',
  object: 'OBJECT',
  events: ['afterUpdate', 'afterDelete'],
  ASYNC handler(ctx: any) {
    globalThis.told.push('after ' + ctx.id + ' ' + ctx.result.note)
    AWAIT
  },
}
`

const SCHEMAS: Readonly<Record<string, string>> = {
  'plain.object.yml': `name: plain${FIELDS}`,
  'plain.hook.ts': HOOKS.replaceAll('OBJECT', 'plain').replace('ASYNC', '').replace('AWAIT', ''),
  'bare.object.yml': `name: bare${FIELDS}
indexes:
  pair: { fields: [rank, day], unique: true }
`,
  // A hook gives records another key than they came with.
  'moved.object.yml': `name: moved${FIELDS}`,
  'moved.hook.ts': `
export function beforeCreate(ctx: any) { if (ctx.data.note === 'move') ctx.data.code = 'b' }
`,
  // Hooks behind the write wait, those before it are proven not to.
  'later.object.yml': `name: later${FIELDS}`,
  'later.hook.ts': HOOKS.replaceAll('OBJECT', 'later').replace('ASYNC', 'async').replace('AWAIT', 'await null'),
  // Hooks before the write look at other records: each sees what the ones before it did.
  'looking.object.yml': `name: looking${FIELDS}`,
  'looking.hook.ts': `
export async function beforeUpdate(ctx: any) {
  const seen = await ctx.api.object('looking').count({ filters: [['note', '=', 'counted']] })
  ctx.data.rank = seen
}
`,
  'ruled.object.yml': `name: ruled${FIELDS}
validation:
  rules:
    - { name: small, type: script, condition: "amount > 100", message: Too much., error_code: SMALL }
`,
  'ruled.hook.ts': HOOKS.replaceAll('OBJECT', 'ruled').replace('ASYNC', '').replace('AWAIT', ''),
}

declare global {
  var told: string[]
}

let folder: CompiledFolder
beforeAll(async () => {
  folder = await compiledFolder(SCHEMAS, { isLenient: true })
}, 60_000)
afterAll(() => folder.remove())

interface Counted {
  readonly datasource: unknown
  /** Writes of the table that ran. */
  of(work: () => Promise<unknown>): Promise<readonly string[]>
  close(): Promise<void>
}

const writesAmong = (statements: readonly string[]): readonly string[] =>
  statements.flatMap((sql) => {
    const [, verb, table] = /^(insert|update|delete|select)(?: into| from| .*? from)? ["`](\w+)["`]/s.exec(sql) ?? []
    return verb === undefined ? [] : [`${verb} ${table}`]
  })

async function onServer(source: OpenSource, isPostgres: boolean): Promise<Counted> {
  const log = await wireLog(isPostgres ? 'postgres' : 'mysql', isPostgres ? 5432 : 3306)
  const scratch = source.scratch as NonNullable<OpenSource['scratch']>
  const url = isPostgres ? postgresUrl(scratch) : mysqlUrl(scratch)
  return {
    datasource: url.replace('127.0.0.1', `127.0.0.1:${log.port}`),
    of: async (work) => writesAmong((await log.of(work)).flat()),
    async close() {
      await log.close()
      await source.close()
    },
  }
}

async function inMemory(): Promise<Counted> {
  const { db, of } = countedStatements()
  return { datasource: db, of, close: async () => undefined }
}

const ways = [
  { name: 'SQLite', isThere: true, open: inMemory },
  ...remoteSources().map(({ name, isThere, open }) => ({
    name,
    isThere,
    open: async () => onServer(await open('bulk_hooks'), name === 'PostgreSQL'),
  })),
]

describe.each(ways)('writes of many records with hooks on $name', ({ name: database, isThere, open }) => {
  if (!isThere) return
  let counted: Counted
  let running: RunningApp
  const object = (name: string): ObjectApi => running.app.objects[name] as ObjectApi
  beforeAll(async () => {
    counted = await open()
    running = await startedApp(folder.generated, { datasource: counted.datasource, migrate: true } as never)
  }, 60_000)
  afterAll(async () => {
    await running?.close()
    await counted?.close()
  })

  const COUNT = 20
  const ids = Array.from({ length: COUNT }, (_, at) => `r${String(at).padStart(2, '0')}`)
  async function filled(name: string): Promise<ObjectApi> {
    globalThis.told = []
    const one = object(name)
    await one.deleteMany({})
    await one.createMany(ids.map((id, rank) => ({ id, rank, note: 'first', name: `n${rank}`, code: rank === 0 ? 'taken' : `c${rank}` })))
    globalThis.told = []
    return one
  }
  const all = async (name: string): Promise<readonly Record<string, unknown>[]> =>
    (await object(name).find({ orderBy: 'id', limit: 100 } as never)).items as never

  test.each(['plain', 'later'])('run the hooks of all records around one statement: %s', async (name) => {
    const one = await filled(name)
    const writes = await counted.of(() => one.updateMany({}, { note: 'second', amount: 7.25 }))
    expect(writes.filter((text) => text === `update ${name}`)).toHaveLength(1)
    // Which records, what they are, and what hooks behind the write see.
    expect(writes.filter((text) => text === `select ${name}`)).toHaveLength(3)
    expect(globalThis.told).toEqual([...ids.map((id) => `before ${id} first`), ...ids.map((id) => `after ${id} second`)])
    expect((await all(name)).every(({ note, amount }) => note === 'second' && amount === 7.25)).toBe(true)
    globalThis.told = []
    const deletes = await counted.of(() => one.deleteMany({ rank: { $lt: 15 } }))
    expect(deletes.filter((text) => text === `delete ${name}`)).toHaveLength(1)
    expect(deletes.filter((text) => text === `select ${name}`)).toHaveLength(2)
    expect(globalThis.told).toEqual([
      ...ids.slice(0, 15).map((id) => `before ${id} second`),
      ...ids.slice(0, 15).map((id) => `after ${id} second`),
    ])
    expect(await one.count()).toBe(5)
  })

  test('change each record in its own way in few statements', async () => {
    const one = await filled('plain')
    const writes = await counted.of(() => one.updateMany({}, { note: 'own' }))
    // Sixteen at once, then four.
    expect(writes.filter((text) => text === 'update plain')).toHaveLength(2)
    expect((await all('plain')).map(({ note }) => note)).toEqual(ids.map((id) => `own ${id}`))
    await one.updateMany({}, { note: 'all' })
    const changed = await all('plain')
    expect(
      changed.map(({ id, amount, rank, open: isOpen, day, seen, tags, name }) => [id, amount, rank, isOpen, day, seen, tags, name]),
    ).toEqual(
      ids.map((id, rank) => [
        id,
        rank + 0.25,
        rank * 3,
        rank % 2 === 0,
        `2024-02-2${rank % 8}`,
        rank % 3 === 0 ? null : `2024-02-29T10:00:0${rank % 10}.250Z`,
        [`t${rank}`],
        rank === 7 ? "it's \\ ü" : `n${rank}`,
      ]),
    )
  })

  test('are all or none, and say which record is the reason', async () => {
    const one = await filled('plain')
    const before = await all('plain')
    await expect(one.updateMany({}, { note: 'clash' })).rejects.toMatchObject({ status: 409, errors: [{ pointer: '/code' }] })
    await expect(one.updateMany({}, { note: 'long' })).rejects.toMatchObject({ status: 422, errors: [{ pointer: '/name' }] })
    await expect(one.updateMany({}, { note: 'refused' })).rejects.toMatchObject({ status: 422, message: 'Not the third.' })
    await expect(one.updateMany({}, { note: 'own' }, { maxAffected: 3 })).rejects.toMatchObject({ status: 400 })
    expect(await all('plain')).toEqual(before)
  })

  test('look at the rules of each record', async () => {
    const one = await filled('ruled')
    const before = await all('ruled')
    await expect(one.updateMany({}, { note: 'own', amount: 200 })).rejects.toMatchObject({ status: 422, errors: [{ code: 'SMALL' }] })
    expect(await all('ruled')).toEqual(before)
    const writes = await counted.of(() => one.updateMany({}, { note: 'same', amount: 20 }))
    expect(writes.filter((text) => text === 'update ruled')).toHaveLength(1)
    expect((await all('ruled')).every(({ amount }) => amount === 20)).toBe(true)
  })

  test('are made one by one where hooks look at other records', async () => {
    const one = await filled('looking')
    await one.updateMany({}, { note: 'counted' })
    expect((await all('looking')).map(({ rank }) => rank)).toEqual(ids.map((_, at) => at))
  })

  /** MariaDB says nothing of what it updates: that is read. On SQLite what is written by itself is. */
  const readBehind = (updates: number, inserts = 0): number =>
    database === 'MariaDB' ? updates : database === 'SQLite' ? updates + inserts : 0

  test('look the records of upsertMany up at once', async () => {
    const one = object('bare')
    await one.createMany(ids.map((id, rank) => ({ id, rank, code: `c${rank}`, day: '2024-02-29' })))
    const ran = async (inputs: readonly Record<string, unknown>[], on?: readonly string[]) => {
      let done: readonly Record<string, unknown>[] = []
      const texts = await counted.of(async () => {
        done = await one.upsertMany(inputs, on ? { on } : {})
      })
      const number = (text: string): number => texts.filter((each) => each === text).length
      return { done, counts: [number('select bare'), number('insert bare'), number('update bare')] }
    }
    const some = Array.from({ length: 30 }, (_, at) => at)
    const byCode = await ran(
      some.map((at) => ({ code: `c${at}`, note: `n${at}` })),
      ['code'],
    )
    expect(byCode.counts).toEqual([3 + readBehind(0, 2), 4, 2])
    expect(byCode.done.map(({ code, note }) => [code, note])).toEqual(some.map((at) => [`c${at}`, `n${at}`]))
    const byId = await ran(byCode.done.map(({ id }) => ({ id, name: `m${id}`.slice(0, 20) })))
    expect(byId.counts).toEqual([3, 0, 6])
    const byPair = await ran(
      ids.map((_, rank) => ({ rank, day: '2024-02-29', name: 'pair' })),
      ['day', 'rank'],
    )
    expect(byPair.counts).toEqual([3, 0, 2])
    expect(byPair.done.map(({ id }) => id)).toEqual(ids)
    // One after the other: the second of a key sees the first, whether that was there or not; without an id a record is new.
    const twice = await ran(
      ['c1', 'new', 'c1', 'new', 'other'].map((code, at) => ({ code, name: `t${at}`, ...(at === 1 ? { note: 'kept' } : {}) })),
      ['code'],
    )
    expect(twice.counts).toEqual([1 + readBehind(3, 2), 2, 3])
    expect(twice.done[3]).toMatchObject({ id: twice.done[1]?.['id'], note: 'kept', name: 't3' })
    const fresh = await ran([{ id: 'r00', note: 'a' }, { note: 'b' }, { id: 'r01', note: 'c' }, { note: 'd' }])
    expect(fresh.counts).toEqual([1 + readBehind(2, 2), 2, 2])
    expect(fresh.done.map(({ note }) => note)).toEqual(['a', 'b', 'c', 'd'])
    // Five hundred at a time.
    const many = Array.from({ length: 1001 }, (_, at) => ({ code: `many${at}`, note: 'many' }))
    expect((await ran(many, ['code'])).counts).toEqual([3 + readBehind(0, 1), 17, 0])
    expect((await ran(many, ['code'])).counts).toEqual([7 + readBehind(1), 0, 23])
    expect(await one.count({ where: { note: 'many' } } as never)).toBe(1001)
  }, 120_000)

  test('refuse what upsertMany cannot write as before, in its turn', async () => {
    const one = object('bare')
    await one.deleteMany({})
    await one.createMany([
      { id: 'a', code: 'a' },
      { id: 'b', code: 'b' },
    ])
    await expect(one.upsertMany([{ code: 'a' }, { code: 'c', name: 'x'.repeat(30) }, {}], { on: ['code'] })).rejects.toMatchObject({
      errors: [{ pointer: '/1/name' }],
    })
    await expect(one.upsertMany([{ code: 'a' }, { note: 'none' }, { code: 'b' }], { on: ['code'] })).rejects.toMatchObject({
      errors: [{ pointer: '/1/code', code: 'required' }],
    })
    await expect(one.upsertMany([{ code: 'a' }, { code: 'b' }], { on: ['note'] })).rejects.toMatchObject({ status: 400 })
    await expect(
      one.upsertMany([
        { id: 'a', code: 'x' },
        { id: 'b', code: 'x' },
      ]),
    ).rejects.toMatchObject({ status: 409 })
    expect((await all('bare')).map(({ id, code }) => [id, code])).toEqual([
      ['a', 'a'],
      ['b', 'b'],
    ])
  })

  test('let upsertMany see the keys that hooks give', async () => {
    const one = object('moved')
    await one.deleteMany({})
    const done = await one.upsertMany(
      [
        { code: 'a', note: 'move' },
        { code: 'b', name: 'second' },
        { code: 'c', name: 'third' },
      ],
      { on: ['code'] },
    )
    expect(done.map(({ code, note, name }) => [code, note ?? null, name ?? null])).toEqual([
      ['b', 'move', null],
      ['b', 'move', 'second'],
      ['c', null, 'third'],
    ])
    expect(await one.count()).toBe(2)
  })

  test('run hooks of upsertMany for each record behind one look', async () => {
    const one = await filled('plain')
    const texts = await counted.of(() =>
      one.upsertMany(
        ids.map((_, rank) => ({ code: rank === 0 ? 'taken' : `c${rank}`, note: 'up' })),
        { on: ['code'] },
      ),
    )
    // Hooks that look at the record before it changes read each.
    expect(texts.filter((text) => text === 'select plain')).toHaveLength(1 + COUNT + readBehind(COUNT))
    expect(new Set(globalThis.told.filter((text) => text.startsWith('before')))).toEqual(new Set(ids.map((id) => `before ${id} first`)))
    expect((await all('plain')).every(({ note }) => note === 'up')).toBe(true)
  })
})
