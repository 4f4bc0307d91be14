import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { coreOf } from '../../runtime-lite/app/app.ts'
import type { ObjectApi } from '../../runtime-lite/app/object-api.ts'
import { type CompiledApp, compiledApp } from '../support/compiled-app.ts'
import { type Answer, type Call, requested } from '../support/running-app.ts'
import { startedWorkflows, type WorkflowApp } from '../support/workflow-app.ts'

const SCHEMAS = {
  'schemas/parcel.object.yml': `
name: parcel
fields:
  name: { type: text, required: true }
  weight: { type: number, defaultValue: 0 }
  paid: { type: boolean, defaultValue: false }
  log: { type: text }
  status: { type: select, options: [packed, home, abroad, lost, delivered] }
stateMachine:
  id: parcel
  field: status
  initial: packed
  states:
    packed:
      on: { SEND: [{ target: under_way.abroad, cond: isHeavy, actions: weigh }, { target: under_way, cond: "record.paid == true" }], STICK: { actions: { type: note, params: sticker } } }
      exit: note
    under_way:
      initial: home
      entry: [note]
      exit: note
      on: { LOSE: lost }
      states:
        home: { on: { ARRIVE: "#parcel.delivered", BORDER: abroad }, entry: note }
        abroad: { on: { ARRIVE: { target: "#parcel.delivered", cond: { field: weight, operator: "<=", value: 50 } } }, exit: note }
    lost: { always: [{ target: under_way, cond: "name == 'boomerang'" }], on: { FIND: under_way.home } }
    delivered: { type: final, entry: note }
`,
  'schemas/parcel.action.js': `
export const note = { handler: async ({ data, record, from, to, event, params }) => {
  data.log = [record.log, params ?? (event + ':' + from + '>' + to)].filter(Boolean).join(' ')
} }
export const weigh = { handler: ({ data, payload }) => { if (payload.weight) data.weight = payload.weight } }
export const isHeavy = { handler: ({ record, payload }) => (payload.weight ?? record.weight) > 10 }
`,
  'schemas/lamp.object.yml': `
name: lamp
fields:
  name: { type: text }
  power: { type: select, options: [on, off] }
stateMachines:
  power: { initial: "off", states: { "off": { on: { SWITCH: "on" } }, "on": { on: { SWITCH: "off" } } } }
`,
}

let compiled: CompiledApp
let app: WorkflowApp

beforeAll(async () => {
  compiled = await compiledApp(SCHEMAS)
  expect(compiled.reported).toEqual([])
  app = await startedWorkflows(compiled.folder, { onError: () => undefined })
}, 60_000)

afterAll(async () => {
  await app?.close()
  compiled?.remove()
})

const parcels = (): ObjectApi => app.objects['parcel'] as ObjectApi
const parcel = async (values: Record<string, unknown> = {}): Promise<string> =>
  String((await parcels().create({ name: 'P', ...values }))['id'])
const send = (target: string, call: Call): Promise<Answer> => requested(coreOf(app as never), target, call)
const event = (id: string, name: string, body: unknown = {}): Promise<Answer> =>
  send(`/api/parcel/${id}/events/${name}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })

describe('state machines of objects', () => {
  test('new records begin where the machine does', async () => {
    expect(await parcels().create({ name: 'P' })).toMatchObject({ status: 'packed' })
    await expect(parcels().create({ name: 'P', status: 'delivered' })).rejects.toMatchObject({
      status: 422,
      errors: [{ pointer: '/status' }],
    })
    const made = await parcels().createMany([{ name: 'a' }, { name: 'b' }])
    expect(made.map(({ status }) => status)).toEqual(['packed', 'packed'])
  })

  test('events lead on where their guards hold, with exit, transition and entry actions in that order', async () => {
    const id = await parcel()
    expect(await event(id, 'SEND')).toMatchObject({ status: 409, json: { code: 'CONFLICT', detail: expect.stringContaining('packed') } })
    await parcels().update(id, { paid: true })
    const sent = await event(id, 'SEND')
    expect(sent).toMatchObject({ status: 200, json: { status: 'home', log: 'SEND:packed>home SEND:packed>home SEND:packed>home' } })
    expect(await event(id, 'BORDER')).toMatchObject({ status: 200, json: { status: 'abroad' } })
    expect(await event(id, 'ARRIVE')).toMatchObject({ status: 200, json: { status: 'delivered' } })
    const { log } = (await parcels().get(id)) as { log: string }
    // Left: abroad and what is around it. Entered: delivered.
    expect(log.split(' ').slice(3)).toEqual(['ARRIVE:abroad>delivered', 'ARRIVE:abroad>delivered', 'ARRIVE:abroad>delivered'])
    expect(await event(id, 'LOSE')).toMatchObject({ status: 409 })
  })

  test('the first guard that holds decides, and an event brings its data', async () => {
    const id = await parcel({ paid: true })
    expect(await event(id, 'SEND', { weight: 60 })).toMatchObject({ json: { status: 'abroad', weight: 60 } })
    expect((await event(id, 'ARRIVE')).status).toBe(409)
    await parcels().update(id, { weight: 5 })
    expect(await event(id, 'ARRIVE')).toMatchObject({ json: { status: 'delivered' } })
  })

  test('events without a target run their actions', async () => {
    const id = await parcel()
    expect(await event(id, 'STICK')).toMatchObject({ status: 200, json: { status: 'packed', log: 'sticker' } })
  })

  test('a state that is written needs an event that leads there', async () => {
    const id = await parcel({ paid: true })
    await expect(parcels().update(id, { status: 'delivered' })).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining('Possible: abroad, home'),
    })
    expect(await parcels().update(id, { status: 'home' })).toMatchObject({ status: 'home' })
    expect(await parcels().update(id, { status: 'home', name: 'Q' })).toMatchObject({ name: 'Q' })
    await expect(parcels().update(id, { status: null })).rejects.toMatchObject({ status: 422 })
    const many = await Promise.all([parcel(), parcel({ paid: true })])
    await expect(parcels().updateMany({ id: { $in: many } }, { status: 'home' })).rejects.toMatchObject({ status: 422 })
    expect((await parcels().find({ where: { id: { $in: many } } })).items.map(({ status }) => status)).toEqual(['packed', 'packed'])
  })

  test('what leads on by itself does, in the same write', async () => {
    const id = await parcel({ paid: true, name: 'boomerang' })
    await event(id, 'SEND')
    expect(await event(id, 'LOSE')).toMatchObject({ json: { status: 'home' } })
    const lost = await parcel({ paid: true })
    await event(lost, 'SEND')
    expect(await event(lost, 'LOSE')).toMatchObject({ json: { status: 'lost' } })
    expect(await parcels().update(lost, { name: 'boomerang' })).toMatchObject({ status: 'home' })
  })

  test('unknown events, records and bodies are refused', async () => {
    const id = await parcel()
    expect((await event(id, 'EXPLODE')).status).toBe(404)
    expect((await event('nobody', 'SEND')).status).toBe(404)
    expect((await event(id, 'SEND', [])).status).toBe(400)
    expect((await event(id, '__proto__')).status).toBe(404)
    expect((await send('/api/parcel/events/SEND', { method: 'POST' })).status).toBe(404)
  })

  test('machines without functions cost no transaction of their own', async () => {
    const lamps = app.objects['lamp'] as ObjectApi
    const { id } = await lamps.create({ name: 'L' })
    const { plan } = await coreOf(app as never).store('lamp')
    expect(plan.behaviour?.waits).toBeUndefined()
    expect(await lamps.update(String(id), { power: 'on' })).toMatchObject({ power: 'on' })
    expect(await send(`/api/lamp/${id}/events/SWITCH`, { method: 'POST' })).toMatchObject({ status: 200, json: { power: 'off' } })
  })
})
