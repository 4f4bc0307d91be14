import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { DEV_USER_HEADER, isLocalRequest } from './local-request.ts'

/** The port that stays open while the application behind it is replaced. */
export interface DevProxy {
  /** Requests that arrive from now on go to this port; undefined: they are answered with 503. */
  target: number | undefined
  /** What a request hears while there is no application. */
  unavailableBecause: string
  /** Requests that arrive from now on wait until the function it gives is called. */
  hold(): () => void
  /** Resolves when every request that went to this port has been answered. */
  drained(port: number): Promise<void>
  listen(port: number, host: string): Promise<number>
  close(): Promise<void>
}

/** These belong to one connection, not to the message. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade', 'expect'])

/**
 * A connection of a client outlives generations of the application; each of its requests goes to the generation that is current
 * when it arrives. So nothing is dropped at a swap, and nothing that arrives after it sees the old application.
 */
export function createProxy(): DevProxy {
  // A connection kept for later may be closed by the application just as it is used again: on one machine a new one costs nothing.
  const agent = new Agent({ keepAlive: false })
  const runningByPort = new Map<number, number>()
  const waitingByPort = new Map<number, (() => void)[]>()
  /** Requests that wait, while there is a reason to. */
  let held: (() => void)[] | undefined
  const count = (port: number, change: number): void => {
    const running = (runningByPort.get(port) ?? 0) + change
    if (running > 0) runningByPort.set(port, running)
    else {
      runningByPort.delete(port)
      for (const resolve of waitingByPort.get(port) ?? []) resolve()
      waitingByPort.delete(port)
    }
  }
  const server: Server = createServer((incoming, outgoing) => {
    if (held) held.push(() => !outgoing.destroyed && pass(incoming, outgoing))
    else pass(incoming, outgoing)
  })
  function pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const port = proxy.target
    if (port === undefined) {
      incoming.resume()
      answerUnavailable(outgoing, proxy.unavailableBecause)
      return
    }
    if (DEV_USER_HEADER in incoming.headers && !isLocalRequest(incoming)) {
      incoming.resume()
      answerForbidden(outgoing)
      return
    }
    count(port, 1)
    outgoing.once('close', () => count(port, -1))
    forward(incoming, outgoing, { port, agent })
  }
  const proxy: DevProxy = {
    target: undefined,
    unavailableBecause: 'The application is starting.',
    hold() {
      held ??= []
      return () => {
        const waiting = held ?? []
        held = undefined
        for (const go of waiting) go()
      }
    },
    drained: (port) =>
      new Promise((resolve) => {
        if (runningByPort.has(port)) waitingByPort.set(port, [...(waitingByPort.get(port) ?? []), resolve])
        else resolve()
      }),
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        server.once('error', reject)
        server.listen({ port, host }, () => {
          server.off('error', reject)
          const address = server.address()
          resolve(typeof address === 'object' && address !== null ? address.port : port)
        })
      }),
    close: () =>
      new Promise((resolve) => {
        agent.destroy()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return proxy
}

function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { port, agent }: { readonly port: number; readonly agent: Agent },
): void {
  const upstream = request(
    {
      host: '127.0.0.1',
      port,
      agent,
      method: incoming.method ?? 'GET',
      path: incoming.url ?? '/',
      headers: endToEnd(incoming.rawHeaders),
      setHost: false,
    },
    (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.statusMessage, endToEnd(answer.rawHeaders))
      answer.pipe(outgoing)
      // The application went away in the middle of its answer: the client must not take half of it for all of it.
      answer.once('error', () => outgoing.destroy())
    },
  )
  upstream.once('error', () => {
    if (outgoing.headersSent) outgoing.destroy()
    else answerUnavailable(outgoing, 'The application stopped before it answered.')
  })
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) upstream.destroy()
  })
  incoming.pipe(upstream)
}

/** Names and values in turn, as they came: order, case and repetition are kept. */
function endToEnd(rawHeaders: readonly string[]): string[] {
  const kept: string[] = []
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    if (!HOP_BY_HOP.has(name.toLowerCase())) kept.push(name, rawHeaders[index + 1] ?? '')
  }
  return kept
}

function answerForbidden(outgoing: ServerResponse): void {
  const detail = 'X-Dev-User counts for requests of the same machine only, and for none that were passed on.'
  const body = JSON.stringify({ type: 'about:blank', title: 'Forbidden', status: 403, detail, code: 'FORBIDDEN' })
  outgoing.writeHead(403, { 'content-type': 'application/problem+json', 'content-length': Buffer.byteLength(body) })
  outgoing.end(body)
}

function answerUnavailable(outgoing: ServerResponse, detail: string): void {
  const body = JSON.stringify({ type: 'about:blank', title: 'Service Unavailable', status: 503, detail, code: 'UNAVAILABLE' })
  outgoing.writeHead(503, { 'content-type': 'application/problem+json', 'content-length': Buffer.byteLength(body), 'retry-after': '1' })
  outgoing.end(body)
}
