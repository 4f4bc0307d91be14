import { type ObjectQLError, queryError } from '../../problem/problem.ts'
import { MAX_DEPTH, type QueryLimits } from './query-limits.ts'
import type { ValueSink } from './value-sink.ts'

/** What parsers of JSON share. */
export interface ParseScope {
  readonly sink: ValueSink
  /** Where the value to parse stands in what the client wrote: `where`, `expand.contacts.where`. */
  readonly parameter: string
  readonly limits: QueryLimits
}

/** `filter.$or[1].amount`. */
export const below = (parameter: string, key: string): string => (parameter === '' ? key : `${parameter}.${key}`)

export const filterError = (parameter: string, message: string): ObjectQLError => queryError('INVALID_FILTER', parameter, message)

export const maxFilterDepth = ({ limits }: ParseScope): number => Math.min(limits.maxFilterDepth, MAX_DEPTH)
