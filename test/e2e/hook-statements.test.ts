import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { ObjectApi } from '../../runtime-lite/app/object-api.ts'
import { type CompiledFolder, compiledFolder } from '../support/compiled-folder.ts'
import { type RunningApp, startedApp } from '../support/running-app.ts'
import { mysqlUrl, type OpenSource, postgresUrl, remoteSources } from '../support/sources.ts'
import { type WireLog, wireLog } from '../support/wire-log.ts'

const SCHEMAS: Readonly<Record<string, string>> = {
  'person.object.yml': 'name: person\nfields:\n  name: { type: text }\n',
  'deal.object.yml': `
name: deal
fields:
  name: { type: text }
  code: { type: text, unique: true }
  stage: { type: select, options: [draft, open, done], defaultValue: draft }
  owner: { type: lookup, reference_to: person }
  helper: { type: lookup, reference_to: person }
validation:
  rules:
    - { name: flow, type: state_machine, field: stage, transitions: { draft: [open], open: [done, draft], done: [] }, message: Not so fast., error_code: FLOW }
`,
  'deal.hook.ts': `
export function beforeCreate(ctx) {
  if (typeof ctx.data.name === 'string') ctx.data.name = ctx.data.name.trim()
}
export const shout = {
  name: 'shout',
  object: 'deal',
  events: ['beforeCreate'],
  handler(ctx) {
    if (typeof ctx.data.code === 'string') ctx.data.code = ctx.data.code.toUpperCase()
  },
}
export function afterUpdate(ctx) {
  if (ctx.data.name === 'boom') throw new Error('The hook refuses.')
}
`,
  // Its hooks wait.
  'memo.object.yml': 'name: memo\nfields:\n  title: { type: text }\n  about: { type: lookup, reference_to: deal }\n',
  'memo.hook.ts': `
export async function afterCreate(ctx) {
  await ctx.api.object('person').create({ name: ctx.data.title })
}
`,
}

let folder: CompiledFolder
beforeAll(async () => {
  folder = await compiledFolder(SCHEMAS, { isLenient: true })
}, 60_000)
afterAll(() => folder.remove())

/** Verb and table of each statement, by round trips. */
const short = (trips: readonly (readonly string[])[]): readonly string[] =>
  trips.map((trip) =>
    trip
      .map((sql) => {
        const [, verb, table] = /^(insert|update|delete|select)(?: into| from| .*? from)? ["`](\w+)["`]/s.exec(sql) ?? []
        return verb === undefined ? sql.replace(/ [sd]\d+$/, '') : `${verb} ${table}`
      })
      .join(' + '),
  )

describe.each(remoteSources())('writes with hooks on $name', ({ name, isThere, open }) => {
  if (!isThere) return
  const isPostgres = name === 'PostgreSQL'
  let source: OpenSource
  let log: WireLog
  let running: RunningApp
  let deal: ObjectApi
  let person: ObjectApi
  let memo: ObjectApi

  beforeAll(async () => {
    source = await open('hook_statements')
    const scratch = source.scratch as NonNullable<OpenSource['scratch']>
    log = await wireLog(isPostgres ? 'postgres' : 'mysql', isPostgres ? 5432 : 3306)
    const url = isPostgres ? postgresUrl(scratch, '?statement_timeout=400') : mysqlUrl(scratch)
    running = await startedApp(folder.generated, {
      datasource: url.replace('127.0.0.1', `127.0.0.1:${log.port}`),
      migrate: true,
      onError: () => undefined,
    } as never)
    ;({ deal, person, memo } = running.app.objects as Record<string, ObjectApi> as never)
    await person.create({ id: 'p', name: 'P' })
  }, 60_000)
  afterEach(() => {
    log.cutAt = undefined
  })
  afterAll(async () => {
    await running.close()
    await log.close()
    await source.close()
  })

  /** The second time: then statements are prepared. */
  async function said(work: (time: number) => Promise<unknown>): Promise<readonly string[]> {
    await work(0)
    return short(await log.of(() => work(1)))
  }
  const stage = async (id: string): Promise<unknown> => (await deal.get(id))?.['stage']

  test('take no transaction where one statement is all there is', async () => {
    const trips = await said((time) => deal.create({ id: `c${time}`, name: ' A ', code: `c${time}`, owner: 'p' }))
    expect(trips).toEqual(['insert deal'])
    expect(await deal.get('c1')).toMatchObject({ name: 'A', code: 'C1', stage: 'draft' })
  })

  test('begin with their first statement and take no savepoint around what is the whole transaction', async () => {
    for (const id of ['u0', 'u1']) await deal.create({ id })
    const trips = await said((time) => deal.update(`u${time}`, { stage: 'open' }))
    expect(trips).toEqual(isPostgres ? ['begin + update deal', 'commit'] : ['start transaction', 'update deal', 'select deal', 'commit'])
    expect(await stage('u1')).toBe('open')
    // The same over REST.
    const patch = { method: 'PATCH', body: { stage: 'done' } }
    expect(short(await log.of(() => running.request('/api/deal/u1', patch)))).toEqual(trips)
  })

  test('undo everything when a hook, a rule or the database refuses', async () => {
    for (const id of ['r0', 'r1']) await deal.create({ id, code: id })
    const refused = (patch: object, error: object) =>
      said((time) => expect(deal.update(`r${time}`, patch as never)).rejects.toMatchObject(error))
    const update = isPostgres ? ['begin + update deal'] : ['start transaction', 'update deal']
    const look = isPostgres ? [] : ['select deal']
    const undo = isPostgres ? ['rollback'] : ['rollback and chain', 'rollback']
    expect(await refused({ stage: 'open', name: 'boom' }, { status: 422, message: 'The hook refuses.' })).toEqual([
      ...update,
      ...look,
      isPostgres ? 'rollback' : 'rollback',
    ])
    expect(await stage('r1')).toBe('draft')
    expect(await refused({ stage: 'done' }, { status: 422, errors: [{ pointer: '/stage', code: 'FLOW' }] })).toEqual([
      ...update,
      'select deal',
      undo.at(-1),
    ])
    // Which reference leads nowhere is asked once the statement is undone.
    expect(
      await refused({ owner: 'nobody', helper: 'p' }, { status: 422, errors: [{ pointer: '/owner', code: 'reference' }] }),
    ).toHaveLength(isPostgres ? 5 : 5)
    expect(await refused({ code: 'C1' }, { status: 409 })).toEqual([...update, undo.at(-1)])
    expect(await deal.get('r1')).toMatchObject({ stage: 'draft', owner: null, code: 'R1' })
  })

  test('of several statements send the ends of savepoints along', async () => {
    const trips = await said((time) => memo.create({ id: `m${time}`, title: `T${time}` }))
    expect(trips).toEqual(
      isPostgres
        ? ['begin + insert memo', 'savepoint + insert person', 'release savepoint + commit']
        : ['start transaction', 'insert memo', 'insert person', 'commit'],
    )
    expect(await person.count({ where: { name: 'T1' } })).toBe(1)
  })

  test('leave nothing behind and are not made twice when the connection is lost', async () => {
    await deal.create({ id: 'l' })
    // Before it was sent to be kept: the transaction is repeated.
    let cuts = 0
    log.cutAt = (sql) => /^update/.test(sql) && cuts++ === 0
    const update = deal.update('l', { stage: 'open' })
    if (isPostgres) {
      await update
      expect(cuts).toBeGreaterThan(1)
      expect(await stage('l')).toBe('open')
    } else {
      await expect(update).rejects.toMatchObject({ status: 503 })
      await deal.update('l', { stage: 'open' })
    }
    // With the commit: nobody knows.
    log.cutAt = (sql) => sql === 'commit'
    await expect(deal.update('l', { stage: 'done' })).rejects.toMatchObject({ status: 503 })
    log.cutAt = undefined
    expect(await stage('l')).toBe('open')
  })

  test.runIf(isPostgres)('leave nothing behind when the commit or a lock fails', async () => {
    const scratch = source.scratch as NonNullable<OpenSource['scratch']>
    await deal.create({ id: 'd1', name: 'one' })
    await deal.create({ id: 'd2', name: 'two' })
    scratch.run(`create function refuse() returns trigger language plpgsql as $$ begin
      if exists (select from deal where name = new.name and id <> new.id) then raise unique_violation; end if; return null; end $$;
      create constraint trigger late after update on deal deferrable initially deferred for each row execute function refuse()`)
    try {
      await expect(deal.update('d2', { name: 'one', stage: 'open' })).rejects.toMatchObject({ status: 409 })
      expect(await deal.get('d2')).toMatchObject({ name: 'two', stage: 'draft' })
    } finally {
      scratch.run('drop trigger late on deal; drop function refuse')
    }
    const held = running.app.transaction(async () => {
      await deal.update('d1', { stage: 'open' })
      await running.core.transactions?.outside(() =>
        expect(deal.update('d1', { name: 'waits' })).rejects.toMatchObject({ status: 503, code: 'TIMEOUT' }),
      )
    })
    await held
    expect(await deal.get('d1')).toMatchObject({ name: 'one', stage: 'open' })
    expect(scratch.run(`select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in%'`).trim()).toBe(
      '0',
    )
  })
})
