import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { ENTRY_POINTS } from '../../compiler/dev/entry-points.ts'
import { type CompileResult, compile } from '../../compiler/index.ts'
import type { App } from '../../runtime-lite/app/app.ts'
import type { AppOptions } from '../../runtime-lite/app/app-options.ts'
import type { ObjectApi } from '../../runtime-lite/app/object-api.ts'
import { docsBlocks } from '../support/docs-blocks.ts'
import { docsPage } from '../support/docs-examples.ts'
import { COMPILERS, type CompilerName, checkTypes, writeText } from '../support/type-project.ts'

// Compilers run in processes of their own, and a busy machine is no failure.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 })

const ROOT = join(import.meta.dirname, '..', '..')
const PAGES = ['plugins.md', 'plugin-testing.md'] as const

/** What the text around a block says is there, by something that the block has. */
const PRELUDES: readonly (readonly [has: string, before: string])[] = [
  ['createKernel', 'declare const metrics: import("objectql/plugin-sdk").Plugin\n'],
  [
    'app.use(logging(',
    `declare const app: import('objectql/runtime').App<import('./generated/objects/index.js').Objects>
declare const logger: import('objectql/plugin-sdk').Logger
declare const isFromGateway: (error: unknown) => boolean
declare const histogram: { observe(labels: object, ms: number): void }
import { ObjectQLError } from 'objectql/runtime'
`,
  ],
  [
    'const stop = app.events.on(',
    `declare const app: import('objectql/runtime').App<import('./generated/objects/index.js').Objects>
declare const notify: (owner: string | null) => void
declare const signal: AbortSignal
`,
  ],
  ['app.interpose(', `declare const app: import('objectql/runtime').App<import('./generated/objects/index.js').Objects>\n`],
  ['driverConformance(() =>', `declare const myDriver: () => Promise<import('objectql/kysely').SqlDriver>\n`],
  [
    'does: ',
    `import { PluginTestHarness } from 'objectql/plugin-testing'
declare const mail: import('objectql/plugin-sdk').Plugin
declare const loyalty: import('objectql/plugin-sdk').Plugin
`,
  ],
]

/** Parts of a configuration are shown without the rest of it. */
const inConfig = (text: string): string => `import { defineConfig } from 'objectql'\nexport default defineConfig({\n${text}})\n`

interface Written {
  readonly file: string
  /** On the page, and in the file. */
  readonly line: number
  readonly shift: number
  readonly page: string
}

const tmp = join(ROOT, 'tmp')
mkdirSync(tmp, { recursive: true })
const folder = mkdtempSync(join(tmp, 'docs-plugins-'))
const written: Written[] = []
let compiled: CompileResult

/** The sample application with the plugins of the page, and the one that they need. */
beforeAll(async () => {
  cpSync(join(ROOT, 'schemas'), join(folder, 'schemas'), {
    recursive: true,
    filter: (path) => !path.endsWith('auth.ts') && !path.endsWith('reminders.plugin.ts'),
  })
  writeText(join(folder, 'schemas/calendar.plugin.ts'), "export default { name: 'calendar', version: '2.1.0' }\n")
  // What is compiled for a harness has a package of its own.
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(ROOT, join(folder, 'node_modules/objectql'), 'junction')
  writeText(join(folder, 'objectql.config.json'), '{ "name": "docs", "input": ["schemas"], "plugins": { "loyalty": { "factor": 3 } } }')
  for (const page of PAGES)
    for (const { line, path, text } of docsBlocks(docsPage(page))) {
      const before = text.startsWith('plugins:') ? '' : (PRELUDES.find(([has]) => text.includes(has))?.[1] ?? '')
      const code = text.startsWith('plugins:') ? inConfig(text) : before + text
      const isModule = /^(?:import|export) /m.test(code)
      // Those that are part of the application stand among its inputs.
      const isPlugin = /\bnew PluginBuilder\b/.test(text) && text.includes('export default')
      const file = path ?? (isPlugin ? `schemas/page-${line}.plugin.ts` : `page-${page.replace('.md', '')}-${line}.ts`)
      writeText(join(folder, file), isModule ? code : `${code}export {}\n`)
      written.push({ file, line, shift: code.indexOf(text) < 0 ? 0 : code.slice(0, code.indexOf(text)).split('\n').length - 1, page })
    }
  compiled = await compile({ cwd: folder })
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the blocks of the pages are found', () => {
  expect(written.filter(({ page }) => page === 'plugins.md').length).toBeGreaterThan(10)
  expect(written.filter(({ page }) => page === 'plugin-testing.md').length).toBeGreaterThan(3)
})

test('the plugins of the pages are one application', () => {
  const said = compiled.diagnostics.filter(({ span }) => written.some(({ file }) => file === span.path))
  expect(said.map(({ code, message, span }) => `${span.path} ${code} ${message}`)).toEqual([])
  expect(compiled.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
})

describe.each(Object.keys(COMPILERS) as CompilerName[])('TypeScript %s', (compiler) => {
  test('accepts every block', () => {
    const { problems } = checkTypes(folder, compiler, {
      files: written.map(({ file }) => file),
      options: {
        ...{ allowImportingTsExtensions: true, noEmit: true, target: 'es2024', lib: ['es2024', 'esnext', 'dom', 'dom.iterable'] },
        ...{ types: ['node'], typeRoots: [join(ROOT, 'node_modules', '@types')] },
        paths: Object.fromEntries(Object.entries(ENTRY_POINTS).map(([name, path]) => [name, [join(ROOT, `${path}.ts`)]])),
      },
    })
    const onPage = problems.map(({ file, line, message }) => {
      const block = written.find((one) => one.file === file)
      return block ? `docs/${block.page}:${block.line + line - 1 - block.shift} ${message}` : `${file}:${line} ${message}`
    })
    expect(onPage).toEqual([])
  })
})

describe('the plugins of the pages', () => {
  let app: App<{ readonly [object: string]: ObjectApi }>
  const logs: string[] = []
  const object = (name: string): ObjectApi => app.objects[name] as ObjectApi

  beforeAll(async () => {
    const { createApp } = (await import(/* @vite-ignore */ join(folder, 'generated/index.ts'))) as {
      createApp(options: AppOptions): Promise<typeof app>
    }
    const log = (message: string): void => void logs.push(message)
    app = await createApp({ datasource: ':memory:', kernel: { logger: { debug: log, info: log, warn: log, error: log } } })
  })

  afterAll(() => app?.close())

  test('start in the order of the page, and say what they say there', async () => {
    const names = app.kernel?.plugins.map(({ name }) => name) ?? []
    expect(names).toEqual(expect.arrayContaining(['awards', 'calendar', 'loyalty', 'quota', 'reminders']))
    expect(names.indexOf('calendar')).toBeLessThan(names.indexOf('reminders'))
    await expect.poll(() => logs).toContain('5 points')
  })

  test('loyalty refuses to take points back, and awards them', async () => {
    await object('user').create({ id: 'u1', name: 'Ida', email: 'ida@example.com' })
    const account = await object('account').create({ name: 'Lake office', owner: 'u1', points: 5 })
    await expect.poll(() => logs).toContain('Lake office joined.')
    await expect(object('account').update(String(account['id']), { points: 1 })).rejects.toMatchObject({
      status: 422,
      errors: [{ pointer: '/points', message: 'Points are not taken back.' }],
    })
    expect(await object('account').execute('award', String(account['id']), { points: 9 })).toMatchObject({ points: 9 })
  })

  test('handover hands tasks over, and names the urgent ones', async () => {
    await object('user').create({ id: 'u2', name: 'Bo', email: 'bo@example.com' })
    await object('task').createMany([
      { subject: 'Ring', owner: 'u1', priority: 'high' },
      { subject: 'Write', owner: 'u1' },
    ])
    expect(await object('task').execute('most_urgent')).toEqual(['Ring (Ida)'])
    expect(await object('user').execute('hand_over', 'u1', { to: 'u2' })).toBe(2)
    expect(await object('task').count({ where: { owner: 'u2' } })).toBe(2)
    expect(await object('user').execute('hand_over', 'u1', { to: 'u2' })).toBe(0)
  })
})

test.each(['PluginTestHarness()', 'protocolConformance(('])('the program of the page with %s runs', (has) => {
  const one = written.find(({ file, page }) => page === 'plugin-testing.md' && readFileSync(join(folder, file), 'utf8').includes(has))
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--test', '--test-reporter=tap', one?.file ?? ''], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
    timeout: 150_000,
  })
  expect({ status, failed: /^# fail (\d+)$/m.exec(stdout)?.[1], stderr }, stdout).toMatchObject({ status: 0, failed: '0' })
  expect(Number(/^# pass (\d+)$/m.exec(stdout)?.[1])).toBeGreaterThan(0)
})
