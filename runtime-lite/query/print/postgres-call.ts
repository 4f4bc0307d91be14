import type { FunctionName } from '../ast.ts'
import type { ValueKind } from '../functions.ts'
import type { Sql } from './dialect.ts'

/** A function or operator of a query, on PostgreSQL. */
export function postgresCall(name: FunctionName, args: readonly Sql[], kinds: readonly ValueKind[]): Sql {
  const [first = 'null', second = 'null', third] = args.map((arg, index) => typedArgument(arg, kinds[index]))
  const utc = kinds[0] === 'date' ? first : `${first} at time zone 'UTC'`
  const part = (unit: string): Sql => `extract(${unit} from ${utc})::integer`
  switch (name) {
    case 'add':
      return `(${double(first)} + ${double(second)})`
    case 'sub':
      return `(${double(first)} - ${double(second)})`
    case 'mul':
      return `(${double(first)} * ${double(second)})`
    case 'divby':
      return `(${double(first)} / nullif(${double(second)}, 0))`
    case 'div':
      return `trunc(${double(first)} / nullif(${double(second)}, 0))`
    case 'mod':
      return remainder(double(first), double(second))
    case 'neg':
      return `(0 - ${double(first)})`
    case 'round':
      // The function of doubles rounds halves to even numbers, the one of decimals away from zero.
      return `round(${digits(first)})::float8`
    case 'floor':
      return `floor(${double(first)})`
    case 'ceiling':
      return `ceiling(${double(first)})`
    case 'abs':
      return `abs(${double(first)})`
    case 'length':
      return `length(${first})`
    case 'indexof':
      return `(strpos(${first}, ${second}) - 1)`
    case 'substring': {
      const start = `(${whole(second)} + 1)`
      return third === undefined ? `substr(${first}, ${start})` : `substr(${first}, ${start}, ${whole(third)})`
    }
    case 'tolower':
      return `lower(${first} collate "C")`
    case 'toupper':
      return `upper(${first} collate "C")`
    case 'trim':
      return `btrim(${first}, ' ')`
    case 'concat':
      return `(${first} || ${second})`
    case 'year':
    case 'month':
    case 'day':
    case 'hour':
    case 'minute':
      return part(name)
    case 'second':
      return `floor(extract(second from ${utc}))::integer`
    case 'date':
      return `(${utc})::date`
    case 'now':
      return "date_trunc('milliseconds', now())"
    case 'datetime':
      return kinds[0] === 'date' ? `((${first})::timestamp at time zone 'UTC')` : first
    case 'adddays':
      return shifted(first, second, kinds[0], 'days')
    case 'addmonths':
      return shifted(first, second, kinds[0], 'months')
    case 'daysbetween':
      return `(${utcDate(second, kinds[1])} - ${utcDate(first, kinds[0])})`
    case 'monthsbetween': {
      const months = '(extract(year from b) - extract(year from a)) * 12 + extract(month from b) - extract(month from a)'
      const days = 'extract(day from b) - extract(day from a)'
      const dates = `select ${utcDate(first, kinds[0])} as a, ${utcDate(second, kinds[1])} as b`
      return `(select (m - (m > 0 and d < 0)::integer + (m < 0 and d > 0)::integer)::integer from (select ${months} as m, ${days} as d from (${dates}) as p) as q)`
    }
    case 'power':
      return `(select case when a > 0 or (a = 0 and b >= 0) or (a < 0 and b = trunc(b)) then power(a, b) end from (select ${double(first)} as a, ${double(second)} as b) as q)`
    case 'least':
    case 'greatest':
      return `(select case when a is not null and b is not null then ${name}(a, b) end from (select ${double(first)} as a, ${double(second)} as b) as q)`
    case 'replace':
      return `replace(${first}, ${second}, ${third})`
    case 'totext':
      return textOf(first, kinds[0])
    case 'coalesce':
      return kinds[0] === 'number' ? `coalesce(${double(first)}, ${double(second)})` : `coalesce(${first}, ${second})`
    case 'geo.distance':
      return distance(first, second)
    case 'vector.cosine':
      return vectors(
        first,
        second,
        'sum(x.v * y.v order by x.i) / nullif(sqrt(sum(x.v * x.v order by x.i)) * sqrt(sum(y.v * y.v order by x.i)), 0)',
      )
    case 'vector.distance':
      return vectors(first, second, 'coalesce(sqrt(sum((x.v - y.v) * (x.v - y.v) order by x.i)), 0)')
    case 'vector.dot':
      return vectors(first, second, 'coalesce(sum(x.v * y.v order by x.i), 0)')
    default:
      return name satisfies never
  }
}

const ARGUMENT_TYPES: Readonly<Partial<Record<ValueKind, string>>> = {
  text: 'text',
  number: 'numeric',
  date: 'date',
  datetime: 'timestamptz',
  location: 'jsonb',
  vector: 'jsonb',
}

/** Operators of two parameters have no type of their own. */
function typedArgument(arg: Sql, kind: ValueKind | undefined): Sql {
  const type = kind === undefined ? undefined : ARGUMENT_TYPES[kind]
  return type !== undefined && /^\0\d+\0$/.test(arg) ? `${arg}::${type}` : arg
}

const utcDate = (sql: Sql, kind: ValueKind | undefined): Sql => (kind === 'date' ? `(${sql})` : `(${sql} at time zone 'UTC')::date`)

/** So many days or months later; null beyond the years 1 to 9999, which is looked at before: PostgreSQL refuses what is beyond its own years. */
function shifted(moment: Sql, count: Sql, kind: ValueKind | undefined, unit: 'days' | 'months'): Sql {
  const isDate = kind === 'date'
  const start = isDate ? `(${moment})` : `(${moment} at time zone 'UTC')`
  const whole = `trunc(greatest(least(${double(count)}, 4e6), -4e6))::integer`
  const isInYears =
    unit === 'days'
      ? "a::date - '0001-01-01'::date + n between 0 and 3652058"
      : 'extract(year from a) * 12 + extract(month from a) - 1 + n between 12 and 119999'
  const next = `a + make_interval(${unit} => n)`
  const result = isDate ? `(${next})::date` : `(${next}) at time zone 'UTC'`
  return `(select case when ${isInYears} then ${result} end from (select ${start} as a, ${whole} as n where ${double(count)} is not null) as p)`
}

/** Numbers have 15 digits and no needless zeros. */
function textOf(sql: Sql, kind: ValueKind | undefined): Sql {
  switch (kind) {
    case 'number':
      return `trim_scale((${sql})::float8::numeric)::text`
    case 'date':
      return `to_char(${sql}, 'YYYY-MM-DD')`
    case 'datetime':
      return `to_char(${sql} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
    case 'boolean':
      return `(${sql})::text`
    default:
      return sql
  }
}

const double = (sql: Sql): Sql => `(${sql})::float8`

/** The decimal number that a double is written as. A cast from double to numeric would keep 15 digits only. */
const digits = (sql: Sql): Sql => `(${sql})::float8::text::numeric`

/** There is no remainder of doubles. A quotient that was rounded up takes one divisor too many. */
const remainder = (dividend: Sql, divisor: Sql): Sql =>
  `(select case when r * sign(a) < 0 then r + sign(a) * abs(b) else r end from (select a, b, a - b * trunc(a / nullif(b, 0)) as r from (select ${dividend} as a, ${divisor} as b) as p) as q)`

/** A position or a length: whole, not negative, no more than any text has characters. */
const whole = (sql: Sql): Sql =>
  `(select case when n >= 1e9 then 1000000000 when n > 0 then trunc(n)::integer when n <= 0 then 0 end from (select ${double(sql)} as n) as q)`

function distance(from: Sql, to: Sql): Sql {
  const side = (of: Sql, key: string): Sql => `radians((${of} ->> '${key}')::float8)`
  const points = `${side(from, 'latitude')}, ${side(from, 'longitude')}, ${side(to, 'latitude')}, ${side(to, 'longitude')}`
  const haversine = 'sin((c - a) / 2) ^ 2 + cos(a) * cos(c) * sin((d - b) / 2) ^ 2'
  return `(select 12742017.6 * asin(sqrt(case when h > 1 then 1 else h end)) from (select ${haversine} as h from (values (${points})) as p(a, b, c, d)) as q)`
}

function vectors(left: Sql, right: Sql, result: Sql): Sql {
  const rows = (of: Sql, alias: string): Sql =>
    `(select e.v::float8, e.i from jsonb_array_elements_text(${of}) with ordinality as e(v, i)) as ${alias}`
  return `(case when jsonb_array_length(${left}) = jsonb_array_length(${right}) then (select ${result} from ${rows(left, 'x')} join ${rows(right, 'y')} on y.i = x.i) end)`
}
