import { expect, test } from 'vitest'
import { createLineIndex } from '../../compiler/source/line-index.ts'

test.each([
  ['a\nbc\n', [0, 1, 2, 4, 5, 99], ['1:1', '1:2', '2:1', '2:3', '3:1', '3:1']],
  ['a\r\nb\rc', [0, 3, 4, 5, 6], ['1:1', '2:1', '2:2', '3:1', '3:2']],
  ['\uFEFFab', [0, 1, 2], ['1:1', '1:1', '1:2']],
  ['', [0, 5], ['1:1', '1:1']],
  ['客🔥x', [1, 3], ['1:2', '1:4']],
])('%j', (text, offsets, expected) => {
  const index = createLineIndex(text)
  expect(offsets.map((offset) => index.positionAt(offset)).map(({ line, column }) => `${line}:${column}`)).toEqual(expected)
})

test('back again, and lines', () => {
  const index = createLineIndex('ab\r\ncd\n')
  expect(index.lineCount).toBe(3)
  expect([1, 2, 3, 4].map((line) => index.lineText(line))).toEqual(['ab', 'cd', '', ''])
  expect(index.offsetAt({ line: 2, column: 2 })).toBe(5)
  expect(index.offsetAt({ line: 9, column: 9 })).toBe(7)
})
