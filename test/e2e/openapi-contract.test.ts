import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createExample, updateExample } from '../../compiler/6-emit/openapi/object-schemas.ts'
import type { ObjectIr } from '../../compiler/ir/object.ts'
import { createApp } from '../../generated/index.ts'
import { type RunningServer, serve } from '../../runtime-lite/rest/index.ts'
import { compiledApp, sampleApp } from '../support/compiled-apps.ts'
import { resolve, type Tree } from '../support/openapi.ts'

const app = await compiledApp(sampleApp)
const objectByName = new Map(app.objects.map((object) => [object.name, object]))

let server: RunningServer
let document: Tree
const ajv = new Ajv2020({ strict: false, allErrors: true })
addFormats.default(ajv)
ajv.addFormat('int64', true)

beforeAll(async () => {
  server = await serve(await createApp({ datasource: ':memory:' }), { port: 0 })
  document = (await (await fetch(`${server.url}/openapi.json`)).json()) as Tree
  ajv.addSchema({ $id: 'document', ...document })
})
afterAll(() => server.close())

/** Headers that depend on what the request says. */
const SOMETIMES: ReadonlySet<string> = new Set(['Link', 'Preference-Applied'])

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Tree
}

const follow = (node: unknown): readonly [string, Tree] | undefined => {
  const { $ref } = node as { readonly $ref?: string }
  return $ref === undefined ? undefined : [$ref, resolve(document, $ref) as Tree]
}

/** Sends a request and holds the answer to what the document says about it: status, type, headers, schema. */
async function call(operationPath: string, method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(server.url + path, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  const pointer = `#/paths/${operationPath.replaceAll('/', '~1')}/${method.toLowerCase()}/responses/${response.status}`
  const stated = resolve(document, pointer)
  const text = await response.text()
  if (stated === undefined) throw new Error(`${method} ${operationPath} does not document ${response.status}: ${text}`)
  const [place, described] = follow(stated) ?? [pointer, stated as Tree]
  for (const name of Object.keys((described['headers'] ?? {}) as Tree)) {
    if (SOMETIMES.has(name)) continue
    // A list of new records has no version and no place of its own.
    if (!Array.isArray(body)) expect(response.headers.has(name), `${method} ${path} ${name}`).toBe(true)
  }
  const type = Object.keys((described['content'] ?? {}) as Tree)[0]
  if (type === undefined) {
    expect(text).toBe('')
    return { status: response.status, headers: response.headers, body: {} }
  }
  expect(response.headers.get('content-type')?.split(';')[0]).toBe(type)
  const validate = ajv.compile({
    $ref: `document${[...place.split('/'), 'content', type.replaceAll('/', '~1'), 'schema'].map((token) => (token === '#' ? token : encodeURIComponent(token))).join('/')}`,
  })
  const parsed = JSON.parse(text) as Tree
  // Warnings of records that are written along come back with objects that have none of their own, too.
  const isTold = parsed['@warnings'] !== undefined && Object.keys(WARNED).some((name) => operationPath.startsWith(`/api/${name}`))
  if (isTold) expect(validate({ ...parsed, '@warnings': [{ rule: 1 }] }), 'warnings are documented').toBe(false)
  if (!validate(parsed)) throw new Error(`${method} ${path} answers ${ajv.errorsText(validate.errors)}: ${text}`)
  return { status: response.status, headers: response.headers, body: parsed }
}

const ids = new Map<string, string>()

/** A record of the object, made from the document's example; what it must refer to is made first. */
async function recordOf(object: ObjectIr): Promise<string> {
  const known = ids.get(object.name)
  if (known !== undefined) return known
  const { body } = await create(object)
  ids.set(object.name, String(body['id']))
  return String(body['id'])
}

/** What rules want, which the example of a field cannot know. */
const RULED: { readonly [object: string]: object } = {
  contract: { status: 'draft', wording: undefined, price: undefined },
  opportunity: { close_date: '2031-01-31', lost_because: undefined },
  price_list: { rounding: { to: 5, mode: 'up' } },
}

/** What makes a rule of the object say something, by its name: the write goes through. */
const WARNED: { readonly [object: string]: readonly [rule: string, values: (cost: number) => object, own: object] } = {
  account: ['website_or_email', () => ({ website: null, email: null }), { name: 'Warned', vat_number: null }],
  opportunity: ['big_deals_have_a_proposal', () => ({ amount: 200_000, proposal: null }), { name: 'Warned' }],
  product: ['active_products_cost_something', () => ({ is_active: true, list_price: 0 }), { sku: 'ZZ-999' }],
  repair: ['costs_stay_near_the_estimate', (cost) => ({ approved_by_customer: true, cost, estimate: 1 }), { serial_number: 'ZZ-999' }],
}

/** What a rule of the object refuses, by its name. */
const REFUSED: readonly (readonly [object: string, rule: string, values: object])[] = [
  ['account', 'key_account_has_owner', { is_key_account: true, owner: null }],
  ['contract', 'ends_after_start', { starts_on: '2031-01-31', ends_on: '2030-01-31' }],
  ['opportunity', 'lost_because_not_visible', { stage: 'listening', lost_because: 'price' }],
  ['price_list', 'valid_range', { valid_from: '2031-01-31', valid_until: '2030-01-31' }],
  ['price_list', 'known_rounding', { rounding: 'up' }],
  ['product', 'name_without_loose_blanks', { name: 'a  b' }],
]

async function inputOf(object: ObjectIr): Promise<Record<string, unknown>> {
  const input: Record<string, unknown> = { ...createExample(object), ...RULED[object.name] }
  for (const field of object.fields) {
    const target = field.reference?.object === undefined ? undefined : objectByName.get(field.reference.object)
    if (field.isRequired && target !== undefined) input[field.name] = await recordOf(target)
  }
  return input
}

async function create(object: ObjectIr): Promise<Answer> {
  const input = await inputOf(object)
  const answer = await call(`/api/${object.name}`, 'POST', `/api/${object.name}`, input)
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  expect(answer.headers.get('location')).toBe(`/api/${object.name}/${String(answer.body['id'])}`)
  return answer
}

describe.each(app.objects.filter((object) => object.methods.length === 5).map((object) => [object.name, object] as const))(
  '%s',
  (name, object) => {
    const collection = `/api/${name}`
    const record = `${collection}/{id}`

    test('answers as documented', async () => {
      const id = await recordOf(object)
      const path = `${collection}/${encodeURIComponent(id)}`
      expect((await call(record, 'GET', path)).status).toBe(200)
      const changes = { ...updateExample(object) }
      for (const field of object.fields) if (field.reference) delete changes[field.name]
      expect((await call(record, 'PATCH', path, changes)).status).toBe(200)
      expect((await call(record, 'PUT', path, {})).status).toBe(200)
      const list = await call(collection, 'GET', `${collection}?$count=true&$top=5`)
      expect([list.status, list.body['total']]).toEqual([200, 1])
      expect((await call(`${collection}/count`, 'GET', `${collection}/count`)).body).toEqual({ count: 1 })
    })

    test('expands as documented', async () => {
      const path = `${collection}/${encodeURIComponent(await recordOf(object))}`
      for (const field of object.fields) {
        if (field.reference?.object === undefined || !objectByName.has(field.reference.object)) continue
        const { body } = await call(record, 'GET', `${path}?expand=${encodeURIComponent(field.name)}`)
        if (field.isRequired) expect(typeof body[field.name]).toBe('object')
      }
    })

    test('refuses as documented', async () => {
      expect((await call(record, 'GET', `${collection}/no-such-id`)).status).toBe(404)
      expect((await call(record, 'PATCH', `${collection}/no-such-id`, {})).status).toBe(404)
      expect((await call(collection, 'GET', `${collection}?no_such_field=1`)).status).toBe(400)
      expect((await call(collection, 'POST', collection, { no_such_field: 1 })).status).toBe(422)
      expect((await call(collection, 'POST', collection, [])).status).toBe(201)
    })
  },
)

/** True when the document takes the body for the operation. */
function isTaken(operationPath: string, method: string, body: unknown): boolean {
  const pointer = ['paths', operationPath.replaceAll('/', '~1'), method.toLowerCase(), 'requestBody']
  const stated = resolve(document, `#/${pointer.join('/')}`)
  const place = follow(stated)?.[0].slice(2).split('/') ?? pointer
  const validate = ajv.compile({
    $ref: `document#/${[...place, 'content', 'application~1json', 'schema'].map(encodeURIComponent).join('/')}`,
  })
  return validate(body)
}

describe('what is written along, amounts, clones, histories and actions', () => {
  const post = async (operation: string, path: string, body: unknown, method = 'POST'): Promise<Answer> => {
    expect(isTaken(operation, method, body), `${method} ${path} takes ${JSON.stringify(body)}`).toBe(true)
    return call(operation, method, path, body)
  }

  test('are as documented', async () => {
    const contact = { last_name: 'Reed', account: { create: { name: 'Reed & Co' } } }
    const { status, body: made } = await post('/api/contact', '/api/contact', contact)
    expect(status).toBe(201)
    const account = `/api/account/${String(made['account'])}`
    const children = { contacts: { create: [{ last_name: 'Moss' }], disconnect: made['id'] } }
    expect((await post('/api/account/{id}', account, children, 'PATCH')).status).toBe(200)
    const other = { account: { connect: made['account'] } }
    expect((await post('/api/contact/{id}', `/api/contact/${String(made['id'])}`, other, 'PATCH')).status).toBe(200)
    const deal = { name: 'A mast', account: made['account'], close_date: '2032-02-03', amount: 10 }
    const { body: opportunity } = await post('/api/opportunity', '/api/opportunity', deal)
    const path = `/api/opportunity/${String(opportunity['id'])}`
    expect((await post('/api/opportunity/{id}', path, { amount: { $mul: 3 } }, 'PATCH')).body['amount']).toBe(30)

    expect((await post('/api/account/{id}/clone', `${account}/clone`, { values: { name: 'Twin' }, children: ['contacts'] })).status).toBe(
      201,
    )
    await post('/api/account/{id}', account, { name: 'Reed and Sons' }, 'PATCH')
    const { body: history } = await call('/api/account/{id}/history', 'GET', `${account}/history?limit=1`)
    expect(history).toMatchObject({ items: [{ field: 'name', old: 'Reed & Co', new: 'Reed and Sons' }] })

    for (const stage of ['proposal', 'handshake']) await post('/api/opportunity/{id}', path, { stage }, 'PATCH')
    const won = '/api/opportunity/{id}/actions/close_as_won'
    expect((await post(won, `${path}/actions/close_as_won`, { signed_on: '2032-02-02', comment: 'Cake' })).body['stage']).toBe('won')
    expect(isTaken(won, 'POST', {})).toBe(false)
    expect((await call(won, 'POST', `${path}/actions/close_as_won`, {})).status).toBe(422)
    expect((await call(won, 'POST', '/api/opportunity/nobody/actions/close_as_won', { signed_on: '2032-02-02' })).status).toBe(404)
    const forecast = '/api/opportunity/actions/forecast_quarter'
    expect((await post(forecast, forecast, { quarter: 'Q1', year: 2032 })).body).toBe(30)
    const page = await call('/api/contact', 'GET', '/api/contact?cursor=&limit=1&count=exact')
    expect(page.headers.get('link')).toMatch(/rel="next"/)
  })

  test.each([
    ['/api/contact', 'POST', { last_name: 'x', account: { make: {} } }],
    ['/api/contact', 'POST', { last_name: 'x', account: {} }],
    ['/api/contact', 'POST', { last_name: 'x', account: { disconnect: true } }],
    ['/api/account/{id}', 'PATCH', { contacts: { remove: 'x' } }],
    ['/api/opportunity/{id}', 'PATCH', { amount: { $inc: 1, $mul: 2 } }],
    ['/api/opportunity/{id}', 'PATCH', { amount: { $add: 1 } }],
    ['/api/opportunity', 'POST', { name: 'x', close_date: '2031-02-03', account: 'x', amount: { $inc: 1 } }],
    ['/api/opportunity/actions/forecast_quarter', 'POST', { quarter: 'Q5', year: 2031 }],
  ])('%s %s refuses %j, as documented', async (operation, method, body) => {
    expect(isTaken(operation, method, body)).toBe(false)
    const id = method === 'PATCH' ? ids.get(operation.includes('account') ? 'account' : 'opportunity') : ''
    expect((await call(operation, method, operation.replace('{id}', String(id)), body)).status).toBe(422)
  })
})

describe('rules', () => {
  const objectOf = (name: string): ObjectIr => objectByName.get(name) as ObjectIr
  const exampleAt = (...path: readonly string[]): Tree =>
    resolve(document, `#/components/${path.map((token) => token.replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}`) as Tree

  test('that warn in the sample application are all tried', () => {
    const warn = app.objects.filter(({ compiledRules = [] }) => compiledRules.some(({ severity }) => severity !== 'error'))
    expect(warn.map(({ name }) => name)).toEqual(Object.keys(WARNED))
  })

  test.each(Object.entries(WARNED))('of %s come back as documented', async (name, [rule, values, own]) => {
    const path = `/api/${name}`
    const input = { ...(await inputOf(objectOf(name))), ...values(100), ...own }
    const { status, body } = await call(path, 'POST', path, input)
    expect([status, body['@warnings']], JSON.stringify(body)).toEqual([201, [expect.objectContaining({ rule, severity: 'warning' })]])
    const [warning] = body['@warnings'] as readonly Tree[]
    const example = exampleAt('examples', `${objectOf(name).names.pascal}.written`, 'value', '@warnings', '0')
    expect({ ...example, message: '' }).toEqual({ ...warning, message: '' })
    if (name !== 'repair') expect(example['message']).toBe(warning?.['message'])

    const id = String(body['id'])
    const changed = await call(`${path}/{id}`, 'PATCH', `${path}/${id}`, values(200))
    expect(changed.body['@warnings']).toMatchObject([{ rule }])
    expect((await call(`${path}/{id}`, 'GET', `${path}/${id}`)).body['@warnings']).toBeUndefined()
    const change = (cost: number): object => ({ where: { id }, data: values(cost) })
    const counted = await call(`${path}/updateMany`, 'POST', `${path}/updateMany`, change(300))
    // It skips writes of many.
    expect(counted.body).toMatchObject(name === 'repair' ? { count: 1 } : { count: 1, '@warnings': [{ id, rule }] })
    const first = `${path}/findOneAndUpdate`
    expect((await call(first, 'POST', first, change(400))).body['@warnings']).toMatchObject([{ rule }])
    const old = await call(first, 'POST', first, { ...change(500), returning: 'old' })
    expect(old.body['@warnings']).toMatchObject([{ rule }])
    const upserted = await call(`${path}/upsert`, 'POST', `${path}/upsert`, { values: { id, ...values(600) } })
    expect([upserted.status, upserted.body['@warnings']]).toMatchObject([200, [{ rule }]])
    expect((await call(`${path}/{id}`, 'DELETE', `${path}/${id}`)).status).toBe(204)
  })

  test.each(REFUSED)('of %s refuse as the example of %s says', async (name, rule, values) => {
    const path = `/api/${name}`
    const { status, body } = await call(path, 'POST', path, { ...(await inputOf(objectOf(name))), ...values })
    const said = exampleAt(
      'responses',
      `${objectOf(name).names.pascal}.refused-create`,
      'content',
      'application/problem+json',
      'examples',
      rule,
    )
    expect([status, body['errors']]).toEqual([422, expect.arrayContaining((said['value'] as Tree)['errors'] as Tree[])])
  })

  test('on deletion refuse as documented', async () => {
    const channel = await recordOf(objectOf('channel'))
    const waiting = { ...(await inputOf(objectOf('ticket'))), channel, status: 'new' }
    const { status, body: ticket } = await call('/api/ticket', 'POST', '/api/ticket', waiting)
    expect(status).toBe(201)
    expect(await call('/api/channel/{id}', 'DELETE', `/api/channel/${channel}`)).toMatchObject({
      status: 422,
      body: { errors: [{ code: 'somebody_still_waits' }] },
    })
    expect((await call('/api/ticket/{id}', 'DELETE', `/api/ticket/${String(ticket['id'])}`)).status).toBe(204)
  })
})

describe('the system', () => {
  test.each([
    ['/api/metadata', '/api/metadata', 200],
    ['/api/metadata/{type}', '/api/metadata/object', 200],
    ['/api/metadata/{type}/{name}', '/api/metadata/object/account', 200],
    ['/api/metadata/{type}/{name}', '/api/metadata/object/nothing', 404],
    ['/livez', '/livez', 200],
    ['/readyz', '/readyz', 200],
  ])('%s at %s answers %i as documented', async (operation, path, status) => {
    expect((await call(operation, 'GET', path)).status).toBe(status)
  })
})

test('records can be deleted, or other records keep them', async () => {
  for (const object of app.objects) {
    if (!ids.has(object.name)) continue
    const { status } = await call(
      `/api/${object.name}/{id}`,
      'DELETE',
      `/api/${object.name}/${encodeURIComponent(ids.get(object.name) as string)}`,
    )
    expect([204, 404, 409]).toContain(status)
  }
})
