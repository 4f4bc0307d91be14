import { mysqlSearchName } from '../../../runtime-lite/query/print/mysql-search-name.ts'
import type { Dialect } from '../../config/config.ts'
import { noMemory, type PrintMemory } from '../print-memory.ts'
import { columnTypes, mysqlPrefixes } from './column-type.ts'
import { plainName } from './physical-names.ts'
import { ruleIndexes } from './rule-index.ts'
import { mysqlSearchColumn, searchColumnsOf } from './search-index.ts'
import { type SqlWriter, sqlWriter, type Template } from './sql-writer.ts'
import type { Column, ForeignKey, Table } from './table.ts'
import type { TableIndex } from './table-index.ts'

/** The statements of a dialect, whose holes are SQL text. */
export interface TablePrinter extends Pick<SqlWriter, 'name' | 'literal'> {
  readonly dialect: Dialect
  /** table, columns and constraints, options */
  readonly createTable: Template
  /** table, column, action */
  readonly references: Template
  /** kind, index, table, method, columns, condition */
  readonly createIndex: Template
  /** table, constraint, column, references */
  readonly addForeignKey: Template
}

export function tablePrinter(dialect: Dialect): TablePrinter {
  const { sql, name, literal, template } = sqlWriter(dialect)
  return {
    dialect,
    name,
    literal,
    createTable: template((table, columns, options) => sql`create table ${table} (\n${columns}\n)${options}`),
    references: template((table, column, action) => sql`references ${table} (${column}) on delete ${action}`),
    createIndex: template(
      (kind, index, table, method, columns, condition) => sql`create ${kind}index ${index} on ${table}${method} (${columns})${condition}`,
    ),
    addForeignKey: template(
      (table, constraint, column, references) =>
        sql`alter table ${table} add constraint ${constraint} foreign key (${column}) ${references}`,
    ),
  }
}

export interface ColumnText {
  readonly name: string
  readonly type: string
  /** Constraints and default, each behind a space. */
  readonly constraints: string
  readonly isKey: boolean
  readonly isNotNull: boolean
}

/** The columns of a table, in order; those that the database computes, for rules and for full-text search, are the last. */
export function columnTexts(printer: TablePrinter, table: Table, indexes: readonly TableIndex[]): readonly ColumnText[] {
  const types = columnTypes(table, indexes, printer.dialect)
  const columns = table.columns.map(
    (column): ColumnText => ({
      name: column.name,
      type: types.get(column) ?? '',
      constraints: `${column.isKey ? ' primary key' : ''}${column.isNotNull ? ' not null' : ''}${column.isVersion ? ' default 1' : column.isDeletion ? " default ''" : ''}`,
      isKey: column.isKey,
      isNotNull: column.isNotNull,
    }),
  )
  const computed = (name: string, type: string): ColumnText => ({ name, type, constraints: '', isKey: false, isNotNull: false })
  const ruled = ruleIndexes(table, printer.dialect).flatMap(({ column }) => (column ? [computed(column.name, column.type)] : []))
  const searched = printer.dialect === 'mysql' ? searchColumnsOf(table) : []
  if (searched.length === 0) return [...columns, ...ruled]
  const type = mysqlSearchColumn(searched.map((column) => printer.name(column.name)))
  return [...columns, ...ruled, computed(mysqlSearchName(searched.map((column) => column.name)), type)]
}

export function createTableStatement(printer: TablePrinter, table: Table, indexes: readonly TableIndex[]): string {
  const keyByColumn = new Map(printer.dialect === 'sqlite' ? table.foreignKeys.map((key) => [key.column, key]) : [])
  const columns = columnTexts(printer, table, indexes).map(({ name, type, constraints }) => {
    const key = keyByColumn.get(name)
    return `  ${printer.name(name)} ${type}${constraints}${key ? ` ${referencesText(printer, key)}` : ''}`
  })
  return printer.createTable(printer.name(table.name), columns.join(',\n'), TABLE_OPTIONS[printer.dialect])
}

export const TABLE_OPTIONS: Readonly<Record<Dialect, string>> = {
  sqlite: ' without rowid',
  postgres: '',
  // Values are compared as they are, trailing spaces included, as in the other databases. Each of the two reads one comment as SQL.
  mysql: ' engine = innodb default character set utf8mb4 /*!80017 collate utf8mb4_0900_bin *//*M!100202 collate utf8mb4_nopad_bin */',
}

const ON_DELETE: Readonly<Record<ForeignKey['onDelete'], string>> = { 'set-null': 'set null', cascade: 'cascade', restrict: 'restrict' }

const referencesText = ({ references: print, name }: TablePrinter, key: ForeignKey): string =>
  print(name(key.table), name(key.targetColumn), ON_DELETE[key.onDelete])

export function indexStatement(
  { dialect, name, createIndex }: TablePrinter,
  table: Table,
  index: TableIndex,
  types: ReadonlyMap<Column, string>,
): string {
  const prefixes = dialect === 'mysql' && index.method !== 'fulltext' ? mysqlPrefixes(index.columns, types) : new Map<Column, number>()
  // Nulls come first as in the other databases: one index serves both directions. Columns without nulls are sorted without these words.
  const nulls = (column: Column): string => (dialect === 'postgres' && index.method === 'btree' && !column.isNotNull ? ' nulls first' : '')
  const columns = index.columns.map(
    (column) => name(column.name) + (prefixes.has(column) ? `(${prefixes.get(column)})` : '') + nulls(column),
  )
  const isFulltext = index.method === 'fulltext'
  const kind = index.isUnique ? 'unique ' : isFulltext && dialect === 'mysql' ? 'fulltext ' : ''
  const where = index.where === undefined ? '' : ` where ${index.where}`
  const print = (method: string, what: string): string => createIndex(kind, name(index.name), name(table.name), method, what, where)
  if (dialect !== 'postgres' || index.method === 'btree') return print('', columns.join(', '))
  if (!isFulltext) return print(` using ${index.method}`, columns.join(', '))
  const document = columns.map((column) => `coalesce(${column}, '')`).join(" || ' ' || ")
  return print(' using gin', `to_tsvector('simple', ${document})`)
}

export interface Constraint {
  readonly name: string
  readonly table: Table
  readonly key: ForeignKey
  readonly create: string
}

/** Foreign keys as statements of their own, for when every table is there: references may form a circle. */
export function foreignKeyConstraints(
  printer: TablePrinter,
  tables: readonly Table[],
  memory: PrintMemory = noMemory,
): readonly Constraint[] {
  const { name: quoted, addForeignKey } = printer
  /** A foreign key belongs to one table of one dialect; only its name depends on the others. */
  const constraintByKey = memory.kept<ForeignKey, Constraint>('sql constraints')
  const taken = new Set<string>()
  return tables.flatMap((table) =>
    table.foreignKeys.map((key) => {
      let name = plainName(`${table.name}_${key.column}_fkey`)
      for (let attempt = 2; taken.has(name.toLowerCase()); attempt++) name = plainName(`${table.name}_${key.column}_fkey (${attempt})`)
      taken.add(name.toLowerCase())
      const known = constraintByKey.get(key)
      if (known?.name === name) return known
      const create = addForeignKey(quoted(table.name), quoted(name), quoted(key.column), referencesText(printer, key))
      const constraint: Constraint = { name, table, key, create }
      constraintByKey.set(key, constraint)
      return constraint
    }),
  )
}
