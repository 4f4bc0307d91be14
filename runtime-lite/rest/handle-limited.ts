import type { AppCore } from '../app/app-core.ts'
import { currentUser } from '../context/request-context.ts'
import { CallLimit, underLimit } from '../database/call-limit.ts'
import type { KnownCheck } from '../middleware/rest-context.ts'
import { type Deliver, failure, handle } from './handle.ts'
import type { ServerRequest } from './request.ts'

/** Milliseconds a request may wait for a remote database when the configuration says nothing. */
const STATEMENT_TIMEOUT = 30_000

/**
 * Answers one request. Where the database is not in this process, what it still does for the request is stopped once the time is over or the
 * client has gone, which `whenGone` tells. A database in this process answers before anybody could go.
 */
export function handleLimited(core: AppCore, request: ServerRequest, deliver: Deliver, whenGone: (cancel: () => void) => void): void {
  if (core.aroundRest) core.aroundRest(request, deliver, (passed, known) => handleAsked(core, request, passed, whenGone, known))
  else handleAsked(core, request, deliver, whenGone)
}

/** The same, inside of what goes around requests. */
function handleAsked(
  core: AppCore,
  request: ServerRequest,
  deliver: Deliver,
  whenGone: (cancel: () => void) => void,
  known?: KnownCheck,
): void {
  const refuse = (error: unknown): void => deliver(failure(core, error))
  const go = (): void => handleKnown(core, request, deliver, whenGone)
  // An async function: what it throws at once is a rejection too.
  const work = known ? (): void => void (async () => known(currentUser()))().then(go, refuse) : go
  if (core.authenticator && !isOpen(core, request)) core.authenticator(request, work, refuse)
  else work()
}

/** What every client may see: health, documentation, and which methods there are. */
function isOpen({ manifest: { api } }: AppCore, { method, target }: ServerRequest): boolean {
  if (method === 'OPTIONS') return true
  const { basePath } = api
  return (
    target.charCodeAt(0) === SLASH && !(target.startsWith(basePath) && (basePath === '' || target.charCodeAt(basePath.length) === SLASH))
  )
}

const SLASH = 47

/** The same, once it is known who asks. */
function handleKnown(core: AppCore, request: ServerRequest, deliver: Deliver, whenGone: (cancel: () => void) => void): void {
  if (!core.driver) {
    handle(core, request, deliver)
    return
  }
  const { statementTimeoutMs = STATEMENT_TIMEOUT } = core.manifest.api
  const limit = new CallLimit(statementTimeoutMs > 0 ? { timeout: statementTimeoutMs } : {})
  whenGone(limit.cancel)
  underLimit(limit, () =>
    handle(core, request, (reply) => {
      limit.end()
      deliver(reply)
    }),
  )
}
