import { type Maybe, whenReady } from '../database/session.ts'
import { exposed } from '../object/allows.ts'
import type { ObjectStore, StoredRecord } from '../object/object-store.ts'
import { notFound, ObjectQLError } from '../problem/problem.ts'
import { jsonBody } from './body.ts'
import { preferences, preferred } from './prefer.ts'
import { emptyReply, type Reply, ROUTE_AGAIN, type Routed, recordReply } from './reply.ts'
import { header, type ServerRequest } from './request.ts'
import { allow, noQuery, otherMethod, type Route } from './route-methods.ts'

const RECORD: Route = { GET: ['get'], PUT: ['update'], PATCH: ['update'], DELETE: ['delete'] }

const WRITES = { allows: exposed } as const

/** `/api/<object>/<id>`; `queryAt` is where the path ends. */
export function recordRoute(store: ObjectStore, request: ServerRequest, id: string, queryAt: number): Routed {
  const { method, target } = request
  switch (method) {
    case 'GET':
    case 'HEAD': {
      allow(store, 'GET', RECORD)
      if (queryAt + 1 >= target.length) return whenReady(store.get(id), (row) => getReply(store, request, id, row, false))
      const row = store.queries.ofClients.fromUrl('get', target, queryAt + 1, id)
      if (!(row instanceof Promise)) return getReply(store, request, id, row as unknown as StoredRecord, true)
      return row.then((found) => (found === undefined ? ROUTE_AGAIN : getReply(store, request, id, found as unknown as StoredRecord, true)))
    }
    case 'PATCH':
    case 'PUT': {
      allow(store, method, RECORD)
      noQuery(request, queryAt)
      const wanted = preferences(request)
      return preferred(store, wanted, (inner) =>
        whenReady(refuseKnown(inner, request, id), () =>
          whenReady(
            inner.update(id, jsonBody(request), ifVersions(request), WRITES),
            ([json, version]): Reply =>
              wanted.isMinimal ? { status: 204, headers: ['etag', `W/"${version}"`], body: undefined } : recordReply(200, json, version),
          ),
        ),
      )
    }
    case 'DELETE': {
      allow(store, method, RECORD)
      const isPurged = store.plan.trash !== undefined && target.slice(queryAt + 1) === 'purge=true'
      if (!isPurged) noQuery(request, queryAt)
      return preferred(store, preferences(request), (inner) =>
        whenReady(refuseKnown(inner, request, id), () =>
          whenReady(inner.delete(id, ifVersions(request), { isPurged }), () => emptyReply(204)),
        ),
      )
    }
    default:
      return otherMethod(store, request, RECORD)
  }
}

function getReply(store: ObjectStore, request: ServerRequest, id: string, row: StoredRecord | undefined, hasQuery: boolean): Reply {
  if (row?.[0] === undefined) throw notFound(`No ${store.plan.label} has the id "${id.slice(0, 64)}".`)
  const [json, version] = row
  const known = header(request, 'if-none-match')
  // Related records in an answer change without this record's version.
  if (known !== undefined && !hasQuery && isNamed(known, version))
    return { status: 304, headers: ['etag', `W/"${version}"`], body: undefined }
  return recordReply(200, json, version)
}

/** If-None-Match on a write (RFC 9110, 13.1.2). @throws ObjectQLError 412 when the record has one of the versions, or exists at all (`*`). */
function refuseKnown(store: ObjectStore, request: ServerRequest, id: string): Maybe<undefined> {
  const known = header(request, 'if-none-match')
  if (known === undefined) return undefined
  return whenReady(store.get(id), (record) => {
    if (record !== undefined && isNamed(known, record[1]))
      throw new ObjectQLError(412, 'PRECONDITION_FAILED', 'The record exists in a version that If-None-Match names.')
    return undefined
  })
}

const isNamed = (tags: string, version: number): boolean => tags === '*' || versionsIn(tags).includes(Number(version))

/** Versions a write demands (RFC 9110, 13.1.1); undefined without If-Match. */
function ifVersions(request: ServerRequest): readonly number[] | undefined {
  const text = header(request, 'if-match')
  return text === undefined || text === '*' ? undefined : versionsIn(text)
}

const versionsIn = (text: string): readonly number[] => [...text.matchAll(/"(\d{1,16})"/g)].map((match) => Number(match[1]))
