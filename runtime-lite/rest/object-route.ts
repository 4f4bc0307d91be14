import type { ApiLimits } from '../app/app-manifest.ts'
import type { ApiMethod } from '../object/object-plan.ts'
import type { ObjectStore, StoredRecord } from '../object/object-store.ts'
import { notFound, ObjectQLError } from '../problem/problem.ts'
import { jsonBody } from './body.ts'
import { decoded } from './negotiate.ts'
import { emptyReply, jsonReply, type Reply, type Routed, recordReply } from './reply.ts'
import { header, type ServerRequest } from './request.ts'

const SLASH = 47
const QUESTION = 63

/** `/api/<object>` and below; `at` is where the path goes on after the object's name. */
export function objectRoute(store: ObjectStore, request: ServerRequest, at: number, limits: ApiLimits): Routed {
  const { target } = request
  if (store.plan.methods.length === 0) throw notFound(`There is no object "${store.plan.name}".`)
  if (at >= target.length || target.charCodeAt(at) === QUESTION) return collectionRoute(store, request, at, limits)
  let end = target.indexOf('?', at)
  if (end < 0) end = target.length
  const segment = target.slice(at + 1, end)
  if (segment === '') return collectionRoute(store, request, end, limits)
  const slash = segment.indexOf('/')
  if (slash >= 0 && slash < segment.length - 1) throw notFound('There is no such resource.')
  if (segment === 'count' && request.method !== 'POST') return countRoute(store, request, end)
  return recordRoute(store, request, decoded(slash < 0 ? segment : segment.slice(0, slash)), end)
}

function collectionRoute(store: ObjectStore, request: ServerRequest, queryAt: number, limits: ApiLimits): Routed {
  switch (request.method) {
    case 'GET':
    case 'HEAD': {
      allow(store, 'list', COLLECTION)
      const row = store.queries.fromUrl('list', request.target, queryAt + 1)
      return row instanceof Promise ? row : jsonReply(200, row?.[0] as Uint8Array)
    }
    case 'POST':
      allow(store, 'create', COLLECTION)
      noQuery(request, queryAt)
      return createReply(store, request, limits)
    default:
      return otherMethod(store, request, COLLECTION)
  }
}

function countRoute(store: ObjectStore, request: ServerRequest, queryAt: number): Routed {
  if (request.method !== 'GET' && request.method !== 'HEAD') return otherMethod(store, request, COUNT)
  allow(store, 'list', COUNT)
  const row = store.queries.fromUrl('count', request.target, queryAt + 1)
  return row instanceof Promise ? row : jsonReply(200, `{"count":${String(row?.[0] ?? 0)}}`)
}

function createReply(store: ObjectStore, request: ServerRequest, limits: ApiLimits): Reply {
  const body = jsonBody(request)
  if (!Array.isArray(body)) {
    const { id, record } = store.create(body)
    const reply = recordReply(201, record[0], record[1])
    // Half a surrogate pair, which encodeURIComponent refuses, was stored as U+FFFD.
    reply.headers.push('location', `${limits.basePath}/${encodeURIComponent(store.plan.name)}/${encodeURIComponent(id.toWellFormed())}`)
    return reply
  }
  if (body.length > limits.maxPageSize)
    throw new ObjectQLError(
      413,
      'PAYLOAD_TOO_LARGE',
      `At most ${limits.maxPageSize} records can be created at once; the request has ${body.length}.`,
    )
  return jsonReply(
    201,
    `{"items":[${store
      .createMany(body)
      .map(({ record }) => record[0])
      .join(',')}]}`,
  )
}

function recordRoute(store: ObjectStore, request: ServerRequest, id: string, queryAt: number): Routed {
  const { method, target } = request
  switch (method) {
    case 'GET':
    case 'HEAD': {
      allow(store, 'get', RECORD)
      const hasQuery = queryAt + 1 < target.length
      const row = hasQuery ? store.queries.fromUrl('get', target, queryAt + 1, id) : store.get(id)
      return row instanceof Promise ? row : getReply(store, request, id, row as StoredRecord | undefined, hasQuery)
    }
    case 'PATCH':
    case 'PUT': {
      allow(store, 'update', RECORD)
      noQuery(request, queryAt)
      refuseKnown(store, request, id)
      const [json, version] = store.update(id, jsonBody(request), ifVersions(request))
      return recordReply(200, json, version)
    }
    case 'DELETE':
      allow(store, 'delete', RECORD)
      noQuery(request, queryAt)
      refuseKnown(store, request, id)
      store.delete(id, ifVersions(request))
      return emptyReply(204)
    default:
      return otherMethod(store, request, RECORD)
  }
}

function getReply(store: ObjectStore, request: ServerRequest, id: string, row: StoredRecord | undefined, hasQuery: boolean): Reply {
  if (row === undefined) throw notFound(`No ${store.plan.label} has the id "${id.slice(0, 64)}".`)
  const [json, version] = row
  const known = header(request, 'if-none-match')
  // Related records in an answer change without this record's version.
  if (known !== undefined && !hasQuery && isNamed(known, version))
    return { status: 304, headers: ['etag', `W/"${version}"`], body: undefined }
  return recordReply(200, json, version)
}

/** If-None-Match on a write (RFC 9110, 13.1.2). @throws ObjectQLError 412 when the record has one of the versions, or exists at all (`*`). */
function refuseKnown(store: ObjectStore, request: ServerRequest, id: string): void {
  const known = header(request, 'if-none-match')
  const version = known === undefined ? undefined : store.get(id)?.[1]
  if (known !== undefined && version !== undefined && isNamed(known, version))
    throw new ObjectQLError(412, 'PRECONDITION_FAILED', 'The record exists in a version that If-None-Match names.')
}

const isNamed = (tags: string, version: number): boolean => tags === '*' || versionsIn(tags).includes(version)

/** Versions a write demands (RFC 9110, 13.1.1); undefined without If-Match. */
function ifVersions(request: ServerRequest): readonly number[] | undefined {
  const text = header(request, 'if-match')
  return text === undefined || text === '*' ? undefined : versionsIn(text)
}

const versionsIn = (text: string): readonly number[] => [...text.matchAll(/"(\d{1,16})"/g)].map((match) => Number(match[1]))

interface Route {
  readonly GET?: ApiMethod
  readonly POST?: ApiMethod
  readonly PUT?: ApiMethod
  readonly PATCH?: ApiMethod
  readonly DELETE?: ApiMethod
}

const COLLECTION: Route = { GET: 'list', POST: 'create' }
const COUNT: Route = { GET: 'list' }
const RECORD: Route = { GET: 'get', PUT: 'update', PATCH: 'update', DELETE: 'delete' }

/** Allow headers by plan and route: browsers ask before every cross-origin call. */
const allowedByPlan = new WeakMap<ObjectStore['plan'], Map<Route, string>>()

function allowed({ plan }: ObjectStore, route: Route): string {
  const known = allowedByPlan.get(plan)?.get(route)
  if (known !== undefined) return known
  const methods = Object.entries(route).flatMap(([method, operation]) =>
    plan.methods.includes(operation) ? (method === 'GET' ? ['GET', 'HEAD'] : [method]) : [],
  )
  const text = [...methods, 'OPTIONS'].join(', ')
  allowedByPlan.set(plan, (allowedByPlan.get(plan) ?? new Map<Route, string>()).set(route, text))
  return text
}

function allow(store: ObjectStore, method: ApiMethod, route: Route): void {
  if (!store.plan.methods.includes(method)) throw methodNotAllowed(store, route)
}

function otherMethod(store: ObjectStore, request: ServerRequest, route: Route): Reply {
  if (request.method === 'OPTIONS') return { status: 204, headers: ['allow', allowed(store, route)], body: undefined }
  throw methodNotAllowed(store, route)
}

function methodNotAllowed(store: ObjectStore, route: Route): ObjectQLError {
  const methods = allowed(store, route)
  return new ObjectQLError(405, 'METHOD_NOT_ALLOWED', `Allowed here: ${methods}.`, undefined, ['allow', methods])
}

/** @throws ObjectQLError 400 for a query string where none has a meaning. */
function noQuery({ target }: ServerRequest, queryAt: number): void {
  if (queryAt + 1 < target.length && target.charCodeAt(queryAt) !== SLASH)
    throw new ObjectQLError(400, 'INVALID_QUERY', 'This operation takes no query parameters.')
}
