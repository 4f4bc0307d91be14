import type { ObjectIr } from '../../compiler/ir/object.ts'

/** A record as clients see it. */
export type Row = { readonly [field: string]: unknown }

/** A condition, independent of how it is written. */
export type Filter =
  | { readonly kind: 'compare'; readonly field: string; readonly operator: Comparison; readonly value: Scalar }
  | { readonly kind: 'match'; readonly field: string; readonly operator: 'contains' | 'startswith' | 'endswith'; readonly value: Scalar }
  | { readonly kind: 'in'; readonly field: string; readonly values: readonly Scalar[] }
  | { readonly kind: 'null'; readonly field: string; readonly isNull: boolean }
  | { readonly kind: 'and'; readonly parts: readonly Filter[] }
  | { readonly kind: 'or'; readonly parts: readonly Filter[] }
  | { readonly kind: 'not'; readonly part: Filter }

export type Comparison = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le'
export type Scalar = string | number | boolean

export interface Expansion {
  readonly field: string
  readonly select?: readonly string[]
  readonly expand: readonly Expansion[]
}

export interface QueryCase {
  readonly filter?: Filter
  readonly sort: readonly { readonly field: string; readonly isDescending: boolean }[]
  readonly limit?: number
  readonly offset?: number
  readonly select?: readonly string[]
  readonly expand: readonly Expansion[]
  readonly withTotal: boolean
}

/** Everything there is: the objects and their records. */
export interface World {
  readonly objects: ReadonlyMap<string, ObjectIr>
  readonly rows: ReadonlyMap<string, readonly Row[]>
}

export const DEFAULT_LIMIT = 50

/** The answer to a query, computed as slowly and obviously as possible. */
export function interpretQuery(
  world: World,
  objectName: string,
  query: QueryCase,
): { readonly items: readonly Row[]; readonly total?: number } {
  const object = world.objects.get(objectName)!
  const found = world.rows.get(objectName)!.filter((row) => query.filter === undefined || holds(query.filter, row, object))
  const sorted = [...found].sort((left, right) => order(left, right, query))
  const start = query.offset ?? 0
  const page = sorted.slice(start, start + (query.limit ?? DEFAULT_LIMIT))
  const items = page.map((row) => shown(world, object, row, query))
  return query.withTotal ? { items, total: found.length } : { items }
}

/** Two-valued: every condition holds or does not; nothing is unknown. */
export function holds(filter: Filter, row: Row, object: ObjectIr): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.parts.every((part) => holds(part, row, object))
    case 'or':
      return filter.parts.some((part) => holds(part, row, object))
    case 'not':
      return !holds(filter.part, row, object)
    case 'null':
      return (row[filter.field] === null) === filter.isNull
    case 'in':
      return row[filter.field] !== null && filter.values.some((value) => row[filter.field] === canonical(object, filter.field, value))
    case 'match': {
      const value = row[filter.field]
      if (Array.isArray(value)) return value.includes(filter.value)
      if (typeof value !== 'string') return false
      const wanted = String(filter.value)
      if (filter.operator === 'contains') return value.includes(wanted)
      return filter.operator === 'startswith' ? value.startsWith(wanted) : value.endsWith(wanted)
    }
    case 'compare': {
      const left = row[filter.field]
      if (left === null) return filter.operator === 'ne'
      const difference = compare(left, canonical(object, filter.field, filter.value))
      return {
        eq: difference === 0,
        ne: difference !== 0,
        gt: difference > 0,
        ge: difference >= 0,
        lt: difference < 0,
        le: difference <= 0,
      }[filter.operator]
    }
    default:
      return filter satisfies never
  }
}

/** Options are found in another case too when that names exactly one. */
function canonical(object: ObjectIr, name: string, value: Scalar): Scalar {
  const type = object.fields.find((field) => field.name === name)!.value
  if (type.kind !== 'option' || type.base !== 'string') return value
  const options = type.options.map((option) => String(option.value))
  if (options.includes(String(value))) return value
  const folded = options.filter((option) => option.toLowerCase() === String(value).toLowerCase())
  return folded.length === 1 ? folded[0]! : value
}

/** null first, false before true, numbers by value, texts by code point. */
function compare(left: unknown, right: unknown): number {
  if (left === right) return 0
  if (left === null) return -1
  if (right === null) return 1
  if (typeof left === 'string' && typeof right === 'string') return Buffer.compare(Buffer.from(left), Buffer.from(right))
  return Number(left) - Number(right) || (Number(left) < Number(right) ? -1 : Number(left) > Number(right) ? 1 : 0)
}

/** By the sort items, then by id in the direction of the last item. */
function order(left: Row, right: Row, { sort }: QueryCase): number {
  for (const { field, isDescending } of sort) {
    const difference = compare(left[field], right[field])
    if (difference !== 0) return isDescending ? -difference : difference
  }
  const difference = compare(left['id'], right['id'])
  return sort.at(-1)?.isDescending ? -difference : difference
}

/** The selected fields, relations replaced by the records they name where those exist. */
function shown(world: World, object: ObjectIr, row: Row, { select, expand }: Pick<QueryCase, 'select' | 'expand'>): Row {
  const names = select ? new Set([...select, ...expand.map(({ field }) => field)]) : new Set(Object.keys(row))
  return Object.fromEntries(
    Array.from(names, (name) => {
      const expansion = expand.find(({ field }) => field === name)
      return [name, expansion ? expanded(world, object, row[name], expansion) : row[name]]
    }),
  )
}

function expanded(world: World, object: ObjectIr, value: unknown, expansion: Expansion): unknown {
  const name = object.fields.find((field) => field.name === expansion.field)!.reference!.object!
  const target = world.objects.get(name)!
  const record = (id: unknown): unknown => {
    const found = world.rows.get(name)!.find((row) => row['id'] === id)
    return found ? shown(world, target, found, expansion) : id
  }
  return Array.isArray(value) ? value.map(record) : record(value)
}
