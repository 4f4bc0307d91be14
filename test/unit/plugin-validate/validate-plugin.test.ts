import { describe, expect, test } from 'vitest'
import { createMemoryHost } from '../../../compiler/host/memory-host.ts'
import { fromProjectPath } from '../../../compiler/host/project-path.ts'
import { validatePlugin } from '../../../compiler/plugin-validate/validate-plugin.ts'
import { createLineIndex } from '../../../compiler/source/line-index.ts'
import { VERSION } from '../../../compiler/version.ts'

type Files = { readonly [path: string]: string }

/** Each problem as `code path:line message`. */
async function validate(files: Files, path = '.', style: 'posix' | 'win32' = 'posix') {
  const host = createMemoryHost(files, { style })
  const found = await validatePlugin({ path: fromProjectPath(host.cwd, path), host })
  if (found === undefined) return undefined
  const { isOk, plugins, diagnostics, textOf } = found
  return {
    isOk,
    plugins,
    problems: diagnostics.map(({ code, span, message }) => {
      const { line } = createLineIndex(textOf(span.path) ?? '').positionAt(span.start)
      expect(span.end).toBeLessThanOrEqual((textOf(span.path) ?? '').length)
      return `${code} ${span.path}${span.path === 'package.json' || span.path === 'dist/index.js' ? '' : `:${line}`} ${message}`
    }),
  }
}

const problemsOf = async (files: Files, path?: string): Promise<readonly string[]> =>
  (await validate(files, path))?.problems ?? ['nothing there']

/** A package as `objectql create plugin` makes one, built. */
const PACKAGE = {
  name: '@acme/audit',
  version: '1.2.0',
  type: 'module',
  objectql: { engines: { objectql: `>=${VERSION}` } },
  exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' }, './package.json': './package.json' },
  files: ['dist'],
  peerDependencies: { objectql: `^${VERSION}` },
} as const

const CODE = `
export default {
  name: '@acme/audit',
  configSchema: { type: 'object', properties: { days: { type: 'integer', minimum: 1, default: 30 } }, additionalProperties: false },
  objects: { audit_entry: { fields: { what: { type: 'text', required: true } } } },
  hooks: [{ name: 'stamp', object: 'audit_entry', events: ['beforeCreate'], handler() {} }],
  middleware: [{ name: 'count', on: 'create', objects: ['audit_entry'], execute: (context, next) => next() }],
  start() {},
}
`
const packaged = (change: object = {}, code = CODE): Files => ({
  'package.json': JSON.stringify({ ...PACKAGE, ...change }, undefined, 2),
  'dist/index.js': code,
  'dist/index.d.ts': 'export {}',
})
const plugin = (body: string): Files => ({ 'x.plugin.js': `export default { name: 'x', ${body} }` })

describe('a plugin that is as it should be', () => {
  test.each(['posix', 'win32'] as const)('a package, on %s', async (style) => {
    expect(await validate(packaged(), '.', style)).toEqual({
      isOk: true,
      plugins: [{ name: '@acme/audit', version: '1.2.0' }],
      problems: [],
    })
  })

  test('a package named by its package.json, and `objectql: true`', async () => {
    expect(await problemsOf(packaged({ objectql: true }), 'package.json')).toEqual([])
    expect(await problemsOf({ ...packaged(), 'else/package.json': '{}' }, '.')).toEqual([])
  })

  test('a module, by its path and by its folder, also from JavaScript of any ending', async () => {
    for (const extension of ['js', 'mjs', 'ts', 'mts']) {
      const files = { [`deep/audit.plugin.${extension}`]: CODE }
      expect(await problemsOf(files, 'deep')).toEqual([])
      expect(await problemsOf(files, `deep/audit.plugin.${extension}`)).toEqual([])
    }
  })

  test('a manifest with its code beside it, and one without code', async () => {
    const manifest = 'name: audit\nversion: 1.0.0\nmain: ./code.js\nprovides: [trail]\n'
    expect(await problemsOf({ 'plugin.yml': manifest, 'code.js': 'export const start = () => undefined' })).toEqual([])
    expect(await problemsOf({ 'plugin.json': '{ "name": "audit", "engines": { "objectql": "*" } }' })).toEqual([])
  })

  test('objects of others, when somebody else may bring them', async () => {
    const body = `
      hooks: [{ name: 'h', object: 'account', events: ['beforeCreate'], handler() {} }],
      objectExtensions: { account: { fields: { score: { type: 'number' }, twice: { type: 'formula', expression: 'record.revenue * 2' } } } },
      objects: { note: { fields: { account: { type: 'lookup', reference: 'account' } } } },
      middleware: [{ name: 'm', objects: ['account'], execute: (context, next) => next() }],
      data: [{ object: 'account', externalId: 'vat', records: [{ vat: '1' }] }],`
    for (const needed of [`dependencies: { crm: '^1.0.0' }`, `optionalDependencies: ['crm']`, `requires: ['accounts']`])
      expect(await problemsOf(plugin(`${needed}, ${body}`))).toEqual([])
    expect(await problemsOf(plugin(body))).toEqual([
      expect.stringMatching(/^plugin\/undeclared-object x\.plugin\.js:\d "account" belongs to nobody/),
    ])
  })

  test('what it depends on is looked at where it is installed', async () => {
    const crm = (version: string): Files => ({
      'node_modules/crm/package.json': JSON.stringify({ name: 'crm', version, objectql: true, exports: './index.js' }),
      'node_modules/crm/index.js': `export default { name: 'crm', objects: { account: { fields: { name: { type: 'text' } } } } }`,
    })
    const body = `dependencies: { crm: '^1.0.0' }, hooks: [{ name: 'h', object: 'account', events: ['beforeCreate'], handler() {} }]`
    expect(await problemsOf({ ...plugin(body), ...crm('1.4.0') })).toEqual([])
    expect(await problemsOf({ ...plugin(body), ...crm('2.0.0') })).toEqual([expect.stringContaining('plugin/incompatible x.plugin.js:1')])
    expect(await problemsOf({ ...plugin(body.replace(`'account'`, `'acount'`)), ...crm('1.0.0') })).toEqual([
      expect.stringContaining('plugin/undeclared-object x.plugin.js:1 "acount"'),
    ])
  })
})

describe('a package', () => {
  test.each([
    ['an entry that is not there', { exports: './dist/other.js' }, 'plugin/package-file package.json "./dist/other.js" does not exist'],
    ['types that are not there', { types: 'dist/no.d.ts' }, 'plugin/package-file package.json "dist/no.d.ts"'],
    ['an entry outside of it', { main: '../index.js' }, 'plugin/package-path package.json "../index.js"'],
    ['an entry that is not packed', { files: ['src'] }, 'plugin/not-packed package.json "./dist/index.d.ts"'],
    ['an entry that is taken out again', { files: ['dist', '!dist/*.js'] }, 'plugin/not-packed package.json "./dist/index.js"'],
    ['objectql of its own', { dependencies: { objectql: '*' } }, 'plugin/package-peer package.json'],
    ['no peer', { peerDependencies: {} }, 'plugin/package-peer package.json'],
    ['a range that is none', { peerDependencies: { objectql: 'newest' } }, 'plugin/invalid-range package.json "newest"'],
    ['a version that is none', { version: '1.2' }, 'plugin/invalid-version package.json "1.2"'],
    ['engines that are none', { engines: { node: 'new' } }, 'plugin/invalid-range package.json "new"'],
    ['an objectql that is not here', { objectql: { engines: { objectql: '^99.0.0' } } }, 'plugin/engine package.json'],
    [
      'another name',
      { objectql: { name: 'audit' } },
      'plugin/package-name package.json The plugin is named "audit", but its package "@acme/audit"',
    ],
    ['no name', { name: undefined }, 'parse/missing-key package.json This package has no "name"'],
    ['a key that says no', { objectql: false }, 'parse/wrong-shape package.json "objectql" must be `true` or a map, not false'],
    ['a key that is a list', { objectql: [] }, 'parse/wrong-shape package.json "objectql" must be `true` or a map, not a list'],
    [
      'a key that is misspelt',
      { objectql: { conficts: ['x'] } },
      'parse/unknown-key package.json "conficts" is not a known key of a plugin manifest',
    ],
    ['versions that are no text', { objectql: { version: 1 } }, 'parse/wrong-shape package.json "version" must be a text, not a number'],
    [
      'capabilities that are no texts',
      { objectql: { provides: [1] } },
      'parse/wrong-shape package.json "provides" must be a list of names',
    ],
    ['ranges that are no texts', { objectql: { dependencies: { crm: 2 } } }, 'parse/wrong-shape package.json "dependencies" must be'],
  ])('with %s', async (_, change, expected) => {
    expect(await problemsOf(packaged(change))).toContainEqual(expect.stringContaining(expected))
  })

  test('that is not built yet: its source is looked at', async () => {
    const { 'dist/index.js': _, ...files } = packaged()
    const code = CODE.replace(`default: 30`, `default: 0`)
    expect(await problemsOf({ ...files, 'src/index.ts': code })).toEqual([
      expect.stringContaining('plugin/package-file package.json "./dist/index.js"'),
      expect.stringContaining('plugin/config-default src/index.ts:4 The default of "days" does not fit its own schema: it must be >= 1'),
    ])
    expect(await problemsOf(files)).toEqual([expect.stringContaining('plugin/package-file')])
  })

  test.each([
    ['{', 'load/json-syntax package.json'],
    ['[]', 'parse/wrong-shape package.json A package.json must be a map'],
    ['', 'parse/wrong-shape package.json A package.json must be a map, not empty'],
    ['{ "name": "x", "name": "y", "objectql": true }', 'load/duplicate-key package.json'],
  ])('whose package.json is %j', async (text, expected) => {
    expect(await problemsOf({ 'package.json': text, 'index.js': CODE }, 'package.json')).toContainEqual(expect.stringContaining(expected))
  })

  test.each([
    [undefined, undefined, true],
    [undefined, 'dist/', false],
    [undefined, '# build\n/dist\n!dist/index.js', true],
    [['dist'], 'dist/', true],
    [['./dist/'], '', true],
    [['/dist/**'], '', true],
    [['**/*.js', '**/*.ts'], '', true],
    [['*.js'], '', false],
    [['dis'], '', false],
    [['dist/index.?s', 'dist/*.d.ts'], '', true],
    [[], '', false],
  ])('files %j and .gitignore %j: packed is %j', async (files, ignore, isPacked) => {
    const all = { ...packaged({ files }), ...(ignore === undefined ? {} : { '.gitignore': ignore }) }
    const isTold = (await problemsOf(all)).some((problem) => problem.includes('"./dist/index.js" would not be in the package'))
    // A pattern without a slash is one of any depth.
    expect(isTold).toBe(files?.[0] === '*.js' ? false : !isPacked)
  })
})

describe('a manifest and its code', () => {
  test.each([
    ['a name with spaces', `name: 'a b'`, 'plugin/invalid-name'],
    ['a name of no use', `name: '../up'`, 'plugin/invalid-name'],
    ['a name without end', `name: '${'a'.repeat(101)}'`, 'plugin/invalid-name'],
    ['a version that is none', `version: 'one'`, 'plugin/invalid-version'],
    ['a range that is none', `dependencies: { crm: 'about 2' }`, 'plugin/invalid-range'],
    ['itself as dependency', `dependencies: { x: '*' }`, 'plugin/cycle'],
    ['a start that is no function', `start: 'now'`, 'plugin/not-a-function'],
    [
      'an event that does not exist',
      `objects: { o: { fields: { a: { type: 'text' } } } }, hooks: [{ name: 'h', object: 'o', events: ['beforeLunch'], handler() {} }]`,
      'parse/unknown-event',
    ],
    [
      'a field that does not exist',
      `objects: { o: { fields: { a: { type: 'text' } } } }, hooks: [{ name: 'h', object: 'o', events: ['beforeCreate'], handler({ data }) { return data.b } }]`,
      'behaviour/unknown-field',
    ],
    ['a type that does not exist', `objects: { o: { fields: { a: { type: 'rainbow' } } } }`, 'parse/unknown-type'],
    ['middleware without execute', `middleware: [{ name: 'm' }]`, 'plugin/middleware-without-execute'],
    ['middleware around nothing that is', `middleware: [{ name: 'm', on: 'lunch', execute() {} }]`, 'plugin/middleware-operation'],
    ['two middleware of one name', `middleware: [{ name: 'm', execute() {} }, { name: 'm', execute() {} }]`, 'plugin/duplicate-middleware'],
    ['middleware that is no list', `middleware: {}`, 'parse/wrong-shape'],
    [
      'an object of nobody',
      `hooks: [{ name: 'h', object: 'account', events: ['beforeCreate'], handler() {} }]`,
      'plugin/undeclared-object',
    ],
    ['a schema that is none', `configSchema: { type: 'objekt' }`, 'plugin/config-schema'],
    ['a flag that is a text', `hot: 'no'`, 'parse/wrong-shape'],
    ['a schema that is a text', `configSchema: 'any'`, 'parse/wrong-shape'],
    ['a schema with a reference to nowhere', `configSchema: { properties: { a: { $ref: '#/definitions/no' } } }`, 'plugin/config-schema'],
    ['a pattern that is none', `configSchema: { properties: { a: { type: 'string', pattern: '(' } } }`, 'plugin/config-schema'],
    ['a keyword that is none', `configSchema: { properties: { a: { type: 'integer', minimun: 1 } } }`, 'plugin/config-keyword'],
    ['a default of another type', `configSchema: { properties: { a: { type: 'integer', default: 'x' } } }`, 'plugin/config-default'],
    [
      'a default in a list',
      `configSchema: { properties: { a: { type: 'array', items: { enum: [1], default: 2 } } } }`,
      'plugin/config-default',
    ],
    [
      'a default behind a reference',
      `configSchema: { definitions: { d: { maximum: 3 } }, properties: { a: { allOf: [{ $ref: '#/definitions/d' }], default: 4 } } }`,
      'plugin/config-default',
    ],
    [
      'a default of a newer draft',
      `configSchema: { $schema: 'https://json-schema.org/draft/2020-12/schema', $defs: { 'a/b~c': { const: 1, default: 2 } } }`,
      'plugin/config-default',
    ],
    ['code that throws', `label: (() => { throw new Error('no') })()`, 'load/module-failed'],
    ['code that is none', `}}`, 'load/module-syntax'],
    ['an import of nobody', `label: await import('nobody')`, 'load/module-'],
  ])('with %s', async (_, body, code) => {
    const found = await problemsOf(plugin(body))
    expect(found.length).toBeGreaterThan(0)
    for (const problem of found) expect(problem).toContain(code)
  })

  test('a property called default, examples and annotations are no defaults', async () => {
    const schema = `{ type: 'object', title: 't', properties: { default: { type: 'object', properties: {} }, type: { type: 'string', examples: [1], 'x-order': 1, description: 'd' } } }`
    expect(await problemsOf(plugin(`configSchema: ${schema}`))).toEqual([])
  })
})

describe('where there is no plugin', () => {
  test('nothing at all', async () => {
    expect(await validate({ 'a.txt': '' }, 'nowhere')).toBeUndefined()
  })

  test.each<[string, Files, string]>([
    ['a folder of something else', { 'readme.md': '' }, '.'],
    ['a package of something else', { 'package.json': '{ "name": "x" }' }, '.'],
    ['a file of something else', { 'readme.md': '' }, 'readme.md'],
    ['a module without a plugin', { 'x.plugin.js': 'export const a = 1' }, '.'],
    ['a schema', { 'a.object.yml': 'name: a\nfields: { b: { type: text } }' }, 'a.object.yml'],
  ])('%s', async (_, files, path) => {
    const found = await validate(files, path)
    expect([found?.isOk, found?.plugins]).toEqual([false, []])
    expect(found?.problems).toContainEqual(expect.stringContaining('plugin/none'))
  })
})
