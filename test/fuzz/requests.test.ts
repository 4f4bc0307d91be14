import { connect } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { inspect } from 'node:util'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { App } from '../../runtime-lite/app/app.ts'
import { type RunningServer, serve } from '../../runtime-lite/rest/serve.ts'
import { complaint } from '../support/complaint.ts'
import { CANARY, type HostileRequest, hostileRequest, mangled, NUMERIC_CANARY } from '../support/hostile.ts'
import { officeApp } from '../support/office.ts'
import { random, testSeed } from '../support/random.ts'
import { type RunningApp, runningApp } from '../support/running-app.ts'

const seed = testSeed()
const cases = Number(process.env['OBJECTQL_CASES'] ?? 30_000)
const bugs: unknown[] = []
const statements = new Set<string>()
let app: RunningApp
let server: RunningServer

beforeAll(async () => {
  const prepare = DatabaseSync.prototype.prepare
  vi.spyOn(DatabaseSync.prototype, 'prepare').mockImplementation(function (this: DatabaseSync, sql: string, ...rest) {
    statements.add(sql)
    return Reflect.apply(prepare, this, [sql, ...rest])
  })
  app = await runningApp(officeApp(), { onError: (error) => bugs.push(error) })
  app.core.embedded!.db.exec(`insert into "vault" ("id", "content", "created_at", "updated_at") values ('v1', 'gold', '2024', '2024')`)
  server = await serve(app.app as App, { port: 0 })
})

afterAll(async () => {
  await server.close()
  await app.close()
  vi.restoreAllMocks()
})

test('hostile requests get a problem document or a correct answer', async () => {
  console.log(`requests: OBJECTQL_SEED=${seed} OBJECTQL_CASES=${cases}`)
  const generator = random(seed)
  const byStatus = new Map<number, number>()
  for (let done = 0; done < cases; done++) {
    if (done % 50 === 0) await furnish()
    const request = hostileRequest(generator)
    const started = performance.now()
    const answer = await app.request(request.target, request)
    const milliseconds = performance.now() - started
    const problem = complaint(request, answer) ?? (milliseconds > 2_000 ? `took ${milliseconds} ms` : undefined)
    if (problem !== undefined || bugs.length > 0)
      expect.fail(
        `Seed ${seed}, request ${done}: ${problem}\n${inspect({ ...request, body: request.body && Buffer.from(request.body).toString().slice(0, 300) }, { depth: 5 })}\n${answer.text.slice(0, 500)}\n${inspect(bugs)}`,
      )
    byStatus.set(answer.status, (byStatus.get(answer.status) ?? 0) + 1)
  }
  // A generator that is refused at the door would prove little.
  const statuses = [200, 201, 204, 400, 404, 405, 406, 409, 412, 414, 415, 422]
  if (cases >= 30_000) expect(statuses.filter((status) => !byStatus.has(status))).toEqual([])
  await unharmed()
}, 300_000)

test('the same over sockets, with bytes that are no HTTP among them', async () => {
  const generator = random(seed + 1)
  for (let done = 0; done < 400; done++) {
    const request = hostileRequest(generator)
    const bytes = generator.chance(0.15) ? mangled(generator, wire(request)) : wire(request)
    const answer = await exchange(server.port, Buffer.from(bytes, 'latin1'))
    // A connection may be closed on garbage without an answer, but never kept waiting.
    if (answer === '' && bytes === wire(request)) expect.fail(`Seed ${seed}, no answer to ${inspect(bytes.slice(0, 300))}`)
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1] ?? 400)
    const isFine = status < 500 && (status < 400 || request.method === 'HEAD' || answer.includes('application/problem+json'))
    if (!isFine || bugs.length > 0) expect.fail(`Seed ${seed}, ${inspect(bytes.slice(0, 500))}\n${answer.slice(0, 500)}\n${inspect(bugs)}`)
  }
  await unharmed()
  expect((await fetch(`${server.url}/livez`)).status).toBe(200)
}, 120_000)

/** Something to read, to change and to be in the way; requests may have deleted it. */
async function furnish(): Promise<void> {
  const { user, account } = app.app.objects
  if (!(await user!.get('u1'))) await user!.create({ id: 'u1', name: 'Ann' })
  if (!(await account!.get('a1'))) await account!.create({ id: 'a1', name: 'Acme', owner: 'u1', team: ['u1'] })
  await account!.update('a1', { email: 'a@b.co' }).catch(() => undefined)
}

/** Whatever came in, the data of others, the prototypes and the statements are as they were. */
async function unharmed(): Promise<void> {
  expect(app.core.embedded!.db.prepare('select "content" from "vault"').all()).toEqual([{ content: 'gold' }])
  expect(Object.keys(Object.prototype)).toEqual([])
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  expect([...statements].filter((sql) => sql.includes(CANARY) || sql.includes(NUMERIC_CANARY))).toEqual([])
  expect((await app.request('/api/account/a1')).status).toSatisfy((status) => status === 200 || status === 404)
}

const wire = ({ method, target, headers, body }: HostileRequest): string => {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const bytes = body === undefined ? '' : Buffer.from(body).toString('latin1')
  return `${method} ${Buffer.from(target).toString('latin1')} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${lines.join('')}content-length: ${bytes.length}\r\n\r\n${bytes}`
}

/** Sends bytes and reads until the server closes; half a request is ended after a while. */
function exchange(port: number, bytes: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    const pause = setTimeout(() => socket.end(), 200)
    const timer = setTimeout(() => reject(new Error(`No end of the answer to ${inspect(bytes.toString('latin1').slice(0, 500))}`)), 8_000)
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => {
      answer += text
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearTimeout(timer)
      clearTimeout(pause)
      resolve(answer)
    })
  })
}
