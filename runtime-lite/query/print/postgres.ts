import { LONGEST_MATCHED } from '../../expression/functions.ts'
import type { SqlValue } from '../../object/object-plan.ts'
import { quoteName, quoteText } from '../names.ts'
import { afterPrefix } from './after-prefix.ts'
import { closedPattern } from './closed-pattern.ts'
import type { Dialect, Sql } from './dialect.ts'
import { physicalName } from './physical-name.ts'
import { postgresCall } from './postgres-call.ts'
import { postgresDocument, postgresWords } from './postgres-search.ts'

/**
 * PostgreSQL 13 and later. Text columns of the generated schema have the collation "C", which what is computed from them inherits; it is
 * written only where no column takes part. Parameters get their type from where they stand; a cast is written where nothing says it.
 */
export const postgresDialect: Dialect = {
  name: 'postgres',
  placeholders: 'numbered',
  maxParameters: 65_535,
  hasReturning: { insert: true, update: true, delete: true },
  quoteName: (name) => quoteName(physicalName('postgres', name)),
  quoteText: (text) => (text.includes('\\') ? ` E${quoteText(text.replaceAll('\\', '\\\\'))}` : quoteText(text)),
  typed: (mark, kind) => `${mark}::${PARAMETER_TYPES[kind]}`,
  holds: String,
  bool: String,
  compare(operator, left, right, kind, orNull) {
    const other = kind === 'text' && !isColumn(left) && !isColumn(right) ? `${right} collate "C"` : right
    if (operator === 'ne') return isParameter(right) ? `${left} is distinct from ${other}` : `(${left} = ${other}) is not true`
    const condition = `${left} ${COMPARISONS[operator]} ${other}`
    return orNull ? `(${condition} or ${left} is null)` : condition
  },
  contains: (text, wanted) => `strpos(${text}, ${wanted}) > 0`,
  // A range is served by an index, whatever the plan knows of the values.
  startsWith(text, wanted, derive) {
    const end = derive(wanted, 'after-prefix', 'text', afterPrefix)
    return end === undefined ? `starts_with(${text}, ${wanted})` : `(${ranged(text)} >= ${wanted} and ${ranged(text)} < ${end})`
  },
  endsWith: (text, wanted) => `right(${text}, length(${wanted})) = ${wanted}`,
  icontains: (text, wanted) => `strpos(${folded(text)}, ${folded(wanted)}) > 0`,
  like(text, wanted, isFolded, derive) {
    const pattern = derive(wanted, 'closed-pattern', 'text', closedPattern) ?? wanted
    return isFolded ? `${folded(text)} like ${folded(pattern)}` : `${text} like ${pattern}`
  },
  matches: (text, pattern) => `(char_length(${text}) <= ${LONGEST_MATCHED} and ${text} ~ ${pattern})`,
  choose: (condition, then, otherwise) => `(case when ${condition} then ${then} else ${otherwise} end)`,
  not: (condition) => `(${condition}) is not true`,
  inList(left, list, kind) {
    const items = `json_array_elements_text(${list}::json) as i(v)`
    if (kind === 'integer')
      return `${left} = any(array(select v::numeric::bigint from ${items} where v::numeric % 1 = 0 and abs(v::numeric) < 9223372036854775808))`
    return `${left} = any(array(select v${LIST_CASTS[kind] ?? ''} from ${items}))`
  },
  hasMember: (column, value, kind) =>
    `${column} @> to_jsonb(${kind === 'json' ? `${value}::jsonb` : `${value}::${MEMBER_TYPES[kind] ?? 'text'}`})`,
  derivations: { 'after-prefix': afterPrefix, 'closed-pattern': closedPattern, 'json-path': strictPath },
  call: postgresCall,
  jsonPath(column, path, kind, derive) {
    const text = derive(path, 'json-path', 'text', strictPath)
    if (text === undefined) throw new Error('A path into JSON is a parameter.')
    const found = `jsonb_path_query_first(${column}, ${text}::jsonpath, '{}', true)`
    if (kind === 'any') return `nullif(${found}, 'null'::jsonb)`
    const value = kind === 'text' ? `(v #>> '{}') collate "C"` : `(v #>> '{}')::${kind === 'number' ? 'float8' : 'boolean'}`
    return `(select case jsonb_typeof(v) when '${kind === 'text' ? 'string' : kind}' then ${value} end from (select ${found} as v) as p)`
  },
  sort(by, isDescending, nullsFirst, isNotNull) {
    const direction = isDescending ? `${by} desc` : by
    return isNotNull || isDescending === nullsFirst ? direction : `${direction} nulls ${nullsFirst ? 'first' : 'last'}`
  },
  limit: (limit, offset) => `limit ${limit}${offset === undefined ? '' : ` offset ${offset}`}`,
  jsonValue: (column, { kind }) => (kind === 'datetime' ? instant(column) : column),
  jsonOf: (sql, kind) => (kind === 'datetime' ? instant(sql) : sql),
  jsonObject,
  jsonText: (json) => `(${json})::text`,
  selectsBeforeSort: true,
  jsonArray: (json, { alias, from, where, orderBy, limit }) =>
    `(select coalesce(json_agg(${json}), '[]'::json) from (select * from ${from}${clause('where', where)}${clause('order by', orderBy)}${clause('', limit)}) as ${alias})`,
  jsonOne: (json, { from, where }, otherwise) => `coalesce((select ${json} from ${from}${clause('where', where)}), to_json(${otherwise}))`,
  eachItem: (column, alias) => `jsonb_array_elements_text(${column}) with ordinality as ${alias}(value, key)`,
  jsonListed: (column, alias, recordOf) =>
    `(case when ${column} is not null then (select coalesce(json_agg(coalesce(${recordOf(`${alias}.value`)}, to_json(${alias}.value)) order by ${alias}.key), '[]'::json) from jsonb_array_elements_text(${column}) with ordinality as ${alias}(value, key)) end)`,
  aggregate(name, of, kind, filter, scale) {
    const only = filter === undefined ? '' : ` filter (where ${filter})`
    if (name === 'count') return `count(${of ?? '*'})${only}`
    if (name === 'count_distinct') return `count(distinct ${of})${only}`
    // PostgreSQL has no order of booleans in aggregates.
    if (kind === 'boolean' && (name === 'min' || name === 'max')) return `bool_${name === 'min' ? 'and' : 'or'}(${of})${only}`
    if (name === 'avg') return `(sum(${of})${only}::float8 / nullif(count(${of})${only}, 0))`
    const value = `${name}(${of})${only}`
    return name === 'sum' && scale !== undefined ? `round((${value})::numeric, ${scale})` : value
  },
  truncate: (sql, granularity, kind) =>
    `to_char(date_trunc('${granularity}', ${kind === 'date' ? `(${sql})::timestamp` : `${sql} at time zone 'UTC'`}), 'YYYY-MM-DD')`,
  search({ alias, columns, operator }, text) {
    return `${postgresDocument(columns.map((column) => `${alias}.${postgresDialect.quoteName(column)}`))} @@ ${postgresWords(text, operator)}`
  },
  estimate: (table) =>
    `(select case when reltuples < 0 then (select count(*) from ${table}) else reltuples::bigint end from pg_class where oid = to_regclass(${quoteText(table)}))`,
  forUpdate: ' for update',
  onConflict: (key, sets) => `on conflict (${key.join(', ')}) do update set ${sets.join(', ')}`,
  inserted: (column) => `excluded.${column}`,
}

const PARAMETER_TYPES = {
  text: 'text',
  integer: 'bigint',
  // Compares exactly with decimals and becomes a double beside doubles.
  real: 'numeric',
  boolean: 'boolean',
  date: 'date',
  datetime: 'timestamptz',
  time: 'text',
  json: 'jsonb',
  list: 'json',
  path: 'json',
  bytes: 'bytea',
} as const

const MEMBER_TYPES: Readonly<Record<string, string>> = { integer: 'bigint', real: 'numeric', boolean: 'boolean' }

const LIST_CASTS: Readonly<Record<string, string>> = { real: '::numeric', boolean: '::boolean', date: '::date', datetime: '::timestamptz' }

const COMPARISONS = { eq: '=', gt: '>', ge: '>=', lt: '<', le: '<=' } as const

/** `["a",0]` → `strict $."a"[0]`: without `strict`, keys would be looked for in the items of lists, too. */
function strictPath(path: SqlValue): string {
  return `strict $${(JSON.parse(String(path)) as readonly unknown[]).map((key) => (typeof key === 'number' ? `[${key}]` : `.${JSON.stringify(String(key))}`)).join('')}`
}

/** A column's name and nothing else, with or without the alias of its table. */
const isColumn = (sql: Sql): boolean => /^(?:\w+\.)?"(?:[^"]|"")*"$/.test(sql)

/** One parameter, cast or not: never null. */
const isParameter = (sql: Sql): boolean => /^\0\d+\0(?:::\w+)?$/.test(sql)

/** The collation "C" folds ASCII letters and no others. */
const folded = (text: Sql): Sql => `lower(${text} collate "C")`

const instant = (sql: Sql): Sql => `to_char(${sql} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

const clause = (words: string, sql: Sql): Sql => (sql === '' ? '' : ` ${words}${words === '' ? '' : ' '}${sql}`)

const ranged = (text: Sql): Sql => (isColumn(text) ? text : `${text} collate "C"`)

/** Functions take at most 100 arguments. */
const MAX_MEMBERS = 50

/** Longer names of columns are cut. */
const MAX_NAME_BYTES = 63

/** `json`, not `jsonb`: keys keep their order. Of many members a row is made, which has room for them. Members are no aggregates. */
function jsonObject(members: readonly (readonly [key: string, value: Sql])[]): Sql {
  if (members.length <= MAX_MEMBERS || !members.every(([key]) => isColumnName(key))) return builtObject(members)
  return `(select row_to_json(j.*) from (select ${members.map(([key, value]) => `${value} as ${quoteName(key)}`).join(', ')}) as j)`
}

const isColumnName = (key: string): boolean =>
  key !== '' && (key.length <= MAX_NAME_BYTES / 4 || new TextEncoder().encode(key).length <= MAX_NAME_BYTES)

/** Longer objects are joined as text. */
function builtObject(members: readonly (readonly [key: string, value: Sql])[]): Sql {
  const build = (part: typeof members): Sql =>
    `json_build_object(${part.map(([key, value]) => `${postgresDialect.quoteText(key)}, ${value}`).join(', ')})`
  if (members.length <= MAX_MEMBERS) return build(members)
  const parts: Sql[] = []
  for (let start = 0; start < members.length; start += MAX_MEMBERS) {
    const text = `${build(members.slice(start, start + MAX_MEMBERS))}::text`
    // Without the braces.
    parts.push(`substr(${text}, 2, length(${text}) - 2)`)
  }
  return `('{' || ${parts.join(" || ',' || ")} || '}')::json`
}
