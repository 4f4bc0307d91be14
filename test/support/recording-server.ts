import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface Recorded {
  readonly method: string
  /** As it stood in the request line. */
  readonly target: string
  readonly headers: NodeJS.Dict<string | string[]>
  readonly body: string
}

export interface RecordingServer {
  readonly url: string
  /** Requests so far, oldest first. */
  readonly requests: Recorded[]
  /** How the next requests are answered. Default: 200 with `{}`. */
  answer: (response: ServerResponse, request: Recorded) => void
  close(): Promise<void>
}

export const sendJson = (response: ServerResponse, status: number, body: unknown, type = 'application/json'): void => {
  response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body))
}

/** A real HTTP server that remembers what it was asked. */
export async function startRecordingServer(): Promise<RecordingServer> {
  const requests: Recorded[] = []
  const server = createServer(async (request, response) => {
    const body = await text(request)
    const recorded = { method: request.method ?? '', target: request.url ?? '', headers: request.headers, body }
    requests.push(recorded)
    recording.answer(response, recorded)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const recording: RecordingServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answer: (response) => sendJson(response, 200, {}),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
  return recording
}
