import type { SqlValue } from '../../object/object-plan.ts'
import { queryError } from '../../problem/problem.ts'
import { afterPrefix } from './after-prefix.ts'
import type { Derive, Sql } from './dialect.ts'
import { named } from './named.ts'

// SQLite's length, substr and GLOB stop at a NUL character: only instr, replace, trim, comparisons and bytes see the whole text.

/** A byte that no UTF-8 text has, so that it is found at the end only. */
const END = "cast(x'ff' as text)"

/** Length in code points. */
export const textLength = (text: Sql): Sql => `(instr(${text}||${END}, ${END}) - 1)`

/** Stands in for NUL: the last code point, which is no character and which nobody may exchange. */
const STAND_IN = '\u{10FFFF}'
const STAND_IN_BYTES = "x'f48fbfbf'"

/** A text with NUL characters without them, one row at a time. */
const withoutNul = (text: Sql): Sql =>
  `(with recursive s(done, rest) as (select x'', cast(${text} as blob) union all select cast(done||substr(rest, 1, instr(rest, x'00') - 1)||${STAND_IN_BYTES} as blob), coalesce(substr(rest, instr(rest, x'00') + 1), x'') from s where instr(rest, x'00') > 0) select cast(done||rest as text) from s where instr(rest, x'00') = 0)`

const withNulReplaced = (text: Sql): Sql => `case when instr(${text}, char(0)) = 0 then ${text} else ${withoutNul(text)} end`

/** `from` counts from 1. */
export const textPart = (text: Sql, from: Sql, count: Sql | undefined): Sql => {
  const part = (of: Sql, start: Sql, length: Sql | undefined): Sql => `substr(${of}, ${start}${length === undefined ? '' : `, ${length}`})`
  return named([text, from, ...(count === undefined ? [] : [count])], (x = text, start = from, length) => {
    const whole = `replace(${part(withoutNul(x), start, length)}, cast(${STAND_IN_BYTES} as text), char(0))`
    return `(case when instr(${x}, char(0)) = 0 then ${part(x, start, length)} when ${x} is not null then ${whole} end)`
  })
}

export function startsWith(text: Sql, wanted: Sql, derive: Derive): Sql {
  // A range, so that an index on the field serves it.
  const end = derive(wanted, 'after-prefix', 'text', textDerivations['after-prefix'])
  if (end === undefined) return `instr(${text}, ${wanted}) = 1`
  return named([text], (x = text) => `(${x} >= ${wanted} and ${x} < ${end})`)
}

export function endsWith(text: Sql, wanted: Sql, derive: Derive): Sql {
  const bytes = derive(wanted, 'bytes', 'bytes', textDerivations.bytes) ?? `cast(${wanted} as blob)`
  return named([text, bytes], (x = text, end = bytes) => {
    const all = `cast(${x} as blob)`
    // substr of an empty text's bytes is null.
    return `(${x} is not null and coalesce(substr(${all}, max(1, length(${all}) + 1 - length(${end}))), x'') = ${end})`
  })
}

const encoder = new TextEncoder()

/** What is made of values when they are bound. */
export const textDerivations = {
  'after-prefix': (value: SqlValue): SqlValue => afterPrefix(String(value).toWellFormed()),
  bytes: (value: SqlValue): SqlValue => encoder.encode(String(value)),
  glob: (value: SqlValue): SqlValue => globOf(value, false),
  'glob-folded': (value: SqlValue): SqlValue => globOf(value, true),
} as const

/** Letters are folded on both sides: LIKE would do so, too, but stops at NUL, and GLOB does not escape in the same way. */
export function like(text: Sql, wanted: Sql, isFolded: boolean, derive: Derive): Sql {
  const name = isFolded ? 'glob-folded' : 'glob'
  const pattern = derive(wanted, name, 'text', textDerivations[name])
  const folded = (sql: Sql): Sql => (isFolded ? `lower(${sql})` : sql)
  return named([folded(text), pattern ?? folded(globOfColumn(wanted))], (x = text, glob = wanted) => {
    return `(${withNulReplaced(x)} glob ${glob})`
  })
}

/** `%` and `_` as `*` and `?`, everything else as itself. */
function globOf(wanted: SqlValue, isFolded: boolean): string {
  const text = isFolded ? String(wanted).replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()) : String(wanted)
  const glob = text.replaceAll(/\\(.)|[%_*?[\0]/gsu, (found, escaped: string | undefined) =>
    escaped === undefined ? (GLOBS[found] ?? found) : (LITERALS[escaped] ?? escaped),
  )
  if (encoder.encode(glob).length > MAX_PATTERN)
    throw queryError('INVALID_FILTER', '$filter', `A pattern of "like" has at most ${MAX_PATTERN} bytes.`)
  return glob
}

/** SQLite's SQLITE_MAX_LIKE_PATTERN_LENGTH. */
const MAX_PATTERN = 50_000

const LITERALS: Readonly<Record<string, string>> = { '*': '[*]', '?': '[?]', '[': '[[]', '\0': STAND_IN }
const GLOBS: Readonly<Record<string, string>> = { ...LITERALS, '%': '*', _: '?' }

/** The same in SQL, for patterns that stand in a column. */
const globOfColumn = (wanted: Sql): Sql => {
  const steps: readonly (readonly [from: string, to: string])[] = [
    ['[', '[[]'],
    ['*', '[*]'],
    ['?', '[?]'],
    ['\\\\', '\u0001'],
    ['\\%', '\u0002'],
    ['\\_', '\u0003'],
    // The last one escapes nothing, the others what they stand before.
    ['\\\u0004', '\u0001'],
    ['\u0004', ''],
    ['\\', ''],
    ['%', '*'],
    ['_', '?'],
    ['\u0001', '\\'],
    ['\u0002', '%'],
    ['\u0003', '_'],
  ]
  const glob = steps.reduce((sql, [from, to]) => `replace(${sql}, '${from}', '${to}')`, `${wanted}||'\u0004'`)
  return named([glob], (x = glob) => withNulReplaced(x))
}
