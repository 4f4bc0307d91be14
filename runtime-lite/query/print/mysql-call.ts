import type { FunctionName } from '../ast.ts'
import type { ValueKind } from '../functions.ts'
import type { Sql } from './dialect.ts'
import { mysqlFoldedBy, mysqlInstant } from './mysql-expression.ts'

/** Functions and operators of queries, on MySQL and MariaDB. Text results have the binary collation, whatever they are computed from. */
export function mysqlCall(collation: string): (name: FunctionName, args: readonly Sql[], kinds: readonly ValueKind[]) => Sql {
  const folded = mysqlFoldedBy(collation)
  const collated = (sql: Sql): Sql => `${sql} collate ${collation}`
  return (name, [first = 'null', second = 'null', third], kinds) => {
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
        return `truncate(${double(first)} / nullif(${double(second)}, 0), 0)`
      case 'mod':
        return `mod(${double(first)}, nullif(${double(second)}, 0))`
      case 'neg':
        return `(0 - ${double(first)})`
      case 'round':
        return rounded(double(first))
      case 'floor':
        return `floor(${double(first)})`
      case 'ceiling':
        return `ceiling(${double(first)})`
      case 'abs':
        return `abs(${double(first)})`
      case 'length':
        return `char_length(${first})`
      case 'indexof':
        return `(locate(${second}, ${collated(first)}) - 1)`
      case 'substring': {
        const start = `${whole(second)} + 1`
        return collated(third === undefined ? `substring(${first}, ${start})` : `substring(${first}, ${start}, ${whole(third)})`)
      }
      case 'tolower':
        return folded(first, 'lower')
      case 'toupper':
        return folded(first, 'upper')
      case 'trim':
        return collated(`trim(both ' ' from ${first})`)
      case 'concat':
        return collated(`concat(${first}, ${second})`)
      case 'year':
      case 'month':
      case 'day':
      case 'hour':
      case 'minute':
      case 'second':
      case 'date':
        return `${name}(${first})`
      case 'now':
        return 'utc_timestamp(3)'
      case 'datetime':
        return `cast(${first} as datetime(3))`
      case 'adddays':
        return shifted(first, second, kinds[0], 'day')
      case 'addmonths':
        return shifted(first, second, kinds[0], 'month')
      case 'daysbetween':
        return `datediff(${second}, ${first})`
      case 'monthsbetween':
        return `timestampdiff(month, date(${first}), date(${second}))`
      case 'power': {
        const [a, b] = [double(first), double(second)]
        return `(case when ${a} > 0 or (${a} = 0 and ${b} >= 0) or (${a} < 0 and ${b} = truncate(${b}, 0)) then pow(${a}, ${b}) end)`
      }
      case 'least':
      case 'greatest':
        return `${name}(${double(first)}, ${double(second)})`
      case 'replace':
        // MariaDB does not look at what it would put in where there is nothing to replace.
        return collated(`if(${third} is null, null, replace(${collated(first)}, ${second}, ${third}))`)
      case 'totext':
        return collated(textOf(first, kinds[0]))
      case 'coalesce':
        return kinds[0] === 'text' ? collated(`coalesce(${first}, ${second})`) : `coalesce(${first}, ${second})`
      case 'geo.distance':
        return distance(first, second)
      case 'vector.cosine':
        return vectors(first, second, 'sum(x.v * y.v) / nullif(sqrt(sum(x.v * x.v)) * sqrt(sum(y.v * y.v)), 0)')
      case 'vector.distance':
        return vectors(first, second, 'coalesce(sqrt(sum((x.v - y.v) * (x.v - y.v))), 0)')
      case 'vector.dot':
        return vectors(first, second, 'coalesce(sum(x.v * y.v), 0)')
      default:
        return name satisfies never
    }
  }
}

/** So many days or months later; null beyond the years 1 to 9999. */
function shifted(moment: Sql, count: Sql, kind: ValueKind | undefined, unit: 'day' | 'month'): Sql {
  const whole = `cast(truncate(greatest(least(${double(count)}, 4e6), -4e6), 0) as signed)`
  const start = kind === 'date' ? `cast(${moment} as date)` : `cast(${moment} as datetime(3))`
  const least = kind === 'date' ? "cast('0001-01-01' as date)" : "cast('0001-01-01' as datetime(3))"
  const next = `date_add(${start}, interval ${whole} ${unit})`
  return `(case when ${next} >= ${least} then ${next} end)`
}

/** Numbers have 15 digits and no needless zeros. */
function textOf(sql: Sql, kind: ValueKind | undefined): Sql {
  switch (kind) {
    case 'number': {
      const rounded = `round(${double(sql)}, 14 - floor(log10(nullif(abs(${double(sql)}), 0))))`
      return `trim(trailing '.' from trim(trailing '0' from cast(cast(coalesce(${rounded}, ${double(sql)}) as decimal(65, 25)) as char)))`
    }
    case 'date':
      return `date_format(${sql}, '%Y-%m-%d')`
    case 'datetime':
      return mysqlInstant(sql)
    case 'boolean':
      return `elt((${sql}) + 1, 'false', 'true')`
    default:
      return sql
  }
}

const double = (sql: Sql): Sql => (/^cast\(\0\d+\0 as double\)$/.test(sql) ? sql : `cast(${sql} as double)`)

/** `round` leaves it to the C library where halves go. Only a table function gives the number a name. */
const rounded = (sql: Sql): Sql =>
  `(select truncate(q.n, 0) + case when abs(q.n - truncate(q.n, 0)) >= 0.5 then sign(q.n) else 0 end from json_table(json_array(${sql}), '$[*]' columns (n double path '$')) as q)`

/** A position or a length: whole, not negative, no more than any text has characters. */
const whole = (sql: Sql): Sql => `cast(truncate(least(greatest(${double(sql)}, 0), 1e9), 0) as signed)`

function distance(from: Sql, to: Sql): Sql {
  const side = (of: Sql, key: string): Sql => `radians(json_extract(${of}, '$.${key}') + 0e0)`
  const [a, b, c, d] = [side(from, 'latitude'), side(from, 'longitude'), side(to, 'latitude'), side(to, 'longitude')]
  const haversine = `pow(sin((${c} - ${a}) / 2), 2) + cos(${a}) * cos(${c}) * pow(sin((${d} - ${b}) / 2), 2)`
  return `(12742017.6e0 * asin(sqrt(least(${haversine}, 1e0))))`
}

function vectors(left: Sql, right: Sql, result: Sql): Sql {
  const rows = (of: Sql, alias: string): Sql => `json_table(${of}, '$[*]' columns (i for ordinality, v double path '$')) as ${alias}`
  return `(case when json_length(${left}) = json_length(${right}) then (select ${result} from ${rows(left, 'x')} join ${rows(right, 'y')} on y.i = x.i) end)`
}
