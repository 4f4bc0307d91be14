import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { addressReader } from '../../plugins/rate-limit/client-address.ts'
import type { App } from '../../runtime-lite/app/app.ts'
import { type RunningServer, serve } from '../../runtime-lite/rest/serve.ts'
import { type CompiledProject, compiledProject } from '../support/compiled-project.ts'
import { type RunningApp, startedApp } from '../support/running-app.ts'

const URL_OF_REDIS = process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379'
const opened: { close(): unknown }[] = []
const projects: CompiledProject[] = []

afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one.close()
})

afterAll(() => {
  for (const project of projects) project.remove()
})

/** `Bearer <name>` signs in, a few names alone; what else is in Authorization is refused. */
const AUTH = `import { ObjectQLError } from 'objectql/runtime'
export default async ({ headers }: { headers: Record<string, string> }) => {
  const said = headers['authorization']
  if (said === undefined) return null
  const [, name = ''] = /^Bearer (ida|max)(?:-\\d+)?$/.exec(said) ?? []
  if (name === '') throw new ObjectQLError(401, 'UNAUTHENTICATED', 'Who are you?')
  return { id: name }
}
`

async function compiled({
  isOpen = true,
  ...config
}: {
  readonly isOpen?: boolean
  readonly [key: string]: unknown
}): Promise<CompiledProject> {
  const project = await compiledProject({
    'objectql.config.json': JSON.stringify({
      ...{ name: 'shop', dialects: ['sqlite'], plugins: { 'rate-limit': config } },
      ...(isOpen ? {} : { auth: './auth.ts' }),
    }),
    ...(isOpen ? {} : { 'auth.ts': AUTH }),
    'schemas/rate-limit.plugin.ts': "export { default } from 'objectql/plugins/rate-limit'\n",
    'schemas/customer.object.yml': 'name: customer\nfields:\n  name: { type: text }\n',
  })
  projects.push(project)
  expect(project.diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([])
  return project
}

/** A server with these limits, and a way to ask it. */
async function served(config: { readonly isOpen?: boolean; readonly [key: string]: unknown }) {
  const { output } = await compiled(config)
  const running: RunningApp = await startedApp(output)
  const server: RunningServer = await serve(running.app as App, { port: 0 })
  opened.push(running, server)
  const ask = (path = '/api/customer', init?: RequestInit) => fetch(`http://127.0.0.1:${server.port}${path}`, init)
  return { running, output, ask }
}

const statuses = async (ask: () => Promise<Response>, count: number): Promise<number[]> => {
  const found: number[] = []
  for (let at = 0; at < count; at++) found.push((await ask()).status)
  return found
}

describe('limits in one process', () => {
  test('say what is left, and refuse what is too much with a problem document', async () => {
    const { ask } = await served({ policies: [{ name: 'default', quota: 3, window_seconds: 60 }] })
    const first = await ask()
    expect([first.status, first.headers.get('ratelimit-policy'), first.headers.get('ratelimit')]).toEqual([
      200,
      '"default";q=3;w=60',
      '"default";r=2;t=60',
    ])
    expect(await statuses(ask, 2)).toEqual([200, 200])
    const refused = await ask()
    expect([refused.status, refused.headers.get('content-type')]).toEqual([429, 'application/problem+json'])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50)
    expect(refused.headers.get('ratelimit')).toMatch(/^"default";r=0;t=\d+$/)
    expect(await refused.json()).toMatchObject({ status: 429, title: 'Too Many Requests', code: 'RATE_LIMIT_EXCEEDED' })
    expect((await ask('/livez')).status).toBe(200)
  })

  test('begin anew with the next window, and errors count too', async () => {
    const { ask } = await served({ policies: [{ name: 'default', quota: 2, window_seconds: 1 }] })
    expect(await statuses(() => ask('/api/nothing'), 3)).toEqual([404, 404, 429])
    await new Promise((resolve) => setTimeout(resolve, 1100))
    expect(await statuses(ask, 1)).toEqual([200])
  })

  test('hold for each key, class of routes and method; whoever sends no key counts by address', async () => {
    const by = { name: 'key', by: 'x-api-key', quota: 2, window_seconds: 60 }
    const { ask } = await served({
      policies: [by, { name: 'writes', quota: 1, window_seconds: 60, methods: ['POST'], paths: ['/api/customer'] }],
    })
    const as = (key: string) => () => ask('/api/customer', { headers: { 'x-api-key': key } })
    expect([await statuses(as('a'), 3), await statuses(as('b'), 2), await statuses(ask, 3)]).toEqual([
      [200, 200, 429],
      [200, 200],
      [200, 200, 429],
    ])
    const post = (key: string) =>
      ask('/api/customer', { method: 'POST', headers: { 'x-api-key': key, 'content-type': 'application/json' }, body: '{}' })
    expect([(await post('c')).status, (await post('d')).status]).toEqual([201, 429])
  })

  test('a burst is limited besides', async () => {
    const { ask } = await served({
      policies: [{ name: 'default', quota: 100, window_seconds: 60, burst: { quota: 2, window_seconds: 1 } }],
    })
    expect((await ask()).headers.get('ratelimit-policy')).toBe('"default-burst";q=2;w=1, "default";q=100;w=60')
    const [allowed, refused] = [await ask(), await ask()]
    expect([allowed.status, refused.status, refused.headers.get('retry-after')]).toEqual([200, 429, '1'])
  })

  test('X-Forwarded-For counts only where a proxy is trusted', async () => {
    const policies = [{ name: 'default', quota: 1, window_seconds: 60 }]
    const from = (ask: (path?: string, init?: RequestInit) => Promise<Response>, address: string) => () =>
      ask('/api/customer', { headers: { 'x-forwarded-for': address } })
    const plain = await served({ policies })
    expect([await statuses(from(plain.ask, '1.1.1.1'), 1), await statuses(from(plain.ask, '2.2.2.2'), 1)]).toEqual([[200], [429]])
    const behind = await served({ policies, trusted_proxies: ['127.0.0.0/8'] })
    expect([await statuses(from(behind.ask, '9.9.9.9, 1.1.1.1'), 1), await statuses(from(behind.ask, '8.8.8.8, 1.1.1.1'), 1)]).toEqual([
      [200],
      [429],
    ])
    expect(await statuses(from(behind.ask, '2.2.2.2'), 1)).toEqual([200])
  })
})

describe('limits of users', () => {
  const as = (name: string) => ({ headers: { authorization: `Bearer ${name}` } })

  test('hold for all their credentials together, and for nobody else', async () => {
    const { ask } = await served({ isOpen: false, policies: [{ name: 'user', by: 'user', quota: 3, window_seconds: 60 }] })
    const first = await ask('/api/customer', as('ida-1'))
    expect([first.status, first.headers.get('ratelimit')]).toEqual([200, '"user";r=2;t=60'])
    expect(await statuses(() => ask('/api/customer', as('ida-2')), 3)).toEqual([200, 200, 429])
    const refused = await ask('/api/customer', as('ida-3'))
    expect([refused.status, refused.headers.get('ratelimit')]).toEqual([429, expect.stringMatching(/^"user";r=0;t=\d+$/)])
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(await statuses(() => ask('/api/customer', as('max')), 2)).toEqual([200, 200])
    // Whoever is nobody counts by address.
    expect(await statuses(() => ask('/api/customer'), 4)).toEqual([200, 200, 200, 429])
  })

  test.each(['user', 'credential'])('by %s: who guesses credentials counts by address, and is heard no longer', async (by) => {
    const { ask } = await served({ isOpen: false, policies: [{ name: 'default', by, quota: 3, window_seconds: 60 }] })
    const guess = (at: number) => ask('/api/customer', { headers: { authorization: `Bearer guess-${at}` } })
    expect((await ask('/api/customer', as('ida'))).status).toBe(200)
    const found: number[] = []
    for (let at = 0; at < 6; at++) found.push((await guess(at)).status)
    expect(found).toEqual([401, 401, 401, 429, 429, 429])
    // Also when the guess would have been right.
    expect((await ask('/api/customer', as('max'))).status).toBe(429)
    // Where users are told apart by whatever `authenticate` looks at, every request may be a guess.
    expect((await ask('/api/customer')).status).toBe(by === 'user' ? 429 : 200)
  })
})

test('classes of routes hold however a path is written', async () => {
  const { running, ask } = await served({
    policies: [{ name: 'customers', quota: 1, window_seconds: 60, methods: ['get'], paths: ['/api/customer'] }],
    except: ['/api/customer/open'],
  })
  expect((await ask()).status).toBe(200)
  expect((await ask('/api/%63ustomer')).status).toBe(429)
  expect((await ask('/api/custome%72?x=1')).status).toBe(429)
  expect((await ask('/api/customer/open')).status).toBe(404)
  expect((await ask('/api/customer/opening')).status).toBe(429)
  // As proxies send it.
  const server = await serve(running.app as App, { port: 0 })
  opened.push(server)
  const said = await new Promise<string>((resolve) => {
    const socket = connect(server.port, '127.0.0.1', () =>
      socket.write('GET http://shop/api/customer HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n'),
    )
    socket.once('data', (bytes) => {
      resolve(String(bytes))
      socket.destroy()
    })
  })
  expect(said).toMatch(/^HTTP\/1.1 429 /)
})

test('addresses: the last hop that is not trusted; IPv6 by network', () => {
  const read = addressReader(['10.0.0.0/8', '::1'])
  expect(read('10.0.0.1', '6.6.6.6, 5.5.5.5, 10.2.3.4')).toBe('5.5.5.5')
  expect(read('::ffff:10.0.0.1', '5.5.5.5')).toBe('5.5.5.5')
  expect(read('10.0.0.1', 'mangled')).toBe('10.0.0.1')
  expect(read('4.4.4.4', '5.5.5.5')).toBe('4.4.4.4')
  expect(read('2001:db8:0:1:aaaa::1', undefined)).toBe(read('2001:db8::1:bbbb:1:2:3', undefined))
  expect(read('2001:db8:0:1::1', undefined)).not.toBe(read('2001:db8:0:2::1', undefined))
  expect(read(undefined, undefined)).toBe('unknown')
  expect(read('10.0.0.1', '5.5.5.5:1234')).toBe('5.5.5.5')
  expect(read('10.0.0.1', '6.6.6.6, [2001:db8::1]:443, 10.1.1.1:80')).toBe(read('2001:db8::2', undefined))
  expect(read('fe80::1%eth0', '5.5.5.5')).toBe('fe80:0:0:0::/64')
  expect(read('10.0.0.1', '')).toBe('10.0.0.1')
  expect(() => addressReader(['10.0.0.0/x'])).toThrow('"10.0.0.0/x" is no address and no network.')
})

const redis = new Redis(URL_OF_REDIS, { lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null })
redis.on('error', () => undefined)
const isThere = await redis.connect().then(
  () => true,
  () => false,
)
afterAll(() => redis.disconnect())
if (!isThere && process.env['CI'] === 'true') throw new Error('Tests need Redis on CI.')

describe('limits in Redis', () => {
  test.runIf(isThere)('are shared by processes, however many ask at once', { timeout: 60_000 }, async () => {
    const key_prefix = `objectql-test-${process.pid}`
    const policies = [{ name: 'default', quota: 50, window_seconds: 60, by: 'credential' }]
    const { ask, output } = await served({ store: 'redis', redis_url: URL_OF_REDIS, key_prefix, policies })
    const script = join(output, '..', 'server.ts')
    writeFileSync(
      script,
      `import { serve } from 'objectql/rest'
import { createApp } from './generated/index.ts'
const { port } = await serve(await createApp(), { port: 0 })
console.log(port)
`,
    )
    const child: ChildProcess = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    opened.push({ close: () => void child.kill() })
    const port = await new Promise<string>((resolve) => child.stdout?.once('data', (text) => resolve(String(text).trim())))
    const init = { headers: { authorization: 'Bearer geheim' } }
    const answers = await Promise.all(
      Array.from({ length: 120 }, (_, at) => (at % 2 ? ask('/api/customer', init) : fetch(`http://127.0.0.1:${port}/api/customer`, init))),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(50)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(70)
    const keys = await redis.keys(`${key_prefix}*`)
    expect(keys).toHaveLength(1)
    expect(keys.join()).not.toContain('geheim')
    await redis.del(keys)
  })

  test.each([
    ['allow', [200, 200, 200]],
    ['memory', [200, 200, 429]],
    ['refuse', [503, 503, 503]],
  ])('without Redis they %s', async (when_unavailable, wanted) => {
    const policies = [{ name: 'default', quota: 2, window_seconds: 60 }]
    const { ask } = await served({ store: 'redis', redis_url: 'redis://127.0.0.1:1', when_unavailable, policies })
    expect(await statuses(ask, 3)).toEqual(wanted)
  })

  test.runIf(isThere)('a Redis that hangs is left alone after a few requests, and asked again later', { timeout: 30_000 }, async () => {
    let isHeld = false
    let asked = 0
    const target = new URL(URL_OF_REDIS)
    const sockets = new Set<Socket>()
    const proxy = createServer((client) => {
      const behind = connect(Number(target.port || 6379), target.hostname)
      client.on('data', (bytes) => {
        asked++
        if (!isHeld) behind.write(bytes)
      })
      behind.on('data', (bytes) => client.write(bytes))
      for (const [one, other] of [[client, behind] as const, [behind, client] as const]) {
        sockets.add(one)
        one.on('error', () => undefined)
        one.on('close', () => other.destroy())
      }
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    opened.push({ close: () => void proxy.close() })
    const { port } = proxy.address() as AddressInfo
    const key_prefix = `objectql-hang-${process.pid}`
    const policies = [{ name: 'default', quota: 100, window_seconds: 60 }]
    const { ask } = await served({
      ...{ store: 'redis', redis_url: `redis://127.0.0.1:${port}`, key_prefix, timeout_ms: 100, when_unavailable: 'memory', policies },
    })
    const left = async () => (await ask()).headers.get('ratelimit')
    expect(await left()).toMatch(/r=99;/)
    isHeld = true
    for (let at = 0; at < 3; at++) await ask()
    const before = asked
    expect(await left()).toMatch(/r=96;/)
    for (let at = 0; at < 5; at++) expect((await ask()).status).toBe(200)
    expect(asked).toBe(before)
    isHeld = false
    for (const socket of sockets) socket.destroy()
    // In this process it would be less.
    for (let tries = 0; !/r=9[5-8];/.test((await left()) ?? ''); tries++) {
      expect(tries).toBeLessThan(50)
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    expect(asked).toBeGreaterThan(before)
    await redis.del(...(await redis.keys(`${key_prefix}*`)))
  })
})
