import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { DocumentKind, ModuleDocument } from '../../compiler/1-load/document.ts'
import { locateExports } from '../../compiler/1-load/locate-expression.ts'
import { createModuleNode } from '../../compiler/1-load/module-node.ts'
import { parse } from '../../compiler/2-parse/parse.ts'
import { testSeed } from '../support/random.ts'

const KINDS: readonly DocumentKind[] = [
  'object',
  'validation',
  'permission',
  'workflow',
  'data',
  'app',
  'translation',
  'hook',
  'action',
  'plugin',
  'stack',
  'import',
]

/** Keys that mean something somewhere. */
const KEYS = [
  ...[
    'name',
    'fields',
    'type',
    'options',
    'value',
    'label',
    'reference',
    'indexes',
    'unique',
    'actions',
    'params',
    'handler',
    'events',
    'object',
    'objects',
  ],
  ...[
    'validation',
    'rules',
    'validations',
    'stateMachine',
    'stateMachines',
    'enable',
    'extend',
    'priority',
    'summaryOperations',
    'vectorConfig',
    'dimensions',
  ],
  ...[
    'manifest',
    'metadata',
    'plugins',
    'hooks',
    'triggers',
    'data',
    'records',
    'mode',
    'translations',
    'objectExtensions',
    'dependencies',
    'version',
    'apps',
  ],
  ...[
    'workflows',
    'permissions',
    'beforeCreate',
    'beforUpdate',
    'afterFind',
    'default',
    'id',
    '_id',
    'locations',
    'deleteBehavior',
    'dashboards',
    '__proto__',
  ],
]

const leaf = fc.oneof(
  fc.constantFrom<unknown>(null, undefined, true, false, 0, -1, 1.5, Number.NaN, 12n, Symbol('s'), /x/g, new Date(0), new Date(Number.NaN)),
  fc.constantFrom<unknown>(
    () => 1,
    async () => 1,
    class Odd {},
    new Map([['a', 1]]),
    new Set(['a']),
    Object.create(null),
    new Proxy({}, {}),
  ),
  fc.constantFrom<unknown>('text', 'select', 'lookup', 'record', 'beforeInsert', '*', '', 'upsert', 'a b'),
  fc.string({ maxLength: 5 }),
)

const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...KEYS), fc.string({ maxLength: 3 })), tie('value'), { maxKeys: 6 }),
  ),
}))

/** Something in the shape of a definition, with anything in its places. */
const shaped = (...keys: readonly string[]): fc.Arbitrary<unknown> =>
  fc.record(Object.fromEntries(keys.map((key) => [key, fc.oneof({ weight: 1, arbitrary: value }, { weight: 2, arbitrary: leaf })])), {
    requiredKeys: [],
  })

const field = shaped(
  'name',
  'type',
  'options',
  'reference',
  'unique',
  'deleteBehavior',
  'validation',
  'summaryOperations',
  'vectorConfig',
  'required',
)
const hook = fc.oneof(shaped('name', 'object', 'events', 'handler'), shaped('beforeInsert', 'afterFind', 'beforUpdate'))
const action = shaped('name', 'type', 'params', 'handler', 'locations')
const many = (item: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof(fc.array(item, { maxLength: 3 }), fc.dictionary(fc.constantFrom('a', 'name', 'type', '0', 'x y'), item, { maxKeys: 3 }), value)
const object = fc.record(
  {
    fields: many(field),
    name: leaf,
    extend: leaf,
    indexes: value,
    actions: many(action),
    validation: value,
    stateMachines: value,
    enable: value,
    priority: leaf,
  },
  { requiredKeys: ['fields'] },
)
const stack = fc.record(
  {
    name: leaf,
    objects: many(object),
    hooks: many(hook),
    triggers: many(hook),
    actions: many(action),
    data: value,
    manifest: value,
    plugins: many(shaped('name', 'objects', 'hooks')),
    translations: value,
    dependencies: value,
    dashboards: value,
    objectExtensions: many(object),
  },
  { requiredKeys: [] },
)

const exported = fc.dictionary(
  fc.constantFrom('default', 'a', 'beforeCreate', 'Account'),
  fc.oneof(value, object, stack, hook, action, fc.array(hook)),
  { maxKeys: 3 },
)

const seed = testSeed()

test(`odd modules are refused or read, never a crash (seed ${seed})`, () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...KINDS), exported), { minLength: 1, maxLength: 3 }), (modules) => {
      const text = 'export const a = { name: "x" }'
      // The modules share values: what one exports, another may list.
      const shared = modules[0]?.[1] ?? {}
      const documents = modules.map(([kind, exports], index): ModuleDocument => {
        const path = `m${index}.ts`
        const values = index === 0 ? exports : { ...exports, shared: { ...shared, plugins: [shared], objects: Object.values(shared) } }
        return { kind, path, stem: `m${index}`, format: 'module', root: createModuleNode(values, locateExports(path, text)) }
      })
      const { syntax, diagnostics } = parse(documents)
      JSON.stringify(syntax, (_key, part) => (part instanceof Map ? [...part] : part))
      for (const { span, message } of diagnostics) {
        expect(span.start >= 0 && span.start <= span.end && span.end <= text.length).toBe(true)
        expect(message).not.toMatch(/\{\w+\}\.?$/)
      }
    }),
    { seed, numRuns: 3000 },
  )
}, 60_000)
