import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ts from 'typescript'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { sdkObjects } from '../support/sdk-objects.ts'
import { writeTypeProject } from '../support/type-project.ts'

// Compilers run in processes of their own, and a busy machine is no failure.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const folder = mkdtempSync(join(tmpdir(), 'objectql-completions-'))
const file = join(folder, 'call.ts')
const preamble = `import { createClient } from './generated/client/index.js'\nconst client = createClient({ baseUrl: '' })\n`
let text = preamble
let version = 0
const { sys } = ts

const service = ts.createLanguageService({
  getScriptFileNames: () => [file],
  getScriptVersion: (name) => (name === file ? String(version) : '0'),
  getScriptSnapshot(name) {
    const source = name === file ? text : sys.readFile(name)
    return source === undefined ? undefined : ts.ScriptSnapshot.fromString(source)
  },
  getCurrentDirectory: () => folder,
  getCompilationSettings: () => ({
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    strict: true,
    skipLibCheck: true,
    types: [],
  }),
  getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
  fileExists: (name) => name === file || sys.fileExists(name),
  readFile: (name) => (name === file ? text : sys.readFile(name)),
  directoryExists: sys.directoryExists,
  getDirectories: sys.getDirectories,
  realpath: (path) => sys.realpath?.(path) ?? path,
})

beforeAll(() => writeTypeProject(folder, sdkObjects))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What an editor suggests where the `|` stands. */
function suggestions(call: string): readonly string[] {
  text = preamble + call.replace('|', '')
  version++
  const completions = service.getCompletionsAtPosition(file, preamble.length + call.indexOf('|'), {})
  return (completions?.entries ?? []).map(({ name }) => name).sort()
}

test.each([
  [
    `client.contact.list({ | })`,
    ['count', 'cursor', 'deleted', 'distinct', 'expand', 'limit', 'offset', 'orderBy', 'search', 'select', 'where'],
  ],
  [
    `client.contact.list({ where: { | } })`,
    ['$and', '$expr', '$not', '$or', 'account', 'accounts', 'assistant', 'created_at', 'email', 'id', 'updated_at'],
  ],
  [`client.account.list({ where: { status: '|' } })`, ['closed', 'open']],
  [`client.account.list({ where: { is_active: { | } } })`, ['$eq', '$exists', '$ne', '$null']],
  [`client.user.list({ orderBy: { | } })`, ['created_at', 'id', 'manager', 'name', 'updated_at']],
  [`client.user.list({ orderBy: [{ name: '|' }] })`, ['asc', 'desc']],
  [`client.user.list({ select: ['id', '|'] })`, ['created_at', 'id', 'manager', 'name', 'updated_at']],
  [`client.account.list({ expand: { | } })`, ['accounts', 'contacts', 'main_contact', 'members', 'owner', 'parent']],
  [`client.account.list({ expand: { owner: true, | } })`, ['accounts', 'contacts', 'main_contact', 'members', 'parent']],
  [`client.account.get('1', { expand: { owner: { | } } })`, ['expand', 'select']],
  [`client.account.get('1', { expand: { owner: { select: ['|'] } } })`, ['created_at', 'id', 'manager', 'name', 'updated_at']],
  [`client.account.get('1', { expand: { owner: { expand: { | } } } })`, ['manager', 'users']],
  [`client.account.list({ expand: { contacts: { | } } })`, ['expand', 'limit', 'offset', 'orderBy', 'select', 'where']],
  [
    `client.account.list({ where: { contacts: { $some: { | } } } })`,
    ['$and', '$expr', '$not', '$or', 'account', 'accounts', 'assistant', 'created_at', 'email', 'id', 'updated_at'],
  ],
  [`client.account.list({ orderBy: { owner: { | } } })`, ['created_at', 'id', 'manager', 'name', 'updated_at']],
  [`client.user.aggregate({ groupBy: ['|'], aggregations: {} })`, ['created_at', 'id', 'manager', 'name', 'updated_at']],
  [`client.user.aggregate({ aggregations: { n: { | } } })`, ['avg', 'count', 'count_distinct', 'filter', 'max', 'min', 'sum']],
  [`client.contact.create({ | })`, ['account', 'accounts', 'assistant', 'email', 'id']],
  [`client.account.update('1', { stage: '|' })`, ['customer', 'lead', "won't buy"]],
])('an editor completes %s', (call, expected) => {
  expect(suggestions(call).map((name) => name.replaceAll('\\', ''))).toEqual(expected)
})

test('shows what the schema says about a field where it is written', () => {
  text = `${preamble}client.account.create({ name: '' })`
  version++
  const info = service.getQuickInfoAtPosition(file, text.indexOf('name:') + 1)
  expect(ts.displayPartsToString(info?.documentation)).toBe('1 to 80 characters.')
})
