/** What an existing column is to a wanted one: fit, fit once it is made wider, or of another kind. */
export type ColumnFit = 'fits' | 'widen' | 'differs'

/** Compares types as databases print them (`character varying(80)`, `bigint(20)`) with those of generated schemas. */
export function columnFit(wanted: string, actual: string): ColumnFit {
  // What a computed column is made of is part of its name.
  const [kind, collation] = wanted.replace(COMPUTED, '').split(COLLATE)
  const [actualKind, actualCollation] = actual.split(COLLATE)
  const fit = kindFit(kind ?? '', actualKind ?? '')
  // Another order of texts is another way to compare them, which changes no value.
  return fit === 'fits' && collation !== undefined && collation !== actualCollation ? 'widen' : fit
}

const COLLATE = / collate /i
const COMPUTED = / generated always as .*$/s

function kindFit(wanted: string, actual: string): ColumnFit {
  const [left, right] = [shortType(wanted), shortType(actual)]
  if (left === right) return 'fits'
  // MariaDB's name for JSON is an alias.
  if (left === 'json' && right === 'longtext') return 'fits'
  const byRank = compareRanks(left, right)
  if (byRank) return byRank
  const [a, b] = [partsOf(left), partsOf(right)]
  const decimals = ['numeric', 'decimal']
  if (decimals.includes(a.base) && decimals.includes(b.base)) return decimalFit(a.numbers, b.numbers)
  // Finer instants than wanted do no harm, and coarser ones can be made finer.
  if (a.base === b.base && /^(?:timestamptz|datetime|time)$/.test(a.base))
    return (a.numbers[0] ?? 6) <= (b.numbers[0] ?? 6) ? 'fits' : 'widen'
  return 'differs'
}

function shortType(type: string): string {
  const text = type.toLowerCase().replaceAll(/\s*,\s*/g, ',')
  return text
    .replace(/ generated always as .*$/s, '')
    .replace(/^character varying(?=\(|$)/, 'varchar')
    .replace(/^varchar$/, 'text')
    .replace(/^timestamp(\(\d\))? with time zone$/, 'timestamptz$1')
    .replace(/^time(\(\d\))? without time zone$/, 'time$1')
    .replace(/^(bigint|int|mediumint|smallint)\(\d+\)$/, '$1')
    .replace(/^integer$/, 'int')
}

/** Kinds of which each holds what those before it hold. */
const LADDERS: readonly (readonly string[])[] = [
  ['smallint', 'mediumint', 'int', 'bigint'],
  ['real', 'double precision'],
  ['float', 'double'],
]

/** Characters that fit for sure, four bytes each. */
const TEXT_SIZES: ReadonlyMap<string, number> = new Map([
  ['tinytext', 63],
  ['mediumtext', 4_194_303],
  ['longtext', 1_073_741_823],
])

function textSize(type: string): number | undefined {
  const { base, numbers } = partsOf(type)
  if (base === 'varchar') return numbers[0] ?? Number.POSITIVE_INFINITY
  // MySQL's holds 64 kB, which is more than any varchar of a generated schema; PostgreSQL has nothing larger.
  return type === 'text' ? 16_383 : TEXT_SIZES.get(type)
}

function compareRanks(wanted: string, actual: string): ColumnFit | undefined {
  const [needed, room] = [textSize(wanted), textSize(actual)]
  if (needed !== undefined && room !== undefined) return room >= needed ? 'fits' : 'widen'
  const ladder = LADDERS.find((kinds) => kinds.includes(wanted) && kinds.includes(actual))
  if (!ladder) return undefined
  return ladder.indexOf(actual) >= ladder.indexOf(wanted) ? 'fits' : 'widen'
}

function decimalFit(
  [digits = 0, scale = 0]: readonly number[],
  [actualDigits = Number.POSITIVE_INFINITY, actualScale = 0]: readonly number[],
): ColumnFit {
  // Without digits PostgreSQL holds any.
  if (actualDigits === Number.POSITIVE_INFINITY) return 'fits'
  const [before, actualBefore] = [digits - scale, actualDigits - actualScale]
  if (actualBefore >= before && actualScale >= scale) return 'fits'
  return actualBefore <= before && actualScale <= scale ? 'widen' : 'differs'
}

const partsOf = (type: string): { readonly base: string; readonly numbers: readonly number[] } => {
  const [, base = type, numbers] = /^([a-z ]+?)\s*\(([\d,]+)\)$/.exec(type) ?? []
  return { base, numbers: numbers === undefined ? [] : numbers.split(',').map(Number) }
}
