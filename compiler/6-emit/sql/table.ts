import type { Dialect } from '../../config/config.ts'
import type { AppIr, FieldIr, ObjectIr } from '../../ir/object.ts'
import { noMemory, type PrintMemory } from '../print-memory.ts'
import { createNameSpace, type NameSpace } from './physical-names.ts'
import { type Storage, storageOf } from './storage.ts'

/** One physical table. Several objects may share it. */
export interface Table {
  readonly name: string
  /** The objects stored in it, by name; the first decides where they differ. */
  readonly objects: readonly ObjectIr[]
  /** `id` first, `_version` last. */
  readonly columns: readonly Column[]
  readonly columnByField: ReadonlyMap<string, Column>
  /** The column that says when a record was deleted. */
  readonly deletedAt?: Column
  readonly foreignKeys: readonly ForeignKey[]
}

export interface Column {
  readonly name: string
  readonly storage: Storage
  readonly isKey: boolean
  readonly isNotNull: boolean
  readonly isVersion: boolean
  /** Tells records that were deleted together; empty in those that are there. */
  readonly isDeletion?: true
  readonly isUnique: boolean
  /** The author asked for an index on this field. */
  readonly isIndexed: boolean
}

export interface ForeignKey {
  readonly column: string
  readonly table: string
  readonly targetColumn: string
  readonly onDelete: 'set-null' | 'cascade' | 'restrict'
  /** Why `onDelete` is not what the author asked for. */
  readonly note?: string
}

/** Optimistic concurrency: counts up with every update, never part of a record. */
export const VERSION_COLUMN = '_version'

/** What was deleted together, of objects with a trash. */
export const DELETION_COLUMN = '_deletion'

/**
 * The tables of an application as one database knows them, targets of foreign keys before the tables that refer to them where
 * there is no cycle.
 *
 * Only `id`, `_version`, `created_at` and `updated_at` are NOT NULL: validators hold what is required, so that a field can become
 * required while old records lack it, and a column that is added later is the same as one that was there from the start.
 */
export function tablesOf(app: AppIr, dialect: Dialect, memory: PrintMemory = noMemory): readonly Table[] {
  const { draftOf, tableOf } = keepTables(memory)
  const relations = createNameSpace(dialect, 'relation')
  const objectsByTable = new Map<string, ObjectIr[]>()
  for (const object of app.objects) {
    const sharing = objectsByTable.get(object.table)
    if (sharing) sharing.push(object)
    else objectsByTable.set(object.table, [object])
  }
  const drafts = new Map(
    [...objectsByTable].map(([table, objects]) => [table, draftOf(claim(relations, table, dialect), objects, dialect)]),
  )
  const draftByObject = new Map(app.objects.map((object) => [object.name, drafts.get(object.table)] as const))
  return inReferenceOrder([...drafts.values()].map((draft) => tableOf(draft, draftByObject)))
}

/** Statements for SQLite name tables and columns as the IR does, so there a clash is a mistake of lowering. */
function claim(names: NameSpace, name: string, dialect: Dialect): string {
  const claimed = names.claim(name)
  if (dialect === 'sqlite' && claimed !== name)
    throw new Error(`Two tables, or two columns of one table, are both called "${name}" (case does not count in SQLite).`)
  return claimed
}

type Draft = Omit<Table, 'foreignKeys'>

/** Makes tables, or takes those of the last time: what is printed for a table is kept by its identity. */
function keepTables(memory: PrintMemory) {
  /** Columns depend on nothing but the object, where one has the table to itself. */
  const draftsByObject = memory.kept<ObjectIr, Map<string, Draft>>('sql drafts')
  const madeByDraft = memory.kept<Draft, { readonly table: Table; readonly targets: ReadonlyMap<string, Draft | undefined> }>('sql made')
  return {
    draftOf(name: string, objects: readonly ObjectIr[], dialect: Dialect): Draft {
      const [object] = objects
      if (object === undefined || objects.length > 1) return draftTable(name, objects, dialect)
      const drafts = draftsByObject.get(object) ?? new Map<string, Draft>()
      draftsByObject.set(object, drafts)
      const key = `${dialect} ${name}`
      const draft = drafts.get(key) ?? draftTable(name, objects, dialect)
      drafts.set(key, draft)
      return draft
    },
    tableOf(draft: Draft, draftByObject: ReadonlyMap<string, Draft | undefined>): Table {
      const known = madeByDraft.get(draft)
      if (known !== undefined && [...known.targets].every(([name, target]) => draftByObject.get(name) === target)) return known.table
      const names = draft.objects.flatMap((object) => object.fields.flatMap((field) => field.reference?.object ?? []))
      const table: Table = { ...draft, foreignKeys: foreignKeysOf(draft, draftByObject) }
      madeByDraft.set(draft, { table, targets: new Map(names.map((name) => [name, draftByObject.get(name)])) })
      return table
    },
  }
}

function draftTable(name: string, objects: readonly ObjectIr[], dialect: Dialect): Draft {
  const names: NameSpace = createNameSpace(dialect, 'column', [VERSION_COLUMN, DELETION_COLUMN])
  const columns = new Map<string, Column>()
  const columnByField = new Map<string, Column>()
  for (const object of objects)
    for (const field of object.fields) {
      if (field.column === undefined) continue
      // Objects that share a table may spell a column in two ways, which SQLite takes for one.
      const key = field.column.toLowerCase()
      const column = columns.get(key) ?? columnOf(claim(names, field.column, dialect), field)
      columns.set(key, column)
      if (!columnByField.has(field.name)) columnByField.set(field.name, column)
    }
  const version: Column = {
    name: VERSION_COLUMN,
    storage: { kind: 'integer' },
    isKey: false,
    isNotNull: true,
    isVersion: true,
    isUnique: false,
    isIndexed: false,
  }
  const trash = objects.find((object) => object.trash)?.trash
  const deletedAt = trash && columnByField.get(trash.field)
  const deletion: Column = {
    name: DELETION_COLUMN,
    storage: { kind: 'id' },
    isKey: false,
    isNotNull: true,
    isVersion: false,
    isDeletion: true,
    isUnique: false,
    isIndexed: false,
  }
  const ordered = [...columns.values()]
  return {
    name,
    objects,
    columns: [
      ...ordered.filter((column) => column.isKey),
      ...ordered.filter((column) => !column.isKey),
      ...(deletedAt ? [deletion] : []),
      version,
    ],
    columnByField,
    ...(deletedAt ? { deletedAt } : {}),
  }
}

function columnOf(name: string, field: FieldIr): Column {
  const isKey = field.name === 'id'
  const isStamp = (field.name === 'created_at' || field.name === 'updated_at') && field.isComputed && field.value.kind === 'datetime'
  return {
    name,
    storage: storageOf(field),
    isKey,
    isNotNull: isKey || isStamp,
    isVersion: false,
    isUnique: field.isUnique && !isKey,
    isIndexed: field.annotations['index'] === true,
  }
}

function foreignKeysOf(table: Draft, draftByObject: ReadonlyMap<string, Draft | undefined>): readonly ForeignKey[] {
  const keyByColumn = new Map<string, ForeignKey>()
  for (const object of table.objects)
    for (const field of object.fields) {
      const column = table.columnByField.get(field.name)
      const target = field.reference?.object === undefined || field.isList ? undefined : draftByObject.get(field.reference.object)
      const targetColumn = target?.columns.find((candidate) => candidate.isKey)
      if (!column || column.isKey || !field.reference || !target || !targetColumn || keyByColumn.has(column.name)) continue
      // Another data source is another database.
      if (target.objects[0]?.datasource !== object.datasource) continue
      const isImpossible = field.isRequired && field.reference.onDelete === 'set-null'
      keyByColumn.set(column.name, {
        column: column.name,
        table: target.name,
        targetColumn: targetColumn.name,
        onDelete: isImpossible ? 'restrict' : field.reference.onDelete,
        ...(isImpossible
          ? { note: `"${field.name}" is required and cannot be set to null, so deleting what it refers to is refused.` }
          : {}),
      })
    }
  return [...keyByColumn.values()]
}

/** Depth first over the references; a table that is being visited is part of a cycle and comes later anyway. */
function inReferenceOrder(tables: readonly Table[]): readonly Table[] {
  const byName = new Map(tables.map((table) => [table.name, table]))
  const seen = new Set<string>()
  const ordered: Table[] = []
  const visit = (table: Table): void => {
    if (seen.has(table.name)) return
    seen.add(table.name)
    for (const key of table.foreignKeys) {
      const target = byName.get(key.table)
      if (target) visit(target)
    }
    ordered.push(table)
  }
  for (const table of [...tables].sort((a, b) => (a.name < b.name ? -1 : 1))) visit(table)
  return ordered
}
