import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { createSession } from '../../../compiler/compile-project.ts'
import { compile } from '../../../compiler/index.ts'
import { isEqual } from '../../../compiler/ir/is-equal.ts'
import { createFolder, type Folder } from '../cli/support.ts'

let folder: Folder | undefined
afterEach(() => {
  folder?.remove()
  folder = undefined
})

const NAMES = ['order', 'Order', 'account', 'user', 'order_line', 'problem', 'attachment', 'tag'] as const

const field = fc.oneof(
  fc.record({
    type: fc.constantFrom('text', 'textarea', 'date', 'boolean', 'location', 'json', 'image', 'datetime', 'password'),
    required: fc.boolean(),
  }),
  fc.record({
    type: fc.constant('text'),
    max_length: fc.integer({ min: 1, max: 9 }),
    unique: fc.boolean(),
    index: fc.boolean(),
    label: fc.constantFrom('One', 'Two'),
  }),
  fc.record({
    type: fc.constantFrom('number', 'currency', 'percent'),
    min: fc.integer({ min: 0, max: 3 }),
    defaultValue: fc.integer({ min: 4, max: 6 }),
  }),
  fc.record({ type: fc.constant('select'), options: fc.constantFrom(['a', 'b'], ['a', 'b', 'c'], ['1', '2']), multiple: fc.boolean() }),
  fc.record({
    type: fc.constantFrom('lookup', 'master_detail'),
    reference_to: fc.constantFrom(...NAMES),
    delete_behavior: fc.constantFrom('set_null', 'cascade', 'restrict'),
  }),
)

/** In the table `order`, its index is called what `order_line` calls the one of its indexed field `name`. */
const CLASHING = { line_name_idx: { fields: ['name'] } }

/** YAML is a superset of JSON. */
const object = fc
  .record({
    name: fc.constantFrom(...NAMES),
    label: fc.constantFrom('First', 'Second', 'Dritte'),
    description: fc.option(fc.constantFrom('Short.', 'Longer text.'), { nil: undefined }),
    fields: fc.dictionary(fc.constantFrom('name', 'status', 'owner', 'parent', 'amount', 'type'), field, { minKeys: 1 }),
    table_name: fc.option(fc.constantFrom('shared_table', 'own_table'), { nil: undefined }),
    datasource: fc.option(fc.constant('other'), { nil: undefined, freq: 6 }),
    enable: fc.option(fc.constantFrom({ apiEnabled: false }, { apiMethods: ['get', 'list'] }), { nil: undefined, freq: 4 }),
    indexes: fc.option(
      fc.constantFrom({ by_name: { fields: ['name'] } }, CLASHING, { by_both: { fields: ['status', 'name'], unique: true } }),
      {
        nil: undefined,
      },
    ),
  })
  .map((definition) => ({ path: `schemas/${NAMES.indexOf(definition.name)}.object.yml`, text: JSON.stringify(definition, null, 1) }))

const change = fc.oneof(
  { arbitrary: object.map((file) => ({ kind: 'write' as const, ...file })), weight: 8 },
  {
    arbitrary: fc.nat(NAMES.length - 1).map((index) => ({ kind: 'delete' as const, path: `schemas/${index}.object.yml`, text: '' })),
    weight: 2,
  },
  {
    arbitrary: fc.nat(NAMES.length - 1).map((index) => ({ kind: 'comment' as const, path: `schemas/${index}.object.yml`, text: '' })),
    weight: 2,
  },
  {
    arbitrary: fc
      .constantFrom('{ "dialects": ["sqlite"] }', '{ "types": { "openOptions": true } }', '{ "name": "other" }', '{}')
      .map((text) => ({ kind: 'write' as const, path: 'objectql.config.json', text })),
    weight: 1,
  },
)
type Change = typeof change extends fc.Arbitrary<infer Value> ? Value : never

function apply(target: Folder, { kind, path, text }: Change): void {
  if (kind === 'write') target.write({ [path]: text })
  if (kind === 'delete') rmSync(join(target.path, path), { force: true })
  // Moves every place in the file, and changes nothing else.
  if (kind === 'comment') {
    try {
      target.write({ [path]: `# moved\n${readFileSync(join(target.path, path), 'utf8')}` })
    } catch {
      // There is no such file.
    }
  }
}

describe('a session that compiles again and again', () => {
  test('leaves exactly what a compile from nothing would write', async () => {
    let compared = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(object, { minLength: 2, maxLength: 6 }),
        fc.array(fc.array(change, { minLength: 1, maxLength: 2 }), { minLength: 2, maxLength: 7 }),
        async (objects, rounds) => {
          folder?.remove()
          folder = createFolder({ 'schemas/.keep': '' })
          for (const file of objects) folder.write({ [file.path]: file.text })
          const session = createSession({ cwd: folder.path })
          await session.compile()
          for (const changes of rounds) {
            for (const one of changes) apply(folder, one)
            const repeated = await session.compile()
            const fresh = await compile({ cwd: folder.path, mode: 'compare' })
            const lasting = repeated.diagnostics.filter(({ code }) => code !== 'write/edited-file-kept')
            expect(fresh.diagnostics).toEqual(lasting)
            if (repeated.isOk) compared++
          }
        },
      ),
      { numRuns: Number(process.env['SESSION_RUNS'] ?? 60), seed: 20260202 },
    )
    // Most rounds compile: otherwise nothing was compared.
    expect(compared).toBeGreaterThan(60)
  }, 300_000)
})

describe('isEqual', () => {
  test.each<[unknown, unknown, boolean]>([
    [{ a: [1, { b: null }] }, { a: [1, { b: null }] }, true],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
    [{ a: undefined }, {}, false],
    [{ a: undefined }, { b: undefined }, false],
    [[1, 2], [1], false],
    [[], {}, false],
    [0, -0, false],
    [Number.NaN, Number.NaN, true],
    [new Map([['a', 1]]), new Map([['a', 1]]), true],
    [new Map([['a', 1]]), new Map([['a', 2]]), false],
    [null, {}, false],
  ])('%j and %j: %s', (a, b, expected) => {
    expect([isEqual(a, b), isEqual(b, a)]).toEqual([expected, expected])
  })
})
