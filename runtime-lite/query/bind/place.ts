import { type ObjectQLError, queryError } from '../../problem/problem.ts'
import type { Expression } from '../ast.ts'

/** Where something stands in what the client wrote: for messages. */
export interface Place {
  readonly parameter: string
  readonly position?: number
}

export const placeOf = ({ at, parameter }: Pick<Expression, 'at' | 'parameter'>, otherwise: string): Place => ({
  parameter: parameter ?? otherwise,
  ...(at === undefined ? {} : { position: at }),
})

export const filterError = (place: Place, message: string): ObjectQLError =>
  queryError('INVALID_FILTER', place.parameter, message, place.position)
