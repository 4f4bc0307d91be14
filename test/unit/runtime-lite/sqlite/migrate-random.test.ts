import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import type { AppIr } from '../../../../compiler/ir/object.ts'
import { readShape } from '../../../../runtime-lite/sqlite/database-shape.ts'
import { migrate, planMigration } from '../../../../runtime-lite/sqlite/migrate.ts'
import { appIr } from '../../../support/ir.ts'
import { random } from '../../../support/random.ts'
import { randomApp } from '../../../support/random-ir.ts'
import { essence, fresh, insert, schemaOf } from '../../../support/sqlite-schema.ts'

describe('random applications', () => {
  it('turn into any other one and end up as if made afresh', { timeout: 60_000 }, () => {
    for (let seed = 1; seed <= 30; seed++) {
      const first = searched(randomApp(seed, { hostile: seed % 2 === 0 }), seed)
      const db = new DatabaseSync(':memory:')
      migrate(db, schemaOf(first))
      expect(essence(db), `seed ${seed}`).toEqual(fresh(schemaOf(first)))
      const second = searched(mutated(first, seed), seed + 1)
      const wanted = schemaOf(second)
      const report = migrate(db, wanted)
      expect(report.refused, `seed ${seed}`).toEqual([])
      expect(essence(db), `seed ${seed}`).toEqual(fresh(wanted))
      expect(planMigration(db, wanted), `seed ${seed}`).toEqual({ statements: [], refused: [] })
      migrate(db, schemaOf(first))
      expect(essence(db), `seed ${seed}`).toEqual(fresh(schemaOf(first)))
      db.close()
    }
  })

  it('never lose a value, whatever changes', { timeout: 60_000 }, () => {
    for (let seed = 1; seed <= 30; seed++) {
      const first = searched(randomApp(seed, { hostile: seed % 2 === 0 }), seed)
      const db = new DatabaseSync(':memory:')
      migrate(db, schemaOf(first))
      db.exec('pragma foreign_keys = off')
      for (const object of first.objects) {
        const stored = object.fields.filter((field) => field.column !== undefined && !field.isImplicit)
        insert(
          db,
          object.table.replaceAll('"', '""'),
          Object.fromEntries([['id', 'r'], ...stored.map((field) => [(field.column as string).replaceAll('"', '""'), '"r"'])]),
        )
      }
      db.exec('pragma foreign_keys = on')
      const before = valuesOf(db)
      try {
        migrate(db, schemaOf(searched(mutated(first, seed), seed + 1)))
      } catch (error) {
        expect(error).toMatchObject({ name: 'MigrationError' })
      }
      const after = valuesOf(db)
      for (const [key, value] of before) expect(after.get(key), `seed ${seed}, ${key}`).toBe(value)
      db.close()
    }
  })
})

/** The same application with full-text indexes over some texts. */
function searched(app: AppIr, seed: number): AppIr {
  const { chance } = random(seed + 99)
  return appIr(
    app.objects.map((object, position) => ({
      ...object,
      searchable: object.fields
        .filter(({ column, value }) => position % 3 === seed % 3 && column !== undefined && value.kind === 'string' && chance(0.5))
        .map(({ name }) => name),
    })),
  )
}

/** Every value of every table, by place. */
function valuesOf(db: DatabaseSync): Map<string, unknown> {
  const values = new Map<string, unknown>()
  for (const { name } of readShape(db).tables.values())
    if (name !== '_objectql')
      for (const row of db.prepare(`select * from "${name.replaceAll('"', '""')}"`).all())
        for (const [column, value] of Object.entries(row)) if (value !== null) values.set(`${name}\0${column}`, String(value))
  return values
}

/** Another application: objects and fields dropped, added and changed. */
function mutated(app: AppIr, seed: number): AppIr {
  const { chance } = random(seed + 7)
  const other = randomApp(seed + 5000, { objects: 3, hostile: false })
  const names = new Set(app.objects.map((object) => object.name))
  const objects = app.objects
    .filter(() => chance(0.8))
    .map((object) => {
      const donor = other.objects[0]!.fields.filter((field) => !field.isImplicit && !field.reference)
      const kept = object.fields
        .filter((field) => field.isImplicit || chance(0.8))
        .map((field) =>
          field.reference && chance(0.3) ? { ...field, reference: { ...field.reference, onDelete: 'restrict' as const } } : field,
        )
      const taken = new Set(kept.map((field) => field.column?.toLowerCase()))
      return {
        ...object,
        fields: [...kept, ...donor.filter((field) => chance(0.5) && !taken.has(field.column?.toLowerCase()))],
        indexes: object.indexes.filter(() => chance(0.7)),
      }
    })
  const left = new Set(objects.map((object) => object.name))
  const resolved = objects.map((object) => ({
    ...object,
    fields: object.fields.map((field) =>
      field.reference?.object !== undefined && !left.has(field.reference.object)
        ? { ...field, reference: { authored: field.reference.authored, candidates: [], onDelete: 'set-null' as const } }
        : field,
    ),
  }))
  return appIr([...resolved, ...other.objects.filter((object) => !names.has(object.name))].sort((a, b) => (a.name < b.name ? -1 : 1)))
}
