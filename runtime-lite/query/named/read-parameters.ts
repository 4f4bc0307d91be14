import { type ObjectQLError, queryError } from '../../problem/problem.ts'
import { isDate } from '../../validate/calendar.ts'
import { nearestName } from '../../validate/nearest-name.ts'
import { toUtcDatetime } from '../../validate/to-utc-datetime.ts'
import type { SlotValue } from '../ast.ts'
import type { ContextValue } from './context-value.ts'
import { kindInWords } from './infer-parameter.ts'
import type { QueryParameter, QueryParameters } from './query-parameter.ts'
import { notOfUser, readContext } from './read-context.ts'

/**
 * The values of a planned query, in the order of their slots. `isText`: they come from a URL, where everything is text. Undefined and null
 * count as absent; undefined stands for optional parameters that are.
 * @throws ObjectQLError 400 naming the parameter that is missing, unknown or of the wrong type.
 */
export function readParameters(
  parameters: QueryParameters,
  given: Readonly<Record<string, unknown>>,
  { isText = false, now = Date.now() }: { readonly isText?: boolean; readonly now?: number } = {},
): readonly (SlotValue | undefined)[] {
  for (const name of Object.keys(given))
    if (!Object.hasOwn(parameters, name) || parameters[name]?.from) throw unknownParameter(name, namesGiven(parameters))
  return Object.entries(parameters).map(([name, parameter]) => {
    if (parameter.from) return ofRequest(name, parameter, parameter.from, now)
    const value = Object.hasOwn(given, name) ? given[name] : undefined
    if (value === undefined || value === null) return defaultOf(name, parameter, now)
    const read = parameter.isList ? readList(value, parameter, isText) : readOne(value, parameter, isText)
    if (read === undefined) throw queryError('INVALID_QUERY', name, `The parameter "${name}" is ${kindInWords(parameter)}.`)
    return read
  })
}

/** Those that callers give. */
const namesGiven = (parameters: QueryParameters): readonly string[] =>
  Object.entries(parameters).flatMap(([name, { from }]) => (from ? [] : [name]))

/** @throws ObjectQLError 401, 403 */
function ofRequest(name: string, parameter: QueryParameter, from: ContextValue, now: number): SlotValue {
  const value = readContext(from, parameter, now)
  const read = parameter.isList ? readList(Array.isArray(value) ? value : [value], parameter, false) : readOne(value, parameter, false)
  if (read === undefined) throw notOfUser(name, parameter)
  return read
}

function unknownParameter(name: string, names: readonly string[]): ObjectQLError {
  const guess = nearestName(name, names)
  const next = guess ? `Did you mean "${guess}"?` : names.length === 0 ? 'It has none.' : `Use ${names.join(', ')}.`
  return queryError('INVALID_QUERY', name, `The query has no parameter "${name.slice(0, 64)}". ${next}`)
}

function defaultOf(name: string, parameter: QueryParameter, now: number): SlotValue | undefined {
  if (parameter.default !== undefined) return parameter.default
  if (parameter.defaultsTo) return new Date(now).toISOString().slice(0, parameter.kind === 'date' ? 10 : undefined)
  if (!parameter.isRequired) return undefined
  throw queryError('INVALID_QUERY', name, `The parameter "${name}" is missing: it is ${kindInWords(parameter)}.`)
}

function readList(value: unknown, parameter: QueryParameter, isText: boolean): SlotValue | undefined {
  const items = isText && typeof value === 'string' ? itemsOf(value) : value
  if (!Array.isArray(items) || items.length > MAX_ITEMS) return undefined
  const read: (string | number)[] = []
  for (const item of items) {
    const one = readOne(item, parameter, isText)
    if (typeof one !== 'string' && typeof one !== 'number') return undefined
    read.push(one)
  }
  return read
}

const MAX_ITEMS = 10_000

/** `a,b,c`, or a JSON list for items that hold commas. */
function itemsOf(text: string): unknown {
  if (!text.startsWith('[')) return text === '' ? [] : text.split(',')
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Undefined for what is not of the kind. */
function readOne(value: unknown, { kind, options }: QueryParameter, isText: boolean): SlotValue | undefined {
  switch (kind) {
    case 'integer':
    case 'real': {
      const number = isText ? numberOf(value) : value
      return typeof number === 'number' && Number.isFinite(number) && (kind === 'real' || Number.isInteger(number)) ? number : undefined
    }
    case 'boolean':
      if (isText && (value === 'true' || value === 'false')) return value === 'true'
      return typeof value === 'boolean' ? value : undefined
    case 'date':
      return isDate(value) ? (value as string) : undefined
    case 'datetime':
      if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString()
      return typeof value === 'string' ? toUtcDatetime(value) : undefined
    case 'option': {
      if (!options?.length || !options.every((option) => typeof option === 'number')) return typeof value === 'string' ? value : undefined
      const number = isText ? numberOf(value) : value
      return typeof number === 'number' ? number : undefined
    }
    case 'json':
      if (Array.isArray(value)) return value.every((item) => typeof item === 'number') ? (value as readonly number[]) : undefined
      return typeof value === 'string' ? value : undefined
    default:
      return typeof value === 'string' ? value : undefined
  }
}

const numberOf = (value: unknown): unknown =>
  typeof value === 'string' && /^-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(value) ? Number(value) : value
