import type { Dialect } from '../../config/config.ts'
import type { Storage } from './storage.ts'
import type { Column, Table } from './table.ts'
import type { TableIndex } from './table-index.ts'

/** The column types of one table. */
export function columnTypes(table: Table, indexes: readonly TableIndex[], dialect: Dialect): ReadonlyMap<Column, string> {
  switch (dialect) {
    case 'sqlite':
      return new Map(table.columns.map((column) => [column, sqliteType(column.storage)]))
    case 'postgres':
      return new Map(table.columns.map((column) => [column, postgresType(column.storage)]))
    case 'mysql':
      return mysqlTypes(table, indexes)
    default:
      return dialect satisfies never
  }
}

function sqliteType(storage: Storage): string {
  switch (storage.kind) {
    case 'integer':
    case 'boolean':
      return 'integer'
    case 'double':
    case 'decimal':
      return 'real'
    case 'json':
      // Stored as TEXT (the word decides the affinity); tells a migration that plain text is not good enough here.
      return 'json text'
    default:
      return 'text'
  }
}

/** `23:59:59.999`. A time of day is kept as it was written: `09:30` comes back as `09:30`, and sorts as text does, on every database. */
const TIME_LENGTH = 12

/** Longest `varchar(n)` of PostgreSQL. */
const POSTGRES_MAX_VARCHAR = 10_485_760

function postgresType(storage: Storage): string {
  switch (storage.kind) {
    // By code point, in every locale.
    case 'id':
      return 'text collate "C"'
    case 'string':
      return storage.maxLength !== undefined && storage.maxLength > 0 && storage.maxLength <= POSTGRES_MAX_VARCHAR
        ? `varchar(${storage.maxLength}) collate "C"`
        : 'text collate "C"'
    case 'integer':
      return 'bigint'
    case 'double':
      return 'double precision'
    case 'decimal':
      return `numeric(${storage.digits},${storage.scale})`
    case 'boolean':
    case 'date':
      return storage.kind
    case 'datetime':
      return 'timestamptz(3)'
    case 'time':
      return `varchar(${TIME_LENGTH}) collate "C"`
    case 'json':
      return 'jsonb'
    default:
      return storage satisfies never
  }
}

/** A row of InnoDB holds 65,535 bytes, long text and JSON aside; a character takes up to four. */
const MYSQL_ROW_BYTES = 60_000
const BYTES_PER_CHARACTER = 4

/** Longest text that is a `varchar` and not a `text`. */
const MYSQL_MAX_VARCHAR = 2048

function mysqlTypes(table: Table, indexes: readonly TableIndex[]): ReadonlyMap<Column, string> {
  const unique = new Set(indexes.filter((index) => index.isUnique).flatMap((index) => index.columns))
  const lengthByColumn = new Map(table.columns.map((column) => [column, mysqlLength(column.storage, unique.has(column))] as const))
  // The longest give way first, keys last: a unique key on a prefix would refuse values that differ behind it.
  const byLength = [...lengthByColumn]
    .filter(([column, length]) => length !== undefined && column.storage.kind === 'string')
    .sort(([a, left], [b, right]) => Number(unique.has(a)) - Number(unique.has(b)) || (right ?? 0) - (left ?? 0))
  let bytes = [...lengthByColumn.values()].reduce<number>(
    (sum, length) => sum + (length === undefined ? 12 : length * BYTES_PER_CHARACTER + 3),
    0,
  )
  for (const [column, length = 0] of byLength) {
    if (bytes <= MYSQL_ROW_BYTES) break
    lengthByColumn.set(column, undefined)
    bytes -= length * BYTES_PER_CHARACTER - 9
  }
  return new Map(table.columns.map((column) => [column, mysqlType(column.storage, lengthByColumn.get(column))]))
}

/** Characters of a `varchar`, or undefined for what is none. */
function mysqlLength(storage: Storage, isUnique: boolean): number | undefined {
  if (storage.kind === 'id') return 255
  if (storage.kind !== 'string') return undefined
  const length =
    storage.maxLength !== undefined && storage.maxLength > 0 ? storage.maxLength : (storage.usual ?? (isUnique ? 255 : undefined))
  return length === undefined || length > MYSQL_MAX_VARCHAR ? undefined : length
}

function mysqlType(storage: Storage, length: number | undefined): string {
  switch (storage.kind) {
    case 'id':
      return 'varchar(255)'
    case 'string': {
      if (length !== undefined) return `varchar(${length})`
      const bytes = (storage.maxLength ?? 0) * BYTES_PER_CHARACTER
      if (bytes > 16_777_215) return 'longtext'
      return storage.size === 'document' || bytes > 65_535 ? 'mediumtext' : 'text'
    }
    case 'integer':
      return 'bigint'
    case 'double':
      return 'double'
    case 'decimal':
      return `decimal(${storage.digits},${storage.scale})`
    case 'boolean':
      return 'tinyint(1)'
    case 'date':
      return 'date'
    case 'datetime':
      return 'datetime(3)'
    case 'time':
      return `varchar(${TIME_LENGTH})`
    case 'json':
      return 'json'
    default:
      return storage satisfies never
  }
}

/** Longest key of InnoDB. */
const MYSQL_KEY_BYTES = 3072

/** How many characters of a text column go into a MySQL key, or undefined for the whole value. */
export function mysqlPrefixes(columns: readonly Column[], types: ReadonlyMap<Column, string>): ReadonlyMap<Column, number> {
  const characters = (column: Column): number | undefined => {
    const type = types.get(column) ?? ''
    const varchar = /^varchar\((\d+)\)$/.exec(type)
    return varchar ? Number(varchar[1]) : type.endsWith('text') ? Number.POSITIVE_INFINITY : undefined
  }
  const texts = columns.filter((column) => characters(column) !== undefined)
  const other = (columns.length - texts.length) * 32
  const needed = texts.reduce((sum, column) => sum + (characters(column) ?? 0), 0) * BYTES_PER_CHARACTER + other
  if (needed <= MYSQL_KEY_BYTES) return new Map()
  // Short ones whole, the rest share what is left; 191 characters tell long texts apart well enough.
  const share = Math.floor((MYSQL_KEY_BYTES - other) / BYTES_PER_CHARACTER / texts.length)
  return new Map(
    texts
      .filter((column) => (characters(column) ?? 0) > share || !Number.isFinite(characters(column)))
      .map((column) => [column, Math.min(share, isLong(column) ? 191 : share)]),
  )
}

const isLong = (column: Column): boolean => column.storage.kind === 'string' && column.storage.maxLength === undefined
