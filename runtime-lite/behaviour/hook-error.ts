import { ObjectQLError } from '../problem/problem.ts'

/**
 * What an error of a hook or an action means to the caller. `throw new Error('…')` is a refusal in words that somebody chose: 422, or the
 * `status` it has. Anything else (TypeError …) is a bug, of which callers learn nothing.
 */
export function hookError(error: unknown): unknown {
  if (!(error instanceof Error) || error.constructor !== Error) return error
  const { status } = error as { readonly status?: unknown }
  const isRefusal = typeof status === 'number' && Number.isInteger(status) && status >= 400 && status < 500
  const problem = new ObjectQLError(isRefusal ? status : 422, 'VALIDATION_ERROR', error.message)
  problem.cause = error
  return problem
}
