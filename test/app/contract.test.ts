import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApp } from '../../generated/index.ts'
import { createFetchHandler } from '../../runtime-lite/rest/fetch.ts'

/** How a contract of the sample app comes about: a state machine with two states at once, over HTTP. */

type Reply = { readonly status: number; readonly body: Record<string, unknown> }

let app: Awaited<ReturnType<typeof createApp>>
let handler: (request: Request) => Promise<Response> | Response

beforeAll(async () => {
  app = await createApp()
  await app.seed()
  handler = createFetchHandler(app)
})
afterAll(() => app.close())

async function call(method: string, path: string, body?: unknown): Promise<Reply> {
  const response = await handler(
    new Request(`http://localhost/api/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  )
  return { status: response.status, body: JSON.parse(await response.text()) }
}

test('both sides of a contract agree, in any order, before anybody signs', async () => {
  const created = await call('POST', 'contract', { account: 'acc-001', starts_on: '2030-01-01', yearly_fee: 1200 })
  expect(created).toMatchObject({ status: 201, body: { status: 'draft', wording: null, price: null } })
  const contract = `contract/${String(created.body['id'])}`
  expect((await call('POST', `${contract}/events/SIGN`)).status).toBe(409)
  expect(await call('POST', `${contract}/events/OFFER`)).toMatchObject({ body: { status: 'negotiating', wording: 'open', price: 'open' } })
  expect(await call('POST', `${contract}/events/ACCEPT_PRICE`)).toMatchObject({
    body: { status: 'negotiating', wording: 'open', price: 'accepted' },
  })
  expect((await call('POST', `${contract}/events/ACCEPT_PRICE`)).status).toBe(409)
  expect(await call('POST', `${contract}/events/WITHDRAW`)).toMatchObject({ body: { status: 'draft', wording: null, price: null } })
  await call('POST', `${contract}/events/OFFER`)
  await call('POST', `${contract}/events/ACCEPT_WORDING`)
  expect(await call('POST', `${contract}/events/ACCEPT_PRICE`)).toMatchObject({ body: { status: 'agreed', wording: null, price: null } })

  // Without the paper nothing is signed, and nothing changes.
  expect(await call('POST', `${contract}/events/SIGN`)).toMatchObject({ status: 422, body: { errors: [{ pointer: '/signed_copy' }] } })
  expect(await call('GET', contract)).toMatchObject({ body: { status: 'agreed' } })
  await call('PATCH', contract, {
    signed_copy: { name: 'signed.pdf', url: 'https://files.saltmarsh.example/c/signed.pdf', size: 1, type: 'application/pdf' },
  })
  expect(await call('POST', `${contract}/events/SIGN`)).toMatchObject({ status: 200, body: { status: 'signed' } })
  expect((await call('PATCH', contract, { status: 'ended' })).status).toBe(422)
  expect(await call('PATCH', contract, { status: 'running' })).toMatchObject({ status: 200, body: { status: 'running' } })
})

test('what functions say about a contract', async () => {
  const input = { account: 'acc-001', starts_on: '2030-01-01', yearly_fee: 1200 }
  const sites = [
    { name: 'Quay 1', latitude: 51.4, longitude: 3.5 },
    { name: 'Quay 9', latitude: 151 },
  ]
  expect(await call('POST', 'contract', { ...input, sites })).toMatchObject({
    status: 422,
    body: { errors: [{ code: 'sites_are_on_earth', message: 'Quay 9 is nowhere on earth.' }] },
  })
  const paid = await call('POST', 'contract', { ...input, sites: sites.slice(0, 1) })
  expect(paid.status).toBe(201)
  expect(await call('POST', 'contract', { ...input, account: 'acc-003' })).toMatchObject({
    status: 422,
    body: {
      errors: [
        { pointer: '/account', code: 'owes_nothing', message: expect.stringMatching(/^There are invoices of .+ that nobody paid\.$/) },
      ],
    },
  })
})
