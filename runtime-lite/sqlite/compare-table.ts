import { quoteName, quoteText } from '../query/names.ts'
import { columnFit, converted } from './column-fit.ts'
import { compareHelpers } from './compare-helpers.ts'
import { compareIndexes } from './compare-indexes.ts'
import { type ColumnShape, foldName, type ReferenceShape, type TableShape } from './database-shape.ts'
import type { MigrationDraft, TouchedColumns } from './migration-draft.ts'
import { allowDropCommand } from './refusal.ts'

/** Plans what turns an existing table into the wanted one. Parts that nobody described to us are left alone. */
export function compareTable(draft: MigrationDraft, wanted: TableShape, actual: TableShape): void {
  const touched: TouchedColumns = { added: new Set(), replaced: new Set(), dropped: new Set() }
  for (const [key, column] of wanted.columns) {
    const existing = actual.columns.get(key)
    if (!existing) addColumn(draft, actual, column, touched)
    else if (column.keyPosition > 0) compareKey(draft, actual, column, existing)
    else compareColumn(draft, actual, column, existing, touched)
  }
  for (const [key, column] of actual.columns) if (!wanted.columns.has(key)) compareUnknown(draft, actual, column, touched)
  compareIndexes(draft, wanted, actual, touched)
  compareHelpers(draft, wanted, actual, touched)
}

const isOwned = (draft: MigrationDraft, table: TableShape, column: ColumnShape): boolean =>
  draft.bookkeeping?.owned.get(foldName(table.name))?.columns.has(foldName(column.name)) === true

const holds = ({ db }: MigrationDraft, table: TableShape, condition: string): boolean =>
  db.prepare(`select 1 from ${quoteName(table.name)} where ${condition} limit 1`).get() !== undefined

const count = ({ db }: MigrationDraft, table: TableShape, condition: string): number =>
  Number(db.prepare(`select count(*) as n from ${quoteName(table.name)} where ${condition}`).get()?.['n'])

const ref = (table: TableShape, column: ColumnShape): string => `"${column.name}" of table "${table.name}"`

function addColumn(draft: MigrationDraft, table: TableShape, column: ColumnShape, { added }: TouchedColumns): void {
  if (column.keyPosition > 0) {
    draft.refused.push({
      kind: 'primary-key',
      table: table.name,
      column: column.name,
      message: `The table "${table.name}" has no column "${column.name}", and SQLite cannot add a primary key to a table. Add it by hand.`,
      isBlocking: true,
    })
    return
  }
  added.add(foldName(column.name))
  draft.steps.addColumns.push(`alter table ${quoteName(table.name)} add column ${definition(draft, column, column.name)}`)
}

/** A column as ALTER TABLE takes it: NOT NULL needs a constant default there, even in an empty table. */
function definition(draft: MigrationDraft, column: ColumnShape, name: string): string {
  const fallback = column.default ?? (column.isNotNull ? (/int|real/i.test(column.type) ? '0' : quoteText(draft.now)) : null)
  const reference = column.reference
    ? ` references ${quoteName(column.reference.table)}${column.reference.column === null ? '' : ` (${quoteName(column.reference.column)})`} on delete ${column.reference.onDelete.toLowerCase()}`
    : ''
  return `${quoteName(name)} ${column.type.toLowerCase()}${column.isNotNull ? ' not null' : ''}${fallback === null ? '' : ` default ${fallback}`}${reference}`
}

function compareKey(draft: MigrationDraft, table: TableShape, wanted: ColumnShape, actual: ColumnShape): void {
  if (columnFit(wanted, actual).kind === 'differs')
    draft.refused.push({
      kind: 'primary-key',
      table: table.name,
      column: actual.name,
      message: `${ref(table, actual)} is ${actual.type || 'untyped'} and identifies its rows; the schema needs ${wanted.type.toLowerCase()}. Copy the rows into a new table by hand.`,
      isBlocking: true,
    })
}

function compareColumn(draft: MigrationDraft, table: TableShape, wanted: ColumnShape, actual: ColumnShape, touched: TouchedColumns): void {
  const name = `${table.name}.${actual.name}`
  const column = quoteName(actual.name)
  const fit = columnFit(wanted, actual)
  const isFixed = isConstrained(table, actual)
  const misfits = fit.kind === 'fits' ? undefined : `${column} is not null${fit.kind === 'if' ? ` and ${fit.probe(column)}` : ''}`
  if (misfits !== undefined && holds(draft, table, misfits)) {
    if (isFixed || !draft.isAllowed(name)) {
      draft.refused.push({
        kind: 'type-change',
        table: table.name,
        column: actual.name,
        message: `${ref(table, actual)} is ${actual.type || 'untyped'} and holds values that are not ${describeType(wanted)}, as the schema says. ${isFixed ? 'It is part of a constraint: convert it by hand.' : `To convert it and lose what cannot be converted: ${allowDropCommand(name)}`}`,
        ...(isFixed ? {} : { allowDrop: name }),
        isBlocking: true,
      })
      return
    }
    replaceColumn(draft, table, wanted, actual, touched)
  } else if (isFixed) return
  // Every value fits. Columns of somebody else's table keep the type and the key they have.
  else if (fit.kind === 'differs' || (isOwned(draft, table, actual) && fit.kind === 'if'))
    replaceColumn(draft, table, wanted, actual, touched)
  else if (isOwned(draft, table, actual) && !isSameReference(wanted.reference, actual.reference))
    compareReference(draft, table, wanted, actual, touched)
}

const describeType = ({ type }: ColumnShape): string =>
  ({ 'json text': 'JSON', real: 'numbers', integer: 'numbers' })[type.toLowerCase()] ?? 'text'

export const isSameReference = (a: ReferenceShape | undefined, b: ReferenceShape | undefined): boolean =>
  a === undefined || b === undefined ? a === b : foldName(a.table) === foldName(b.table) && a.onDelete === b.onDelete && !b.isComposite

/** SQLite drops no column that a constraint over the table uses. */
const isConstrained = (table: TableShape, column: ColumnShape): boolean =>
  column.keyPosition > 0 ||
  column.reference?.isComposite === true ||
  table.indexes.some(
    (index) => index.sql === null && index.columns.some((name) => name !== null && foldName(name) === foldName(column.name)),
  )

function compareReference(
  draft: MigrationDraft,
  table: TableShape,
  wanted: ColumnShape,
  actual: ColumnShape,
  touched: TouchedColumns,
): void {
  const name = `${table.name}.${actual.name}`
  const dangling = wanted.reference ? danglingCondition(draft, wanted.reference, table, actual) : undefined
  const lost = dangling === undefined ? 0 : count(draft, table, dangling)
  if (lost > 0 && !draft.isAllowed(name)) {
    draft.refused.push({
      kind: 'dangling-reference',
      table: table.name,
      column: actual.name,
      message: `${ref(table, actual)} is to refer to "${wanted.reference?.table}", but ${lost === 1 ? 'one row refers' : `${lost} rows refer`} to nothing there: deletion is not checked until they do. To clear them: ${allowDropCommand(name)}`,
      allowDrop: name,
      isBlocking: false,
    })
    return
  }
  replaceColumn(draft, table, wanted, actual, touched)
}

/** Rows whose value is no key of the table it should refer to; all of them when that table is only just created. */
function danglingCondition(draft: MigrationDraft, reference: ReferenceShape, table: TableShape, actual: ColumnShape): string {
  const target = draft.actual.tables.get(foldName(reference.table))
  const column = `${quoteName(table.name)}.${quoteName(actual.name)}`
  const key =
    target &&
    [...target.columns.values()].find((candidate) =>
      reference.column === null ? candidate.keyPosition === 1 : foldName(candidate.name) === foldName(reference.column),
    )
  if (!target || !key) return `${column} is not null`
  return `${column} is not null and not exists (select 1 from ${quoteName(target.name)} as "target of reference" where "target of reference".${quoteName(key.name)} = ${column})`
}

/**
 * SQLite can neither change a column's type nor its reference: a new column takes the values and then the name. Indexes on it
 * are dropped first and made again.
 */
function replaceColumn(
  draft: MigrationDraft,
  table: TableShape,
  wanted: ColumnShape,
  actual: ColumnShape,
  { replaced }: TouchedColumns,
): void {
  let temporary = `${actual.name}__new`
  while (table.columns.has(foldName(temporary))) temporary += '_'
  const on = quoteName(table.name)
  const column = quoteName(actual.name)
  const value = converted(wanted, actual, column)
  const dangling = wanted.reference ? ` and not (${danglingCondition(draft, wanted.reference, table, actual)})` : ''
  draft.steps.replaceColumns.push(
    `alter table ${on} add column ${definition(draft, wanted, temporary)}`,
    `update ${on} set ${quoteName(temporary)} = ${value} where ${column} is not null${dangling}`,
    `alter table ${on} drop column ${column}`,
    `alter table ${on} rename column ${quoteName(temporary)} to ${column}`,
  )
  replaced.add(foldName(actual.name))
  draft.releasedColumns.add(foldName(`${table.name}.${actual.name}`))
}

/** A column that the schema does not have: dropped from the schema when it was ours, somebody else's otherwise. */
function compareUnknown(draft: MigrationDraft, table: TableShape, column: ColumnShape, touched: TouchedColumns): void {
  const name = `${table.name}.${column.name}`
  const isDroppable = !column.isGenerated && !isConstrained(table, column)
  if (
    isDroppable &&
    (draft.isAllowed(name) || (isOwned(draft, table, column) && !holds(draft, table, `${quoteName(column.name)} is not null`)))
  ) {
    draft.steps.dropColumns.push(`alter table ${quoteName(table.name)} drop column ${quoteName(column.name)}`)
    touched.dropped.add(foldName(column.name))
    draft.releasedColumns.add(foldName(name))
    return
  }
  const isRequired =
    column.isNotNull &&
    column.default === null &&
    !column.isGenerated &&
    !(column.keyPosition > 0 && table.hasRowid && /^integer$/i.test(column.type))
  if (isRequired)
    draft.refused.push({
      kind: 'required-column',
      table: table.name,
      column: column.name,
      message: `${ref(table, column)} is NOT NULL without a default and the schema does not have it, so no record could be created.${isDroppable ? ` To drop it: ${allowDropCommand(name)}` : ''}`,
      ...(isDroppable ? { allowDrop: name } : {}),
      isBlocking: true,
    })
  else if (isOwned(draft, table, column))
    draft.refused.push({
      kind: 'dropped-column',
      table: table.name,
      column: column.name,
      message: `${ref(table, column)} is no longer in the schema but holds data, so it stays. To drop it: ${allowDropCommand(name)}`,
      allowDrop: name,
      isBlocking: false,
    })
}
