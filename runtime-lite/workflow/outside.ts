import type { RawRecord } from '../object/object-plan.ts'
import { ObjectQLError } from '../problem/problem.ts'
import type { Notification, StepCall } from './step-call.ts'
import { current, type StepRun, scopeOf } from './step-run.ts'
import type { WorkflowHost } from './workflow-host.ts'
import type { OutgoingRequest } from './workflow-plan.ts'

/** Milliseconds a web hook may take, where its step says nothing. */
const CALL_TIMEOUT = 10_000
/** Characters of an answer that are kept. */
const LONGEST_ANSWER = 100_000

/** What a script is called with. */
export function stepCall(run: StepRun, params: RawRecord): StepCall {
  const { host, row, record } = run
  const { access } = host
  const { workflow, object, record: id, variables } = current(run)
  return {
    ...{ workflow, step: row.step, instance: row.instance, idempotencyKey: row.id, attempt: row.attempt, object: object ?? undefined },
    ...{ id: id ?? undefined, record, input: params, params, variables, user: scopeOf(run).user as RawRecord },
    ...{ api: access, ql: access, db: access },
  }
}

/** The effect of a leased step: worked out in its transaction, done after it. Gives what can be stored. */
export function outsideEffect(run: StepRun): () => Promise<unknown> {
  const { host, step, record, row } = run
  const scope = scopeOf(run)
  if (step.type === 'webhook') {
    const request = step.request(record, scope)
    return () => send(host, request, { key: row.id, timeout: step.timeout ?? CALL_TIMEOUT })
  }
  if (step.type !== 'notification') throw new Error(`A step of type "${step.type}" is not leased.`)
  const { workflow, object, record: id } = run.instance
  const notification: Notification = {
    ...{ channel: step.channel, message: step.message(record, scope), workflow, step: row.step, instance: row.instance },
    ...{ object: object ?? undefined, id: id ?? undefined, idempotencyKey: row.id },
  }
  return async () => {
    if (!host.notify) throw new ObjectQLError(422, 'VALIDATION_ERROR', NOBODY)
    return host.notify(notification)
  }
}

const NOBODY = 'Nobody can be told: give createApp a function `workflows.notify`.'

async function send(
  { fetch, mayCall }: WorkflowHost,
  request: OutgoingRequest,
  { key, timeout }: { readonly key: string; readonly timeout: number },
): Promise<unknown> {
  const url = URL.canParse(request.url) ? new URL(request.url) : undefined
  if (!url || !/^https?:$/.test(url.protocol))
    throw new ObjectQLError(422, 'VALIDATION_ERROR', `"${request.url.slice(0, 200)}" is no URL that can be called.`)
  if (!fetch || !mayCall(url))
    throw new ObjectQLError(422, 'VALIDATION_ERROR', `Calls to "${url.host}" are not allowed: see the option \`workflows.outgoing\`.`)
  const body = request.body === undefined ? undefined : JSON.stringify(request.body)
  const response = await fetch(url.href, {
    method: request.method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), 'idempotency-key': key, ...request.headers },
    ...(body === undefined ? {} : { body }),
    // What was allowed is this address, not where it sends us.
    redirect: 'manual',
    signal: AbortSignal.timeout(timeout),
  })
  const text = (await response.text()).slice(0, LONGEST_ANSWER)
  if (response.ok) return { status: response.status, body: parsed(text) }
  const said = `"${url.host}" answered ${response.status}.`
  // A refusal will not get better by asking again; limits and failures may.
  const isFinal = response.status < 500 && response.status !== 408 && response.status !== 429
  throw isFinal ? new ObjectQLError(422, 'VALIDATION_ERROR', said) : new Error(said)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
