import { type AnyApp, coreOf } from '../app/app.ts'
import { ObjectQLError } from '../problem/problem.ts'
import { handleLimited } from './handle-limited.ts'
import { problemReply, type Reply } from './reply.ts'

/**
 * A web-standard handler over the same code as the `node:http` listener: mount it in Hono, Next.js, Bun or Deno.
 * The returned promise never rejects.
 */
export function createFetchHandler(app: AnyApp): (request: Request) => Promise<Response> {
  const core = coreOf(app)
  const { maxBodyBytes } = core.manifest.api
  return async (request) => {
    const { pathname, search } = new URL(request.url)
    const rawHeaders: string[] = []
    for (const [name, value] of request.headers) rawHeaders.push(name, value)
    const hasBody = request.method !== 'GET' && request.method !== 'HEAD' && request.body !== null
    let body: Uint8Array | undefined
    try {
      body = hasBody ? await readBody(request, maxBodyBytes) : undefined
    } catch (error) {
      const broken = new ObjectQLError(400, 'INVALID_REQUEST', 'The request body could not be read.')
      return responseOf(problemReply(error instanceof ObjectQLError ? error : broken))
    }
    const isHead = request.method === 'HEAD'
    let gone: () => void = () => undefined
    return new Promise((resolve) => {
      handleLimited(
        core,
        { method: request.method, target: pathname + search, rawHeaders, body },
        (reply) => {
          request.signal.removeEventListener('abort', gone)
          resolve(responseOf(isHead ? { ...reply, body: undefined } : reply))
        },
        (cancel) => {
          gone = cancel
          if (request.signal.aborted) cancel()
          else request.signal.addEventListener('abort', cancel, { once: true })
        },
      )
    })
  }
}

async function readBody(request: Request, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > maxBytes) throw new ObjectQLError(413, 'PAYLOAD_TOO_LARGE', `The request body is larger than ${maxBytes} bytes.`)
    chunks.push(chunk)
  }
  const body = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    body.set(chunk, at)
    at += chunk.length
  }
  return body
}

function responseOf({ status, headers, body }: Reply): Response {
  const pairs: [string, string][] = []
  for (let at = 0; at < headers.length; at += 2) pairs.push([headers[at] as string, headers[at + 1] as string])
  return new Response(body as string | Uint8Array<ArrayBuffer> | undefined, { status, headers: pairs })
}
