import { mysqlSearchName } from '../../../runtime-lite/query/print/mysql-search-name.ts'
import { postgresDocument } from '../../../runtime-lite/query/print/postgres-search.ts'
import { SQLITE_MARKER, sqliteSearchNames } from '../../../runtime-lite/query/print/sqlite-search-names.ts'
import type { Dialect } from '../../config/config.ts'
import { plainName } from './physical-names.ts'
import type { SqlWriter } from './sql-writer.ts'
import type { Column, Table } from './table.ts'

type Naming = Pick<SqlWriter, 'name'>

/** The columns full-text search looks at, in order. Objects that share a table share those of the first that has any. */
export function searchColumnsOf(table: Table): readonly Column[] {
  const searchable = table.objects.find((object) => object.searchable.length > 0)?.searchable ?? []
  return searchable.flatMap((field) => table.columnByField.get(field) ?? [])
}

/** In lower case, because a binary collation tells cases apart. Quoted names of the columns. */
export const mysqlSearchColumn = (columns: readonly string[]): string =>
  `longtext generated always as (lower(concat_ws(' ', ${columns.join(', ')}))) stored`

export interface SearchIndex {
  readonly name: string
  readonly create: string
}

/** The full-text index of a table on PostgreSQL or MySQL. */
export function searchIndex({ dialect, name }: Naming & { readonly dialect: Dialect }, table: Table): SearchIndex | undefined {
  const columns = searchColumnsOf(table)
  if (columns.length === 0 || dialect === 'sqlite') return undefined
  const index = plainName(`${table.name}_search_idx`)
  const create =
    dialect === 'postgres'
      ? `create index ${name(index)} on ${name(table.name)} using gin (${postgresDocument(columns.map((column) => name(column.name)))})`
      : `create fulltext index ${name(index)} on ${name(table.name)} (${name(mysqlSearchName(columns.map((column) => column.name)))})`
  return { name: index, create }
}

/**
 * The full-text index of a table on SQLite: FTS5 without the texts themselves, a table that gives each id the number FTS5 needs, and triggers
 * that keep both. A change of other columns costs nothing.
 */
export function sqliteSearchStatements({ name }: Naming, table: Table): readonly string[] {
  const columns = searchColumnsOf(table)
  const key = table.columns.find((column) => column.isKey)
  if (columns.length === 0 || key === undefined) return []
  const { index, rows, trigger } = sqliteSearchNames(table.name)
  const [on, fts, map, id] = [table.name, index, rows, key.name].map(name) as [string, string, string, string]
  // `rank` and `rowid` are no names for columns of FTS5.
  const numbered = columns.map((_, position) => `c${position}`)
  const rowOf = (record: string): string => `(select "row" from ${map} where "id" = ${record}.${id})`
  const values = columns.map((column) => `new.${name(column.name)}`).join(', ')
  const remove = (record: string): string => `delete from ${fts} where rowid = ${rowOf(record)};`
  const add = `insert into ${fts} (rowid, ${numbered.join(', ')}) values (${rowOf('new')}, ${values});`
  const create = (event: 'insert' | 'update' | 'delete', what: string, statements: readonly string[]): string =>
    `create trigger ${name(trigger(event))} ${SQLITE_MARKER} after ${what} begin\n  ${statements.join('\n  ')}\nend`
  const isChanged = columns.map((column) => `old.${name(column.name)} is not new.${name(column.name)}`).join(' or ')
  return [
    `create table ${map} ${SQLITE_MARKER} ("row" integer primary key, "id" text not null unique)`,
    `create virtual table ${fts} ${SQLITE_MARKER} using fts5(${numbered.join(', ')}, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0')`,
    create('insert', `insert on ${on}`, [
      // A row that REPLACE deletes fires no trigger.
      `insert into ${map} ("id") values (new.${id}) on conflict ("id") do nothing;`,
      remove('new'),
      add,
    ]),
    create('update', `update of ${columns.map((column) => name(column.name)).join(', ')} on ${on} when ${isChanged}`, [remove('new'), add]),
    create('delete', `delete on ${on}`, [remove('old'), `delete from ${map} where "id" = old.${id};`]),
  ]
}
