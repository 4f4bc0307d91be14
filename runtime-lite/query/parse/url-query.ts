import { queryError } from '../../problem/problem.ts'
import { nearestName } from '../../validate/nearest-name.ts'
import type { Operand, Query, SlotValue } from '../ast.ts'
import { parseAggregates, parseGroupBy } from './aggregate.ts'
import { parseAggregatesText, parseGroupText } from './aggregate-text.ts'
import { assemble, noParts, type QueryParts } from './assemble.ts'
import { parseExpand } from './expand.ts'
import { parseExpandText } from './expand-text.ts'
import { type FieldParameter, fieldCondition, fieldParameter } from './field-parameter.ts'
import { listOperands } from './json-expression.ts'
import { parseJson } from './json-text.ts'
import { decodeMarked, decodePlain, hasMark, type MarkedText, markCalls } from './marked-text.ts'
import { parseOdataFilter } from './odata-filter.ts'
import { integerError } from './paging.ts'
import type { ParseScope } from './parse-scope.ts'
import type { QueryLimits } from './query-limits.ts'
import { isJson, type ScannedUrl, UNTYPED_MARK } from './scan-url.ts'
import { parseSelect } from './select.ts'
import { parseSort, parseSortText } from './sort.ts'
import { CONSTANT_SINK, slotSink } from './value-sink.ts'
import { parseWhere } from './where.ts'

/** What a URL's query string says, with the values that do not come from the URL's own literals. */
export interface ParsedUrl {
  readonly query: Query
  /** Values of `filter=<JSON>` and other JSON, in slots that follow those of the scanner. */
  readonly extraValues: readonly SlotValue[]
  /** False when the key holds values (JSON with values in it): such a plan is not shared by key, but by structure. */
  readonly isShapeOnly: boolean
}

type Meaning =
  | 'filter'
  | 'jsonFilter'
  | 'orderby'
  | 'top'
  | 'skip'
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

/** Spelling → meaning. `$`-names as OData has them, simple names as ObjectQL's earlier servers had them. */
const PARAMETERS: Readonly<Record<string, Meaning>> = {
  $filter: 'filter',
  filter: 'jsonFilter',
  filters: 'jsonFilter',
  where: 'jsonFilter',
  $orderby: 'orderby',
  orderby: 'orderby',
  orderBy: 'orderby',
  sort: 'orderby',
  $top: 'top',
  top: 'top',
  limit: 'top',
  $skip: 'skip',
  skip: 'skip',
  offset: 'skip',
  $select: 'select',
  select: 'select',
  fields: 'select',
  $expand: 'expand',
  expand: 'expand',
  populate: 'expand',
  $count: 'count',
  count: 'count',
  cursor: 'cursor',
  $search: 'search',
  search: 'search',
  searchFields: 'searchFields',
  distinct: 'distinct',
  groupBy: 'groupBy',
  groupby: 'groupBy',
  aggregate: 'aggregate',
  aggregations: 'aggregate',
  having: 'having',
}

/**
 * Parses the shape key of a scanned URL.
 * @throws ObjectQLError 400 naming the parameter and the position.
 */
export function parseUrlQuery({ key, literals }: ScannedUrl, limits: QueryLimits): ParsedUrl {
  const parts = noParts()
  const extraValues: SlotValue[] = []
  const context: UrlContext = {
    limits,
    literals,
    taken: new Set(),
    slot: 0,
    scope: (parameter) => ({ sink: slotSink(extraValues, literals.length), parameter, limits }),
  }
  const seen = new Set<string>()
  const fields: FieldGroup[] = []

  for (const piece of key.split('&')) {
    if (piece === '') continue
    const equals = piece.indexOf('=')
    const name = decodePlain(equals < 0 ? piece : piece.slice(0, equals), 'name')
    if (equals < 0) throw queryError('INVALID_QUERY', name, `The parameter "${name}" has no value.`)
    const encoded = piece.slice(equals + 1)
    const isDeleted = name === 'deleted' && (encoded === 'only' || encoded === 'with')
    const meaning = isDeleted ? 'deleted' : Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name] : undefined
    if (meaning === undefined && name.startsWith('$')) throw queryError('INVALID_QUERY', name, unknownOption(name))
    const known = seen.has(meaning === undefined ? `=${name}` : meaning)
    if (meaning === undefined) {
      const parameter = fieldParameter(name)
      if (known && !parameter.isRepeated) throw twice(name)
      const values = fieldValues(name, encoded, parameter, context)
      const group = fields.find((one) => one.name === name)
      if (group) group.values.push(...values)
      else fields.push({ name, parameter, values, place: parts.conditions.length + fields.length })
    } else {
      if (known) throw twice(name)
      readParameter(meaning, name, encoded, parts, context)
    }
    seen.add(meaning === undefined ? `=${name}` : meaning)
  }
  // Conditions keep the order in which they were written.
  for (const { name, parameter, values, place } of fields) parts.conditions.splice(place, 0, fieldCondition(name, parameter, values))
  return { query: assemble(parts), extraValues, isShapeOnly: extraValues.length === 0 }
}

interface UrlContext {
  readonly limits: QueryLimits
  readonly literals: readonly string[]
  /** Aliases of groups and aggregates. */
  readonly taken: Set<string>
  readonly scope: (parameter: string) => ParseScope
  /** Slot of the next literal. */
  slot: number
}

interface FieldGroup {
  readonly name: string
  readonly parameter: FieldParameter
  readonly values: Operand[]
  readonly place: number
}

const twice = (name: string) => queryError('INVALID_QUERY', name, `The parameter "${name}" is given twice.`)

function readParameter(meaning: Meaning, name: string, encoded: string, parts: QueryParts, context: UrlContext): void {
  const { limits, scope, taken } = context
  switch (meaning) {
    case 'filter':
    case 'jsonFilter':
    case 'having': {
      const json = jsonOf(encoded, name)
      const condition =
        json === undefined ? parseOdataFilter(marked(encoded, name, context), limits.maxFilterDepth) : parseWhere(json, scope(name))
      if (meaning === 'having') parts.having = { at: name, condition }
      else if (condition) parts.conditions.push(condition)
      return
    }
    case 'orderby': {
      const json = jsonOf(encoded, name)
      parts.orderBy =
        json === undefined ? parseSortText(marked(encoded, name, context), limits.maxFilterDepth) : parseSort(json, scope(name))
      return
    }
    case 'expand': {
      const json = jsonOf(encoded, name)
      parts.expand = json === undefined ? parseExpandText(marked(encoded, name, context), limits) : parseExpand(json, scope(name))
      return
    }
    case 'groupBy': {
      const json = jsonOf(encoded, name)
      parts.groupBy =
        json === undefined
          ? parseGroupText(marked(encoded, name, context), limits.maxFilterDepth, taken)
          : parseGroupBy(json, scope(name), taken)
      return
    }
    case 'aggregate': {
      const json = jsonOf(encoded, name)
      parts.aggregates =
        json === undefined
          ? parseAggregatesText(marked(encoded, name, context), limits.maxFilterDepth, taken)
          : parseAggregates(json, scope(name), taken)
      return
    }
    case 'top':
    case 'skip':
      if (encoded !== UNTYPED_MARK) throw integerError(name)
      parts[meaning === 'top' ? 'limit' : 'offset'] = nextSlot(context)
      return
    case 'cursor':
      if (encoded !== UNTYPED_MARK) throw queryError('INVALID_QUERY', name, `"${name}" is the next_cursor of the page before.`)
      parts.cursor = nextSlot(context)
      return
    case 'search':
      parts.search = { text: untypedValue(encoded, context) }
      return
    case 'searchFields':
      parts.searchFields = { at: name, names: parseSelect(decodePlain(encoded, name), name) }
      return
    case 'select':
      parts.select = parseSelect(decodePlain(encoded, name), name)
      return
    case 'distinct': {
      const text = decodePlain(encoded, name)
      parts.distinct = text === 'true' || text === 'false' ? text === 'true' : { at: name, names: parseSelect(text, name) }
      return
    }
    case 'deleted':
      parts.deleted = encoded === 'only' ? 'only' : 'with'
      return
    case 'count':
      parts.total = totalOf(decodePlain(encoded, name), name)
      return
    default:
      meaning satisfies never
  }
}

/** Undefined for what is no JSON, by the rule of the scanner, which left JSON as it is. */
const jsonOf = (encoded: string, name: string): unknown => (isJson(encoded, 0) ? parseJson(decodePlain(encoded, name), name) : undefined)

/** Names without parentheses come from the scanner as they are: the literals of a calculation among them are part of the shape. */
function marked(encoded: string, name: string, context: UrlContext): MarkedText {
  if (!hasMark(encoded)) return markCalls(decodePlain(encoded, name), name, CONSTANT_SINK)
  const source = decodeMarked(encoded, name, context.slot, context.literals)
  context.slot += source.literals.length
  return source
}

const nextSlot = (context: UrlContext): Operand => ({ kind: 'slot', index: context.slot++, type: 'untyped' })

/** A literal, or one of the words null, true and false, which stand in the key itself. */
const untypedValue = (encoded: string, context: UrlContext): Operand =>
  encoded === UNTYPED_MARK ? nextSlot(context) : { kind: 'constant', value: encoded, type: 'untyped' }

function fieldValues(name: string, encoded: string, { operator, isRepeated }: FieldParameter, context: UrlContext): Operand[] {
  if (operator === 'between' && encoded.includes(UNTYPED_MARK)) return encoded.split(',').map((one) => untypedValue(one, context))
  if (isRepeated || (operator !== 'in' && operator !== 'nin')) return [untypedValue(encoded, context)]
  if (encoded === UNTYPED_MARK) return [{ kind: 'slot', index: context.slot++, type: 'list' }]
  const json = jsonOf(encoded, name)
  if (json === undefined) return [{ kind: 'constant', value: encoded, type: 'list' }]
  if (!Array.isArray(json)) throw queryError('INVALID_FILTER', name, `"${name}" takes a list of values.`)
  return [...listOperands(json, context.scope(name), name)]
}

function totalOf(text: string, name: string): Query['total'] {
  if (text === 'true' || text === 'exact') return 'exact'
  if (text === 'false' || text === 'none') return 'none'
  if (text === 'estimated') return 'estimated'
  throw queryError('INVALID_QUERY', name, `"${name}" is true, false, exact or estimated. To filter by a field of that name use $filter.`)
}

function unknownOption(name: string): string {
  const guess = nearestName(
    name,
    Object.keys(PARAMETERS).filter((one) => one.startsWith('$')),
  )
  const help = guess ? ` Did you mean "${guess}"?` : ''
  return `The query option "${name}" is not known.${help} Use $filter, $orderby, $top, $skip, $select, $expand, $count or $search.`
}
