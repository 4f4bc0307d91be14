import { LONGEST_MATCHED } from '../../expression/functions.ts'
import type { ColumnKind, SqlValue } from '../../object/object-plan.ts'
import type { Granularity } from '../ast.ts'
import { afterPrefix } from './after-prefix.ts'
import { closedPattern } from './closed-pattern.ts'
import type { Dialect, Sql } from './dialect.ts'
import { mysqlCall } from './mysql-call.ts'
import { mysqlFoldedBy, mysqlInstant } from './mysql-expression.ts'
import { mysqlSearch, mysqlSearchDerivations } from './mysql-search.ts'
import { physicalName } from './physical-name.ts'

export type MysqlFlavor = 'mysql' | 'mariadb'

/**
 * MySQL 8.0.21 and later, MariaDB 10.6 and later. Connections use utf8mb4, UTC and a `group_concat_max_len` of the largest value: MariaDB cuts
 * JSON arrays at it. Text columns of the generated schema have a binary collation without padding, which wins over that of parameters.
 */
export function mysqlDialect(flavor: MysqlFlavor): Dialect {
  const isMaria = flavor === 'mariadb'
  const collation = isMaria ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin'
  const collated = (sql: Sql): Sql => `${sql} collate ${collation}`
  const folded = mysqlFoldedBy(collation)
  /** The type of a JSON array's items as rows. */
  const itemType = (kind: ColumnKind): Sql => {
    switch (kind) {
      case 'integer':
      case 'real':
        return kind === 'integer' ? 'decimal(65,20)' : 'double'
      case 'boolean':
        return 'tinyint'
      default:
        return `${kind === 'text' ? 'longtext' : 'varchar(255)'} character set utf8mb4 collate ${collation}`
    }
  }
  const items = (column: Sql, alias: string): Sql =>
    `json_table(${column}, '$[*]' columns (\`key\` for ordinality, value ${itemType('text')} path '$')) as ${alias}`

  const dialect: Dialect = {
    name: 'mysql',
    placeholders: 'ordered',
    maxParameters: 65_535,
    hasReturning: { insert: isMaria, update: false, delete: isMaria },
    quoteName: (name) => `\`${physicalName('mysql', name).replaceAll('`', '``')}\``,
    quoteText,
    typed: (mark, kind) => PARAMETER_CASTS[kind]?.(mark) ?? mark,
    holds: String,
    bool: (value) => (value ? '1' : '0'),
    compare(operator, left, right, kind, orNull) {
      const other = kind === 'text' && !isColumn(left) && !isColumn(right) ? collated(right) : right
      if (operator === 'ne') return `(${left} = ${other}) is not true`
      const condition = `${left} ${COMPARISONS[operator]} ${other}`
      return orNull ? `(${condition} or ${left} is null)` : condition
    },
    contains: (text, wanted) => `locate(${wanted}, ${collated(text)}) > 0`,
    startsWith(text, wanted, derive) {
      const end = derive(wanted, 'after-prefix', 'text', afterPrefix)
      const from = isColumn(text) ? wanted : collated(wanted)
      if (end !== undefined) return `(${text} >= ${from} and ${text} < ${isColumn(text) ? end : collated(end)})`
      return `left(${text}, char_length(${wanted})) = ${collated(wanted)}`
    },
    endsWith: (text, wanted) => `right(${text}, char_length(${wanted})) = ${collated(wanted)}`,
    icontains: (text, wanted) => `locate(${folded(wanted, 'lower')}, ${folded(text, 'lower')}) > 0`,
    like(text, wanted, isFolded, derive) {
      const pattern = derive(wanted, 'closed-pattern', 'text', closedPattern) ?? wanted
      if (isFolded) return `${folded(text, 'lower')} like ${folded(pattern, 'lower')} escape x'5c'`
      return `${text} like ${isColumn(text) ? pattern : collated(pattern)} escape x'5c'`
    },
    matches: (text, pattern) => `(char_length(${text}) <= ${LONGEST_MATCHED} and ${text} regexp ${collated(pattern)})`,
    choose(condition, then, otherwise, kind) {
      const sql = `(case when ${condition} then ${then} else ${otherwise} end)`
      return kind === 'text' ? collated(sql) : sql
    },
    not: (condition) => `(${condition}) is not true`,
    inList: (left, list, kind) => {
      const value = kind === 'datetime' ? 'cast(left(i.v, 23) as datetime(3))' : kind === 'date' ? 'cast(i.v as date)' : 'i.v'
      return `${left} in (select ${value} from json_table(${list}, '$[*]' columns (v ${itemType(kind)} path '$')) as i)`
    },
    hasMember(column, value, kind) {
      if (kind === 'boolean') return `json_contains(${column}, elt(${value} + 1, 'false', 'true'))`
      if (kind === 'json') return `json_contains(${column}, ${value})`
      if (kind === 'integer' || kind === 'real') return `json_contains(${column}, concat('', ${value}))`
      // MariaDB's json_contains takes equal texts that are escaped differently for different ones.
      return isMaria ? `${value} in (select i.value from ${items(column, 'i')})` : `json_contains(${column}, json_quote(${value}))`
    },
    derivations: { 'after-prefix': afterPrefix, 'closed-pattern': closedPattern, members: memberPath, ...mysqlSearchDerivations },
    call: mysqlCall(collation),
    jsonPath(column, path, kind, derive) {
      const found = `json_extract(${column}, ${derive(path, 'members', 'text', memberPath) ?? path})`
      if (kind === 'any') return `(case when json_type(${found}) <> 'NULL' then ${found} end)`
      const value = {
        text: collated(`json_unquote(${found})`),
        number: `cast(${isMaria ? found : `json_unquote(${found})`} as double)`,
        // By length, true or false: words of two collations cannot be compared.
        boolean: `(char_length(json_unquote(${found})) = 4)`,
      }[kind]
      return `(case when json_type(${found}) in (${JSON_TYPES[kind]}) then ${value} end)`
    },
    sort(by, isDescending, nullsFirst, isNotNull) {
      const direction = isDescending ? `${by} desc` : by
      return isNotNull || isDescending !== nullsFirst ? direction : `${by} is ${nullsFirst ? 'not ' : ''}null, ${direction}`
    },
    limit: (limit, offset) => `limit ${uncast(limit)}${offset === undefined ? '' : ` offset ${uncast(offset)}`}`,
    jsonValue(column, { kind }) {
      if (kind === 'json' || kind === 'list') return isMaria ? nested(column) : column
      return kind === 'boolean' || kind === 'datetime' || kind === 'date' ? dialect.jsonOf(column, kind) : column
    },
    jsonOf(sql, kind) {
      switch (kind) {
        case 'boolean':
          return nested(`elt((${sql}) + 1, 'false', 'true')`)
        case 'datetime':
          return mysqlInstant(sql)
        case 'date':
          return `date_format(${sql}, '%Y-%m-%d')`
        case 'any':
        case 'location':
        case 'vector':
          return nested(sql)
        default:
          return sql
      }
    },
    // The collation of the first key is that of the whole: JSON columns and text columns have different ones.
    jsonObject: (members) =>
      `json_object(${members.map(([key, value], index) => `${index === 0 ? collated(quoteText(key)) : quoteText(key)}, ${value}`).join(', ')})`,
    jsonText: (json) => (isMaria ? json : `cast(${json} as char)`),
    jsonArray(json, { from, where, orderBy, limit }) {
      const order = `${clause('order by', orderBy)}${clause('', limit)}`
      const rows = `from ${from}${clause('where', where)}`
      // MariaDB sorts and cuts within the aggregate, and has no derived tables that see the outer row; MySQL has those.
      if (isMaria) return nested(`coalesce((select json_arrayagg(${json}${order}) ${rows}), '[]')`)
      return nested(
        `coalesce((select json_arrayagg(\`json of row\`) from (select ${json} as \`json of row\` ${rows}${order}) as \`rows\`), '[]')`,
      )
    },
    jsonOne: (json, { from, where }, otherwise) =>
      nested(`coalesce((select ${json} from ${from}${clause('where', where)}), ${collated(`json_quote(${otherwise})`)})`),
    eachItem: items,
    jsonListed(column, alias, recordOf) {
      const item = `${alias}.value`
      const record = nested(`coalesce(${recordOf(item)}, ${collated(`json_quote(${item})`)})`)
      const list = dialect.jsonArray(record, {
        alias,
        from: items(column, alias),
        where: '',
        orderBy: `${alias}.\`key\``,
        limit: isMaria ? '' : 'limit 18446744073709551615',
      })
      return nested(`(case when ${column} is not null then ${list} end)`)
    },
    aggregate(name, of, _kind, filter, scale) {
      const only = (sql: Sql): Sql => (filter === undefined ? sql : `case when ${filter} then ${sql} end`)
      if (of === undefined) return filter === undefined ? 'count(*)' : `count(${only('1')})`
      if (name === 'count' || name === 'count_distinct') return `count(${name === 'count' ? '' : 'distinct '}${only(of)})`
      // The average of integers is a decimal of four places there.
      if (name === 'avg') return `(cast(sum(${only(of)}) as double) / nullif(count(${only(of)}), 0))`
      const value = `${name}(${only(of)})`
      return name === 'sum' && scale !== undefined ? `cast(${value} as decimal(65, ${Math.min(scale, MAX_SCALE)}))` : value
    },
    truncate: (sql, granularity) => FIRST_DAY[granularity](sql),
    search: (search, text, derive) => mysqlSearch(search, text, derive, dialect.quoteName),
    estimate: (table) =>
      `(select table_rows from information_schema.tables where table_schema = database() and table_name = ${quoteText(table.slice(1, -1).replaceAll('``', '`'))})`,
    forUpdate: ' for update',
    // The database looks at every unique key, not only at this one.
    onConflict: (_key, sets) => `on duplicate key update ${sets.join(', ')}`,
    inserted: (column) => `values(${column})`,
  }
  return dialect
}

/** A backslash escapes or not, as the server is configured: a literal that has one is written in hexadecimal. */
function quoteText(text: string): Sql {
  if (!text.includes('\\')) return `'${text.replaceAll("'", "''")}'`
  return `_utf8mb4 x'${Array.from(new TextEncoder().encode(text), (byte) => byte.toString(16).padStart(2, '0')).join('')}'`
}

const PARAMETER_CASTS: Readonly<Partial<Record<string, (mark: Sql) => Sql>>> = {
  integer: (mark) => `cast(${mark} as signed)`,
  real: (mark) => `cast(${mark} as double)`,
  date: (mark) => `cast(${mark} as date)`,
  // `Z` is not understood.
  datetime: (mark) => `cast(left(${mark}, 23) as datetime(3))`,
}

/** `limit` takes parameters as they are. */
const uncast = (integer: Sql): Sql => integer.replace(/^cast\((\0\d+\0) as signed\)$/, '$1')

const JSON_TYPES = {
  text: "'STRING'",
  number: "'INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL'",
  boolean: "'BOOLEAN'",
} as const

const COMPARISONS = { eq: '=', gt: '>', ge: '>=', lt: '<', le: '<=' } as const

const MAX_SCALE = 30

/** A column's name and nothing else, with or without the alias of its table. */
const isColumn = (sql: Sql): boolean => /^(?:\w+\.)?`(?:[^`]|``)*`$/.test(sql)

const clause = (words: string, sql: Sql): Sql => (sql === '' ? '' : ` ${words}${words === '' ? '' : ' '}${sql}`)

/** JSON that comes out of a subquery is plain text to MariaDB until a function of JSON gives it back. */
const nested = (json: Sql): Sql => `json_extract(${json}, '$')`

/** `["a",0]` → `$."a"[0]`. */
const memberPath = (path: SqlValue): string =>
  `$${(JSON.parse(String(path)) as readonly unknown[]).map((key) => (typeof key === 'number' ? `[${key}]` : `.${JSON.stringify(String(key))}`)).join('')}`

const FIRST_DAY: Readonly<Record<Granularity, (sql: Sql) => Sql>> = {
  day: (sql) => `date_format(${sql}, '%Y-%m-%d')`,
  week: (sql) => `date_format(${sql} - interval weekday(${sql}) day, '%Y-%m-%d')`,
  month: (sql) => `date_format(${sql}, '%Y-%m-01')`,
  quarter: (sql) => `concat(date_format(${sql}, '%Y-'), elt(quarter(${sql}), '01', '04', '07', '10'), '-01')`,
  year: (sql) => `date_format(${sql}, '%Y-01-01')`,
}
