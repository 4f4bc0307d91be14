import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RawRecord } from '../../runtime-lite/object/object-plan.ts'
import { type CompiledProject, compiledProject } from '../support/compiled-project.ts'
import { type RunningApp, startedApp } from '../support/running-app.ts'
import { allSources } from '../support/sources.ts'

const NOTE = `name: note
fields:
  title: { type: text, trackHistory: true }
  code: { type: text, unique: true }
  owner: { type: text }
queries:
  titled:
    params: { title: { type: text } }
    where: { title: $title }
`

/** A hook as a filter of what may be seen, and one as a mask. */
const HOOKS = `declare global { var findEvents: string[]; var reader: string | undefined }

export function beforeFind(ctx: any) {
  globalThis.findEvents.push(ctx.event + ' ' + ctx.operation)
  if (globalThis.reader) ctx.query.where = { owner: globalThis.reader }
}
export async function afterFind(ctx: any) {
  globalThis.findEvents.push(ctx.event + ' ' + ctx.result.length)
  for (const row of ctx.result) if ('code' in row) row.code = '***'
}
export function beforeCount(ctx: any) { globalThis.findEvents.push(ctx.event) }
export function afterFindOne(ctx: any) { globalThis.findEvents.push(ctx.event + ' ' + (ctx.result === null ? 'none' : ctx.result.title)) }
export {}
`

declare global {
  var findEvents: string[]
  var reader: string | undefined
}

let project: CompiledProject

beforeAll(async () => {
  project = await compiledProject({
    'objectql.config.json': '{"name":"made","dialects":["sqlite","postgres","mysql"]}',
    'schemas/note.object.yml': NOTE,
    'schemas/note.hook.ts': HOOKS,
  })
  expect(project.diagnostics.map(({ code, message }) => `${code}: ${message}`)).toEqual([])
})

afterAll(() => project?.remove())

const sources = allSources().filter(({ isThere }) => isThere)

describe.each(sources.map((source) => [source.name, source] as const))('find hooks on %s', (_name, source) => {
  let running: RunningApp
  let close: () => Promise<void>

  beforeAll(async () => {
    const opened = await source.open('findhooks')
    close = opened.close
    running = await startedApp(project.output, { datasource: opened.datasource })
    globalThis.reader = undefined
    globalThis.findEvents = []
    const records = [1, 2, 3, 4, 5, 6].map(
      (number): RawRecord => ({ id: `n${number}`, title: 'same', code: `c${number}`, owner: number % 2 ? 'me' : 'you' }),
    )
    await running.app.objects['note']?.createMany(records)
  }, 60_000)

  afterAll(async () => {
    await running?.close()
    await close?.()
  })

  const note = () => running.app.objects['note'] as NonNullable<(typeof running.app.objects)[string]>
  const as = async <Result>(reader: string | undefined, work: () => Promise<Result>): Promise<{ result: Result; events: string[] }> => {
    globalThis.reader = reader
    globalThis.findEvents = []
    const result = await work()
    return { result, events: globalThis.findEvents }
  }
  const ids = (items: readonly RawRecord[]) => items.map(({ id }) => id)

  test('narrow every way to read, in process', async () => {
    const one = await as('me', () => note().get('n1'))
    expect(one.result).toMatchObject({ id: 'n1', code: '***' })
    expect(one.events).toEqual(['beforeFind find', 'afterFind 1', 'afterFindOne same'])
    const hidden = await as('me', () => note().get('n2'))
    expect([hidden.result, hidden.events]).toEqual([null, ['beforeFind find', 'afterFind 0', 'afterFindOne none']])
    expect((await as('me', () => note().get('n2', { select: ['title'] }))).result).toBeNull()
    expect((await as('me', () => note().get('n1', { select: ['title'] }))).result).toEqual({ title: 'same' })
    expect((await as('me', () => note().getBy({ code: 'c2' }))).result).toBeNull()
    expect((await as('me', () => note().getBy({ code: 'c3' }))).result).toMatchObject({ id: 'n3', code: '***' })
    const list = await as('me', () => note().find({ orderBy: 'id' }))
    expect([ids(list.result.items), list.events]).toEqual([
      ['n1', 'n3', 'n5'],
      ['beforeFind find', 'afterFind 3'],
    ])
    expect((await as('me', () => note().find({ where: { owner: 'you' } }))).result.items).toEqual([])
    const count = await as('me', () => note().count())
    expect(count).toEqual({ result: 3, events: ['beforeFind count', 'beforeCount'] })
    const groups = await as('me', () => note().aggregate({ groupBy: ['owner'], aggregate: { number: { count: '*' } } } as never))
    expect(groups.result).toEqual([{ owner: 'me', number: 3 }])
    expect(ids((await as('me', () => note().queries['titled']!({ title: 'same' }))).result.items).toSorted()).toEqual(['n1', 'n3', 'n5'])
    expect(ids((await as(undefined, () => note().queries['titled']!({ title: 'same' }))).result.items)).toHaveLength(6)
    const template = running.app.queries.compile('note' as never, { where: { title: '$title' } } as never) as {
      execute(values: object): Promise<{ items: RawRecord[] }>
    }
    expect(ids((await as('you', () => template.execute({ title: 'same' }))).result.items).toSorted()).toEqual(['n2', 'n4', 'n6'])
    await expect(as('me', () => note().history('n2'))).rejects.toMatchObject({ status: 404 })
    expect((await as('me', () => note().history('n1'))).result).toEqual([])
  })

  test('narrow every way to read over HTTP, pages by cursor among them', async () => {
    const read = (target: string, call?: object) => as('me', () => running.request(target, call))
    expect((await read('/api/note/n2')).result.status).toBe(404)
    expect((await read('/api/note/n1')).result.json).toMatchObject({ id: 'n1', code: '***' })
    expect((await read('/api/note/n2?$select=title')).result.status).toBe(404)
    expect((await read('/api/note/n2/history')).result.status).toBe(404)
    expect((await read('/api/note/count')).result.text).toContain('3')
    const first = (await read('/api/note?$orderby=id&$top=2&$count=true&cursor=')).result.json
    expect([ids(first.items), first.total]).toEqual([['n1', 'n3'], 3])
    const second = (await read(`/api/note?$orderby=id&$top=2&$count=true&cursor=${encodeURIComponent(first.next_cursor)}`)).result.json
    expect(ids(second.items)).toEqual(['n5'])
    const posted = (await read('/api/note/query', { method: 'POST', body: { where: { title: 'same' } } })).result.json
    expect(ids(posted.items).toSorted()).toEqual(['n1', 'n3', 'n5'])
    expect(ids((await read('/api/note/queries/titled?title=same')).result.json.items).toSorted()).toEqual(['n1', 'n3', 'n5'])
  })

  test('see nothing of what writes and hooks themselves read', async () => {
    const { events } = await as('me', () => note().update('n2', { title: 'same' }))
    expect(events).toEqual([])
  })
})
