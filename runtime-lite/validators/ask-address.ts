import type { RawRecord } from '../object/object-plan.ts'
import type { Question, ValidatorAddress } from './question.ts'
import type { ValidatorContext } from './validator-context.ts'
import { type Environment, withEnvironment } from './with-environment.ts'

/** Bytes of an answer: it says yes or no. */
const MAX_ANSWER = 64 * 1024

/** What calls addresses: `fetch`, or what a program has in its place. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

export interface Outside {
  readonly fetch: Fetch
  readonly environment: Environment
}

/**
 * Asks an address and gives what it answered: JSON with a status of 2xx, at most 64 KiB, from that address itself, no redirect followed.
 * Rejects for anything else.
 */
export async function askAddress(
  address: ValidatorAddress,
  question: Question,
  context: ValidatorContext,
  { fetch, environment }: Outside,
): Promise<unknown> {
  const url = new URL(withEnvironment(address.url, environment))
  // What the environment says is not known while compiling.
  if (!/^https?:$/.test(url.protocol)) throw new Error(`"${url.protocol}" is neither https: nor http:.`)
  const isRead = address.method === 'GET'
  if (isRead) for (const [name, value] of Object.entries(asked(context))) url.searchParams.set(name, textOf(value))
  const headers = Object.entries(address.headers ?? {}).map(([name, value]) => [name, withEnvironment(value, environment)] as const)
  const response = await fetch(url.href, {
    method: isRead ? 'GET' : 'POST',
    headers: { accept: 'application/json', ...Object.fromEntries(headers), ...(isRead ? {} : { 'content-type': 'application/json' }) },
    ...(isRead ? {} : { body: JSON.stringify(bodyOf(question, context)) }),
    // What the schema names is this address, not where it sends us.
    redirect: 'manual',
    signal: context.signal,
  })
  if (!response.ok) {
    await response.body?.cancel()
    throw new Error(`"${url.host}" answered ${response.status === 0 ? 'with a redirect' : response.status}.`)
  }
  const text = await shortText(response, url.host)
  try {
    return JSON.parse(text)
  } catch {
    throw new Error(`"${url.host}" answered with something that is no JSON.`)
  }
}

/** What every call says. */
const asked = ({ rule, object, operation, id, field, value }: ValidatorContext): RawRecord => ({
  ...{ rule, object, operation, id },
  ...(field === undefined ? {} : { field, value: value ?? null }),
})

function bodyOf({ secrets = [] }: Question, context: ValidatorContext): RawRecord {
  const { record, previous, params, userId, locale } = context
  return {
    ...asked(context),
    record: without(record, secrets),
    previous: previous ? without(previous, secrets) : null,
    params,
    user: userId === undefined ? null : { id: userId },
    locale: locale ?? null,
  }
}

const without = (record: RawRecord, names: readonly string[]): RawRecord =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)))

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** Reads no more of an answer than it may have. */
async function shortText({ body }: Response, host: string): Promise<string> {
  if (!body) return ''
  const decoder = new TextDecoder()
  const reader = body.getReader()
  let text = ''
  let size = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return text + decoder.decode()
      size += value.byteLength
      if (size > MAX_ANSWER) throw new Error(`"${host}" answered with more than ${MAX_ANSWER} bytes.`)
      text += decoder.decode(value, { stream: true })
    }
  } finally {
    // Gives the connection up where there would be more.
    reader.cancel().catch(() => undefined)
  }
}
