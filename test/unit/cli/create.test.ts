import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { identifierOf, pluginNameProblem } from '../../../compiler/cli/scaffold/plugin-name.ts'
import { writeFolder } from '../../../compiler/cli/scaffold/write-folder.ts'
import { createFolder, type Folder } from './support.ts'

let folder: Folder
const start = (files: { readonly [path: string]: string } = {}): Folder => {
  folder = createFolder(files)
  return folder
}
afterEach(() => folder.remove())

describe('create plugin', () => {
  test.each([
    [['create', 'plugin'], 'a plugin needs a name'],
    [['create', 'plugin', 'Not A Name'], 'cannot name a plugin'],
    [['create', 'plugin', '../up'], 'cannot name a plugin'],
    [['create', 'plugin', '@acme/../up'], 'cannot name a plugin'],
    [['create', 'driver', 'x'], "takes the word 'plugin'"],
    [['create', 'plugin', 'x', '--template', 'y'], 'Allowed choices are basic, protocol, feature'],
  ])('%j is wrong usage', async (words, expected) => {
    const { code, out, err } = await start().run(...words)
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(expected)
    expect(readdirSync(folder.path)).toEqual([])
  })

  test('writes a package, and says so as JSON', async () => {
    const sentence = 'Says "hello",\n\\ and </script> more'
    const { code, out } = await start().run('create', 'plugin', '@acme/audit', '--folder', 'deep/er', '--description', sentence, '--json')
    expect(code).toBe(0)
    const told = JSON.parse(out) as { readonly name: string; readonly template: string; readonly written: readonly string[] }
    expect(told).toMatchObject({ kind: 'create-plugin', name: '@acme/audit', template: 'basic' })
    for (const path of told.written) expect(existsSync(join(folder.path, 'deep/er', path)), path).toBe(true)
    const manifest = JSON.parse(readFileSync(join(folder.path, 'deep/er/package.json'), 'utf8'))
    expect(manifest).toMatchObject({ name: '@acme/audit', description: 'Says "hello", \\ and </script> more' })
    expect(manifest.objectql.engines.objectql).toMatch(/^\^\d/)
    expect(readFileSync(join(folder.path, 'deep/er/src/index.ts'), 'utf8')).toContain("'audit_note'")
    expect(readdirSync(join(folder.path, 'deep'))).toEqual(['er'])
  })

  test('overwrites nothing', async () => {
    start({ 'audit/mine.txt': 'mine', notes: 'a file' })
    const { code, err } = await folder.run('create', 'plugin', 'audit')
    expect([code, err]).toEqual([2, expect.stringContaining('The folder "audit" is not empty (mine.txt)')])
    expect((await folder.run('create', 'plugin', 'notes')).err).toContain('There is a file "notes" already')
    expect(readdirSync(join(folder.path, 'audit'))).toEqual(['mine.txt'])
    expect(readFileSync(join(folder.path, 'notes'), 'utf8')).toBe('a file')
  })

  test('leaves nothing half-written', () => {
    start({ 'taken/by.txt': 'somebody' })
    const target = join(folder.path, 'new', 'plugin')
    // The second file stands where the first one is.
    const files = [
      { path: 'a', text: '1' },
      { path: 'a/b', text: '2' },
    ]
    expect(() => writeFolder(target, files)).toThrow()
    expect(() => writeFolder(join(folder.path, 'taken'), files.slice(0, 1))).toThrow()
    expect(readdirSync(folder.path)).toEqual(['taken'])
    expect(readdirSync(join(folder.path, 'taken'))).toEqual(['by.txt'])
  })
})

test('names of plugins, and how their objects begin', () => {
  expect(['audit', '@acme/plugin-audit-trail', 'objectql-plugin-x.y'].map(identifierOf)).toEqual(['audit', 'audit_trail', 'x_y'])
  expect(['a', '@a/b', 'a-b.c'].map(pluginNameProblem)).toEqual([undefined, undefined, undefined])
  for (const bad of ['', 'A', '9lives', 'a b', 'a/b', '@/a', 'a-', "a'b", 'a'.repeat(101)])
    expect(pluginNameProblem(bad), bad).toBeDefined()
})
