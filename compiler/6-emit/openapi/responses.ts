import type { ProblemCode } from '../../../runtime-lite/problem/problem.ts'
import type { Json } from '../../source/json.ts'
import type { Components, JsonMap, Reference } from './components.ts'

interface ProblemKind {
  readonly name: string
  readonly title: string
  readonly when: string
  readonly code: ProblemCode
  readonly detail: string
  readonly errors?: Json
  readonly header?: 'Allow' | 'RetryAfter'
}

/** Every answer that is a problem document, by status. */
const PROBLEMS = {
  400: {
    name: 'BadRequest',
    title: 'Bad Request',
    when: 'The request is not understood: malformed JSON, an unknown parameter, field or operator.',
    code: 'INVALID_QUERY',
    detail: '"$top" must be a whole number from 0 to 2147483647.',
    errors: [{ parameter: '$top', code: 'invalid_query', message: '"$top" must be a whole number from 0 to 2147483647.' }],
  },
  401: {
    name: 'Unauthenticated',
    title: 'Unauthorized',
    when: 'Nobody has signed in, and the answer depends on who asks.',
    code: 'UNAUTHENTICATED',
    detail: 'Sign in first.',
  },
  403: {
    name: 'Forbidden',
    title: 'Forbidden',
    when: 'It is known who asks, and it is not for them.',
    code: 'FORBIDDEN',
    detail: 'The task is for somebody else.',
  },
  404: {
    name: 'NotFound',
    title: 'Not Found',
    when: 'There is no such record or resource.',
    code: 'NOT_FOUND',
    detail: 'No record has this id.',
  },
  405: {
    name: 'MethodNotAllowed',
    title: 'Method Not Allowed',
    when: 'The resource does not support the method.',
    code: 'METHOD_NOT_ALLOWED',
    detail: 'Allowed here: GET, HEAD.',
    header: 'Allow',
  },
  406: {
    name: 'NotAcceptable',
    title: 'Not Acceptable',
    when: 'The client accepts no JSON.',
    code: 'NOT_ACCEPTABLE',
    detail: 'This resource is available as application/json only.',
  },
  409: {
    name: 'Conflict',
    title: 'Conflict',
    when: 'Another record has the same unique value, or other records still refer to this one.',
    code: 'CONFLICT',
    detail: 'Another record has the same value.',
  },
  412: {
    name: 'PreconditionFailed',
    title: 'Precondition Failed',
    when: 'The record has changed since the version named in If-Match.',
    code: 'PRECONDITION_FAILED',
    detail: 'The record has changed since the version you know.',
  },
  413: {
    name: 'ContentTooLarge',
    title: 'Content Too Large',
    when: 'The body is too large.',
    code: 'PAYLOAD_TOO_LARGE',
    detail: 'The request body is larger than the server accepts.',
  },
  415: {
    name: 'UnsupportedMediaType',
    title: 'Unsupported Media Type',
    when: 'The body is not JSON.',
    code: 'UNSUPPORTED_MEDIA_TYPE',
    detail: 'The content type "text/plain" is not supported. Send application/json.',
  },
  422: {
    name: 'ValidationFailed',
    title: 'Unprocessable Content',
    when: 'Values of the body are not valid; `errors` names all of them.',
    code: 'VALIDATION_ERROR',
    detail: 'Name is required.',
    errors: [{ pointer: '/name', code: 'required', message: 'Name is required.' }],
  },
  429: {
    name: 'TooManyRequests',
    title: 'Too Many Requests',
    when: 'The client sends too many requests.',
    code: 'RATE_LIMIT_EXCEEDED',
    detail: 'Too many requests. Try again later.',
    header: 'RetryAfter',
  },
  500: {
    name: 'InternalError',
    title: 'Internal Server Error',
    when: 'The server failed.',
    code: 'INTERNAL_ERROR',
    detail: 'The server could not complete the request.',
  },
  503: {
    name: 'Unavailable',
    title: 'Service Unavailable',
    when: 'The server is starting, stopping or overloaded.',
    code: 'UNAVAILABLE',
    detail: 'The server is busy. Try again later.',
    header: 'RetryAfter',
  },
} as const satisfies Readonly<Record<number, ProblemKind>>

export type ProblemStatus = keyof typeof PROBLEMS

/** The problems of reading, and of the four ways to write. */
export const READ_PROBLEMS: readonly ProblemStatus[] = [400, 406, 429, 500, 503]
export const GET_PROBLEMS: readonly ProblemStatus[] = [400, 404, 406, 429, 500, 503]
export const CREATE_PROBLEMS: readonly ProblemStatus[] = [400, 406, 409, 413, 415, 422, 429, 500, 503]
export const QUERY_PROBLEMS: readonly ProblemStatus[] = [400, 406, 413, 415, 429, 500, 503]
export const BULK_PROBLEMS: readonly ProblemStatus[] = [400, 406, 409, 413, 415, 422, 429, 500, 503]
export const UPDATE_PROBLEMS: readonly ProblemStatus[] = [400, 404, 406, 409, 412, 413, 415, 422, 429, 500, 503]
export const ACTION_PROBLEMS: readonly ProblemStatus[] = [400, 404, 406, 409, 413, 415, 422, 429, 500, 503]
export const DELETE_PROBLEMS: readonly ProblemStatus[] = [400, 404, 406, 409, 412, 429, 500, 503]

/** References to the shared problem responses, by status; `refused` in place of the shared 422. */
export const problems = (
  statuses: readonly ProblemStatus[],
  use: Components,
  refused?: Reference,
): { readonly [status: string]: Reference } =>
  Object.fromEntries(
    statuses.map((status) => {
      if (status === 422 && refused) return [String(status), refused]
      const kind: ProblemKind = PROBLEMS[status]
      return [String(status), use.shared('responses', kind.name, (all) => problemResponse(status, kind, all))]
    }),
  )

function problemResponse(status: number, { title, when, code, detail, errors, header: name }: ProblemKind, use: Components): JsonMap {
  const example: JsonMap = { type: 'about:blank', title, status, detail, code, ...(errors === undefined ? {} : { errors }) }
  return {
    description: when,
    ...(name === undefined ? {} : { headers: { [name === 'Allow' ? 'Allow' : 'Retry-After']: header(name, use) } }),
    content: { 'application/problem+json': { schema: problemSchema(use), example } },
  }
}

/** A 422 with examples of its own. */
export const refusedResponse = (examples: JsonMap, use: Components): JsonMap => ({
  description: PROBLEMS[422].when,
  content: { 'application/problem+json': { schema: problemSchema(use), examples } },
})

const problemSchema = (use: Components): Reference =>
  use.shared('schemas', use.sharedName('Problem'), (all) => ({
    type: 'object',
    description: 'What went wrong (RFC 9457).',
    properties: {
      type: { type: 'string', description: 'Always `about:blank`: `status` and `code` say what kind of problem it is.' },
      title: { type: 'string' },
      status: { type: 'integer', minimum: 400, maximum: 599 },
      detail: { type: 'string', description: 'A sentence for people.' },
      code: { type: 'string', description: 'Stable reason for programs, like `VALIDATION_ERROR`.' },
      errors: { type: 'array', description: 'One entry per wrong value.', items: entrySchema(all) },
    },
    required: ['type', 'title', 'status', 'detail', 'code'],
  }))

const entrySchema = (use: Components): Reference =>
  use.shared('schemas', use.sharedName('ProblemEntry'), () => ({
    type: 'object',
    properties: {
      pointer: { type: 'string', description: 'JSON pointer into the request body.' },
      parameter: { type: 'string', description: 'Name of the query parameter.' },
      position: { type: 'integer', minimum: 0, description: 'Where in the parameter.' },
      code: { type: 'string' },
      message: { type: 'string' },
    },
    required: ['code', 'message'],
  }))

const HEADERS = {
  Allow: { description: 'Methods the resource supports.', schema: { type: 'string' }, example: 'GET, HEAD' },
  ETag: { description: 'Version of the record, for If-Match and If-None-Match.', schema: { type: 'string' }, example: 'W/"3"' },
  Location: {
    description: 'Path of the new record.',
    schema: { type: 'string' },
    example: '/api/records/0194b8a2-6c1e-7f3a-9d52-3f0c8e5a1b07',
  },
  Link: {
    description: 'Other pages (RFC 8288), when `cursor` or an offset was asked for: `first`, `prev`, `next`.',
    schema: { type: 'string' },
    example: '</api/records?limit=50&cursor=>; rel="first"',
  },
  PreferenceApplied: {
    description: 'What was preferred and done (RFC 7240), when something was.',
    schema: { type: 'string' },
    example: 'return=minimal',
  },
  RetryAfter: { description: 'Seconds to wait before the next attempt.', schema: { type: 'integer', minimum: 0 }, example: 1 },
} as const

export const header = (name: keyof typeof HEADERS, use: Components): Reference => use.shared('headers', name, () => HEADERS[name])
