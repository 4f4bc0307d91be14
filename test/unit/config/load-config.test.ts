import { describe, expect, test } from 'vitest'
import { findProject, loadConfig as loadProjectConfig } from '../../../compiler/config/load-config.ts'
import type { Diagnostic } from '../../../compiler/diagnostics/diagnostic.ts'
import type { Host } from '../../../compiler/host/host.ts'
import { createMemoryHost } from '../../../compiler/host/memory-host.ts'

const marked = (text: string, { span }: Diagnostic): string => text.slice(span.start, span.end)

async function loadConfig({ host, path, output }: { host: Host; path?: string; output?: string }) {
  const project = findProject(host, host.cwd, path)
  return { ...project, ...(await loadProjectConfig({ host, project, ...(output === undefined ? {} : { output }) })) }
}

const load = (files: { readonly [path: string]: string }, cwd = '/app') => loadConfig({ host: createMemoryHost(files, { cwd }) })

describe('finding the configuration', () => {
  test('no configuration: every default, the folder as root and as name', async () => {
    const { config, root, path, diagnostics, output } = await load({ '/work shop/crm/schemas/a.object.yml': '' }, '/work shop/crm')
    expect({ root, path, diagnostics, output }).toEqual({
      root: '/work shop/crm',
      path: undefined,
      diagnostics: [],
      output: '/work shop/crm/generated',
    })
    expect(config).toMatchObject({
      name: 'crm',
      input: ['schemas'],
      ids: 'uuidv7',
      api: { basePath: '/api', maxPageSize: 1000 },
      strict: false,
    })
  })

  test('the nearest one upward wins, and its folder is the root', async () => {
    const { root, config } = await load(
      { '/objectql.config.json': '{"name":"far"}', '/a/objectql.config.json': '{"name":"near"}' },
      '/a/b/c',
    )
    expect([root, config.name]).toEqual(['/a', 'near'])
  })

  test('Windows paths', async () => {
    const host = createMemoryHost(
      { 'C:\\app\\objectql.config.json': '{"output":"out"}', 'C:\\app\\src\\x.yml': '' },
      { style: 'win32', cwd: 'C:\\app\\src' },
    )
    const { root, output, config } = await loadConfig({ host })
    expect([root, output, config.input]).toEqual(['C:\\app', 'C:\\app\\out', ['src']])
  })

  test('two in one folder: the first counts, and the other is named', async () => {
    const { config, diagnostics } = await load({
      'objectql.config.mjs': 'export default { name: "a" }',
      'objectql.config.json': '{"name":"b"}',
    })
    expect(config.name).toBe('a')
    expect(diagnostics.map(({ code, message }) => [code, message])).toEqual([
      ['config/several', '"objectql.config.json" is ignored because of this file. Remove one of them.'],
    ])
  })

  test('--config names a file that is not there', async () => {
    const { diagnostics } = await loadConfig({ host: createMemoryHost({}), path: 'other.config.ts' })
    expect(diagnostics.map(({ code }) => code)).toEqual(['config/not-found'])
  })

  test('an output folder given by hand, shown relative to the configuration', async () => {
    const host = createMemoryHost({ '/app/objectql.config.json': '{}', '/app/sub/x': '' }, { cwd: '/app/sub' })
    const { output, config } = await loadConfig({ host, output: '/app/sub/gen' })
    expect([output, config.output]).toEqual(['/app/sub/gen', 'sub/gen'])
  })
})

describe('checking the configuration', () => {
  test('an unknown key has its place and a fix', async () => {
    const text = 'import { defineConfig } from "objectql"\nexport default defineConfig({ ouput: "x", api: { maxPageSizes: 5 } })\n'
    const { diagnostics } = await load({ 'objectql.config.mjs': text.replace(/^import.*\n/, 'const defineConfig = (c) => c\n') })
    const shownText = text.replace(/^import.*\n/, 'const defineConfig = (c) => c\n')
    expect(diagnostics.map((one) => [one.code, marked(shownText, one), one.fixes[0]?.edits[0]?.newText])).toEqual([
      ['config/unknown-key', 'ouput', 'output'],
      ['config/unknown-key', 'maxPageSizes', 'maxPageSize'],
    ])
  })

  test('values of the wrong type, through constants, assertions and quoted keys', async () => {
    const text = `const api = { 'basePath': 'api/', docs: 'yes' } as const\nconst config = { api, dialects: ['oracle'], input: 'schemas', ids: 7, version: '1' }\nexport default config\n`
    const { diagnostics, config } = await load({ 'objectql.config.ts': text })
    expect(diagnostics.map((one) => [one.code, marked(text, one)])).toEqual([
      ['config/wrong-type', "'api/'"],
      ['config/wrong-type', "'yes'"],
      ['config/wrong-type', "['oracle']"],
      ['config/wrong-type', "'schemas'"],
      ['config/wrong-type', '7'],
      ['config/wrong-type', "'1'"],
    ])
    expect(config.ids).toBe('uuidv7')
  })

  test('JSON has places too', async () => {
    const text = '{\n  "name": "x",\n  "types": { "openOption": true },\n  "api": { "maxBodyBytes": -1 }\n}'
    const { diagnostics } = await load({ 'objectql.config.json': text })
    expect(diagnostics.map((one) => [one.code, marked(text, one)])).toEqual([
      ['config/unknown-key', 'openOption'],
      ['config/wrong-type', '-1'],
    ])
  })

  test.each([
    ['{"name": }', 'objectql.config.json', 'config/module-failed'],
    ['export const x = 1', 'objectql.config.mjs', 'config/no-default-export'],
    ['export default [1]', 'objectql.config.mjs', 'config/wrong-type'],
    ['export default null', 'objectql.config.mjs', 'config/wrong-type'],
    ['throw new Error("boom.")', 'objectql.config.mjs', 'config/module-failed'],
    ['{"output": "schemas", "input": ["schemas/crm"]}', 'objectql.config.json', 'config/output-holds-input'],
    ['{"output": "."}', 'objectql.config.json', 'config/output-holds-input'],
  ])('%s is %s: %s', async (text, path, code) => {
    const { diagnostics } = await load({ [path]: text, 'schemas/a.object.yml': '' })
    expect(diagnostics.map((one) => one.code)).toEqual([code])
  })

  test('undefined leaves a setting at its default', async () => {
    const { config, diagnostics } = await load({
      'objectql.config.mjs': 'export default { name: undefined, api: { maxPageSize: undefined, defaultPageSize: 5000 } }',
    })
    expect(diagnostics).toEqual([])
    expect([config.name, config.api.maxPageSize, config.api.defaultPageSize]).toEqual(['app', 1000, 1000])
  })
})
