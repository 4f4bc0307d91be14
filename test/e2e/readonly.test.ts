import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compile } from '../../compiler/index.ts'
import type { RawRecord } from '../../runtime-lite/object/object-plan.ts'
import { type RunningApp, startedApp } from '../support/running-app.ts'
import { allSources, type OpenSource } from '../support/sources.ts'

const SCHEMAS = {
  'shelf.object.yml': 'name: shelf\nfields:\n  name: { type: text }\n',
  'book.object.yml': `name: book
fields:
  title: { type: text }
  code: { type: text, unique: true, required: true, readonly: true }
  state: { type: select, options: [in, out], defaultValue: in, readonly: true }
  out_at: { type: datetime, readonly: true }
  count: { type: number, readonly: true }
  marks: { type: tags, readonly: true }
  shelf: { type: master_detail, reference_to: shelf }
  label: { type: text, readonly: true }
actions:
  lend: { type: record }
  seal: { type: record }
`,
  'book.hook.ts': `export default {
  beforeCreate(ctx) { ctx.data.label = 'L-' + ctx.data.code },
  beforeUpdate(ctx) { if (ctx.data.title === 'counted') ctx.data.count = 7 },
}
`,
  'book.action.ts': `export const lend = { handler: (ctx) => ctx.api.update('book', ctx.id, { state: 'out', out_at: '2026-03-01T10:00:00Z' }) }
export const seal = { handler: (ctx) => ctx.sudo().object('book').update(ctx.id, { marks: ['sealed'] }) }
`,
}

let folder: string

beforeAll(async () => {
  mkdirSync(join(import.meta.dirname, '..', '..', 'tmp'), { recursive: true })
  folder = mkdtempSync(join(import.meta.dirname, '..', '..', 'tmp', 'readonly-'))
  mkdirSync(join(folder, 'schemas'))
  for (const [name, text] of Object.entries(SCHEMAS)) writeFileSync(join(folder, 'schemas', name), text)
  writeFileSync(
    join(folder, 'objectql.config.json'),
    '{"name":"books","input":["schemas"],"output":"generated","dialects":["sqlite","postgres","mysql"]}',
  )
  const { isOk, diagnostics } = await compile({ cwd: folder })
  expect({ isOk, errors: diagnostics.filter(({ severity }) => severity === 'error') }).toEqual({ isOk: true, errors: [] })
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.each(allSources().filter(({ isThere }) => isThere))('$name', ({ open }) => {
  let running: RunningApp
  let source: OpenSource
  beforeAll(async () => {
    source = await open('readonly')
    running = await startedApp(join(folder, 'generated'), { datasource: source.datasource })
  }, 60_000)
  afterAll(async () => {
    await running?.close()
    await source?.close()
  })

  const books = () => running.app.objects['book'] as RunningApp['app']['objects'][string]
  const send = (target: string, body: unknown, method = 'POST', headers: Record<string, string> = {}) =>
    running.request(`/api/${target}`, { method, body, headers })
  const refused = (pointers: readonly string[]) => ({
    status: 422,
    json: { code: 'VALIDATION_ERROR', errors: pointers.map((pointer) => ({ pointer, code: 'read_only' })) },
  })

  test('a client gives no value to a field that it only reads', async () => {
    expect(await send('book', { title: 'a', code: 'a', state: 'out', count: 1 })).toMatchObject(refused(['/state', '/count']))
    expect(await send('book', { title: 'a', code: 'a' }, 'POST', { 'accept-language': 'de' })).toMatchObject({ status: 201 })
    const made = await send('book', { title: 'b', code: 'b', state: 'in', count: null, out_at: null })
    expect(made).toMatchObject({ status: 201, json: { state: 'in', label: 'L-b', code: 'b' } })
    const { id } = made.json
    for (const patch of [{ state: 'out' }, { count: { $inc: 1 } }, { code: 'c' }, { marks: ['x'] }, { label: null }, { out_at: 'never' }])
      expect(await send(`book/${id}`, patch, 'PATCH')).toMatchObject(refused([`/${Object.keys(patch)[0]}`]))
    expect(await books().get(id)).toMatchObject({ title: 'b', state: 'in', count: null, code: 'b' })
    await expect(books().update(id, { state: 'out' })).rejects.toMatchObject({ status: 422, code: 'VALIDATION_ERROR' })
    await expect(running.app.as({ id: 'u' }, () => books().update(id, { state: 'out' }))).rejects.toMatchObject({ status: 422 })
  })

  test('all that was read may be sent back', async () => {
    const { json } = await send('book', { title: 'same', code: 'same' })
    await send(`book/${json.id}/actions/lend`, {})
    const { created_at: _, updated_at: __, id, ...read } = (await books().get(json.id)) as RawRecord & { id: string }
    expect(read).toMatchObject({ state: 'out', out_at: '2026-03-01T10:00:00.000Z' })
    expect(await send(`book/${id}`, { ...read, title: 'other' }, 'PATCH')).toMatchObject({
      status: 200,
      json: { title: 'other', state: 'out' },
    })
    expect(await send(`book/${id}`, { out_at: '2026-03-01T10:00:00Z' }, 'PATCH')).toMatchObject({ status: 200 })
    expect(await send('book/none', { state: 'out' }, 'PATCH')).toMatchObject({ status: 404 })
  })

  test('hooks, actions and the application itself write it', async () => {
    const { json } = await send('book', { title: 'c', code: 'hooks' })
    expect(await send(`book/${json.id}`, { title: 'counted' }, 'PATCH')).toMatchObject({ json: { count: 7 } })
    expect(await send(`book/${json.id}/actions/seal`, {})).toMatchObject({ status: 200 })
    expect(await running.app.sudo(() => books().update(json.id, { count: 9 }))).toMatchObject({ count: 9, marks: ['sealed'] })
    expect(await running.app.sudo(() => books().create({ code: 'sys', state: 'out' }))).toMatchObject({ state: 'out' })
  })

  test('every other way to write', async () => {
    const one = await books().create({ title: 'd', code: 'd' })
    await expect(books().createMany([{ code: 'e' }, { code: 'f', count: 2 }])).rejects.toMatchObject({ errors: [{ pointer: '/1/count' }] })
    const each = await books().createMany([{ code: 'g' }, { code: 'h', count: 2 }], { atomic: false })
    expect(each).toMatchObject([{ record: { code: 'g' } }, { error: { errors: [{ pointer: '/1/count', code: 'read_only' }] } }])
    await expect(books().updateMany({ code: 'd' }, { state: 'in' })).rejects.toMatchObject({ status: 422 })
    await expect(books().findOneAndUpdate({ code: 'd' }, { state: 'out' })).rejects.toMatchObject({ status: 422 })
    await expect(books().upsert({ code: 'd', count: 3 }, { on: ['code'] })).rejects.toMatchObject({ errors: [{ pointer: '/count' }] })
    expect(await books().upsert({ code: 'd', state: 'in', title: 'dd' }, { on: ['code'] })).toMatchObject({ id: one['id'], title: 'dd' })
    expect(await books().upsert({ code: 'new' }, { on: ['code'] })).toMatchObject({ code: 'new' })
    const clone = await books().clone(String(one['id']), { code: 'clone' })
    expect(clone).toMatchObject({ title: 'dd', state: 'in' })
    await expect(books().clone(String(one['id']), { code: 'clone2', count: 4 })).rejects.toMatchObject({ status: 422 })
  })

  test('records that are written along', async () => {
    const books = { create: [{ code: 'n1' }, { code: 'n2', state: 'out' }] }
    expect(await send('shelf', { name: 's', books })).toMatchObject(refused(['/books/create/1/state']))
    const made = await send('shelf', { name: 's', books: { create: [{ code: 'n3', state: 'in' }] } })
    expect(made).toMatchObject({ status: 201 })
    const [book] = (await running.app.objects['book']?.find({ where: { code: 'n3' } }))?.items ?? []
    const update = { books: { update: [{ id: book?.['id'], count: 3 }] } }
    expect(await send(`shelf/${made.json.id}`, update, 'PATCH')).toMatchObject(refused(['/books/update/0/count']))
  })
})
