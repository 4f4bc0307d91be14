import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '..', '..')

// As a stranger has it: the packed package and what it depends on, in a folder that knows nothing of this one. Nothing is fetched.
let folder = ''
let modules = ''

const run = (command: string, words: readonly string[], cwd: string) =>
  spawnSync(command, words, { cwd, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1', npm_config_offline: 'true' } })

const npm = (cwd: string, ...words: string[]): string => {
  const { status, stdout, stderr } = run('npm', words, cwd)
  expect({ status, said: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, said: '' })
  return stdout
}

const unpack = (tarball: string, target: string): void => {
  mkdirSync(target, { recursive: true })
  execFileSync('tar', ['-xzf', tarball, '-C', target, '--strip-components=1'])
}

const objectql = (cwd: string, ...words: string[]) =>
  run(process.execPath, [join(modules, 'objectql', 'dist', 'compiler', 'cli', 'bin.js'), ...words], cwd)

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'objectql-create-'))
  modules = join(folder, 'node_modules')
  mkdirSync(join(modules, '.bin'), { recursive: true })
  for (const name of readdirSync(join(ROOT, 'node_modules')))
    if (!name.startsWith('.') && name !== 'objectql') symlinkSync(join(ROOT, 'node_modules', name), join(modules, name))
  execFileSync('npm', ['pack', '--pack-destination', folder], { cwd: ROOT, stdio: 'pipe' })
  unpack(join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? ''), join(modules, 'objectql'))
  for (const [command, target] of [
    ['objectql', '../objectql/dist/compiler/cli/bin.js'],
    ['tsc', '../typescript/bin/tsc'],
  ] as const) {
    const link = join(modules, '.bin', command)
    writeFileSync(link, `#!/bin/sh\nexec "${process.execPath}" "${join(modules, '.bin', target)}" "$@"\n`, { mode: 0o755 })
  }
}, 120_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.each(['basic', 'protocol', 'feature'])('a new plugin from the template %s', (template) => {
  const name = `@acme/plugin-${template}`
  const plugin = (): string => join(folder, 'plugins', `plugin-${template}`)

  test('tests itself and type-checks', () => {
    mkdirSync(join(folder, 'plugins'), { recursive: true })
    const made = objectql(join(folder, 'plugins'), 'create', 'plugin', name, '--template', template, '--yes')
    expect([made.status, made.stdout, made.stderr]).toEqual([0, '', expect.stringContaining(`Made the plugin ${name}`)])
    expect(readFileSync(join(plugin(), 'test', 'plugin.test.ts'), 'utf8')).toContain("from 'objectql/plugin-testing'")
    expect(npm(plugin(), 'test')).toMatch(/pass [1-9]\d*\n.*fail 0\n/)
    npm(plugin(), 'run', 'typecheck')
  }, 120_000)

  test('is packed, and starts in an application', () => {
    npm(plugin(), 'pack', '--pack-destination', plugin())
    const { status, stderr } = objectql(plugin(), 'plugin', 'validate', '--strict')
    expect([status, stderr]).toEqual([0, `Validated ${name} 0.1.0 (1 plugin): no problem.\n`])
    const app = join(folder, `app-${template}`)
    const tarball = readdirSync(plugin()).find((file) => file.endsWith('.tgz')) ?? ''
    unpack(join(plugin(), tarball), join(app, 'node_modules', ...name.split('/')))
    mkdirSync(join(app, 'schemas'))
    const files = {
      'package.json': '{ "type": "module" }',
      'objectql.config.json': JSON.stringify({
        name: 'shop',
        input: ['schemas'],
        plugins: { [name]: template === 'protocol' ? { port: 0 } : {} },
      }),
      'schemas/customer.object.yml': 'name: customer\nfields:\n  name: { type: text }\n',
    }
    for (const [path, text] of Object.entries(files)) writeFileSync(join(app, path), text)
    const compiled = objectql(app, 'compile', '--strict')
    expect([compiled.status, compiled.stderr]).toEqual([0, expect.stringMatching(/^Compiled/)])
    const started = run(process.execPath, ['--input-type=module', '-e', START], app)
    expect(JSON.parse(started.stdout || JSON.stringify(started.stderr))).toEqual([[name, '0.1.0', 'started', 'ok']])
  }, 120_000)
})

const START = `
  import { createApp } from './generated/index.ts'
  const app = await createApp({ datasource: ':memory:' })
  const health = await app.kernel.health()
  console.log(JSON.stringify(health.map(({ name, version, state, status }) => [name, version, state, status])))
  await app.close()
`
