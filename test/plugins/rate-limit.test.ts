import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
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

async function compiled(config: object): Promise<CompiledProject> {
  const project = await compiledProject({
    'objectql.config.json': JSON.stringify({ name: 'shop', dialects: ['sqlite'], plugins: { 'rate-limit': config } }),
    'schemas/rate-limit.plugin.ts': "export { default } from 'objectql/plugins/rate-limit'\n",
    'schemas/customer.object.yml': 'name: customer\nfields:\n  name: { type: text }\n',
  })
  projects.push(project)
  expect(project.diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([])
  return project
}

/** A server with these limits, and a way to ask it. */
async function served(config: object) {
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

test('addresses: the last hop that is not trusted; IPv6 by network', () => {
  const read = addressReader(['10.0.0.0/8', '::1'])
  expect(read('10.0.0.1', '6.6.6.6, 5.5.5.5, 10.2.3.4')).toBe('5.5.5.5')
  expect(read('::ffff:10.0.0.1', '5.5.5.5')).toBe('5.5.5.5')
  expect(read('10.0.0.1', 'mangled')).toBe('10.0.0.1')
  expect(read('4.4.4.4', '5.5.5.5')).toBe('4.4.4.4')
  expect(read('2001:db8:0:1:aaaa::1', undefined)).toBe(read('2001:db8::1:bbbb:1:2:3', undefined))
  expect(read('2001:db8:0:1::1', undefined)).not.toBe(read('2001:db8:0:2::1', undefined))
  expect(read(undefined, undefined)).toBe('unknown')
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
    ['allow', 200],
    ['refuse', 503],
  ])('without Redis they %s', async (when_unavailable, status) => {
    const { ask } = await served({ store: 'redis', redis_url: 'redis://127.0.0.1:1', when_unavailable })
    expect((await ask()).status).toBe(status)
  })
})
