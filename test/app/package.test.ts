import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '..', '..')

// What users get is neither this folder nor its sources: the tarball is packed and installed into an empty folder, and used there.
let folder = ''
let tarball = ''

const run = (command: string, words: readonly string[], cwd: string) =>
  spawnSync(command, words, { cwd, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } })

/** Runs the installed command. */
const objectql = (...words: string[]) =>
  run(process.execPath, [join(folder, 'node_modules', 'objectql', 'dist', 'compiler', 'cli', 'bin.js'), ...words], folder)

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'objectql-package-'))
  execFileSync('npm', ['pack', '--pack-destination', folder], { cwd: ROOT, stdio: 'pipe' })
  tarball = join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '')
}, 120_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the package', () => {
  test('publint and are-the-types-wrong find nothing', () => {
    const lint = run(process.execPath, [join(ROOT, 'node_modules/publint/src/cli.js'), 'run', tarball, '--strict'], folder)
    expect([lint.status, lint.stdout]).toEqual([0, expect.stringContaining('All good!')])
    const types = run(
      process.execPath,
      [join(ROOT, 'node_modules/@arethetypeswrong/cli/dist/index.js'), tarball, '--profile', 'esm-only', '--no-emoji'],
      folder,
    )
    // It ends with 1 for any problem that is not ignored by the profile: this package is for import, not for require.
    expect([types.status, types.stdout]).toEqual([0, expect.stringContaining('"objectql/runtime"')])
  }, 60_000)

  test('holds no sources, tests or schemas', () => {
    const files = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).split('\n')
    expect(files.filter((path) => /\.ts$/.test(path) && !/\.d\.ts$/.test(path))).toEqual([])
    expect([...new Set(files.map((path) => path.split('/')[1]).filter(Boolean))].sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'compiler',
      'dist',
      'package.json',
      'templates',
    ])
  })

  test('installs, and a new application compiles, type-checks and serves', async () => {
    const app = join(folder, 'app')
    mkdirSync(app)
    const install = run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--omit=dev', tarball], folder)
    expect([install.status, install.stderr]).toEqual([0, install.stderr])
    expect(objectql('--version').stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
    for (const template of ['yaml', 'typescript']) {
      const made = objectql('init', `app/${template}`, '--template', template, '--yes')
      expect([made.status, made.stdout]).toEqual([0, ''])
      const compiled = objectql('compile', '--cwd', `app/${template}`, '--strict')
      expect([compiled.status, compiled.stderr]).toEqual([0, expect.stringMatching(/^Compiled 2 objects/)])
      expect(objectql('compile', '--cwd', `app/${template}`, '--check').status).toBe(0)
      const checked = run(
        process.execPath,
        [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', '.', '--typeRoots', join(ROOT, 'node_modules/@types')],
        join(app, template),
      )
      expect(checked.stdout).toBe('')
      // The generated server runs by itself, on the installed runtime.
      const listed = run(process.execPath, ['--input-type=module', '-e', DIRECT_USE], join(app, template))
      expect([listed.stdout, listed.stderr.replace(/.*ExperimentalWarning.*\n.*\n/, '')]).toEqual([
        '["Yaml"]\n'.replace('Yaml', template === 'yaml' ? 'Yaml' : 'Typescript'),
        '',
      ])
    }
    expect(objectql('explain', 'write/stale').stdout).toContain('# write/stale')
    expect(existsSync(join(app, 'yaml', 'generated', 'index.ts'))).toBe(true)
  }, 180_000)

  test('brings plugins that applications export', () => {
    const app = join(folder, 'app', 'plugins')
    mkdirSync(join(app, 'schemas'), { recursive: true })
    writeFileSync(
      join(app, 'objectql.config.json'),
      JSON.stringify({ name: 'shop', dialects: ['sqlite'], plugins: { audit: { roles: ['auditor'] }, cache: {} } }),
    )
    writeFileSync(join(app, 'package.json'), '{ "type": "module" }')
    writeFileSync(join(app, 'schemas', 'project.object.yml'), 'name: project\nfields:\n  name: { type: text }\n')
    for (const name of ['audit', 'cache'])
      writeFileSync(join(app, 'schemas', `${name}.plugin.ts`), `export { default } from 'objectql/plugins/${name}'\n`)
    const compiled = objectql('compile', '--cwd', 'app/plugins', '--strict')
    expect([compiled.status, compiled.stderr]).toEqual([0, expect.stringMatching(/^Compiled 3 objects/)])
    const used = run(process.execPath, ['--input-type=module', '-e', USE_OF_PLUGINS], app)
    expect([used.stdout, used.stderr.replace(/.*ExperimentalWarning.*\n.*\n/, '')]).toEqual(['{"name":"Second","entries":2}\n', ''])
  }, 60_000)
})

const USE_OF_PLUGINS = `
  import { createApp } from './generated/index.ts'
  const app = await createApp({ datasource: ':memory:' })
  const { project, audit_entry } = app.objects
  const { id } = await project.create({ name: 'First' })
  await project.get(id)
  await project.update(id, { name: 'Second' })
  const { name } = await project.get(id)
  console.log(JSON.stringify({ name, entries: await app.sudo(() => audit_entry.count()) }))
  await app.close()
`

const DIRECT_USE = `
  import { createApp } from './generated/index.ts'
  const app = await createApp({ datasource: ':memory:' })
  await app.seed()
  const { items } = await app.objects.project.find({ select: { name: true } })
  console.log(JSON.stringify(items.map(({ name }) => name)))
  await app.close()
`
