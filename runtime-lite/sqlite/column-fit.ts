import type { ColumnShape } from './database-shape.ts'

/** Column affinities (https://www.sqlite.org/datatype3.html#determination_of_column_affinity). */
type Affinity = 'integer' | 'text' | 'blob' | 'real' | 'numeric'

function affinityOf(type: string): Affinity {
  const name = type.toUpperCase()
  if (name.includes('INT')) return 'integer'
  if (name.includes('CHAR') || name.includes('CLOB') || name.includes('TEXT')) return 'text'
  if (name === '' || name.includes('BLOB')) return 'blob'
  return name.includes('REAL') || name.includes('FLOA') || name.includes('DOUB') ? 'real' : 'numeric'
}

export const isSameType = (a: ColumnShape, b: ColumnShape): boolean => a.type.toLowerCase() === b.type.toLowerCase()

export const isJsonType = (type: string): boolean => /\bjsonb?\b/i.test(type)

/**
 * Whether a column of one type can hold what the schema wants to store: as it is; when its values are checked with `probe` (a
 * condition that a value which does not fit meets); or not at all.
 */
export function columnFit(
  wanted: ColumnShape,
  actual: ColumnShape,
): { readonly kind: 'fits' } | { readonly kind: 'if'; readonly probe: (column: string) => string } | { readonly kind: 'differs' } {
  if (isSameType(wanted, actual)) return { kind: 'fits' }
  const affinity = affinityOf(actual.type)
  if (affinityOf(wanted.type) !== 'text')
    return affinity === 'text' ? { kind: 'differs' } : { kind: 'if', probe: (column) => `typeof(${column}) not in ('integer', 'real')` }
  if (isJsonType(wanted.type))
    return affinity === 'integer' || affinity === 'real'
      ? { kind: 'differs' }
      : { kind: 'if', probe: (column) => `not json_valid(${column})` }
  // Text that looks like a number would become one; dates and times never do.
  if (affinity === 'numeric' && !/date|time|uuid|json/i.test(actual.type)) return { kind: 'differs' }
  if (affinity === 'integer' || affinity === 'real') return { kind: 'differs' }
  return isJsonType(actual.type) ? { kind: 'differs' } : { kind: 'if', probe: (column) => `typeof(${column}) <> 'text'` }
}

/** The value of a column, turned into the wanted type as far as possible, else null. */
export function converted(wanted: ColumnShape, actual: ColumnShape, column: string): string {
  if (isSameType(wanted, actual)) return column
  if (isJsonType(wanted.type))
    return `case when json_valid(${column}) then ${column} when ${column} is not null then json_array(${column}) end`
  if (affinityOf(wanted.type) !== 'text')
    return `case when typeof(${column}) in ('integer', 'real') then ${column} when typeof(${column} + 0) in ('integer', 'real') and cast(${column} as numeric) || '' = trim(${column}) then ${column} + 0 end`
  return isJsonType(actual.type)
    ? `case when json_type(${column}) = 'array' and json_array_length(${column}) = 1 then json_extract(${column}, '$[0]') else ${column} end`
    : `cast(${column} as text)`
}
