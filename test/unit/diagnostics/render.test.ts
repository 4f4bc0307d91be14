import { describe, expect, test } from 'vitest'
import { diagnose } from '../../../compiler/diagnostics/diagnose.ts'
import type { Diagnostic } from '../../../compiler/diagnostics/diagnostic.ts'
import { renderGithub } from '../../../compiler/diagnostics/render-github.ts'
import { renderJson } from '../../../compiler/diagnostics/render-json.ts'
import { renderPretty } from '../../../compiler/diagnostics/render-pretty.ts'
import { hasErrors, sortDiagnostics } from '../../../compiler/diagnostics/sort-diagnostics.ts'
import { replaceWith } from '../../../compiler/diagnostics/suggest.ts'
import { Span } from '../../../compiler/source/span.ts'

const TEXT = 'label: Order\nfields:\n  客户 🔥:\n    type: lokup\n\tsecond: x\n'
const textOf = (path: string): string | undefined => (path === 'a/order.yml' ? TEXT : undefined)
const spanOf = (word: string): Span => Span.create('a/order.yml', TEXT.indexOf(word), TEXT.indexOf(word) + word.length)

const unknownType = diagnose(
  'parse/unknown-type',
  spanOf('lokup'),
  { type: 'lokup' },
  {
    notes: [
      { message: 'See here.', span: spanOf('label') },
      { message: 'And elsewhere.', span: Span.create('gone.yml', 3, 4) },
    ],
    fixes: [replaceWith(spanOf('lokup'), 'lookup')],
  },
)

test('pretty', () => {
  expect(renderPretty([unknownType], textOf)).toBe(`a/order.yml:4:11  error  parse/unknown-type
  No field type is named "lokup".
   2 | fields:
   3 |   客户 🔥:
 > 4 |     type: lokup
     |           ^^^^^
   note See here. (a/order.yml:1:1)
   note And elsewhere. (gone.yml)
   fix  Replace with "lookup"
   help objectql explain parse/unknown-type
`)
})

test('carets stand under wide characters and tabs', () => {
  const wide = renderPretty([diagnose('parse/unknown-key', spanOf('🔥'), { key: '🔥', what: 'an object' })], textOf).split('\n')
  expect(wide[5]).toBe('     |        ^^')
  const tab = renderPretty([diagnose('parse/unknown-key', spanOf('second'), { key: 'second', what: 'an object' })], textOf).split('\n')
  expect(tab.slice(4, 6)).toEqual([' > 5 |  second: x', '     |  ^^^^^^'])
})

test('a long line is cut around the place', () => {
  const text = `${'x'.repeat(500)} here ${'y'.repeat(500)}`
  const span = Span.create('long.yml', 501, 505)
  const lines = renderPretty([diagnose('load/yaml-syntax', span, { problem: 'p' })], () => text).split('\n')
  expect(lines[2]?.length).toBeLessThan(190)
  expect(lines[2]?.slice(lines[3]?.indexOf('^'), (lines[3]?.indexOf('^') ?? 0) + 4)).toBe('here')
})

test('places without a text, whole files, several lines', () => {
  expect(renderPretty([diagnose('load/empty-file', Span.file('gone.yml'), {})], () => undefined)).toContain(
    'gone.yml  warning  load/empty-file\n  This file',
  )
  expect(renderPretty([diagnose('load/empty-file', Span.file('a.yml'), {})], () => 'x')).not.toContain('|')
  expect(renderPretty([diagnose('parse/no-object', Span.create('a.yml', 2, 9), {})], () => 'a: b\nc: d\n')).toContain(
    ' > 1 | a: b\n     |   ^^\n',
  )
})

test('colour only when asked for', () => {
  expect(renderPretty([unknownType], textOf)).not.toContain('\u001b')
  expect(renderPretty([unknownType], textOf, { color: true })).toContain('\u001b[31m')
})

test('the first twenty, errors first, then a count', () => {
  const warnings = Array.from({ length: 30 }, (_, index) => diagnose('load/empty-file', Span.file(`w${index}.yml`), {}))
  const text = renderPretty([...warnings, unknownType], textOf)
  expect(text.match(/warning {2}load/g)).toHaveLength(19)
  expect(text).toContain('error  parse/unknown-type')
  expect(text).toContain('… and 11 more.')
})

test('JSON lines', () => {
  const lines = renderJson([unknownType, diagnose('load/empty-file', Span.file('gone.yml'), {})], textOf).split('\n')
  expect(lines).toHaveLength(3)
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    schemaVersion: 1,
    code: 'parse/unknown-type',
    severity: 'error',
    message: 'No field type is named "lokup".',
    path: 'a/order.yml',
    start: { offset: TEXT.indexOf('lokup'), line: 4, column: 11 },
    end: { offset: TEXT.indexOf('lokup') + 5, line: 4, column: 16 },
    notes: [
      { message: 'See here.', path: 'a/order.yml', start: { offset: 0, line: 1, column: 1 }, end: { offset: 5, line: 1, column: 6 } },
      { message: 'And elsewhere.', path: 'gone.yml', start: { offset: 3, line: 1, column: 1 }, end: { offset: 4, line: 1, column: 1 } },
    ],
    fixes: [
      {
        title: 'Replace with "lookup"',
        edits: [
          {
            path: 'a/order.yml',
            start: { offset: TEXT.indexOf('lokup'), line: 4, column: 11 },
            end: { offset: TEXT.indexOf('lokup') + 5, line: 4, column: 16 },
            newText: 'lookup',
          },
        ],
      },
    ],
  })
})

test('GitHub annotations', () => {
  expect(renderGithub([unknownType], textOf)).toBe(
    '::error file=a/order.yml,line=4,endLine=4,col=11,endColumn=16,title=parse/unknown-type::No field type is named "lokup".%0ASee here.%0AAnd elsewhere.%0AFix: Replace with "lookup".\n',
  )
  const odd = { ...unknownType, message: '50% of\r\nit', span: Span.create('a,b:c.yml', 0, 9), notes: [], fixes: [] }
  expect(renderGithub([odd], () => 'one\ntwo three')).toBe(
    '::error file=a%2Cb%3Ac.yml,line=1,endLine=2,title=parse/unknown-type::50%25 of%0D%0Ait\n',
  )
})

describe('diagnose', () => {
  test('values cannot break the sentence', () => {
    const { message } = diagnose('parse/unknown-type', Span.file('a.yml'), { type: `a\n\u001b[31mb${'x'.repeat(500)}` })
    expect(message).toMatch(/^No field type is named "a \[31mbx+…"\.$/)
    expect(message.length).toBeLessThan(130)
    expect(diagnose('parse/unknown-type', Span.file('a.yml'), { type: '{key} $& $1' }).message).toBe(
      'No field type is named "{key} $& $1".',
    )
  })

  test('spans are plain data', () => {
    const lazy = {
      path: 'a.yml',
      get start() {
        return 1
      },
      get end() {
        return 2
      },
    }
    const { span } = diagnose('load/empty-file', lazy, {})
    expect(Object.getOwnPropertyDescriptor(span, 'start')?.value).toBe(1)
  })
})

test('sorted by file, offset and code; the same problem once', () => {
  const at = (path: string, start: number, code: 'load/empty-file' | 'load/invalid-utf8'): Diagnostic =>
    diagnose(code, Span.create(path, start, start), {})
  const sorted = sortDiagnostics([
    at('b', 0, 'load/empty-file'),
    at('B', 9, 'load/empty-file'),
    at('b', 0, 'load/empty-file'),
    at('B', 9, 'load/invalid-utf8'),
    at('B', 2, 'load/invalid-utf8'),
  ])
  expect(sorted.map(({ span, code }) => `${span.path}${span.start} ${code}`)).toEqual([
    'B2 load/invalid-utf8',
    'B9 load/empty-file',
    'B9 load/invalid-utf8',
    'b0 load/empty-file',
  ])
  expect([
    hasErrors(sorted),
    hasErrors([at('a', 0, 'load/empty-file')]),
    hasErrors([at('a', 0, 'load/empty-file')], { strict: true }),
    hasErrors([]),
  ]).toEqual([true, false, true, false])
})
