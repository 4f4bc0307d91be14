import type { Statement } from '../../database/session.ts'
import type { ObjectPlan } from '../../object/object-plan.ts'
import type { BoundCondition, BoundSort, Parameter, ParameterKind } from '../bound.ts'
import type { Dialect, Sql } from './dialect.ts'
import { andLive, columnOf, fieldPlanOf, parameterKindOf, type TablePlan, tableOf, VERSION_COLUMN } from './names-of.ts'
import { type ParameterList, parameterList } from './parameter-list.ts'
import { printCondition, printSort } from './print-condition.ts'
import { printRecord } from './print-record.ts'

/** A statement whose values the caller puts together, in the order its printer documents. */
export interface WriteStatement extends Statement {
  /** Rows come back, as its printer documents. False where the database cannot (`Dialect.hasReturning`) or need not (`readsBack`): read the record afterwards. */
  readonly returnsRows: boolean
}

/** A statement with values of the caller first, then those of a request: `[...own, ...bindAll(parameters, values, context)]`. */
export interface FilteredStatement extends WriteStatement {
  readonly parameters: readonly Parameter[]
}

/** Fields of one update, by their names. `updated_at` is one of `set` where the object has it; the version counts by itself. */
export interface ChangedFields {
  /** Get a value each. */
  readonly set: readonly string[]
  /** A number is added to what they hold; null counts as 0. */
  readonly increment?: readonly string[]
  /** What they hold is multiplied with a number; null counts as 0. Whole numbers stay whole, rounded. */
  readonly multiply?: readonly string[]
}

/** A field has to hold one of some values for a record to be changed. */
export interface FieldGuard {
  readonly field: string
  /** How many values besides null. */
  readonly count: number
  readonly orNull: boolean
}

/** Which records a statement changes. `alias` is that of the condition. */
export interface RecordFilter {
  readonly plan: ObjectPlan
  readonly alias: string
  readonly where: BoundCondition
  /** Which ones where there is a limit. Default: by id. */
  readonly orderBy?: readonly BoundSort[]
  /** At most so many. */
  readonly limit?: Parameter
}

/** Fields with a column, in the order of `ObjectPlan.insertValues`. */
export const storedFieldsOf = (plan: TablePlan): readonly string[] => Object.keys(plan.fields).filter((name) => !plan.fields[name]?.formula)

/** How many rows one insert takes. */
export const maxInsertRows = (plan: TablePlan, dialect: Dialect): number =>
  Math.max(1, Math.floor(dialect.maxParameters / (storedFieldsOf(plan).length + 1)))

/**
 * Values: all fields of the plan in order, then the version; so for each row in turn. Rows: `[json, version]` of the new record; with more
 * than one, `[json, version, id]` in any order.
 */
export function printInsert(plan: TablePlan, dialect: Dialect, rows = 1): WriteStatement {
  const list = parameterList(dialect)
  const sql = `${insertInto(plan, dialect)} values ${valuesOf(plan, list, rows)}`
  return dialect.hasReturning.insert && !(rows === 1 && dialect.readsBack)
    ? writeStatement(list, `${sql} returning ${recordColumns(plan, dialect, rows > 1)}`, true)
    : writeStatement(list, sql, false)
}

/**
 * Inserts, or changes the record that has the same unique key. Values as of `printInsert`. On a conflict the fields of `changed.set` get the values
 * of the row to insert, those of `changed.increment` add them, and the version counts up from that of the record there is.
 * Rows: `[json, version, id]`: a record whose id is not the one that was to be inserted was there already. MySQL takes a conflict with any
 * unique key for one with this.
 */
export function printUpsert(
  plan: TablePlan,
  dialect: Dialect,
  { key, changed, rows = 1 }: { readonly key: readonly string[]; readonly changed: ChangedFields; readonly rows?: number },
): WriteStatement {
  const list = parameterList(dialect)
  const table = tableOf(plan, dialect)
  const name = (field: string): Sql => dialect.quoteName(columnOf(plan, field))
  const version = dialect.quoteName(VERSION_COLUMN)
  const sets = [
    ...changed.set.map((field) => `${name(field)} = ${dialect.inserted(name(field))}`),
    ...(changed.increment ?? []).map((field) => {
      const sum = `coalesce(${table}.${name(field)}, 0) + ${dialect.inserted(name(field))}`
      return `${name(field)} = ${decimals(plan, field, sum, dialect)}`
    }),
    `${version} = ${table}.${version} + 1`,
  ]
  const sql = `${insertInto(plan, dialect)} values ${valuesOf(plan, list, rows)} ${dialect.onConflict(key.map(name), sets)}`
  return dialect.hasReturning.insert
    ? writeStatement(list, `${sql} returning ${recordColumns(plan, dialect, true)}`, true)
    : writeStatement(list, sql, false)
}

/**
 * One record by id. Values: `set` in order, `increment` in order, `multiply` in order, the id, the version the caller knows (`ifVersion`), then
 * those of the guards. Rows: `[json, version]`, none when there is no such record, it has another version, or a guard does not hold. Statements
 * differ by what is present: keep them by shape.
 */
export function printUpdate(
  plan: TablePlan,
  dialect: Dialect,
  changed: ChangedFields,
  { ifVersion = false, guards = [] }: { readonly ifVersion?: boolean; readonly guards?: readonly FieldGuard[] } = {},
): WriteStatement {
  const list = parameterList(dialect)
  const sets = setsOf(plan, list, changed)
  const where = [oneRecord(dialect, list, ifVersion), ...guards.map((guard) => guardText(plan, guard, list))].join(' and ')
  const sql = `update ${tableOf(plan, dialect)} set ${sets} where ${where}${andLive(plan, dialect)}`
  return dialect.hasReturning.update && !dialect.readsBack
    ? writeStatement(list, `${sql} returning ${recordColumns(plan, dialect, false)}`, true)
    : writeStatement(list, sql, false)
}

/** With more values a table of them is found sooner. */
const MOST_COMPARED = 16

/** No value at all is a value that a guard may ask for. */
function guardText(plan: TablePlan, { field, count, orNull }: FieldGuard, list: ParameterList): Sql {
  const column = list.dialect.quoteName(columnOf(plan, field))
  const kind = parameterKindOf(fieldPlanOf(plan, field))
  const values = Array.from({ length: count }, () => list.extra(kind))
  // SQLite makes a table of every longer list each time the statement runs.
  const isCompared = list.dialect.name === 'sqlite' && count <= MOST_COMPARED
  const among = isCompared ? values.map((value) => `${column} = ${value}`) : count === 0 ? [] : [`${column} in (${values.join(', ')})`]
  const parts = [...among, ...(orNull ? [`${column} is null`] : [])]
  if (parts.length === 0) return list.dialect.holds(false)
  return parts.length === 1 ? (parts[0] as Sql) : `(${parts.join(' or ')})`
}

/** One record by id. Values: the id, then the version the caller knows. No rows: `changes` says whether it was there. */
export function printDelete(
  plan: TablePlan,
  dialect: Dialect,
  { ifVersion = false }: { readonly ifVersion?: boolean } = {},
): WriteStatement {
  const list = parameterList(dialect)
  return writeStatement(list, `delete from ${tableOf(plan, dialect)} where ${oneRecord(dialect, list, ifVersion)}`, false)
}

/** All records that meet a condition, or so many of them. Values: `set` in order, `increment` in order, `multiply` in order, then those of the request. */
export function printUpdateMany(filter: RecordFilter, dialect: Dialect, changed: ChangedFields): FilteredStatement {
  const list = parameterList(dialect)
  const sets = setsOf(filter.plan, list, changed)
  return filteredStatement(list, `update ${tableOf(filter.plan, dialect)} set ${sets} where ${pickedIds(filter, list)}`, false)
}

/** All records that meet a condition, or so many of them. Values: those of the request. */
export function printDeleteMany(filter: RecordFilter, dialect: Dialect): FilteredStatement {
  const list = parameterList(dialect)
  return filteredStatement(list, `delete from ${tableOf(filter.plan, dialect)} where ${pickedIds(filter, list)}`, false)
}

/** Rows: `[id, version]` of the records that meet a condition, locked until the transaction ends unless `isLocked` is false. */
export function printSelectIds(filter: RecordFilter, dialect: Dialect, { isLocked = true } = {}): FilteredStatement {
  const list = parameterList(dialect)
  const columns = [columnOf(filter.plan, 'id'), VERSION_COLUMN].map((column) => `${filter.alias}.${dialect.quoteName(column)}`)
  const sql = selectIds(filter, list, columns.join(', '))
  return filteredStatement(list, isLocked ? locked(sql, dialect) : sql, true, isLocked && dialect.forUpdate !== '')
}

/** Values: a JSON array of ids. Rows: `[json, version, id]` in any order. */
export function printSelectByIds(plan: TablePlan, dialect: Dialect, { isLocked = false } = {}): WriteStatement {
  const list = parameterList(dialect)
  const ids = dialect.inList(idOf(plan, dialect), list.extra('list'), 'id')
  const sql = `select ${recordColumns(plan, dialect, true)} from ${tableOf(plan, dialect)} where ${ids}${andLive(plan, dialect)}`
  if (!isLocked) return writeStatement(list, sql, true, true)
  // Two that lock the same records in different orders would wait for each other.
  return writeStatement(list, locked(`${sql} order by ${idOf(plan, dialect)}`, dialect), true, dialect.forUpdate === '')
}

/** Values: the id. Rows: `[json, version]`. */
export function printSelectById(plan: TablePlan, dialect: Dialect, { isLocked = false } = {}): WriteStatement {
  const list = parameterList(dialect)
  const sql = `select ${recordColumns(plan, dialect, false)} from ${tableOf(plan, dialect)} where ${oneRecord(dialect, list, false)}${andLive(plan, dialect)}`
  return writeStatement(list, isLocked ? locked(sql, dialect) : sql, true, !isLocked || dialect.forUpdate === '')
}

/** Locks one record until the transaction ends. Values: the id. Rows: `[version]`, none when there is no such record. */
export function printLock(plan: TablePlan, dialect: Dialect): WriteStatement {
  const list = parameterList(dialect)
  const sql = `select ${dialect.quoteName(VERSION_COLUMN)} from ${tableOf(plan, dialect)} where ${oneRecord(dialect, list, false)}${andLive(plan, dialect)}`
  return writeStatement(list, locked(sql, dialect), true, dialect.forUpdate === '')
}

/** Values: those of a unique key's fields in order. Rows: `[json, version, id]`, at most one. */
export function printSelectByKey(plan: TablePlan, dialect: Dialect, key: readonly string[], { isLocked = false } = {}): WriteStatement {
  const list = parameterList(dialect)
  const where = key.map((field) => `${dialect.quoteName(columnOf(plan, field))} = ${list.extra(parameterKindOf(fieldPlanOf(plan, field)))}`)
  const sql = `select ${recordColumns(plan, dialect, true)} from ${tableOf(plan, dialect)} where ${where.join(' and ')}${andLive(plan, dialect)}`
  return writeStatement(list, isLocked ? locked(sql, dialect) : sql, true, !isLocked || dialect.forUpdate === '')
}

/** Values: those of so many keys, one after the other. Rows: `[json, version, id]` of each record that there is. */
export function printSelectByKeys(plan: TablePlan, dialect: Dialect, key: readonly string[], count: number): WriteStatement {
  const list = parameterList(dialect)
  const parts = key.map((field) => ({
    column: dialect.quoteName(columnOf(plan, field)),
    kind: parameterKindOf(fieldPlanOf(plan, field)),
  }))
  const [only] = parts
  const each = (text: () => Sql): readonly Sql[] => Array.from({ length: count }, text)
  const where =
    only && parts.length === 1
      ? `${only.column} in (${each(() => list.extra(only.kind)).join(', ')})`
      : `(${each(() => `(${parts.map(({ column, kind }) => `${column} = ${list.extra(kind)}`).join(' and ')})`).join(' or ')})`
  const sql = `select ${recordColumns(plan, dialect, true)} from ${tableOf(plan, dialect)} where ${where}${andLive(plan, dialect)}`
  return writeStatement(list, sql, true, true)
}

const locked = (sql: Sql, { forUpdate }: Dialect): Sql => (forUpdate === '' ? sql : `${sql} ${forUpdate.trim()}`)

const idOf = (plan: TablePlan, dialect: Dialect): Sql => dialect.quoteName(columnOf(plan, 'id'))

function recordColumns(plan: TablePlan, dialect: Dialect, withId: boolean): Sql {
  const columns = [dialect.jsonText(printRecord(plan, dialect)), dialect.quoteName(VERSION_COLUMN)]
  if (withId) columns.push(idOf(plan, dialect))
  return columns.join(', ')
}

function insertInto(plan: TablePlan, dialect: Dialect): Sql {
  const columns = [...storedFieldsOf(plan).map((field) => columnOf(plan, field)), VERSION_COLUMN].map(dialect.quoteName)
  return `insert into ${tableOf(plan, dialect)} (${columns.join(', ')})`
}

function valuesOf(plan: TablePlan, list: ParameterList, rows: number): Sql {
  const kinds: ParameterKind[] = [...storedFieldsOf(plan).map((field) => parameterKindOf(fieldPlanOf(plan, field))), 'integer']
  return Array.from({ length: rows }, () => `(${kinds.map((kind) => list.extra(kind)).join(', ')})`).join(', ')
}

function setsOf(plan: TablePlan, list: ParameterList, { set, increment = [], multiply = [] }: ChangedFields): Sql {
  const { dialect } = list
  const version = dialect.quoteName(VERSION_COLUMN)
  const name = (field: string): Sql => dialect.quoteName(columnOf(plan, field))
  const value = (field: string): Sql => list.extra(parameterKindOf(fieldPlanOf(plan, field)))
  return [
    ...set.map((field) => `${name(field)} = ${value(field)}`),
    ...increment.map((field) => `${name(field)} = ${decimals(plan, field, `coalesce(${name(field)}, 0) + ${value(field)}`, dialect)}`),
    ...multiply.map((field) => `${name(field)} = ${product(plan, field, `coalesce(${name(field)}, 0) * ${list.extra('real')}`, dialect)}`),
    `${version} = ${version} + 1`,
  ].join(', ')
}

function product(plan: TablePlan, field: string, sql: Sql, dialect: Dialect): Sql {
  if (fieldPlanOf(plan, field)?.kind !== 'integer') return decimals(plan, field, sql, dialect)
  const whole = dialect.call('round', [sql], ['number'])
  return dialect.name === 'sqlite' ? `cast(${whole} as integer)` : whole
}

/** SQLite holds decimals as doubles: sums are cut to the decimals of the field, as decimal columns do it elsewhere. */
function decimals(plan: TablePlan, field: string, sql: Sql, dialect: Dialect): Sql {
  const scale = fieldPlanOf(plan, field)?.scale
  return dialect.name === 'sqlite' && scale !== undefined ? `round(${sql}, ${scale})` : sql
}

function oneRecord(dialect: Dialect, list: ParameterList, ifVersion: boolean): Sql {
  const id = `${dialect.quoteName('id')} = ${list.extra('text')}`
  return ifVersion ? `${id} and ${dialect.quoteName(VERSION_COLUMN)} = ${list.extra('integer')}` : id
}

/**
 * MySQL does not let a condition read the table that is changed, unless through a table of its own; locked rows are looked at again by
 * databases on which others write meanwhile.
 */
function pickedIds(filter: RecordFilter, list: ParameterList): Sql {
  const { dialect } = list
  const id = idOf(filter.plan, dialect)
  const picked = locked(selectIds(filter, list, `${filter.alias}.${id}`), dialect)
  return `${id} in (select ${id} from (${picked}) as picked)`
}

function selectIds({ plan, alias, where, orderBy, limit }: RecordFilter, list: ParameterList, columns: Sql): Sql {
  const { dialect } = list
  const condition = where.kind === 'constant' && where.holds ? '' : ` where ${printCondition(where, list)}`
  const sql = `select ${columns} from ${tableOf(plan, dialect)} as ${alias}${condition}`
  if (!limit) return sql
  const order = orderBy && orderBy.length > 0 ? printSort(orderBy, list) : `${alias}.${idOf(plan, dialect)}`
  return `${sql} order by ${order} ${dialect.limit(list.print(limit), undefined).trim()}`
}

function writeStatement(list: ParameterList, text: Sql, returnsRows: boolean, isRead = false): WriteStatement {
  const { sql, parameters } = list.finish(text)
  return Object.freeze({ sql, kinds: parameters.map(({ kind }) => kind), isRead, returnsRows })
}

function filteredStatement(list: ParameterList, text: Sql, returnsRows: boolean, isWrite = true): FilteredStatement {
  const { sql, parameters } = list.finish(text)
  return Object.freeze({
    sql,
    kinds: parameters.map(({ kind }) => kind),
    isRead: !isWrite,
    returnsRows,
    parameters: parameters.filter((parameter) => !list.isExtra(parameter)),
  })
}
