import { describe, expect, test } from 'vitest'
import { classifyFile } from '../../../compiler/1-load/classify-file.ts'
import { findInputs } from '../../../compiler/1-load/find-inputs.ts'
import { createMemoryHost } from '../../../compiler/host/memory-host.ts'

const find = (
  paths: readonly string[],
  input: readonly string[],
  options: { style?: 'posix' | 'win32'; output?: string } = {},
): readonly string[] => {
  const host = createMemoryHost(Object.fromEntries(paths.map((path) => [path, ''])), { style: options.style ?? 'posix' })
  const config = { input, ...(options.output === undefined ? {} : { output: options.output }) }
  const { files, diagnostics } = findInputs({ root: host.cwd, config }, host)
  return [...files.map(({ kind, path }) => `${kind} ${path}`), ...diagnostics.map(({ code }) => code)]
}

describe.each(['posix', 'win32'] as const)('%s', (style) => {
  test('every folder under the inputs, sorted, without what a build left', () => {
    const paths = [
      'app/src/b.object.yml',
      'app/src/a/z.object.yaml',
      'app/src/a/dist/kept.object.yml',
      'app/dist/b.object.yml',
      'app/build/b.object.yml',
      'app/node_modules/x/y.object.yml',
      'app/.git/y.object.yml',
      'app/src/B.object.yml',
      'other/out/c.object.yml',
      'elsewhere/d.object.yml',
    ]
    expect(find(paths, ['other', './app/'], { style })).toEqual([
      'object app/src/B.object.yml',
      'object app/src/a/dist/kept.object.yml',
      'object app/src/a/z.object.yaml',
      'object app/src/b.object.yml',
      'object other/out/c.object.yml',
    ])
  })
})

test('files may be named, in any order and twice', () => {
  expect(
    find(['a.object.yml', 'b/c.object.yml', 'stack.ts', 'data.yml'], ['b', 'stack.ts', 'data.yml', 'b/c.object.yml', 'a.object.yml']),
  ).toEqual(['object a.object.yml', 'object b/c.object.yml', 'object data.yml', 'stack stack.ts'])
})

test('the output folder is never an input', () => {
  expect(find(['generated/a.object.yml', 'src/b.object.yml'], ['.'], { output: './generated' })).toEqual(['object src/b.object.yml'])
})

test('nothing found', () => {
  expect(find(['readme.md'], ['.'])).toEqual(['load/no-schemas'])
  expect(find(['readme.md'], ['schemas', 'src'])).toEqual(['load/missing-input', 'load/missing-input'])
})

test.each([
  ['a/b.object.yml', 'object yaml b'],
  ['user.extension.object.yml', 'object yaml user.extension'],
  ['x.object.json', 'object json x'],
  ['kebab-case.object.ts', 'object module kebab-case'],
  ['x.object.mjs', 'object module x'],
  ['x.object.d.ts', undefined],
  ['x.object.test.ts', undefined],
  ['object.yml', undefined],
  ['.object.yml', undefined],
  ['x.hook.ts', 'hook module x'],
  ['x.hook.yml', undefined],
  ['x.action.js', 'action module x'],
  ['x.validation.yml', 'validation yaml x'],
  ['x.permission.yaml', 'permission yaml x'],
  ['x.workflow.ts', 'workflow module x'],
  ['x.data.json', 'data json x'],
  ['x.app.yml', 'app yaml x'],
  ['x.view.yml', undefined],
  ['x.page.yml', undefined],
  ['audit.plugin.ts', 'plugin module audit'],
  ['deep/objectstack.config.ts', 'stack module objectstack'],
  ['i18n/zh-CN/account.json', 'translation json account'],
  ['src/i18n/en/core.yml', 'translation yaml core'],
  ['i18n/account.json', undefined],
  ['package.json', undefined],
])('%s', (path, expected) => {
  const found = classifyFile(path)
  expect(found && `${found.kind} ${found.format} ${found.stem}`).toBe(expected)
})
