import type { IncomingMessage, ServerResponse } from 'node:http'
import { parseFilter, parseOrderBy, type SqlStyle } from './parse-filter.ts'
import { HttpProblem } from './problem.ts'
import type { ListQuery, Versioned } from './store.ts'

/** What both hand-written servers have in common: reading requests, sending answers. */
export const PREFIX = '/api/account'
const MAX_BODY = 1_048_576
const MAX_TOP = 1000

export function readListQuery(params: URLSearchParams, style: SqlStyle): ListQuery {
  const filter = params.get('$filter')
  const orderBy = params.get('$orderby')
  const expand = params.get('$expand')
  if (expand !== null && expand !== 'owner') throw new HttpProblem(400, 'INVALID_QUERY', `"${expand}" cannot be expanded.`)
  return {
    where: filter === null ? undefined : parseFilter(filter, style),
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

export async function readJson(req: IncomingMessage): Promise<unknown> {
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

export function sendRecord(res: ServerResponse, status: number, found: Versioned | undefined, id: string): void {
  if (found === undefined) throw new HttpProblem(404, 'NOT_FOUND', `There is no account "${id}".`)
  res.setHeader('ETag', `W/"${found.version}"`)
  if (status === 201) res.setHeader('Location', `${PREFIX}/${encodeURIComponent(id)}`)
  sendJson(res, status, found.account)
}

export function sendJson(res: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body)
  res.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) })
  res.end(text)
}

export function sendProblem(res: ServerResponse, { status, code, message, errors }: HttpProblem): void {
  const text = JSON.stringify({ type: 'about:blank', title: code, status, detail: message, code, errors })
  res.writeHead(status, { 'Content-Type': 'application/problem+json', 'Content-Length': Buffer.byteLength(text) })
  res.end(text)
}
