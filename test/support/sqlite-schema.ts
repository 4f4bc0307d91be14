import { createHash } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { printSchema } from '../../compiler/6-emit/sql/print-schema.ts'
import type { AppIr, ObjectIr } from '../../compiler/ir/object.ts'
import { readShape } from '../../runtime-lite/sqlite/database-shape.ts'
import type { SqliteSchema } from '../../runtime-lite/sqlite/migrate.ts'
import { appIr, type FieldSketch, objectIr } from './ir.ts'

export const NOW = '2026-05-06T07:08:09.010Z'

export const schemaOf = (app: AppIr): SqliteSchema => {
  const sql = printSchema(app, 'sqlite', 'test').text
  return { digest: createHash('sha256').update(sql).digest('hex'), sql: () => sql }
}

export const schema = (...objects: ObjectIr[]): SqliteSchema => schemaOf(appIr([...objects].sort((a, b) => (a.name < b.name ? -1 : 1))))

export const table = (
  name: string,
  fields: Record<string, FieldSketch>,
  indexes: Parameters<typeof objectIr>[0]['indexes'] = [],
): ObjectIr => objectIr({ name, fields, indexes })

export const insert = (db: DatabaseSync, into: string, row: Record<string, string | number | null>): void => {
  const values = { created_at: NOW, updated_at: NOW, ...row }
  db.prepare(
    `insert into "${into}" (${Object.keys(values)
      .map((name) => `"${name}"`)
      .join(', ')}) values (${Object.keys(values)
      .map(() => '?')
      .join(', ')})`,
  ).run(...Object.values(values))
}

export const rows = (db: DatabaseSync, sql: string): unknown[] =>
  db
    .prepare(sql)
    .all()
    .map((row) => ({ ...row }))

/** Everything a migration must get right, without the order of columns and the defaults that added columns need. */
export function essence(db: DatabaseSync): unknown {
  return [...readShape(db).tables.values()]
    .filter(({ name }) => name !== '_objectql')
    .map(({ name, columns, indexes, helpers }) => ({
      name,
      helpers: helpers.map(({ sql }) => sql).sort(),
      columns: [...columns.values()]
        .map(({ name: column, type, isNotNull, keyPosition, reference }) => ({
          column,
          type: type.toLowerCase(),
          isNotNull,
          keyPosition,
          reference,
        }))
        .sort((a, b) => (a.column < b.column ? -1 : 1)),
      indexes: indexes
        .filter((index) => index.sql !== null)
        .map(({ name: index, columns: over, isUnique, where }) => ({ index, over, isUnique, where }))
        .sort((a, b) => (a.index < b.index ? -1 : 1)),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

export function fresh(wanted: SqliteSchema): unknown {
  const db = new DatabaseSync(':memory:')
  db.exec((wanted.sql as () => string)())
  return essence(db)
}
