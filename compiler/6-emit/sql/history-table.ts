import type { Dialect } from '../../config/config.ts'
import type { AppIr } from '../../ir/object.ts'
import { trackedFields } from '../tracked-fields.ts'
import { TABLE_OPTIONS, type TablePrinter } from './table-printer.ts'

type Kind = 'id' | 'name' | 'value' | 'instant'

const TYPES: Readonly<Record<Dialect, Readonly<Record<Kind, string>>>> = {
  sqlite: { id: 'text', name: 'text', value: 'text', instant: 'text' },
  postgres: { id: 'text collate "C"', name: 'text collate "C"', value: 'text collate "C"', instant: 'timestamptz(3)' },
  mysql: { id: 'varchar(255)', name: 'varchar(255)', value: 'longtext', instant: 'datetime(3)' },
}

/** Former values of tracked fields, as JSON; nothing for an app that tracks none. */
export function historyTable({ dialect, name, createTable }: TablePrinter, { objects }: Pick<AppIr, 'objects'>): string | undefined {
  if (!objects.some((object) => trackedFields(object).length > 0)) return undefined
  const types = TYPES[dialect]
  const columns = [
    `${name('id')} ${types.id} primary key not null`,
    `${name('object')} ${types.name}`,
    `${name('record')} ${types.id}`,
    `${name('field')} ${types.name}`,
    `${name('old_value')} ${types.value}`,
    `${name('new_value')} ${types.value}`,
    `${name('changed_by')} ${types.id}`,
    `${name('changed_at')} ${types.instant} not null`,
  ]
  const table = createTable(name('_objectql_history'), columns.map((column) => `  ${column}`).join(',\n'), TABLE_OPTIONS[dialect])
  const nulls = dialect === 'postgres' ? ' nulls first' : ''
  const key = [`${name('object')}${nulls}`, `${name('record')}${nulls}`, name('id')].join(', ')
  const index = `create index ${name('_objectql_history_record_idx')} on ${name('_objectql_history')} (${key});`
  return `-- Changes of tracked fields, values as JSON.\n${table};\n${index}`
}
