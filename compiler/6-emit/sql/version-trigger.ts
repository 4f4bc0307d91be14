import { SQLITE_MARKER } from '../../../runtime-lite/query/print/sqlite-search-names.ts'
import { plainName } from './physical-names.ts'
import { type Table, VERSION_COLUMN } from './table.ts'
import type { TablePrinter } from './table-printer.ts'

export interface VersionTrigger {
  readonly name: string
  /** In order. Each replaces what is there. */
  readonly create: readonly string[]
}

/** Raises the version of a row; shared by all tables of a PostgreSQL schema. */
const POSTGRES_FUNCTION = 'objectql_raise_version'

const isSetNull = ({ foreignKeys }: Table): boolean => foreignKeys.some(({ onDelete }) => onDelete === 'set-null')

/** Statements that all version triggers of a database need first. */
export function versionTriggerPrelude({ dialect, name }: TablePrinter, tables: readonly Table[]): readonly string[] {
  if (dialect !== 'postgres' || !tables.some(isSetNull)) return []
  const version = name(VERSION_COLUMN)
  return [
    `create or replace function ${name(POSTGRES_FUNCTION)}() returns trigger language plpgsql as 'begin new.${version} := old.${version} + 1; return new; end'`,
  ]
}

/**
 * A reference that the database clears is a change of the record, so its version counts up. Updates of the application raise it themselves and
 * are left alone. MySQL runs no triggers for what foreign keys do.
 */
export function versionTrigger({ dialect, name }: TablePrinter, table: Table): VersionTrigger | undefined {
  const columns = table.foreignKeys.filter(({ onDelete }) => onDelete === 'set-null').map(({ column }) => name(column))
  const key = table.columns.find((column) => column.isKey)
  if (columns.length === 0 || key === undefined || dialect === 'mysql') return undefined
  const trigger = dialect === 'sqlite' ? `${table.name}_cleared` : plainName(`${table.name}_cleared`)
  const [on, id, version] = [table.name, key.name, VERSION_COLUMN].map(name) as [string, string, string]
  const isCleared = columns.map((column) => `(old.${column} is not null and new.${column} is null)`).join(' or ')
  const when = `new.${version} = old.${version} and (${isCleared})`
  const event = `update of ${columns.join(', ')} on ${on}`
  if (dialect === 'sqlite')
    return {
      name: trigger,
      create: [
        `create trigger ${name(trigger)} ${SQLITE_MARKER} after ${event} when ${when} begin\n  update ${on} set ${version} = ${version} + 1 where ${id} = new.${id};\nend`,
      ],
    }
  return {
    name: trigger,
    create: [
      `drop trigger if exists ${name(trigger)} on ${on}`,
      `create trigger ${name(trigger)} before ${event} for each row when (${when}) execute function ${name(POSTGRES_FUNCTION)}()`,
    ],
  }
}
