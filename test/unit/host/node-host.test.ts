import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isModuleFailure, type ModuleFailure } from '../../../compiler/host/module-failure.ts'
import { createNodeHost } from '../../../compiler/host/node-host.ts'

let root = ''

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'objectql host-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const at = (path: string): string => join(root, path)

function write(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(at(path)), { recursive: true })
    writeFileSync(at(path), text)
  }
}

async function failureOf(promise: Promise<unknown>): Promise<ModuleFailure> {
  const cause = await promise.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!isModuleFailure(cause)) throw new Error(`expected a ModuleFailure, got ${String(cause)}`)
  return cause
}

const marked = (failure: ModuleFailure, files: Record<string, string>): string | undefined => {
  const { place } = failure
  if (place === undefined) return undefined
  const text = files[place.path.slice(root.length + 1)] ?? ''
  return `${place.path.slice(root.length + 1)}: ${text.slice(place.start, place.end)}`
}

describe('files', () => {
  test('lists sorted by code unit, folders with a slash, links to folders as files', () => {
    write({ 'b.yml': '', 'a/x.yml': '', 'Z.yml': '', 'é.yml': '' })
    symlinkSync(root, at('loop'))
    expect(createNodeHost({ cwd: root }).list(root)).toEqual(['Z.yml', 'a/', 'b.yml', 'loop', 'é.yml'])
    expect(createNodeHost().list(at('missing'))).toBeUndefined()
  })

  test('reads, writes through a rename, removes', () => {
    const host = createNodeHost({ cwd: root })
    host.writeText(at('deep/er/a.txt'), 'one')
    host.writeText(at('deep/er/a.txt'), 'two')
    expect(host.readText(at('deep/er/a.txt'))).toBe('two')
    expect(host.list(at('deep/er'))).toEqual(['a.txt'])
    expect(host.readText(at('deep'))).toBeUndefined()
    host.remove(at('deep/er/a.txt'))
    expect(host.exists(at('deep/er/a.txt'))).toBe(false)
  })

  test('a failed write leaves no temporary file', () => {
    write({ 'folder/x': '' })
    const host = createNodeHost({ cwd: root })
    expect(() => host.writeText(at('folder'), 'text')).toThrow()
    expect(host.list(root)).toEqual(['folder/'])
  })
})

describe('importModule', () => {
  test('runs TypeScript the way applications write it', async () => {
    write({
      'tsconfig.json': '{ // comment\n "extends": "./base.json", "compilerOptions": { "strict": true, }, }',
      'base.json': '{ "compilerOptions": { "baseUrl": ".", "paths": { "@lib/*": ["lib/*"], "@only": ["lib/only"] } } }',
      'src/main.ts': `
        import { ObjectSchema } from '@objectstack/spec/data'
        import { level } from './level'
        import { shared } from './folder'
        import { emitted } from './emitted.js'
        import { aliased } from '@lib/aliased'
        import only from '@only'
        import { Unused } from './types-only'
        import settings from './settings.json'
        import type { Missing } from './does-not-exist'
        export const account = ObjectSchema.create({ name: 'account', level, shared, emitted, aliased, only, settings } satisfies object)
        export type { Missing }
        export const used: Unused | undefined = undefined
      `,
      'src/types-only.ts': 'export interface Unused { a: string }\nthrow new Error("never executed")',
      'src/level.ts': 'export enum Level { Low = 1, High }\nexport const level = Level.High',
      'src/folder/index.ts': 'export const shared: string = "folder"',
      'src/emitted.ts': 'export const emitted = "from .ts"',
      'src/settings.json': '{ "depth": 3 }',
      'lib/aliased.mts': 'export const aliased = true',
      'lib/only.ts': 'export default "only"',
    })
    const { exports, inputs, standIns } = await createNodeHost({ cwd: root }).importModule(at('src/main.ts'))
    expect(exports['account']).toEqual({
      name: 'account',
      level: 2,
      shared: 'folder',
      emitted: 'from .ts',
      aliased: true,
      only: 'only',
      settings: { depth: 3 },
    })
    expect(inputs).toEqual(
      [
        'lib/aliased.mts',
        'lib/only.ts',
        'src/emitted.ts',
        'src/folder/index.ts',
        'src/level.ts',
        'src/main.ts',
        'src/settings.json',
        'tsconfig.json',
      ].map(at),
    )
    expect(standIns).toEqual([])
  })

  test('a changed file and everything that imports it run again; the rest keeps its identity', async () => {
    write({
      'main.ts': 'import { a } from "./a"\nimport { same } from "./same"\nexport { same }\nexport const value = { a }',
      'other.ts': 'import { same } from "./same"\nexport const other = { same }',
      'a.ts': 'import { b } from "./b"\nexport const a = "a" + b',
      'b.ts': 'export const b = 1',
      'same.ts': 'export const same = { id: 1 }',
    })
    const host = createNodeHost({ cwd: root })
    const first = await host.importModule(at('main.ts'))
    const other = await host.importModule(at('other.ts'))
    expect((other.exports['other'] as { same: unknown }).same).toBe(first.exports['same'])
    expect(await host.importModule(at('main.ts')).then(({ exports }) => exports['value'])).toBe(first.exports['value'])
    write({ 'b.ts': 'export const b = 2' })
    const second = await host.importModule(at('main.ts'))
    expect(second.exports['value']).toEqual({ a: 'a2' })
    expect(second.exports['same']).toBe(first.exports['same'])
    expect(await host.importModule(at('other.ts')).then(({ exports }) => exports['other'])).toBe(other.exports['other'])
  })

  test('a changed alias is noticed', async () => {
    write({
      'tsconfig.json': '{ "compilerOptions": { "paths": { "#x": ["./one"], "x": ["./one"] } } }',
      'main.ts': 'export { name } from "x"',
      'one.ts': 'export const name = 1',
      'two.ts': 'export const name = 2',
    })
    const host = createNodeHost({ cwd: root })
    expect(await host.importModule(at('main.ts')).then(({ exports }) => exports['name'])).toBe(1)
    write({ 'tsconfig.json': '{ "compilerOptions": { "paths": { "x": ["./two"] } } }' })
    expect(await host.importModule(at('main.ts')).then(({ exports }) => exports['name'])).toBe(2)
  })

  test('a broken file in between is repaired', async () => {
    write({ 'main.ts': 'import { a } from "./a"\nexport const value = a', 'a.ts': 'export const a = 1' })
    const host = createNodeHost({ cwd: root })
    await host.importModule(at('main.ts'))
    write({ 'a.ts': 'export const a = = 1' })
    expect((await failureOf(host.importModule(at('main.ts')))).kind).toBe('syntax')
    rmSync(at('a.ts'))
    const failure = await failureOf(host.importModule(at('main.ts')))
    expect([failure.kind, failure.specifier]).toEqual(['not-found', './a'])
    write({ 'a.ts': 'export const a = 3' })
    expect(await host.importModule(at('main.ts')).then(({ exports }) => exports['value'])).toBe(3)
  })

  test.each([
    ['syntax', { 'main.ts': 'const 名 = "字"\nexport const x: = 1' }, 'main.ts: =', 'syntax'],
    [
      'a throw',
      {
        'main.ts':
          'type A = string\n\nenum E { A }\nexport const x = fail()\nfunction fail(): string {\n  throw new TypeError("no such thing.")\n}',
      },
      'main.ts: new',
      'thrown',
    ],
    [
      'a throw in an import',
      { 'main.ts': 'import "./b"', 'b.ts': 'interface A {}\nconst a = undefined as any\na.b.c' },
      'b.ts: b.c',
      'thrown',
    ],
    ['a missing import', { 'main.ts': 'import { x } from "./missing"\nexport const y = x' }, 'main.ts: ./missing', 'not-found'],
    [
      'a missing package',
      { 'main.ts': 'import x from "no-such-package-here"\nexport const y = x' },
      'main.ts: no-such-package-here',
      'not-found',
    ],
  ])('%s is reported in place', async (_name, files: Record<string, string>, place, kind) => {
    write(files)
    const failure = await failureOf(createNodeHost({ cwd: root }).importModule(at('main.ts')))
    expect(failure.kind).toBe(kind)
    expect(marked(failure, files)).toBe(place)
    expect(failure.inputs).toContain(at('main.ts'))
  })

  test('an import that does not exist in its module is reported', async () => {
    const files = { 'main.ts': 'import { nothing } from "./b"\nexport const x = nothing', 'b.ts': 'export const b = 1' }
    write(files)
    const failure = await failureOf(createNodeHost({ cwd: root }).importModule(at('main.ts')))
    expect(failure.message).toContain("'nothing'")
    expect(marked(failure, files)).toMatch(/^main\.ts: import/)
  })

  test('unknown builders and missing run-time packages are replaced', async () => {
    write({
      'main.ts': `import { WorkflowRuleOfTomorrow, ObjectSchema } from '@objectstack/spec'
        import { SqlDriver } from '@objectql/driver-sql'
        export const rule = WorkflowRuleOfTomorrow.create({ name: 'r' })
        export const driver = new SqlDriver({ client: 'sqlite' })
        export const object = ObjectSchema.create({ name: 'o' })`,
    })
    const { exports, standIns } = await createNodeHost({ cwd: root }).importModule(at('main.ts'))
    expect(exports).toEqual({ rule: { name: 'r' }, driver: { client: 'sqlite' }, object: { name: 'o' } })
    expect(standIns).toEqual(['@objectql/driver-sql'])
  })

  test('CommonJS and workspace packages work', async () => {
    write({
      'app/main.ts': 'import { plugin } from "@acme/plugin"\nimport legacy from "./legacy.js"\nexport const value = [plugin, legacy.kind]',
      'app/legacy.js': 'module.exports = { kind: "cjs" }',
      'packages/plugin/package.json': '{ "name": "@acme/plugin", "type": "module", "exports": "./src/index.ts" }',
      'packages/plugin/src/index.ts': 'import { name } from "./name"\nexport const plugin: string = name',
      'packages/plugin/src/name.ts': 'export enum Names { A = "plugin" }\nexport const name = Names.A',
    })
    mkdirSync(at('node_modules/@acme'), { recursive: true })
    symlinkSync(at('packages/plugin'), at('node_modules/@acme/plugin'))
    const { exports, inputs } = await createNodeHost({ cwd: root }).importModule(at('app/main.ts'))
    expect(exports['value']).toEqual(['plugin', 'cjs'])
    expect(inputs).toContain(at('packages/plugin/src/name.ts'))
  })
})
