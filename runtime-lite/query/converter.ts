import type { FieldPlan, SqlValue } from '../object/object-plan.ts'
import { queryError } from '../problem/problem.ts'
import { isDate } from '../validate/calendar.ts'
import { toUtcDatetime } from '../validate/to-utc-datetime.ts'
import type { SlotType, SlotValue } from './query.ts'

/** Turns a literal into what the column holds. Made once per plan, called once per request. */
export type Converter = (value: SlotValue | boolean) => SqlValue

const NUMBER = /^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/
const INTEGER = /^-?\d+$/

/**
 * The converter for a literal written as `type` and compared with `field`.
 * Throws ObjectQLError 400 INVALID_FILTER when called with a value of the wrong type.
 */
export function converterFor(name: string, field: FieldPlan, type: SlotType | 'boolean'): Converter {
  return type === 'list' ? listConverter(name, field) : plainConverter(name, field, type)
}

/** A JSON list in one parameter: a list from JSON keeps the types of its items, a text is split at its commas. */
function listConverter(name: string, field: FieldPlan): Converter {
  const untyped = plainConverter(name, field, 'untyped')
  let ofString: Converter | undefined
  let ofNumber: Converter | undefined
  const convert = (item: string | number): SqlValue => {
    if (typeof item === 'number') {
      ofNumber ??= plainConverter(name, field, 'number')
      return ofNumber(item)
    }
    ofString ??= plainConverter(name, field, 'string')
    return ofString(item)
  }
  return (value) => {
    const items =
      typeof value === 'object'
        ? value.map(convert)
        : String(value)
            .split(',')
            .map((item) => untyped(item.trim()))
    return `[${items.map((item) => (typeof item === 'bigint' ? String(item) : JSON.stringify(item))).join()}]`
  }
}

function plainConverter(name: string, field: FieldPlan, type: SlotType | 'boolean'): Converter {
  const fail = (what: string) => queryError('INVALID_FILTER', name, `"${name}" is compared with ${what}.`)
  const needsText = (what: string): void => {
    if (type === 'number' || type === 'boolean') throw fail(`a ${type}, but it holds ${what}`)
  }
  const text = type === 'quoted' ? (value: SlotValue | boolean): string => unquote(String(value)) : String
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
      if (type !== 'boolean' && type !== 'untyped' && type !== 'list')
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
      return optionConverter(name, field, type, text)
    default:
      if (type === 'bare' && field.kind !== 'time') throw fail('a number: strings stand in apostrophes')
      needsText('text')
      return text
  }
}

/** Options are matched in their authored spelling, else ignoring case when that names exactly one. Unknown values match nothing but themselves. */
function optionConverter(
  name: string,
  { options = [] }: FieldPlan,
  type: SlotType | 'boolean',
  text: (value: SlotValue | boolean) => string,
): Converter {
  const isNumeric = options.length > 0 && options.every((option) => typeof option === 'number')
  if (isNumeric)
    return (value) => {
      const number = typeof value === 'number' ? value : numberOf(text(value))
      if (number === undefined) throw queryError('INVALID_FILTER', name, `"${name}" is compared with a value that is not a number.`)
      return number
    }
  if (type === 'boolean') throw queryError('INVALID_FILTER', name, `"${name}" is compared with a boolean, but it holds options.`)
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
