import { whenReady } from '../database/session.ts'
import type { ObjectStore } from '../object/object-store.ts'
import { noTrash } from '../object/trash/trash-records.ts'
import { preferences, preferred } from './prefer.ts'
import { emptyReply, type Reply, type Routed, recordReply } from './reply.ts'
import type { ServerRequest } from './request.ts'
import { allow, noQuery, otherMethod, type Route } from './route-methods.ts'

const ROUTE: Route = { POST: ['delete'] }

/** `POST /api/<object>/<id>/restore` and `POST /api/<object>/<id>/purge`. */
export function trashRoute(store: ObjectStore, request: ServerRequest, id: string, what: 'restore' | 'purge', queryAt: number): Routed {
  if (!store.plan.trash) throw noTrash(store.plan)
  if (request.method !== 'POST') return otherMethod(store, request, ROUTE)
  allow(store, 'POST', ROUTE)
  noQuery(request, queryAt)
  const wanted = preferences(request)
  return preferred(store, wanted, (inner) => {
    if (what === 'purge') return whenReady(inner.delete(id, undefined, { isPurged: true }), () => emptyReply(204))
    return whenReady(
      inner.restore(id),
      ([json, version]): Reply =>
        wanted.isMinimal ? { status: 204, headers: ['etag', `W/"${version}"`], body: undefined } : recordReply(200, json, version),
    )
  })
}
