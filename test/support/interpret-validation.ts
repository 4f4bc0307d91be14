import type { FieldIr, ObjectIr } from '../../compiler/ir/object.ts'

/**
 * What validation means, written for reading: a loop over fields, regular expressions, no shortcuts. The differential test holds the
 * compiled validators to it. Shares no code with them.
 */
export interface Verdict {
  /** `pointer code`, sorted. */
  readonly issues: readonly string[]
  /** The input with canonical spellings. */
  readonly input: unknown
}

type Report = (pointer: string, code: string) => void

export function interpretValidation(object: ObjectIr, input: unknown, mode: 'create' | 'update', at = ''): Verdict {
  const issues: string[] = []
  const report: Report = (pointer, code) => issues.push(`${pointer} ${code}`)
  if (isObject(input)) validateFields(object, input, mode, at, report)
  else report(at, 'type')
  return { issues: issues.sort(), input }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && [Object.prototype, null].includes(Object.getPrototypeOf(value))

const token = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1')

const own = (object: Record<string, unknown>, key: string): unknown => Object.getOwnPropertyDescriptor(object, key)?.value

function validateFields(object: ObjectIr, input: Record<string, unknown>, mode: string, at: string, report: Report): void {
  const writable = object.fields.filter((field) => !field.isComputed && field.name !== 'id')
  for (const field of writable) {
    const value = own(input, field.name)
    const pointer = `${at}/${token(field.name)}`
    if (value === undefined) {
      if (mode === 'create' && field.isRequired && field.default === undefined) report(pointer, 'required')
    } else if (value === null || value === '') {
      if (field.isRequired) report(pointer, 'required')
      else if (value === '') store(input, field.name, value, validateField(field, value, pointer, report))
    } else store(input, field.name, value, validateField(field, value, pointer, report))
  }
  for (const key of Object.keys(input)) {
    const pointer = `${at}/${token(key)}`
    const value = own(input, key)
    if (value === undefined || writable.some((field) => field.name === key)) continue
    if (key === 'id' || key === '_id') {
      if (mode === 'update') report(pointer, 'read_only')
      else if (key === '_id' && own(input, 'id') !== undefined) report(pointer, 'duplicate')
      else if (validateId(value, pointer, report) && key === '_id') {
        input['id'] = value
        delete input['_id']
      }
    } else report(pointer, object.fields.some((field) => field.name === key) ? 'read_only' : 'unknown_field')
  }
}

const store = (input: Record<string, unknown>, name: string, before: unknown, after: unknown): void => {
  if (!Object.is(before, after)) input[name] = after
}

function validateId(value: unknown, pointer: string, report: Report): boolean {
  if (typeof value !== 'string') report(pointer, 'type')
  else if (value === '') report(pointer, 'min_length')
  else {
    if (value.length > 255) report(pointer, 'max_length')
    if (/\p{Cc}/u.test(value)) report(pointer, 'format')
    return value.length <= 255 && !/\p{Cc}/u.test(value)
  }
  return false
}

/** Returns the value to store. */
function validateField(field: FieldIr, value: unknown, pointer: string, report: Report): unknown {
  if (!field.isList) return validateValue(field, value, pointer, report)
  if (!Array.isArray(value)) {
    report(pointer, 'type')
    return value
  }
  const list = Array.from(value, (item, index) => {
    if (item !== null && item !== undefined) return validateValue(field, item, `${pointer}/${index}`, report)
    report(`${pointer}/${index}`, 'type')
    return item
  })
  if (field.value.kind === 'id') {
    for (const [index, id] of list.entries())
      if (typeof id === 'string' && list.indexOf(id) < index) report(`${pointer}/${index}`, 'duplicate')
  }
  return list.every((item, index) => Object.is(item, value[index])) ? value : list
}

function validateValue(field: FieldIr, value: unknown, pointer: string, report: Report): unknown {
  const kind = field.value
  switch (kind.kind) {
    case 'string': {
      if (typeof value !== 'string') report(pointer, 'type')
      else validateText(kind, value, pointer, report)
      return value
    }
    case 'number': {
      if (typeof value !== 'number' || !Number.isFinite(value)) {
        report(pointer, 'type')
        return value
      }
      const decimals = kind.isInteger ? 0 : kind.scale
      if (decimals !== undefined && Number(value.toFixed(decimals)) !== value) report(pointer, 'precision')
      if (kind.precision !== undefined && Math.abs(value) >= 10 ** Math.max(0, kind.precision - (kind.scale ?? 0)))
        report(pointer, 'precision')
      if (value < (kind.min ?? -Infinity) || (kind.isInteger && value < -(2 ** 53 - 1))) report(pointer, 'min')
      if (value > (kind.max ?? Infinity) || (kind.isInteger && value > 2 ** 53 - 1)) report(pointer, 'max')
      return value
    }
    case 'boolean':
      if (value !== true && value !== false) report(pointer, 'type')
      return value
    case 'date':
    case 'time':
    case 'datetime':
      return validateMoment(kind.kind, value, pointer, report)
    case 'option': {
      const options = kind.isOpen ? [] : kind.options.map((option) => option.value)
      if (typeof value !== kind.base || Number.isNaN(value) || Math.abs(Number(value)) === Infinity) report(pointer, 'type')
      else if (options.length > 0 && !options.includes(value as string)) {
        const same = [...new Set(options)].filter((option) => String(option).toLowerCase() === String(value).toLowerCase())
        if (same.length === 1 && kind.base === 'string') return same[0]
        report(pointer, 'option')
      }
      return value
    }
    case 'id':
      if (typeof value !== 'string') report(pointer, 'type')
      else if (value === '') report(pointer, 'reference')
      else if (value.length > 255) report(pointer, 'max_length')
      return value
    case 'attachment':
      return validateAttachment(value, pointer, report, kind.maxSize)
    case 'location':
      return validateLocation(value, pointer, report)
    case 'address':
      if (!isObject(value)) report(pointer, 'type')
      else {
        for (const [key, part] of Object.entries(value)) {
          if (!/^(street|city|state|postalCode|country|countryCode|formatted)$/.test(key))
            report(`${pointer}/${token(key)}`, 'unknown_field')
          else if (typeof part !== 'string') report(`${pointer}/${key}`, 'type')
        }
      }
      return value
    case 'json':
      validateJson(value, pointer, report)
      return value
    case 'record':
      if (isObject(value)) validateJson(value, pointer, report)
      else report(pointer, 'type')
      return value
    case 'records':
      if (!Array.isArray(value)) report(pointer, 'type')
      else
        for (const [index, item] of value.entries()) {
          if (isObject(item)) validateJson(item, `${pointer}/${index}`, report)
          else report(`${pointer}/${index}`, 'type')
        }
      return value
    case 'vector':
      if (!Array.isArray(value)) report(pointer, 'type')
      else {
        if (kind.dimensions !== undefined && value.length !== kind.dimensions) report(pointer, 'dimensions')
        for (const [index, item] of value.entries()) if (!Number.isFinite(item)) report(`${pointer}/${index}`, 'type')
      }
      return value
  }
}

const WORD = "[\\w!#$%&'*+/=?^`{|}~\\p{L}\\p{M}\\p{N}-]+"
const LABEL = '(?!-)[A-Za-z0-9\\u0080-\\u{10ffff}-]{1,63}(?<!-)'
const EMAIL = new RegExp(`^(?=.{1,254}$)${WORD}(\\.${WORD})*@${LABEL}(\\.${LABEL})+$`, 'u')
const PHONE = /^[ ()./-]*\+?[ ()./-]*(?<main>\d[\d ()./-]*)((ext\.?|x|#|,) *\d{1,8})?$/i

function validateText(kind: Extract<FieldIr['value'], { kind: 'string' }>, value: string, pointer: string, report: Report): void {
  const size = [...value].length
  if (size < (kind.minLength ?? 0)) report(pointer, 'min_length')
  if (size > (kind.maxLength ?? Infinity) || (kind.pattern !== undefined && value.length > 10_000)) report(pointer, 'max_length')
  if (kind.pattern !== undefined && value.length <= 10_000 && !matches(kind.pattern, value)) report(pointer, 'pattern')
  if (kind.format === 'email' && !isAddress(value)) report(pointer, 'format')
  if (kind.format === 'phone') {
    const digits = (PHONE.exec(value)?.groups?.['main'] ?? '').replaceAll(/\D/g, '').length
    if (digits < 3 || digits > 20 || value.length > 40) report(pointer, 'format')
  }
  if (kind.format === 'url') {
    const scheme = /^[^:]+(?=:)/.exec(value)?.[0].toLowerCase()
    const isAllowed = kind.protocols ? kind.protocols.includes(scheme ?? '') : !['javascript', 'data', 'vbscript'].includes(scheme ?? '')
    const isSlashed = !/^https?$/.test(scheme ?? '') || /^https?:\/\//i.test(value)
    if (!isAllowed || !isSlashed || /[\s\p{Cc}]/u.test(value) || !URL.canParse(value)) report(pointer, 'format')
  }
}

const isAddress = (value: string): boolean =>
  EMAIL.test(value) &&
  value.indexOf('@') <= 64 &&
  value.length <= 254 &&
  value
    .slice(value.indexOf('@') + 1)
    .split('.')
    .every((label) => label.length <= 63) &&
  !/[^\x21-\x7e\p{L}\p{M}\p{N}]/u.test(value)

function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(value)
  } catch {
    return new RegExp(pattern).test(value)
  }
}

const DATETIME =
  /^(\d{4}-\d\d-\d\d)(?:[Tt ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:[.,](\d{1,9}))?)?(?:[Zz]|([+-])([01]\d|2[0-3])(?::?([0-5]\d))?)?)?$/

const isDay = (text: string): boolean => {
  const day = new Date(`${text}T00:00:00Z`)
  return !text.startsWith('0000') && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
}

function validateMoment(kind: 'date' | 'time' | 'datetime', value: unknown, pointer: string, report: Report): unknown {
  const isDate = value instanceof Date && kind !== 'time'
  if (typeof value !== 'string' && !isDate) {
    report(pointer, 'type')
    return value
  }
  const text = typeof value === 'string' ? value : Number.isNaN(value.getTime()) ? '' : value.toISOString()
  if (kind === 'time') {
    if (!/^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,3})?)?$/.test(text)) report(pointer, 'format')
    return value
  }
  if (kind === 'date') {
    const day = isDate ? text.slice(0, 10) : text
    if (/^\d{4}-\d\d-\d\d$/.test(day) && isDay(day)) return day
  } else {
    const [, day = '', hour = '00', minute = '00', second = '00', fraction = '', sign, zoneHour = '0', zoneMinute = '0'] =
      DATETIME.exec(text) ?? []
    if (day !== '' && isDay(day)) {
      const local = Date.parse(`${day}T${hour}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}Z`)
      const offset = (Number(zoneHour) * 60 + Number(zoneMinute)) * (sign === '-' ? -60_000 : 60_000)
      const utc = new Date(sign === undefined ? local : local - offset)
      if (utc.getUTCFullYear() >= 1 && utc.getUTCFullYear() <= 9999) return utc.toISOString()
    }
  }
  report(pointer, 'format')
  return value
}

function validateAttachment(value: unknown, pointer: string, report: Report, maxSize = Infinity): unknown {
  if (value === '') report(pointer, 'min_length')
  else if (typeof value === 'string') {
    const isAddressed =
      /^\/|^[a-z][a-z0-9+.-]*:/i.test(value) && !/^(javascript|data|vbscript|https?(?!:\/\/)):/i.test(value) && !/\s/.test(value)
    return isAddressed && URL.canParse(value, 'http://x') ? { url: value } : { id: value }
  } else if (!isObject(value)) report(pointer, 'type')
  else if (validateJson(value, pointer, report)) {
    for (const key of ['id', 'url', 'name', 'type'])
      if (value[key] !== undefined && typeof value[key] !== 'string') report(`${pointer}/${key}`, 'type')
    if (!value['id'] && !value['url']) report(`${pointer}/url`, 'required')
    const size = value['size']
    if (size !== undefined && typeof size !== 'number') report(`${pointer}/size`, 'type')
    if (Number(size) < 0) report(`${pointer}/size`, 'min')
    if (typeof size === 'number' && size > maxSize) report(`${pointer}/size`, 'max_size')
  }
  return value
}

function validateLocation(value: unknown, pointer: string, report: Report): unknown {
  const problems: string[] = []
  if (!isObject(value)) {
    report(pointer, 'type')
    return value
  }
  const isLong =
    value['latitude'] !== undefined || value['longitude'] !== undefined || (value['lat'] === undefined && value['lng'] === undefined)
  const [latitude, longitude] = isLong ? ['latitude', 'longitude'] : ['lat', 'lng']
  const limits = {
    [latitude as string]: [-90, 90],
    [longitude as string]: [-180, 180],
    altitude: [-Infinity, Infinity],
    accuracy: [0, Infinity],
  }
  for (const key of Object.keys(value)) if (!Object.hasOwn(limits, key)) problems.push(`${pointer}/${token(key)} unknown_field`)
  for (const [key, [low = 0, high = 0]] of Object.entries(limits)) {
    const part = value[key]
    if (part === undefined) {
      if (key === latitude || key === longitude) problems.push(`${pointer}/${key} required`)
    } else if (typeof part !== 'number' || !Number.isFinite(part)) problems.push(`${pointer}/${key} type`)
    else if (part < low) problems.push(`${pointer}/${key} min`)
    else if (part > high) problems.push(`${pointer}/${key} max`)
  }
  for (const problem of problems) report(problem.slice(0, problem.lastIndexOf(' ')), problem.slice(problem.lastIndexOf(' ') + 1))
  if (isLong || problems.length > 0) return value
  const { lat, lng, ...rest } = value
  return { latitude: lat, longitude: lng, ...rest }
}

/** Reports the first thing JSON cannot carry; true when there is none. */
function validateJson(value: unknown, root: string, report: Report): boolean {
  const visit = (item: unknown, pointer: string, level: number): string | undefined => {
    if (item === null || typeof item === 'string' || typeof item === 'boolean' || Number.isFinite(item)) return undefined
    if (!Array.isArray(item) && !isObject(item)) return `${pointer} type`
    if (level > 64) return `${root} type`
    for (const key of Array.isArray(item) ? item.keys() : Object.keys(item)) {
      if (key === '__proto__') return `${pointer}/__proto__ unknown_field`
      const problem = visit((item as Record<string, unknown>)[key], `${pointer}/${token(String(key))}`, level + 1)
      if (problem !== undefined) return problem
    }
    return undefined
  }
  const problem = visit(value, root, 1)
  const space = problem?.lastIndexOf(' ') ?? 0
  if (problem !== undefined) report(problem.slice(0, space), problem.slice(space + 1))
  return problem === undefined
}
