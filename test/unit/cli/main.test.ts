import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { VERSION } from '../../../compiler/version.ts'
import { ACCOUNT, CONTACT, createFolder, type Folder } from './support.ts'

let folder: Folder
const start = (
  files: { readonly [path: string]: string } = { 'schemas/account.object.yml': ACCOUNT, 'schemas/contact.object.yml': CONTACT },
): Folder => {
  folder = createFolder(files)
  return folder
}
afterEach(() => folder.remove())

const jsonLines = (text: string): readonly Record<string, unknown>[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

describe('wrong usage is exit code 2, on stderr, with a suggestion', () => {
  test.each([
    [['complie'], 'Did you mean compile?'],
    [['compile', '--wacth'], 'Did you mean --watch?'],
    [['compile', '--dump', 'irr'], 'Allowed choices are syntax, model, ir, plan'],
    [['compile', '--check', '--watch'], 'cannot be used with'],
    [['serve', '--port', '70000'], 'from 0 to 65535'],
    [['explain', 'link/unknown-objekt'], 'Did you mean link/unknown-object?'],
    [['init', '--template', 'cobol'], 'Allowed choices are yaml, typescript'],
    [['init', '--name', 'Not A Name'], 'cannot name a package'],
    [[], 'Usage: objectql'],
  ])('%j', async (words, expected) => {
    const { code, out, err } = await start({}).run(...words)
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(expected)
  })
})

describe('version and help', () => {
  test.each(['--version', '-v'])('%s', async (flag) => {
    expect(await start({}).run(flag)).toEqual({ code: 0, out: `${VERSION}\n`, err: '' })
  })

  test('the version is the package’s', () => {
    start({})
    const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string }
    expect(VERSION).toBe(version)
  })

  test('--help names every command, and every command has help with the common options', async () => {
    const { code, out } = await start({}).run('--help')
    expect(code).toBe(0)
    for (const name of ['compile', 'check', 'dev', 'serve', 'migrate', 'init', 'create', 'graph', 'explain']) {
      expect(out).toContain(`\n  ${name}`)
      const help = await folder.run(name, '--help')
      expect([help.code, help.err]).toEqual([0, ''])
      expect(help.out).toContain('--cwd <folder>')
    }
  })
})

describe('compile', () => {
  test('writes, then has nothing to do, then says so cheaply', async () => {
    start()
    const first = await folder.run('compile')
    expect([first.code, first.out]).toEqual([0, ''])
    expect(first.err).toMatch(/^Compiled 2 objects in \d+ ms: \d+ files written, 0 unchanged\.\n$/)
    expect(existsSync(join(folder.path, 'objectql.lock.json'))).toBe(true)
    const second = await folder.run('compile', '--json')
    expect(jsonLines(second.out).at(-1)).toMatchObject({ kind: 'summary', isOk: true, isUnchanged: true, written: [], removed: [] })
  })

  test('--check passes when fresh, fails with every stale file when not, and writes nothing', async () => {
    start()
    expect((await folder.run('compile', '--check')).code).toBe(1)
    expect(existsSync(join(folder.path, 'generated'))).toBe(false)
    await folder.run('compile')
    expect((await folder.run('compile', '--check')).code).toBe(0)
    folder.write({ 'schemas/account.object.yml': ACCOUNT.replace('80', '90') })
    const { code, err } = await folder.run('compile', '--check')
    expect(code).toBe(1)
    expect(err).toContain('"generated/objects/account.js" is out of date. Run `objectql compile` and commit the result.')
  })

  test('an error: exit code 1, everything is told, nothing is written', async () => {
    start({
      'schemas/account.object.yml': ACCOUNT,
      'schemas/contact.object.yml': CONTACT.replace('contact', 'class!'),
      'schemas/b.validation.yml': 'object: acount\nrules: []\n',
    })
    const { code, out, err } = await folder.run('compile')
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain('schemas/b.validation.yml:1:9  error  link/unknown-object')
    expect(err).toContain('Nothing was written: ')
    expect(existsSync(join(folder.path, 'generated'))).toBe(false)
  })

  test('one broken file does not make everybody who refers to it complain', async () => {
    start({ 'schemas/account.object.yml': `${ACCOUNT}  broken: [`, 'schemas/contact.object.yml': CONTACT })
    const { out } = await folder.run('check', '--json')
    expect(jsonLines(out).flatMap(({ code }) => code ?? [])).toEqual(['load/yaml-syntax'])
  })

  test('--json prints diagnostics with places and fixes, one per line, and keeps stderr empty', async () => {
    start({ 'schemas/account.object.yml': ACCOUNT, 'objectql.config.json': '{ "ouput": "out" }' })
    const { code, out, err } = await folder.run('compile', '--json')
    expect([code, err]).toEqual([1, ''])
    const [diagnostic, summary] = jsonLines(out)
    expect(diagnostic).toMatchObject({
      schemaVersion: 1,
      code: 'config/unknown-key',
      severity: 'error',
      path: 'objectql.config.json',
      start: { offset: 3, line: 1, column: 4 },
      end: { offset: 8, line: 1, column: 9 },
    })
    expect(summary).toMatchObject({ kind: 'summary', isOk: false })
  })

  test('--strict turns warnings into errors, and the record of a lenient compile does not hide them', async () => {
    start({ 'schemas/account.object.yml': `${ACCOUNT}  owner: { type: lookup, reference_to: nobody_knows }\n` })
    expect((await folder.run('compile')).code).toBe(0)
    const again = await folder.run('compile')
    expect(again.err).toContain('link/external-reference')
    expect((await folder.run('compile', '--strict')).code).toBe(1)
    expect((await folder.run('compile')).code).toBe(0)
  })

  test('--out, --cwd and --config are relative to where the command runs', async () => {
    start({ 'app/objectql.config.json': '{ "input": ["model"] }', 'app/model/account.object.yml': ACCOUNT })
    expect((await folder.run('compile', '--cwd', 'app/model', '--out', 'gen')).code).toBe(0)
    expect(existsSync(join(folder.path, 'app/model/gen/index.ts'))).toBe(true)
    expect((await folder.run('compile', '--config', 'app/objectql.config.json')).code).toBe(0)
    expect(existsSync(join(folder.path, 'app/generated/index.ts'))).toBe(true)
    const missing = await folder.run('compile', '--config', 'app/other.json')
    expect([missing.code, missing.err.includes('config/not-found')]).toEqual([1, true])
  })

  test('diagnostics name files as seen from where the command runs', async () => {
    start({ 'app/schemas/account.object.yml': ACCOUNT.replace('select', 'selekt'), 'app/objectql.config.json': '{}', 'app/sub/x': '' })
    const { err } = await folder.run('compile', '--cwd', 'app/sub')
    expect(err).toMatch(/^\.\.\/schemas\/account\.object\.yml:\d+:\d+ {2}/)
    expect(err).toContain('selekt')
  })

  test('on GitHub, annotations name files from the top of the repository', async () => {
    start({ 'app/schemas/account.object.yml': ACCOUNT.replace('select', 'selekt'), 'app/objectql.config.json': '{}' })
    const { out, err } = await folder.runWith({ GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: folder.path }, 'compile', '--cwd', 'app')
    expect(out).toBe('')
    expect(err).toMatch(/^::(?:error|warning) file=app\/schemas\/account\.object\.yml,line=5,/m)
  })

  test('--timing prints every phase', async () => {
    const { err } = await start().run('compile', '--timing')
    for (const phase of ['config', 'load', 'parse', 'link', 'lower', 'emit', 'write', 'total'])
      expect(err).toMatch(new RegExp(`^ {2}${phase} .* ms`, 'm'))
  })

  test('a foreign file in the way is not overwritten without --force', async () => {
    start({ 'schemas/account.object.yml': ACCOUNT, 'generated/index.ts': 'export const mine = 1\n' })
    const { code, err } = await folder.run('compile')
    expect([code, err.includes('write/foreign-file')]).toEqual([1, true])
    expect(readFileSync(join(folder.path, 'generated/index.ts'), 'utf8')).toBe('export const mine = 1\n')
    expect((await folder.run('compile', '--force')).code).toBe(0)
  })

  test.each(['syntax', 'model', 'ir', 'plan'])('--dump %s prints JSON and writes nothing', async (phase) => {
    const { code, out } = await start().run('compile', '--dump', phase)
    expect(code).toBe(0)
    expect(out).toContain('account')
    expect(JSON.parse(out)).toBeTypeOf('object')
    expect(existsSync(join(folder.path, 'generated'))).toBe(false)
  })

  test('a dump keeps what maps hold', async () => {
    const { out } = await start().run('compile', '--dump', 'syntax')
    const syntax = JSON.parse(out) as {
      objects: { fields: { name: { value: string }; attributes: Record<string, { value: unknown }> }[] }[]
    }
    const field = syntax.objects[0]?.fields.find(({ name }) => name.value === 'name')
    expect(field?.attributes['required']?.value).toBe(true)
  })
})

describe('check', () => {
  test('finds problems and makes no output', async () => {
    const { code, err } = await start().run('check')
    expect([code, existsSync(join(folder.path, 'generated'))]).toEqual([0, false])
    expect(err).toMatch(/^Checked 2 objects in /)
  })

  test('--fix applies the fixes, also those that only show after others, and reports what is left', async () => {
    start({
      'objectql.config.json': '{ "inptu": ["schemas"] }',
      'schemas/account.object.yml': ACCOUNT,
      'schemas/b.validation.yml': 'object: acount\nrules: []\n',
    })
    const { code, err } = await folder.run('check', '--fix')
    expect(err).toMatch(/^Applied 2 fixes in 2 files\.\n/)
    expect(readFileSync(join(folder.path, 'objectql.config.json'), 'utf8')).toContain('input')
    expect(readFileSync(join(folder.path, 'schemas/b.validation.yml'), 'utf8')).toContain('object: account')
    expect(code).toBe(0)
  })
})

describe('explain', () => {
  test('lists every code, prints a page, and both as JSON', async () => {
    start({})
    const list = await folder.run('explain')
    expect(list.out).toMatch(/^config\/wrong-type +error +The setting/m)
    const page = await folder.run('explain', 'write/stale')
    expect([page.code, page.out.startsWith('# write/stale\n')]).toEqual([0, true])
    const json = await folder.run('explain', 'write/stale', '--json')
    expect(jsonLines(json.out)[0]).toMatchObject({ code: 'write/stale', severity: 'error' })
    expect(jsonLines((await folder.run('explain', '--json')).out).length).toBe(list.out.trim().split('\n').length)
  })
})

describe('serve and migrate without output', () => {
  test('say what to do', async () => {
    start()
    for (const command of ['serve', 'migrate']) {
      const { code, err } = await folder.run(command)
      expect([code, err.includes('serve/not-compiled')]).toEqual([1, true])
    }
  })

  test('refuse databases that are not SQLite', async () => {
    start()
    await folder.run('compile')
    const { code, err } = await folder.run('serve', '--db', 'postgres://localhost/x')
    expect([code, err.includes('serve/database-failed')]).toEqual([1, true])
    rmSync(join(folder.path, 'generated'), { recursive: true })
  })
})
