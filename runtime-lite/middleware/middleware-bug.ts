import { ObjectQLError } from '../problem/problem.ts'

/** For a bug in a middleware: clients learn nothing of it, operators which one it is. */
export function middlewareBug(message: string): ObjectQLError {
  const problem = new ObjectQLError(500, 'INTERNAL_ERROR', 'A middleware failed.')
  problem.cause = new Error(message)
  return problem
}

export const calledTwice = (name: string): ObjectQLError => middlewareBug(`The middleware "${name}" called next() twice.`)
