import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compile } from '../../../compiler/index.ts'
import { createFindings } from '../../../runtime-lite/rules/findings.ts'
import type { WriteRules } from '../../../runtime-lite/rules/write-rules.ts'

const FOLDER = join(import.meta.dirname, '..', '..', '..', 'tmp', `unevaluated-${process.pid}`)

const foo = { properties: { foo: { type: 'string' } } }
const bar = { properties: { bar: { const: 'bar' } }, required: ['bar'] }
const baz = { properties: { baz: { const: 'baz' } }, required: ['baz'] }
const closed = { unevaluatedProperties: false }
const ended = { unevaluatedItems: false }
const tree = {
  ...{ $dynamicAnchor: 'node', type: 'object', properties: { value: {}, children: { type: 'array', items: { $dynamicRef: '#node' } } } },
  ...{ anyOf: [bar, { required: ['value'] }], ...closed },
}

/** What the two keywords mean, case by case: schema, values that meet it, values that do not. */
const CASES: Readonly<Record<string, readonly [schema: object, valid: readonly unknown[], invalid: readonly unknown[]]>> = {
  alone: [closed, [{}, 1, [1]], [{ foo: 1 }]],
  schema: [{ allOf: [foo], unevaluatedProperties: { minLength: 3 } }, [{ foo: 'x', bar: 'long' }], [{ foo: 'x', bar: 'xx' }]],
  patterns: [{ allOf: [{ patternProperties: { '^f': true } }], ...closed }, [{ fa: 1 }], [{ fa: 1, a: 1 }]],
  others: [{ allOf: [{ additionalProperties: true }], ...closed }, [{ a: 1 }], []],
  anyOf: [{ ...foo, anyOf: [bar, baz], ...closed }, [{ foo: 'x', bar: 'bar', baz: 'baz' }], [{ bar: 'bar', baz: 'not' }, { foo: 'x' }]],
  oneOf: [
    { oneOf: [bar, baz], ...closed },
    [{ bar: 'bar' }],
    [
      { bar: 'bar', baz: 1 },
      { bar: 'bar', quux: 1 },
    ],
  ],
  not: [{ ...foo, not: { not: bar }, ...closed }, [], [{ foo: 'x', bar: 'bar' }]],
  if: [{ if: bar, ...closed }, [{ bar: 'bar' }, {}], [{ bar: 'x' }, { bar: 'bar', a: 1 }]],
  ifThenElse: [
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
    { if: bar, then: foo, else: baz, ...closed },
    [{ bar: 'bar', foo: 'x' }, { baz: 'baz' }],
    [
      { bar: 'bar', baz: 'baz' },
      { foo: 'x', baz: 'baz' },
    ],
  ],
  dependent: [{ ...foo, dependentSchemas: { foo: bar }, ...closed }, [{ foo: 'x', bar: 'bar' }, {}], [{ bar: 'bar' }]],
  reference: [{ $ref: '#/$defs/b', ...foo, ...closed, $defs: { b: bar } }, [{ foo: 'x', bar: 'bar' }], [{ bar: 'bar', a: 1 }]],
  cousins: [{ allOf: [foo, closed] }, [{}], [{ foo: 'x' }]],
  nested: [{ allOf: [{ ...foo, unevaluatedProperties: true }], ...closed }, [{ foo: 'x', a: 1 }], []],
  below: [
    { properties: { foo: bar }, allOf: [{ properties: { foo: { properties: { faz: true } } } }], ...closed },
    [{ foo: { bar: 'bar', faz: 1, a: 1 } }],
    [{ a: 1 }],
  ],
  first: [{ allOf: [{ prefixItems: [{ type: 'string' }] }], ...ended }, [['a'], [], {}], [['a', 1]]],
  items: [{ allOf: [{ items: true }], ...ended }, [[1, 2, 3]], []],
  longest: [
    { anyOf: [{ prefixItems: [true, { const: 'b' }] }, { prefixItems: [true, true, { const: 'c' }] }], ...ended },
    [
      [1, 'b'],
      [1, 2, 'c'],
    ],
    [
      [1, 'b', 'x'],
      [1, 2, 3],
    ],
  ],
  contained: [
    { prefixItems: [true], contains: { type: 'string' }, ...ended },
    [[1, 'a'], ['a'], [1, 'a', 'b']],
    [
      [1, 2],
      [1, 'a', 2],
    ],
  ],
  containedTwice: [
    { allOf: [{ contains: { multipleOf: 2 } }, { contains: { multipleOf: 3 } }], unevaluatedItems: { multipleOf: 5 } },
    [[2, 3, 4, 5, 6]],
    [[2, 3, 4, 7, 8]],
  ],
  containedNever: [{ contains: { type: 'string' }, minContains: 0, ...ended }, [[], ['a', 'b']], [['a', 1], [1]]],
  tree: [
    tree,
    [{ value: 1, children: [{ bar: 'bar', children: [] }] }],
    [
      { value: 1, children: [{ value: 1, a: 1 }] },
      { value: 1, bar: 'no' },
    ],
  ],
}

const names = Object.keys(CASES)
let rules: WriteRules
beforeAll(async () => {
  const written = names.map((name, index) => {
    const schema = { $schema: 'https://json-schema.org/draft/2020-12/schema', ...CASES[name]?.[0] }
    return { name: `r_${name}`, type: 'json_schema', field: `f${index}`, schema, message: '{{problem}}' }
  })
  mkdirSync(join(FOLDER, 'schemas'), { recursive: true })
  const object = {
    name: 'thing',
    fields: Object.fromEntries(names.map((_, index) => [`f${index}`, { type: 'json' }])),
    validation: { rules: written },
  }
  writeFileSync(join(FOLDER, 'schemas', 'thing.object.json'), JSON.stringify(object))
  writeFileSync(join(FOLDER, 'objectql.config.json'), '{}\n')
  const { diagnostics } = await compile({ cwd: FOLDER })
  expect(diagnostics.map(({ message }) => message)).toEqual([])
  rules = ((await import(join(FOLDER, 'generated', 'rules', 'thing.ts'))) as { rules: WriteRules }).rules
}, 60_000)
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }))

function told(name: string, value: unknown): readonly string[] {
  const record = { [`f${names.indexOf(name)}`]: value }
  const findings = createFindings({ record, at: '', now: '2025-01-01T00:00:00.000Z', context: undefined, isBulk: false })
  rules.plan.onCreate?.(record, findings)
  return findings.issues.map(({ pointer, message }) => `${pointer.replace(/^\/f\d+/, '')} ${message}`)
}

test.each(Object.entries(CASES))('%s', (name, [, valid, invalid]) => {
  for (const value of valid) expect([value, told(name, value)]).toEqual([value, []])
  for (const value of invalid) expect([value, told(name, value).length > 0]).toEqual([value, true])
})

test('the places are told that nothing looks at', () => {
  expect(told('anyOf', { bar: 'bar', 'a/b': 1, c: 2 })).toEqual(['/a~1b is not known', '/c is not known'])
  expect(told('first', ['a', 1, 2])).toEqual(['/1 is not allowed', '/2 is not allowed'])
  expect(told('schema', { bar: 'xx' })).toEqual(['/bar must have at least 3 characters'])
})

test('a deep value is looked at once for each level', () => {
  let deep: object = { value: 1 }
  for (let level = 0; level < 60; level++) deep = { value: 1, children: [deep] }
  expect(told('tree', deep)).toEqual([])
})
