import type { FieldPlan, SqlValue } from '../../object/object-plan.ts'
import type { Granularity } from '../ast.ts'
import { quoteName, quoteText } from '../names.ts'
import type { Dialect, Sql } from './dialect.ts'
import { MATCHES } from './matches.ts'
import { named } from './named.ts'
import { sqliteCall } from './sqlite-call.ts'
import { searchDerivations, sqliteSearch } from './sqlite-search.ts'
import { endsWith, like, startsWith, textDerivations } from './sqlite-text.ts'

/** SQLite 3.45 and later, with the functions of mathematics (`SQLITE_ENABLE_MATH_FUNCTIONS`), as Node and better-sqlite3 are built. */
export const sqliteDialect: Dialect = {
  name: 'sqlite',
  placeholders: 'ordered',
  maxParameters: 32_766,
  hasReturning: { insert: true, update: true, delete: true },
  readsBack: true,
  quoteName,
  quoteText,
  typed: (mark) => mark,
  holds: (value) => (value ? '1' : '0'),
  bool: (value) => (value ? '1' : '0'),
  compare(operator, left, right, _kind, orNull) {
    if (operator === 'ne') return `${left} is not ${right}`
    const sql = `${left} ${COMPARISONS[operator]} ${right}`
    return orNull ? named([left], (x = left) => `(${x} ${COMPARISONS[operator]} ${right} or ${x} is null)`) : sql
  },
  contains: (text, wanted) => `instr(${text}, ${wanted}) > 0`,
  startsWith,
  endsWith,
  icontains: (text, wanted) => `instr(lower(${text}), lower(${wanted})) > 0`,
  like,
  matches: (text, pattern) => `${MATCHES}(${text}, ${pattern}) = 1`,
  choose: (condition, then, otherwise) => `(case when ${condition} then ${then} else ${otherwise} end)`,
  not: (condition) => `not coalesce(${condition}, 0)`,
  inList: (left, list) => `${left} in (select value from json_each(${list}))`,
  // json_each has columns of its own (value, key, id …), which would hide those of the table: they are read through an alias.
  hasMember(column, value, kind) {
    if (kind === 'boolean') return item(column, `item.type = case when ${value} then 'true' else 'false' end`)
    if (kind === 'json') return item(column, `item.value = json_extract(${value}, '$')`)
    return item(
      column,
      `item.value = ${value} and item.type ${kind === 'integer' || kind === 'real' ? "in ('integer', 'real')" : "= 'text'"}`,
    )
  },
  derivations: { ...textDerivations, ...searchDerivations, 'json-path': jsonPathOf },
  call: sqliteCall,
  jsonPath(column, path, kind, derive) {
    const text = derive(path, 'json-path', 'text', jsonPathOf)
    if (text === undefined) throw new Error('A path into JSON is a parameter.')
    return named([column], (json = column) => {
      const type = `json_type(${json}, ${text})`
      if (kind === 'any') return `(case when ${type} <> 'null' then ${json} -> ${text} end)`
      return `(case when ${type} in (${JSON_TYPES[kind]}) then json_extract(${json}, ${text}) end)`
    })
  },
  sort(by, isDescending, nullsFirst, isNotNull) {
    const direction = isDescending ? `${by} desc` : by
    return isNotNull || nullsFirst === !isDescending ? direction : `${direction} nulls ${nullsFirst ? 'first' : 'last'}`
  },
  rowAfter: (items, isDescending) =>
    `(${items.map(({ column }) => column).join(', ')}) ${isDescending ? '<' : '>'} (${items.map(({ value }) => value).join(', ')})`,
  // SQLite looks at a bare "limit ?" while planning and plans again for every value; behind a cast it is a value like any other.
  limit: (limit, offset) => `limit cast(${limit} as integer)${offset === undefined ? '' : ` offset cast(${offset} as integer)`}`,
  jsonValue,
  jsonOf(sql, kind) {
    if (kind === 'boolean') return jsonValue(sql, { kind })
    // What is beyond all doubles is no number in JSON.
    if (kind === 'number') return `nullif(nullif(${sql}, 9e999), -9e999)`
    return kind === 'any' || kind === 'location' || kind === 'vector' ? `json(${sql})` : sql
  },
  jsonObject,
  jsonText: (json) => json,
  jsonArray(json, { alias, from, where, orderBy, limit }) {
    // JSON is made of the rows that are left; columns nobody needs are not read.
    return `json((select json_group_array(${json}) from (select * ${select(from, where, orderBy, limit)}) as ${alias}))`
  },
  // From SQLite 3.54 on the JSON of a subquery is a text like any other until it is said to be JSON. A reference to a record that is gone keeps the id.
  jsonOne: (json, { from, where }, otherwise) => `json(coalesce((select ${json} ${select(from, where)}), json_quote(${otherwise})))`,
  page(json, { from, where, orderBy, limit }, total) {
    const tail = total === undefined ? '' : `,"total":'||${total}||'`
    // As a blob: Node hands bytes through without decoding them to a string and encoding them again.
    return `select cast('{"items":['||coalesce(group_concat(j),'')||']${tail}}' as blob) from (select ${json} as j ${select(from, where, orderBy, limit)})`
  },
  eachItem: (column, alias) => `json_each(${column}) as ${alias}`,
  // json_group_array of no rows is [], so null has to be kept apart.
  jsonListed: (column, alias, recordOf) =>
    `json(case when ${column} is not null then (select json_group_array(json(coalesce(${recordOf(`${alias}.value`)}, json_quote(${alias}.value))) order by ${alias}.key) from json_each(${column}) as ${alias}) end)`,
  aggregate(name, of, _kind, filter, scale) {
    const only = filter === undefined ? '' : ` filter (where ${filter})`
    if (of === undefined) return `count(*)${only}`
    if (name === 'count_distinct') return `count(distinct ${of})${only}`
    if (name !== 'sum') return `${name}(${of})${only}`
    // sum() of whole numbers fails beyond 2^63, total() does not; whole numbers that doubles hold exactly are printed as such.
    const total = `total(${of})${only}`
    const rounded = scale === undefined ? total : `round(${total}, ${scale})`
    const shown = `case when abs(${total}) < 9007199254740992 and ${rounded} = cast(${rounded} as integer) then cast(${rounded} as integer) else ${rounded} end`
    return `case when count(${of})${only} > 0 then ${shown} end`
  },
  truncate: (sql, granularity) => FIRST_DAY[granularity](sql),
  search: sqliteSearch,
  estimate: () => undefined,
  forUpdate: '',
  onConflict: (key, sets) => `on conflict (${key.join(', ')}) do update set ${sets.join(', ')}`,
  inserted: (column) => `excluded.${column}`,
}

/**
 * Up to SQLite 3.53 the JSON of a subquery is JSON where it stands, and need not be read and written again: a related record in each of twenty
 * costs 18 % less.
 */
const earlierSqlite: Dialect = {
  ...sqliteDialect,
  jsonArray: (json, { alias, from, where, orderBy, limit }) =>
    `(select json_group_array(${json}) from (select * ${select(from, where, orderBy, limit)}) as ${alias})`,
  jsonOne: (json, { from, where }, otherwise) => `coalesce((select ${json} ${select(from, where)}), ${otherwise})`,
}

/** The dialect for one version of SQLite (`sqlite_version()`). Statements that are printed ahead are `sqliteDialect`, which all versions take. */
export function sqliteDialectFor(version: string): Dialect {
  const [major, minor] = version.split('.', 2).map(Number)
  return major === 3 && minor !== undefined && minor < 54 ? earlierSqlite : sqliteDialect
}

const COMPARISONS = { eq: '=', gt: '>', ge: '>=', lt: '<', le: '<=' } as const

const JSON_TYPES = { text: "'text'", number: "'integer', 'real'", boolean: "'true', 'false'" } as const

const item = (column: Sql, condition: Sql): Sql => `exists (select 1 from json_each(${column}) as item where ${condition})`

const select = (from: Sql, where: Sql, orderBy: Sql = '', limit: Sql = ''): Sql =>
  `from ${from}${where === '' ? '' : ` where ${where}`}${orderBy === '' ? '' : ` order by ${orderBy}`}${limit === '' ? '' : ` ${limit}`}`

/** `["a", 0]` → `$."a"[0]`. SQLite reads keys in quotation marks as JSON does. */
function jsonPathOf(path: SqlValue): string {
  return `$${(JSON.parse(String(path)) as (string | number)[]).map((key) => (typeof key === 'number' ? `[${key}]` : `.${JSON.stringify(key)}`)).join('')}`
}

function jsonValue(column: Sql, { kind }: Pick<FieldPlan, 'kind'>): Sql {
  if (kind === 'json' || kind === 'list') return `json(${column})`
  // json() of a constant is computed once in a statement, not once in a record: 6 % of a page of twenty records with two booleans each.
  return kind === 'boolean' ? `case ${column} when 1 then json('true') when 0 then json('false') end` : column
}

/** SQLite's functions take at most 1,000 arguments: longer records are joined from pieces. */
const MAX_MEMBERS = 500

function jsonObject(members: readonly (readonly [key: string, value: Sql])[]): Sql {
  const pairs = members.map(([key, value]) => `${quoteText(key)}, ${value}`)
  const pieces: Sql[] = []
  for (let start = 0; start === 0 || start < pairs.length; start += MAX_MEMBERS)
    pieces.push(`json_object(${pairs.slice(start, start + MAX_MEMBERS).join(', ')})`)
  if (pieces.length === 1) return pieces[0] as Sql
  const inner = pieces.map((piece) => named([piece], (json = piece) => `substr(${json}, 2, length(${json}) - 2)`))
  return `json('{'||${inner.join(`||','||`)}||'}')`
}

/** First days of units; text of dates and instants begins with `YYYY-MM-DD`. */
const FIRST_DAY: Readonly<Record<Granularity, (sql: Sql) => Sql>> = {
  day: (sql) => `substr(${sql}, 1, 10)`,
  // The Sunday on or after, and six days back.
  week: (sql) => `date(substr(${sql}, 1, 10), 'weekday 0', '-6 days')`,
  month: (sql) => `(substr(${sql}, 1, 7)||'-01')`,
  quarter: (sql) =>
    named(
      [sql],
      (x = sql) => `(substr(${x}, 1, 5)||substr('010101040404070707101010', cast(substr(${x}, 6, 2) as integer) * 2 - 1, 2)||'-01')`,
    ),
  year: (sql) => `(substr(${sql}, 1, 4)||'-01-01')`,
}
