import { request as httpRequest } from 'node:http'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import type { App } from '../../runtime-lite/app/app.ts'
import { type RunningServer, serve } from '../../runtime-lite/rest/serve.ts'
import { officeApp } from '../support/office.ts'
import { countOf, type RawConnection, rawConnection } from '../support/raw-http.ts'
import { type RunningApp, runningApp } from '../support/running-app.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

interface Served extends RunningServer {
  readonly running: RunningApp
  connect(): Promise<RawConnection>
}

async function served(options: Parameters<typeof runningApp>[1] = {}): Promise<Served> {
  const running = await runningApp(officeApp(), options)
  const server = await serve(running.app as App, { port: 0 })
  cleanups.push(
    () => running.close(),
    () => server.close(),
  )
  return {
    ...server,
    running,
    async connect() {
      const connection = await rawConnection(server.port)
      cleanups.push(() => connection.socket.destroy())
      return connection
    },
  }
}

const post = (body: string, headers = ''): string =>
  `POST /api/user HTTP/1.1\r\nhost: x\r\n${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`

describe('HTTP over sockets', () => {
  test('one connection serves many requests', async () => {
    const { connect } = await served()
    const connection = await connect()
    connection.write(post('{"id":"u1"}'))
    await connection.until(/"id":"u1"/)
    connection.write('GET /api/user/u1 HTTP/1.1\r\nhost: x\r\n\r\n')
    await connection.until(/200 OK[\s\S]*"id":"u1"/)
    connection.write('DELETE /api/user/u1 HTTP/1.1\r\nhost: x\r\n\r\n')
    const received = await connection.until(/204 No Content[\s\S]*\r\n\r\n/)
    expect(received).not.toMatch(/content-length: \d+[\s\S]*204[\s\S]*content-length/i)
    expect(received).not.toContain('connection: close')
  })

  test('pipelined requests are answered in order, reads after writes see them', async () => {
    const { connect } = await served()
    const connection = await connect()
    const requests = Array.from(
      { length: 20 },
      (_, index) => `${post(`{"id":"u${index}"}`)}GET /api/user/u${index}?$select=id HTTP/1.1\r\nhost: x\r\n\r\n`,
    )
    connection.write(requests.join(''))
    const received = await connection.until(/\{"id":"u19"\}$/)
    expect([countOf(received, 201), countOf(received, 200)]).toEqual([20, 20])
    const order = [...received.matchAll(/\{"id":"u(\d+)"/g)].map((match) => Number(match[1]))
    expect(order).toEqual(Array.from({ length: 40 }, (_, index) => index >> 1))
  })

  test('HTTP/1.0 is answered and closed; a missing Host is 400 in 1.1', async () => {
    const { connect } = await served()
    const old = await connect()
    old.write('GET /livez HTTP/1.0\r\n\r\n')
    expect(await old.until('closed')).toContain('{"status":"ok"}')
    const hostless = await connect()
    hostless.write('GET /livez HTTP/1.1\r\n\r\n')
    expect(await hostless.until('closed')).toMatch(/^HTTP\/1\.1 400 [\s\S]*application\/problem\+json[\s\S]*no Host header/)
  })

  test('a body in chunks, in pieces, with a character cut in two', async () => {
    const { connect } = await served()
    const connection = await connect()
    connection.write('POST /api/user HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n')
    const body = Buffer.from('{"id":"u1","name":"Größe"}')
    const cut = body.indexOf(0xc3) + 1
    for (const piece of [body.subarray(0, 3), body.subarray(3, cut), body.subarray(cut)]) {
      connection.write(`${piece.length.toString(16)}\r\n${piece.toString('latin1')}\r\n`)
      await sleep(10)
    }
    connection.write('0\r\n\r\n')
    expect(Buffer.from(await connection.until(/201 Created[\s\S]*\}/), 'latin1').toString()).toContain('"name":"Größe"')
  })

  test('HEAD has the length and no body', async () => {
    const { connect } = await served()
    const connection = await connect()
    connection.write('HEAD /api/user HTTP/1.1\r\nhost: x\r\n\r\nGET /livez HTTP/1.1\r\nhost: x\r\n\r\n')
    const received = await connection.until(/"ok"/)
    expect(received).toMatch(/content-length: 12\r\n[^{]*HTTP\/1\.1 200/i)
    expect(received).not.toContain('{"items"')
  })

  test('Expect: 100-continue', async () => {
    const { connect } = await served({ api: { maxBodyBytes: 1000 } })
    const fine = await connect()
    fine.write('POST /api/user HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 11\r\n\r\n')
    await fine.until(/^HTTP\/1\.1 100 Continue\r\n\r\n$/)
    fine.write('{"id":"u1"}')
    await fine.until(/201 Created/)
    const large = await connect()
    large.write('POST /api/user HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 1001\r\n\r\n')
    expect(await large.until(/\}$/)).toMatch(/^HTTP\/1\.1 413 [\s\S]*PAYLOAD_TOO_LARGE/)
    const strange = await connect()
    strange.write('POST /api/user HTTP/1.1\r\nhost: x\r\nexpect: miracles\r\ncontent-length: 0\r\n\r\n')
    expect(await strange.until(/\}$/)).toMatch(/^HTTP\/1\.1 417 [\s\S]*problem\+json/)
  })

  test('garbage is answered with 400 and the connection closed', async () => {
    const { connect } = await served()
    for (const garbage of [
      '\x16\x03\x01\x02\x00',
      'GET\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      'GET / HTTP/1.1\r\nbad header\r\n\r\n',
      'GET /\x01 HTTP/1.1\r\nhost: x\r\n\r\n',
    ]) {
      const connection = await connect()
      connection.write(garbage)
      expect(await connection.until('closed'), JSON.stringify(garbage)).toMatch(
        /^HTTP\/1\.1 400 Bad Request\r\n[\s\S]*"code":"INVALID_REQUEST"/,
      )
    }
  })

  test('headers too large are 431, also while more of them arrive', async () => {
    const { connect } = await served({ api: { maxUrlBytes: 1000 } })
    const connection = await connect()
    connection.socket.on('error', () => undefined)
    connection.write(
      `GET /livez HTTP/1.1\r\nhost: x\r\n${Array.from({ length: 200 }, (_, index) => `x-${index}: ${'y'.repeat(200)}\r\n`).join('')}`,
    )
    await sleep(20)
    connection.write('x: y\r\n\r\n')
    expect(await connection.until(/\}/)).toMatch(/^HTTP\/1\.1 431 [\s\S]*"code":"HEADERS_TOO_LARGE"/)
    const long = await connect()
    long.write(`GET /${'x'.repeat(1001)} HTTP/1.1\r\nhost: x\r\n\r\n`)
    expect(await long.until(/\}/)).toMatch(/^HTTP\/1\.1 414 /)
  })
})

describe('bodies', () => {
  test('up to the limit, not beyond it, announced or not; the client gets to read the answer', async () => {
    const { url, connect } = await served({ api: { maxBodyBytes: 2000 } })
    const send = (size: number) =>
      fetch(`${url}/api/user`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'x'.repeat(size - 11) }),
      })
    expect((await send(2000)).status).toBe(201)
    expect((await send(2001)).status).toBe(413)
    const large = await send(20_000_000)
    expect([large.status, (await large.json()) as unknown]).toMatchObject([413, { code: 'PAYLOAD_TOO_LARGE' }])
    const chunked = await connect()
    chunked.write('POST /api/user HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n')
    for (let index = 0; index < 40; index++) chunked.write(`1000\r\n${'x'.repeat(4096)}\r\n`)
    await chunked.until(/413 [\s\S]*PAYLOAD_TOO_LARGE/)
    // The rest of the body is read and dropped: the connection goes on.
    chunked.write('0\r\n\r\nGET /livez HTTP/1.1\r\nhost: x\r\n\r\n')
    await chunked.until(/"status":"ok"/)
  })

  test('a client that goes away does not keep its place', async () => {
    const { connect, url } = await served({ api: { maxConcurrentRequests: 2 } })
    for (let round = 0; round < 10; round++) {
      const gone = await connect()
      gone.write('POST /api/user HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"id":')
      await sleep(5)
      gone.socket.destroy()
    }
    await sleep(50)
    const waiting = await connect()
    waiting.write('POST /api/user HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{')
    await sleep(20)
    expect((await fetch(`${url}/livez`)).status).toBe(200)
    const second = await connect()
    second.write('POST /api/user HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{')
    await sleep(20)
    const full = await fetch(`${url}/api/user`)
    expect([full.status, full.headers.get('retry-after'), full.headers.get('content-type')]).toEqual([503, '1', 'application/problem+json'])
    waiting.socket.destroy()
    await sleep(20)
    expect((await fetch(`${url}/api/user`)).status).toBe(200)
  })

  test('a client that goes away before the answer does no harm', async () => {
    const { connect, url, running } = await served({ api: { maxConcurrentRequests: 3 } })
    for (let round = 0; round < 20; round++) {
      const gone = await connect()
      gone.write(post('{}'))
      gone.socket.destroy()
    }
    await sleep(50)
    expect((await fetch(`${url}/api/user`)).status).toBe(200)
    expect(running.core.embedded!.turn.isWriting).toBe(false)
  })
})

describe('timeouts', () => {
  test('slow headers and slow bodies are 408, idle connections are closed', async () => {
    const { connect, url } = await served({
      api: { headersTimeoutMs: 200, requestTimeoutMs: 400, keepAliveTimeoutMs: 200, maxConcurrentRequests: 1 },
    })
    const headers = await connect()
    headers.write('GET /livez HTTP/1.1\r\nhost:')
    expect(await headers.until('closed')).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n[\s\S]*"code":"REQUEST_TIMEOUT"/)
    const body = await connect()
    body.write('POST /api/user HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{')
    expect(await body.until('closed')).toMatch(/^HTTP\/1\.1 408 /)
    // The slow request gave its place back.
    expect((await fetch(`${url}/api/user`)).status).toBe(200)
    const idle = await connect()
    idle.write('GET /livez HTTP/1.1\r\nhost: x\r\n\r\n')
    await idle.until(/"ok"/)
    await idle.until('closed')
  })
})

describe('serve', () => {
  test('a taken port rejects', async () => {
    const blocker = createServer()
    await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve))
    const { port } = blocker.address() as { port: number }
    const running = await runningApp(officeApp())
    await expect(serve(running.app as App, { port })).rejects.toThrow('EADDRINUSE')
    await running.close()
    await new Promise((resolve) => blocker.close(resolve))
  })

  test('close: running requests finish, connections close, the database is closed; twice is once', async () => {
    const { connect, close, running, url } = await served()
    const slow = await connect()
    slow.write('POST /api/user HTTP/1.1\r\nhost: x\r\ncontent-length: 11\r\n\r\n{"id"')
    await slow.until(/^$/)
    await sleep(20)
    const closed = close()
    expect(close()).toBe(closed)
    await expect(fetch(`${url}/livez`)).rejects.toThrow()
    slow.write(':"u1"}')
    expect(await slow.until('closed')).toMatch(/^HTTP\/1\.1 201 Created\r\n[\s\S]*connection: close[\s\S]*"id":"u1"/i)
    await closed
    expect(running.core.embedded!.db.isOpen).toBe(false)
  })

  test('close does not wait longer than it may', async () => {
    const { connect, close } = await served({ api: { shutdownTimeoutMs: 150 } })
    const stuck = await connect()
    stuck.socket.on('error', () => undefined)
    stuck.write('POST /api/user HTTP/1.1\r\nhost: x\r\ncontent-length: 11\r\n\r\n{')
    await sleep(20)
    const started = performance.now()
    await close()
    expect(performance.now() - started).toBeLessThan(2_000)
    await stuck.until('closed')
  })

  test('IPv6 addresses stand in brackets', async () => {
    const running = await runningApp(officeApp())
    const server = await serve(running.app as App, { port: 0, host: '::1' }).catch(() => undefined)
    if (server) {
      expect(server.url).toBe(`http://[::1]:${server.port}`)
      expect((await fetch(`${server.url}/livez`)).status).toBe(200)
      await server.close()
    } else console.log('skipped: this machine has no IPv6')
    await running.close()
  })
})

test('many clients at once, reading and writing', async () => {
  const { url, running } = await served()
  const work = Array.from({ length: 300 }, async (_, index) => {
    const created = await fetch(`${url}/api/user`, {
      method: 'POST',
      headers: JSON_TYPE,
      body: JSON.stringify({ id: `u${index}`, name: `n${index % 7}` }),
    })
    const read = await fetch(`${url}/api/user/u${index}`)
    const listed = await fetch(`${url}/api/user?name=n${index % 7}&$count=true`)
    return [created.status, read.status, ((await listed.json()) as { total: number }).total > 0]
  })
  for (const result of await Promise.all(work)) expect(result).toEqual([201, 200, true])
  expect(await running.app.objects['user']!.count()).toBe(300)
})

test('an agent that reuses connections is served on one', async () => {
  const { port } = await served()
  const ask = (): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const request = httpRequest({ port, host: '127.0.0.1', path: '/livez' }, (response) => {
        response.resume()
        response.on('end', () => resolve(request.socket?.localPort))
      })
      request.on('error', reject).end()
    })
  const first = await ask()
  await sleep(10)
  expect(await ask()).toBe(first)
})
