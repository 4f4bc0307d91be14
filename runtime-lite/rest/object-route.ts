import type { ApiLimits } from '../app/app-manifest.ts'
import { recovering } from '../database/maybe.ts'
import { type Maybe, whenReady } from '../database/session.ts'
import { exposed } from '../object/allows.ts'
import type { Created, ObjectStore } from '../object/object-store.ts'
import { notFound, ObjectQLError } from '../problem/problem.ts'
import { jsonBody } from './body.ts'
import { listReply, readReply } from './list-reply.ts'
import { decoded } from './negotiate.ts'
import { preferences, preferred } from './prefer.ts'
import { recordRoute } from './record-route.ts'
import { jsonReply, type Reply, ROUTE_AGAIN, type Routed, recordReply } from './reply.ts'
import type { ServerRequest } from './request.ts'
import { allow, noQuery, otherMethod, type Route } from './route-methods.ts'

const QUESTION = 63

const COLLECTION: Route = { GET: ['list'], QUERY: ['list'], POST: ['create'] }
const COUNT: Route = { GET: ['list'], POST: ['list'] }

/** What routes that few requests need are loaded with. */
type BulkRoute = typeof import('./bulk-route.ts').bulkRoute
let bulkRoute: BulkRoute | undefined
type NamedQueryRoute = typeof import('./named-query-route.ts').namedQueryRoute
let namedQueryRoute: NamedQueryRoute | undefined
type RecordExtrasRoute = typeof import('./record-extras-route.ts').recordExtrasRoute
let recordExtrasRoute: RecordExtrasRoute | undefined

/** `/api/<object>` and below; `at` is where the path goes on after the object's name. */
export function objectRoute(store: ObjectStore, request: ServerRequest, at: number, limits: ApiLimits): Routed {
  const { target, method } = request
  if (store.plan.methods.length === 0) throw notFound(`There is no object "${store.plan.name}".`)
  if (at >= target.length || target.charCodeAt(at) === QUESTION) return collectionRoute(store, request, at, limits)
  let end = target.indexOf('?', at)
  if (end < 0) end = target.length
  const segment = target.slice(at + 1, end)
  if (segment === '') return collectionRoute(store, request, end, limits)
  const slash = segment.indexOf('/')
  if (segment.startsWith('queries/') && segment.length > 'queries/'.length) return queryRoute(store, request, segment, end)
  const extra = slash >= 0 ? segment.slice(slash + 1) : ''
  if (EXTRAS.has(extra)) return extrasRoute(store, request, { id: decoded(segment.slice(0, slash)), what: extra, queryAt: end })
  if (extra !== '') throw notFound('There is no such resource.')
  if (segment === 'count' && method !== 'POST') return countRoute(store, request, end)
  const name = decoded(slash < 0 ? segment : segment.slice(0, slash))
  if (method === 'POST') return actionRoute(store, request, name, end, limits)
  return ACTIONS.has(name) ? besideAction(store, request, name, end, limits) : recordRoute(store, request, name, end)
}

/** What there is below a record. */
const EXTRAS: ReadonlySet<string> = new Set(['history', 'clone', 'restore', 'purge'])

/** Paths that are taken by `bulk-route.ts`. */
const ACTIONS: ReadonlySet<string> = new Set([
  ...['query', 'createMany', 'upsert', 'upsertMany', 'updateMany', 'bulk-update', 'deleteMany', 'bulk-delete', 'findOneAndUpdate', 'batch'],
  ...['restoreMany', 'purgeMany'],
])

/** Another method than POST on the path of an action: a record may have the same id, else only the action is there. */
function besideAction(store: ObjectStore, request: ServerRequest, name: string, queryAt: number, limits: ApiLimits): Routed {
  if (request.method === 'OPTIONS') return actionRoute(store, request, name, queryAt, limits)
  return recovering<Reply | typeof ROUTE_AGAIN>(
    () => recordRoute(store, request, name, queryAt),
    (error) => {
      if (error instanceof ObjectQLError && error.status === 404) return actionRoute(store, request, name, queryAt, limits)
      throw error
    },
  ) as Routed
}

/** `POST /api/<object>/<action>`: operations on several records, and queries as documents. */
function actionRoute(store: ObjectStore, request: ServerRequest, name: string, queryAt: number, limits: ApiLimits): Routed {
  if (!bulkRoute)
    return import('./bulk-route.ts').then((module) => {
      bulkRoute = module.bulkRoute
      return ROUTE_AGAIN
    })
  // A record has no POST: it says so itself.
  return bulkRoute(store, request, name, queryAt, limits) ?? recordRoute(store, request, name, queryAt)
}

/** `/api/<object>/<id>/history` and what else there is below a record. */
function extrasRoute(
  store: ObjectStore,
  request: ServerRequest,
  { id, what, queryAt }: { readonly id: string; readonly what: string; readonly queryAt: number },
): Routed {
  if (!recordExtrasRoute)
    return import('./record-extras-route.ts').then((module) => {
      recordExtrasRoute = module.recordExtrasRoute
      return ROUTE_AGAIN
    })
  return recordExtrasRoute(store, request, id, what, queryAt)
}

/** `/api/<object>/queries/<name>` */
function queryRoute(store: ObjectStore, request: ServerRequest, segment: string, queryAt: number): Routed {
  if (!namedQueryRoute)
    return import('./named-query-route.ts').then((module) => {
      namedQueryRoute = module.namedQueryRoute
      return ROUTE_AGAIN
    })
  return namedQueryRoute(store, request, decoded(segment.slice('queries/'.length).replace(/\/$/, '')), queryAt)
}

function collectionRoute(store: ObjectStore, request: ServerRequest, queryAt: number, limits: ApiLimits): Routed {
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      allow(store, 'GET', COLLECTION)
      return listReply(store, request, queryAt, limits)
    case 'QUERY':
      allow(store, 'QUERY', COLLECTION)
      return actionRoute(store, request, 'query', queryAt, limits)
    case 'POST':
      allow(store, 'POST', COLLECTION)
      noQuery(request, queryAt)
      return createReply(store, request, limits)
    default:
      return otherMethod(store, request, COLLECTION)
  }
}

function countRoute(store: ObjectStore, request: ServerRequest, queryAt: number): Routed {
  if (request.method !== 'GET' && request.method !== 'HEAD') return otherMethod(store, request, COUNT)
  allow(store, 'GET', COUNT)
  return readReply(store.queries.ofClients.fromUrl('count', request.target, queryAt + 1), (row) =>
    jsonReply(200, `{"count":${String(row[0] ?? 0)}}`),
  )
}

const WRITES = { allows: exposed } as const

function createReply(store: ObjectStore, request: ServerRequest, limits: ApiLimits): Maybe<Reply> {
  const body = jsonBody(request)
  const wanted = preferences(request)
  return preferred(store, wanted, (inner) => {
    if (!Array.isArray(body))
      return whenReady(inner.create(body, WRITES), (created) => createdReply(inner, created, limits, wanted.isMinimal))
    checkCount(body, limits)
    return whenReady(inner.createMany(body, WRITES), (all) => itemsReply(201, all, wanted.isMinimal))
  })
}

export function createdReply({ plan }: ObjectStore, { id, record }: Created, { basePath }: ApiLimits, isMinimal: boolean): Reply {
  const reply: Reply = isMinimal
    ? { status: 201, headers: ['etag', `W/"${record[1]}"`], body: undefined }
    : recordReply(201, record[0], record[1])
  reply.headers.push('location', `${basePath}/${encodeURIComponent(plan.name)}/${encodeURIComponent(id)}`)
  return reply
}

/** Records in the order of the request. */
export const itemsReply = (status: number, all: readonly Created[], isMinimal: boolean): Reply =>
  jsonReply(status, isMinimal ? `{"count":${all.length}}` : `{"items":[${all.map(({ record }) => record[0]).join(',')}]}`)

/** @throws ObjectQLError 413 */
export function checkCount(records: readonly unknown[], { maxPageSize }: ApiLimits): void {
  if (records.length > maxPageSize)
    throw new ObjectQLError(
      413,
      'PAYLOAD_TOO_LARGE',
      `At most ${maxPageSize} records can be written at once; the request has ${records.length}.`,
    )
}
