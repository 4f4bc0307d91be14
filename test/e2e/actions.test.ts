import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compile } from '../../compiler/index.ts'
import type { App } from '../../runtime-lite/app/app.ts'
import type { AppOptions } from '../../runtime-lite/app/app-options.ts'
import type { ObjectApi } from '../../runtime-lite/app/object-api.ts'
import { createFetchHandler } from '../../runtime-lite/rest/fetch.ts'
import { isReachable, mysql, postgres, type ScratchDatabase } from '../support/database-servers.ts'

const TMP = join(import.meta.dirname, '..', '..', 'tmp')

const SCHEMAS = {
  'jar.object.yml': `
name: jar
label: Jar
fields:
  name: { type: text, required: true }
  grams: { type: number, defaultValue: 0 }
  shelf: { type: lookup, reference_to: shelf }
actions:
  fill:
    type: record
    label: Fill
    params:
      grams: { type: number, min: 1, max: 500, required: true }
      note: { type: text, max_length: 10 }
      sealed: { type: checkbox, defaultValue: true }
      kind: { options: [jam, honey], defaultValue: jam }
      kinds: { type: multiselect, options: [jam, honey] }
      packed_on: { type: date, defaultValue: $today }
      packed_at: { type: datetime }
      opens_at: { type: time }
      contact: { type: email }
      page: { type: url }
      stars: { type: rating }
      price: { type: currency, scale: 2 }
      place: { type: location }
      picture: { type: image }
      extra: { type: json }
      shelf: { type: lookup, reference_to: shelf }
      shelves: { type: lookup, reference_to: shelf, multiple: true }
      elsewhere: { type: lookup, reference_to: sys_thing }
    return_type: jar
  spill: { type: record }
  explode: { type: record }
  riddle: { type: record, return_type: json }
  reorder: { fields: [name] }
  weigh: { return_type: number }
  whisper: { type: global, internal: true }
  poster: { type: url, target: https://example.com }
`,
  'shelf.object.yml': 'name: shelf\nfields:\n  name: { type: text, required: true }\n',
  'jar.action.ts': `
export const fill = {
  handler: async (ctx) => {
    if (ctx.input !== ctx.params || ctx.objectName !== 'jar' || ctx.actionName !== 'fill') throw new TypeError('context')
    const { grams, shelf, ...rest } = ctx.input
    const jar = await ctx.api.update('jar', ctx.id, { grams, ...(shelf ? { shelf } : {}) })
    return { ...jar, rest }
  },
}
export const spill = { handler: async ({ api, id }) => { await api.update('jar', id, { grams: 0 }); await api.object('jar').execute('fill', id, { grams: 1 }); throw new Error('All over the floor.') } }
export const explode = { handler: async ({ api, id }) => { await api.update('jar', id, { grams: 0 }); null.bang } }
export const riddle = { handler: async ({ api, id }) => { await api.update('jar', id, { grams: 0 }); return { answer: 1n } } }
export const reorder = { handler: ({ id }) => ({ id }) }
export const weigh = async ({ api }) => (await api.find('jar', {})).reduce((sum, { grams }) => sum + grams, 0)
export const whisper = { handler: () => undefined }
export async function label({ input }) { return input }
`,
} as const

type Jars = App<{ readonly [object: string]: ObjectApi }>

let folder: string
let createApp: (options: AppOptions) => Promise<Jars>

beforeAll(async () => {
  mkdirSync(TMP, { recursive: true })
  folder = mkdtempSync(join(TMP, 'actions-'))
  mkdirSync(join(folder, 'schemas'))
  for (const [path, text] of Object.entries(SCHEMAS)) writeFileSync(join(folder, 'schemas', path), text)
  writeFileSync(
    join(folder, 'objectql.config.json'),
    '{"name":"jars","input":["schemas"],"output":"generated","dialects":["sqlite","postgres","mysql"]}',
  )
  const { isOk, diagnostics } = await compile({ cwd: folder })
  expect({ isOk, errors: diagnostics.filter(({ severity }) => severity === 'error') }).toEqual({ isOk: true, errors: [] })
  ;({ createApp } = (await import(/* @vite-ignore */ join(folder, 'generated', 'index.ts'))) as { createApp: typeof createApp })
}, 60_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const DATABASES = [
  { name: 'SQLite', isThere: true, server: undefined, url: () => ':memory:' },
  {
    name: 'PostgreSQL',
    isThere: isReachable(postgres),
    server: postgres,
    url: (name: string) => `postgres://${process.env['PGUSER'] ?? 'postgres'}@${process.env['PGHOST'] ?? '127.0.0.1'}/${name}`,
  },
  {
    name: 'MariaDB',
    isThere: isReachable(mysql),
    server: mysql,
    url: (name: string) => `mysql://${process.env['MYSQL_USER'] ?? 'root'}@127.0.0.1/${name}`,
  },
] as const

describe.each(DATABASES)('on $name', ({ isThere, server, url }) => {
  let scratch: ScratchDatabase | undefined
  let app: Jars
  let fetch: (request: Request) => Promise<Response>
  const reported: unknown[] = []

  beforeAll(async () => {
    if (!isThere) return
    scratch = server?.create('actions')
    app = await createApp({ datasource: url(scratch?.name ?? ''), onError: (error) => void reported.push(error) })
    fetch = createFetchHandler(app as unknown as App)
    await app.objects['shelf']!.createMany([
      { id: 'low', name: 'low' },
      { id: 'high', name: 'high' },
    ])
    await app.objects['jar']!.create({ id: 'a', name: 'a', grams: 7 })
  }, 60_000)

  afterAll(async () => {
    await app?.close()
    scratch?.drop()
  })

  const post = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) }
    const answer = await fetch(new Request(`http://jars/api/${path}`, init))
    const text = await answer.text()
    return { status: answer.status, json: text === '' ? undefined : JSON.parse(text) }
  }
  const grams = async () => (await app.objects['jar']!.get('a'))?.['grams']

  test('an action does what it does and answers with what it returns', async ({ skip }) => {
    if (!isThere) skip()
    const answer = await post('jar/a/actions/fill', { grams: 70, shelf: 'low', elsewhere: 'anything' })
    expect(answer).toMatchObject({ status: 200, json: { id: 'a', grams: 70, shelf: 'low' } })
    expect(answer.json.rest).toEqual({
      sealed: true,
      kind: 'jam',
      packed_on: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      elsewhere: 'anything',
    })
    expect(await post('jar/a:fill', { grams: 71, sealed: false })).toMatchObject({
      status: 200,
      json: { grams: 71, rest: { sealed: false } },
    })
    expect(await post('jar/actions/weigh', {})).toEqual({ status: 200, json: 71 })
    expect(await post('jar/a/actions/reorder', {})).toEqual({ status: 200, json: { id: 'a' } })
    expect(await post('jar/actions/label', {})).toEqual({ status: 200, json: {} })
  })

  test('whatever fails is undone', async ({ skip }) => {
    if (!isThere) skip()
    const before = await grams()
    expect(await post('jar/a/actions/spill', {})).toMatchObject({ status: 422, json: { detail: 'All over the floor.' } })
    expect(await grams()).toBe(before)
    reported.length = 0
    expect(await post('jar/a/actions/explode', {})).toMatchObject({ status: 500, json: { code: 'INTERNAL_ERROR' } })
    expect(await grams()).toBe(before)
    // An answer that cannot be written is no answer.
    expect(await post('jar/a/actions/riddle', {})).toMatchObject({ status: 500 })
    expect(await grams()).toBe(before)
    expect(reported).toHaveLength(2)
    await expect(
      app.transaction(async () => {
        await app.objects['jar']!.execute('fill', 'a', { grams: 3 })
        expect(await grams()).toBe(3)
        throw new Error('undone')
      }),
    ).rejects.toThrow('undone')
    expect(await grams()).toBe(before)
  })

  test.each<[about: string, params: Record<string, unknown>, pointers: readonly string[]]>([
    ['nothing that is needed', {}, ['/grams required']],
    ['null where a value is needed', { grams: null }, ['/grams required']],
    ['out of bounds', { grams: 501, note: 'much too long' }, ['/grams max', '/note max_length']],
    ['no parameter', { grams: 1, gram: 2, id: 'a', _id: 'a' }, ['/gram unknown_field', '/id unknown_field', '/_id unknown_field']],
    ['no option', { grams: 1, kind: 'tar', kinds: ['jam', 'tar'] }, ['/kind option', '/kinds/1 option']],
    [
      'no date, no time',
      { grams: 1, packed_on: '2026-02-30', packed_at: 'now', opens_at: '25:00' },
      ['/packed_on format', '/packed_at format', '/opens_at format'],
    ],
    ['no address', { grams: 1, contact: 'me', page: 'javascript:1' }, ['/contact format', '/page format']],
    ['of another type', { grams: '1 ', sealed: 'sure', stars: 2.5, price: {}, place: 1, picture: 1 }, []],
    ['lookups of other records', { grams: 1, shelf: 'nowhere', shelves: ['low', 'nowhere'] }, ['/shelf reference', '/shelves reference']],
  ])('parameters are checked as fields are: %s', async (_, params, pointers) => {
    if (!isThere) return
    const before = await grams()
    const { status, json } = await post('jar/a/actions/fill', params)
    expect(status).toBe(422)
    const found = json.errors.map(({ pointer, code }: { pointer: string; code: string }) => `${pointer} ${code}`)
    if (pointers.length > 0) expect(found).toEqual(pointers)
    else expect(found.map((text: string) => text.split(' ')[0])).toEqual(['/grams', '/sealed', '/stars', '/price', '/place', '/picture'])
    expect(await grams()).toBe(before)
  })

  test('lists of lookups, given once each', async ({ skip }) => {
    if (!isThere) skip()
    expect(await post('jar/a/actions/fill', { grams: 5, shelves: ['low', 'high'] })).toMatchObject({
      status: 200,
      json: { rest: { shelves: ['low', 'high'] } },
    })
    expect(await post('jar/a/actions/fill', { grams: 5, shelves: [] })).toMatchObject({ status: 200 })
    expect(await post('jar/a/actions/fill', { grams: 5, shelf: null })).toMatchObject({ status: 200 })
  })

  test('what is not there, and what is not for the outside', async ({ skip }) => {
    if (!isThere) skip()
    const detail = (name: string) => ({ status: 404, json: { detail: `Action '${name}' not found for object 'jar'.` } })
    expect(await post('jar/a/actions/fil', {})).toMatchObject(detail('fil'))
    expect(await post('jar/actions/whisper', {})).toMatchObject(detail('whisper'))
    expect(await post('jar/actions/__proto__', {})).toMatchObject(detail('__proto__'))
    expect(await post('jar/actions/poster', {})).toMatchObject({
      status: 404,
      json: { detail: "Action 'poster' of object 'jar' has no handler." },
    })
    expect(await post('jar/nobody/actions/fill', { grams: 1 })).toMatchObject({ status: 404 })
    expect(await post('jar/actions/fill', { grams: 1 })).toMatchObject({ status: 400 })
    expect(await post('jar/a/actions/weigh', {})).toMatchObject({ status: 400 })
    expect(await post('jar/actions/weigh?x=1', {})).toMatchObject({ status: 400 })
    expect(await post('jar/actions/weigh', [])).toMatchObject({ status: 422, json: { detail: 'Weigh takes an object with parameters.' } })
    expect(await app.protocol.executeAction('jar:whisper')).toBeUndefined()
    await expect(app.protocol.executeAction('jar:nothing')).rejects.toMatchObject({
      status: 404,
      message: "Action 'nothing' not found for object 'jar'.",
    })
    await expect(app.protocol.executeAction('pot:fill')).rejects.toMatchObject({
      status: 404,
      message: "Action 'fill' not found for object 'pot'.",
    })
  })

  test('in process by name and as methods', async ({ skip }) => {
    if (!isThere) skip()
    const jar = app.objects['jar']!
    expect(Object.keys(jar.actions).sort()).toEqual(['explode', 'fill', 'label', 'reorder', 'riddle', 'spill', 'weigh', 'whisper'])
    expect(await jar.actions['fill']?.('a', { grams: 9 })).toMatchObject({ grams: 9 })
    expect(await jar.actions['weigh']?.()).toBe(9)
    expect(await jar.execute('weigh')).toBe(9)
    expect(await jar.execute('weigh', null)).toBe(9)
    const given = { grams: 10 }
    await jar.execute('fill', 'a', given)
    expect(given).toEqual({ grams: 10 })
    await expect(jar.execute('fill', 'a', { grams: 0 })).rejects.toMatchObject({
      status: 422,
      errors: [{ pointer: '/grams', code: 'min' }],
    })
    await expect(jar.execute('fill', 7 as unknown as string)).rejects.toMatchObject({ status: 400 })
    await expect(jar.execute('fill')).rejects.toMatchObject({ status: 400 })
    expect(await app.protocol.executeAction('jar:fill', { id: 'a', grams: 11 })).toMatchObject({ grams: 11 })
    expect(await app.protocol.executeAction('jar:fill', { id: 'a', params: { grams: 12 } })).toMatchObject({ grams: 12 })
    expect(Object.keys(app.objects['shelf']!.actions)).toEqual([])
  })
})
