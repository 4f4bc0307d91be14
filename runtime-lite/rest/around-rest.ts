import type { AppCore } from '../app/app-core.ts'
import { outermostFirst, type ProtocolMiddleware, type RestNest } from '../middleware/middleware.ts'
import { calledTwice } from '../middleware/middleware-bug.ts'
import { type KnownCheck, RestContext, type RestReply, replyOf, restReplyOf } from '../middleware/rest-context.ts'
import { type Deliver, failure } from './handle.ts'
import type { ServerRequest } from './request.ts'

/** Answers a request with middleware around what `handle` does. `deliver` is called exactly once, whatever happens. */
export type AroundRest = (request: ServerRequest, deliver: Deliver, handle: (deliver: Deliver, known?: KnownCheck) => void) => void

/** Undefined where nothing goes around requests. */
export function aroundRest(
  core: Pick<AppCore, 'report'>,
  compiled: RestNest | undefined,
  registered: readonly ProtocolMiddleware[],
): AroundRest | undefined {
  if (!compiled && registered.length === 0) return undefined
  const members = outermostFirst(registered)
  const outside = members.filter(({ phase }) => phase === 'outer').map(registeredNest)
  const inside = members.filter(({ phase }) => phase !== 'outer').map(registeredNest)
  const nests: readonly RestNest[] = [...outside, ...(compiled ? [compiled] : []), ...inside]
  return (request, deliver, handle) => {
    const context = new RestContext(request, (error) => failure(core, error))
    const handled = (): Promise<RestReply> => new Promise((resolve) => handle((reply) => resolve(restReplyOf(reply)), context.known))
    const enter = (at: number): Promise<RestReply> => {
      const nest = nests[at]
      return nest ? context.answer(() => nest(context, () => enter(at + 1))) : handled()
    }
    enter(0).then((reply) => deliver(replyOf(reply)))
  }
}

const registeredNest =
  (middleware: ProtocolMiddleware): RestNest =>
  (context, next) => {
    let isCalled = false
    return middleware.execute(context, async () => {
      if (isCalled) throw calledTwice(middleware.name)
      isCalled = true
      return next()
    })
  }
