import type { RequestUser } from '../context/request-context.ts'
import type { Maybe } from '../database/session.ts'
import type { Reply } from '../rest/reply.ts'
import type { ServerRequest } from '../rest/request.ts'
import { calledTwice, middlewareBug } from './middleware-bug.ts'

/** Headers by name, whatever their case. A flat list of names and values, as servers have it. */
export class HeaderList {
  readonly #pairs: string[]

  constructor(pairs: readonly string[] = []) {
    this.#pairs = [...pairs]
  }

  /** All values of a name, joined by commas; undefined where there is none. */
  get(name: string): string | undefined {
    const folded = name.toLowerCase()
    const values = this.#pairs.filter((_, at) => at % 2 === 1 && this.#pairs[at - 1]?.toLowerCase() === folded)
    return values.length === 0 ? undefined : values.join(', ')
  }

  has(name: string): boolean {
    return this.get(name) !== undefined
  }

  /** Takes the place of whatever has that name. @throws TypeError for a value with a line break. */
  set(name: string, value: string): void {
    this.delete(name)
    this.append(name, value)
  }

  /** @throws TypeError for what cannot stand in a header. */
  append(name: string, value: string): void {
    if (!TOKEN.test(name) || !VALUE.test(value)) throw new TypeError(`"${name.slice(0, 64)}" cannot be a header with that value.`)
    this.#pairs.push(name, value)
  }

  delete(name: string): void {
    const folded = name.toLowerCase()
    for (let at = this.#pairs.length - 2; at >= 0; at -= 2) if (this.#pairs[at]?.toLowerCase() === folded) this.#pairs.splice(at, 2)
  }

  toList(): string[] {
    return [...this.#pairs]
  }
}

/** RFC 9110, 5.1 and 5.5. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

/** An answer, before it is sent. Status and headers may be changed. */
export class RestReply {
  status: number
  readonly headers: HeaderList
  readonly body: string | Uint8Array | undefined

  /** `headers`: names and values. */
  constructor(status: number, headers: Readonly<Record<string, string>> = {}, body?: string | Uint8Array) {
    this.status = status
    this.headers = new HeaderList()
    for (const [name, value] of Object.entries(headers)) this.headers.set(name, value)
    this.body = body
  }

  /** An answer in JSON. */
  static json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): RestReply {
    return new RestReply(status, { 'content-type': 'application/json', ...headers }, JSON.stringify(body))
  }
}

/** Looks at who asks. */
export type KnownCheck = (user: RequestUser | undefined) => Maybe<void>

/** What middleware around requests is called with. */
export class RestContext {
  readonly method: string
  /** Path and query, percent-encoded as received. */
  readonly target: string
  /** Without the query. */
  readonly path: string
  /** As received. Not to be changed. */
  readonly headers: Pick<HeaderList, 'get' | 'has'>
  /** Address of the other end of the connection, which may be a proxy; undefined behind a fetch handler. */
  readonly remoteAddress: string | undefined
  /** Shared by the middleware of one request. */
  readonly state: { [name: string]: unknown } = {}
  /** How far middleware called on. */
  #reached = 0
  readonly #checks: KnownCheck[] = []
  readonly #failed: (error: unknown) => Reply

  constructor({ method, target, rawHeaders, socket }: ServerRequest, failed: (error: unknown) => Reply) {
    this.#failed = failed
    const query = target.indexOf('?')
    this.method = method
    this.target = target
    this.path = query < 0 ? target : target.slice(0, query)
    this.headers = new HeaderList(rawHeaders)
    this.remoteAddress = socket?.remoteAddress
  }

  /**
   * Has a function called once it is known who asks, before anything is done for them: with the user, or with undefined where nobody in particular
   * asks. Requests whose credentials are refused never get there. What it throws is the answer. Only before `next()`.
   */
  whenKnown(check: KnownCheck): void {
    this.#checks.push(check)
  }

  /** Undefined where nobody wants to know. */
  get known(): KnownCheck | undefined {
    if (this.#checks.length === 0) return undefined
    return async (user) => {
      for (const check of this.#checks) await check(user)
    }
  }

  /** Called by generated code where the middleware of a level calls `next`. @throws ObjectQLError 500 the second time. */
  async next(level: number, name: string, inside: () => unknown): Promise<RestReply> {
    if (this.#reached >= level) throw calledTwice(name)
    this.#reached = level
    return this.answer(inside)
  }

  /** What comes from inside, errors as problem documents: nobody outside has to catch any. */
  async answer(inside: () => unknown): Promise<RestReply> {
    try {
      return checked(await inside())
    } catch (error) {
      return restReplyOf(this.#failed(error))
    }
  }
}

export function restReplyOf({ status, headers, body }: Reply): RestReply {
  const reply = new RestReply(status, {}, body)
  for (let at = 0; at < headers.length; at += 2) reply.headers.append(headers[at] as string, headers[at + 1] as string)
  return reply
}

/** @throws ObjectQLError 500 for anything that is no answer. */
function checked(given: unknown): RestReply {
  if (!(given instanceof RestReply))
    throw middlewareBug('A middleware around REST gave no reply: return what next() gives, or a RestReply.')
  const { status } = given
  if (!Number.isInteger(status) || status < 200 || status > 599)
    throw middlewareBug(`A middleware around REST gave the status ${String(status).slice(0, 64)}.`)
  return given
}

/** What a listener sends. */
export const replyOf = ({ status, headers, body }: RestReply): Reply => ({ status, headers: headers.toList(), body })
