import type { FunctionName } from '../ast.ts'
import type { ValueKind } from '../functions.ts'
import type { Sql } from './dialect.ts'
import { named } from './named.ts'
import { textLength, textPart } from './sqlite-text.ts'

const real = (sql: Sql): Sql => `cast(${sql} as real)`

/** Where a part of `YYYY-MM-DDTHH:mm:ss.sssZ` starts, and its length. */
const MOMENT_PARTS = { year: '1, 4', month: '6, 2', day: '9, 2', hour: '12, 2', minute: '15, 2', second: '18, 2' } as const

/** Positions and counts of characters: whole numbers from 0, none larger than any text is long. */
const whole = (sql: Sql): Sql => `min(max(cast(${sql} as integer), 0), 2147483646)`

/** A count of days or months. */
const whole0 = (sql: Sql): Sql => `cast(min(max(cast(${sql} as real), -4e6), 4e6) as integer)`

/** A date in place of that of a moment; null beyond the years 1 to 9999. */
const inYears = (date: Sql, moment: Sql): Sql =>
  `(select case when d >= '0001-01-01' and length(d) = 10 then d||substr(${moment}, 11) end from (select ${date} as d) as q)`

/** Numbers have 15 digits and no needless zeros. */
function textOf(sql: Sql, kind: ValueKind | undefined): Sql {
  if (kind === 'number') return `rtrim(rtrim(cast(${real(sql)} + 0.0 as text), '0'), '.')`
  return kind === 'boolean' ? `(case ${sql} when 1 then 'true' when 0 then 'false' end)` : sql
}

export function sqliteCall(
  name: FunctionName,
  [first = 'null', second = 'null', third]: readonly Sql[],
  kinds: readonly ValueKind[] = [],
): Sql {
  switch (name) {
    case 'add':
      return `(${real(first)} + ${real(second)})`
    case 'sub':
      return `(${real(first)} - ${real(second)})`
    case 'mul':
      return `(${real(first)} * ${real(second)})`
    // Division by zero is null in SQLite.
    case 'divby':
      return `(${real(first)} / ${real(second)})`
    case 'div':
      return `trunc(${real(first)} / ${real(second)})`
    case 'mod':
      return `mod(${real(first)}, ${real(second)})`
    case 'neg':
      return `(0.0 - ${real(first)})`
    case 'round':
      // round() takes 0.49999999999999994 for a half: what is behind the point is exact.
      return named([real(first)], (x = first) => `(trunc(${x}) + (abs(${x} - trunc(${x})) >= 0.5) * sign(${x}))`)
    case 'floor':
      return `floor(${real(first)})`
    case 'ceiling':
      return `ceil(${real(first)})`
    case 'abs':
      return `abs(${real(first)})`
    case 'length':
      return textLength(first)
    case 'indexof':
      return `(instr(${first}, ${second}) - 1)`
    case 'substring':
      return textPart(first, `(${whole(second)} + 1)`, third && whole(third))
    case 'tolower':
      return `lower(${first})`
    case 'toupper':
      return `upper(${first})`
    case 'trim':
      return `trim(${first})`
    case 'concat':
      return `(${first}||${second})`
    case 'year':
    case 'month':
    case 'day':
    case 'hour':
    case 'minute':
    case 'second':
      return `cast(substr(${first}, ${MOMENT_PARTS[name]}) as integer)`
    case 'date':
      return `substr(${first}, 1, 10)`
    case 'now':
      return "strftime('%Y-%m-%dT%H:%M:%fZ')"
    case 'datetime':
      return named([first], (x = first) => `(substr(${x}, 1, 10)||coalesce(nullif(substr(${x}, 11), ''), 'T00:00:00.000Z'))`)
    case 'adddays':
      return named([first, whole0(second)], (x = first, days = second) => inYears(`date(substr(${x}, 1, 10), ${days}||' days')`, x))
    case 'addmonths':
      return named([first, whole0(second)], (x = first, months = second) => {
        const month = `date(substr(${x}, 1, 8)||'01', ${months}||' months')`
        const day = `min(cast(substr(${x}, 9, 2) as integer), cast(substr(date(substr(${x}, 1, 8)||'01', (${months} + 1)||' months', '-1 day'), 9, 2) as integer))`
        return inYears(`(substr(${month}, 1, 8)||substr('0'||${day}, -2))`, x)
      })
    case 'daysbetween':
      return `cast(round(julianday(substr(${second}, 1, 10)) - julianday(substr(${first}, 1, 10))) as integer)`
    case 'monthsbetween':
      return named([first, second], (a = first, b = second) => {
        const part = (of: Sql, from: number, length: number): Sql => `cast(substr(${of}, ${from}, ${length}) as integer)`
        const months = `(${part(b, 1, 4)} - ${part(a, 1, 4)}) * 12 + ${part(b, 6, 2)} - ${part(a, 6, 2)}`
        const days = `${part(b, 9, 2)} - ${part(a, 9, 2)}`
        return `(select m - (m > 0 and d < 0) + (m < 0 and d > 0) from (select ${months} as m, ${days} as d) as q)`
      })
    case 'power':
      return `nullif(nullif(pow(${real(first)}, ${real(second)}), 9e999), -9e999)`
    case 'least':
      return `min(${real(first)}, ${real(second)})`
    case 'greatest':
      return `max(${real(first)}, ${real(second)})`
    case 'replace':
      // It does not look at what it would put in where there is nothing to replace.
      return named([third ?? 'null'], (other = 'null') => `iif(${other} is null, null, replace(${first}, ${second}, ${other}))`)
    case 'totext':
      return textOf(first, kinds[0])
    case 'coalesce':
      return `coalesce(${first}, ${second})`
    case 'geo.distance':
      return distance(first, second)
    case 'vector.cosine':
      return vectors(first, second, 'total(x.value * y.value) / nullif(sqrt(total(x.value * x.value)) * sqrt(total(y.value * y.value)), 0)')
    case 'vector.distance':
      return vectors(first, second, 'sqrt(total((x.value - y.value) * (x.value - y.value)))')
    case 'vector.dot':
      return vectors(first, second, 'total(x.value * y.value)')
    default:
      return name satisfies never
  }
}

/** Twice the radius of the Earth, in metres. */
const DIAMETER = '12742017.6'

const distance = (from: Sql, to: Sql): Sql =>
  named([from, to], (a = from, b = to) => {
    const radians = (point: Sql, key: string): Sql => `radians(json_extract(${point}, '$.${key}'))`
    const [lat, lng] = [radians(a, 'latitude'), radians(a, 'longitude')]
    const [otherLat, otherLng] = [radians(b, 'latitude'), radians(b, 'longitude')]
    const half = (angle: Sql): Sql => `pow(sin((${angle}) / 2), 2)`
    return `(select ${DIAMETER} * asin(min(1.0, sqrt(${half('p.c - p.a')} + cos(p.a) * cos(p.c) * ${half('p.d - p.b')}))) from (select ${lat} as a, ${lng} as b, ${otherLat} as c, ${otherLng} as d) as p)`
  })

/** Item by item. The second one has an index of its own for the statement, so that a long list is not searched for every item of the first. */
const vectors = (left: Sql, right: Sql, result: Sql): Sql =>
  named([left, right], (a = left, b = right) => {
    const isFit = `${a} is not null and ${b} is not null and count(*) = count(y.value) and count(*) = (select count(*) from y)`
    return `(with y as materialized (select key, value from json_each(${b})) select case when ${isFit} then ${result} end from json_each(${a}) as x left join y on y.key = x.key)`
  })
