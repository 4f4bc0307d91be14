import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compile } from '../../compiler/index.ts'
import { isReachable, mysql, postgres } from '../support/database-servers.ts'
import { type RunningApp, startedApp } from '../support/running-app.ts'

const FOLDER = join(import.meta.dirname, '..', '..', 'tmp', `patterns-${process.pid}`)

const SCHEMA = `
name: part
fields:
  code: { type: text }
  state: { type: text }
  is_code: { type: formula, data_type: boolean, expression: 'REGEX(code, "^[A-Z]{2}\\d+$")' }
  kind: { type: formula, data_type: text, expression: "record.code.matches('^\\\\\\\\s|[\\"/]') ? 'odd' : 'plain'" }
validation:
  rules:
    - { name: words, type: script, condition: 'record.code.matches("\\\\bno\\\\b(?!t)")', message: No. }
    - { name: coded, type: custom, validator: "!/!/u.test(record.code)", message: Calm down. }
    - { name: one, type: unique, field: code, scope: { expression: "REGEX(state, '^o')" }, message: Taken. }
`

const DATABASES = [
  { name: 'SQLite', server: undefined, url: () => ':memory:' },
  {
    name: 'PostgreSQL',
    server: postgres,
    url: (name: string) => `postgres://${process.env['PGUSER'] ?? 'postgres'}@127.0.0.1:5432/${name}`,
  },
  { name: 'MariaDB', server: mysql, url: (name: string) => `mysql://${process.env['MYSQL_USER'] ?? 'root'}@127.0.0.1:3306/${name}` },
]

beforeAll(async () => {
  mkdirSync(join(FOLDER, 'schemas'), { recursive: true })
  writeFileSync(join(FOLDER, 'schemas', 'part.object.yml'), SCHEMA.trimStart())
  writeFileSync(join(FOLDER, 'objectql.config.json'), '{ "dialects": ["sqlite", "postgres", "mysql"] }\n')
  const { isOk, diagnostics } = await compile({ cwd: FOLDER })
  expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([])
  expect(isOk).toBe(true)
}, 60_000)
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }))

describe.each(DATABASES)('regular expressions on $name', ({ server, url }) => {
  test.runIf(server === undefined || isReachable(server))('say the same in formulas, rules and scopes', { timeout: 60_000 }, async () => {
    const scratch = server?.create('patterns')
    const { request, close }: RunningApp = await startedApp(join(FOLDER, 'generated'), {
      datasource: url(scratch?.name ?? ''),
      migrate: true,
    } as never)
    const create = (body: object) => request('/api/part', { method: 'POST', body })
    try {
      const values: readonly (readonly [string | null, boolean, string])[] = [
        ['AB12', true, 'plain'],
        ['AB12\n', false, 'plain'],
        ['ab12', false, 'plain'],
        [' "', false, 'odd'],
        ['a/b', false, 'odd'],
        [null, false, 'plain'],
        ['a'.repeat(10_001), false, 'plain'],
      ]
      for (const [index, [code, is_code, kind]] of values.entries()) {
        expect((await create({ id: `p${index}`, code: code ?? undefined })).json).toMatchObject({ is_code, kind })
        expect((await request(`/api/part/p${index}`)).json).toMatchObject({ is_code, kind })
      }
      const listed = (await request('/api/part?$filter=is_code%20eq%20true')).json.items
      expect(listed.map(({ id }: { id: string }) => id)).toEqual(['p0'])
      expect((await create({ code: 'oh no' })).json.errors[0]).toMatchObject({ code: 'words' })
      expect((await create({ code: 'not so' })).status).toBe(201)
      expect((await create({ code: 'hey!' })).json.errors[0]).toMatchObject({ code: 'coded' })
      expect((await create({ code: 'x', state: 'open' })).status).toBe(201)
      expect((await create({ code: 'x', state: 'gone' })).status).toBe(201)
      expect((await create({ code: 'x', state: 'on' })).json.errors[0]).toMatchObject({ code: 'one' })
    } finally {
      await close()
      scratch?.drop()
    }
  })
})
