import { DatabaseSync } from 'node:sqlite'
import type { SqlDriver } from '../../runtime-lite/database/session.ts'
import { mysql } from '../../runtime-lite/mysql/index.ts'
import type { SqlValue } from '../../runtime-lite/object/object-plan.ts'
import { postgres } from '../../runtime-lite/postgres/index.ts'
import type { Dialect } from '../../runtime-lite/query/print/dialect.ts'
import type { ReadStatement } from '../../runtime-lite/query/print/print-query.ts'
import { sqliteDialect } from '../../runtime-lite/query/print/sqlite.ts'
import { giveFunctions } from '../../runtime-lite/sqlite/give-functions.ts'

/** A database that says how it would run a statement. */
export interface PlanSource {
  readonly dialect: Dialect
  /** As the reader knows it: `SQLite, the schema in memory`. */
  readonly name: string
  /** The database's own plan, one line per step. `isAnalyzed`: runs the statement and measures it. */
  plan(statement: ReadStatement, values: readonly SqlValue[], isAnalyzed: boolean): Promise<readonly string[]>
  close(): Promise<void>
}

/** An empty database with the tables of the schema. */
export function memorySource(schema: string): PlanSource {
  const db = new DatabaseSync(':memory:')
  db.exec(schema)
  return sqliteSource(db, 'SQLite, an empty database with this schema')
}

/** A file, opened to be read only. @throws when it cannot be opened. */
export const fileSource = (path: string, name: string): PlanSource => sqliteSource(new DatabaseSync(path, { readOnly: true }), name)

function sqliteSource(db: DatabaseSync, name: string): PlanSource {
  return {
    dialect: sqliteDialect,
    name,
    async plan({ sql }, values) {
      giveFunctions(db, sql)
      const rows = db.prepare(`explain query plan ${sql}`).all(...values) as unknown as readonly PlanRow[]
      return treeLines(rows, 0, '')
    },
    async close() {
      db.close()
    },
  }
}

interface PlanRow {
  readonly id: number
  readonly parent: number
  readonly detail: string
}

const treeLines = (rows: readonly PlanRow[], parent: number, margin: string): readonly string[] =>
  rows.filter((row) => row.parent === parent).flatMap((row) => [`${margin}${row.detail}`, ...treeLines(rows, row.id, `${margin}  `)])

/** @throws when no connection can be made. */
export async function postgresSource(url: string, name: string): Promise<PlanSource> {
  const driver = await postgres(url)
  return {
    dialect: driver.dialect,
    name,
    plan: (statement, values, isAnalyzed) =>
      firstColumn(driver, statement, values, isAnalyzed ? 'explain (analyze, buffers, format text)' : 'explain (format text)'),
    close: () => driver.close(),
  }
}

/** MySQL draws a tree; MariaDB has a table. @throws when no connection can be made. */
export async function mysqlSource(url: string, name: string): Promise<PlanSource> {
  const driver = await mysql(url)
  const version = await driver.session.row({ sql: 'select version()', kinds: [], isRead: true }, [])
  const isMaria = /mariadb/i.test(String(version?.[0]))
  return {
    dialect: driver.dialect,
    name,
    async plan(statement, values, isAnalyzed) {
      if (!isMaria) {
        const text = await firstColumn(driver, statement, values, isAnalyzed ? 'explain analyze' : 'explain format=tree')
        return text.flatMap((line) => line.split('\n')).filter((line) => line !== '')
      }
      const { sql, kinds } = statement
      const { rows, columns = [] } = await driver.session.run(
        { sql: `${isAnalyzed ? 'analyze' : 'explain'} ${sql}`, kinds, isRead: true, describes: true },
        values,
      )
      return tableLines(columns, rows)
    },
    close: () => driver.close(),
  }
}

async function firstColumn(
  driver: SqlDriver,
  { sql, kinds }: ReadStatement,
  values: readonly SqlValue[],
  verb: string,
): Promise<readonly string[]> {
  const { rows } = await driver.session.run({ sql: `${verb} ${sql}`, kinds, isRead: true }, values)
  return rows.map(([line]) => String(line))
}

/** Columns as wide as what is in them. */
function tableLines(columns: readonly string[], rows: readonly (readonly unknown[])[]): readonly string[] {
  const table = [columns, ...rows.map((row) => row.map((value) => (value === null ? '' : String(value))))]
  const widths = columns.map((_, index) => Math.max(...table.map((row) => row[index]?.length ?? 0)))
  return table.map((row) =>
    row
      .map((value, index) => value.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
