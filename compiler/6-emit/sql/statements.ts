import type { FieldIr, ObjectIr } from '../../ir/object.ts'
import { type Fragment, sqlWriter } from './sql-writer.ts'
import { storageOf } from './storage.ts'
import { VERSION_COLUMN } from './table.ts'

/** SQL text with one `?` per parameter, and what each of them is: a field's name, `_version`, `limit` or `offset`. */
export interface Statement {
  readonly sql: string
  readonly params: readonly string[]
}

/** A relation to put into a record in place of its id. */
export interface Expansion {
  readonly field: FieldIr
  readonly target: ObjectIr
  /** Relations of the target, expanded in turn. */
  readonly expand?: readonly Expansion[]
}

type StoredField = FieldIr & { readonly column: string }

/** Fields that have a column, in schema order. */
export const storedFields = (object: ObjectIr): readonly StoredField[] =>
  object.fields.filter((field): field is StoredField => field.column !== undefined)

/** Fields of a record as clients see it: stored, and not write-only. */
export const readableFields = (object: ObjectIr): readonly StoredField[] => storedFields(object).filter((field) => !field.isWriteOnly)

/** Quoted table name. */
export const tableText = (object: ObjectIr): string => sqlWriter('sqlite').name(object.table)

/** Quoted column name. */
export const columnText = (field: StoredField): string => sqlWriter('sqlite').name(field.column)

/** Text of an expression: one field's value inside json_object. null stays null. */
export function jsonValue(field: StoredField, alias?: string): string {
  const column = `${alias === undefined ? '' : `${alias}.`}${columnText(field)}`
  switch (storageOf(field).kind) {
    case 'json':
      return `json(${column})`
    case 'boolean':
      return `json(case ${column} when 1 then 'true' when 0 then 'false' end)`
    default:
      return column
  }
}

const jsonByObject = new WeakMap<ObjectIr, string>()

/** Text of an expression over the table's own columns: a whole record as JSON. */
export function selectJson(object: ObjectIr): string {
  const known = jsonByObject.get(object)
  if (known !== undefined) return known
  const json = jsonObject(readableFields(object).map((field) => pair(field.name, jsonValue(field))))
  jsonByObject.set(object, json)
  return json
}

/**
 * Text of an expression over the table under the alias `t0`: a record with relations in place of their ids. An id whose record
 * is gone stays as it is; a list of ids becomes a list of records in the same order.
 */
export const expandJson = (object: ObjectIr, expansions: readonly Expansion[]): string => expandedObject(object, expansions, 0)

function expandedObject(object: ObjectIr, expansions: readonly Expansion[], depth: number): string {
  const expansionByField = new Map(expansions.map((expansion) => [expansion.field.name, expansion]))
  const alias = `t${depth}`
  return jsonObject(
    readableFields(object).map((field) => {
      const expansion = expansionByField.get(field.name)
      return pair(field.name, expansion ? expandedValue(field, expansion, depth) : jsonValue(field, alias))
    }),
  )
}

// json_object takes the JSON of a subquery as it is, also through coalesce: json() around it would parse it again.
function expandedValue(field: StoredField, { target, expand = [] }: Expansion, depth: number): string {
  const outer = `t${depth}.${columnText(field)}`
  const alias = `t${depth + 1}`
  const record = (id: string): string =>
    `(select ${expandedObject(target, expand, depth + 1)} from ${tableText(target)} as ${alias} where ${alias}.${columnText(keyOf(target))} = ${id})`
  if (!field.isList) return `coalesce(${record(outer)}, ${outer})`
  const item = `i${depth}`
  // json_group_array of no rows is [], so null has to be kept apart.
  return `case when ${outer} is not null then (select json_group_array(coalesce(${record(`${item}.value`)}, ${item}.value) order by ${item}.key) from json_each(${outer}) as ${item}) end`
}

/** id → JSON text, version. */
export const selectById = (object: ObjectIr): Statement => selectByUnique(object, keyOf(object))

/** A unique key's value → JSON text, version. */
export function selectByUnique(object: ObjectIr, field: StoredField): Statement {
  const { sql, id, raw } = sqlWriter('sqlite')
  return print(
    sql`select ${raw(selectJson(object))}, ${id(VERSION_COLUMN)} from ${id(object.table)} where ${id(field.column)} = ${field.name}`,
  )
}

export interface ListParts {
  /** Expression of a record's JSON. Default: the whole record. Over `t0` when it comes from `expandJson`. */
  readonly json?: string
  /** Condition and order as SQL text over the table's own columns. */
  readonly where?: string
  readonly orderBy?: string
  /** Add `"total"`: how many records there are on all pages. `where` then takes its parameters twice, first for the total. */
  readonly withTotal?: boolean
}

/** A page as one JSON document: parameters of `where`, limit, offset → `{"items":[…]}` as bytes, number of items. */
export function listText(
  object: ObjectIr,
  { json = selectJson(object), where, orderBy = defaultOrder(object), withTotal = false }: ListParts = {},
): string {
  const table = tableText(object)
  const condition = where === undefined ? '' : ` where ${where}`
  const total = withTotal ? `,"total":'||(select count(*) from ${table} as t0${condition})||'` : ''
  // ORDER BY looks at aliases first, so a column must not be called the same.
  let alias = 'j'
  while (object.fields.some((field) => field.column?.toLowerCase() === alias)) alias += 'j'
  const rows = `select ${json} as ${alias} from ${table} as t0${condition} order by ${orderBy} limit cast(? as integer) offset cast(? as integer)`
  // As a blob: Node hands bytes through without decoding them to a string and encoding them again.
  return `select cast('{"items":['||coalesce(group_concat(${alias}), '')||']${total}}' as blob), count(*) from (${rows})`
}

/** Newest ids are the largest (UUID 7), and the key needs no sorting. */
const defaultOrder = (object: ObjectIr): string => columnText(keyOf(object))

export const countText = (object: ObjectIr, where?: string): string =>
  `select count(*) from ${tableText(object)} as t0${where === undefined ? '' : ` where ${where}`}`

/** All columns in order, then the version → JSON text, version. */
export function insert(object: ObjectIr): Statement {
  const { sql, id, list, raw } = sqlWriter('sqlite')
  const fields = storedFields(object)
  const columns = list([...fields.map((field) => id(field.column)), id(VERSION_COLUMN)])
  const values = list([...fields.map((field) => field.name), VERSION_COLUMN].map((name) => sql`${name}`))
  return print(
    sql`insert into ${id(object.table)} (${columns}) values (${values}) returning ${raw(selectJson(object))}, ${id(VERSION_COLUMN)}`,
  )
}

/**
 * Present fields, updated_at, id (and the version the client knows) → JSON text, version. One statement per set of present fields,
 * cached by the caller: with every column set through a flag SQLite would touch every index and foreign key on each update.
 */
export function update(object: ObjectIr, fields: readonly StoredField[], { ifVersion = false } = {}): Statement {
  const { sql, id, list, raw } = sqlWriter('sqlite')
  const stamp = storedFields(object).find((field) => field.name === 'updated_at' && field.isComputed)
  const sets = [...fields.filter((field) => field !== stamp), ...(stamp ? [stamp] : [])].map(
    (field) => sql`${id(field.column)} = ${field.name}`,
  )
  const version = id(VERSION_COLUMN)
  const key = keyOf(object)
  const condition = ifVersion
    ? sql`${id(key.column)} = ${key.name} and ${version} = ${VERSION_COLUMN}`
    : sql`${id(key.column)} = ${key.name}`
  return print(
    sql`update ${id(object.table)} set ${list([...sets, sql`${version} = ${version} + 1`])} where ${condition} returning ${raw(selectJson(object))}, ${version}`,
  )
}

/** id (and the version the client knows) → nothing; the count of changed rows says whether it existed. `delete` is a reserved word. */
export function remove(object: ObjectIr, { ifVersion = false } = {}): Statement {
  const { sql, id } = sqlWriter('sqlite')
  const key = keyOf(object)
  const condition: Fragment = ifVersion
    ? sql`${id(key.column)} = ${key.name} and ${id(VERSION_COLUMN)} = ${VERSION_COLUMN}`
    : sql`${id(key.column)} = ${key.name}`
  return print(sql`delete from ${id(object.table)} where ${condition}`)
}

/** The field that is the primary key. */
export function keyOf(object: ObjectIr): StoredField {
  const key = storedFields(object).find((field) => field.name === 'id')
  if (!key) throw new Error(`The object "${object.name}" has no stored id.`)
  return key
}

function print(fragment: Fragment): Statement {
  const { sql, params } = sqlWriter('sqlite').statement(fragment)
  return { sql, params: params.map(String) }
}

const pair = (name: string, value: string): string => `${sqlWriter('sqlite').literal(name)}, ${value}`

/** SQLite's functions take at most 1,000 arguments. */
const MAX_PAIRS = 500

/** Longer records are joined from pieces: json_patch would lose the nulls. */
function jsonObject(pairs: readonly string[]): string {
  if (pairs.length <= MAX_PAIRS) return `json_object(${pairs.join(', ')})`
  const head = `json_object(${pairs.slice(0, MAX_PAIRS).join(', ')})`
  return `json(substr(${head}, 1, length(${head}) - 1)||','||substr(${jsonObject(pairs.slice(MAX_PAIRS))}, 2))`
}
