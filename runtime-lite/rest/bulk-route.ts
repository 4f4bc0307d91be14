import type { ApiLimits } from '../app/app-manifest.ts'
import { type Maybe, whenReady } from '../database/session.ts'
import { exposed } from '../object/allows.ts'
import type { ApiMethod } from '../object/object-plan.ts'
import type { Created, ObjectStore, RowResult } from '../object/object-store.ts'
import { noTrash } from '../object/trash/trash-records.ts'
import { ObjectQLError } from '../problem/problem.ts'
import { createWarningReport, type WarningReport } from '../rules/warning-report.ts'
import { toldAlso } from '../rules/with-warnings.ts'
import { isPlainObject } from '../validate/plain-object.ts'
import { batchRoute } from './batch-route.ts'
import { jsonBody } from './body.ts'
import { type BulkRequest, flag, keyFields, members, recordList } from './bulk-request.ts'
import { createdReply, itemsReply } from './object-route.ts'
import { type Preferences, preferences, preferred } from './prefer.ts'
import { countOfDocument, onPage, pageOfUrl, queryReply } from './query-reply.ts'
import { jsonReply, type Reply, type Routed, recordReply } from './reply.ts'
import { header, type ServerRequest } from './request.ts'
import { allow, noQuery, otherMethod, type Route } from './route-methods.ts'

interface Action {
  readonly route: Route
  run(request: BulkRequest): Routed
  /** The whole body is what this member holds when it is a list. */
  readonly list?: string
  /** Which page may stand in the URL: links of the page before say so. */
  readonly takesPage?: true
}

const post = (...needs: ApiMethod[]): Route => ({ POST: needs })

const UPDATE_MANY: Action = { route: post('list', 'update'), run: updateMany }
const DELETE_MANY: Action = { route: post('list', 'delete'), run: deleteMany }

/** By the last part of the path. */
const ACTIONS: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['query', { route: post('list'), run: queryReply, takesPage: true }],
  ['count', { route: { GET: ['list'], POST: ['list'] }, run: countOfDocument }],
  ['createMany', { route: post('create'), run: createMany, list: 'records' }],
  ['upsert', { route: post('create', 'update'), run: upsert }],
  ['upsertMany', { route: post('create', 'update'), run: upsertMany, list: 'records' }],
  ['updateMany', UPDATE_MANY],
  ['bulk-update', UPDATE_MANY],
  ['deleteMany', DELETE_MANY],
  ['bulk-delete', DELETE_MANY],
  ['restoreMany', { route: post('list', 'delete'), run: restoreMany }],
  ['purgeMany', { route: post('list', 'delete'), run: purgeMany }],
  ['findOneAndUpdate', { route: post('list', 'update'), run: findOneAndUpdate }],
  // What it needs depends on what it says.
  ['batch', { route: post(), run: batchRoute }],
])

/** `POST /api/<object>/<name>`, and QUERY; undefined when there is no such action. */
export function bulkRoute(
  store: ObjectStore,
  request: ServerRequest,
  name: string,
  queryAt: number,
  limits: ApiLimits,
): Routed | undefined {
  const action = ACTIONS.get(name)
  if (!action) return undefined
  if (request.method !== 'POST' && request.method !== 'QUERY') return otherMethod(store, request, action.route)
  allow(store, 'POST', action.route)
  const page = action.takesPage ? pageOfUrl(request, queryAt) : noQuery(request, queryAt)
  // What a document means is said by its type (RFC 10008), and nothing is guessed about one that has none.
  if (request.method === 'QUERY' && header(request, 'content-type') === undefined)
    throw new ObjectQLError(415, 'UNSUPPORTED_MEDIA_TYPE', 'A QUERY needs a content type. Send application/json.', undefined, [
      'accept-query',
      'application/json',
    ])
  const sent = jsonBody(request)
  const body = Array.isArray(sent) && action.list !== undefined ? { [action.list]: sent } : sent
  if (!isPlainObject(body)) throw new ObjectQLError(400, 'INVALID_REQUEST', 'The request body is an object. See the API documentation.')
  return action.run({
    store,
    body: page ? onPage(body, page) : body,
    limits,
    wanted: preferences(request),
    path: request.target.slice(0, queryAt),
  })
}

function createMany({ store, body, limits, wanted }: BulkRequest): Routed {
  const { records, atomic } = members(body, { records: ['records', 'values', 'data'], atomic: ['atomic'] })
  const inputs = recordList(records, limits)
  const options = { allows: exposed, at: `/${records.name}` }
  if (flag(atomic, true))
    return preferred(store, wanted, (inner) =>
      whenReady(inner.createMany(inputs, options), (all) => itemsReply(201, all, wanted.isMinimal)),
    )
  return preferred(store, wanted, (inner) =>
    whenReady(inner.createEach(inputs, options), (results) => resultsReply(results, wanted.isMinimal)),
  )
}

/** Each record with its own status (RFC 4918, 11.1). */
function resultsReply(results: readonly RowResult[], isMinimal: boolean): Reply {
  let failed = 0
  const items = results.map((result) => {
    if ('error' in result) {
      failed++
      return `{"index":${result.index},"status":${result.error.status},"error":${JSON.stringify(result.error)}}`
    }
    const { id, record } = result.created
    const text = `{"index":${result.index},"status":201,"id":${JSON.stringify(id)}`
    return isMinimal ? `${text}}` : `${text},"record":${record[0]}}`
  })
  return jsonReply(207, `{"succeeded":${results.length - failed},"failed":${failed},"results":[${items.join(',')}]}`)
}

function upsert(request: BulkRequest): Routed {
  const { store, body, limits, wanted } = request
  const { values, on } = members(body, { values: ['values', 'record', 'data', 'records'], on: ['on', 'key'] })
  if (Array.isArray(values.value)) return upsertAll(request, values, keyFields(on))
  const options = { allows: exposed, at: `/${values.name}` }
  return preferred(store, wanted, (inner) =>
    whenReady(inner.upsert(values.value, keyFields(on), options), ({ isCreated, ...created }) => {
      if (isCreated) return createdReply(inner, created, limits, wanted.isMinimal)
      const { record } = created
      return wanted.isMinimal
        ? { status: 204, headers: ['etag', `W/"${record[1]}"`], body: undefined }
        : recordReply(200, record[0], record[1])
    }),
  )
}

function upsertMany(request: BulkRequest): Routed {
  const { records, on } = members(request.body, { records: ['records', 'values', 'data'], on: ['on', 'key'] })
  return upsertAll(request, records, keyFields(on))
}

function upsertAll(
  { store, limits, wanted }: BulkRequest,
  records: { readonly name: string; readonly value: unknown },
  on: readonly string[] | undefined,
): Routed {
  const inputs = recordList(records, limits)
  return preferred(store, wanted, (inner) =>
    whenReady(inner.upsertMany(inputs, on, { allows: exposed, at: `/${records.name}` }), (all) => {
      const created = all.filter(({ isCreated }) => isCreated).length
      const counts = `"created":${created},"updated":${all.length - created}`
      if (wanted.isMinimal) return jsonReply(200, `{${counts}}`)
      return jsonReply(200, `{"items":[${all.map(({ record }: Created) => record[0]).join(',')}],${counts}}`)
    }),
  )
}

const WHERE = ['where', 'filters', 'filter', '$filter'] as const
const DATA = ['data', 'changes', 'values'] as const

function updateMany({ store, body, wanted }: BulkRequest): Routed {
  const { where, data, maxAffected } = members(body, { where: WHERE, data: DATA, maxAffected: ['maxAffected'] })
  const filter = store.readFilter(where.value, undefined, where.name)
  const options = { at: `/${data.name}`, maxAffected: limitOf(maxAffected, wanted) }
  return preferred(store, wanted, (inner) => reported((report) => inner.updateMany(filter, data.value, { ...options, report })))
}

function deleteMany({ store, body, wanted }: BulkRequest): Routed {
  const { where, maxAffected } = members(body, { where: WHERE, maxAffected: ['maxAffected'] })
  const filter = store.readFilter(where.value, undefined, where.name)
  const options = { maxAffected: limitOf(maxAffected, wanted) }
  return preferred(store, wanted, (inner) => reported((report) => inner.deleteMany(filter, { ...options, report })))
}

/** Out of the trash. */
function restoreMany({ store, body, wanted }: BulkRequest): Routed {
  const { where, maxAffected } = members(body, { where: WHERE, maxAffected: ['maxAffected'] })
  const filter = store.readFilter(where.value, undefined, where.name)
  const options = { maxAffected: limitOf(maxAffected, wanted) }
  return preferred(store, wanted, (inner) => whenReady(inner.restoreMany(filter, options), countReply))
}

/** Records in the trash are deleted for good. */
function purgeMany({ store, body, wanted }: BulkRequest): Routed {
  if (!store.plan.trash) throw noTrash(store.plan)
  const { where, maxAffected } = members(body, { where: WHERE, maxAffected: ['maxAffected'] })
  const filter = { ...store.readFilter(where.value, undefined, where.name), deleted: 'only' as const }
  const options = { maxAffected: limitOf(maxAffected, wanted), isPurged: true }
  return preferred(store, wanted, (inner) => reported((report) => inner.deleteMany(filter, { ...options, report })))
}

const countReply = (count: number): Reply => jsonReply(200, `{"count":${count}}`)

/** With what rules of severity `warning` and `info` say of the records. */
function reported(write: (report: WarningReport) => Maybe<number>): Maybe<Reply> {
  const report = createWarningReport()
  return whenReady(write(report), (count) => {
    const { first, total } = report
    if (total === 0) return countReply(count)
    const left = total > first.length ? `,"@warnings_total":${total}` : ''
    return jsonReply(200, `{"count":${count},"@warnings":${JSON.stringify(first)}${left}}`)
  })
}

function limitOf({ name, value }: { readonly name: string; readonly value: unknown }, { maxAffected }: Preferences): number | undefined {
  if (value === undefined) return maxAffected
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw new ObjectQLError(400, 'INVALID_REQUEST', `"${name}" is a whole number.`)
  return Math.min(value, maxAffected ?? value)
}

function findOneAndUpdate({ store, body, wanted }: BulkRequest): Routed {
  const { where, data, orderBy, returning } = members(body, {
    where: WHERE,
    data: DATA,
    orderBy: ['orderBy', 'sort', '$orderby'],
    returning: ['returning'],
  })
  if (returning.value !== undefined && returning.value !== 'new' && returning.value !== 'old')
    throw new ObjectQLError(400, 'INVALID_REQUEST', '"returning" is "new" or "old".')
  const filter = store.readFilter(where.value, orderBy.value, where.name)
  return preferred(store, wanted, (inner) =>
    whenReady(inner.findOneAndUpdate(filter, data.value, { at: `/${data.name}` }), (found): Reply => {
      if (!found) return jsonReply(200, 'null')
      const [json, version] = returning.value === 'old' ? toldAlso(found.before, found.after) : found.after
      return wanted.isMinimal ? { status: 204, headers: ['etag', `W/"${version}"`], body: undefined } : recordReply(200, json, version)
    }),
  )
}
