import type { ColumnKind, FieldPlan } from '../../object/object-plan.ts'
import type { AggregateFunction, Comparison, FunctionName, Granularity } from '../ast.ts'
import type { BoundSearch, ParameterKind } from '../bound.ts'
import type { ValueKind } from '../functions.ts'

/** SQL text. Parameters stand in it as marks (`mark.ts`), which `finish` turns into placeholders once the statement is whole. */
export type Sql = string

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
  startsWith(text: Sql, wanted: Sql): Sql
  endsWith(text: Sql, wanted: Sql): Sql
  icontains(text: Sql, wanted: Sql): Sql
  /** `wanted` has `%`, `_` and `\` escapes; case-sensitive unless `isFolded`. */
  like(text: Sql, wanted: Sql, isFolded: boolean): Sql
  not(condition: Sql): Sql
  /** `list` is the mark of one parameter with a JSON array. False where left is null. */
  inList(left: Sql, list: Sql, kind: ColumnKind): Sql
  /** A JSON array column has the value of a parameter. */
  hasMember(column: Sql, value: Sql, kind: ParameterKind): Sql
  /** `kinds` are those of the arguments. Arithmetic in double precision. `location` and `vector` arguments are JSON columns or JSON text. */
  call(name: FunctionName, args: readonly Sql[], kinds: readonly ValueKind[]): Sql
  /** The value under a path (mark of a `path` parameter) of a JSON column; null unless it is of that kind. `any`: its JSON, null for JSON's null. */
  jsonPath(column: Sql, path: Sql, kind: 'text' | 'number' | 'boolean' | 'any'): Sql
  /** `column asc` with nulls where they belong, no longer than the database needs. */
  sort(by: Sql, isDescending: boolean, nullsFirst: boolean, isNotNull: boolean): Sql
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
  /** JSON array of `json` over the rows of a select: `rows` is everything after its select list, order and limit included. Empty: []. */
  jsonArray(json: Sql, rows: { readonly from: Sql; readonly where: Sql; readonly orderBy: Sql; readonly limit: Sql }): Sql
  /** One row's JSON or, where there is none, the JSON of `otherwise`. `rows` as above. */
  jsonOne(json: Sql, rows: { readonly from: Sql; readonly where: Sql }, otherwise: Sql): Sql
  /** The items of a JSON array column as rows: `from` text; the item as text is `alias.value`, its position `alias.key`. */
  eachItem(column: Sql, alias: string): Sql
  /** JSON array of records for a list of ids, in its order, ids of missing records as they are; null where the column is null. */
  jsonListed(column: Sql, alias: string, recordOf: (id: Sql) => Sql): Sql
  /** `of` undefined: count(*). `filter` undefined: all rows. */
  aggregate(name: AggregateFunction, of: Sql | undefined, kind: ValueKind, filter: Sql | undefined, scale: number | undefined): Sql
  /** First day of the unit a date or instant falls into, `YYYY-MM-DD` text. */
  truncate(sql: Sql, granularity: Granularity, kind: 'date' | 'datetime'): Sql
  /** A full-text condition over an index of the generated schema, or over the columns word by word when there is none. */
  search(search: BoundSearch, text: Sql): Sql
  /** An estimate of the number of rows of a whole table; undefined when the database has none that costs nothing. */
  estimate(table: Sql): Sql | undefined
}
