import type { AppCore } from '../app/create-app.ts'
import { notFound, ObjectQLError } from '../problem/problem.ts'
import { decoded, requireJson } from './negotiate.ts'
import { objectRoute } from './object-route.ts'
import { problemReply, type Reply } from './reply.ts'
import type { ServerRequest } from './request.ts'
import { systemRoute } from './system-route.ts'

/** Receives the answer, exactly once: at once for reads, after COMMIT for writes and for what was read after them. */
export type Deliver = (reply: Reply) => void

/** Answers one request. Never throws, never rejects: whatever goes wrong is answered as a problem document. */
export function handle(core: AppCore, request: ServerRequest, deliver: Deliver): void {
  let reply: Reply | Promise<Reply>
  try {
    reply = route(core, request)
  } catch (error) {
    reply = problemReply(error)
  }
  if (reply instanceof Promise)
    reply.then(
      (settled) => finish(core, settled, deliver),
      (error: unknown) => finish(core, problemReply(error), deliver),
    )
  else finish(core, reply, deliver)
}

function finish({ database: { turn } }: AppCore, reply: Reply, deliver: Deliver): void {
  if (turn.isWriting) turn.afterCommit((error) => deliver(error ? problemReply(error) : reply))
  else deliver(reply)
}

/** Routes on character positions of the raw target: no URL object, no regular expression. */
function route(core: AppCore, request: ServerRequest): Reply | Promise<Reply> {
  const { target } = request
  const { basePath, maxUrlBytes } = core.manifest.api
  if (target.length > maxUrlBytes)
    throw new ObjectQLError(
      414,
      'URI_TOO_LONG',
      `The URL is longer than ${maxUrlBytes} bytes. Send long filters as "filter" in fewer pieces.`,
    )
  if (!target.startsWith(basePath) || target.charCodeAt(basePath.length) !== 47) return systemRoute(core, request)
  requireJson(request)
  const start = basePath.length + 1
  let end = start
  for (; end < target.length; end++) {
    const code = target.charCodeAt(end)
    if (code === 47 || code === 63) break
  }
  const name = target.slice(start, end)
  const slot = core.slotByName.get(name) ?? core.slotByName.get(decoded(name))
  if (!slot) {
    if (name === 'metadata') return systemRoute(core, request)
    throw notFound(`There is no object "${decoded(name).slice(0, 64)}".`)
  }
  if (slot.store) return objectRoute(slot.store, request, end, core.manifest.api)
  return core.load(slot).then((store) => objectRoute(store, request, end, core.manifest.api))
}
