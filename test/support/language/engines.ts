import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { emit } from '../../../compiler/6-emit/emit.ts'
import { resolveConfig } from '../../../compiler/config/resolve-config.ts'
import type { ObjectIr } from '../../../compiler/ir/object.ts'
import type { SqlDriver, Statement } from '../../../runtime-lite/database/session.ts'
import type { ObjectPlan, SqlValue } from '../../../runtime-lite/object/object-plan.ts'
import type { Dialect } from '../../../runtime-lite/query/print/dialect.ts'
import { sqliteDialect } from '../../../runtime-lite/query/print/sqlite.ts'
import { giveFunctions } from '../../../runtime-lite/sqlite/give-functions.ts'
import { appIr } from '../ir.ts'

const TMP = join(import.meta.dirname, '..', '..', '..', 'tmp')

/** One database under the differential suite. */
export interface Engine {
  readonly name: string
  readonly dialect: Dialect
  run(statement: Statement, values: readonly SqlValue[]): Promise<readonly (readonly unknown[])[]>
  close(): Promise<void>
}

/** What a compile makes of the objects: their plans, and the schema of each database as text. */
export interface CompiledWorld {
  readonly plans: ReadonlyMap<string, ObjectPlan>
  readonly schema: (dialect: Dialect['name']) => string
}

export async function compiledWorld(objects: readonly ObjectIr[]): Promise<CompiledWorld> {
  const config = resolveConfig({ name: 'world' }, { folderName: 'test', exists: () => false })
  const files = await emit(appIr([...objects]), config, { lineOf: () => 1 })
  mkdirSync(TMP, { recursive: true })
  const folder = mkdtempSync(join(TMP, 'world-'))
  try {
    for (const { path, text } of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    const plans = new Map<string, ObjectPlan>()
    for (const { name, names } of objects) {
      const { plan } = (await import(/* @vite-ignore */ join(folder, 'plans', `${names.file}.ts`))) as { readonly plan: ObjectPlan }
      plans.set(name, plan)
    }
    const texts = new Map(
      (['sqlite', 'postgres', 'mysql'] as const).map((dialect) => [dialect, readFileSync(join(folder, `schema.${dialect}.sql`), 'utf8')]),
    )
    return { plans, schema: (dialect) => texts.get(dialect)! }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** SQLite in memory. Dangling references are part of the tests, so foreign keys are off. */
export function sqliteEngine(world: CompiledWorld): Engine {
  const db = new DatabaseSync(':memory:', { enableForeignKeyConstraints: false })
  db.exec(world.schema('sqlite'))
  return {
    name: 'SQLite',
    dialect: sqliteDialect,
    async run({ sql }, values) {
      giveFunctions(db, sql)
      const statement = db.prepare(sql)
      statement.setReturnArrays(true)
      return statement.all(...values) as unknown as readonly (readonly unknown[])[]
    },
    async close() {
      db.close()
    },
  }
}

/** A server behind one of our drivers, its tables made already. */
export function driverEngine(name: string, driver: SqlDriver): Engine {
  return {
    name,
    dialect: driver.dialect,
    run: async (statement, values) => (await driver.session.run(statement, values)).rows,
    close: () => driver.close(),
  }
}
