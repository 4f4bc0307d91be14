import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { databaseTarget } from '../../../../compiler/6-emit/app/database-target.ts'
import type { Config } from '../../../../compiler/config/config.ts'
import { resolveConfig } from '../../../../compiler/config/resolve-config.ts'
import type { ObjectIr } from '../../../../compiler/ir/object.ts'
import { appIr, objectIr } from '../../../support/ir.ts'
import { officeApp } from '../../../support/office.ts'
import { checkTypes, writeText } from '../../../support/type-project.ts'

// A compiler runs in a process of its own, and a busy machine is no failure.
vi.setConfig({ testTimeout: 120_000 })

const folder = mkdtempSync(join(tmpdir(), 'objectql-database-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function emitted(objects: readonly ObjectIr[], config: Config = {}): string {
  const resolved = resolveConfig(config, { folderName: 'test', exists: () => false })
  const [file] = databaseTarget.emit(appIr(objects), resolved, { lineOf: () => 1 })
  return file?.text.split('\n').slice(1).join('\n') ?? ''
}

const deal = objectIr({
  name: 'deal',
  table: 'sales deal',
  fields: {
    amount: 'currency',
    count: { type: 'number', column: 'N°' },
    won: 'boolean',
    closed: 'date',
    seen: 'datetime',
    extra: 'json',
    pin: 'secret',
    sum: 'formula',
  },
})

test('one interface per table, with every column as the first database of the configuration stores it', () => {
  expect(emitted([deal])).toBe(`
export interface DealTable {
  id: string
  amount: number | null
  'N°': number | null
  won: 0 | 1 | null
  closed: string | null
  seen: string | null
  extra: string | null
  pin: string | null
  created_at: string
  updated_at: string
  _version: number
}

/** Every table: the type of \`app.db\`. Columns hold what SQLite stores, not what records look like. */
export interface Database {
  'sales deal': DealTable
}
`)
  const postgres = emitted([deal], { databases: ['postgres', 'sqlite'] })
  for (const line of ['amount: string | null', 'won: boolean | null', 'seen: string | null', 'extra: string | null', '_version: number'])
    expect(postgres).toContain(`  ${line}\n`)
  expect(emitted([deal], { databases: ['mysql'] })).toContain('  won: 0 | 1 | null\n')
})

test('objects that share a table share its interface', () => {
  const text = emitted([deal, objectIr({ name: 'old_deal', table: 'sales deal', fields: { legacy: 'text' } })])
  expect(text.match(/interface \w+Table/g)).toEqual(['interface DealTable'])
  expect(text).toContain('legacy: string | null')
})

test('Kysely takes it: unknown tables and columns do not compile, nullable columns may be left out', () => {
  writeText(join(folder, 'database.d.ts'), emitted(officeApp().objects))
  writeText(join(folder, 'package.json'), '{ "type": "module" }')
  symlinkSync(join(import.meta.dirname, '../../../../node_modules'), join(folder, 'node_modules'))
  const lines = [
    `import type { Kysely } from 'kysely'`,
    `import type { Database } from './database.js'`,
    `declare const db: Kysely<Database>`,
    `export const names: { name: string | null; active: 0 | 1 | null }[] = await db.selectFrom('account').select(['name', 'active']).where('revenue', '>', 5).execute()`,
    `await db.insertInto('task').values({ id: '1', title: 'x', created_at: '', updated_at: '', _version: 1 }).execute()`,
    `db.selectFrom('acount')`,
    `db.selectFrom('account').select('nmae')`,
    `db.updateTable('account').set({ revenue: 'much' })`,
  ]
  writeText(join(folder, 'program.ts'), lines.join('\n'))
  const { problems } = checkTypes(folder, '7', { files: ['program.ts'] })
  expect([...new Set(problems.map(({ line }) => line))].sort()).toEqual([6, 7, 8])
})
