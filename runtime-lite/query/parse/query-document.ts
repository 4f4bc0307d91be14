import { queryError } from '../../problem/problem.ts'
import { nearestName } from '../../validate/nearest-name.ts'
import { isPlainObject } from '../../validate/plain-object.ts'
import type { Operand, Query, SlotValue } from '../ast.ts'
import { parseAggregates, parseGroupBy } from './aggregate.ts'
import { assemble, noParts, type QueryParts } from './assemble.ts'
import { expandItem, parseExpand } from './expand.ts'
import { pagingOperand } from './paging.ts'
import { below, type ParseScope } from './parse-scope.ts'
import type { QueryLimits } from './query-limits.ts'
import { mergeExpands, selectionOf } from './select.ts'
import { parseSort } from './sort.ts'
import { namedSink, slotSink, type ValueSink } from './value-sink.ts'
import { parseWhere } from './where.ts'

export interface DocumentScope {
  readonly limits: QueryLimits
  /** The object that is asked; a document that names another one is refused. */
  readonly object?: string
  /** Slot of the first value. Default 0. Without meaning for named queries. */
  readonly firstSlot?: number
  /**
   * Of a named query: the names of its parameters, in the order of their slots. `'$name'` stands for a value then, and all other values
   * are constants of the query.
   */
  readonly parameters?: readonly string[]
  /** Takes a parameter that is not among them and gives its slot; undefined: it is refused. Default: all are. */
  readonly addParameter?: (name: string) => number | undefined
}

export interface ParsedDocument {
  readonly query: Query
  /** In slot order, from `firstSlot` on. Empty for named queries. */
  readonly values: readonly SlotValue[]
}

type Meaning =
  | 'where'
  | 'orderBy'
  | 'limit'
  | 'offset'
  | 'select'
  | 'expand'
  | 'count'
  | 'cursor'
  | 'search'
  | 'searchFields'
  | 'distinct'
  | 'groupBy'
  | 'aggregate'
  | 'having'
  | 'deleted'
  | 'object'

const MEMBERS: Readonly<Record<string, Meaning>> = {
  where: 'where',
  filter: 'where',
  filters: 'where',
  $filter: 'where',
  orderBy: 'orderBy',
  sort: 'orderBy',
  $orderby: 'orderBy',
  limit: 'limit',
  top: 'limit',
  $top: 'limit',
  offset: 'offset',
  skip: 'offset',
  $skip: 'offset',
  select: 'select',
  fields: 'select',
  $select: 'select',
  expand: 'expand',
  populate: 'expand',
  $expand: 'expand',
  count: 'count',
  $count: 'count',
  cursor: 'cursor',
  search: 'search',
  $search: 'search',
  searchFields: 'searchFields',
  distinct: 'distinct',
  groupBy: 'groupBy',
  aggregate: 'aggregate',
  aggregations: 'aggregate',
  having: 'having',
  deleted: 'deleted',
  object: 'object',
}

const REFUSED: Readonly<Record<string, string>> = {
  joins: '"joins" is not part of the language: relations are followed by paths ("owner.name"), nested filters and expand.',
  windowFunctions: '"windowFunctions" is not part of the language: group with groupBy and aggregations.',
}

/**
 * A query as JSON: the body of QUERY and of `POST /api/:object/query`, options of a call in process, and named queries.
 * @throws ObjectQLError 400 naming the place: `where.$or[1].amount`.
 */
export function parseQueryDocument(document: unknown, scope: DocumentScope): ParsedDocument {
  if (!isPlainObject(document))
    throw queryError('INVALID_QUERY', 'query', 'A query is an object such as { "where": { "status": "open" } }.')
  const values: SlotValue[] = []
  const context: DocumentContext = {
    sink: scope.parameters ? namedSink(scope.parameters, scope.addParameter) : slotSink(values, scope.firstSlot ?? 0),
    limits: scope.limits,
    object: scope.object,
    taken: new Set(),
  }
  const parts = noParts()
  const seen = new Map<Meaning, string>()
  for (const [name, value] of Object.entries(document)) {
    if (value === undefined) continue
    const meaning = Object.hasOwn(MEMBERS, name) ? MEMBERS[name] : undefined
    if (!meaning) throw queryError('INVALID_QUERY', name, unknownMember(name))
    if (value === null) continue
    const other = seen.get(meaning)
    if (other !== undefined) throw queryError('INVALID_QUERY', name, `"${other}" and "${name}" mean the same: give one of them.`)
    seen.set(meaning, name)
    readMember(meaning, name, value, parts, context)
  }
  return { query: assemble(parts), values }
}

interface DocumentContext {
  readonly sink: ValueSink
  readonly limits: QueryLimits
  readonly object: string | undefined
  /** Aliases of groups and aggregates. */
  readonly taken: Set<string>
}

function unknownMember(name: string): string {
  if (Object.hasOwn(REFUSED, name)) return REFUSED[name] as string
  const known = Object.keys(MEMBERS).filter((one) => !one.startsWith('$') && one !== 'object')
  const guess = nearestName(name, known)
  return `The query option "${name.slice(0, 64)}" is not known. ${guess ? `Did you mean "${guess}"?` : `Use ${known.join(', ')}.`}`
}

function readMember(meaning: Meaning, name: string, value: unknown, parts: QueryParts, context: DocumentContext): void {
  const { sink, limits, taken } = context
  const scope: ParseScope = { sink, limits, parameter: name }
  switch (meaning) {
    case 'where': {
      const where = parseWhere(value, scope)
      if (where) parts.conditions.push(where)
      return
    }
    case 'having':
      parts.having = { at: name, condition: parseWhere(value, scope) }
      return
    case 'orderBy':
      parts.orderBy = parseSort(value, scope)
      return
    case 'expand':
      parts.expand = mergeExpands([...parts.expand, ...parseExpand(value, scope)], name)
      return
    case 'groupBy':
      parts.groupBy = parseGroupBy(value, scope, taken)
      return
    case 'aggregate':
      parts.aggregates = parseAggregates(value, scope, taken)
      return
    case 'limit':
    case 'offset': {
      const operand = pagingOperand(value, scope)
      if (operand) parts[meaning] = operand
      return
    }
    case 'select': {
      const { names, relations } = selectionOf(value, name)
      if (names) parts.select = names
      const expands = relations.map((one) => expandItem(one.field, one.options, { ...scope, parameter: one.at }, 1))
      parts.expand = mergeExpands([...parts.expand, ...expands], name)
      return
    }
    case 'cursor':
      parts.cursor = textOperand(value, scope, `"${name}" is the next_cursor of the page before.`)
      return
    case 'search':
      parts.search = searchOf(value, scope)
      return
    case 'searchFields':
      parts.searchFields = { at: name, names: namesOf(value, name) }
      return
    case 'distinct':
      parts.distinct = typeof value === 'boolean' ? value : { at: name, names: namesOf(value, name) }
      return
    case 'count':
      parts.total = totalOf(value, name)
      return
    case 'deleted':
      if (value !== 'only' && value !== 'with') throw queryError('INVALID_QUERY', name, `"${name}" is "only" or "with".`)
      parts.deleted = value
      return
    case 'object':
      if (typeof value !== 'string' || (context.object !== undefined && value !== context.object))
        throw queryError('INVALID_QUERY', name, `This query is about "${context.object}".`)
      return
    default:
      meaning satisfies never
  }
}

function textOperand(value: unknown, { sink, parameter }: ParseScope, message: string): Operand {
  if (typeof value !== 'string') throw queryError('INVALID_QUERY', parameter, message)
  return sink.take(value, 'string', parameter)
}

/** A text, or `{ query, fields, operator }`. */
function searchOf(value: unknown, scope: ParseScope): QueryParts['search'] {
  const { parameter } = scope
  if (!isPlainObject(value)) return { text: textOperand(value, scope, `"${parameter}" is a text, or { query, fields, operator }.`) }
  const { query, text = query, fields, operator, ...rest } = value
  const unknown = Object.keys(rest).find((key) => rest[key] !== undefined)
  if (unknown !== undefined)
    throw queryError(
      'INVALID_QUERY',
      below(parameter, unknown),
      `"${unknown.slice(0, 64)}" is not known here. Use query, fields and operator.`,
    )
  if (operator !== undefined && operator !== 'and' && operator !== 'or')
    throw queryError('INVALID_QUERY', below(parameter, 'operator'), '"operator" is "and" or "or".')
  return {
    text: textOperand(text, { ...scope, parameter: below(parameter, 'query') }, '"query" is the text to search for.'),
    ...(fields === undefined ? {} : { fields: namesOf(fields, below(parameter, 'fields')) }),
    ...(operator === undefined ? {} : { operator }),
  }
}

function namesOf(value: unknown, parameter: string): readonly string[] {
  const { names, relations } = selectionOf(value, parameter)
  if (!names || names.length === 0 || relations.length > 0)
    throw queryError('INVALID_QUERY', parameter, `"${parameter}" is a list of field names.`)
  return names
}

function totalOf(value: unknown, name: string): Query['total'] {
  if (value === true || value === 'exact') return 'exact'
  if (value === false || value === 'none') return 'none'
  if (value === 'estimated') return 'estimated'
  throw queryError('INVALID_QUERY', name, `"${name}" is true, false, "exact" or "estimated".`)
}
