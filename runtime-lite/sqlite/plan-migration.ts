import { DatabaseSync } from 'node:sqlite'
import { quoteName } from '../query/names.ts'
import { type Bookkeeping, isBookkeeping, readBookkeeping } from './bookkeeping.ts'
import { compareHelpers } from './compare-helpers.ts'
import { compareTable } from './compare-table.ts'
import { type ColumnShape, type DatabaseShape, foldName, readShape, type TableShape } from './database-shape.ts'
import { dropHelpers } from './helper-shape.ts'
import type { MigrationDraft } from './migration-draft.ts'
import { allowDropCommand, type Refusal } from './refusal.ts'

/** The tables an application needs. Generated as `schema.ts`. */
export interface SqliteSchema {
  /** Differs whenever `sql` does. */
  readonly digest: string
  /** Statements that create them in an empty database; read only when a database is not up to date. */
  readonly sql: string | (() => string)
}

export interface MigrationOptions {
  /** `<table>` or `<table>.<column>`: differences that may be removed although data is lost. */
  readonly allowDrop?: readonly string[]
  /** Value of `created_at` and `updated_at` in rows that had none, an ISO instant. Default: the current time. */
  readonly now?: string
}

export interface MigrationPlan {
  /** In the order they run, in one transaction. */
  readonly statements: readonly string[]
  readonly refused: readonly Refusal[]
}

/** A plan and what it was made from. */
export interface Comparison extends MigrationPlan {
  readonly actual: DatabaseShape
  readonly wanted: DatabaseShape
  readonly bookkeeping: Bookkeeping | undefined
}

/** Compares a database with what the application needs. Changes nothing. */
export function planMigration(db: DatabaseSync, schema: SqliteSchema, options: MigrationOptions = {}): MigrationPlan {
  const { statements, refused } = compareDatabase(db, schema, options)
  return { statements, refused }
}

export function compareDatabase(
  db: DatabaseSync,
  schema: SqliteSchema,
  { allowDrop = [], now = new Date().toISOString() }: MigrationOptions,
): Comparison {
  const used = new Set<string>()
  const draft: MigrationDraft = {
    db,
    actual: readShape(db),
    wanted: wantedShape(schema),
    bookkeeping: readBookkeeping(db),
    now,
    refused: [],
    isAllowed(name) {
      if (allowDrop.includes(name)) used.add(name)
      return used.has(name)
    },
    steps: {
      dropHelpers: [],
      createTables: [],
      addColumns: [],
      dropIndexes: [],
      replaceColumns: [],
      dropColumns: [],
      createIndexes: [],
      createHelpers: [],
      dropTables: [],
    },
    releasedColumns: new Set(),
  }
  for (const [key, table] of draft.wanted.tables) planTable(draft, key, table)
  planDroppedTables(draft)
  for (const name of allowDrop)
    if (!used.has(name))
      draft.refused.push({
        kind: 'nothing-to-drop',
        table: name,
        message: `Nothing that could be dropped is called "${name}".`,
        isBlocking: false,
      })
  return {
    statements: Object.values(draft.steps).flat(),
    refused: draft.refused,
    actual: draft.actual,
    wanted: draft.wanted,
    bookkeeping: draft.bookkeeping,
  }
}

function wantedShape(schema: SqliteSchema): DatabaseShape {
  const memory = new DatabaseSync(':memory:')
  try {
    memory.exec(typeof schema.sql === 'string' ? schema.sql : schema.sql())
    return readShape(memory)
  } finally {
    memory.close()
  }
}

function planTable(draft: MigrationDraft, key: string, wanted: TableShape): void {
  const actual = draft.actual.tables.get(key)
  const taken = draft.actual.others.get(key)
  if (actual) compareTable(draft, wanted, actual)
  else if (taken !== undefined) {
    draft.refused.push({
      kind: 'not-a-table',
      table: wanted.name,
      message: `"${wanted.name}" is a ${taken}: a table is needed. Rename one of the two.`,
      isBlocking: true,
    })
  } else {
    draft.steps.createTables.push(wanted.sql)
    for (const index of wanted.indexes) if (index.sql !== null) draft.steps.createIndexes.push(index.sql)
    compareHelpers(draft, wanted, undefined)
  }
}

/** Tables that an earlier schema described and this one does not. Those without rows go, the others stay until the user says so. */
function planDroppedTables(draft: MigrationDraft): void {
  const { db, actual, wanted, bookkeeping, steps } = draft
  const leaving = [...(bookkeeping?.owned ?? [])].flatMap(([key, { isWhole }]) =>
    !isWhole || wanted.tables.has(key) || isBookkeeping(key) ? [] : (actual.tables.get(key) ?? []),
  )
  const going = leaving.filter((table) => {
    if (db.prepare(`select 1 from ${quoteName(table.name)} limit 1`).get() === undefined || draft.isAllowed(table.name)) return true
    draft.refused.push({
      kind: 'dropped-table',
      table: table.name,
      message: `The table "${table.name}" is no longer in the schema but has rows, so it stays. To drop it: ${allowDropCommand(table.name)}`,
      allowDrop: table.name,
      isBlocking: false,
    })
    return false
  })
  for (;;) {
    const held = going.findIndex((table) => referrersOf(table, draft, going).length > 0)
    if (held < 0) break
    // Dropping it would fire the ON DELETE of rows that stay, or leave references to nothing; and what it refers to has to stay, too.
    for (const table of going.splice(held, 1)) refuseHeld(draft, table, referrersOf(table, draft, going))
  }
  for (const table of going) {
    steps.dropHelpers.push(...dropHelpers(table.helpers))
    // DROP TABLE deletes the rows first and looks at every reference then, also those within a circle of tables that all go.
    const released = [...table.columns.values()].filter((column) => going.some((other) => isReferenceTo(column, other)))
    if (released.length > 0)
      for (const index of table.indexes) if (index.sql !== null) steps.dropIndexes.push(`drop index ${quoteName(index.name)}`)
    for (const column of released) steps.dropColumns.push(`alter table ${quoteName(table.name)} drop column ${quoteName(column.name)}`)
    steps.dropTables.push(`drop table ${quoteName(table.name)}`)
  }
}

/** An empty table that cannot go does no harm: only who asked for it needs to hear. */
function refuseHeld(draft: MigrationDraft, table: TableShape, referrers: readonly Referrer[]): void {
  if (!draft.isAllowed(table.name)) return
  const names = referrers.map((referrer) => `"${referrer.column}" of table "${referrer.table}"`).join(', ')
  const droppable = referrers.flatMap((referrer) => referrer.allowDrop ?? [])
  const advice =
    droppable.length === referrers.length
      ? `To drop both: ${allowDropCommand(...new Set(droppable), table.name)}`
      : 'Another tool made it: drop it by hand first.'
  draft.refused.push({
    kind: 'dropped-table',
    table: table.name,
    message: `The table "${table.name}" is still referred to by ${names}. ${advice}`,
    isBlocking: false,
  })
}

const isReferenceTo = (column: ColumnShape, table: TableShape): boolean =>
  column.reference !== undefined && foldName(column.reference.table) === foldName(table.name)

/** A column that stays and refers to a table that would go. */
interface Referrer {
  readonly table: string
  readonly column: string
  /** What to name to be rid of it; absent for what is not ours to drop. */
  readonly allowDrop?: string
}

function referrersOf(
  table: TableShape,
  { actual, wanted, bookkeeping, releasedColumns }: MigrationDraft,
  going: readonly TableShape[],
): readonly Referrer[] {
  const referrers: Referrer[] = []
  for (const [key, other] of actual.tables) {
    if (other === table || going.includes(other)) continue
    for (const column of other.columns.values()) {
      const name = `${other.name}.${column.name}`
      if (!isReferenceTo(column, table) || releasedColumns.has(foldName(name))) continue
      const allowDrop = wanted.tables.has(key) ? name : bookkeeping?.owned.get(key)?.isWhole ? other.name : undefined
      referrers.push({ table: other.name, column: column.name, ...(allowDrop === undefined ? {} : { allowDrop }) })
    }
  }
  return referrers
}
