import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Syntax } from '../../compiler/2-parse/syntax.ts'
import { link } from '../../compiler/3-link/link.ts'
import { lower } from '../../compiler/4-lower/lower.ts'
import { FIELD_TYPES } from '../../compiler/ir/field-type.ts'
import { EMPTY_LOCK } from '../../compiler/lock/lock.ts'
import { testConfig } from '../support/link.ts'
import { createSyntaxBuilder, type FieldSketch, syntaxOf } from '../support/syntax.ts'

const OBJECTS = ['account', 'Account', 'contact', 'users', 'sys_user', 'crm__lead', 'case', 'price_list', 'price'] as const
const FIELDS = ['name', 'Name', 'status', 'owner', 'total', 'id', 'created_at', '_version', 'email'] as const

const objectName = fc.constantFrom(...OBJECTS)
const anyName = fc.constantFrom(...OBJECTS, 'User', 'Contacts', 'nowhere', 'acount', '*')

const fieldSketch: fc.Arbitrary<FieldSketch> = fc.record(
  {
    type: fc.constantFrom(...FIELD_TYPES),
    reference: fc.oneof(anyName, fc.array(anyName, { maxLength: 3 })),
    options: fc.array(fc.constantFrom('a', 'A', 'b', '', 1, 2), { maxLength: 4 }),
    defaultValue: fc.constantFrom('a', 'B', '$today', 'NOW()', '$currentUser', 5, true, 'x'),
    label: fc.string({ maxLength: 4 }),
    required: fc.boolean(),
    unique: fc.constantFrom(true, false, 'global'),
    min: fc.integer({ min: -2, max: 2 }),
    max: fc.integer({ min: -2, max: 2 }),
    precision: fc.nat(20),
    deleteBehavior: fc.constantFrom('cascade', 'set_null', 'restrict', 'odd'),
    multiple: fc.boolean(),
    summaryOperations: fc.record({ object: anyName, field: fc.constantFrom(...FIELDS), function: fc.constantFrom('sum', 'count', 'max') }),
  },
  { requiredKeys: [] },
)

const objectPart = fc.record({
  name: objectName,
  path: fc.stringMatching(/^[a-d]\/[a-d]\.yml$/),
  isBase: fc.boolean(),
  role: fc.constantFrom('definition' as const, 'definition' as const, 'extension' as const),
  priority: fc.constantFrom(100, 200, 300),
  label: fc.string({ maxLength: 3 }),
  fields: fc.dictionary(fc.constantFrom(...FIELDS), fieldSketch, { maxKeys: 6 }),
  indexes: fc.array(
    fc.record(
      { fields: fc.array(fc.constantFrom(...FIELDS, 'created_by'), { maxLength: 3 }), name: fc.constantFrom('one', 'two') },
      { requiredKeys: ['fields'] },
    ),
    { maxLength: 3 },
  ),
})

/** An application in a random number of files, much of it wrong. */
const application: fc.Arbitrary<Syntax> = fc
  .record({
    parts: fc.array(objectPart, { minLength: 1, maxLength: 12 }),
    hooks: fc.array(fc.tuple(fc.constantFrom('h', 'i'), anyName, fc.constantFrom('beforeCreate', 'afterFind'), fc.constantFrom(1, 100)), {
      maxLength: 4,
    }),
    actions: fc.array(fc.tuple(fc.constantFrom('send', 'approve'), anyName), { maxLength: 4 }),
    documents: fc.array(fc.tuple(fc.constantFrom('p', 'q'), anyName), { maxLength: 4 }),
    seeds: fc.array(
      fc.tuple(anyName, fc.array(fc.dictionary(fc.constantFrom(...FIELDS), fc.constantFrom('a', 'b', 1, null)), { maxLength: 3 })),
      { maxLength: 4 },
    ),
  })
  .map(({ parts, hooks, actions, documents, seeds }) => {
    const { object, hook, action, meta, seed, rule, located, at, inFile } = createSyntaxBuilder()
    return syntaxOf({
      objects: parts.map(({ name, isBase, label, ...part }) =>
        object(name, { ...part, stem: isBase ? name : 'other', attributes: { label, tableName: label } }),
      ),
      hooks: hooks.map(([name, owner, event, priority]) => hook(name, [owner], [event], { priority })),
      actions: actions.map(([name, owner]) => action(name, { module: `${owner}.ts` }, owner)),
      permissions: documents.map(([name, owner]) =>
        inFile(`${name}.yml`, () => meta('permission', name, { field_permissions: { name: {} } }, owner)),
      ),
      workflows: documents.map(([name, owner]) => meta('workflow', name, { owner }, owner)),
      rules: documents.map(([name, owner]) => ({ object: located(owner), rules: [rule({ name, field: 'status' })], span: at() })),
      seeds: seeds.map(([owner, records]) => seed(owner, records)),
      apps: documents.map(([name]) => meta('app', name, { label: name })),
    })
  })

const shuffled = (syntax: Syntax): fc.Arbitrary<Syntax> =>
  fc
    .tuple(
      ...Object.entries(syntax).map(([kind, nodes]) =>
        fc.shuffledSubarray([...nodes], { minLength: nodes.length }).map((order) => [kind, order] as const),
      ),
    )
    .map((entries) => Object.fromEntries(entries) as unknown as Syntax)

test('the order of files changes nothing: same IR, same diagnostics', () => {
  fc.assert(
    fc.property(
      application.chain((syntax) => fc.tuple(fc.constant(syntax), shuffled(syntax))),
      ([syntax, other]) => {
        const first = link(syntax)
        const second = link(other)
        expect(JSON.stringify(second.diagnostics)).toBe(JSON.stringify(first.diagnostics))
        expect(JSON.stringify(lower(second.model, testConfig, EMPTY_LOCK))).toBe(JSON.stringify(lower(first.model, testConfig, EMPTY_LOCK)))
      },
    ),
    { numRuns: 500 },
  )
})

test('lowering never fails, whatever link let pass with warnings', () => {
  fc.assert(
    fc.property(application, (syntax) => {
      const { model } = link(syntax)
      const app = lower(model, testConfig, EMPTY_LOCK)
      for (const { fields, indexes, name } of app.objects) {
        const columns = fields.flatMap(({ column }) => (column === undefined ? [] : [column.toLowerCase()]))
        if (new Set(fields.map((field) => field.name)).size === fields.length) expect(new Set(columns).size, name).toBe(columns.length)
        expect(columns).not.toContain('_version')
        expect(
          fields
            .filter((field) => ['id', 'created_at', 'updated_at'].includes(field.name))
            .map((field) => field.column)
            .toSorted(),
        ).toEqual(['created_at', 'id', 'updated_at'])
        for (const index of indexes)
          for (const field of index.fields) expect(fields.find((known) => known.name === field)?.column).toBeDefined()
        for (const { reference } of fields) {
          if (reference?.object !== undefined) expect(app.objects.map((object) => object.name)).toContain(reference.object)
        }
      }
    }),
    { numRuns: 500 },
  )
})
