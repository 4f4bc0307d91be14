import type { Json } from '../source/json.ts'

type JsonMap = { readonly [key: string]: Json }

const isMap = (value: Json): value is JsonMap => typeof value === 'object' && value !== null && !Array.isArray(value)

/** What conditions are made of; a map without any of these is a filter by field names. */
const CONDITION_KEYS: ReadonlySet<string> = new Set([
  ...[
    'field',
    'expression',
    'formula',
    'source',
    'all_of',
    'allOf',
    'any_of',
    'anyOf',
    'all',
    'any',
    'and',
    'or',
    '$and',
    '$or',
    'not',
    '$not',
    'if',
  ],
])

/** `{record.account}`, `{{account}}`, `$record.account`: a value of the record that is written. */
const PLACEHOLDER = /^(?:\{\{?\s*(?:\$?record\.)?(\w+)\s*\}?\}|\$record\.(\w+))$/

/** What the written record is called in filters over other records. */
const WRITTEN = 'previous'

/**
 * A filter over other records as a condition: `{ status: 'open', amount: { $gt: 5 } }`, `['status', '=', 'open']` and lists of these become
 * `{ field, operator, value }`; values that stand for those of the written record become comparisons with them.
 */
export function filterCondition(value: Json): Json {
  if (typeof value === 'string') return filterText(value)
  if (Array.isArray(value)) return isTriple(value) ? leaf(value[0] as string, value[1] as string, value[2] ?? null) : fromList(value)
  if (!isMap(value)) return value
  if (typeof value['source'] === 'string') return { ...value, source: filterText(value['source']) }
  const keys = Object.keys(value)
  if (keys.length === 0) return true
  if (!keys.some((key) => CONDITION_KEYS.has(key))) return keys.flatMap((key) => byField(key, value[key] as Json))
  if (typeof value['field'] === 'string' && 'value' in value) {
    const { value: compared, ...rest } = value
    return withValue(rest, compared as Json)
  }
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, partOf(key, part)]))
}

/** How the items of a list hold together is said by its key. */
const LIST_KEYS: ReadonlySet<string> = new Set(['all_of', 'allOf', 'any_of', 'anyOf', 'all', 'any', 'and', 'or', '$and', '$or'])

function partOf(key: string, part: Json): Json {
  if (!CONDITION_KEYS.has(key) || key === 'field') return part
  return LIST_KEYS.has(key) && Array.isArray(part) && !isTriple(part) ? part.map(filterCondition) : filterCondition(part)
}

const isTriple = ([field, operator, , ...more]: readonly Json[]): boolean =>
  typeof field === 'string' && typeof operator === 'string' && !isJoiner(operator) && !isJoiner(field) && more.length === 0

const isJoiner = (value: Json | undefined): boolean => typeof value === 'string' && /^(?:and|or)$/i.test(value)

/** `['and', …]`, `[…, 'or', …]`, or criteria that all have to hold. */
function fromList(items: readonly Json[]): Json {
  const parts = items.filter((item) => !isJoiner(item)).map(filterCondition)
  const joiners = items.filter(isJoiner).map((item) => String(item).toLowerCase())
  return joiners.length > 0 && joiners.every((joiner) => joiner === 'or') ? { any_of: parts } : { all_of: parts }
}

function byField(field: string, value: Json): readonly Json[] {
  if (Array.isArray(value)) return [leaf(field, 'in', value)]
  if (!isMap(value)) return [leaf(field, '=', value)]
  return Object.entries(value).map(([operator, compared]) => leaf(field, operator, compared))
}

const leaf = (field: string, operator: string, value: Json): Json => withValue({ field, operator: OPERATORS[operator] ?? operator }, value)

/** Operators of queries that conditions spell in another way. */
const OPERATORS: Readonly<Record<string, string>> = {
  $gte: '>=',
  $lte: '<=',
  $nin: 'not_in',
  $startsWith: 'starts_with',
  $endsWith: 'ends_with',
}

function withValue(rest: JsonMap, value: Json): Json {
  const match = typeof value === 'string' ? PLACEHOLDER.exec(value) : null
  const name = match?.[1] ?? match?.[2]
  return name === undefined || name === 'today' || name === 'now' ? { ...rest, value } : { ...rest, compare_to: `${WRITTEN}.${name}` }
}

/** Places in the text of a filter that stand for values of the written record. */
export const filterText = (text: string): string =>
  text.replaceAll(/\{\{?\s*(?:\$?record\.)?(\w+)\s*\}?\}/g, `${WRITTEN}.$1`).replaceAll(/(?<![\w$.])\$record\.(?=\w)/g, `${WRITTEN}.`)
