import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compile } from '../../compiler/index.ts'
import { type RunningApp, startedApp } from '../support/running-app.ts'

const FOLDER = join(import.meta.dirname, '..', '..', 'tmp', `json-schema-rules-${process.pid}`)

const SCHEMA = `
name: site
fields:
  name: { type: text }
  settings: { type: json, label: Settings }
  labels: { type: tags }
  source: { type: textarea }
  tree: { type: json }
validation:
  rules:
    - name: known_settings
      type: json_schema
      field: settings
      schema:
        $schema: https://json-schema.org/draft/2020-12/schema
        type: object
        properties: { theme: { enum: [light, dark] }, "a/b": { type: array, prefixItems: [{ type: integer }], items: { $ref: "#/$defs/name" } }, home: { format: uri } }
        required: [theme]
        $defs: { name: { type: string, pattern: "^(a+)+$" } }
    - { name: few, type: json_schema, field: labels, schema: { maxItems: 1, uniqueItems: true }, message: "At {{path}}: {{problem}}", severity: warning }
    - { name: parsed, type: json_schema, field: source, schema: { type: object }, error_code: SOURCE, message: No source. }
    - { name: walked, type: json_schema, field: tree, schema: { $ref: "#/definitions/node", definitions: { node: { anyOf: [{ type: number }, { type: array, items: { $ref: "#/definitions/node" } }] } } } }
`

let app: RunningApp
beforeAll(async () => {
  mkdirSync(join(FOLDER, 'schemas'), { recursive: true })
  writeFileSync(join(FOLDER, 'schemas', 'site.object.yml'), SCHEMA.trimStart())
  writeFileSync(join(FOLDER, 'objectql.config.json'), '{}\n')
  const { isOk, diagnostics } = await compile({ cwd: FOLDER })
  expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([])
  expect(isOk).toBe(true)
  app = (await startedApp(join(FOLDER, 'generated'), { datasource: ':memory:', migrate: true } as never)) as RunningApp
}, 60_000)
afterAll(async () => {
  await app.close()
  rmSync(FOLDER, { recursive: true, force: true })
})

const told = async (method: string, path: string, body: unknown): Promise<unknown> => {
  const { status, json } = await app.request(`/api/site${path}`, { method, body })
  const issues = json?.errors ?? json?.['@warnings']
  return [status, ...(issues ?? []).map(({ pointer, code, message }: Record<string, string>) => `${pointer} ${code} ${message}`)]
}

test('issues point into the value, one for each place', async () => {
  expect(await told('POST', '', { settings: { 'a/b': [1.5, 'a', 'b', 2], home: 'nowhere' } })).toEqual([
    422,
    '/settings/theme known_settings Settings is required.',
    '/settings/a~1b/0 known_settings Settings must be a whole number.',
    '/settings/a~1b/2 known_settings Settings must match ^(a+)+$.',
    '/settings/a~1b/3 known_settings Settings must be text.',
    '/settings/home known_settings Settings must look like the format "uri".',
  ])
  expect(await told('POST', '', { settings: [] })).toEqual([422, '/settings known_settings Settings must be an object.'])
  expect(await told('POST', '', { id: 'x', settings: { theme: 'dark', 'a/b': [1, 'a'] }, labels: ['a', 'b'] })).toEqual([
    201,
    '/labels few At /labels: must have at most 1 item',
  ])
  expect(await told('PATCH', '/x', { settings: { theme: 'blue' } })).toEqual([
    422,
    '/settings/theme known_settings Settings must be one of "light", "dark".',
  ])
  expect(await told('PATCH', '/x', { settings: null, labels: ['a'] })).toEqual([200])
})

test('texts hold JSON', async () => {
  expect(await told('POST', '', { source: '{' })).toEqual([422, '/source SOURCE No source.'])
  expect(await told('POST', '', { source: 'null' })).toEqual([422, '/source SOURCE No source.'])
  expect(await told('POST', '', { source: '' })).toEqual([201])
  expect(await told('POST', '', { source: ' {"a":1}' })).toEqual([201])
  expect(await told('POST', '', { source: `{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}` })).toEqual([422, '/source SOURCE No source.'])
})

test('many wrong places, long texts and endless values end', async () => {
  const wrong = { theme: 'dark', 'a/b': [1, ...Array.from({ length: 50 }, () => 'b')] }
  expect(((await told('POST', '', { settings: wrong })) as unknown[]).length).toBe(21)
  expect(await told('POST', '', { settings: { theme: 'dark', 'a/b': [1, 'a'.repeat(10_001)] } })).toEqual([
    422,
    '/settings/a~1b/1 known_settings Settings must match ^(a+)+$.',
  ])
  const wide = Array.from({ length: 120_000 }, () => 1)
  expect(await told('POST', '', { tree: wide })).toEqual([422, '/tree walked Tree is too much to be checked.'])
  expect(await told('POST', '', { tree: [[[1, [2]]], 3] })).toEqual([201])
  expect(await told('POST', '', { tree: [[['x']]] })).toEqual([422, '/tree walked Tree must meet one of 2 descriptions.'])
})
