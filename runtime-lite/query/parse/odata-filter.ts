import type { Condition } from '../ast.ts'
import type { MarkedText } from './marked-text.ts'
import { odataParser } from './odata-parser.ts'

/**
 * A whole text as one condition: `status eq 'open' and (length(name) gt 3 or contacts/any(c: c/email ne null))`.
 * @throws ObjectQLError 400 INVALID_FILTER with the position.
 */
export function parseOdataFilter(source: MarkedText, maxDepth: number): Condition {
  const parser = odataParser(source, maxDepth, 'INVALID_FILTER')
  const condition = parser.condition()
  const rest = parser.peek()
  if (rest.kind !== 'end') parser.fail(`Expected "and" or "or" in ${source.parameter}, found ${parser.shown(rest)}.`, rest)
  return condition
}
