import type { AppCore } from '../app/app-core.ts'
import { notFound, ObjectQLError } from '../problem/problem.ts'
import { isPlainObject } from '../validate/plain-object.ts'
import { jsonBody } from './body.ts'
import { decoded } from './negotiate.ts'
import { jsonReply, type Reply } from './reply.ts'
import type { ServerRequest } from './request.ts'
import { noQuery } from './route-methods.ts'

/** `POST /api/<object>/<id>/events/<EVENT>`: the body is what comes with the event. Answers with the record. */
export async function eventRoute(core: AppCore, object: string, request: ServerRequest, at: number): Promise<Reply> {
  const query = request.target.indexOf('?', at)
  const queryAt = query < 0 ? request.target.length : query
  const [, id, event] = /^\/([^/]+)\/events\/([^/]+)\/?$/.exec(request.target.slice(at, queryAt)) ?? []
  if (id === undefined || event === undefined) throw notFound('There is no such resource.')
  noQuery(request, queryAt)
  const payload = request.body && request.body.length > 0 ? jsonBody(request) : {}
  if (!isPlainObject(payload)) throw new ObjectQLError(400, 'INVALID_REQUEST', 'What comes with an event is an object.')
  const { sendEvent } = await import('../app/send-event.ts')
  const record = await sendEvent(core, { object, id: decoded(id), event: decoded(event), payload })
  return jsonReply(200, JSON.stringify(record))
}
