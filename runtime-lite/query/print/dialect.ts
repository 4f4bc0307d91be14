import type { ColumnKind, FieldPlan, SqlValue } from '../../object/object-plan.ts'
import type { AggregateFunction, Comparison, FunctionName, Granularity } from '../ast.ts'
import type { BoundSearch, ParameterKind } from '../bound.ts'
import type { ValueKind } from '../functions.ts'

/** SQL text. Parameters stand in it as marks (`mark.ts`), which `finish` turns into placeholders once the statement is whole. */
export type Sql = string

/**
 * A further parameter computed from one: the pattern of a prefix, the path of keys. `of` is an argument as the dialect got it; undefined when
 * that is not a parameter but some other expression. `name` tells apart what is derived from the same one.
 */
export type Derive = (of: Sql, name: string, kind: ParameterKind, transform: (value: SqlValue) => SqlValue) => Sql | undefined

/** Everything of a select after its select list. */
export interface SelectRows {
  /** Alias of the only table of `from`. */
  readonly alias: string
  /** `"contact" as t1` */
  readonly from: Sql
  /** A condition, without the word. Empty: all rows. */
  readonly where: Sql
  /** Sort items, without the words. Empty: any order. */
  readonly orderBy: Sql
  /** What `limit` printed. Empty: all rows. */
  readonly limit: Sql
}

/**
 * What differs between databases. All take and give SQL text; none sees a value. Semantics are those of `test/support/interpret-query.ts`:
 * text compares by code point, null is never unknown, JSON has the same members everywhere.
 */
export interface Dialect {
  readonly name: 'sqlite' | 'postgres' | 'mysql'
  /** Parameters are numbered (`$1`) and may repeat, or stand in order (`?`). */
  readonly placeholders: 'numbered' | 'ordered'
  /** Most values one statement takes. */
  readonly maxParameters: number
  readonly hasReturning: { readonly insert: boolean; readonly update: boolean; readonly delete: boolean }
  /** A record that was just written is read sooner by a statement of its own: there is no way to the database, and RETURNING costs more. */
  readonly readsBack?: true
  quoteName(name: string): Sql
  /** A string literal. For names known while compiling and keys of JSON objects only: values travel as parameters. */
  quoteText(text: string): Sql
  /** A parameter's mark with the type that the database cannot infer by itself. */
  typed(mark: Sql, kind: ParameterKind): Sql
  /** A boolean constant as a condition. */
  holds(value: boolean): Sql
  /** `orNull`: holds where left is null. `ne` must hold for null by itself. Both sides are of `kind`; doubles compare with decimals. */
  compare(operator: Comparison, left: Sql, right: Sql, kind: ValueKind, orNull: boolean): Sql
  /** A boolean column as a condition for comparisons: what `eq true` compares with. */
  bool(value: boolean): Sql
  /** Two-valued: false where the text is null. */
  contains(text: Sql, wanted: Sql): Sql
  startsWith(text: Sql, wanted: Sql, derive: Derive): Sql
  endsWith(text: Sql, wanted: Sql, derive: Derive): Sql
  icontains(text: Sql, wanted: Sql): Sql
  /** `wanted` has `%`, `_` and `\` escapes; case-sensitive unless `isFolded`. */
  like(text: Sql, wanted: Sql, isFolded: boolean, derive: Derive): Sql
  /** A regular expression that all databases read alike is found in the text. False for texts of more than 10,000 characters. */
  matches(text: Sql, pattern: Sql): Sql
  not(condition: Sql): Sql
  /** One of two values of a kind; the second where it is unknown whether the condition holds. */
  choose(condition: Sql, then: Sql, otherwise: Sql, kind: ValueKind): Sql
  /** `list` is the mark of one parameter with a JSON array. False where left is null. */
  inList(left: Sql, list: Sql, kind: ColumnKind): Sql
  /** A JSON array column has the value of a parameter. */
  hasMember(column: Sql, value: Sql, kind: ParameterKind): Sql
  /**
   * `kinds` are those of the arguments. Arithmetic in double precision. `location` and `vector` arguments are JSON columns or JSON text.
   * Arguments may be long: one that is needed twice is bound to a name, not repeated. `now` is a parameter and never comes here.
   * `substring`: fractions of positions and counts are cut off, those below 0 are 0.
   */
  call(name: FunctionName, args: readonly Sql[], kinds: readonly ValueKind[]): Sql
  /** The value under a path (mark of a `path` parameter) of a JSON column; null unless it is of that kind. `any`: its JSON, null for JSON's null. */
  jsonPath(column: Sql, path: Sql, kind: 'text' | 'number' | 'boolean' | 'any', derive: Derive): Sql
  /** `column asc` with nulls where they belong, no longer than the database needs. */
  sort(by: Sql, isDescending: boolean, nullsFirst: boolean, isNotNull: boolean): Sql
  /**
   * `(a, b) > (x, y)`, less when descending, for columns that are never null. Absent where no index serves it: the condition is written out.
   */
  rowAfter?(items: readonly { readonly column: Sql; readonly value: Sql; readonly kind: ValueKind }[], isDescending: boolean): Sql
  /** `limit … offset …`, marks of integer parameters. */
  limit(limit: Sql, offset: Sql | undefined): Sql
  /** A column as it stands in a record's JSON: `json` and `list` as JSON, booleans as true and false, instants as ISO 8601 with milliseconds and Z. */
  jsonValue(column: Sql, field: Pick<FieldPlan, 'kind' | 'scale'>): Sql
  /** The JSON value of an expression. */
  jsonOf(sql: Sql, kind: ValueKind): Sql
  /** An expression of the JSON of an object; keys in order. Any number of members. `from` says whether it stands alone in a select list. */
  jsonObject(members: readonly (readonly [key: string, value: Sql])[]): Sql
  /** A JSON expression as the text that leaves the database. */
  jsonText(json: Sql): Sql
  /** JSON array of `json` (over columns of the alias) for the rows of a select, in their order. Empty: []. */
  jsonArray(json: Sql, rows: SelectRows): Sql
  /** One row's JSON or, where there is none, the JSON of `otherwise`. */
  jsonOne(json: Sql, rows: Pick<SelectRows, 'alias' | 'from' | 'where'>, otherwise: Sql): Sql
  /**
   * A whole page as one row, where that is faster than a row per record: its JSON as bytes, `{"items":[…]}`, with `total` (an expression) as a
   * member. Absent: lists have a row per record.
   */
  page?(json: Sql, rows: SelectRows, total: Sql | undefined): Sql
  /**
   * Computes what is selected for every row before it sorts them: the rows of a sorted page are picked first, so that JSON is made of those that
   * are left.
   */
  readonly selectsBeforeSort?: true
  /** The items of a JSON array column as rows: `from` text; the item as text is `alias.value`, its position `alias.key`. */
  eachItem(column: Sql, alias: string): Sql
  /** JSON array of records for a list of ids, in its order, ids of missing records as they are; null where the column is null. */
  jsonListed(column: Sql, alias: string, recordOf: (id: Sql) => Sql): Sql
  /** `of` undefined: count(*). `filter` undefined: all rows. */
  aggregate(name: AggregateFunction, of: Sql | undefined, kind: ValueKind, filter: Sql | undefined, scale: number | undefined): Sql
  /** First day of the unit a date or instant falls into, `YYYY-MM-DD` text. */
  truncate(sql: Sql, granularity: Granularity, kind: 'date' | 'datetime'): Sql
  /** A full-text condition over an index of the generated schema, or over the columns word by word when there is none. */
  search(search: BoundSearch, text: Sql, derive: Derive): Sql
  /** An estimate of the number of rows of a whole table; undefined when the database has none that costs nothing. */
  estimate(table: Sql): Sql | undefined
  /** What is derived from parameters, by the name that `derive` is given: statements that were planned ahead know it by that. */
  readonly derivations: Readonly<Record<string, (value: SqlValue) => SqlValue>>
  /** Ends a select whose rows stay locked until the transaction ends. Empty: writers exclude each other anyway. */
  readonly forUpdate: Sql
  /** The end of an insert that changes the row which has the same key, given what to set. Columns are quoted. */
  onConflict(key: readonly Sql[], sets: readonly Sql[]): Sql
  /** In `sets` of `onConflict`: the value a column would have been inserted with. */
  inserted(column: Sql): Sql
}
