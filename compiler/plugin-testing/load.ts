import { Agent, request as httpRequest } from 'node:http'
import type { AnyApp } from '../../runtime-lite/app/app.ts'
import { createRecording, type Measurement } from './measurement.ts'

/** One request of a load. A body that is not text is sent as JSON. */
export interface LoadRequest {
  readonly method?: string
  /** `/api/account?limit=10` */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

export interface LoadOptions {
  /** Clients that send one request after the other. Default 10, at most 1,000. */
  readonly connections?: number
  /** Milliseconds to go on for; 2,000 where `requests` is not given either. At most 300,000. */
  readonly duration?: number
  /** How many requests in all; at most 10,000,000. */
  readonly requests?: number
  /** What is sent: always the same, or made for each, counted from 0. */
  readonly request: LoadRequest | ((index: number) => LoadRequest)
  /** Answers that are no errors. Default: a status below 400. */
  readonly isOk?: (status: number, body: string) => boolean
  /** Milliseconds for one request. Default 10,000. */
  readonly timeout?: number
}

/** Serves the application on a free port of this machine only, sends requests over real connections, and stops serving. */
export async function load(app: AnyApp, options: LoadOptions): Promise<Measurement> {
  const { connections = 10, requests = Number.POSITIVE_INFINITY, timeout = 10_000, isOk = (status) => status < 400 } = options
  const duration = options.duration ?? (options.requests === undefined ? 2000 : 300_000)
  within('connections', connections, 1000)
  within('duration', duration, 300_000)
  if (options.requests !== undefined) within('requests', requests, 10_000_000)
  const { request } = options
  const { serve } = await import('../../runtime-lite/rest/index.ts')
  const server = await serve(app as Parameters<typeof serve>[0], { port: 0, host: '127.0.0.1' })
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const recording = createRecording()
  let next = 0
  const since = performance.now()
  async function client(): Promise<void> {
    while (next < requests && performance.now() - since < duration) {
      const index = next++
      const wanted = typeof request === 'function' ? request(index) : request
      const began = performance.now()
      try {
        const { status, body } = await send(agent, server.port, wanted, timeout)
        recording.add(performance.now() - began)
        if (!isOk(status, body)) recording.fail(`status ${status}`)
      } catch (error) {
        recording.add(performance.now() - began)
        recording.fail((error as Error).message)
      }
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.min(connections, requests) }, client))
    return recording.end(`${connections} connections`, performance.now() - since)
  } finally {
    agent.destroy()
    await server.close()
  }
}

function within(name: string, value: number, most: number): void {
  if (!(value >= 1 && value <= most)) throw new RangeError(`${name} must be from 1 to ${most}, not ${value}.`)
}

/** Not `fetch`: that may be replaced by a test, and costs more than most requests. */
function send(
  agent: Agent,
  port: number,
  { method = 'GET', path, headers = {}, body }: LoadRequest,
  timeout: number,
): Promise<{ readonly status: number; readonly body: string }> {
  const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
  const told =
    text === undefined ? headers : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)), ...headers }
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ agent, host: '127.0.0.1', port, method, path, headers: told, timeout }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString() }))
      response.on('error', reject)
    })
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${timeout} ms`)))
    sent.on('error', reject)
    sent.end(text)
  })
}
