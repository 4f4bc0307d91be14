import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { compile } from '../../compiler/index.ts'
import { type RunningApp, startedApp } from '../support/running-app.ts'

const FOLDER = join(import.meta.dirname, '..', '..', 'tmp', `validator-addresses-${process.pid}`)

const SCHEMA = `
name: account
fields:
  name: { type: text }
  pin: { type: password }
  tags: { type: select, multiple: true, options: [x, y, a] }
validation:
  rules:
    - { name: listed, type: async, field: name, validatorUrl: "\${LISTS}/check", headers: { Authorization: "Bearer \${TOKEN:-none}" }, params: { list: black }, message: "{{name}} is on {{list}}.", error_code: LISTED }
    - { name: tagged, type: async, field: tags, method: GET, validatorUrl: "\${LISTS}/tags?v=1", severity: warning, apply_when: { field: tags, operator: not_null }, message: Odd tags. }
    - { name: leaked, type: async, field: pin, validatorUrl: "\${LISTS}/pins", message: Everybody knows this pin. }
`

interface Called {
  readonly url: string
  readonly method: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

let server: Server
let elsewhere: Server
let app: RunningApp
let calls: Called[] = []
/** Requests that were given up before they were answered. */
let dropped = 0
let answer: (response: ServerResponse, request: Called) => void
const reported: string[] = []
const environment: Record<string, string | undefined> = {}

const sends =
  (status: number, text: string, headers: Record<string, string> = {}) =>
  (response: ServerResponse): void =>
    void response.writeHead(status, headers).end(text)

const listening = async (handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<Server> => {
  const made = createServer(handler)
  await new Promise<void>((resolve) => void made.listen(0, '127.0.0.1', resolve))
  return made
}
const originOf = (of: Server): string => `http://127.0.0.1:${(of.address() as AddressInfo).port}`

beforeAll(async () => {
  mkdirSync(join(FOLDER, 'schemas'), { recursive: true })
  writeFileSync(join(FOLDER, 'schemas', 'account.object.yml'), SCHEMA.trimStart())
  writeFileSync(join(FOLDER, 'objectql.config.json'), '{ "dialects": ["sqlite"] }\n')
  const { isOk, diagnostics } = await compile({ cwd: FOLDER })
  expect([isOk, diagnostics]).toEqual([true, []])
  server = await listening((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += String(chunk)))
    response.on('close', () => (dropped += response.writableEnded ? 0 : 1))
    request.on('end', () => {
      const called: Called = { url: request.url ?? '', method: request.method ?? '', headers: request.headers, body }
      calls.push(called)
      answer(response, called)
    })
  })
  elsewhere = await listening((_request, response) => sends(200, 'true')(response))
  app = await startedApp(join(FOLDER, 'generated'), {
    validators: { timeout: 300, environment },
    onError: (error: unknown) => void reported.push(String(error)),
  })
}, 60_000)

beforeEach(() => {
  calls = []
  dropped = 0
  reported.splice(0)
  environment['LISTS'] = originOf(server)
  delete environment['TOKEN']
  answer = sends(200, 'true')
})

afterAll(async () => {
  await app.close()
  for (const one of [server, elsewhere]) {
    one.closeAllConnections()
    one.close()
  }
  rmSync(FOLDER, { recursive: true, force: true })
})

const create = (record: object) => app.request('/api/account', { method: 'POST', body: record })
const count = async (): Promise<number> =>
  (await app.request('/api/account?count=true')).json.total ?? (await app.request('/api/account')).json.items.length

test('an address is told what the rule is about, without what nobody reads', async () => {
  environment['TOKEN'] = 'secret'
  answer = (response, { url }) => sends(200, url.startsWith('/tags') ? '{"valid":false}' : '{ "valid": true }')(response)
  const { status, json } = await app.app.as({ id: 'u1', name: 'Ada', ssn: '1' }, () =>
    create({ id: 'a', name: 'Ä', pin: '1234', tags: ['x', 'y'] }),
  )
  expect([status, json['@warnings']]).toEqual([
    201,
    [{ rule: 'tagged', severity: 'warning', pointer: '/tags', code: 'tagged', message: 'Odd tags.' }],
  ])
  const [listed, tagged, leaked] = ['/check', '/tags', '/pins'].map((path) => calls.find(({ url }) => url.startsWith(path)) as Called)
  expect([listed?.method, listed?.headers.authorization, listed?.headers['content-type']]).toEqual([
    'POST',
    'Bearer secret',
    'application/json',
  ])
  const stamps = { created_at: expect.any(String), updated_at: expect.any(String) }
  const said = { object: 'account', operation: 'create', id: 'a', previous: null, user: { id: 'u1' }, locale: null }
  expect(JSON.parse(listed?.body ?? '')).toEqual({
    ...{ ...said, rule: 'listed', field: 'name', value: 'Ä', params: { list: 'black' } },
    record: { id: 'a', name: 'Ä', tags: ['x', 'y'], ...stamps },
  })
  // The rule is about it.
  expect(JSON.parse(leaked?.body ?? '')).toMatchObject({
    field: 'pin',
    value: '1234',
    record: expect.not.objectContaining({ pin: '1234' }),
  })
  const { searchParams } = new URL(tagged?.url ?? '', 'http://x')
  expect([tagged?.method, tagged?.body, Object.fromEntries(searchParams)]).toEqual([
    'GET',
    '',
    { v: '1', rule: 'tagged', object: 'account', operation: 'create', id: 'a', field: 'tags', value: '["x","y"]' },
  ])
  calls = []
  expect((await app.request('/api/account/a', { method: 'PATCH', body: { name: 'B' } })).status).toBe(200)
  expect(calls.map(({ body }) => JSON.parse(body))).toEqual([
    expect.objectContaining({ operation: 'update', value: 'B', previous: expect.objectContaining({ name: 'Ä' }) }),
  ])
  expect((await app.request('/api/account/a', { method: 'DELETE' })).status).toBe(204)
})

test.each([
  ['false', 'x is on black.'],
  ['{"valid":false,"params":{"list":"white"}}', 'x is on white.'],
  ['"Not {{name}}, says the list."', 'Not {{name}}, says the list.'],
  [`"${'é'.repeat(5000)}"`, `${'é'.repeat(1000)}…`],
  ['{"valid":false,"message":"No."}', 'No.'],
])('an answer of %.40s refuses the record', async (text, message) => {
  answer = (response, { url }) => sends(200, url.startsWith('/check') ? text : 'true')(response)
  const { status, json } = await create({ name: 'x' })
  expect([status, json.errors]).toEqual([422, [{ pointer: '/name', code: 'LISTED', message }]])
})

test.each<[string, (response: ServerResponse) => void]>([
  ['no JSON', sends(200, '<html>true</html>')],
  ['nothing', sends(200, '')],
  ['null', sends(200, 'null')],
  ['a number', sends(200, '1')],
  ['an object without "valid"', sends(200, '{}')],
  ['no answer at all (204)', sends(204, '')],
  ['an error', sends(500, 'true')],
  ['a refusal of the call', sends(401, 'true')],
  ['a redirect within', sends(302, 'true', { location: '/other' })],
  ['a redirect elsewhere', (response) => sends(307, 'true', { location: originOf(elsewhere) })(response)],
  ['too much at once', sends(200, JSON.stringify('x'.repeat(70_000)))],
  [
    'too much, without end',
    (response) => {
      response.writeHead(200)
      const more = (): void => {
        if (response.destroyed) return
        response.write(' '.repeat(10_000))
        setTimeout(more, 1)
      }
      more()
    },
  ],
  [
    'half of an answer',
    (response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('true')
      setTimeout(() => response.destroy(), 5)
    },
  ],
  ['a connection that is closed', (response) => void response.destroy()],
])('%s lets nothing pass', async (_name, hostile) => {
  const before = await count()
  answer = (response, { url }) => (url.startsWith('/check') ? hostile(response) : sends(200, 'true')(response))
  const { status, headers, json } = await create({ name: 'x' })
  expect([status, headers.get('retry-after'), json]).toEqual([
    503,
    '10',
    {
      type: 'about:blank',
      title: 'Service Unavailable',
      status: 503,
      code: 'UNAVAILABLE',
      detail: 'The rule "listed" could not be asked. Nothing was written; try again.',
    },
  ])
  expect(calls.filter(({ url }) => url !== '/pins').map(({ url }) => url)).toEqual(['/check'])
  expect(await count()).toBe(before)
})

test.each<[string, (response: ServerResponse) => void]>([
  ['who never answers', () => undefined],
  ['who begins and never ends', (response) => void response.writeHead(200).write('{')],
])('%s is given up', async (_name, slow) => {
  answer = (response, { url }) => (url.startsWith('/check') ? slow(response) : sends(200, 'true')(response))
  const { status, json } = await create({ name: 'x' })
  expect([status, json.code, json.detail]).toEqual([
    503,
    'TIMEOUT',
    'The rule "listed" could not be asked in time. Nothing was written; try again.',
  ])
  await expect.poll(() => dropped).toBe(1)
})

test('what is refused elsewhere counts more than who does not answer', async () => {
  answer = (response, { url }) => (url.startsWith('/check') ? sends(500, '') : sends(200, 'false'))(response)
  const { status, json } = await create({ name: 'x', pin: '1' })
  expect([status, json.errors.map(({ code }: { code: string }) => code)]).toEqual([422, ['leaked']])
})

test('a warning refuses nothing, but does not keep silent', async () => {
  answer = (response, { url }) => (url.startsWith('/tags') ? sends(500, '') : sends(200, 'true'))(response)
  const { status, json } = await create({ name: 'x', tags: ['a'] })
  expect([status, json['@warnings']]).toEqual([
    201,
    [{ rule: 'tagged', severity: 'warning', pointer: '/tags', code: 'tagged', message: 'The rule "tagged" could not be asked.' }],
  ])
  expect(reported).toEqual([`Error: "127.0.0.1:${(server.address() as AddressInfo).port}" answered 500.`])
})

test.each([undefined, '', 'ftp://127.0.0.1', 'no url', 'http://127.0.0.1:1'])('an address of %s lets nothing pass', async (address) => {
  environment['LISTS'] = address
  const { status, json } = await create({ name: 'x' })
  expect([status, json.code]).toEqual([503, 'UNAVAILABLE'])
  expect(calls).toEqual([])
})

test('a program may call addresses itself', async () => {
  const asked: string[] = []
  const own = await startedApp(join(FOLDER, 'generated'), {
    validators: {
      environment,
      fetch: async (url: string, { signal }: RequestInit) => {
        asked.push(`${new URL(url).pathname} ${signal?.aborted}`)
        return new Response('{"valid":true}')
      },
    },
  })
  try {
    expect((await own.request('/api/account', { method: 'POST', body: { name: 'x' } })).status).toBe(201)
    expect(asked.sort()).toEqual(['/check false', '/pins false'])
  } finally {
    await own.close()
  }
})

test('so many are asked at once about the records of a write, and no more', async () => {
  let [running, most] = [0, 0]
  answer = (response) => {
    running++
    most = Math.max(most, running)
    setTimeout(() => {
      running--
      sends(200, 'true')(response)
    }, 5)
  }
  const { status } = await app.request('/api/account/createMany', {
    method: 'POST',
    body: Array.from({ length: 60 }, (_, index) => ({ name: `many ${index}` })),
  })
  expect([status, calls.length]).toEqual([201, 120])
  expect(most).toBeLessThanOrEqual(16)
  expect(most).toBeGreaterThan(1)
})
