import type { FieldIr, ObjectIr } from '../../compiler/ir/object.ts'
import type { Expansion, Filter, QueryCase, Scalar } from './interpret-query.ts'
import type { Random } from './random.ts'

/** Parameters of a URL, as text that is not encoded yet. */
type Parameters = readonly (readonly [name: string, value: string])[]

const STRUCTURE = [
  'filter',
  'filters',
  'where',
  'orderby',
  'orderBy',
  'sort',
  'top',
  'limit',
  'skip',
  'offset',
  'select',
  'fields',
  'expand',
  'populate',
  'count',
]

/** The query string of a query, in one of the ways people write it. */
export function queryString(random: Random, query: QueryCase, object: ObjectIr): string {
  const parameters = [
    ...filterParameters(random, query.filter, object),
    ...sortParameters(random, query),
    ...(query.limit === undefined ? [] : [[random.pick(['$top', 'top', 'limit']), String(query.limit)] as const]),
    ...(query.offset === undefined ? [] : [[random.pick(['$skip', 'skip', 'offset']), String(query.offset)] as const]),
    ...selectParameters(random, query.select),
    ...expandParameters(random, query.expand),
    ...(query.withTotal ? [[random.pick(['$count', 'count']), 'true'] as const] : random.chance(0.1) ? [['$count', 'false'] as const] : []),
  ]
  const encode = encoder(random)
  const text = parameters.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&')
  return random.chance(0.05) ? `&${text}&` : text
}

/** Percent-encoding as different clients do it. */
function encoder(random: Random): (text: string) => string {
  const style = random.below(4)
  const hex = (char: string): string => {
    const text = Array.from(new TextEncoder().encode(char), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
    return random.chance(0.5) ? text.toUpperCase() : text
  }
  if (style === 0) return encodeURIComponent
  if (style === 1) return (text) => new URLSearchParams([['', text]]).toString().slice(1)
  return (text) =>
    Array.from(text, (char) => {
      if (char === ' ') return random.pick(['+', '%20'])
      // Style 3 encodes what needs no encoding; both leave alone what must not be in a URL only by convention.
      if ('%&+#'.includes(char) || char < ' ' || char > '~') return hex(char)
      return style === 3 && random.chance(0.2) ? hex(char) : char === '=' ? '%3D' : char
    }).join('')
}

function filterParameters(random: Random, filter: Filter | undefined, object: ObjectIr): Parameters {
  if (!filter) return []
  const style = random.below(4)
  if (style === 0) {
    const text = odata(random, filter, object)
    if (text !== undefined) return [['$filter', text]]
  }
  if (style === 1) {
    const simple = simpleParameters(random, filter, object)
    if (simple) return simple
  }
  const value = style === 2 ? infix(random, filter) : objectDialect(random, filter)
  return [[random.pick(['filter', 'filters', 'where']), JSON.stringify(value)]]
}

// $filter

const isWord = (name: string): boolean => /^(?!-?\d)[^\s(),']+$/.test(name) && !hasControl(name)

const hasControl = (text: string): boolean => Array.from(text).some((char) => char < ' ')

/** Undefined for what $filter has no words for: names with blanks, empty groups. */
function odata(random: Random, filter: Filter, object: ObjectIr): string | undefined {
  const word = (text: string): string => (random.chance(0.1) ? text.toUpperCase() : text)
  const gap = (): string => (random.chance(0.1) ? '  ' : ' ')
  if (filter.kind === 'not') {
    const part = odata(random, filter.part, object)
    return part === undefined ? undefined : `${word('not')}${random.chance(0.5) ? gap() : ''}(${part})`
  }
  if (filter.kind === 'and' || filter.kind === 'or') {
    const parts = filter.parts.map((part) => odata(random, part, object))
    if (parts.length === 0 || parts.includes(undefined)) return undefined
    return parts.map((part) => (parts.length === 1 ? part : `(${part})`)).join(`${gap()}${word(filter.kind)}${gap()}`)
  }
  const { field: name } = filter
  if (!isWord(name) || name === 'not') return undefined
  const field = object.fields.find((one) => one.name === name)!
  const value = (scalar: Scalar): string => odataLiteral(random, scalar, field)
  switch (filter.kind) {
    case 'null':
      return `${name} ${word(filter.isNull ? 'eq' : 'ne')}${gap()}null`
    case 'compare':
      return `${name}${gap()}${word(filter.operator)} ${value(filter.value)}`
    case 'in':
      return filter.values.length === 0
        ? undefined
        : `${name} ${word('in')}${gap()}(${filter.values.map(value).join(random.pick([',', ', ']))})`
    case 'match':
      return `${word(filter.operator)}(${name},${random.chance(0.5) ? ' ' : ''}${typeof filter.value === 'string' ? quoted(filter.value) : value(filter.value)})`
    default:
      return filter satisfies never
  }
}

function odataLiteral(random: Random, scalar: Scalar, field: FieldIr): string {
  if (typeof scalar === 'number') return numberText(random, scalar)
  if (typeof scalar === 'boolean') return String(scalar)
  const { kind } = field.value
  const isBare = (kind === 'date' || kind === 'datetime' || kind === 'time') && /^\d/.test(scalar) && random.chance(0.5)
  const text = kind === 'datetime' ? instant(random, scalar) : scalar
  return isBare && !text.includes(' ') ? text : quoted(text)
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

function numberText(random: Random, value: number): string {
  if (random.chance(0.15) && Number.isInteger(value) && Math.abs(value) < 1e6)
    return random.pick([`${value}.0`, `${value}e0`, `${value}E+0`])
  return String(value)
}

/** The same instant in another spelling. Whatever else a text is stays as it is. */
function instant(random: Random, text: string): string {
  if (!/^\d{4}-.*T.*Z$/.test(text) || random.chance(0.4)) return text
  const shifted = new Date(Date.parse(text) + 7_200_000).toISOString()
  return random.pick([
    text.replace('.000Z', 'Z'),
    shifted.replace('Z', '+02:00'),
    text.replace(':00.000Z', 'Z'),
    text.replace('T00:00:00.000Z', ''),
  ])
}

// field=value

/** A conjunction of conditions on different fields, or undefined. */
function simpleParameters(random: Random, filter: Filter, object: ObjectIr): Parameters | undefined {
  const parts = filter.kind === 'and' ? filter.parts : [filter]
  const parameters = parts.map((part) => simpleParameter(random, part, object))
  const isSimple = parameters.every((one) => one !== undefined)
  return isSimple && new Set(parameters.map(([name]) => name)).size === parts.length ? parameters : undefined
}

function simpleParameter(random: Random, filter: Filter, object: ObjectIr): readonly [string, string] | undefined {
  if (filter.kind === 'and' || filter.kind === 'or') return undefined
  if (filter.kind === 'not') {
    const { part } = filter
    if (part.kind !== 'in') return undefined
    const list = simpleParameter(random, part, object)
    return list && [list[0].replace('[in]', '[nin]'), list[1]]
  }
  const { field } = filter
  if (STRUCTURE.includes(field) || field.startsWith('$') || /\[[a-z]+\]$/i.test(field) || hasControl(field)) return undefined
  const value = object.fields.find((one) => one.name === field)!.value
  if (filter.kind === 'null') {
    if (random.chance(0.5)) return [`${field}[null]`, String(filter.isNull)]
    return [filter.isNull ? field : `${field}[ne]`, 'null']
  }
  const spelled = (scalar: Scalar): string =>
    typeof scalar === 'number' ? numberText(random, scalar) : value.kind === 'datetime' ? instant(random, String(scalar)) : String(scalar)
  if (filter.kind === 'in') {
    const items = filter.values.map(spelled)
    const isList = items.length > 0 && items.every((item) => !item.includes(',') && item === item.trim())
    return isList ? [`${field}[in]`, items.join(random.pick([',', ', ']))] : undefined
  }
  // A list of numbers is searched for a number, which a parameter without a type is not.
  if (filter.kind === 'match') return typeof filter.value === 'number' ? undefined : [`${field}[${filter.operator}]`, String(filter.value)]
  // The word null alone means: has no value.
  if (filter.value === 'null' && (filter.operator === 'eq' || filter.operator === 'ne')) return undefined
  const operator = { eq: ['', '[eq]'], ne: ['[ne]'], gt: ['[gt]'], ge: ['[ge]', '[gte]'], lt: ['[lt]'], le: ['[le]', '[lte]'] }[
    filter.operator
  ]
  return [field + random.pick(operator), spelled(filter.value)]
}

// JSON

const DOLLAR = {
  eq: '$eq',
  ne: '$ne',
  gt: '$gt',
  ge: '$gte',
  lt: '$lt',
  le: '$lte',
  contains: '$contains',
  startswith: '$startsWith',
  endswith: '$endsWith',
}

/** `{ status: 'open', $or: [...] }`. */
export function objectDialect(random: Random, filter: Filter): unknown {
  switch (filter.kind) {
    case 'and': {
      const parts = filter.parts.map((part) => objectDialect(random, part) as object)
      const keys = parts.flatMap((part) => Object.keys(part))
      const isFlat = parts.every((part) => !Array.isArray(part)) && new Set(keys).size === keys.length
      return isFlat && random.chance(0.5) ? Object.fromEntries(parts.flatMap((part) => Object.entries(part))) : { $and: parts }
    }
    case 'or':
      return { $or: filter.parts.map((part) => objectDialect(random, part)) }
    case 'not':
      return { $not: objectDialect(random, filter.part) }
    default:
      // A key that starts with $ is an operator: fields of that name are for the infix dialect.
      return filter.field.startsWith('$') ? infix(random, filter) : keyed(filter.field, criterion(random, filter))
  }
}

/** `__proto__` is a key like any other. */
const keyed = (key: string, value: unknown): object => Object.fromEntries([[key, value]])

function criterion(random: Random, filter: Extract<Filter, { field: string }>): unknown {
  switch (filter.kind) {
    case 'null':
      if (filter.isNull) return random.pick<unknown>([null, { $eq: null }, { $null: true }, { $exists: false }])
      return random.pick<unknown>([{ $ne: null }, { $null: false }, { $exists: true }])
    case 'in':
      return random.chance(0.5) ? [...filter.values] : { $in: filter.values }
    case 'compare':
      return filter.operator === 'eq' && random.chance(0.7) ? filter.value : { [DOLLAR[filter.operator]]: filter.value }
    case 'match':
      return { [DOLLAR[filter.operator]]: filter.value }
    default:
      return filter satisfies never
  }
}

const INFIX = {
  eq: ['=', '==', 'equals', 'eq', '$eq'],
  ne: ['!=', '<>', 'neq', 'not_equals'],
  gt: ['>', 'gt', 'after', 'greater_than'],
  ge: ['>=', 'gte', 'greater_than_or_equal'],
  lt: ['<', 'before'],
  le: ['<=', 'lte'],
  contains: ['contains'],
  startswith: ['startswith', 'starts_with'],
  endswith: ['endswith', 'ends_with'],
}

/** `['amount', '>', 5]`, `[[…], 'or', […]]`, `['and', …]`. It has no "not": that part is an object. */
export function infix(random: Random, filter: Filter): unknown {
  switch (filter.kind) {
    case 'and':
    case 'or': {
      const parts = filter.parts.map((part) => infix(random, part))
      if (parts.length === 0 || random.chance(0.4)) return [filter.kind, ...parts]
      return parts.flatMap((part, index) =>
        index === 0 ? [part] : filter.kind === 'and' && random.chance(0.3) ? [part] : [filter.kind, part],
      )
    }
    case 'not':
      if (filter.part.kind === 'in') return [filter.part.field, random.pick(['nin', 'not in', 'notin', 'not_in']), filter.part.values]
      return { $not: infix(random, filter.part) }
    case 'null':
      if (random.chance(0.5)) return [filter.field, filter.isNull ? 'is_null' : 'is_not_null']
      return [filter.field, filter.isNull ? '=' : '!=', null]
    case 'in':
      return [filter.field, 'in', filter.values]
    default:
      return [filter.field, random.pick(INFIX[filter.operator]), filter.value]
  }
}

// sort, select, expand

const isPlainWord = (name: string): boolean => isWord(name) && !/[-.;=[]/.test(name.slice(0, 1)) && !name.includes(',')

function sortParameters(random: Random, { sort }: QueryCase): Parameters {
  if (sort.length === 0) return []
  const name = random.pick(['$orderby', 'orderby', 'orderBy', 'sort'])
  if (!sort.every(({ field }) => isPlainWord(field)) || random.chance(0.3)) return [[name, JSON.stringify(orderBy(random, sort))]]
  const item = ({ field, isDescending }: QueryCase['sort'][number]): string =>
    isDescending ? random.pick([`-${field}`, `${field} desc`, `${field} DESC`]) : random.pick([field, `${field} asc`])
  return [[name, sort.map(item).join(random.pick([',', ', ']))]]
}

/** The order as JSON or in process. */
export function orderBy(random: Random, sort: QueryCase['sort']): unknown {
  const direction = (isDescending: boolean): string => (isDescending ? 'desc' : 'asc')
  const style = random.below(3)
  if (style === 0) return sort.map(({ field, isDescending }) => [field, direction(isDescending)])
  if (style === 1) return sort.map(({ field, isDescending }) => ({ field, order: direction(isDescending) }))
  return sort.map(({ field, isDescending }) => keyed(field, direction(isDescending)))
}

function selectParameters(random: Random, select: readonly string[] | undefined): Parameters {
  if (!select) return []
  const isWords = select.every((name) => !name.includes(',') && !name.startsWith('[') && name === name.trim() && !hasControl(name))
  return [[random.pick(['$select', 'select', 'fields']), isWords && random.chance(0.8) ? select.join() : JSON.stringify(select)]]
}

function expandParameters(random: Random, expand: readonly Expansion[]): Parameters {
  if (expand.length === 0) return []
  // What looks like a literal, or like a path, is none of a name's business in text.
  const isName = (name: string): boolean => /^[^\s,();.=/'[\]{}\d-][^\s,();.=/']*$/.test(name) && !hasControl(name)
  const isText = (items: readonly Expansion[]): boolean =>
    items.every(({ field, select, expand: inner }) => isName(field) && (select === undefined || select.every(isName)) && isText(inner))
  const name = random.pick(['$expand', 'expand', 'populate'])
  return [[name, isText(expand) && random.chance(0.8) ? expandText(random, expand) : JSON.stringify(expandValue(random, expand))]]
}

const expandText = (random: Random, expand: readonly Expansion[]): string => expand.flatMap((one) => expandItems(random, one)).join()

/** `owner.manager` names one path: a relation with two below it is written twice. */
function expandItems(random: Random, { field, select, expand }: Expansion): readonly string[] {
  if (!select && expand.length === 0) return [field]
  if (!select && random.chance(0.5)) return expand.flatMap((one) => expandItems(random, one)).map((item) => `${field}.${item}`)
  const options = [...(select ? [`$select=${select.join()}`] : []), ...(expand.length > 0 ? [`$expand=${expandText(random, expand)}`] : [])]
  return [`${field}(${options.join(';')})`]
}

/** Relations as JSON or in process. */
export function expandValue(random: Random, expand: readonly Expansion[]): unknown {
  return Object.fromEntries(
    expand.map(({ field, select, expand: inner }) => {
      if (!select && inner.length === 0) return [field, true]
      const fields = random.chance(0.5) ? select : select && Object.fromEntries(select.map((name) => [name, true]))
      return [field, { ...(select ? { select: fields } : {}), ...(inner.length > 0 ? { expand: expandValue(random, inner) } : {}) }]
    }),
  )
}
