import { describe, expect, test } from 'vitest'
import { createMemoryHost } from '../../../compiler/host/memory-host.ts'
import { fromProjectPath, toProjectPath } from '../../../compiler/host/project-path.ts'

describe.each(['posix', 'win32'] as const)('memory host, %s', (style) => {
  const separator = style === 'win32' ? '\\' : '/'
  const at = (path: string): string => fromProjectPath(host.cwd, path)
  const host = createMemoryHost({ 'a/b.yml': 'b', 'a/c/d.yml': 'd', 'z.yml': 'z' }, { style })

  test('lists, reads and writes', () => {
    expect(host.list(host.cwd)).toEqual(['a/', 'z.yml'])
    expect(host.list(at('a'))).toEqual(['b.yml', 'c/'])
    expect(host.list(at('nothing'))).toBeUndefined()
    expect(host.readText(`${host.cwd}${separator}a${separator}c${separator}d.yml`)).toBe('d')
    expect(host.exists(at('a'))).toBe(true)
    host.writeText(at('out/x.ts'), 'x')
    expect(host.readText(at('out/x.ts'))).toBe('x')
    host.remove(at('out/x.ts'))
    expect(host.exists(at('out'))).toBe(false)
  })

  test('executes modules with imports', async () => {
    const modules = createMemoryHost(
      {
        'src/main.ts':
          'import { b } from "./lib"\nimport { ObjectSchema } from "@objectstack/spec"\nexport const a: unknown = ObjectSchema.create({ b })',
        'src/lib/index.ts': 'export enum B { X = 7 }\nexport const b = B.X',
      },
      { style },
    )
    const path = fromProjectPath(modules.cwd, 'src/main.ts')
    const { exports, inputs } = await modules.importModule(path)
    expect(exports).toEqual({ a: { b: 7 } })
    expect(inputs).toEqual(['src/lib/index.ts', 'src/main.ts'].map((file) => fromProjectPath(modules.cwd, file)))
    modules.writeText(fromProjectPath(modules.cwd, 'src/lib/index.ts'), 'export const b = 8')
    expect((await modules.importModule(path)).exports).toEqual({ a: { b: 8 } })
  })
})

test.each([
  ['/app', '/app/a/b', 'a/b'],
  ['/app', '/app', ''],
  ['/app/x', '/app/y/z', '../y/z'],
  ['/', '/a', 'a'],
  ['/app', '/app/a\\b', 'a\\b'],
  ['C:\\app', 'C:\\app\\a\\b', 'a/b'],
  ['C:\\App', 'c:\\app\\a', 'a'],
  ['C:\\app', 'C:\\other', '../other'],
  ['C:\\app', 'D:\\x', 'D:/x'],
])('toProjectPath(%j, %j) is %j', (root, path, expected) => {
  expect(toProjectPath(root, path)).toBe(expected)
})

test.each([
  ['/app', 'a/../b', '/app/b'],
  ['/app', '../b', '/b'],
  ['/app', '/c', '/c'],
  ['C:\\app', 'a/b', 'C:\\app\\a\\b'],
  ['C:\\app', '..', 'C:\\'],
])('fromProjectPath(%j, %j) is %j', (root, path, expected) => {
  expect(fromProjectPath(root, path)).toBe(expected)
})
