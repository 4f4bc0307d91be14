import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compile } from '../../compiler/index.ts'
import type { RawRecord } from '../../runtime-lite/object/object-plan.ts'
import { answerOf, type RunningApp, startedApp } from '../support/running-app.ts'
import { allSources, type OpenSource } from '../support/sources.ts'

const SCHEMAS = {
  'account.object.yml': `name: account
enable: { trash: true, trackHistory: true }
fields:
  name: { type: text, unique: true, searchable: true }
  region: { type: text }
  parent: { type: lookup, reference_to: account, delete_behavior: set_null }
  orders_total: { type: summary, summary_object: order, summary_field: total, summary_type: sum }
  orders_count: { type: summary, summary_object: order, summary_type: count }
indexes:
  region_name: { fields: [region, name], unique: true }
`,
  // Follows the account, and has one level below it.
  'order.object.yml': `name: order
fields:
  title: { type: text }
  account: { type: master_detail, reference_to: account }
  total: { type: number }
  lines_count: { type: summary, summary_object: line, summary_type: count }
`,
  'line.object.yml': `name: line
fields:
  order: { type: master_detail, reference_to: order }
  text: { type: text }
`,
  'invoice.object.yml': `name: invoice
soft_delete: { enabled: true, field: archived_at }
fields:
  account: { type: lookup, reference_to: account, delete_behavior: restrict }
  number: { type: text, unique: true }
  archived_at: { type: datetime, label: Archived }
`,
  'note.object.yml': `name: note
enable: { trash: false }
fields:
  account: { type: lookup, reference_to: account, delete_behavior: cascade }
  about: { type: lookup, reference_to: account, multiple: true }
  loose: { type: lookup, reference_to: account, delete_behavior: set_null }
`,
}

let folder: string

beforeAll(async () => {
  mkdirSync(join(import.meta.dirname, '..', '..', 'tmp'), { recursive: true })
  folder = mkdtempSync(join(import.meta.dirname, '..', '..', 'tmp', 'trash-'))
  mkdirSync(join(folder, 'schemas'))
  for (const [name, text] of Object.entries(SCHEMAS)) writeFileSync(join(folder, 'schemas', name), text)
  writeFileSync(
    join(folder, 'objectql.config.json'),
    '{"name":"kept","input":["schemas"],"output":"generated","dialects":["sqlite","postgres","mysql"]}',
  )
  const { isOk, diagnostics } = await compile({ cwd: folder })
  expect({ isOk, errors: diagnostics.filter(({ severity }) => severity !== 'info') }).toEqual({ isOk: true, errors: [] })
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.for(allSources())('the trash on $name', ({ isThere, open }) => {
  let source: OpenSource
  let running: RunningApp
  const it = test.skipIf(!isThere)
  let number = 0

  beforeAll(async () => {
    if (!isThere) return
    source = await open('trash')
    running = await startedApp(join(folder, 'generated'), { datasource: source.datasource })
  }, 60_000)
  afterAll(async () => {
    if (!isThere) return
    await running.app.close()
    await source.close()
  })

  const object = (name: string) => running.app.objects[name] as NonNullable<RunningApp['app']['objects'][string]>
  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    answerOf(
      await running.fetch(
        new Request(`http://kept${path}`, {
          method,
          headers: { 'content-type': 'application/json', ...headers },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
      ),
    )
  const names = (records: readonly RawRecord[]): unknown[] => records.map(({ name }) => name)
  /** An account with two orders of two lines each. */
  const family = async (): Promise<{ readonly name: string; readonly id: string; readonly orders: string[] }> => {
    const name = `Family ${++number}`
    const account = await object('account').create({
      name,
      region: `r${number}`,
      orders: { create: [1, 2].map((total) => ({ title: `${name}/${total}`, total, lines: { create: [{ text: 'a' }, { text: 'b' }] } })) },
    })
    const { items } = await object('order').find({ where: { account: account['id'] }, orderBy: 'total' })
    return { name, id: String(account['id']), orders: items.map(({ id }) => String(id)) }
  }

  it('keeps what is deleted out of every read', async () => {
    const { id, name, orders } = await family()
    const other = await object('account').create({ name: `${name} other`, parent: id })
    const note = await object('note').create({ loose: id, about: [id, other['id']] })
    expect((await call('DELETE', `/api/account/${id}`)).status).toBe(204)
    expect((await call('GET', `/api/account/${id}`)).status).toBe(404)
    expect((await call('PATCH', `/api/account/${id}`, { region: 'x' })).status).toBe(404)
    expect((await call('DELETE', `/api/account/${id}`)).status).toBe(404)
    expect(await object('account').getBy({ name })).toBeNull()
    const where = { name: { $startsWith: name } }
    expect(names((await object('account').find({ where, count: true })).items)).toEqual([`${name} other`])
    expect((await object('account').find({ where, count: true })).total).toBe(1)
    expect(await object('account').count({ where })).toBe(1)
    expect((await object('account').find({ search: 'Family', where })).items).toHaveLength(1)
    expect(await object('account').aggregate({ where, groupBy: ['name'], aggregate: { n: { count: '*' } } })).toHaveLength(1)
    // Through relations: expanded, filtered, sorted, to one, to many and in lists.
    const [child] = (await object('account').find({ where, expand: { parent: true } })).items
    expect(child?.['parent']).toBe(id)
    expect(await object('account').count({ where: { ...where, parent: { name } } })).toBe(0)
    expect(await object('account').count({ where: { ...where, 'parent.name': null } })).toBe(1)
    expect((await object('note').get(String(note['id']), { expand: { about: { select: ['name'] } } }))?.['about']).toEqual([
      id,
      { name: `${name} other` },
    ])
    expect(await object('order').count({ where: { id: { $in: orders } } })).toBe(0)
    expect(await object('line').count({ where: { order: { $in: orders } } })).toBe(0)
    expect(await object('account').updateMany({ name }, { region: 'x' })).toBe(0)
    expect(await object('account').deleteMany({ name })).toBe(0)
    expect(await object('account').findOneAndUpdate({ name }, { region: 'x' })).toBeNull()
    await expect(object('account').clone(id)).rejects.toMatchObject({ status: 404 })
  })

  it('shows the trash to whoever asks for it', async () => {
    const { id, name } = await family()
    await running.app.as({ id: 'u1' }, () => object('account').delete(id))
    const only = await call('GET', `/api/account?deleted=only&$filter=name eq '${name}'`)
    expect(only.json.items).toMatchObject([{ id, deleted_by: 'u1', deleted_at: expect.stringMatching(/^\d{4}-.*Z$/) }])
    expect((await call('GET', `/api/account/${id}?deleted=with`)).json).toMatchObject({ id, name })
    expect((await call('GET', `/api/account/${id}?deleted=only`)).status).toBe(200)
    expect((await call('GET', `/api/account/count?deleted=only&name=${encodeURIComponent(name)}`)).json).toEqual({ count: 1 })
    expect((await call('POST', '/api/account/query', { deleted: 'only', where: { name } })).json.items).toHaveLength(1)
    expect((await object('account').find({ deleted: 'with', where: { name } })).items).toHaveLength(1)
    expect((await object('order').find({ deleted: 'only', where: { title: { $startsWith: `${name}/` } } })).items).toHaveLength(2)
    const paged = await object('order').find({ deleted: 'only', where: { title: { $startsWith: `${name}/` } }, orderBy: 'title', limit: 1 })
    expect(paged.items).toHaveLength(1)
    expect((await call('GET', '/api/note?deleted=only')).json).toMatchObject({ status: 400, code: 'INVALID_QUERY' })
    expect((await call('GET', '/api/account?deleted=maybe')).json).toMatchObject({ status: 400 })
    expect((await call('POST', '/api/account/query', { deleted: 'maybe' })).json).toMatchObject({ status: 400 })
    expect((await call('GET', `/api/account/${id}/history`)).json.items[0]).toMatchObject({ field: 'deleted_at', old: null, by: 'u1' })
  })

  it('brings back what went together, and nothing else', async () => {
    const { id, orders } = await family()
    const [first = '', second = ''] = orders
    await object('line').deleteMany({ order: first, text: 'a' })
    await object('order').delete(second)
    expect(await object('account').get(id)).toMatchObject({ orders_total: 1, orders_count: 1 })
    await object('account').delete(id)
    expect((await call('POST', `/api/order/${first}/restore`)).json).toMatchObject({ status: 409 })
    const back = await call('POST', `/api/account/${id}/restore`)
    expect([back.status, back.json]).toMatchObject([200, { id, deleted_at: null, deleted_by: null, orders_total: 1, orders_count: 1 }])
    expect(await object('order').get(first)).toMatchObject({ lines_count: 1, deleted_at: null })
    expect(await object('order').get(second)).toBeNull()
    expect((await call('POST', `/api/account/${id}/restore`)).status).toBe(409)
    expect((await call('POST', '/api/account/nobody/restore')).status).toBe(404)
    expect(await object('order').restoreMany({ account: id })).toBe(1)
    expect(await object('order').get(second)).toMatchObject({ lines_count: 2 })
    expect(await object('account').get(id)).toMatchObject({ orders_total: 3, orders_count: 2 })
    expect(await running.app.rebuildSummaries()).toBe(0)
  })

  it('frees unique values, and does not take them back', async () => {
    const { id, name } = await family()
    const region = `r${number}`
    await object('account').delete(id)
    const next = await object('account').create({ name, region })
    const refused = await call('POST', `/api/account/${id}/restore`)
    expect([refused.status, refused.json.errors[0]]).toMatchObject([409, { code: 'duplicate' }])
    expect(await object('account').get(id)).toBeNull()
    await object('account').update(String(next['id']), { name: `${name} renamed` })
    expect((await call('POST', `/api/account/${id}/restore`)).status).toBe(200)
    await expect(object('account').create({ name })).rejects.toMatchObject({ status: 409 })
    const upserted = await object('account').upsertResult({ name, region: 'other' }, { on: ['name'] })
    expect(upserted).toMatchObject({ isCreated: false, record: { id } })
    await object('account').delete(id)
    expect(await object('account').upsertResult({ name, region: 'other' }, { on: ['name'] })).toMatchObject({ isCreated: true })
    await expect(object('account').create({ id, name: 'taken' })).rejects.toMatchObject({ status: 409 })
  })

  it('lets nothing refer to what is deleted, nor go before what needs it', async () => {
    const { id, orders } = await family()
    const invoice = await object('invoice').create({ account: id, number: `n${number}` })
    expect((await call('DELETE', `/api/account/${id}`)).status).toBe(409)
    expect(await object('order').count({ where: { account: id } })).toBe(2)
    await object('invoice').delete(String(invoice['id']))
    expect((await object('invoice').get(String(invoice['id']), { deleted: 'only' }))?.['archived_at']).toEqual(expect.any(String))
    const note = await object('note').create({ loose: id })
    await object('account').delete(id)
    for (const path of ['/api/order', '/api/note', '/api/invoice']) {
      const answer = await call('POST', path, { account: id })
      expect([answer.status, answer.json.errors[0]]).toMatchObject([422, { pointer: '/account', code: 'reference' }])
    }
    const many = await call('POST', '/api/note', [{}, { account: id }, {}, {}])
    expect([many.status, many.json.errors[0].pointer]).toEqual([422, '/1/account'])
    expect((await call('PATCH', `/api/line/${(await object('line').create({}))['id']}`, { order: orders[0] })).status).toBe(422)
    await expect(object('note').updateMany({}, { account: id })).rejects.toMatchObject({ status: 422 })
    // A record may be saved with what it holds already.
    expect((await call('PATCH', `/api/note/${note['id']}`, { loose: id })).status).toBe(200)
    await expect(object('invoice').create({ number: 'x', archived_at: '2020-01-01T00:00:00Z' })).rejects.toMatchObject({ status: 422 })
  })

  it('deletes for good what is purged', async () => {
    const { id, name, orders } = await family()
    await object('account').delete(id)
    expect((await call('DELETE', `/api/account/${id}?purge=true`)).status).toBe(204)
    expect(await object('account').count({ deleted: 'with', where: { name } })).toBe(0)
    expect(await object('order').count({ deleted: 'with', where: { id: { $in: orders } } })).toBe(0)
    expect(await object('line').count({ deleted: 'with', where: { order: { $in: orders } } })).toBe(0)
    const [one, two, three] = [await family(), await family(), await family()]
    await object('account').purge(one.id)
    expect(await object('account').get(one.id, { deleted: 'with' })).toBeNull()
    await object('account').delete(two.id)
    expect((await call('POST', '/api/account/purgeMany', { where: { name: { $in: [two.name, three.name] } } })).json).toEqual({ count: 1 })
    expect(await object('account').get(three.id)).not.toBeNull()
    await object('account').delete(three.id)
    expect((await call('POST', `/api/account/${three.id}/purge`)).status).toBe(204)
    expect((await call('POST', `/api/account/${three.id}/purge`)).status).toBe(404)
    expect((await call('POST', '/api/note/x/restore')).status).toBe(404)
    expect((await call('POST', '/api/note/purgeMany', { where: {} })).status).toBe(404)
    expect((await call('DELETE', '/api/note/x?purge=true')).status).toBe(400)
  })

  it('deletes and restores many at once, all or none', async () => {
    const [one, two] = [await family(), await family()]
    const where = { name: { $in: [one.name, two.name] } }
    expect((await call('POST', '/api/account/deleteMany', { where, maxAffected: 1 })).status).toBe(400)
    expect((await call('POST', '/api/account/deleteMany', { where })).json).toEqual({ count: 2 })
    expect(await object('line').count({ where: { order: { $in: [...one.orders, ...two.orders] } } })).toBe(0)
    await object('account').create({ name: two.name })
    expect((await call('POST', '/api/account/restoreMany', { where })).status).toBe(409)
    expect(await object('account').count({ deleted: 'only', where })).toBe(2)
    await object('account').deleteMany({ name: two.name })
    expect((await call('POST', '/api/account/restoreMany', { where: { id: { $in: [one.id, two.id] } } })).json).toEqual({ count: 2 })
    expect(await object('line').count({ where: { order: { $in: [...one.orders, ...two.orders] } } })).toBe(8)
  })

  it('empties the trash of what is old', async () => {
    const [one, two] = [await family(), await family()]
    // What is held comes after what holds it.
    await object('invoice').purgeMany({})
    await object('account').purgeMany({})
    await object('account').delete(one.id)
    expect(await running.app.purgeTrash()).toBe(0)
    expect(await running.app.purgeTrash({ olderThanDays: 1 })).toBe(0)
    const held = await object('invoice').create({ account: two.id })
    await object('invoice').delete(String(held['id']))
    await object('account').delete(two.id)
    expect(await running.app.purgeTrash({ object: 'account', olderThanDays: 0 })).toBe(1)
    expect(await object('account').get(one.id, { deleted: 'with' })).toBeNull()
    expect(await object('account').get(two.id, { deleted: 'only' })).not.toBeNull()
    await expect(running.app.purgeTrash({ olderThanDays: -1 })).rejects.toMatchObject({ status: 400 })
    await expect(running.app.purgeTrash({ object: 'nothing' })).rejects.toMatchObject({ status: 404 })
  })

  it('raises versions, so that nobody overwrites what was deleted meanwhile', async () => {
    const { id } = await family()
    const before = await call('GET', `/api/account/${id}`)
    const tag = before.headers.get('etag') as string
    await call('PATCH', `/api/account/${id}`, { region: `changed ${id}` })
    expect((await call('DELETE', `/api/account/${id}`, undefined, { 'if-match': tag })).status).toBe(412)
    await object('account').delete(id)
    await object('account').restore(id)
    expect((await call('PATCH', `/api/account/${id}`, { region: 'z' }, { 'if-match': tag })).status).toBe(412)
    expect((await call('DELETE', `/api/account/${id}`, undefined, { prefer: 'tx=rollback' })).status).toBe(204)
    expect((await call('GET', `/api/account/${id}`)).status).toBe(200)
  })
})
