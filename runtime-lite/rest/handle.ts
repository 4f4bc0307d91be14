import type { AppCore } from '../app/app-core.ts'
import { NeedsTransaction } from '../behaviour/needs-transaction.ts'
import { asking, currentContext } from '../context/request-context.ts'
import { wantedLanguages } from '../context/wanted-languages.ts'
import type { ObjectStore } from '../object/object-store.ts'
import { notFound, ObjectQLError } from '../problem/problem.ts'
import { MissingPlan } from '../query/bind/bind-scope.ts'
import { decoded, requireJson } from './negotiate.ts'
import { objectRoute } from './object-route.ts'
import { problemReply, type Reply, ROUTE_AGAIN, type Routed } from './reply.ts'
import { header, type ServerRequest } from './request.ts'
import { systemRoute } from './system-route.ts'

/** Receives the answer, exactly once: at once for reads, after COMMIT for writes and for what was read after them. */
export type Deliver = (reply: Reply) => void

/** Answers one request. Never throws, never rejects: whatever goes wrong is answered as a problem document. */
export function handle(core: AppCore, request: ServerRequest, deliver: Deliver): void {
  const { embedded } = core
  if (embedded && embedded.gate.held !== 'none' && embedded.gate.isClosed(isRead(request))) {
    // A transaction over several turns has the database: no request fails that can wait.
    embedded.gate.pass(isRead(request)).then(
      () => handle(core, request, deliver),
      (error: unknown) => deliver(failure(core, error)),
    )
    return
  }
  let routed: Routed
  try {
    routed = route(core, request)
  } catch (error) {
    routed = otherwise(core, request, error) ?? failure(core, error)
  }
  if (routed instanceof Promise) answerLater(core, request, deliver, routed)
  else finish(core, routed, deliver)
}

function answerLater(core: AppCore, request: ServerRequest, deliver: Deliver, routed: Exclude<Routed, Reply>): void {
  routed.then(
    (reply) => (reply === ROUTE_AGAIN ? handle(core, request, deliver) : deliver(reply)),
    (error: unknown) => {
      const other = otherwise(core, request, error)
      if (other) answerLater(core, request, deliver, other)
      else deliver(failure(core, error))
    },
  )
}

/** Another way to answer a request that went wrong before anything was kept. */
function otherwise(core: AppCore, request: ServerRequest, error: unknown): Exclude<Routed, Reply> | undefined {
  if (error instanceof MissingPlan) return core.plans.loadPlans([error.objectName]).then(() => ROUTE_AGAIN)
  // A record that is written along has hooks that wait.
  return error instanceof NeedsTransaction ? Promise.resolve().then(() => route(core, request, true)) : undefined
}

/** Requests that change nothing go on while a transaction writes. `POST …/query` and `POST …/queries/<name>` are reads. */
function isRead({ method, target }: ServerRequest): boolean {
  if (method === 'GET' || method === 'HEAD' || method === 'QUERY' || method === 'OPTIONS') return true
  return method === 'POST' && /\/(?:query|queries\/[^/?]+)\/?(?:\?|$)/.test(target)
}

function finish(core: AppCore, reply: Reply, deliver: Deliver): void {
  const { embedded } = core
  if (embedded?.turn.isWriting) embedded.turn.afterCommit((error) => deliver(error ? failure(core, error) : reply))
  else deliver(reply)
}

export function failure(core: Pick<AppCore, 'report'>, error: unknown): Reply {
  const reply = problemReply(error)
  if (reply.status === 500) core.report(error)
  return reply
}

/** Routes on character positions of the raw target: no URL object, no regular expression. */
function route(core: AppCore, request: ServerRequest, isApart = false): Routed {
  const { target } = request
  const { basePath, maxUrlBytes } = core.manifest.api
  if (target.length > maxUrlBytes) throw new ObjectQLError(414, 'URI_TOO_LONG', `The URL is longer than ${maxUrlBytes} bytes.`)
  if (!target.startsWith(basePath) || target.charCodeAt(basePath.length) !== 47) return elsewhere(core, request, isApart)
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
    if (name === 'workflows' && core.manifest.workflows)
      return import('./workflow-route.ts').then((module) => module.workflowRoute(core, request, end))
    throw notFound(`There is no object "${decoded(name).slice(0, 64)}".`)
  }
  const { store } = slot
  if (!store) return core.load(slot).then(() => ROUTE_AGAIN)
  const languages = store.plan.rules?.plan.isMultilingual && !isRead(request) ? header(request, 'accept-language') : undefined
  if (languages === undefined) return routeObject(core, store, request, end, isApart)
  // Nobody said who asks, so the application does, as everywhere.
  const context = currentContext() ?? { user: undefined, isSystem: true, isAssumed: true }
  return asking({ ...context, languages: wantedLanguages(languages) }, () => routeObject(core, store, request, end, isApart))
}

function routeObject(core: AppCore, store: ObjectStore, request: ServerRequest, end: number, isApart: boolean): Routed {
  const { behaviour, actions, rules } = store.plan
  if (behaviour || actions || isApart || rules?.waits) {
    const routed = behaviourRoute(core, store, request, end, isApart)
    if (routed) return routed
  }
  return objectRoute(store, request, end, core.manifest.api)
}

type BehaviourRoutes = typeof import('./behaviour-route.ts')
let behaviourRoutes: BehaviourRoutes | undefined

/** What hooks and rules that wait, and actions, make different. `needsTransaction`: those of a related record wait. Undefined: nothing. */
function behaviourRoute(
  core: AppCore,
  { plan }: ObjectStore,
  request: ServerRequest,
  end: number,
  needsTransaction: boolean,
): Routed | undefined {
  const { behaviour, actions, name, rules } = plan
  const isAction = actions !== undefined && request.method === 'POST'
  // Reads whose hooks wait need no transaction: they are answered when their hooks are done.
  const isApart = needsTransaction || ((behaviour?.waits === true || rules?.waits === true) && !isRead(request))
  if (
    (behaviour?.machines ?? behaviour?.charts) &&
    request.method === 'POST' &&
    plan.methods.includes('update') &&
    request.target.includes('/events/', end)
  )
    return import('./event-route.ts').then(({ eventRoute }) => eventRoute(core, name, request, end))
  if (!isAction && !isApart) return undefined
  if (!behaviourRoutes)
    return import('./behaviour-route.ts').then((module) => {
      behaviourRoutes = module
      return ROUTE_AGAIN
    })
  const called = isAction && plan.methods.length > 0 ? behaviourRoutes.calledAction(request.target, end) : undefined
  if (called) return behaviourRoutes.actionRoute(core, name, request, called)
  return isApart ? behaviourRoutes.transactionRoute(core, name, request, end) : undefined
}

/** Proxies send the absolute form (RFC 9112, 3.2.2), which means the same as the path in it. */
function elsewhere(core: AppCore, request: ServerRequest, isApart: boolean): Routed {
  const origin = request.target.charCodeAt(0) === 47 ? null : /^https?:\/\/[^/?#]*/i.exec(request.target)
  if (!origin) return systemRoute(core, request)
  const path = request.target.slice(origin[0].length)
  return route(core, { ...request, target: path.startsWith('/') ? path : `/${path}` }, isApart)
}
