import { ObjectQLError } from '../problem/problem.ts'
import { header, type ServerRequest } from '../rest/request.ts'
import { asking, asSystem, contextOf, type RequestContext, type RequestUser } from './request-context.ts'

/** A request, as `authenticate` sees it. */
export interface AuthenticationRequest {
  readonly method: string
  /** Without the query, percent-encoded as received. */
  readonly path: string
  /** By lower-case name; several of the same name joined by a comma. */
  readonly headers: Readonly<Record<string, string>>
  /** The first header of that name, in any case: costs less than `headers`. */
  header(name: string): string | undefined
}

type MaybeUser = RequestUser | null | undefined

/**
 * Says who sends a request; undefined or null: nobody in particular. A user that is given at once keeps the request on the path that makes no
 * promise. It may read and write by `app`, as the application itself.
 * @throws ObjectQLError 401 for credentials that are wrong, 403 and others likewise: they are the answer. Anything else is a 500.
 */
export type Authenticate<Application = unknown> = (request: AuthenticationRequest, app: Application) => MaybeUser | Promise<MaybeUser>

/** Runs the work of a request in its context, or refuses it. */
export type Authenticator = (request: ServerRequest, work: () => void, refuse: (error: unknown) => void) => void

export const createAuthenticator =
  <Application>(authenticate: Authenticate<Application>, app: Application): Authenticator =>
  (request, work, refuse) => {
    const enter = (user: MaybeUser): void => {
      let context: RequestContext
      try {
        context = contextOf(user, localeOf(request))
      } catch (error) {
        refuse(error)
        return
      }
      asking(context, work)
    }
    let found: MaybeUser | Promise<MaybeUser>
    try {
      found = asSystem(() => authenticate(new SeenRequest(request), app))
    } catch (error) {
      refuse(challenged(error))
      return
    }
    if (isPromise(found)) found.then(enter, (error: unknown) => refuse(challenged(error)))
    else enter(found)
  }

class SeenRequest implements AuthenticationRequest {
  readonly method: string
  readonly path: string
  readonly #request: ServerRequest
  #headers: Readonly<Record<string, string>> | undefined

  constructor(request: ServerRequest) {
    const query = request.target.indexOf('?')
    this.method = request.method
    this.path = query < 0 ? request.target : request.target.slice(0, query)
    this.#request = request
  }

  get headers(): Readonly<Record<string, string>> {
    this.#headers ??= headersOf(this.#request)
    return this.#headers
  }

  header(name: string): string | undefined {
    return header(this.#request, name.toLowerCase())
  }
}

function headersOf({ rawHeaders }: ServerRequest): Readonly<Record<string, string>> {
  const headers: Record<string, string> = Object.create(null)
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] as string).toLowerCase()
    const value = rawHeaders[at + 1] as string
    const before = headers[name]
    headers[name] = before === undefined ? value : `${before}, ${value}`
  }
  return headers
}

/** The language named first, which is nearly always the one that is wanted most. */
function localeOf(request: ServerRequest): string | undefined {
  const accepted = header(request, 'accept-language')
  const [first] = accepted === undefined ? [] : accepted.split(/[,;]/, 1)
  const locale = first?.trim()
  return locale === '' || locale === '*' ? undefined : locale
}

/** RFC 9110, 15.5.2: a 401 says how to do better. */
function challenged(error: unknown): unknown {
  if (!(error instanceof ObjectQLError) || error.status !== 401 || error.headers?.includes('www-authenticate')) return error
  const { message, errors, headers = [] } = error
  return new ObjectQLError(401, error.code, message, errors, [...headers, 'www-authenticate', 'Bearer'])
}

const isPromise = (value: unknown): value is Promise<MaybeUser> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
