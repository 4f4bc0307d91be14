import { textAttribute } from '../3-link/attributes.ts'
import type { LinkedField } from '../3-link/model.ts'
import type { LockedField } from '../lock/lock.ts'

/** Columns the table has for itself. */
const RESERVED_COLUMNS = ['_version']

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
  const stored = fields.filter(({ type }) => type !== 'formula')
  const authored = stored.filter((field) => isFixed(field) || textAttribute(field.attributes, 'columnName') !== undefined)
  for (const field of authored) claim(field, isFixed(field) ? field.name : (textAttribute(field.attributes, 'columnName') ?? field.name))
  const others = stored.filter((field) => !columnByField.has(field.name))
  for (const field of others) {
    const column = lockedByName.get(field.name)?.column
    if (column !== undefined && column !== '') claim(field, column)
  }
  for (const field of others) if (!columnByField.has(field.name)) claim(field, field.name)
  return columnByField
}

/** The implicit fields keep their columns whatever is written. */
const isFixed = ({ name }: LinkedField): boolean => name === 'id' || name === 'created_at' || name === 'updated_at'
