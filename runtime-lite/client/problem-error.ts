import type { Problem, ProblemCode, ProblemEntry } from '../problem/problem.ts'

/** A stable reason, or `HTTP_<status>` when the answer did not come from an ObjectQL server (a proxy, say). */
export type ErrorCode = ProblemCode | `HTTP_${number}`

/** The server refused the request. What keeps a request from getting an answer (network, abort) is passed on as it is. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly status: number
  readonly code: ErrorCode
  /** One entry per wrong value. */
  readonly errors: readonly ProblemEntry[]
  /** The response itself, for headers such as `retry-after`; its body is read already. */
  readonly response: Response

  constructor(response: Response, body: string) {
    const { status, statusText } = response
    const problem = problemOf(body)
    super(problem.detail ?? `${status} ${statusText}`.trim())
    this.status = status
    this.code = problem.code ?? `HTTP_${status}`
    this.errors = problem.errors ?? []
    this.response = response
  }
}

/** Anything else than a problem document, JSON or not, says nothing we could rely on. */
function problemOf(body: string): Partial<Problem> {
  try {
    const problem = JSON.parse(body)
    return typeof problem.code === 'string' ? problem : {}
  } catch {
    return {}
  }
}

/** True for a refusal by the server, of that kind if one is given: `isProblem(error, 'NOT_FOUND')`. */
export const isProblem = <Code extends ErrorCode = ErrorCode>(
  error: unknown,
  code?: Code,
): error is ProblemError & { readonly code: Code } => error instanceof ProblemError && (!code || error.code === code)
