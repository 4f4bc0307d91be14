import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { load } from '../../compiler/1-load/load.ts'
import { parse } from '../../compiler/2-parse/parse.ts'
import { hasErrors } from '../../compiler/diagnostics/sort-diagnostics.ts'
import { createNodeHost } from '../../compiler/host/node-host.ts'
import { generateHcApp } from '../support/hc-app.ts'
import { plainField } from '../support/parse-files.ts'

async function frontEnd(root: string, input: readonly string[]) {
  const loaded = await load({ root, config: { input } }, createNodeHost({ cwd: root }))
  const parsed = parse(loaded.documents)
  return { ...loaded, ...parsed, diagnostics: [...loaded.diagnostics, ...parsed.diagnostics] }
}

describe('a large TypeScript application', () => {
  const root = mkdtempSync(join(tmpdir(), 'objectql-hc-'))
  const app = generateHcApp(root, { objects: 65, fields: 1650 })
  afterAll(() => rmSync(root, { recursive: true, force: true }))

  test('loads and parses', async () => {
    const { syntax, diagnostics, inputs } = await frontEnd(root, ['packages', 'objectstack.config.ts'])
    expect(hasErrors(diagnostics)).toBe(false)
    expect([...new Set(diagnostics.map(({ code }) => code))].sort()).toEqual(['load/package-replaced', 'parse/unknown-key'])
    expect(syntax.objects.map(({ name }) => name.value).sort()).toEqual([...app.objectNames].sort())
    expect(syntax.objects.reduce((sum, { fields }) => sum + fields.length, 0)).toBe(1650)
    expect(syntax.objects.every((object) => object.package !== undefined && object.span.path.endsWith('.object.ts'))).toBe(true)
    expect([syntax.hooks.length, syntax.actions.length, syntax.plugins.length]).toEqual([app.hooks, app.actions, 4])
    // Every file had a say, the tsconfig with its aliases included.
    expect(inputs).toEqual(app.files)
  })

  test('places are exact', async () => {
    const { syntax } = await frontEnd(root, ['packages', 'objectstack.config.ts'])
    const host = createNodeHost({ cwd: root })
    for (const object of syntax.objects) {
      const text = host.readText(join(root, object.span.path)) ?? ''
      expect(text.slice(object.name.span.start, object.name.span.end)).toBe(object.name.value)
      for (const { name, type, attributes } of object.fields) {
        expect(text.slice(name.span.start, name.span.end)).toBe(name.value)
        const reference = attributes.get('reference')
        if (reference !== undefined) expect(text.slice(reference.span.start, reference.span.end)).toBe(reference.value)
        if (type !== undefined) expect(text.slice(type.span.start, type.span.end).replace('masterDetail', 'master_detail')).toBe(type.value)
      }
    }
  })
})

test('an application in the oldest dialect', async () => {
  const { syntax, diagnostics } = await frontEnd(join(import.meta.dirname, '../support/hcy-app'), ['objects'])
  expect(diagnostics.map(({ code }) => code)).toEqual(['parse/unknown-key'])
  expect(syntax.objects.map(({ name, fields, rules }) => [name.value, fields.length, rules.length])).toEqual([
    ['Account', 7, 1],
    ['Activity', 3, 0],
    ['Contact', 4, 0],
  ])
  expect(plainField(syntax.objects[1]!.fields[1]!)).toEqual({
    name: 'WhoId',
    type: 'lookup',
    label: '相关人员',
    reference: ['Contact', 'Lead'],
  })
})

const corpus = process.env['OBJECTQL_CORPUS']

describe.skipIf(corpus === undefined || !existsSync(corpus))('the corpus (set OBJECTQL_CORPUS to its folder)', () => {
  const applications = corpus === undefined || !existsSync(corpus) ? [] : sourceFolders(corpus)

  test.each(applications)('%s loads and parses without a word', async (root) => {
    const { syntax, documents, diagnostics } = await frontEnd(root, ['src'])
    expect(diagnostics).toEqual([])
    expect(documents.length).toBe(metadataFiles(root).length)
    const objectFiles = metadataFiles(root).filter((path) => path.includes('.object.'))
    expect(syntax.objects.length).toBe(objectFiles.length)
    expect(syntax.objects.every(({ fields }) => fields.length > 0)).toBe(true)
  })
})

/** Folders that hold a `src` with metadata. */
function sourceFolders(folder: string): readonly string[] {
  const roots = metadataFiles(folder).map((path) => dirname(join(folder, path.slice(0, path.lastIndexOf('src/') + 3))))
  return [...new Set(roots)].sort()
}

function metadataFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => /\.(?:object|validation|permission|workflow|data|app)\.yml$/.test(path))
}
