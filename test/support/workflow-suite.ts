import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { coreOf } from '../../runtime-lite/app/app.ts'
import type { ObjectApi } from '../../runtime-lite/app/object-api.ts'
import type { Notification } from '../../runtime-lite/workflow/step-call.ts'
import { type CompiledApp, compiledApp } from './compiled-app.ts'
import { virtualClock } from './virtual-clock.ts'
import { startedWorkflows, stepsOf, type WorkflowApp } from './workflow-app.ts'
import { WORKFLOW_SCHEMAS } from './workflow-schemas.ts'

const HOUR = 3_600_000

/** Reads of one turn of the event loop see one state of the database: what another connection wrote is seen in the next. */
const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

interface Sent {
  readonly url: string
  readonly key: string | null
  readonly body: string
}

/** What workflows do on any database. `datasource` is where two processes' worth of applications meet. */
export function workflowSuite(
  name: string,
  dialect: 'sqlite' | 'postgres' | 'mysql',
  open: () => { readonly url: string; readonly drop: () => void },
): void {
  describe(`workflows on ${name}`, () => {
    let compiled: CompiledApp
    let database: ReturnType<typeof open>
    let app: WorkflowApp
    let other: WorkflowApp
    const clock = virtualClock()
    const told: Notification[] = []
    const sent: Sent[] = []
    const reported: string[] = []
    const answers: Response[] = []

    beforeAll(async () => {
      database = open()
      compiled = await compiledApp(WORKFLOW_SCHEMAS, dialect === 'sqlite' ? ['sqlite'] : ['sqlite', dialect])
      expect(compiled.reported.filter((text) => text.startsWith('workflow/'))).toEqual([])
      const options = {
        datasource: database.url,
        onError: (error: unknown) => void reported.push(String(error)),
        workflows: {
          clock,
          run: false,
          notify: (notification: Notification) => void told.push(notification),
          outgoing: ['hooks.example'],
          fetch: async (url: string, init: RequestInit) => {
            sent.push({ url, key: new Headers(init.headers).get('idempotency-key'), body: String(init.body) })
            return answers.shift() ?? Response.json({ id: 'x1' })
          },
        },
      }
      app = await startedWorkflows(compiled.folder, options)
      other = await startedWorkflows(compiled.folder, options)
    }, 60_000)

    afterAll(async () => {
      await app?.close()
      await other?.close()
      compiled?.remove()
      database?.drop()
    })

    const orders = (): ObjectApi => app.objects['order'] as ObjectApi
    const items = (): ObjectApi => app.objects['item'] as ObjectApi
    const order = async (values: Record<string, unknown>): Promise<string> =>
      String((await orders().create({ name: 'A', ...values }))['id'])
    const instanceOf = async (workflow: string, record: string) => {
      const { items: found } = await app.workflows.instances({ workflow, record })
      expect(found).toHaveLength(1)
      return found[0]!
    }

    test('start with the write that makes their conditions true, and only with that', async () => {
      const id = await order({ amount: 5 })
      expect((await app.workflows.instances({ record: id })).items).toEqual([])
      await orders().update(id, { amount: 500 })
      await orders().update(id, { amount: 600 })
      await orders().updateMany({ id }, { name: 'B' })
      await app.workflows.runDue()
      await instanceOf('begins', id)
      expect(await orders().get(id)).toMatchObject({ note: 'B is 600', done_at: '2030-01-01T00:00:00.000Z' })
    })

    test('cost nothing where no workflow looks', async () => {
      const { plan } = await coreOf(app as never).store('item')
      expect(plan.behaviour).toBeUndefined()
    })

    test('know what was deleted', async () => {
      const id = await order({ name: 'gone', status: 'paid' })
      await orders().delete(id)
      await app.workflows.runDue()
      expect((await items().find({ where: { name: 'was gone' } })).items).toMatchObject([{ order: 'paid' }])
    })

    test('branch, run side by side, wait, repeat, skip, and come to an end', async () => {
      const id = await order({ amount: 50 })
      for (const each of ['one', 'two', 'three']) await items().create({ name: each, order: id })
      const instance = String(await app.workflows.start('everything', { record: id }))
      await app.workflows.runDue()
      expect(await stepsOf(app.workflows, instance)).toEqual(['sized:done', 'both:waiting', 'both_1_1:done', 'pause:ready'])
      clock.forward(HOUR - 1)
      expect(await app.workflows.runDue()).toBe(0)
      clock.forward(1)
      await app.workflows.runDue()
      expect(await stepsOf(app.workflows, instance)).toEqual([
        ...['sized:done', 'both:done', 'both_1_1:done', 'pause:done', 'after_pause:done', 'each:done'],
        ...['touch_it:done', 'touch_it:done', 'touch_it:done', 'skipped:skipped', 'last:done', 'on_success:done'],
      ])
      expect(await orders().get(id)).toMatchObject({ amount: 100, note: '2', owner: 'A', status: 'closed', count: 2 })
      expect((await items().find({ where: { order: id } })).items.map(({ touched }) => touched)).toEqual([1, 1, 1])
      expect(await instanceOf('everything', id)).toMatchObject({ state: 'completed', outcome: null })
      const small = await order({ amount: 5 })
      await app.workflows.start('everything', { record: small })
      await app.workflows.runDue()
      expect(await orders().get(small)).toMatchObject({ note: 'small', status: 'closed' })
    })

    test('try again what fails, with growing pauses', async () => {
      const id = await order({})
      const instance = String(await app.workflows.start('shaky', { record: id }))
      await app.workflows.runDue()
      expect(await app.workflows.history(instance)).toMatchObject([{ state: 'ready', attempt: 1, error: 'not yet' }])
      clock.forward(10_000)
      await app.workflows.runDue()
      clock.forward(19_999)
      expect(await app.workflows.runDue()).toBe(0)
      clock.forward(1)
      await app.workflows.runDue()
      expect(await orders().get(id)).toMatchObject({ note: 'after 2' })
    })

    test('fail for good where it will not get better, and can be tried again', async () => {
      const id = await order({})
      const instance = String(await app.workflows.start('broken', { record: id }))
      await app.workflows.runDue()
      expect(await stepsOf(app.workflows, instance)).toEqual(['write:failed', 'on_failure:done'])
      expect(await orders().get(id)).toMatchObject({ name: 'A', note: 'failed' })
      expect(await instanceOf('broken', id)).toMatchObject({ state: 'failed', error: expect.stringContaining('') })
      expect((await app.workflows.instances({ state: 'failed', record: id })).items).toHaveLength(1)
      expect(reported.splice(0).join()).toContain('The step "write" of the workflow "broken" failed')
      await app.workflows.retry(instance)
      await app.workflows.runDue()
      expect((await app.workflows.history(instance))[0]).toMatchObject({ state: 'failed' })
      reported.splice(0)
      await expect(app.workflows.retry('nobody')).rejects.toMatchObject({ status: 404 })
    })

    test('tell people and call others once, under a key that stays the same', async () => {
      const id = await order({ name: 'a/b?c', owner: 'ada@example.com', amount: 7 })
      answers.push(new Response('busy', { status: 503 }))
      const instance = String(await app.workflows.start('calls', { record: id }))
      await app.workflows.runDue()
      expect(told.splice(0)).toMatchObject([{ channel: 'email', message: { to: 'ada@example.com', subject: 'Order a/b?c' }, id }])
      expect(await app.workflows.history(instance)).toMatchObject([
        { state: 'done' },
        { state: 'ready', attempt: 1, error: '"hooks.example" answered 503.' },
      ])
      clock.forward(60_000)
      await app.workflows.runDue()
      expect(sent.map(({ url }) => url)).toEqual(Array(2).fill('https://hooks.example/orders/a%2Fb%3Fc'))
      expect(new Set(sent.map(({ key }) => key)).size).toBe(1)
      expect(JSON.parse(sent.splice(0)[1]!.body)).toEqual({ amount: 7 })
      expect(await orders().get(id)).toMatchObject({ note: 'x1' })
    })

    test('ask several, and go on when all have agreed', async () => {
      const id = await order({ owner: 'ada' })
      await orders().update(id, { status: 'checked' })
      await app.workflows.runDue()
      const ada = { id: 'ada', roles: [] }
      const boss = { id: 'bea', roles: ['boss'] }
      const tasks = async (user: typeof ada | typeof boss) => (await app.as(user, () => app.workflows.tasks({ record: id }))).items
      const [hers] = await tasks(ada)
      const [his] = await tasks(boss)
      expect([hers?.step, his?.step]).toEqual(['owner_says', 'boss_says'])
      await expect(app.as(boss, () => app.workflows.act(hers!.id, 'approve'))).rejects.toMatchObject({ status: 403 })
      await app.as(ada, () => app.workflows.act(hers!.id, 'approve'))
      await app.workflows.runDue()
      expect(await orders().get(id)).toMatchObject({ status: 'checked' })
      await app.as(boss, () => other.workflows.act(his!.id, 'approve', { comment: 'fine' }))
      await other.workflows.runDue()
      await nextTurn()
      expect(await orders().get(id)).toMatchObject({ status: 'paid' })
      const { id: instance } = await instanceOf('asks', id)
      expect((await app.workflows.history(instance)).find(({ step }) => step === 'boss_says')).toMatchObject({
        acted_by: 'bea',
        comment: 'fine',
      })
    })

    test('end all ways when one of them is refused, and go another way when the time is over', async () => {
      const refused = await order({ owner: 'ada' })
      const late = await order({ owner: 'ada' })
      for (const id of [refused, late]) await orders().update(id, { status: 'checked' })
      await app.workflows.runDue()
      const [task] = (await app.workflows.tasks({ record: refused, assignee: 'ada' })).items
      await app.workflows.act(task!.id, 'reject')
      await app.workflows.runDue()
      expect(await orders().get(refused)).toMatchObject({ status: 'draft' })
      expect(await instanceOf('asks', refused)).toMatchObject({ state: 'completed', outcome: 'rejected' })
      expect((await app.workflows.tasks({ record: refused })).items).toEqual([])
      clock.forward(24 * HOUR)
      await app.workflows.runDue()
      expect(await orders().get(late)).toMatchObject({ note: 'nagged', status: 'checked' })
      const [open] = (await app.workflows.tasks({ record: late, assignee: 'ada' })).items
      await app.workflows.act(open!.id, 'approve')
      await app.workflows.runDue()
      expect(await orders().get(late)).toMatchObject({ status: 'paid' })
    })

    test('start by the clock of a place, once, whoever looks', async () => {
      const count = (): Promise<number> => items().count({ where: { name: 'nightly' } })
      const before = await count()
      await Promise.all([app.workflows.runDue(), other.workflows.runDue()])
      clock.forward(24 * HOUR)
      await Promise.all([app.workflows.runDue(), other.workflows.runDue()])
      await Promise.all([app.workflows.runDue(), other.workflows.runDue()])
      await nextTurn()
      expect(await count()).toBe(before + 1)
      clock.forward(72 * HOUR)
      await app.workflows.runDue()
      // What was missed while nobody was there is made up for once.
      expect(await count()).toBe(before + 2)
    })

    test('rules of the older kind act at once and later, counted from a date', async () => {
      const due = new Date(clock.now() + 72 * HOUR).toISOString().slice(0, 10)
      const id = await order({ amount: -1, due_on: due })
      await app.workflows.runDue()
      expect(await orders().get(id)).toMatchObject({ note: 'negative', status: 'draft', owner: null })
      clock.forward(49 * HOUR)
      await app.workflows.runDue()
      expect(await orders().get(id)).toMatchObject({ status: 'closed', owner: 'reminder' })
    })

    test('each step is run by one of two, however many there are', async () => {
      const ids = await Promise.all(Array.from({ length: 20 }, (_, index) => order({ name: `n${index}`, amount: 50, owner: 'ada' })))
      for (const id of ids) await app.workflows.start('everything', { record: id })
      for (let round = 0; round < 6; round++) {
        await Promise.all([app.workflows.runDue(), other.workflows.runDue()])
        clock.forward(HOUR)
      }
      await nextTurn()
      const { items: found } = await orders().find({ where: { id: { $in: ids } }, limit: 50 })
      expect(found.map(({ count, status, amount }) => [count, status, amount])).toEqual(ids.map(() => [2, 'closed', 100]))
      expect(reported).toEqual([])
    })
  })
}
