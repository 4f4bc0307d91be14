import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { coreOf } from '../../runtime-lite/app/app.ts'
import type { ObjectApi } from '../../runtime-lite/app/object-api.ts'
import { type CompiledApp, compiledApp } from '../support/compiled-app.ts'
import { isReachable, mysql, postgres } from '../support/database-servers.ts'
import { requested } from '../support/running-app.ts'
import { virtualClock } from '../support/virtual-clock.ts'
import { startedWorkflows, type WorkflowApp } from '../support/workflow-app.ts'

const SCHEMAS = {
  'schemas/shipment.object.yml': `
name: shipment
softDelete: false
fields:
  name: { type: text }
  status: { type: select, options: [draft, open, held, cancelled, done] }
  payment: { type: select, options: [unpaid, paid] }
  rush: { type: boolean, defaultValue: false }
  log: { type: textarea }
stateMachine:
  id: shipment
  initial: draft
  states:
    draft: { on: { PLACE: open }, after: { 1h: cancelled } }
    open:
      type: parallel
      on: { CANCEL: cancelled, HOLD: held }
      onDone: { target: done, actions: note }
      entry: { type: note, params: in }
      exit: { type: note, params: out }
      states:
        payment: { initial: unpaid, states: { unpaid: { on: { PAY: paid } }, paid: { type: final } } }
        parcel:
          initial: shelf
          states:
            shelf: { on: { PACK: box, SKIP: { target: ready, in: "#shipment.open.payment.paid" } } }
            box: { initial: closed, states: { closed: { on: { OPEN: opened } }, opened: { on: { CLOSE: closed } } }, on: { SEND: ready }, after: [{ delay: 2h, target: ready, cond: "rush == true" }] }
            ready: { type: final }
            shallow: { type: history, target: shelf }
            deep: { type: history, history: deep }
    held: { on: { GO: open.parcel.deep, AGAIN: open.parcel.shallow, BOTH: { target: [open.payment.paid, open.parcel.box] } } }
    cancelled: {}
    done: { type: final }
`,
  'schemas/shipment.action.js': `export const note = { handler: async ({ data, record, params, event, from, to }) => {
  data.log = [record.log, params ?? event + ':' + from + '>' + to].filter(Boolean).join(' ')
} }\n`,
}

const HOUR = 3_600_000

const DATABASES = [
  { name: 'SQLite', dialect: 'sqlite', server: undefined },
  { name: 'PostgreSQL', dialect: 'postgres', server: postgres },
  { name: 'MariaDB', dialect: 'mysql', server: mysql },
] as const

for (const { name, dialect, server } of DATABASES)
  describe.skipIf(server !== undefined && !isReachable(server))(`several states at once on ${name}`, () => {
    let compiled: CompiledApp
    let app: WorkflowApp
    let drop = (): void => undefined
    const clock = virtualClock()
    const reported: unknown[] = []

    beforeAll(async () => {
      compiled = await compiledApp(SCHEMAS, dialect === 'sqlite' ? ['sqlite'] : ['sqlite', dialect])
      expect(compiled.reported).toEqual([])
      const database = server?.create('charts')
      drop = () => database?.drop()
      app = await startedWorkflows(compiled.folder, {
        ...(database ? { datasource: urlOf(dialect, database.name) } : {}),
        workflows: { clock, run: false },
        onError: (error) => void reported.push(error),
      })
    }, 60_000)

    afterAll(async () => {
      await app?.close()
      compiled?.remove()
      drop()
      expect(reported).toEqual([])
    })

    const shipments = (): ObjectApi => app.objects['shipment'] as ObjectApi
    const shipment = async (values: object = {}): Promise<string> => String((await shipments().create({ name: 'S', ...values }))['id'])
    const send = async (id: string, event: string) => {
      const { status, json } = await requested(coreOf(app as never), `/api/shipment/${id}/events/${event}`, { method: 'POST' })
      return status === 200 ? (json as Record<string, unknown>) : status
    }

    test('every region has its state, in its field or in the snapshot', async () => {
      const id = await shipment()
      expect(await shipments().get(id)).toMatchObject({ status: 'draft', payment: null, status_snapshot: { value: 'draft' } })
      expect(await send(id, 'PAY')).toBe(409)
      expect(await send(id, 'PLACE')).toMatchObject({
        ...{ status: 'open', payment: 'unpaid', log: 'in' },
        status_snapshot: { value: { open: { payment: 'unpaid', parcel: 'shelf' } } },
      })
      expect(await send(id, 'SKIP')).toBe(409)
      expect(await send(id, 'PACK')).toMatchObject({
        status_snapshot: { value: { open: { payment: 'unpaid', parcel: { box: 'closed' } } } },
      })
      expect(await send(id, 'PAY')).toMatchObject({ status: 'open', payment: 'paid' })
      expect(await send(id, 'SEND')).toMatchObject({ status: 'done', payment: null, log: 'in out done.state.open:paid+ready>done' })
      expect(await send(id, 'CANCEL')).toBe(409)
    })

    test('a history goes on where it was left, deep or shallow, or where it says', async () => {
      const id = await shipment()
      await send(id, 'PLACE')
      await send(id, 'PACK')
      await send(id, 'OPEN')
      expect(await send(id, 'HOLD')).toMatchObject({
        ...{ status: 'held', payment: null },
        status_snapshot: { value: 'held', history: { 'open.parcel': { box: 'opened' } } },
      })
      expect(await send(id, 'GO')).toMatchObject({ status_snapshot: { value: { open: { payment: 'unpaid', parcel: { box: 'opened' } } } } })
      await send(id, 'HOLD')
      expect(await send(id, 'AGAIN')).toMatchObject({ status_snapshot: { value: { open: { parcel: { box: 'closed' } } } } })
      await send(id, 'HOLD')
      expect(await send(id, 'BOTH')).toMatchObject({ payment: 'paid', status_snapshot: { value: { open: { parcel: { box: 'closed' } } } } })
    })

    test('what is written needs an event that leads there', async () => {
      const id = await shipment()
      await expect(shipments().update(id, { payment: 'paid' })).rejects.toMatchObject({ status: 422, errors: [{ pointer: '/payment' }] })
      await expect(shipments().update(id, { status: 'done' })).rejects.toMatchObject({
        status: 422,
        message: expect.stringContaining('PLACE'),
      })
      await shipments().update(id, { status: 'open' })
      expect(await shipments().update(id, { payment: 'paid', name: 'T' })).toMatchObject({ payment: 'paid', name: 'T' })
      await expect(shipments().create({ name: 'S', status: 'open' })).rejects.toMatchObject({ status: 422 })
      const patched = await requested(coreOf(app as never), `/api/shipment/${id}`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        body: { status_snapshot: { value: 'done' } },
      })
      expect(patched).toMatchObject({ status: 422, json: { errors: [{ pointer: '/status_snapshot', code: 'read_only' }] } })
      const many = [await shipment(), await shipment()]
      await shipments().updateMany({ id: { $in: many } }, { status: 'open' })
      expect((await shipments().find({ where: { id: { $in: many } } })).items.map(({ payment }) => payment)).toEqual(['unpaid', 'unpaid'])
    })

    test('times lead on, once, and only where the state was not left', async () => {
      const [late, early, rushed, slow, gone] = [
        await shipment(),
        await shipment(),
        await shipment({ rush: true }),
        await shipment(),
        await shipment(),
      ]
      for (const id of [early, rushed, slow]) await send(id, 'PLACE')
      for (const id of [rushed, slow]) await send(id, 'PACK')
      await shipments().delete(gone)
      clock.forward(HOUR)
      await app.workflows.runDue()
      expect([await shipments().get(late), await shipments().get(early)]).toMatchObject([{ status: 'cancelled' }, { status: 'open' }])
      clock.forward(HOUR)
      await app.workflows.runDue()
      const parcelOf = async (id: string): Promise<unknown> => ((await shipments().get(id)) as { status_snapshot: unknown }).status_snapshot
      expect(await parcelOf(rushed)).toMatchObject({ value: { open: { parcel: 'ready' } } })
      expect(await parcelOf(slow)).toMatchObject({ value: { open: { parcel: { box: 'closed' } } } })
      clock.forward(24 * HOUR)
      expect(await app.workflows.runDue()).toBe(0)
    })

    test('of two events that end one state at the same moment, one is taken', async () => {
      const id = await shipment()
      await send(id, 'PLACE')
      const answers = await Promise.all(['CANCEL', 'HOLD'].map((event) => send(id, event)))
      expect(answers.filter((answer) => answer === 409)).toHaveLength(1)
    })

    test('records from before there was a machine begin with its fields', async () => {
      const id = await shipment()
      // What an import wrote past the machine: fields count more than the snapshot, and both need not be whole.
      const { database } = coreOf(app as never)
      const { session } = await database()
      const quote = (text: string): string => session.dialect.quoteName(text)
      await session.run(
        { sql: `update ${quote('shipment')} set ${quote('status')} = 'open', ${quote('payment')} = 'paid'`, kinds: [], isRead: false },
        [],
      )
      expect(await send(id, 'SKIP')).toMatchObject({ status: 'done' })
    })
  })

const urlOf = (dialect: 'sqlite' | 'postgres' | 'mysql', name: string): string =>
  dialect === 'postgres' ? `postgres://postgres@127.0.0.1/${name}` : `mysql://root@127.0.0.1/${name}`
