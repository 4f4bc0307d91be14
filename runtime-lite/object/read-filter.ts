import { ObjectQLError } from '../problem/problem.ts'
import type { SlotValue } from '../query/ast.ts'
import type { QueryLimits } from '../query/parse/query-limits.ts'
import { parseSort } from '../query/parse/sort.ts'
import { slotSink } from '../query/parse/value-sink.ts'
import { parseWhere } from '../query/parse/where.ts'
import type { Filter } from './filtered-writes.ts'

/**
 * The filter of a write, in any spelling that queries take. Writing all records has to be meant: `{}`, not nothing.
 * @throws ObjectQLError 400 naming the place: `where.$or[1].amount`.
 */
export function readFilter(
  where: unknown,
  orderBy: unknown,
  limits: QueryLimits,
  { parameter = 'where' }: { readonly parameter?: string } = {},
): Filter {
  if (where === undefined || where === null || where === '')
    throw new ObjectQLError(400, 'INVALID_FILTER', `"${parameter}" says which records are meant. An empty filter, {}, means all of them.`)
  const values: SlotValue[] = []
  const sink = slotSink(values, 0)
  const condition = parseWhere(where, { sink, limits, parameter })
  return {
    ...(condition ? { where: condition } : {}),
    ...(orderBy === undefined || orderBy === null ? {} : { orderBy: parseSort(orderBy, { sink, limits, parameter: 'orderBy' }) }),
    values,
  }
}
