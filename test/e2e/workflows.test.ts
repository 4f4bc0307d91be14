import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compile } from '../../compiler/index.ts'
import type { App } from '../../runtime-lite/app/app.ts'
import type { AppOptions } from '../../runtime-lite/app/app-options.ts'
import type { ObjectApi } from '../../runtime-lite/app/object-api.ts'
import { createFetchHandler } from '../../runtime-lite/rest/fetch.ts'
import { virtualClock } from '../support/virtual-clock.ts'

const ROOT = join(import.meta.dirname, '..', '..')

type Sample = App<{ readonly [object: string]: ObjectApi }>

let folder: string
let app: Sample
let fetch: (request: Request) => Promise<Response>
const reported: unknown[] = []
const clock = virtualClock()

const ROLES: Readonly<Record<string, readonly string[]>> = { maren: ['sales_manager'], tilo: ['sales'], aske: ['accountant'] }

beforeAll(async () => {
  mkdirSync(join(ROOT, 'tmp'), { recursive: true })
  folder = mkdtempSync(join(ROOT, 'tmp', 'workflows-'))
  cpSync(join(ROOT, 'schemas'), join(folder, 'schemas'), { recursive: true })
  writeFileSync(join(folder, 'objectql.config.json'), '{"name":"sample","input":["schemas"],"output":"generated"}')
  const { isOk, diagnostics } = await compile({ cwd: folder })
  expect({ isOk, told: diagnostics.filter(({ code }) => code.startsWith('workflow/')) }).toEqual({ isOk: true, told: [] })
  const { createApp } = (await import(/* @vite-ignore */ join(folder, 'generated', 'index.ts'))) as {
    createApp(options: AppOptions): Promise<Sample>
  }
  app = await createApp({
    onError: (error) => void reported.push(error),
    authenticate: (request) => {
      const id = request.header('x-user')
      return id === undefined ? undefined : { id, roles: ROLES[id] ?? [] }
    },
    workflows: { clock, run: false },
  })
  for (const id of ['maren', 'tilo', 'aske']) await app.objects['user']?.create({ id, name: id, email: `${id}@saltmarsh.example` })
  fetch = createFetchHandler(app as unknown as App)
}, 60_000)

afterAll(async () => {
  await app?.close()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests look at answers of every shape.
  readonly json: any
}

async function send(user: string | undefined, method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(
    new Request(`http://sample${path}`, {
      method,
      headers: { ...(user ? { 'x-user': user } : {}), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  )
  const text = await response.text()
  return { status: response.status, json: text === '' ? undefined : JSON.parse(text) }
}

/** A deal that needs the approval of a manager. */
async function handshake(amount = 60_000, owner?: string): Promise<string> {
  const account = await send('tilo', 'POST', '/api/account', { name: 'Quay & Sons', ...(owner && { owner }) })
  const deal = await send('tilo', 'POST', '/api/opportunity', { name: 'Nets', account: account.json.id, close_date: '2030-05-01', amount })
  expect(deal.status).toBe(201)
  for (const stage of ['site_visit', 'proposal', 'handshake'])
    expect(await send('tilo', 'PATCH', `/api/opportunity/${deal.json.id}`, { stage })).toMatchObject({ status: 200 })
  await app.workflows.runDue()
  return deal.json.id
}

const taskOf = async (record: string): Promise<Answer['json']> =>
  (await send('maren', 'GET', `/api/workflows/tasks?object=opportunity&record=${record}`)).json.items[0]

describe('the approval of the sample app, over HTTP', () => {
  test('asks the manager, and goes on when she approves', async () => {
    const deal = await handshake()
    const task = await taskOf(deal)
    expect(task).toMatchObject({
      workflow: 'discount_approval',
      label: 'Ask the sales manager',
      assignee: { type: 'role', name: 'sales_manager' },
      due_at: '2030-01-03T00:00:00.000Z',
      actions: [
        { name: 'approve', label: 'Good deal', isCommentRequired: false },
        { name: 'reject', label: 'Too cheap', isCommentRequired: true },
      ],
    })
    const approved = await send('maren', 'POST', `/api/workflows/tasks/${task.id}/actions/approve`, {})
    expect(approved).toMatchObject({ status: 200, json: { outcome: 'approved', state: 'running', started_by: 'tilo' } })
    await app.workflows.runDue()
    expect((await send('maren', 'GET', `/api/opportunity/${deal}`)).json).toMatchObject({ forecast: 'commit', stage: 'handshake' })
    const { json } = await send('maren', 'GET', `/api/workflows/instances?object=opportunity&record=${deal}`)
    expect(json).toMatchObject({ items: [{ state: 'completed', outcome: 'approved' }], next: null })
    const steps = await send('maren', 'GET', `/api/workflows/instances/${json.items[0].id}/steps`)
    expect(steps.json.items).toMatchObject([
      { step: 'ask_manager', state: 'done', action: 'approve', acted_by: 'maren' },
      { step: 'is_it_large', state: 'done' },
      { step: 'mark_committed', state: 'done' },
    ])
  })

  test('asks finance and the owner of the account about a large one, and goes on when both approve', async () => {
    const deal = await handshake(300_000, 'tilo')
    await send('maren', 'POST', `/api/workflows/tasks/${(await taskOf(deal)).id}/actions/approve`, {})
    await app.workflows.runDue()
    const tasks = async (user: string): Promise<readonly string[]> =>
      (await send(user, 'GET', `/api/workflows/tasks?object=opportunity&record=${deal}`)).json.items.map(({ id }: { id: string }) => id)
    const [[finance], [owner]] = [await tasks('aske'), await tasks('tilo')]
    expect(await send('tilo', 'POST', `/api/workflows/tasks/${finance}/actions/approve`, {})).toMatchObject({ status: 403 })
    expect(await send('tilo', 'POST', `/api/workflows/tasks/${owner}/actions/approve`, {})).toMatchObject({ status: 200 })
    await app.workflows.runDue()
    expect((await send('maren', 'GET', `/api/opportunity/${deal}`)).json).not.toMatchObject({ forecast: 'commit' })
    expect(await send('aske', 'POST', `/api/workflows/tasks/${finance}/actions/approve`, {})).toMatchObject({ status: 200 })
    await app.workflows.runDue()
    expect((await send('maren', 'GET', `/api/opportunity/${deal}`)).json).toMatchObject({ forecast: 'commit' })
  })

  test('needs a reason to say no, and undoes the handshake', async () => {
    const deal = await handshake()
    const task = await taskOf(deal)
    const path = `/api/workflows/tasks/${task.id}/actions/reject`
    expect(await send('maren', 'POST', path, {})).toMatchObject({
      status: 422,
      json: { errors: [{ pointer: '/comment', code: 'required' }] },
    })
    expect(await send('maren', 'POST', path, { comment: '   ' })).toMatchObject({ status: 422 })
    expect((await send('maren', 'POST', path, { comment: 'Nets are not that cheap.' })).status).toBe(200)
    expect((await send('maren', 'GET', `/api/opportunity/${deal}`)).json).toMatchObject({ stage: 'proposal' })
    expect(await send('maren', 'POST', path, { comment: 'again' })).toMatchObject({ status: 409, json: { code: 'CONFLICT' } })
  })

  test('is for managers, and for nobody else', async () => {
    const deal = await handshake()
    const task = await taskOf(deal)
    const path = `/api/workflows/tasks/${task.id}/actions/approve`
    expect(await send('tilo', 'POST', path, {})).toMatchObject({ status: 403, json: { code: 'FORBIDDEN' } })
    expect(await send(undefined, 'POST', path, {})).toMatchObject({ status: 404 })
    expect((await send('tilo', 'GET', '/api/workflows/tasks')).json.items).toEqual([])
    expect((await send('tilo', 'GET', '/api/workflows/tasks?assignee=sales_manager')).status).toBe(403)
    expect((await send('maren', 'GET', `/api/workflows/tasks?assignee=sales_manager&record=${deal}`)).json.items).toHaveLength(1)
    expect(await send('maren', 'POST', `/api/workflows/tasks/${task.id}/actions/shrug`, {})).toMatchObject({ status: 404 })
    expect(await send('maren', 'POST', '/api/workflows/tasks/nobody/actions/approve', {})).toMatchObject({ status: 404 })
  })

  test('is not asked for twice at a time, nor for small deals', async () => {
    const deal = await handshake()
    for (const stage of ['proposal', 'handshake']) await send('tilo', 'PATCH', `/api/opportunity/${deal}`, { stage })
    expect((await send('tilo', 'GET', `/api/workflows/instances?record=${deal}`)).json.items).toHaveLength(1)
    expect((await send('tilo', 'GET', `/api/workflows/instances?record=${await handshake(400)}`)).json.items).toEqual([])
  })

  test('is over when nobody decides in time', async () => {
    const deal = await handshake()
    clock.forward(47 * 3_600_000)
    await app.workflows.runDue()
    const task = await taskOf(deal)
    expect(task).toBeDefined()
    clock.forward(2 * 3_600_000)
    await app.workflows.runDue()
    expect(await taskOf(deal)).toBeUndefined()
    expect((await send('tilo', 'GET', `/api/workflows/instances?record=${deal}`)).json.items).toMatchObject([
      { state: 'completed', outcome: 'expired' },
    ])
    expect(await send('maren', 'POST', `/api/workflows/tasks/${task.id}/actions/approve`, {})).toMatchObject({ status: 409 })
  })

  test('starts with the write, or not at all', async () => {
    const deal = await handshake(10)
    const before = (await app.workflows.instances()).items.length
    await expect(
      app.transaction(async () => {
        await app.objects['opportunity']?.update(deal, { stage: 'proposal', amount: 90_000 })
        await app.objects['opportunity']?.update(deal, { stage: 'handshake' })
        throw new Error('undone')
      }),
    ).rejects.toThrow('undone')
    expect((await app.workflows.instances()).items.length).toBe(before)
  })

  test('is started by hand', async () => {
    const deal = await handshake(10)
    expect(await send('tilo', 'POST', '/api/workflows/discount_approval/start', {})).toMatchObject({ status: 400 })
    expect(await send('tilo', 'POST', '/api/workflows/discount_approval/start', { record: 'nobody' })).toMatchObject({ status: 404 })
    expect(await send('tilo', 'POST', '/api/workflows/nothing/start', { record: deal })).toMatchObject({ status: 404 })
    expect(await send(undefined, 'POST', '/api/workflows/discount_approval/start', { record: deal })).toMatchObject({ status: 403 })
    expect(await send('tilo', 'POST', '/api/workflows/discount_approval/start', { record: deal })).toMatchObject({ status: 201 })
    expect(await send('tilo', 'POST', '/api/workflows/discount_approval/start', { record: deal })).toMatchObject({ status: 409 })
  })

  test('lists page by page, and refuses what has no meaning', async () => {
    const first = await send('tilo', 'GET', '/api/workflows/instances?limit=2')
    expect(first.json.items).toHaveLength(2)
    const second = await send('tilo', 'GET', `/api/workflows/instances?limit=2&cursor=${first.json.next}`)
    expect(second.json.items[0].id > first.json.items[1].id).toBe(true)
    for (const path of ['tasks?limit=0', 'tasks?limit=x', 'tasks?state=done', 'instances?assignee=x'])
      expect((await send('maren', 'GET', `/api/workflows/${path}`)).status).toBe(400)
    for (const path of ['', 'nothing', 'tasks/1', 'instances/nobody/steps', 'tasks/1/actions/approve/more'])
      expect((await send('maren', 'GET', `/api/workflows/${path}`)).status).toBe(404)
    expect((await send('maren', 'POST', '/api/workflows/tasks', {})).status).toBe(405)
    expect((await send('maren', 'OPTIONS', '/api/workflows/tasks')).status).toBe(204)
  })
})

test('nothing was reported', () => expect(reported).toEqual([]))
