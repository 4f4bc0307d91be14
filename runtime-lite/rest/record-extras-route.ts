import { whenReady } from '../database/session.ts'
import { exposed } from '../object/allows.ts'
import { cloneRecord } from '../object/clone-record.ts'
import type { ObjectStore } from '../object/object-store.ts'
import { notFound, ObjectQLError } from '../problem/problem.ts'
import { isPlainObject } from '../validate/plain-object.ts'
import { jsonBody } from './body.ts'
import { jsonReply, type Routed, recordReply } from './reply.ts'
import type { ServerRequest } from './request.ts'
import { allow, noQuery, otherMethod, type Route } from './route-methods.ts'
import { trashRoute } from './trash-route.ts'

const HISTORY: Route = { GET: ['get'] }
const CLONE: Route = { POST: ['create', 'get'] }

/** `/api/<object>/<id>/history`, `clone`, `restore` and `purge`. */
export function recordExtrasRoute(store: ObjectStore, request: ServerRequest, id: string, what: string, queryAt: number): Routed {
  if (what === 'history') return historyRoute(store, request, id, queryAt)
  if (what === 'clone') return cloneRoute(store, request, id, queryAt)
  if (what === 'restore' || what === 'purge') return trashRoute(store, request, id, what, queryAt)
  throw notFound('There is no such resource.')
}

function historyRoute(store: ObjectStore, request: ServerRequest, id: string, queryAt: number): Routed {
  if (request.method !== 'GET' && request.method !== 'HEAD') return otherMethod(store, request, HISTORY)
  allow(store, 'GET', HISTORY)
  const parameters = new URLSearchParams(request.target.slice(queryAt + 1))
  for (const name of parameters.keys())
    if (name !== 'limit' && name !== 'before')
      throw new ObjectQLError(400, 'INVALID_QUERY', `"${name.slice(0, 64)}" has no meaning for this operation.`)
  const [limit, before] = [parameters.get('limit'), parameters.get('before')]
  const options = { ...(limit === null ? {} : { limit: Number(limit) }), ...(before === null ? {} : { before }) }
  return whenReady(store.get(id), (record) => {
    // What is in the trash has a history, too.
    if (!record && !store.plan.trash) throw notFound(`No ${store.plan.label} has the id "${id.slice(0, 64)}".`)
    return whenReady(store.history(id, options), (items) => jsonReply(200, JSON.stringify({ items })))
  })
}

/** The body says what is different, and may name relations whose records are cloned along: `{ values: {…}, children: [...] }`. */
function cloneRoute(store: ObjectStore, request: ServerRequest, id: string, queryAt: number): Routed {
  if (request.method !== 'POST') return otherMethod(store, request, CLONE)
  allow(store, 'POST', CLONE)
  noQuery(request, queryAt)
  const body = jsonBody(request)
  if (!isPlainObject(body))
    throw new ObjectQLError(400, 'INVALID_REQUEST', 'The body is an object: { "values": {…}, "children": […] }, {} for a plain clone.')
  for (const name of Object.keys(body))
    if (name !== 'values' && name !== 'children')
      throw new ObjectQLError(400, 'INVALID_REQUEST', `"${name.slice(0, 64)}" has no meaning here: what is different stands in "values".`)
  const { values = {}, children = [] } = body
  if (!Array.isArray(children)) throw new ObjectQLError(400, 'INVALID_REQUEST', '"children" is a list of names of relations.')
  return whenReady(cloneRecord(store, id, values, { children: children as string[], allows: exposed }), ({ record }) =>
    recordReply(201, record[0], record[1]),
  )
}
