import type { DatabaseSync } from 'node:sqlite'
import { isCurrent, type OwnedTable, writeBookkeeping } from './bookkeeping.ts'
import { isSameType } from './column-fit.ts'
import { isSameReference } from './compare-table.ts'
import { type ColumnShape, foldName, readShape } from './database-shape.ts'
import { type Comparison, compareDatabase, type MigrationOptions, type SqliteSchema } from './plan-migration.ts'
import type { Refusal } from './refusal.ts'

export { type MigrationOptions, type MigrationPlan, planMigration, type SqliteSchema } from './plan-migration.ts'
export type { Refusal } from './refusal.ts'

export interface MigrationReport {
  /** Statements that ran. */
  readonly applied: readonly string[]
  /** Differences that stay, none of which keeps the application from working. */
  readonly refused: readonly Refusal[]
}

/** The application cannot work with the database as it is; nothing was changed. */
export interface MigrationError extends Error {
  readonly refused: readonly Refusal[]
}

/**
 * Brings a database to what the application needs: missing tables, columns and indexes are added in one transaction, and
 * nothing with data in it is dropped unless `allowDrop` names it. Safe when several processes start at once. A database that
 * is up to date costs two short queries.
 * @throws MigrationError when a difference that stays would keep the application from working.
 */
export function migrate(db: DatabaseSync, schema: SqliteSchema, options: MigrationOptions = {}): MigrationReport {
  return withPatience(db, () => {
    const isForced = (options.allowDrop ?? []).length > 0
    if (!isForced && isCurrent(db, schema.digest)) return { applied: [], refused: [] }
    // The lock comes before the comparison: two processes would both try to create the same table otherwise.
    db.exec('begin immediate')
    try {
      const comparison = compareDatabase(db, schema, options)
      const { statements, refused } = comparison
      if (refused.some((refusal) => refusal.isBlocking)) throw migrationError(refused)
      for (const statement of statements) run(db, statement)
      writeBookkeeping(db, schema.digest, ownedAfter(db, comparison))
      db.exec('commit')
      return { applied: statements, refused }
    } catch (error) {
      if (db.isTransaction) db.exec('rollback')
      throw error
    }
  })
}

function run(db: DatabaseSync, statement: string): void {
  try {
    db.exec(statement)
  } catch (error) {
    throw new Error(
      `The migration stopped at \`${statement}\`: ${error instanceof Error ? error.message : String(error)}. Nothing was changed.`,
      { cause: error },
    )
  }
}

/** The table parts that later migrations may change or drop: those that are as the schema says, and those that were once. */
function ownedAfter(db: DatabaseSync, { actual, wanted, bookkeeping, statements }: Comparison): ReadonlyMap<string, OwnedTable> {
  const owned = new Map<string, OwnedTable>()
  const { tables } = statements.length === 0 ? actual : readShape(db)
  for (const [key, table] of tables) {
    const before = bookkeeping?.owned.get(key)
    const described = wanted.tables.get(key)
    if (!before && !described) continue
    // A column that another tool made keeps its type and its key, and so stays theirs where the schema wants other ones.
    const isOurs = ([name, column]: readonly [string, ColumnShape]): boolean => {
      const counterpart = described?.columns.get(name)
      return (
        before?.columns.has(name) === true ||
        (counterpart !== undefined && isSameType(counterpart, column) && isSameReference(counterpart.reference, column.reference))
      )
    }
    const columns = new Set([...table.columns].filter(isOurs).map(([name]) => name))
    const describedIndexes = new Set(described?.indexes.map((index) => foldName(index.name)))
    const indexes = table.indexes
      .map((index) => foldName(index.name))
      .filter((name) => before?.indexes.has(name) || describedIndexes.has(name))
    const hasConstraints = table.indexes.some(
      (index) => index.sql === null && index.columns.some((name) => (table.columns.get(foldName(name ?? ''))?.keyPosition ?? 0) === 0),
    )
    owned.set(key, {
      isWhole: before?.isWhole === true || (columns.size === table.columns.size && !hasConstraints),
      columns,
      indexes: new Set(indexes),
    })
  }
  return owned
}

/** Milliseconds to wait for another process that is migrating the same database. */
const PATIENCE = 30_000

function withPatience<Result>(db: DatabaseSync, work: () => Result): Result {
  const before = Number(db.prepare('pragma busy_timeout').get()?.['timeout'])
  db.exec(`pragma busy_timeout = ${Math.max(before, PATIENCE)}`)
  try {
    return work()
  } finally {
    db.exec(`pragma busy_timeout = ${before}`)
  }
}

function migrationError(refused: readonly Refusal[]): MigrationError {
  const lines = refused.filter((refusal) => refusal.isBlocking).map((refusal) => `- ${refusal.message}`)
  const error = new Error(
    `The database does not fit the schema, and changing it could lose data. Nothing was changed.\n${lines.join('\n')}`,
  )
  return Object.assign(error, { name: 'MigrationError', refused })
}
