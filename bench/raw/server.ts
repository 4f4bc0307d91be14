import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseFilter, parseOrderBy } from './parse-filter.ts'
import { HttpProblem } from './problem.ts'
import { type ListQuery, openStore, type Versioned } from './store.ts'
import { type AccountInput, validateAccount } from './validate-account.ts'

/**
 * The baseline: what a careful engineer writes by hand for one object. No framework, prepared statements, hand validation, row
 * objects, JSON.stringify, keep-alive. Same routes, answers, database file and settings as the generated server.
 *
 *     node bench/raw/server.ts accounts.db 3000
 */
const [file = ':memory:', port = '0'] = process.argv.slice(2)
const store = openStore(file)

const PREFIX = '/api/account'
const MAX_BODY = 1_048_576
const MAX_TOP = 1000

const server = createServer((req, res) => {
  handle(req, res).catch((error: unknown) => {
    if (error instanceof HttpProblem) return sendProblem(res, error)
    console.error(error)
    sendProblem(res, new HttpProblem(500, 'INTERNAL_ERROR', 'Something went wrong on our side.'))
  })
})

async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const url = new URL(req.url ?? '/', 'http://localhost')
  if (url.pathname === PREFIX) {
    if (req.method === 'GET') return sendJson(res, 200, { items: store.list(readListQuery(url.searchParams)) })
    if (req.method === 'POST') return create(req, res)
    throw new HttpProblem(405, 'METHOD_NOT_ALLOWED', `${req.method} is not possible here.`)
  }
  if (url.pathname.startsWith(`${PREFIX}/`)) {
    const id = decodeURIComponent(url.pathname.slice(PREFIX.length + 1))
    if (req.method === 'GET') return sendRecord(res, 200, store.get(id), id)
    if (req.method === 'PATCH') return update(req, res, id)
    throw new HttpProblem(405, 'METHOD_NOT_ALLOWED', `${req.method} is not possible here.`)
  }
  throw new HttpProblem(404, 'NOT_FOUND', `Nothing is at ${url.pathname}.`)
}

async function create(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const body = await readJson(req)
  const faults = validateAccount(body, true)
  if (faults.length > 0) throw new HttpProblem(422, 'VALIDATION_ERROR', `${faults.length} values are not valid.`, faults)
  const created = writing(() => store.create(body as AccountInput))
  sendRecord(res, 201, created, created.account.id)
}

async function update(req: IncomingMessage, res: ServerResponse, id: string): Promise<void> {
  const body = await readJson(req)
  const faults = validateAccount(body, false)
  if (faults.length > 0) throw new HttpProblem(422, 'VALIDATION_ERROR', `${faults.length} values are not valid.`, faults)
  sendRecord(
    res,
    200,
    writing(() => store.update(id, body as AccountInput)),
    id,
  )
}

/** An owner that does not exist is the client's mistake, not ours. */
function writing<Result>(write: () => Result): Result {
  try {
    return write()
  } catch (error) {
    if (!String(error).includes('FOREIGN KEY')) throw error
    const fault = { pointer: '/owner', code: 'reference', message: 'No such user.' }
    throw new HttpProblem(422, 'VALIDATION_ERROR', fault.message, [fault])
  }
}

function readListQuery(params: URLSearchParams): ListQuery {
  const filter = params.get('$filter')
  const orderBy = params.get('$orderby')
  const expand = params.get('$expand')
  if (expand !== null && expand !== 'owner') throw new HttpProblem(400, 'INVALID_QUERY', `"${expand}" cannot be expanded.`)
  return {
    where: filter === null ? undefined : parseFilter(filter),
    orderBy: orderBy === null ? 'account.id ASC' : parseOrderBy(orderBy),
    limit: Math.min(readCount(params, '$top', 50), MAX_TOP),
    offset: readCount(params, '$skip', 0),
    withOwner: expand === 'owner',
  }
}

function readCount(params: URLSearchParams, name: string, fallback: number): number {
  const text = params.get(name)
  if (text === null) return fallback
  const count = Number(text)
  if (!Number.isSafeInteger(count) || count < 0) throw new HttpProblem(400, 'INVALID_QUERY', `${name} must be a whole number.`)
  return count
}

async function readJson(req: IncomingMessage): Promise<unknown> {
  const type = req.headers['content-type']
  if (type === undefined || !/^application\/(merge-patch\+)?json\b/i.test(type)) {
    throw new HttpProblem(415, 'UNSUPPORTED_MEDIA_TYPE', 'Send JSON with the content type application/json.')
  }
  const bytes = await readBody(req)
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    throw new HttpProblem(400, 'INVALID_JSON', 'The body is not JSON.')
  }
}

function readBody(req: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    req.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > MAX_BODY) reject(new HttpProblem(413, 'PAYLOAD_TOO_LARGE', 'The body is larger than 1 MiB.'))
      else chunks.push(chunk)
    })
    req.on('end', () => resolve(Buffer.concat(chunks)))
    req.on('error', reject)
  })
}

function sendRecord(res: ServerResponse, status: number, found: Versioned | undefined, id: string): void {
  if (found === undefined) throw new HttpProblem(404, 'NOT_FOUND', `There is no account "${id}".`)
  res.setHeader('ETag', `W/"${found.version}"`)
  if (status === 201) res.setHeader('Location', `${PREFIX}/${encodeURIComponent(id)}`)
  sendJson(res, status, found.account)
}

function sendJson(res: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body)
  res.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) })
  res.end(text)
}

function sendProblem(res: ServerResponse, { status, code, message, errors }: HttpProblem): void {
  const text = JSON.stringify({ type: 'about:blank', title: code, status, detail: message, code, errors })
  res.writeHead(status, { 'Content-Type': 'application/problem+json', 'Content-Length': Buffer.byteLength(text) })
  res.end(text)
}

server.listen(Number(port), '127.0.0.1', () => console.log(`listening ${(server.address() as AddressInfo).port}`))

process.on('SIGTERM', () => {
  server.close(() => {
    store.close()
    process.exit(0)
  })
  server.closeIdleConnections()
})
