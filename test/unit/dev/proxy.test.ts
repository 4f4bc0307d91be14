import { createServer, type IncomingMessage, type RequestListener, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createProxy, type DevProxy } from '../../../compiler/dev/proxy.ts'

const servers: Server[] = []
let proxy: DevProxy
afterEach(async () => {
  await proxy.close()
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

async function upstream(listener: RequestListener): Promise<number> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

async function start(listener?: RequestListener): Promise<string> {
  proxy = createProxy()
  const port = await proxy.listen(0, '127.0.0.1')
  if (listener !== undefined) proxy.target = await upstream(listener)
  return `http://127.0.0.1:${port}`
}

test('method, path, headers, body and status pass through unchanged', async () => {
  const seen: { method?: string; url?: string; raw: readonly string[]; body: string }[] = []
  const url = await start(async (incoming, outgoing) => {
    let body = ''
    for await (const chunk of incoming) body += chunk
    seen.push({ method: incoming.method ?? '', url: incoming.url ?? '', raw: incoming.rawHeaders, body })
    outgoing.writeHead(201, 'Made', ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', 'ETag', 'W/"1"'])
    outgoing.end('é')
  })
  const response = await fetch(`${url}/api/account?$filter=name%20eq%20%27x%27&a=%2F`, {
    method: 'PATCH',
    headers: { 'X-Odd': '1', 'content-type': 'application/json' },
    body: '{"é":1}',
  })
  expect([
    response.status,
    response.statusText,
    response.headers.getSetCookie(),
    response.headers.get('etag'),
    await response.text(),
  ]).toEqual([201, 'Made', ['a=1', 'b=2'], 'W/"1"', 'é'])
  expect(seen[0]).toMatchObject({ method: 'PATCH', url: `/api/account?$filter=name%20eq%20%27x%27&a=%2F`, body: '{"é":1}' })
  expect(seen[0]?.raw.map((text) => text.toLowerCase())).toEqual(
    expect.arrayContaining(['x-odd', '1', 'host', url.slice('http://'.length)]),
  )
})

test('bodies of unknown length in both directions, 204 and HEAD', async () => {
  const url = await start(async (incoming, outgoing) => {
    if (incoming.method === 'DELETE') outgoing.writeHead(204).end()
    else if (incoming.method === 'HEAD') outgoing.writeHead(200, { 'content-length': 5 }).end()
    else {
      let size = 0
      for await (const chunk of incoming) size += (chunk as Buffer).length
      outgoing.write('got ')
      outgoing.end(String(size))
    }
  })
  const parts = Array.from({ length: 50 }, () => new Uint8Array(10_000))
  const body = new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(part)
      controller.close()
    },
  })
  expect(await (await fetch(url, { method: 'POST', body, duplex: 'half' } as RequestInit)).text()).toBe('got 500000')
  expect((await fetch(url, { method: 'DELETE' })).status).toBe(204)
  const head = await fetch(url, { method: 'HEAD' })
  expect([head.status, head.headers.get('content-length')]).toEqual([200, '5'])
})

test('one connection, two targets: each request goes to the target of its time', async () => {
  const url = await start()
  const first = await upstream((_incoming, outgoing) => void outgoing.end('first'))
  const second = await upstream((_incoming, outgoing) => void outgoing.end('second'))
  const { port } = new URL(url)
  const socket = connect(Number(port), '127.0.0.1')
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk
  })
  const ask = async (expected: string): Promise<void> => {
    const from = text.length
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    while (!text.slice(from).includes(expected)) await new Promise((resolve) => setTimeout(resolve, 2))
  }
  proxy.target = first
  await ask('first')
  proxy.target = second
  await ask('second')
  proxy.target = undefined
  proxy.unavailableBecause = 'Under repair.'
  await ask('Under repair.')
  expect(text.match(/HTTP\/1\.1 (\d+)/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 503'])
  socket.destroy()
})

test('drained resolves when the last running request has been answered', async () => {
  let answer: (() => void) | undefined
  const url = await start((_incoming, outgoing) => {
    answer = () => void outgoing.end('late')
  })
  const port = proxy.target ?? 0
  const pending = fetch(url).then((response) => response.text())
  while (answer === undefined) await new Promise((resolve) => setTimeout(resolve, 2))
  let isDrained = false
  const drained = proxy.drained(port).then(() => {
    isDrained = true
  })
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(isDrained).toBe(false)
  answer?.()
  expect(await pending).toBe('late')
  await drained
  await proxy.drained(port)
})

test('an application that is gone is a 503, one that dies half-way breaks the connection', async () => {
  const url = await start((_incoming, outgoing) => {
    outgoing.writeHead(200, { 'content-length': 100 })
    outgoing.write('half')
    setTimeout(() => outgoing.destroy(), 10)
  })
  await expect(fetch(url).then((response) => response.text())).rejects.toThrow()
  proxy.target = 1
  const response = await fetch(url)
  expect([response.status, response.headers.get('content-type')]).toEqual([503, 'application/problem+json'])
  expect(await response.json()).toMatchObject({ status: 503, code: 'UNAVAILABLE' })
})

test('a client that goes away ends the request behind the proxy', async () => {
  const aborted = new Promise<void>((resolve) => {
    void start((incoming: IncomingMessage) => {
      incoming.on('close', () => resolve())
    }).then((url) => {
      const outgoing = request(url)
      outgoing.on('error', () => {})
      outgoing.end()
      setTimeout(() => outgoing.destroy(), 30)
    })
  })
  await aborted
})

test('requests that are held arrive once they may, at who is there then; those that run go on, and those given up never arrive', async () => {
  const arrived: string[] = []
  let finish = (): void => {}
  const url = await start((incoming, outgoing) => {
    arrived.push(`old ${incoming.url}`)
    finish = () => outgoing.end('finished')
  })
  const old = proxy.target ?? 0
  const slow = fetch(`${url}/slow`)
  await until(() => arrived.length === 1)
  const release = proxy.hold()
  const held = fetch(`${url}/held`, { method: 'POST', body: 'its body' })
  const givingUp = new AbortController()
  const givenUp = fetch(`${url}/given-up`, { signal: givingUp.signal }).catch(() => 'given up')
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(arrived).toEqual(['old /slow'])
  givingUp.abort()
  expect(await givenUp).toBe('given up')
  finish()
  expect(await (await slow).text()).toBe('finished')
  await proxy.drained(old)
  proxy.target = await upstream((incoming, outgoing) => {
    arrived.push(`new ${incoming.url}`)
    incoming.pipe(outgoing)
  })
  await new Promise((resolve) => setTimeout(resolve, 50))
  release()
  expect(await (await held).text()).toBe('its body')
  expect(await (await fetch(`${url}/after`, { method: 'POST', body: 'x' })).text()).toBe('x')
  expect(arrived).toEqual(['old /slow', 'new /held', 'new /after'])
})

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5))
}
