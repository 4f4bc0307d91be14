import { expect, test } from 'vitest'
import { applyFixes } from '../../../compiler/diagnostics/apply-fixes.ts'
import type { Fix } from '../../../compiler/diagnostics/diagnostic.ts'
import { Span } from '../../../compiler/source/span.ts'

const fix = (title: string, ...edits: readonly (readonly [number, number, string, string?])[]): Fix => ({
  title,
  edits: edits.map(([start, end, newText, path = 'a']) => ({ span: Span.create(path, start, end), newText })),
})

const apply = (text: string, ...fixes: readonly Fix[]): readonly unknown[] => {
  const { textByPath, applied, skipped } = applyFixes(fixes, (path) => (path === 'a' ? text : undefined))
  return [textByPath.get('a'), applied.map(({ title }) => title).join(), skipped.map(({ title }) => title).join()]
}

test.each([
  ['several', [fix('1', [0, 1, 'A']), fix('2', [4, 5, 'EEE']), fix('3', [2, 3, ''])], ['AbdEEE', '1,2,3', '']],
  ['overlapping: the first wins', [fix('1', [1, 3, 'X']), fix('2', [2, 4, 'Y'])], ['aXde', '1', '2']],
  ['touching is fine', [fix('1', [1, 2, 'X']), fix('2', [2, 3, 'Y'])], ['aXYde', '1,2', '']],
  ['two insertions at one place', [fix('1', [2, 2, 'X']), fix('2', [2, 2, 'Y'])], ['abXcde', '1', '2']],
  ['an insertion inside a replacement', [fix('1', [1, 4, 'X']), fix('2', [2, 2, 'Y'])], ['aXe', '1', '2']],
  ['all or nothing', [fix('1', [1, 2, 'X']), fix('2', [4, 5, 'E'], [1, 2, 'Y'])], ['aXcde', '1', '2']],
  ['a fix at odds with itself', [fix('1', [1, 3, 'X'], [2, 4, 'Y'])], [undefined, '', '1']],
  ['beyond the text', [fix('1', [4, 99, 'X'])], [undefined, '', '1']],
  ['a file that is gone', [fix('1', [0, 1, 'X'], [0, 1, 'X', 'gone'])], [undefined, '', '1']],
])('%s', (_name, fixes, expected) => {
  expect(apply('abcde', ...fixes)).toEqual(expected)
})
