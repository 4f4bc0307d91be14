import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { AppCore } from '../app/app-core.ts'
import { ObjectQLError, type ProblemCode } from '../problem/problem.ts'
import { handleLimited } from './handle-limited.ts'
import { problemReply, type Reply } from './reply.ts'
import { header } from './request.ts'

// Importing node:http by name makes Node build all of its exports, fetch and WebSocket among them: 30 ms at every start.
const { createServer } = process.getBuiltinModule('node:http')

/** Headers of answers that close the connection. */
const CLOSE = ['connection', 'close'] as const

/** A `node:http` server over the application. Not listening yet. */
export function createNodeServer(core: AppCore): Server {
  const { maxBodyBytes, headersTimeoutMs, requestTimeoutMs, keepAliveTimeoutMs, maxConcurrentRequests, maxUrlBytes } = core.manifest.api
  let active = 0
  /** Requests in work that are not GET or HEAD. */
  let writing = 0

  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    // Pipelined behind a request that changes something: RFC 9112, 9.3.2 lets only safe requests overtake each other.
    if (response.socket === null && writing > 0) response.once('socket', () => start(request, response))
    else start(request, response)
  }

  const start = (request: IncomingMessage, response: ServerResponse): void => {
    // RFC 9112, 3.2; HTTP/1.0 has no such header.
    if (header(request, 'host') === undefined && request.httpVersion === '1.1') {
      send(response, problemReply(new ObjectQLError(400, 'INVALID_REQUEST', 'The request has no Host header.', undefined, CLOSE)))
      return
    }
    if (active >= maxConcurrentRequests) {
      send(
        response,
        problemReply(
          new ObjectQLError(503, 'UNAVAILABLE', 'The server is at its limit of concurrent requests.', undefined, ['retry-after', '1']),
        ),
      )
      return
    }
    const { method = 'GET', url: target = '/', rawHeaders, socket } = request
    const isSafe = method === 'GET' || method === 'HEAD'
    active++
    if (!isSafe) writing++
    const deliver = (reply: Reply): void => {
      active--
      if (!isSafe) writing--
      if (!core.isReady) reply.headers.push(...CLOSE)
      send(response, reply)
    }
    const whenGone = (cancel: () => void): void => void response.once('close', cancel)
    if (isSafe || !hasBody(request)) handleLimited(core, { method, target, rawHeaders, body: undefined, socket }, deliver, whenGone)
    else
      readBody(
        request,
        maxBodyBytes,
        (body) => {
          if (body instanceof ObjectQLError) deliver(problemReply(body))
          else handleLimited(core, { method, target, rawHeaders, body, socket }, deliver, whenGone)
        },
        () => {
          active--
          writing--
        },
      )
  }

  const server = createServer(
    {
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: keepAliveTimeoutMs,
      // Timeouts are noticed at this interval; Node's own is 30 s.
      connectionsCheckingInterval: Math.max(50, Math.min(headersTimeoutMs, requestTimeoutMs, 4_000) / 4),
      maxHeaderSize: 16_384 + maxUrlBytes,
      noDelay: true,
      requireHostHeader: false,
      // Requests without a body have a stream that has ended instead of one that must be read: a fifth of what node:http takes for each.
      optimizeEmptyRequests: true,
    },
    onRequest,
  )
  server.on('clientError', onClientError)
  // A client that asks before it sends hears that the body is too large instead of "continue".
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (!isTooLarge(request, maxBodyBytes)) response.writeContinue()
    onRequest(request, response)
  })
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    send(response, problemReply(new ObjectQLError(417, 'INVALID_REQUEST', 'The only expectation this server knows is 100-continue.')))
  })
  return server
}

/** RFC 9112, 6: one of these headers announces a body. */
const hasBody = (request: IncomingMessage): boolean =>
  header(request, 'content-length') !== undefined || header(request, 'transfer-encoding') !== undefined

const isTooLarge = (request: IncomingMessage, maxBytes: number): boolean => Number(request.headers['content-length'] ?? 0) > maxBytes

/**
 * Collects a body up to the limit; what comes after it is read and dropped, because closing the connection on a client that is
 * still sending would lose the answer. `requestTimeoutMs` ends that. `aborted` is called instead when the client went away.
 */
function readBody(
  request: IncomingMessage,
  maxBytes: number,
  done: (body: Uint8Array | undefined | ObjectQLError) => void,
  aborted: () => void,
): void {
  const tooLarge = (): ObjectQLError => new ObjectQLError(413, 'PAYLOAD_TOO_LARGE', `The request body is larger than ${maxBytes} bytes.`)
  if (isTooLarge(request, maxBytes)) {
    done(tooLarge())
    request.resume()
    return
  }
  let first: Buffer | undefined
  let more: Buffer[] | undefined
  let size = 0
  let isDone = false
  request.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (isDone) return
    if (size > maxBytes) {
      isDone = true
      first = undefined
      more = undefined
      done(tooLarge())
    } else if (first === undefined) first = chunk
    else if (more === undefined) more = [first, chunk]
    else more.push(chunk)
  })
  request.on('end', () => {
    if (isDone) return
    isDone = true
    done(more === undefined ? first : Buffer.concat(more, size))
  })
  request.on('close', () => {
    if (isDone) return
    isDone = true
    aborted()
  })
}

/**
 * Headers and body go out in one write. Node makes one of text only, so bytes are handed over as latin-1, which says them one by one.
 */
export function send(response: ServerResponse, { status, headers, body }: Reply): void {
  if (body === undefined) {
    if (status !== 204 && status !== 304) headers.push('content-length', '0')
    response.writeHead(status, headers)
    response.end()
    return
  }
  if (typeof body === 'string') {
    headers.push('content-length', String(Buffer.byteLength(body)))
    response.writeHead(status, headers)
    response.end(body)
    return
  }
  headers.push('content-length', String(body.length))
  response.writeHead(status, headers)
  response.end(Buffer.from(body.buffer, body.byteOffset, body.length).toString('latin1'), 'latin1')
}

const CLIENT_ERRORS: Readonly<Record<string, readonly [number, ProblemCode, string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'HEADERS_TOO_LARGE', 'The request headers are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'REQUEST_TIMEOUT', 'The request took too long to arrive.'],
}

/** Connections that got their answer and may still be sending. */
const refused = new WeakSet<Socket>()

/** Milliseconds a refused client has to read the answer. */
const LINGER = 1_000

/** What the HTTP parser refused never becomes a request: answer on the socket. */
function onClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (refused.has(socket)) return
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const [status, code, detail] = CLIENT_ERRORS[error.code ?? ''] ?? [400, 'INVALID_REQUEST', 'The request is not valid HTTP.']
  const problem = new ObjectQLError(status, code, detail)
  const body = JSON.stringify(problem)
  socket.end(
    `HTTP/1.1 ${status} ${problem.toJSON().title}\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
  refused.add(socket)
  setTimeout(() => socket.destroy(), LINGER).unref()
}
