import { isDeepStrictEqual } from 'node:util'
import { type Request, refused, type Workload, workloads } from './workloads.ts'

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
  const isWriting = ({ requests }: Workload): boolean => requests.some(({ method }) => method !== 'GET')
  // Reads first: what writes leave behind differs in ids and times.
  for (const workload of workloads.toSorted((left, right) => Number(isWriting(left)) - Number(isWriting(right)))) {
    const isWrite = isWriting(workload)
    for (const request of workload.requests.slice(0, 100)) {
      const [raw, ours] = await Promise.all([send(rawUrl, request), send(oursUrl, request)])
      check(workload.name, request, view(raw, isWrite), view(ours, isWrite))
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
      // Each server counts the versions of a new record from where it likes.
      etag: response.status === 201 ? (header('etag')?.replace(/\d+/, 'n') ?? null) : header('etag'),
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
