import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { applyFixes } from '../../compiler/diagnostics/apply-fixes.ts'
import { cliCatalog } from '../../compiler/diagnostics/catalog/cli.ts'
import { expressionCatalog } from '../../compiler/diagnostics/catalog/expression.ts'
import { linkCatalog } from '../../compiler/diagnostics/catalog/link.ts'
import { loadCatalog } from '../../compiler/diagnostics/catalog/load.ts'
import { parseCatalog } from '../../compiler/diagnostics/catalog/parse.ts'
import { planCatalog } from '../../compiler/diagnostics/catalog/plan.ts'
import { pluginCatalog } from '../../compiler/diagnostics/catalog/plugin.ts'
import { ruleCatalog } from '../../compiler/diagnostics/catalog/rule.ts'
import { catalog, DIAGNOSTIC_CODES } from '../../compiler/diagnostics/catalog.ts'
import { checkFixture, describeDiagnostics, FIXTURES_FOLDER, linkFixture, readErrorFixture } from '../support/error-fixture.ts'

const DOCS_FOLDER = join(import.meta.dirname, '../../compiler/diagnostics/docs')

/** Codes that reading and linking a project can lead to. The others need a written output, a server or a database. */
const CHECKED_CODES = [
  ...Object.keys({
    ...loadCatalog,
    ...parseCatalog,
    ...linkCatalog,
    ...planCatalog,
    ...pluginCatalog,
    ...expressionCatalog,
    ...ruleCatalog,
  }),
  // `config/not-found` takes a path given by hand.
  ...Object.keys(cliCatalog).filter((code) => code.startsWith('config/') && code !== 'config/not-found'),
].sort()

describe.each(DIAGNOSTIC_CODES)('%s', (code) => {
  const { message } = catalog[code]

  test('says what is wrong in one short sentence', () => {
    expect(message).toMatch(/^(?:["{]|\p{Lu})/u)
    expect(message).toMatch(/\.$/)
    expect(message.length).toBeLessThan(120)
  })

  test('has a help page', () => {
    const page = join(DOCS_FOLDER, `${code}.md`)
    expect(existsSync(page), `compiler/diagnostics/docs/${code}.md is missing`).toBe(true)
    expect(readFileSync(page, 'utf8').split('\n')[0]).toBe(`# ${code}`)
  })
})

test('every help page belongs to a code', () => {
  const pages = readdirSync(DOCS_FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => path.replaceAll('\\', '/').replace(/\.md$/, ''))
  expect(pages.filter((page) => !Object.hasOwn(catalog, page))).toEqual([])
})

test.each(CHECKED_CODES)('%s has a fixture', (code) => {
  expect(existsSync(join(FIXTURES_FOLDER, code.replace('/', '-'))), `test/errors/${code.replace('/', '-')} is missing`).toBe(true)
})

describe.each(readdirSync(FIXTURES_FOLDER).sort())('test/errors/%s', (name) => {
  const fixture = readErrorFixture(name)
  const { files } = fixture

  test('is reported in place', async () => {
    const { diagnostics } = await checkFixture(fixture)
    const described = describeDiagnostics(diagnostics, files)
    if (process.env['UPDATE'] === '1') writeFileSync(join(fixture.folder, 'expected.json'), printList(described))
    else expect(described).toEqual(fixture.expected)
    expect(described.map(({ code }) => code.replace('/', '-'))).toContain(name)
    for (const { span } of diagnostics) {
      expect(span.start).toBeGreaterThanOrEqual(0)
      expect(span.end).toBeGreaterThanOrEqual(span.start)
      expect(span.end).toBeLessThanOrEqual((files[span.path] ?? '').length)
    }
  })

  test('is the same with Windows paths', async () => {
    expect(await linkFixture(fixture, 'win32')).toEqual(await linkFixture(fixture, 'posix'))
  })

  test('its fixes leave files that can be read', async () => {
    const { diagnostics } = await checkFixture(fixture)
    const fixable = diagnostics.filter(({ fixes }) => fixes.length > 0)
    const { textByPath, applied } = applyFixes(
      fixable.flatMap(({ fixes }) => fixes.slice(0, 1)),
      (path) => files[path],
    )
    const fixed = await checkFixture({ ...fixture, files: { ...files, ...Object.fromEntries(textByPath) } })
    const isAboutSyntax = ({ code, span }: (typeof diagnostics)[number]): boolean =>
      /^load\/.*-syntax$/.test(code) && textByPath.has(span.path)
    expect(fixed.diagnostics.filter(isAboutSyntax).length).toBeLessThanOrEqual(diagnostics.filter(isAboutSyntax).length)
    // What was fixed is not reported in the same words again.
    const stillThere = (message: string, path: string): number =>
      fixed.diagnostics.filter((diagnostic) => diagnostic.message === message && diagnostic.span.path === path).length
    for (const { message, span, fixes } of fixable) {
      if (!fixes[0] || !applied.includes(fixes[0])) continue
      const before = diagnostics.filter((diagnostic) => diagnostic.message === message && diagnostic.span.path === span.path).length
      expect(stillThere(message, span.path), `${span.path}: ${message}`).toBeLessThan(before)
    }
  })
})

/** One line per problem: differences read well. */
const printList = (items: readonly object[]): string => `[\n${items.map((item) => `  ${JSON.stringify(item)}`).join(',\n')}\n]\n`
