import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compile } from '../../compiler/index.ts'
import type { App } from '../../runtime-lite/app/app.ts'
import type { AppOptions } from '../../runtime-lite/app/app-options.ts'
import type { ObjectApi } from '../../runtime-lite/app/object-api.ts'
import { createFetchHandler } from '../../runtime-lite/rest/fetch.ts'

const ROOT = join(import.meta.dirname, '..', '..')

type Sample = App<{ readonly [object: string]: ObjectApi }>

let folder: string
let app: Sample
let fetch: (request: Request) => Promise<Response>
const reported: unknown[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(ROOT, 'tmp', 'behaviour-'))
  cpSync(join(ROOT, 'schemas'), join(folder, 'schemas'), { recursive: true })
  writeFileSync(join(folder, 'objectql.config.json'), '{"name":"sample","input":["schemas"],"output":"generated"}')
  const { isOk, diagnostics } = await compile({ cwd: folder })
  expect({ isOk, errors: diagnostics.filter(({ severity }) => severity === 'error') }).toEqual({ isOk: true, errors: [] })
  const { createApp } = (await import(/* @vite-ignore */ join(folder, 'generated', 'index.ts'))) as {
    createApp(options: AppOptions): Promise<Sample>
  }
  app = await createApp({ onError: (error) => void reported.push(error) })
  fetch = createFetchHandler(app as unknown as App)
}, 60_000)

afterAll(async () => {
  await app?.close()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

const object = (name: string): ObjectApi => app.objects[name] as ObjectApi

const post = (path: string, body: unknown, method = 'POST'): Promise<Response> =>
  fetch(new Request(`http://sample${path}`, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }))

/** A deal that only has to be won. */
async function agreed(name: string, account: unknown): Promise<Record<string, unknown>> {
  const { id } = await object('opportunity').create({ name, account, close_date: '2030-01-01', amount: 10 })
  await object('opportunity').update(String(id), { stage: 'proposal' })
  return object('opportunity').update(String(id), { stage: 'handshake' })
}

describe('hooks of the sample app', () => {
  test('change what is written before it is checked', async () => {
    const made = await object('account').create({ name: '  Harbour of Sorrel  ' })
    expect(made['name']).toBe('Harbour of Sorrel')
    const changed = await object('account').update(String(made['id']), { status: 'lost', is_key_account: true })
    expect(changed).toMatchObject({ status: 'lost', is_key_account: false })
    const answer = await post('/api/account', { name: ' By the wire ' })
    expect(await answer.json()).toMatchObject({ name: 'By the wire' })
  })

  test('run for each record of operations on many', async () => {
    const made = await object('account').createMany(['  a1 ', ' a2', 'a3 ', 'a4', ' a5 '].map((name) => ({ name })))
    expect(made.map(({ name }) => name)).toEqual(['a1', 'a2', 'a3', 'a4', 'a5'])
    expect(await object('account').updateMany({ name: { $in: ['a1', 'a2'] } }, { status: 'lost', is_key_account: true })).toBe(2)
    const { items } = await object('account').find({ where: { name: { $in: ['a1', 'a2'] } } })
    expect(items.map((item) => item['is_key_account'])).toEqual([false, false])
  })

  test('write other objects in the same transaction', async () => {
    const account = await object('account').create({ name: 'Waking', status: 'dormant' })
    const deal = await agreed('Deal', account['id'])
    const other = await agreed('Other deal', account['id'])
    const answer = await post(`/api/opportunity/${deal['id']}`, { stage: 'won' }, 'PATCH')
    expect([answer.status, await answer.json()]).toMatchObject([200, { stage: 'won', probability: 100, is_closed: true }])
    expect(await object('account').get(String(account['id']))).toMatchObject({ status: 'active' })
    await expect(
      app.transaction(async () => {
        await object('account').update(String(account['id']), { status: 'dormant' })
        await object('opportunity').update(String(other['id']), { stage: 'won' })
        expect(await object('account').get(String(account['id']))).toMatchObject({ status: 'active' })
        throw new Error('undone')
      }),
    ).rejects.toThrow('undone')
    expect(await object('opportunity').get(String(other['id']))).toMatchObject({ stage: 'handshake' })
  })

  test('of related records that are written along run too', async () => {
    const made = await object('contact').create({ last_name: 'Reed', account: { create: { name: ' Nested ' } } })
    expect(await object('account').get(String(made['account']))).toMatchObject({ name: 'Nested' })
  })

  test('dry runs keep nothing of what they did', async () => {
    const account = await object('account').create({ name: 'Dry' })
    const { id } = await agreed('Dry deal', account['id'])
    const deal = await object('opportunity').get(String(id))
    const request = new Request(`http://sample/api/opportunity/${deal?.['id']}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json', prefer: 'tx=rollback' },
      body: '{"stage":"lost","lost_because":"Too dear."}',
    })
    const answer = await fetch(request)
    expect(await answer.json()).toMatchObject({ stage: 'lost', probability: 0 })
    expect(await object('opportunity').get(String(deal?.['id']))).toEqual(deal)
  })
})

describe('actions of the sample app', () => {
  const lead = (): Promise<Record<string, unknown>> =>
    object('lead').create({ name: 'Ines Vale', company: 'Vale & Co', email: `ines${Math.floor(performance.now() * 1000)}@vale.example` })

  test('run over HTTP and in process, and give what they return', async () => {
    const one = await lead()
    const answer = await post(`/api/lead/${one['id']}/actions/convert`, { account_name: 'Valeworks' })
    expect(answer.status).toBe(200)
    const { account } = (await answer.json()) as { account: string }
    expect(await object('account').get(account)).toMatchObject({ name: 'Valeworks', status: 'prospect' })
    expect(await object('lead').get(String(one['id']))).toMatchObject({ status: 'converted', converted_account: account })
    const two = await lead()
    expect((await post(`/api/lead/${two['id']}:convert`, {})).status).toBe(200)
    const three = await lead()
    expect(await app.protocol.executeAction('lead:convert', { id: three['id'], input: {} })).toMatchObject({ account: expect.any(String) })
  })

  test('check their parameters, their record and their name', async () => {
    const one = await lead()
    const wrong = await post(`/api/lead/${one['id']}/actions/convert`, { account_name: 7 })
    expect([wrong.status, await wrong.json()]).toMatchObject([422, { errors: [{ pointer: '/account_name' }] }])
    expect((await post('/api/lead/nobody/actions/convert', {})).status).toBe(404)
    expect((await post(`/api/lead/${one['id']}/actions/nothing`, {})).status).toBe(404)
    expect((await post('/api/lead/actions/convert', {})).status).toBe(400)
  })
})

test('nothing was reported', () => expect(reported).toEqual([]))
