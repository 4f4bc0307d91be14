import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { coreOf } from '../../runtime-lite/app/app.ts'
import type { ObjectApi } from '../../runtime-lite/app/object-api.ts'
import { createFetchHandler } from '../../runtime-lite/rest/fetch.ts'
import { type CompiledApp, compiledApp } from '../support/compiled-app.ts'
import { onDatabases } from '../support/on-databases.ts'
import { requested } from '../support/running-app.ts'
import { virtualClock } from '../support/virtual-clock.ts'
import { startedWorkflows, type WorkflowApp } from '../support/workflow-app.ts'

const SCHEMAS = {
  'schemas/paper.object.yml': 'name: paper\nfields:\n  name: { type: text }\n  state: { type: text }\n  log: { type: textarea }\n',
  'schemas/paper.action.js': `
export const shaky = { handler: ({ record }) => { if (record.state !== 'mended') throw new Error('It is broken.') } }
export const note = { handler: async ({ params, api }) => {
  const [board] = await api.object('paper').find({ where: { name: 'board' } })
  await api.object('paper').update(board.id, { log: (board.log ?? '') + params.what })
} }
`,
  'schemas/check.workflow.yml': `
name: check
object: paper
trigger: manual
permissions: { start: [writer], view: [auditor], cancel: [desk], manage: [chief] }
steps:
  - { name: try_it, type: script, handler: shaky, retries: 0 }
  - { name: ask, type: approval, assignee: { type: user, user: ada } }
`,
  'schemas/open_to_all.workflow.yml': `
name: open_to_all
object: paper
trigger: manual
permissions: { view: everyone }
steps: [{ name: pause, type: wait, duration: 1d }]
`,
  'schemas/closed.workflow.yml': `
name: closed
object: paper
trigger: create
steps: [{ name: pause, type: wait, duration: 1d }]
`,
  ...Object.fromEntries(
    [
      ['last', 'low'],
      ['usual', '100'],
      ['first', 'high'],
      ['very_first', '1'],
    ].map(([name, priority]) => [
      `schemas/${name}.workflow.yml`,
      `name: ${name}\npriority: ${priority}\nobject: paper\ntrigger: manual\nsteps: [{ name: note, type: script, handler: note, params: { what: "${name} " } }]\n`,
    ]),
  ),
  'schemas/side_by_side.workflow.yml': `
name: side_by_side
object: paper
trigger: manual
execution_mode: parallel
steps: [{ name: one, type: approval }, { name: two, type: approval }]
`,
  'schemas/one_by_one.workflow.yml': `
name: one_by_one
object: paper
trigger: manual
execution_mode: sequential
steps: [{ name: one, type: approval, actions: { approve: {}, skip: { next_step: end } } }, { name: two, type: approval }]
`,
}

const ROLES: Readonly<Record<string, readonly string[]>> = {
  wim: ['writer'],
  audrey: ['auditor'],
  desk: ['desk'],
  chief: ['chief'],
}

onDatabases('rights over workflows', ({ dialects, open }) => {
  let compiled: CompiledApp
  let app: WorkflowApp
  let drop = (): void => undefined
  let fetch: (request: Request) => Promise<Response>
  const clock = virtualClock()

  beforeAll(async () => {
    compiled = await compiledApp(SCHEMAS, dialects)
    expect(compiled.reported).toEqual([])
    const database = open('rights')
    drop = database.drop
    app = await startedWorkflows(compiled.folder, {
      ...database.options,
      authenticate: (request: { header(name: string): string | undefined }) => {
        const id = request.header('x-user')
        return id === undefined ? undefined : { id, roles: [...(ROLES[id] ?? [])] }
      },
      workflows: { clock, run: false },
      onError: () => undefined,
    } as never)
    fetch = createFetchHandler(app as never)
  }, 60_000)

  afterAll(async () => {
    await app?.close()
    compiled?.remove()
    drop()
  })

  const papers = (): ObjectApi => app.objects['paper'] as ObjectApi
  const paper = async (): Promise<string> => String((await papers().create({ name: 'P' }))['id'])
  const send = async (who: string | undefined, method: string, path: string, body?: unknown) => {
    const headers = {
      ...(who === undefined ? {} : { 'x-user': who }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    }
    const response = await fetch(
      new Request(`http://test/api/workflows/${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }),
    )
    const text = await response.text()
    const answer = { status: response.status, json: text === '' ? undefined : (JSON.parse(text) as unknown) }
    return { status: answer.status, json: answer.json as never as { items: { id: string }[]; instance: string; state: string } }
  }
  /** An instance that failed. */
  const failed = async () => {
    const record = await paper()
    const { json } = await send('wim', 'POST', 'check/start', { record })
    await app.workflows.runDue()
    return { instance: json.instance, record }
  }

  test('instances and steps are seen by who started them, by who is or was asked, and by roles that may', async () => {
    const { instance, record } = await failed()
    expect(await send('bob', 'POST', 'check/start', { record: await paper() })).toMatchObject({ status: 403 })
    const seen = async (who: string | undefined): Promise<unknown[]> => {
      const { json } = await send(who, 'GET', 'instances?workflow=check')
      const { status } = await send(who, 'GET', `instances/${instance}/steps`)
      return [json.items.map(({ id }) => id).includes(instance), status]
    }
    for (const who of ['wim', 'audrey', 'chief']) expect([who, ...(await seen(who))]).toEqual([who, true, 200])
    for (const who of ['bob', 'ada', 'desk', undefined]) expect([who, ...(await seen(who))]).toEqual([who, false, 404])
    await papers().update(record, { state: 'mended' })
    await send('chief', 'POST', `instances/${instance}/retry`)
    await app.workflows.runDue()
    expect(await seen('ada')).toEqual([true, 200])
    const [task] = (await send('ada', 'GET', 'tasks')).json.items
    await send('ada', 'POST', `tasks/${task?.id}/reassign`, { assignee: 'bob' })
    // Past and present.
    for (const who of ['ada', 'bob']) expect([who, ...(await seen(who))]).toEqual([who, true, 200])
  })

  test('what nobody started is seen by nobody but the application, unless its workflow says so', async () => {
    const id = await paper()
    expect((await send('wim', 'GET', `instances?record=${id}`)).json.items).toEqual([])
    expect((await app.workflows.instances({ record: id })).items).toMatchObject([{ workflow: 'closed', started_by: null }])
    await app.workflows.start('open_to_all', { record: id })
    expect((await send('bob', 'GET', `instances?record=${id}`)).json.items).toMatchObject([{ workflow: 'open_to_all' }])
  })

  test('pages of what somebody may see are full', async () => {
    for (let index = 0; index < 5; index++) {
      await failed()
      await app.workflows.start('open_to_all', { record: await paper() })
    }
    let cursor = ''
    const found: string[] = []
    for (;;) {
      const { json } = await send('bob', 'GET', `instances?limit=2${cursor}`)
      found.push(...json.items.map(({ id }) => id))
      const { next } = json as unknown as { next: string | null }
      if (next === null) break
      expect(json.items).toHaveLength(2)
      cursor = `&cursor=${next}`
    }
    expect(new Set(found).size).toBe(found.length)
    expect(found.length).toBeGreaterThanOrEqual(5)
  })

  test('what failed is tried again, and what runs is cancelled, by who started it and by roles that may', async () => {
    const { instance } = await failed()
    expect((await send('bob', 'POST', `instances/${instance}/cancel`)).status).toBe(404)
    expect((await send('audrey', 'POST', `instances/${instance}/cancel`)).status).toBe(403)
    expect((await send('audrey', 'POST', `instances/${instance}/retry`)).status).toBe(403)
    expect((await send('wim', 'POST', `instances/${instance}/retry`, { force: true })).status).toBe(400)
    expect(await send('wim', 'POST', `instances/${instance}/retry`)).toMatchObject({ status: 200, json: { state: 'running' } })
    expect((await send('wim', 'POST', `instances/${instance}/retry`)).status).toBe(409)
    expect(await send('desk', 'POST', `instances/${instance}/cancel`)).toMatchObject({ status: 200, json: { state: 'cancelled' } })
    expect((await send('wim', 'POST', `instances/${instance}/cancel`)).status).toBe(409)
    await app.workflows.runDue()
    const { json } = await send('wim', 'GET', `instances/${instance}/steps`)
    expect(json.items).toMatchObject([{ state: 'cancelled' }])
    for (const path of ['instances/nobody/retry', 'instances/nobody/cancel', 'instances/%00/cancel', 'tasks/nobody/reassign'])
      expect((await send('chief', 'POST', path, path.startsWith('tasks') ? { assignee: 'x' } : undefined)).status).toBe(404)
    expect((await send('chief', 'GET', `instances/${instance}/retry`)).status).toBe(405)
    expect((await send('chief', 'POST', `instances/${instance}/retry?x=1`)).status).toBe(400)
  })

  test('a cancelled approval asks nobody any more', async () => {
    const id = await paper()
    const instance = String(await app.workflows.start('side_by_side', { record: id }))
    await app.workflows.runDue()
    const { items } = await app.workflows.tasks({ record: id })
    expect(items.map(({ step }) => step).sort()).toEqual(['one', 'two'])
    expect(await app.workflows.cancel(instance)).toMatchObject({ state: 'cancelled' })
    expect((await app.workflows.tasks({ record: id })).items).toEqual([])
    await expect(app.workflows.act(items[0]?.id as string, 'approve')).rejects.toMatchObject({ status: 409 })
  })

  test('steps of smaller priorities run first', async () => {
    const board = String((await papers().create({ name: 'board' }))['id'])
    for (const name of ['last', 'usual', 'first', 'very_first']) {
      await app.workflows.start(name, { record: board })
      clock.forward(1_000)
    }
    await app.workflows.runDue()
    // Servers take several side by side: the first of four may finish last.
    const { log } = (await papers().get(board)) as { log: string }
    if (dialects.length === 1) expect(log.trim().split(' ')).toEqual(['very_first', 'first', 'usual', 'last'])
  })

  test('a mode says whether steps follow each other', async () => {
    const id = await paper()
    await app.workflows.start('one_by_one', { record: id })
    await app.workflows.runDue()
    const [one] = (await app.workflows.tasks({ record: id })).items
    expect(one?.step).toBe('one')
    await app.workflows.act(one?.id as string, 'approve')
    await app.workflows.runDue()
    expect((await app.workflows.tasks({ record: id })).items.map(({ step }) => step)).toEqual(['two'])
  })
})

describe('without users', () => {
  test('everybody sees and does everything', async () => {
    const compiled = await compiledApp(SCHEMAS)
    const app = await startedWorkflows(compiled.folder, { workflows: { run: false } })
    try {
      const { id } = await (app.objects['paper'] as ObjectApi).create({ name: 'P' })
      const { json } = await requested(coreOf(app as never), `/api/workflows/instances?record=${id}`, {})
      const [instance] = (json as { items: { id: string }[] }).items
      const path = `/api/workflows/instances/${instance?.id}`
      expect((await requested(coreOf(app as never), `${path}/steps`, {})).status).toBe(200)
      expect((await requested(coreOf(app as never), `${path}/cancel`, { method: 'POST' })).status).toBe(200)
    } finally {
      await app.close()
      compiled.remove()
    }
  })
})
