import { ObjectQLError } from '../../runtime-lite/problem/problem.ts'
import type { Condition, Expression } from '../../runtime-lite/query/ast.ts'
import { CONSTANT_SINK } from '../../runtime-lite/query/parse/value-sink.ts'
import { parseWhere } from '../../runtime-lite/query/parse/where.ts'
import type { Json } from '../source/json.ts'
import { isJsonObject } from './attributes.ts'
import type { FieldIndex } from './field-index.ts'

/** The filter as queries take it and the fields it looks at, or what is wrong with it. */
export type SummaryFilter = { readonly filter: Json | undefined; readonly fields: readonly string[] } | { readonly problem: string }

/** What named queries take for the time of a request, or for whoever asks. */
const OF_REQUESTS = /^\$(?:today|now|current_user(?:\.\w+)*|currentUser|user\.\w+)$/i

const LIMITS = { maxFilterDepth: 32, maxExpandDepth: 0, maxPageSize: 1, defaultPageSize: 1 }

/** Reads which records count for a roll-up: a filter in any spelling of queries, or a list of `{ field, operator, value }`. */
export function readSummaryFilter(authored: Json | undefined, fields: FieldIndex): SummaryFilter {
  if (authored === undefined || authored === null) return { filter: undefined, fields: [] }
  const filter = Array.isArray(authored) ? authored.map(criterion) : criterion(authored)
  let condition: Condition | undefined
  try {
    condition = parseWhere(filter, { sink: CONSTANT_SINK, limits: LIMITS, parameter: 'filter' })
  } catch (error) {
    if (error instanceof ObjectQLError) return { problem: error.message }
    throw error
  }
  if (condition === undefined) return { filter: undefined, fields: [] }
  const found = new Set<string>()
  const problem = readFields(condition, fields, found)
  return problem === undefined ? { filter, fields: [...found] } : { problem }
}

/** `{ field, operator, value }` of the older dialect as `[field, operator, value]`. */
const criterion = (value: Json): Json =>
  isJsonObject(value) && typeof value['field'] === 'string' && typeof value['operator'] === 'string'
    ? [value['field'], value['operator'], value['value'] ?? null]
    : value

/** Collects the fields a condition looks at; gives what cannot be kept up to date. */
function readFields(part: Condition | Expression, fields: FieldIndex, found: Set<string>): string | undefined {
  if (part.kind === 'related') return `it looks at other records through "${part.path.join('.')}"`
  if (part.kind === 'field') {
    const name = part.path.join('.')
    if (fields.resolve(name) !== name) return `"${fields.object}" has no field "${name}" of its own`
    found.add(name)
    return undefined
  }
  for (const value of Object.values(part))
    for (const inner of Array.isArray(value) ? value : [value]) {
      if (typeof inner !== 'object' || inner === null || !('kind' in inner)) continue
      if (inner.kind === 'slot') continue
      if (inner.kind === 'constant' && 'value' in inner) {
        const { value: text } = inner as { readonly value: unknown }
        if (typeof text !== 'string' || !OF_REQUESTS.test(text)) continue
        return `"${text}" is another value for each request, and what is rolled up is kept`
      }
      const problem = readFields(inner as Condition | Expression, fields, found)
      if (problem !== undefined) return problem
    }
  return undefined
}
