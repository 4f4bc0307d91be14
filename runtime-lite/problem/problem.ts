import type { Issue } from './issue.ts'

/** Stable machine-readable reasons. The same codes travel over every protocol. */
export type ProblemCode =
  | 'INVALID_REQUEST'
  | 'INVALID_JSON'
  | 'INVALID_QUERY'
  | 'INVALID_FIELD'
  | 'INVALID_FILTER'
  | 'INVALID_SORT'
  /** The server answers only queries it knows (`api.lockdown`), and this is none of them. */
  | 'QUERY_NOT_ALLOWED'
  | 'VALIDATION_ERROR'
  /** It is not known who asks, and this is not for everybody. */
  | 'UNAUTHENTICATED'
  /** It is known who asks, and it is not for them. */
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'METHOD_NOT_ALLOWED'
  | 'NOT_ACCEPTABLE'
  | 'CONFLICT'
  | 'PRECONDITION_FAILED'
  | 'PAYLOAD_TOO_LARGE'
  | 'URI_TOO_LONG'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'HEADERS_TOO_LARGE'
  | 'REQUEST_TIMEOUT'
  | 'RATE_LIMIT_EXCEEDED'
  | 'UNAVAILABLE'
  /** A transaction or a statement took longer than it may. Nothing of it was kept. */
  | 'TIMEOUT'
  /** The caller gave up (AbortSignal). Nothing was kept. */
  | 'CANCELLED'
  | 'DATABASE_ERROR'
  | 'INTERNAL_ERROR'

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  408: 'Request Timeout',
  409: 'Conflict',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  417: 'Expectation Failed',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

/** A problem document (RFC 9457, `application/problem+json`). */
export interface Problem {
  /** Always `about:blank`: the HTTP status and `code` say what kind of problem it is. */
  readonly type: 'about:blank'
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: ProblemCode
  /** One entry per wrong value; pointers are JSON pointers into the request body, or names of query parameters. */
  readonly errors?: readonly ProblemEntry[]
}

export type ProblemEntry =
  | Issue
  | { readonly parameter: string; readonly position?: number; readonly code: string; readonly message: string }

/** What every refused operation throws in process, and what REST answers as a problem document. */
export class ObjectQLError extends Error {
  readonly status: number
  readonly code: ProblemCode
  readonly errors: readonly ProblemEntry[] | undefined
  /** Extra response headers (`allow`, `retry-after`), flat name-value list. */
  readonly headers: readonly string[] | undefined

  constructor(status: number, code: ProblemCode, detail: string, errors?: readonly ProblemEntry[], headers?: readonly string[]) {
    super(detail)
    this.name = 'ObjectQLError'
    this.status = status
    this.code = code
    this.errors = errors
    this.headers = headers
  }

  toJSON(): Problem {
    const { status, code, message, errors } = this
    return {
      type: 'about:blank',
      title: TITLES[status] ?? 'Error',
      status,
      detail: message,
      code,
      ...(errors && errors.length > 0 ? { errors } : {}),
    }
  }
}

/** 422: every issue a validator found, with a sentence that counts them. */
export function validationError(issues: readonly Issue[]): ObjectQLError {
  const [first] = issues
  const detail = issues.length === 1 && first ? first.message : `${issues.length} values are not valid.`
  return new ObjectQLError(422, 'VALIDATION_ERROR', detail, issues)
}

/** 400 for a query parameter, with the place in its decoded text when there is one. Names a client made up are cut short. */
export function queryError(code: ProblemCode, parameter: string, message: string, position?: number): ObjectQLError {
  const detail = message.length <= MAX_DETAIL ? message : `${message.slice(0, MAX_DETAIL)}…`
  const place = { parameter: parameter.slice(0, MAX_PARAMETER), ...(position === undefined ? {} : { position }) }
  return new ObjectQLError(400, code, detail, [{ ...place, code: code.toLowerCase(), message: detail }])
}

const MAX_DETAIL = 300
const MAX_PARAMETER = 100

export const notFound = (detail: string): ObjectQLError => new ObjectQLError(404, 'NOT_FOUND', detail)
