import type { FieldPlan, SqlValue } from '../../object/object-plan.ts'
import { isDate } from '../../validate/calendar.ts'
import { toUtcDatetime } from '../../validate/to-utc-datetime.ts'
import type { SlotType, SlotValue } from '../ast.ts'
import { filterError, type Place } from './place.ts'
import { locationJson, vectorJson } from './structured-literal.ts'
import { hasNumericOptions } from './typed-expression.ts'

/** Turns a literal into what the column holds. Made once per plan, called once per request. */
export type Converter = (value: SlotValue) => SqlValue

/** What a literal is compared with. */
export interface ComparedField {
  /** As the client wrote it. */
  readonly name: string
  readonly field: FieldPlan
  readonly place: Place
}

const NUMBER = /^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/
const INTEGER = /^-?\d+$/

/**
 * The converter for a literal written as `type` and compared with a field.
 * Throws ObjectQLError 400 INVALID_FILTER when made or called for a value of the wrong type.
 */
export function converterFor(compared: ComparedField, type: SlotType | 'boolean'): Converter {
  if (type === 'list') return listConverter(compared)
  return type === 'parameter' ? parameterConverter(compared) : plainConverter(compared, type)
}

type PlainType = Exclude<SlotType, 'list' | 'parameter'> | 'boolean'

/** A JSON list in one parameter: a list from JSON keeps the types of its items, a text is split at its commas. */
export function listConverter(compared: ComparedField): Converter {
  const items = listItems(compared)
  return (value) => jsonList(items(value))
}

/** The converted items of a list. */
export function listItems(compared: ComparedField): (value: SlotValue) => readonly SqlValue[] {
  const item = parameterConverter(compared)
  const untyped = lazily(() => plainConverter(compared, 'untyped'))
  return (value) => {
    if (typeof value === 'object') return value.map(item)
    if (typeof value !== 'string') return [item(value)]
    return value.split(',').map((text) => untyped()(text.trim()))
  }
}

export const jsonList = (items: readonly SqlValue[]): string =>
  `[${items.map((item) => (typeof item === 'bigint' ? String(item) : JSON.stringify(item))).join()}]`

/** By the type that the value has when it comes. */
function parameterConverter(compared: ComparedField): Converter {
  const ofString = lazily(() => plainConverter(compared, 'string'))
  const ofNumber = lazily(() => plainConverter(compared, 'number'))
  const ofBoolean = lazily(() => plainConverter(compared, 'boolean'))
  return (value) => {
    if (typeof value === 'object') throw filterError(compared.place, `"${compared.name}" is compared with a list.`)
    return (typeof value === 'string' ? ofString() : typeof value === 'number' ? ofNumber() : ofBoolean())(value)
  }
}

function lazily<Value>(make: () => Value): () => Value {
  let made: Value | undefined
  return () => {
    made ??= make()
    return made
  }
}

function plainConverter(compared: ComparedField, type: PlainType): Converter {
  const { name, field, place } = compared
  const fail = (what: string) => filterError(place, `"${name}" is compared with ${what}.`)
  const needsText = (what: string): void => {
    if (type === 'number' || type === 'boolean') throw fail(`a ${type}, but it holds ${what}`)
  }
  const text = type === 'quoted' ? (value: SlotValue): string => unquote(String(value)) : String
  switch (field.kind) {
    case 'integer':
    case 'real':
      if (type === 'quoted' || type === 'string' || type === 'boolean')
        throw fail(`a ${type === 'boolean' ? type : 'string'}, but it holds numbers`)
      return (value) => {
        if (typeof value === 'number') return value
        const number = numberOf(String(value))
        if (number === undefined) throw fail(`"${String(value).slice(0, 40)}", which is not a number`)
        return number
      }
    case 'boolean':
      if (type !== 'boolean' && type !== 'untyped')
        throw fail(`a ${type === 'number' || type === 'bare' ? 'number' : 'string'}, but it holds true or false`)
      return (value) => {
        if (value === true || value === 'true' || value === '1') return 1
        if (value === false || value === 'false' || value === '0') return 0
        throw fail(`"${String(value).slice(0, 40)}", which is not true or false`)
      }
    case 'date':
      needsText('dates')
      return (value) => {
        const date = text(value)
        if (isDate(date)) return date
        throw fail(`"${date.slice(0, 40)}", which is not a date (YYYY-MM-DD)`)
      }
    case 'datetime':
      needsText('instants')
      return (value) => {
        const instant = toUtcDatetime(text(value))
        if (instant !== undefined) return instant
        throw fail(`"${text(value).slice(0, 40)}", which is not an instant (YYYY-MM-DDTHH:mm:ssZ)`)
      }
    case 'option':
      return optionConverter(compared, type, text)
    default:
      if (field.shape === 'location') return (value) => locationJson(value, text) ?? refuse(fail('a value that is not a location'))
      if (field.shape === 'vector') return vectorConverter(compared, text)
      if (type === 'bare' && field.kind !== 'time') throw fail('a number: strings stand in apostrophes')
      needsText('text')
      return text
  }
}

/** Vectors of different lengths are never alike: where it is known how long they are, that is a mistake. */
function vectorConverter({ name, field: { dimensions }, place }: ComparedField, text: (value: SlotValue) => string): Converter {
  return (value) => {
    const vector = vectorJson(value, text)
    if (vector === undefined) throw filterError(place, `"${name}" is compared with a value that is not a list of numbers.`)
    const length = vector.split(',').length
    if (dimensions !== undefined && length !== dimensions)
      throw filterError(place, `"${name}" takes a vector of ${dimensions} numbers here, not of ${length}.`)
    return vector
  }
}

const refuse = (error: Error): never => {
  throw error
}

/** Options are matched in their authored spelling, else ignoring case when that names exactly one. Unknown values match nothing but themselves. */
function optionConverter({ name, field, place }: ComparedField, type: PlainType, text: (value: SlotValue) => string): Converter {
  if (hasNumericOptions(field))
    return (value) => {
      const number = typeof value === 'number' ? value : numberOf(text(value))
      if (number === undefined) throw filterError(place, `"${name}" is compared with a value that is not a number.`)
      return number
    }
  if (type === 'boolean') throw filterError(place, `"${name}" is compared with a boolean, but it holds options.`)
  const { options = [] } = field
  const exact = new Set(options)
  const byFold = new Map<string, string>()
  for (const option of options) byFold.set(String(option).toLowerCase(), byFold.has(String(option).toLowerCase()) ? '' : String(option))
  return (value) => {
    const wanted = text(value)
    return exact.has(wanted) ? wanted : byFold.get(wanted.toLowerCase()) || wanted
  }
}

const unquote = (text: string): string => (text.includes("''") ? text.replaceAll("''", "'") : text)

/** A finite number, exact: whole numbers beyond 2^53 stay whole. */
function numberOf(text: string): number | bigint | undefined {
  const number = Number(text)
  if (!NUMBER.test(text) || !Number.isFinite(number)) return undefined
  if (Number.isSafeInteger(number) || !INTEGER.test(text)) return number
  const whole = BigInt(text)
  return whole >= -0x8000000000000000n && whole <= 0x7fffffffffffffffn ? whole : number
}
