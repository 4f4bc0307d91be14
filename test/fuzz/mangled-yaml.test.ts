import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Document } from '../../compiler/1-load/document.ts'
import { readJson } from '../../compiler/1-load/read-json.ts'
import { readYaml } from '../../compiler/1-load/read-yaml.ts'
import { parse } from '../../compiler/2-parse/parse.ts'
import type { Syntax } from '../../compiler/2-parse/syntax.ts'
import { applyFixes } from '../../compiler/diagnostics/apply-fixes.ts'
import { renderJson } from '../../compiler/diagnostics/render-json.ts'
import { renderPretty } from '../../compiler/diagnostics/render-pretty.ts'
import { testSeed } from '../support/random.ts'

const SEEDS = [
  `name: account
label: 客户 🔥
enable: { api_methods: [get, list], searchable: true }
fields:
  name: { type: text, required: true, max_length: 80, validation: { regex: "^a", message: No } }
  status:
    type: select
    options: [low, { value: high, label: High, default: true }]
    default: low
  parent: { type: lookup, reference_to: account, onDelete: SET NULL }
  total: { type: summary, summary_object: line, summary_type: sum, summary_field: amount }
indexes:
  by_name: { fields: [name, status], unique: true }
actions:
  approve: { type: record, params: { comment: { type: textarea } } }
validation:
  rules:
    - { name: r, type: unique, field: name }
stateMachine: { initial: low }
`,
  `name: Quote
fields:
  - name: Name
    type: text
  - &shared
    name: Amount
    type: currency
  - <<: *shared
    name: Other
validationRules: [{ name: V, formula: 'Amount < 0' }]
`,
  `- _id: P-1
  name: "One \\u00e9"
  text: |
    a
    b
- id: 2
  at: 2024-01-01
`,
]

const KINDS = ['object', 'data', 'validation', 'permission', 'workflow', 'app', 'translation'] as const

/** Pieces that change what stands around them. */
const PIECES = [
  ...':-[]{},&*!|>\'"#%@`?\n\r\t\0 \uFEFF\uD800',
  '---\n',
  '...\n',
  '\n  ',
  '<<: *shared',
  '!!str ',
  '1e999',
  '99999999999999999999',
  '.nan',
  'fields:',
  'name:',
  '~',
  '\\x',
  '__proto__: ',
]

const mangled = fc
  .tuple(
    fc.constantFrom(...SEEDS),
    fc.array(fc.tuple(fc.nat(), fc.nat(12), fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 4 }))), { maxLength: 6 }),
  )
  .map(([text, edits]) =>
    edits.reduce((rest, [position, removed, inserted]) => {
      const at = position % (rest.length + 1)
      return rest.slice(0, at) + inserted + rest.slice(at + removed)
    }, text),
  )

/** Every span anywhere in a value. */
function spansIn(value: unknown, found: { path: string; start: number; end: number }[] = [], seen = new Set<unknown>()): typeof found {
  if (typeof value !== 'object' || value === null || seen.has(value)) return found
  seen.add(value)
  if (value instanceof Map) for (const item of value.values()) spansIn(item, found, seen)
  const record = value as { path?: unknown; start?: unknown; end?: unknown }
  if (typeof record.path === 'string' && typeof record.start === 'number') found.push(record as (typeof found)[number])
  for (const item of Object.values(value)) spansIn(item, found, seen)
  return found
}

function check(text: string, kind: (typeof KINDS)[number], format: 'yaml' | 'json'): void {
  const path = kind === 'translation' ? 'i18n/en/a.yml' : `a.${kind}.yml`
  const { roots, diagnostics } = format === 'yaml' ? readYaml(path, text) : readJson(path, text)
  const documents = roots.map((root): Document => ({ kind, path, stem: 'a', format, root }))
  const parsed = parse(documents)
  const all = [...diagnostics, ...parsed.diagnostics]
  const textOf = (): string => text
  for (const { start, end } of [...spansIn(parsed.syntax), ...spansIn(all), ...ruleSpans(parsed.syntax)]) {
    expect(Number.isInteger(start) && start >= 0 && start <= end && end <= text.length, JSON.stringify({ text, start, end })).toBe(true)
  }
  for (const { message } of all) expect(message).not.toMatch(/\{\w+\}\.?$|undefined|\[object/)
  renderPretty(all, textOf)
  renderJson(all, textOf)
  applyFixes(
    all.flatMap(({ fixes }) => fixes),
    textOf,
  )
}

const ruleSpans = ({ objects, seeds }: Syntax): ReturnType<typeof spansIn> => [
  ...objects.flatMap(({ rules }) => rules.map((rule) => rule.spanOf('/rule/field/x'))),
  ...seeds.map((seed) => seed.spanOf('/0/id')),
]

const seed = testSeed()

test(`mangled YAML is refused or read, never a crash (seed ${seed})`, () => {
  fc.assert(
    fc.property(mangled, fc.constantFrom(...KINDS), (text, kind) => check(text, kind, 'yaml')),
    { seed, numRuns: 4000 },
  )
}, 60_000)

test(`mangled JSON is refused or read, never a crash (seed ${seed})`, () => {
  const json = mangled.map((text) =>
    text.replace(/^name: account[\s\S]*/, '{"fields":{"a":{"type":"select","options":["x",1]}},"indexes":[{"fields":["a"]}]}'),
  )
  fc.assert(
    fc.property(json, fc.constantFrom(...KINDS), (text, kind) => check(text, kind, 'json')),
    { seed, numRuns: 1000 },
  )
}, 60_000)
