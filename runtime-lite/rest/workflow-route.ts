import type { AppCore } from '../app/app-core.ts'
import { currentAsker } from '../app/workflow-host.ts'
import { notFound, ObjectQLError } from '../problem/problem.ts'
import type { NewAssignee } from '../types/workflow.ts'
import { isPlainObject } from '../validate/plain-object.ts'
import type { StartOptions } from '../workflow/workflows.ts'
import { jsonBody } from './body.ts'
import { decoded } from './negotiate.ts'
import { jsonReply, type Reply } from './reply.ts'
import type { ServerRequest } from './request.ts'
import { noQuery } from './route-methods.ts'

/** `/api/workflows/…`: tasks, instances, and starting workflows. `at` is where the path goes on behind `workflows`. */
export async function workflowRoute(core: AppCore, request: ServerRequest, at: number): Promise<Reply> {
  const { target } = request
  const query = target.indexOf('?', at)
  const queryAt = query < 0 ? target.length : query
  const path = target.slice(at, queryAt).replace(/^\/|\/$/g, '')
  const parts = path.split('/').map(decoded)
  const [first = '', second = '', third, fourth, ...rest] = parts
  // No id and no name has one, and databases refuse it.
  if (rest.length > 0 || path.includes('%00')) throw nothing()
  if (first === 'tasks' && parts.length === 1) return only(request, 'GET', () => tasks(core, request, queryAt))
  if (first === 'instances' && parts.length === 1) return only(request, 'GET', () => instances(core, request, queryAt))
  if (first === 'instances' && third === 'steps' && parts.length === 3) return only(request, 'GET', () => steps(core, second))
  if (first === 'tasks' && third === 'actions' && fourth !== undefined)
    return only(request, 'POST', () => act(core, request, { task: second, action: fourth, queryAt }))
  if (first === 'tasks' && third === 'reassign' && parts.length === 3)
    return only(request, 'POST', () => reassign(core, request, second, queryAt))
  if (first === 'instances' && (third === 'retry' || third === 'cancel') && parts.length === 3)
    return only(request, 'POST', () => changed(core, request, { instance: second, what: third, queryAt }))
  if (second === 'start' && parts.length === 2) return only(request, 'POST', () => start(core, request, first, queryAt))
  throw nothing()
}

const nothing = (): ObjectQLError => notFound('There is no such resource.')

async function only(request: ServerRequest, method: 'GET' | 'POST', answer: () => Promise<Reply>): Promise<Reply> {
  const allowed = method === 'GET' ? 'GET, HEAD, OPTIONS' : 'POST, OPTIONS'
  if (request.method === 'OPTIONS') return { status: 204, headers: ['allow', allowed], body: undefined }
  if (request.method === method || (method === 'GET' && request.method === 'HEAD')) return answer()
  throw new ObjectQLError(405, 'METHOD_NOT_ALLOWED', `Allowed here: ${allowed}.`, undefined, ['allow', allowed])
}

const PAGED = ['object', 'record', 'workflow', 'limit', 'cursor'] as const

/** The parameters of a list. @throws ObjectQLError 400 for others. */
function parametersOf({ target }: ServerRequest, queryAt: number, more: string): Record<string, string | number> {
  const found: Record<string, string | number> = {}
  for (const [name, value] of new URLSearchParams(target.slice(queryAt + 1))) {
    if (name !== more && !(PAGED as readonly string[]).includes(name))
      throw new ObjectQLError(400, 'INVALID_QUERY', `"${name.slice(0, 64)}" has no meaning for this operation.`)
    found[name] = name === 'limit' ? Number(value) : value
  }
  return found
}

async function tasks(core: AppCore, request: ServerRequest, queryAt: number): Promise<Reply> {
  const filter = parametersOf(request, queryAt, 'assignee')
  const asker = currentAsker()
  const { assignee } = filter
  if (asker.isKnown && assignee !== undefined && assignee !== asker.id && !asker.roles.includes(String(assignee)))
    throw new ObjectQLError(403, 'FORBIDDEN', 'You may look at tasks that are for you: by your id, your roles and your queues.')
  return jsonReply(200, JSON.stringify(await (await core.workflows()).api.tasks(filter)))
}

async function instances(core: AppCore, request: ServerRequest, queryAt: number): Promise<Reply> {
  return jsonReply(200, JSON.stringify(await (await core.workflows()).api.instances(parametersOf(request, queryAt, 'state'))))
}

async function steps(core: AppCore, instance: string): Promise<Reply> {
  return jsonReply(200, JSON.stringify({ items: await (await core.workflows()).api.history(instance) }))
}

interface Acted {
  readonly task: string
  readonly action: string
  readonly queryAt: number
}

async function act(core: AppCore, request: ServerRequest, { task, action, queryAt }: Acted): Promise<Reply> {
  noQuery(request, queryAt)
  const body = bodyOf(request, ['comment'])
  return jsonReply(200, JSON.stringify(await (await core.workflows()).api.act(task, action, body)))
}

async function reassign(core: AppCore, request: ServerRequest, task: string, queryAt: number): Promise<Reply> {
  noQuery(request, queryAt)
  const { assignee, comment } = bodyOf(request, ['assignee', 'comment'])
  const { api } = await core.workflows()
  const options = comment === undefined ? {} : { comment: comment as string }
  return jsonReply(200, JSON.stringify(await api.reassign(task, assignee as NewAssignee, options)))
}

interface Changed {
  readonly instance: string
  readonly what: 'retry' | 'cancel'
  readonly queryAt: number
}

async function changed(core: AppCore, request: ServerRequest, { instance, what, queryAt }: Changed): Promise<Reply> {
  noQuery(request, queryAt)
  bodyOf(request, [])
  const { api } = await core.workflows()
  return jsonReply(200, JSON.stringify(await api[what](instance)))
}

async function start(core: AppCore, request: ServerRequest, name: string, queryAt: number): Promise<Reply> {
  noQuery(request, queryAt)
  const body = bodyOf(request, ['record', 'variables'])
  const { record, variables } = body
  if (record !== undefined && typeof record !== 'string') throw new ObjectQLError(400, 'INVALID_REQUEST', '"record" is the id of a record.')
  if (variables !== undefined && !isPlainObject(variables)) throw new ObjectQLError(400, 'INVALID_REQUEST', '"variables" is an object.')
  const instance = await (await core.workflows()).startAs(name, body as StartOptions, currentAsker())
  if (instance === null) throw new ObjectQLError(409, 'CONFLICT', 'The workflow is under way for this record already.')
  return jsonReply(201, JSON.stringify({ instance }))
}

const bodyText = (names: readonly string[]): string =>
  names.length === 0 ? 'The body is empty.' : `The body is an object with ${names.join(', ')}.`

/** An object with these members; nothing is as good as an empty one. */
function bodyOf(request: ServerRequest, names: readonly string[]): { readonly [name: string]: unknown } {
  if (!request.body || request.body.length === 0) return {}
  const body = jsonBody(request)
  if (!isPlainObject(body)) throw new ObjectQLError(400, 'INVALID_REQUEST', bodyText(names))
  for (const name of Object.keys(body))
    if (!names.includes(name))
      throw new ObjectQLError(400, 'INVALID_REQUEST', `"${name.slice(0, 64)}" has no meaning here. ${bodyText(names)}`)
  return body
}
