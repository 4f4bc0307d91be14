import { describe, expect, test } from 'vitest'
import type { Node } from '../../../compiler/1-load/node.ts'
import { readYaml } from '../../../compiler/1-load/read-yaml.ts'
import type { Json } from '../../../compiler/source/json.ts'

function plain(node: Node): Json {
  if (node.kind === 'scalar') return node.value
  if (node.kind === 'list') return node.items.map(plain)
  if (node.kind === 'map') return Object.fromEntries(node.entries.map(({ key, value }) => [key, plain(value)]))
  throw new Error('YAML holds no functions')
}

const values = (text: string): readonly Json[] => readYaml('a.yml', text).roots.map(plain)
const problems = (text: string): readonly string[] =>
  readYaml('a.yml', text).diagnostics.map(({ code, span }) => `${code} ${text.slice(span.start, span.end)}`)

/** Every node as `kind: its text`. */
function spans(text: string): readonly string[] {
  const found: string[] = []
  const visit = (node: Node): void => {
    found.push(`${node.kind} ${JSON.stringify(text.slice(node.span.start, node.span.end))}`)
    if (node.kind === 'list') node.items.forEach(visit)
    if (node.kind === 'map') {
      for (const { keySpan, value } of node.entries) {
        found.push(`key ${text.slice(keySpan.start, keySpan.end)}`)
        visit(value)
      }
    }
  }
  readYaml('a.yml', text).roots.forEach(visit)
  return found
}

describe('values', () => {
  test.each([
    [
      'core scalars',
      'a: ~\nb: null\nc: true\nd: False\ne: 12\nf: -3\ng: 0x1F\nh: 0o17\ni: 1.5\nj: 1e3\nk: .5\nl:',
      { a: null, b: null, c: true, d: false, e: 12, f: -3, g: 31, h: 15, i: 1.5, j: 1000, k: 0.5, l: null },
    ],
    [
      'what only looks special',
      'a: yes\nb: no\nc: on\nd: 2024-01-31\ne: 12:30\nf: 1_000\ng: 1.2.3\nh: -x\ni: +\nj: .\nk: 0b11',
      { a: 'yes', b: 'no', c: 'on', d: '2024-01-31', e: '12:30', f: '1_000', g: '1.2.3', h: '-x', i: '+', j: '.', k: '0b11' },
    ],
    ['leading zeros are decimal', 'a: 012\nb: -0', { a: 12, b: 0 }],
    ['quoted stays text', `a: "12"\nb: 'true'\nc: ""\nd: "\\u00e9\\n"`, { a: '12', b: 'true', c: '', d: 'é\n' }],
    ['blocks', 'a: |\n  one\n  two\nb: >-\n  one\n  two\n', { a: 'one\ntwo\n', b: 'one two' }],
    ['tags', 'a: !!str 12\nb: !!int "12"\nc: ! true\nd: !!map {x: 1}', { a: '12', b: 12, c: 'true', d: { x: 1 } }],
    ['keys as they are written', '012: a\ntrue: b\n~: c\n"q": d\n0x10: e', { '012': 'a', true: 'b', '~': 'c', q: 'd', '0x10': 'e' }],
    ['anchors', 'a: &x {n: 1}\nb: *x\nc: [*x]\nd: &k key\n*k : e', { a: { n: 1 }, b: { n: 1 }, c: [{ n: 1 }], d: 'key', key: 'e' }],
    [
      'merge keys',
      'base: &b {x: 1, y: 2}\nmore: &m {y: 3, z: 4}\na:\n  <<: [*b, *m]\n  x: 9',
      { base: { x: 1, y: 2 }, more: { y: 3, z: 4 }, a: { x: 9, y: 2, z: 4 } },
    ],
    ['a quoted << is a key', 'a: {"<<": 1}', { a: { '<<': 1 } }],
    ['prototype keys are keys', '__proto__: {a: 1}\nconstructor: 2', JSON.parse('{"__proto__":{"a":1},"constructor":2}')],
    ['CRLF', 'a: 1\r\nb:\r\n  - x\r\n  - |\r\n    y\r\n', { a: 1, b: ['x', 'y\n'] }],
    ['BOM', '\uFEFFa: 1', { a: 1 }],
  ])('%s', (_name, text, expected) => {
    expect(problems(text)).toEqual([])
    expect(values(text)).toEqual([expected])
  })

  test('documents, and none', () => {
    expect(values('a: 1\n---\nb: 2\n...\n---\n')).toEqual([{ a: 1 }, { b: 2 }, null])
    expect(values('')).toEqual([])
    expect(values('# nothing\n')).toEqual([])
  })

  test('many keys', () => {
    const text = Array.from({ length: 100 }, (_, index) => `k${index}: ${index}`).join('\n')
    expect(Object.keys(values(text)[0] as object)).toHaveLength(100)
    expect(problems(`${text}\nk7: again`)).toEqual(['load/duplicate-key k7'])
  })
})

describe('spans', () => {
  test('quotes are outside, brackets inside, empty values behind their key', () => {
    expect(spans('a: "b"\nc: [1, {d: x}, ] # ]\ne:\nf:\n  - \n  - y\n')).toEqual([
      'map "a: \\"b\\"\\nc: [1, {d: x}, ] # ]\\ne:\\nf:\\n  - \\n  - y"',
      'key a',
      'scalar "b"',
      'key c',
      'list "[1, {d: x}, ]"',
      'scalar "1"',
      'map "{d: x}"',
      'key d',
      'scalar "x"',
      'key e',
      'scalar ""',
      'key f',
      'list "- \\n  - y"',
      'scalar ""',
      'scalar "y"',
    ])
  })

  test('a comment inside a flow collection does not end it', () => {
    expect(spans('a: [1, # ] no\n  2]')).toContain('list "[1, # ] no\\n  2]"')
    expect(spans('a: {}\nb: []')).toEqual(['map "a: {}\\nb: []"', 'key a', 'map "{}"', 'key b', 'list "[]"'])
  })
})

describe('problems', () => {
  test.each([
    ['two of a kind', 'a: 1\nb: {c: 1, c: 2}\na: 2', ['load/duplicate-key c', 'load/duplicate-key a']],
    [
      'numbers that do not fit',
      'a: 9007199254740993\nb: .inf\nc: -1e999\nd: 9007199254740991\ne: "9007199254740993"',
      ['load/big-integer 9007199254740993', 'load/not-finite .inf', 'load/not-finite -1e999'],
    ],
    [
      'unknown tags, all of them',
      'a: !secret x\nb: !!timestamp 2024-01-01\nc: !vault [1]',
      ['load/yaml-syntax !secret', 'load/yaml-syntax !!timestamp', 'load/yaml-syntax !vault'],
    ],
    ['aliases', 'a: *b\nc: &c [*c]', ['load/yaml-syntax *b', 'load/yaml-syntax *c']],
    ['keys that are no keys', '{a: 1}: b\n? [x]\n: y', ['load/yaml-syntax {a: 1}', 'load/yaml-syntax [x]', 'load/duplicate-key [x]']],
    ['merging a scalar', 'a: {<<: 12}', ['load/yaml-syntax 12']],
  ])('%s', (_name, text, expected) => {
    expect(problems(text)).toEqual(expected)
  })

  test('syntax errors point at their place', () => {
    expect(problems('a: [1, 2')).toEqual(['load/yaml-syntax '])
    expect(problems('a: b\n  c: d')).toEqual(['load/yaml-syntax :'])
  })

  test('aliases that multiply without end are refused quickly', () => {
    const text = `a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n${Array.from({ length: 40 }, (_, index) => `a${index + 1}: &a${index + 1} [${Array(10).fill(`*a${index}`).join(',')}]`).join('\n')}`
    const { roots, diagnostics } = readYaml('a.yml', text)
    expect(roots).toEqual([])
    expect(diagnostics.map(({ code }) => code)).toEqual(['load/too-many-aliases'])
  })

  test('deep nesting is refused', () => {
    expect(problems(`${'['.repeat(5000)}${']'.repeat(5000)}`)[0]).toMatch(/^load\/yaml-syntax/)
  })
})
