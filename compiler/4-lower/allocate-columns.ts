import { textAttribute } from '../3-link/attributes.ts'
import type { LinkedField } from '../3-link/model.ts'
import type { LockedField } from '../lock/lock.ts'

/** Columns every table has. The implicit fields keep theirs whatever is written. */
const FIXED_COLUMNS: readonly string[] = ['id', 'created_at', 'updated_at']
const RESERVED_COLUMNS: readonly string[] = [...FIXED_COLUMNS, '_version']

/**
 * The column of every stored field: what the author wrote, else what the lock recorded, else the field's name, with `_2` and so on
 * behind it where that is taken. Columns the lock knows are handed out first, so that a new field never moves an old one.
 */
export function allocateColumns(
  fields: readonly LinkedField[],
  lockedByName: ReadonlyMap<string, LockedField>,
): ReadonlyMap<string, string> {
  const taken = new Set(RESERVED_COLUMNS)
  const columnByField = new Map<string, string>()
  const claim = (field: LinkedField, column: string): void => {
    let free = column
    for (let suffix = 2; taken.has(free.toLowerCase()); suffix++) free = `${column}_${suffix}`
    taken.add(free.toLowerCase())
    columnByField.set(field.name, free)
  }
  const isFixed = ({ name }: LinkedField): boolean => FIXED_COLUMNS.includes(name)
  for (const { name } of fields.filter(isFixed)) columnByField.set(name, name)

  const stored = fields.filter((field) => field.type !== 'formula' && !isFixed(field))
  for (const field of stored) {
    const column = textAttribute(field.attributes, 'columnName')
    if (column !== undefined) claim(field, column)
  }
  for (const field of stored) {
    const column = lockedByName.get(field.name)?.column
    if (column !== undefined && !columnByField.has(field.name)) claim(field, column)
  }
  for (const field of stored) if (!columnByField.has(field.name)) claim(field, field.name)
  return columnByField
}
