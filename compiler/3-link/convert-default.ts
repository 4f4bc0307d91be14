import type { FieldType } from '../ir/field-type.ts'
import type { Json } from '../source/json.ts'
import { isJsonObject } from './attributes.ts'
import { NUMBER_TYPES, RELATION_TYPES, TEXT_TYPES } from './field-kinds.ts'

/** The value as the type holds it, converted where nothing is lost (`"5"` → `5`); undefined when it does not fit. */
export function convertDefault(value: Json, type: FieldType): Json | undefined {
  if (TEXT_TYPES.has(type)) return toText(value)
  if (RELATION_TYPES.has(type)) return toText(value)
  if (NUMBER_TYPES.has(type)) return toNumber(value)
  switch (type) {
    case 'boolean':
      return toBoolean(value)
    case 'date':
      return typeof value === 'string' && isDate(value) ? value : undefined
    case 'datetime':
      return typeof value === 'string' ? toDatetime(value) : undefined
    case 'time':
      return typeof value === 'string' && TIME.test(value) ? value : undefined
    case 'select':
    case 'radio':
    case 'multiselect':
    case 'checkboxes':
    case 'tags':
      return toText(value)
    case 'array':
      return Array.isArray(value) ? value : undefined
    case 'vector':
      return Array.isArray(value) && value.every((item) => typeof item === 'number') ? value : undefined
    case 'location':
    case 'address':
    case 'composite':
    case 'image':
    case 'file':
    case 'avatar':
    case 'video':
    case 'audio':
      return isJsonObject(value) ? value : undefined
    default:
      return value
  }
}

const toText = (value: Json): Json | undefined =>
  typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined

function toNumber(value: Json): Json | undefined {
  if (typeof value === 'number') return value
  return typeof value === 'string' && NUMERAL.test(value.trim()) ? Number(value) : undefined
}

const NUMERAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,2})?$/i

function toBoolean(value: Json): Json | undefined {
  if (typeof value === 'boolean') return value
  const text = typeof value === 'string' || typeof value === 'number' ? String(value).toLowerCase() : ''
  if (['true', 'yes', 'on', '1'].includes(text)) return true
  return ['false', 'no', 'off', '0'].includes(text) ? false : undefined
}

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/
const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,3})?)?$/
const DATETIME = /^(\d{4}-\d{2}-\d{2})(?:[T ]((?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:?\d{2})?)?$/i

function isDate(text: string): boolean {
  const [, year = 0, month = 0, day = 0] = (DATE.exec(text) ?? []).map(Number)
  const date = new Date(Date.UTC(year, month - 1, day))
  // Years below 100 would become 19xx.
  return year >= 100 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}

/** In UTC with milliseconds, as records hold it. A time without a zone is UTC. */
function toDatetime(text: string): string | undefined {
  const [, day = '', time = '00:00', zone = 'Z'] = DATETIME.exec(text) ?? []
  if (!isDate(day)) return undefined
  const at = new Date(
    `${day}T${time.length === 5 ? `${time}:00` : time}${zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase()}`,
  )
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString()
}
