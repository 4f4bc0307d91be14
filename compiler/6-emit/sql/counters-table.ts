import type { Dialect } from '../../config/config.ts'
import type { AppIr } from '../../ir/object.ts'
import { hasAutonumber } from '../has-autonumber.ts'
import type { TablePrinter } from './table-printer.ts'
import { TABLE_OPTIONS } from './table-printer.ts'

const SCOPE: Readonly<Record<Dialect, string>> = { sqlite: 'text', postgres: 'text collate "C"', mysql: 'varchar(700)' }
const VALUE: Readonly<Record<Dialect, string>> = { sqlite: 'integer', postgres: 'bigint', mysql: 'bigint' }

/** The counters of autonumbers; nothing for an app without one. */
export function countersTable({ dialect, name, createTable }: TablePrinter, { objects }: Pick<AppIr, 'objects'>): string | undefined {
  if (!objects.some(hasAutonumber)) return undefined
  const columns = [`  ${name('scope')} ${SCOPE[dialect]} primary key not null`, `  ${name('value')} ${VALUE[dialect]} not null default 0`]
  return `-- Last number of each autonumber, by what stands before the counter.\n${createTable(name('_objectql_counters'), columns.join(',\n'), TABLE_OPTIONS[dialect])};`
}
