import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApp } from '../../generated/index.ts'
import { createFetchHandler } from '../../runtime-lite/rest/fetch.ts'
import { repairsSinceStart } from '../../schemas/service/repair.hook.ts'

/** The story of one repair of the sample app: rules, hooks and the state machine of one object, over HTTP. */

type Reply = { readonly status: number; readonly body: Record<string, unknown> }

let app: Awaited<ReturnType<typeof createApp>>
let handler: (request: Request) => Promise<Response> | Response

beforeAll(async () => {
  app = await createApp()
  await app.seed()
  handler = createFetchHandler(app)
})
afterAll(() => app.close())

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
  const response = await handler(
    new Request(`http://localhost/api/${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  )
  const text = await response.text()
  return { status: response.status, body: text === '' ? {} : JSON.parse(text) }
}

const BOX = { account: 'acc-001', product: 'prd-003', serial_number: ' tg3-00999 ', ticket: 'tic-001' }

test('a repair goes over the bench', async () => {
  const created = await call('POST', 'repair', { ...BOX, technician: 'usr-007', estimate: 450, bought_on: '2019-05-01' })
  expect(created.status).toBe(201)
  expect(created.body).toMatchObject({
    serial_number: 'TG3-00999',
    status: 'received',
    in_warranty: false,
    finding: expect.stringMatching(/^See ticket T-/),
  })
  const repair = `repair/${String(created.body['id'])}`

  expect((await call('PATCH', repair, { status: 'ready' })).status).toBe(422)
  expect((await call('POST', `${repair}/events/OPEN`)).body).toMatchObject({ status: 'diagnosing' })
  expect((await call('POST', `${repair}/events/REPAIR`)).status).toBe(409)
  await call('PATCH', repair, { approved_by_customer: true })
  expect((await call('POST', `${repair}/events/REPAIR`)).body).toMatchObject({ status: 'waiting_for_parts' })
  expect((await call('POST', `${repair}/events/PARTS`)).body).toMatchObject({ status: 'repairing' })
  const warned = await call('PATCH', repair, { cost: 480 }, { 'accept-language': 'de' })
  expect(warned.body).toMatchObject({
    cost: 480,
    '@warnings': [{ rule: 'costs_stay_near_the_estimate', message: expect.stringMatching(/kostet mehr/) }],
  })
  expect((await call('POST', `${repair}/events/DONE`)).body).toMatchObject({ status: 'ready' })
  expect(
    await app.objects.ticket_reply
      .find({ where: { ticket: 'tic-001', author: 'usr-007', body: { $contains: 'is ready' } } })
      .then(({ items }) => items),
  ).toHaveLength(1)
  expect(await call('POST', `${repair}/events/RETURN`)).toMatchObject({ body: { status: 'returned', handed_out_at: expect.any(String) } })
  expect((await call('POST', `${repair}/events/OPEN`)).status).toBe(409)
})

test('in warranty nobody is asked', async () => {
  const created = await call('POST', 'repair', {
    ...BOX,
    serial_number: 'NEW-1',
    estimate: 4000,
    bought_on: new Date().toISOString().slice(0, 10),
  })
  const repair = `repair/${String(created.body['id'])}`
  expect(created.body).toMatchObject({ in_warranty: true, days_in_house: 0 })
  await call('POST', `${repair}/events/OPEN`)
  expect((await call('POST', `${repair}/events/REPAIR`)).body).toMatchObject({ status: 'repairing' })
})

test('what may not stand on the bench', async () => {
  const twice = await call('POST', 'repair', { ...BOX, serial_number: 'ws1-02218' })
  expect(twice).toMatchObject({ status: 422, body: { detail: 'WS1-02218 is on the bench already.' } })
  const again = await call('POST', 'repair', { ...BOX, serial_number: 'BT-90001' })
  expect(again).toMatchObject({ status: 201, body: { technician: null } })
  await call('PATCH', `repair/${String(again.body['id'])}`, { technician: 'usr-008', finding: 'Nothing.' })
  await call('POST', `repair/${String(again.body['id'])}/events/OPEN`)
  await call('POST', `repair/${String(again.body['id'])}/events/GIVE_UP`)
  expect(await call('POST', 'repair', { ...BOX, serial_number: 'bt-90001' })).toMatchObject({
    status: 201,
    body: { technician: 'usr-008' },
  })
})

test('whoever counts elsewhere is told once it is certain', async () => {
  const before = repairsSinceStart.count
  await call('POST', 'repair', { ...BOX, serial_number: 'X-2' })
  await call('POST', 'repair', { ...BOX, serial_number: 'X-2' })
  await expect.poll(() => repairsSinceStart.count).toBe(before + 1)
})

test('a global action', async () => {
  expect((await call('POST', 'repair/actions/bench', {})).body).toMatchObject({ open: expect.any(Number), waiting: 1 })
})

test('a channel with open tickets stays', async () => {
  const channel = await app.objects.channel.create({ name: 'Carrier pigeon', kind: 'radio' })
  const ticket = await app.objects.ticket.create({
    subject: 'Feathers',
    description: 'Everywhere.',
    account: 'acc-001',
    channel: channel.id,
    priority: 3,
  })
  expect(await call('DELETE', `channel/${channel.id}`)).toMatchObject({ status: 422, body: { code: 'VALIDATION_ERROR' } })
  await app.objects.ticket.update(ticket.id, { status: 'closed', resolution: 'Swept.', duplicate_of: 'tic-001' })
  expect((await call('DELETE', `channel/${channel.id}`)).status).toBe(204)
})

test('what the product is decides', async () => {
  const { items } = await app.objects.product.find({ where: { is_active: false }, limit: 1 })
  const box = { ...BOX, product: items[0]?.id, serial_number: 'OLD-1', ticket: undefined }
  expect(await call('POST', 'repair', box)).toMatchObject({
    status: 422,
    body: { detail: expect.stringContaining(`${items[0]?.name} is not made`) },
  })
  expect((await call('POST', 'repair', { ...box, estimate: 10 })).status).toBe(201)
})
