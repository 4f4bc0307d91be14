import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { renderTemplates } from '../../compiler/cli/scaffold/render-template.ts'
import { createFolder, type Folder } from '../unit/cli/support.ts'
import { type RunningCommand, startCommand } from './command.ts'

const ROOT = join(import.meta.dirname, '..', '..')

let folder: Folder
let server: RunningCommand | undefined
afterEach(async () => {
  await server?.end('SIGKILL')
  server = undefined
  folder.remove()
})

/** Type-checks the new project as its own `npm run typecheck` would, with a TypeScript and the packages of this repository. */
function typeCheck(project: string, compiler: string): string {
  mkdirSync(join(project, 'node_modules', '@types'), { recursive: true })
  symlinkSync(ROOT, join(project, 'node_modules', 'objectql'))
  symlinkSync(join(ROOT, 'node_modules', '@types', 'node'), join(project, 'node_modules', '@types', 'node'))
  // Its name means the source, as in this repository, and the source is for a newer language than the project asks for.
  const { compilerOptions } = JSON.parse(readFileSync(join(ROOT, 'tsconfig.json'), 'utf8')) as {
    compilerOptions: { paths: Record<string, string[]> }
  }
  const paths = Object.fromEntries(Object.entries(compilerOptions.paths).map(([name, [path]]) => [name, [join(ROOT, path ?? '')]]))
  writeFileSync(
    join(project, 'tsconfig.test.json'),
    JSON.stringify({ extends: './tsconfig.json', compilerOptions: { paths, target: 'es2024' } }),
  )
  return spawnSync(process.execPath, [join(ROOT, 'node_modules', compiler), '--noEmit', '-p', 'tsconfig.test.json'], {
    cwd: project,
    encoding: 'utf8',
  }).stdout
}

describe('objectql init', () => {
  test.each([
    ['yaml', '@ts/native/bin/tsc'],
    ['typescript', 'typescript/bin/tsc'],
  ])(
    '%s: the new application compiles without a word, type-checks and serves',
    async (template, compiler) => {
      folder = createFolder()
      const { code, err } = await folder.run('init', 'new-shop', '--template', template, '--name', 'corner-shop', '--yes')
      expect([code, err.split('\n')[0]]).toEqual([0, expect.stringMatching(/^Made corner-shop with \d+ files\. Next:$/)])
      expect(err).toContain('cd new-shop')
      const compiled = await folder.run('compile', '--cwd', 'new-shop', '--json', '--strict')
      expect(compiled.code, compiled.out).toBe(0)
      expect(compiled.out.trim().split('\n')).toHaveLength(1)
      const project = join(folder.path, 'new-shop')
      expect(typeCheck(project, compiler)).toBe('')
      expect(JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'))).toMatchObject({ name: 'corner-shop', type: 'module' })
      expect(readdirSync(project)).toContain('.gitignore')

      server = startCommand(['serve', '--port', '0', '--db', ':memory:', '--seed', '--json'], project)
      const { api } = await server.line('listening')
      const created = await fetch(`${api}/task`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'Try it', project: 'first-project' }),
      })
      expect(created.status).toBe(201)
      const { items } = (await (await fetch(`${api}/project`)).json()) as { items: { name: string }[] }
      expect(items.map(({ name }) => name)).toEqual(['Corner shop'])
      expect(await server.end('SIGTERM')).toBe(0)
    },
    180_000,
  )

  test('takes the folder’s name, refuses a folder that is not empty, and --force does not mind', async () => {
    folder = createFolder({ 'My Shop/notes.txt': 'mine', 'My Shop/.git/HEAD': '' })
    const refused = await folder.run('init', 'My Shop')
    expect([refused.code, refused.err]).toEqual([2, 'error: the folder is not empty (notes.txt). Choose another one, or pass --force.\n'])
    const forced = await folder.run('init', 'My Shop', '--force', '--json')
    expect([forced.code, JSON.parse(forced.out)]).toMatchObject([0, { kind: 'init', name: 'my-shop', template: 'yaml' }])
    expect(readFileSync(join(folder.path, 'My Shop/notes.txt'), 'utf8')).toBe('mine')
  })

  test('a value that a template names and nobody gives is an error', () => {
    folder = createFolder({ 't/a.hbs': 'Hello {{nobody}}' })
    expect(() => renderTemplates(join(folder.path, 't'), { name: 'a', title: 'A', language: 'b', objectqlVersion: '1' })).toThrow(/nobody/)
  })
})
