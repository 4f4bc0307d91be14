import type { Dialect } from '../../config/config.ts'
import type { AppIr } from '../../ir/object.ts'
import { hasAutonumber } from '../has-autonumber.ts'
import { needsLocks } from './rule-index.ts'
import type { TablePrinter } from './table-printer.ts'
import { TABLE_OPTIONS } from './table-printer.ts'

const SCOPE: Readonly<Record<Dialect, string>> = { sqlite: 'text', postgres: 'text collate "C"', mysql: 'varchar(700)' }
const VALUE: Readonly<Record<Dialect, string>> = { sqlite: 'integer', postgres: 'bigint', mysql: 'bigint' }

/** The counters of autonumbers, and the locks of unique rules that no index holds; nothing for an app without either. */
export function countersTable({ dialect, name, createTable }: TablePrinter, { objects }: Pick<AppIr, 'objects'>): string | undefined {
  const isCounting = objects.some(hasAutonumber)
  if (!isCounting && !objects.some(needsLocks)) return undefined
  const columns = [`  ${name('scope')} ${SCOPE[dialect]} primary key not null`, `  ${name('value')} ${VALUE[dialect]} not null default 0`]
  const what = isCounting ? 'Last number of each autonumber, by what stands before the counter.' : 'Locks of rules that no index holds.'
  return `-- ${what}\n${createTable(name('_objectql_counters'), columns.join(',\n'), TABLE_OPTIONS[dialect])};`
}
