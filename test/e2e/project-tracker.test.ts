import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compile } from '../../compiler/index.ts'
import type { App } from '../../runtime-lite/app/app.ts'
import type { AppOptions } from '../../runtime-lite/app/app-options.ts'
import type { ObjectApi } from '../../runtime-lite/app/object-api.ts'
import { createFetchHandler } from '../../runtime-lite/rest/fetch.ts'
import { corpusApps } from '../support/compiled-apps.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const folder = join(ROOT, 'tmp', `project-tracker-${process.pid}`)
const tracker = corpusApps().find(({ name }) => name === 'project-tracker')

type Tracker = App<{ readonly [object: string]: ObjectApi }>

interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape.
  readonly json: any
}

/** A public application, its files as they are; its hooks and actions are ours, since their code was not published with it. */
describe.skipIf(!tracker)('the project tracker', () => {
  let app: Tracker
  let fetch: (request: Request) => Promise<Response>

  beforeAll(async () => {
    mkdirSync(folder, { recursive: true })
    cpSync(join(tracker?.path ?? '', 'src'), join(folder, 'src'), { recursive: true })
    for (const kind of ['hook', 'action'])
      cpSync(join(ROOT, `test/support/project-tracker/projects.${kind}.ts`), join(folder, `src/modules/projects/projects.${kind}.ts`))
    writeFileSync(join(folder, 'objectql.config.json'), '{}\n')
    const { isOk, diagnostics } = await compile({ cwd: folder })
    expect({ isOk, errors: diagnostics.filter(({ severity }) => severity === 'error') }).toEqual({ isOk: true, errors: [] })
    const { createApp } = (await import(/* @vite-ignore */ join(folder, 'generated', 'index.ts'))) as {
      createApp(options: AppOptions): Promise<Tracker>
    }
    app = await createApp({
      authenticate: (request) => {
        const id = request.header('x-user')
        return id === undefined ? undefined : { id, roles: [request.header('x-role') ?? 'user'] }
      },
    })
    await app.seed()
    fetch = createFetchHandler(app as unknown as App)
  }, 120_000)

  afterAll(async () => {
    await app?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function call(method: string, path: string, body?: unknown, role = 'admin'): Promise<Answer> {
    const answer = await fetch(
      new Request(`http://tracker/api${path}`, {
        method,
        headers: { 'content-type': 'application/json', 'x-user': 'u-7', 'x-role': role },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    )
    const text = await answer.text()
    return { status: answer.status, json: text === '' ? undefined : JSON.parse(text) }
  }

  const make = async (values: object): Promise<string> => (await call('POST', '/projects', { name: 'P', ...values })).json.id

  const codes = (json: { readonly errors?: readonly { readonly code: string }[] }): readonly string[] =>
    (json.errors ?? []).map(({ code }) => code)

  describe('rules', () => {
    test('a project does not end before it starts', async () => {
      const refused = await call('POST', '/projects', { name: 'P', start_date: '2026-05-02', end_date: '2026-05-01' })
      expect([refused.status, codes(refused.json)]).toEqual([422, ['INVALID_DATE_RANGE']])
      expect(refused.json.errors[0]).toMatchObject({ pointer: '/end_date', message: 'End Date must be on or after Start Date' })
      const id = await make({ start_date: '2026-05-02', end_date: '2026-05-02' })
      expect(codes((await call('PATCH', `/projects/${id}`, { end_date: '2026-05-01' })).json)).toEqual(['INVALID_DATE_RANGE'])
      expect(codes((await call('PATCH', `/projects/${id}`, { start_date: '2026-05-03' })).json)).toEqual(['INVALID_DATE_RANGE'])
      expect((await call('PATCH', `/projects/${id}`, { start_date: '2026-05-03', end_date: '2026-05-04' })).status).toBe(200)
    })

    test('no budget is negative, and a large one is explained', async () => {
      expect(codes((await call('POST', '/projects', { name: 'P', budget: -1, description: 'x' })).json)).toContain('NEGATIVE_BUDGET')
      expect(codes((await call('POST', '/projects', { name: 'P', budget: 10_001 })).json)).toEqual(['HIGH_BUDGET_REQUIRES_DESCRIPTION'])
      const id = await make({ budget: 10_000 })
      expect(codes((await call('PATCH', `/projects/${id}`, { budget: 10_001 })).json)).toEqual(['HIGH_BUDGET_REQUIRES_DESCRIPTION'])
      expect((await call('PATCH', `/projects/${id}`, { budget: 10_001, description: 'A bridge.' })).status).toBe(200)
      expect(codes((await call('PATCH', `/projects/${id}`, { description: null })).json)).toEqual(['HIGH_BUDGET_REQUIRES_DESCRIPTION'])
      const many = await call('POST', '/projects', [{ name: 'a' }, { name: 'b', budget: 20_000 }])
      expect([many.status, many.json.errors[0].pointer]).toEqual([422, expect.stringMatching(/^\/1/)])
    })
  })

  describe('hooks', () => {
    test('fill in the owner, from who is asking', async () => {
      expect((await call('GET', `/projects/${await make({})}`)).json.owner).toBe('u-7')
      expect((await app.objects['projects']?.create({ name: 'In process' }))?.['owner']).toBe('nobody')
    })

    test('keep to the transitions of the status', async () => {
      const id = await make({})
      expect((await call('PATCH', `/projects/${id}`, { status: 'completed' })).status).toBe(200)
      const refused = await call('PATCH', `/projects/${id}`, { status: 'planned' })
      expect([refused.status, refused.json.detail]).toEqual([422, 'A project does not go from completed to planned.'])
      expect((await call('PATCH', `/projects/${id}`, { status: 'completed', description: 'The same again.' })).status).toBe(200)
    })

    test('complete the tasks of a completed project in the same transaction', async () => {
      const id = await make({})
      for (const name of ['one', 'two']) await call('POST', '/tasks', { name, project: id })
      expect((await call('DELETE', `/projects/${id}`)).json.detail).toBe('The project has 2 open tasks.')
      await call('PATCH', `/projects/${id}`, { status: 'completed' })
      const { json } = await call('GET', `/tasks?project=${id}&completed=true&$count=true`)
      expect(json.items).toHaveLength(2)
      expect((await call('DELETE', `/projects/${id}`)).status).toBeLessThan(300)
    })
  })

  describe('the workflow', () => {
    const taskOf = async (id: string, role: string) => (await call('GET', `/workflows/tasks?record=${id}`, undefined, role)).json.items[0]
    const decide = async (id: string, role: string, action: string) => {
      const task = await taskOf(id, role)
      const answer = await call('POST', `/workflows/tasks/${task?.id}/actions/${action}`, {}, role)
      await app.workflows.runDue()
      return answer.status
    }
    const costly = { budget: 60_000, description: 'A lighthouse.' }

    test('asks two roles about a costly project, one after the other', async () => {
      const id = await make(costly)
      await app.workflows.runDue()
      expect(await taskOf(id, 'finance_admin')).toBeUndefined()
      expect((await taskOf(id, 'manager')).label).toBe('Manager Review')
      expect(await decide(id, 'manager', 'approve')).toBe(200)
      expect((await call('GET', `/projects/${id}`)).json.status).toBe('planned')
      expect(await decide(id, 'finance_admin', 'approve')).toBe(200)
      const { json } = await call('GET', `/projects/${id}`)
      expect(json.status).toBe('in_progress')
      expect(Date.now() - Date.parse(json.approved_at)).toBeLessThan(60_000)
    })

    test('ends with the first no, and is not for small projects', async () => {
      const id = await make(costly)
      await app.workflows.runDue()
      expect(await decide(id, 'manager', 'reject')).toBe(200)
      const instances = await call('GET', `/workflows/instances?object=projects&record=${id}`)
      expect(instances.json.items).toMatchObject([{ workflow: 'project_approval', state: 'completed', outcome: 'rejected' }])
      const small = await make({ budget: 10 })
      await app.workflows.runDue()
      expect((await call('GET', `/workflows/instances?record=${small}`)).json.items).toEqual([])
    })
  })

  describe('actions', () => {
    test('complete, approve and clone a project', async () => {
      const id = await make({ budget: 5 })
      await call('POST', '/tasks', { name: 'dig', project: id })
      expect((await call('POST', `/projects/${id}/actions/approve`, {})).status).toBe(422)
      const approved = await call('POST', `/projects/${id}/actions/approve`, { comment: 'Go on.' })
      expect(approved.json).toMatchObject({ approved_by: 'u-7', approval_comment: 'Go on.' })
      const cloned = await call('POST', `/projects/${id}/actions/clone`, { new_name: 'Again', copy_tasks: true })
      expect((await call('GET', `/tasks?project=${cloned.json.id}`)).json.items.map(({ name }: { name: string }) => name)).toEqual(['dig'])
      const done = await call('POST', `/projects/${id}/actions/complete`, { completion_date: '2026-06-30' })
      expect(done.json).toMatchObject({ status: 'completed', end_date: '2026-06-30' })
      expect((await call('POST', `/projects/${id}/actions/complete`, { completion_date: 'soon' })).status).toBe(422)
    })

    test('work on many projects, all or none', async () => {
      const [first, second] = [await make({}), await make({ status: 'completed' })]
      const report = async () => (await call('POST', '/projects/actions/generate_report', {})).json
      const before = await report()
      const refused = await call('POST', '/projects/actions/bulk_update_status', {
        project_ids: `${first}, ${second}`,
        new_status: 'in_progress',
      })
      expect([refused.status, refused.json.detail]).toEqual([422, 'A project does not go from completed to in_progress.'])
      expect(await report()).toEqual(before)
      expect((await call('POST', '/projects/actions/bulk_update_status', { project_ids: first, new_status: 'done' })).status).toBe(422)
      const imported = await call('POST', '/projects/actions/import_projects', { source: 'json', data: '[{"name":"x"},{"name":"y"}]' })
      expect(imported.json).toEqual({ count: 2 })
      expect((await call('POST', '/projects/actions/import_projects', { source: 'json', data: '[{"name":"z"},{}]' })).status).toBe(422)
      expect((await report()).total).toBe(before.total + 2)
    })
  })
})

if (!tracker) console.warn('skipped: the project tracker (set OBJECTQL_CORPUS to the folder of its applications)')
