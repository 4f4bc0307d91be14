import type { ApiMethod } from '../object/object-plan.ts'
import type { ObjectStore } from '../object/object-store.ts'
import { ObjectQLError } from '../problem/problem.ts'
import type { Reply } from './reply.ts'
import type { ServerRequest } from './request.ts'

const SLASH = 47

/** HTTP methods of a resource and the operations each needs: an object may offer some of them only. */
export type Route = Readonly<Record<string, readonly ApiMethod[]>>

/** Allow headers by plan and route: browsers ask before every cross-origin call. */
const allowedByPlan = new WeakMap<ObjectStore['plan'], Map<Route, string>>()

function allowed({ plan }: ObjectStore, route: Route): string {
  const known = allowedByPlan.get(plan)?.get(route)
  if (known !== undefined) return known
  const methods = Object.entries(route).flatMap(([method, operations]) =>
    operations.every((operation) => plan.methods.includes(operation)) ? (method === 'GET' ? ['GET', 'HEAD'] : [method]) : [],
  )
  const text = [...methods, 'OPTIONS'].join(', ')
  allowedByPlan.set(plan, (allowedByPlan.get(plan) ?? new Map<Route, string>()).set(route, text))
  return text
}

/** @throws ObjectQLError 405 when the object does not offer what the method of the route needs. */
export function allow(store: ObjectStore, method: string, route: Route): void {
  for (const operation of route[method] ?? []) if (!store.plan.methods.includes(operation)) throw methodNotAllowed(store, route)
}

/** Answers OPTIONS. @throws ObjectQLError 405 for any other method. */
export function otherMethod(store: ObjectStore, request: ServerRequest, route: Route): Reply {
  if (request.method !== 'OPTIONS') throw methodNotAllowed(store, route)
  const headers = ['allow', allowed(store, route)]
  if ('QUERY' in route && store.plan.methods.includes('list')) headers.push('accept-query', 'application/json')
  return { status: 204, headers, body: undefined }
}

function methodNotAllowed(store: ObjectStore, route: Route): ObjectQLError {
  const methods = allowed(store, route)
  return new ObjectQLError(405, 'METHOD_NOT_ALLOWED', `Allowed here: ${methods}.`, undefined, ['allow', methods])
}

/** @throws ObjectQLError 400 for a query string where none has a meaning. */
export function noQuery({ target }: ServerRequest, queryAt: number): void {
  if (queryAt + 1 < target.length && target.charCodeAt(queryAt) !== SLASH)
    throw new ObjectQLError(400, 'INVALID_QUERY', 'This operation takes no query parameters.')
}
