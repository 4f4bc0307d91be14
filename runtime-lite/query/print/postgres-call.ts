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
