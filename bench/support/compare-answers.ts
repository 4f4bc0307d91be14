import { isDeepStrictEqual } from 'node:util'
import { type Request, refused, workloads } from './workloads.ts'

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | null>>
  readonly body: unknown
}

/** Values that are new with every request and cannot be equal on two servers. */
const FRESH = new Set(['id', 'created_at', 'updated_at'])

/**
 * Sends the same requests to both servers and compares status, meaning of the headers and the JSON.
 * @throws at the first difference: figures of servers that do different things mean nothing.
 */
export async function compareAnswers(rawUrl: string, oursUrl: string): Promise<void> {
  for (const { name, requests } of workloads) {
    for (const request of requests.slice(0, 100)) {
      const isWrite = request.method !== 'GET'
      const [raw, ours] = await Promise.all([send(rawUrl, request), send(oursUrl, request)])
      check(name, request, view(raw, isWrite), view(ours, isWrite))
    }
  }
  for (const request of refused) {
    const [raw, ours] = await Promise.all([send(rawUrl, request), send(oursUrl, request)])
    check('refused', request, refusal(raw), refusal(ours))
  }
}

async function send(url: string, { method, path, body }: Request): Promise<Answer> {
  const response = await fetch(url + path, {
    method,
    ...(body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } }),
  })
  const header = (name: string): string | null => response.headers.get(name)
  return {
    status: response.status,
    headers: {
      type: header('content-type')?.split(';')[0] ?? null,
      etag: header('etag'),
      location: header('location')?.replace(/[^/]+$/, '') ?? null,
    },
    body: await response.json(),
  }
}

/** What must be equal: everything but new ids and times, whose presence still counts. */
function view({ status, headers, body }: Answer, isWrite: boolean): unknown {
  // The cursor of a list is each server's own business.
  if (!isWrite) return { status, headers, body: isList(body) ? { ...body, next_cursor: undefined } : body }
  const record = Object.fromEntries(Object.entries(body as object).map(([key, value]) => [key, FRESH.has(key) ? typeof value : value]))
  return { status, headers, keys: Object.keys(body as object), record }
}

const isList = (body: unknown): body is { items: unknown[] } => typeof body === 'object' && body !== null && 'items' in body

/** Of a refusal: the status, the media type, the code and which values are wrong. */
function refusal({ status, headers, body }: Answer): unknown {
  const { code, errors } = body as { code: string; errors?: readonly { pointer?: string; code: string }[] }
  const faults = (errors ?? []).flatMap((error) => (error.pointer === undefined ? [] : [`${error.pointer} ${error.code}`]))
  return { status, type: headers['type'], code, faults: faults.toSorted() }
}

function check(name: string, request: Request, raw: unknown, ours: unknown): void {
  if (isDeepStrictEqual(raw, ours)) return
  const show = (value: unknown): string => JSON.stringify(value, null, 1).slice(0, 3000)
  throw new Error(
    `${name}: the servers disagree about ${request.method} ${decodeURIComponent(request.path)} ${request.body ?? ''}\nraw  ${show(raw)}\nours ${show(ours)}`,
  )
}
