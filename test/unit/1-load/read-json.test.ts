import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Node } from '../../../compiler/1-load/node.ts'
import { readJson } from '../../../compiler/1-load/read-json.ts'
import type { Json } from '../../../compiler/source/json.ts'

function plain(node: Node): Json {
  if (node.kind === 'scalar') return node.value
  if (node.kind === 'list') return node.items.map(plain)
  if (node.kind === 'map') return Object.fromEntries(node.entries.map(({ key, value }) => [key, plain(value)]))
  throw new Error('JSON holds no functions')
}

const problems = (text: string): readonly string[] =>
  readJson('a.json', text).diagnostics.map(
    ({ code, message, span }) => `${code} ${JSON.stringify(text.slice(span.start, span.end))} ${message}`,
  )

/** Text of every scalar and key. */
function texts(text: string): readonly string[] {
  const found: string[] = []
  const visit = (node: Node): void => {
    if (node.kind === 'scalar') found.push(text.slice(node.span.start, node.span.end))
    if (node.kind === 'list') node.items.forEach(visit)
    if (node.kind !== 'map') return
    for (const { keySpan, value } of node.entries) {
      found.push(text.slice(keySpan.start, keySpan.end))
      visit(value)
    }
  }
  readJson('a.json', text).roots.forEach(visit)
  return found
}

test('reads what JSON.parse reads', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(undefined, 2, '\t'), (value, indent) => {
      const text = JSON.stringify(value, null, indent)
      const { roots, diagnostics } = readJson('a.json', text)
      const hasBigInteger = diagnostics.some(({ code }) => code === 'load/big-integer')
      expect(diagnostics.filter(({ code }) => code !== 'load/big-integer')).toEqual([])
      if (!hasBigInteger) expect(roots.map(plain)).toEqual([JSON.parse(text)])
    }),
    { seed: 7, numRuns: 500 },
  )
})

test('refuses what JSON.parse refuses', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 2 }), fc.nat(), fc.string({ maxLength: 2 }), fc.nat(3), (text, position, inserted, removed) => {
      const at = position % (text.length + 1)
      const mangled = text.slice(0, at) + inserted + text.slice(at + removed)
      const isValid = isJson(mangled)
      const { roots, diagnostics } = readJson('a.json', mangled)
      const isRefused = diagnostics.some(({ code }) => code === 'load/json-syntax')
      if (mangled.trim() !== '') expect(isRefused, JSON.stringify(mangled)).toBe(!isValid)
      for (const { span } of diagnostics) expect(span.start <= span.end && span.end <= mangled.length).toBe(true)
      if (!isRefused && diagnostics.length === 0 && roots[0] !== undefined) expect(plain(roots[0])).toEqual(JSON.parse(mangled))
    }),
    { seed: 11, numRuns: 3000 },
  )
})

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

test('places are without quotes', () => {
  expect(texts('{ "a": "x", "b": [1, true, null, -2.5e3] }')).toEqual(['a', 'x', 'b', '1', 'true', 'null', '-2.5e3'])
})

test('a byte order mark is skipped and counted', () => {
  expect(texts('\uFEFF{"a":1}')).toEqual(['a', '1'])
})

describe('problems', () => {
  test.each([
    ['{"a":1,}', 'load/json-syntax "}" This is not valid JSON: a key in double quotes should be here, not "}".'],
    ['[1 2]', 'load/json-syntax "2" This is not valid JSON: "," or "]" should be here, not "2".'],
    ['{"a" 1}', 'load/json-syntax "1" This is not valid JSON: ":" should be here, not "1".'],
    ['{"a":', 'load/json-syntax "" This is not valid JSON: the text ends where a value should be.'],
    ['"abc', 'load/json-syntax "\\"" This is not valid JSON: this text has no closing quote.'],
    [
      '"a\nb"',
      'load/json-syntax "\\n" This is not valid JSON: a text cannot hold a line break or control character; write it as an escape.',
    ],
    ['"\\x"', 'load/json-syntax "\\\\" This is not valid JSON: this escape is not known.'],
    ['{} {}', 'load/json-syntax "{" This is not valid JSON: nothing may follow the value.'],
    ['01', 'load/json-syntax "1" This is not valid JSON: nothing may follow the value.'],
    ['{"a":1,"a":2}', 'load/duplicate-key "a" The key "a" is given twice. Remove one of them.'],
    [
      '9007199254740993',
      'load/big-integer "9007199254740993" The number 9007199254740993 has more digits than a number can hold. Put it in quotes to keep every digit.',
    ],
  ])('%j', (text, expected) => {
    expect(problems(text)).toEqual([expected])
  })

  test('deep nesting is refused', () => {
    expect(problems('['.repeat(100_000))).toHaveLength(1)
  })
})
