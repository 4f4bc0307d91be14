import { queryError } from '../../problem/problem.ts'
import type { Operand } from '../ast.ts'
import type { ParseScope } from './parse-scope.ts'

/** `limit` and `offset` of a JSON query: a number, or the parameter of a named query. */
export function pagingOperand(value: unknown, scope: ParseScope): Operand | undefined {
  if (value === undefined || value === null) return undefined
  const { parameter, sink } = scope
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST) return sink.take(value, 'number', parameter)
  const named = typeof value === 'string' ? sink.named(value, parameter) : undefined
  if (named) return named
  throw integerError(parameter)
}

const MOST = 2_147_483_647

export const integerError = (parameter: string, position?: number) =>
  queryError('INVALID_QUERY', parameter, `"${parameter}" must be a whole number from 0 to ${MOST}.`, position)
