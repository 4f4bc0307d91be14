import { queryError } from '../problem/problem.ts'
import { parseExpand } from './parse-expand.ts'
import { parseFilter } from './parse-filter.ts'
import { parseWhere, type QueryLimits } from './parse-where.ts'
import type { Condition, Expand, Operand, Query, SlotValue, SortItem } from './query.ts'
import { BARE_MARK, decodeLiteral, type ScannedUrl, STRING_MARK, UNTYPED_MARK } from './scan-url.ts'

/** What a URL's query string says, with the values that do not come from the URL's own literals. */
export interface ParsedUrl {
  readonly query: Query
  /** Values of `filter=<JSON>`, in slots that follow those of the scanner. */
  readonly extraValues: readonly SlotValue[]
  /** False when the plan depends on values inside the key (JSON filters): such a plan is not shared by key. */
  readonly isShapeOnly: boolean
}

type Parameter = 'filter' | 'jsonFilter' | 'orderby' | 'top' | 'skip' | 'select' | 'expand' | 'count'

/** Spelling → meaning. `$`-names as OData has them, simple names as ObjectQL's earlier servers had them. */
const PARAMETERS: Readonly<Record<string, Parameter>> = {
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
}

const BRACKET_OPERATORS: Readonly<Record<string, (field: string, value: Operand) => Condition>> = {
  eq: (field, value) => ({ kind: 'compare', field, operator: 'eq', value }),
  ne: (field, value) => ({ kind: 'compare', field, operator: 'ne', value }),
  gt: (field, value) => ({ kind: 'compare', field, operator: 'gt', value }),
  gte: (field, value) => ({ kind: 'compare', field, operator: 'ge', value }),
  ge: (field, value) => ({ kind: 'compare', field, operator: 'ge', value }),
  lt: (field, value) => ({ kind: 'compare', field, operator: 'lt', value }),
  lte: (field, value) => ({ kind: 'compare', field, operator: 'le', value }),
  le: (field, value) => ({ kind: 'compare', field, operator: 'le', value }),
  in: (field, value) => ({ kind: 'in', field, values: [value] }),
  nin: (field, value) => ({ kind: 'not', part: { kind: 'in', field, values: [value] } }),
  contains: (field, value) => ({ kind: 'match', field, operator: 'contains', value }),
  startswith: (field, value) => ({ kind: 'match', field, operator: 'startswith', value }),
  endswith: (field, value) => ({ kind: 'match', field, operator: 'endswith', value }),
}

/**
 * Parses the shape key of a scanned URL.
 * @throws ObjectQLError 400 naming the parameter and the position.
 */
export function parseUrlQuery({ key, literals }: ScannedUrl, limits: QueryLimits): ParsedUrl {
  const conditions: Condition[] = []
  const extraValues: SlotValue[] = []
  const seen = new Set<string>()
  let orderBy: readonly SortItem[] = []
  let select: readonly string[] | undefined
  let expand: readonly Expand[] = []
  let limit: Operand | undefined
  let offset: Operand | undefined
  let withTotal = false
  let isShapeOnly = true
  let slot = 0

  for (const part of key.split('&')) {
    if (part === '') continue
    const equals = part.indexOf('=')
    const name = decodeKey(equals < 0 ? part : part.slice(0, equals), 'name')
    if (equals < 0) throw queryError('INVALID_QUERY', name, `The parameter "${name}" has no value.`)
    const encoded = part.slice(equals + 1)
    const parameter = Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name] : undefined
    if (parameter === undefined && name.startsWith('$')) throw queryError('INVALID_QUERY', name, unknownOption(name))
    const meaning = parameter === undefined ? name : `$${parameter}`
    if (seen.has(meaning)) throw queryError('INVALID_QUERY', name, `The parameter "${name}" is given twice.`)
    seen.add(meaning)
    switch (parameter) {
      case 'filter': {
        const source = decodeFilter(encoded, slot, literals)
        conditions.push(
          parseFilter({ text: source.text, firstSlot: slot, maxDepth: limits.maxFilterDepth, originalPosition: source.originalPosition }),
        )
        slot += source.count
        break
      }
      case 'jsonFilter': {
        isShapeOnly = false
        const where = parseJson(decodeKey(encoded, name), name)
        const condition = parseWhere(where, { values: extraValues, firstSlot: literals.length, parameter: name, ...limits })
        if (condition) conditions.push(condition)
        break
      }
      case 'orderby':
        orderBy = parseSort(decodeKey(encoded, name), name)
        break
      case 'top':
      case 'skip': {
        if (encoded !== UNTYPED_MARK) throw integerError(name)
        const operand: Operand = { kind: 'slot', index: slot++, type: 'untyped' }
        if (parameter === 'top') limit = operand
        else offset = operand
        break
      }
      case 'select':
        select = list(decodeKey(encoded, name), name)
        break
      case 'expand':
        expand = parseExpand(decodeKey(encoded, name), name, limits.maxExpandDepth)
        break
      case 'count': {
        const text = decodeKey(encoded, name)
        if (text !== 'true' && text !== 'false')
          throw queryError('INVALID_QUERY', name, `"${name}" is true or false. To filter by a field of that name use $filter.`)
        withTotal = text === 'true'
        break
      }
      default:
        conditions.push(fieldCondition(name, encoded, encoded === UNTYPED_MARK ? slot++ : -1))
    }
  }
  const where: Condition | undefined = conditions.length > 1 ? { kind: 'and', parts: conditions } : conditions[0]
  return {
    query: {
      ...(where ? { where } : {}),
      orderBy,
      ...(select ? { select } : {}),
      expand,
      ...(limit ? { limit } : {}),
      ...(offset ? { offset } : {}),
      withTotal,
    },
    extraValues,
    isShapeOnly,
  }
}

/** `field=value`, `field[op]=value`. The words null, true and false stand in the key itself (slot -1). */
function fieldCondition(name: string, word: string, slot: number): Condition {
  const bracket = /^(.+)\[([a-z]+)\]$/i.exec(name)
  const field = bracket?.[1] ?? name
  const operator = bracket?.[2]?.toLowerCase() ?? 'eq'
  if (operator === 'null') {
    if (word === 'true' || word === 'false') return { kind: 'null', field, isNull: word === 'true' }
    throw queryError('INVALID_FILTER', name, `"${name}" is true or false.`)
  }
  if (slot < 0 && word === 'null' && (operator === 'eq' || operator === 'ne')) return { kind: 'null', field, isNull: operator === 'eq' }
  const make = Object.hasOwn(BRACKET_OPERATORS, operator) ? BRACKET_OPERATORS[operator] : undefined
  if (!make)
    throw queryError('INVALID_FILTER', name, `The operator "${operator}" is not known. Use ${Object.keys(BRACKET_OPERATORS).join(', ')}.`)
  const type = operator === 'in' || operator === 'nin' ? 'list' : 'untyped'
  return make(field, slot < 0 ? { kind: 'constant', value: word, type } : { kind: 'slot', index: slot, type })
}

function unknownOption(name: string): string {
  return `The query option "${name}" is not known. Use $filter, $orderby, $top, $skip, $select, $expand or $count.`
}

function decodeKey(text: string, parameter: string): string {
  const decoded = decodeLiteral(text, parameter)
  for (let at = 0; at < decoded.length; at++)
    if (decoded.charCodeAt(at) < 32) throw queryError('INVALID_QUERY', parameter.slice(0, 64), 'Control characters are not allowed here.')
  return decoded
}

const MARKS = new RegExp(`([${STRING_MARK}${BARE_MARK}])`)

/** Decodes filter text around its markers, so that no decoded byte can be taken for one. */
function decodeFilter(encoded: string, firstSlot: number, literals: readonly string[]) {
  let text = ''
  let count = 0
  const shifts: { readonly at: number; readonly by: number }[] = []
  for (const piece of encoded.split(MARKS)) {
    if (piece === STRING_MARK || piece === BARE_MARK) {
      const original = decodeLiteral(literals[firstSlot + count] ?? '', '$filter')
      shifts.push({ at: text.length, by: original.length + (piece === STRING_MARK ? 2 : 0) - 1 })
      text += piece
      count++
    } else text += decodeKey(piece, '$filter')
  }
  const originalPosition = (position: number): number => shifts.reduce((sum, { at, by }) => (at < position ? sum + by : sum), position)
  return { text, count, originalPosition }
}

/** `a,b desc`, `-a,b` or JSON `[["a","desc"]]`. */
export function parseSort(text: string, parameter: string): readonly SortItem[] {
  if (text.startsWith('[') || text.startsWith('{')) return parseOrderBy(parseJson(text, parameter), parameter)
  return list(text, parameter).map((item) => {
    const [field = '', direction, ...rest] = item.split(/\s+/)
    const isMinus = field.startsWith('-')
    if (rest.length > 0 || (direction !== undefined && !/^(asc|desc)$/i.test(direction)) || (isMinus && direction !== undefined))
      throw queryError(
        'INVALID_SORT',
        parameter,
        `"${item}" is not a sort item: write "field", "field desc" or "-field".`,
        text.indexOf(item),
      )
    return { field: isMinus ? field.slice(1) : field, isDescending: isMinus || direction?.toLowerCase() === 'desc' }
  })
}

/** The object dialect: `{ a: 'desc' }`, `[{ a: 'desc' }, { field: 'b', order: 'asc' }]`, `[['a', 'desc']]`, 'a desc,-b'. */
export function parseOrderBy(value: unknown, parameter: string): readonly SortItem[] {
  if (value === undefined || value === null) return []
  if (typeof value === 'string') return value === '' ? [] : parseSort(value, parameter)
  const item = (field: unknown, direction: unknown): SortItem => {
    if (typeof field !== 'string' || (direction !== undefined && direction !== 'asc' && direction !== 'desc'))
      throw queryError('INVALID_SORT', parameter, `A sort item is { field: 'asc' | 'desc' }.`)
    return { field, isDescending: direction === 'desc' }
  }
  const entries = (map: object): readonly SortItem[] => {
    const { field, order, direction } = map as { readonly field?: unknown; readonly order?: unknown; readonly direction?: unknown }
    // A field may be called "field": `{ field: 'asc' }` sorts by it.
    const isItem = typeof field === 'string' && (order !== undefined || direction !== undefined || !['asc', 'desc'].includes(field))
    if (isItem) return [item(field, order ?? direction)]
    return Object.entries(map).map(([field, direction]) => item(field, direction))
  }
  if (!Array.isArray(value)) return typeof value === 'object' ? entries(value) : [item(value, undefined)]
  if (typeof value[0] === 'string' && value.length === 2 && (value[1] === 'asc' || value[1] === 'desc')) return [item(value[0], value[1])]
  return value.flatMap((one: unknown) =>
    Array.isArray(one)
      ? [item(one[0], one[1])]
      : typeof one === 'object' && one !== null
        ? entries(one)
        : parseSort(String(one), parameter),
  )
}

function list(text: string, parameter: string): readonly string[] {
  const items = (text.startsWith('[') ? jsonList(text, parameter) : text.split(',')).map((item) => item.trim())
  if (items.some((item) => item === '')) throw queryError('INVALID_QUERY', parameter, `"${parameter}" has an empty name in its list.`)
  return items
}

function jsonList(text: string, parameter: string): readonly string[] {
  const value = parseJson(text, parameter)
  if (!Array.isArray(value) || value.some((item) => typeof item !== 'string'))
    throw queryError('INVALID_QUERY', parameter, `"${parameter}" is a list of field names.`)
  return value
}

export function parseJson(text: string, parameter: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const reason = error instanceof SyntaxError ? error.message.slice(0, 120) : 'unreadable'
    throw queryError('INVALID_QUERY', parameter, `"${parameter}" is not valid JSON: ${reason}.`)
  }
}

export const integerError = (parameter: string) =>
  queryError('INVALID_QUERY', parameter, `"${parameter}" must be a whole number from 0 to 2147483647.`)
