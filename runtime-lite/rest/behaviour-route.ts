import type { AppCore } from '../app/app-core.ts'
import type { TransactionScope } from '../app/transaction-scope.ts'
import { jsonBody } from './body.ts'
import { decoded } from './negotiate.ts'
import { objectRoute } from './object-route.ts'
import { undoneReplies } from './prefer.ts'
import { emptyReply, jsonReply, type Reply, ROUTE_AGAIN } from './reply.ts'
import type { ServerRequest } from './request.ts'
import { noQuery } from './route-methods.ts'

/** Carries an answer out of a transaction that keeps nothing. */
class Undone {
  readonly reply: Reply
  constructor(reply: Reply) {
    this.reply = reply
  }
}

/** A request to an object whose hooks wait: all of it in one transaction. */
export async function transactionRoute(core: AppCore, objectName: string, request: ServerRequest, at: number): Promise<Reply> {
  try {
    return await core.runTransaction(async () => {
      const scope = core.transactions?.current() as TransactionScope
      const store = await scope.store(objectName)
      let reply: Reply | typeof ROUTE_AGAIN
      do reply = await objectRoute(store, request, at, core.manifest.api)
      while (reply === ROUTE_AGAIN)
      if (undoneReplies.has(reply)) throw new Undone(reply)
      return reply
    })
  } catch (error) {
    if (error instanceof Undone) return error.reply
    throw error
  }
}

export interface CalledAction {
  readonly id: string | undefined
  readonly action: string
  readonly queryAt: number
}

/** `/<id>/actions/<action>`, `/<id>:<action>` and `/actions/<action>`, behind the name of an object that has actions. */
export function calledAction(target: string, at: number): CalledAction | undefined {
  const query = target.indexOf('?', at)
  const queryAt = query < 0 ? target.length : query
  const path = target.slice(at, queryAt)
  const named = /^(?:\/([^/]+))?\/actions\/([^/]+)\/?$/.exec(path) ?? /^\/([^/]+):([^/:]+)\/?$/.exec(path)
  if (!named) return undefined
  const [, id, action = ''] = named
  return { id: id === undefined ? undefined : decoded(id), action: decoded(action), queryAt }
}

/** Runs an action and answers with what it returns, as it is; nothing is 204. */
export async function actionRoute(
  core: AppCore,
  objectName: string,
  request: ServerRequest,
  { id, action, queryAt }: CalledAction,
): Promise<Reply> {
  noQuery(request, queryAt)
  const params = request.body && request.body.length > 0 ? jsonBody(request) : {}
  const runner = await core.actions()
  const json = await runner.run({ object: objectName, action, id, params, isRemote: true, render: jsonOf })
  return json === undefined ? emptyReply(204) : jsonReply(200, json as string)
}

function jsonOf(result: unknown): string | undefined {
  if (result === undefined) return undefined
  try {
    return JSON.stringify(result) ?? 'null'
  } catch (cause) {
    throw new TypeError('What the action returned is no JSON.', { cause })
  }
}
