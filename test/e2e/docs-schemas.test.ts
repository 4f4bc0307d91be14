import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { createMemoryHost, type MemoryHost } from '../../compiler/host/memory-host.ts'
import { type CompileResult, compile } from '../../compiler/index.ts'
import { FIELD_TYPES } from '../../compiler/ir/field-type.ts'

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'schemas.md'), 'utf8')

/** Blocks that begin with the path of a file are that file. */
const files = Object.fromEntries(
  [...page.matchAll(/^```\w+\n(?:#|\/\/) (schemas\/\S+)\n([\s\S]*?)^```$/gm)].map(([, path = '', text = '']) => [path, text]),
)

async function compiled(inputs: Readonly<Record<string, string>>): Promise<{ readonly host: MemoryHost; readonly result: CompileResult }> {
  const config = { input: ['schemas'], plugins: { audit: { level: 'all' } } }
  const host = createMemoryHost({ 'objectql.config.json': JSON.stringify(config), ...inputs })
  return { host, result: await compile({ host }) }
}

describe('the examples of docs/schemas.md', () => {
  let host: MemoryHost
  let result: CompileResult
  beforeAll(async () => {
    ;({ host, result } = await compiled(files))
  })

  test('are one application without a problem', () => {
    expect(Object.keys(files).length).toBeGreaterThan(8)
    // `users` for `user` is what the page shows.
    expect(result.diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'link/guessed-reference No object is named "users", so "user" is meant. Write that name.',
    ])
    expect(result.objectCount).toBe(11)
  })

  test('say what they are said to say', () => {
    const account = host.files.get(`${host.cwd}/generated/objects/account.d.ts`) ?? ''
    expect(account).toMatch(/vat_number: string\b/)
    expect(account).toContain('billing_email')
    expect(host.files.get(`${host.cwd}/generated/config.d.ts`)).toContain('interface AuditPluginConfig')
    expect(host.files.get(`${host.cwd}/generated/schema.sqlite.sql`)).toMatch(/unique index .*"vat_number"/)
  })
})

describe('the table of field types', () => {
  const rows = [...page.matchAll(/^\| ((?:`\w+` ?)+)\| [^|]*\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm)].flatMap(
    ([, types = '', ...columns]) =>
      [...types.matchAll(/`(\w+)`/g)].map(([, type = '']) => ({
        type,
        columns: columns.map((column) => column.trim().replaceAll('`', '')),
      })),
  )

  test('has every type once', () => {
    expect(rows.map(({ type }) => type).sort()).toEqual([...FIELD_TYPES].sort())
  })

  test('shows what is printed', async () => {
    const needs: Readonly<Record<string, string>> = {
      lookup: ', reference: thing',
      master_detail: ', reference: thing',
      summary: ', summary_object: thing, summary_type: count',
    }
    const withOptions = new Set(['select', 'radio', 'multiselect', 'checkboxes'])
    const fields = FIELD_TYPES.map(
      (type) => `  the_${type}: { type: ${type}${needs[type] ?? ''}${withOptions.has(type) ? ', options: [a, b]' : ''} }`,
    )
    const { host } = await compiled({ 'schemas/thing.object.yml': `fields:\n${fields.join('\n')}\n` })
    for (const [index, dialect] of ['sqlite', 'postgres', 'mysql'].entries()) {
      const sql = host.files.get(`${host.cwd}/generated/schema.${dialect}.sql`) ?? ''
      for (const { type, columns } of rows) {
        const column = columns[index] ?? ''
        const printed = new RegExp(`^\\s+["\`]the_${type}["\`] (.*?)(?: references .*)?,?$`, 'm').exec(sql)?.[1]
        if (column === '–') expect(printed, `${type}, ${dialect}`).toBeUndefined()
        else if (column !== 'by function') expect(printed, `${type}, ${dialect}`).toBe(column)
      }
    }
  })
})
