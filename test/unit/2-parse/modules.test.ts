import { describe, expect, test } from 'vitest'
import { parseFiles, plainAction, plainAttributes, plainField } from '../../support/parse-files.ts'

describe('object modules', () => {
  test('several objects of one module, each once', async () => {
    const { syntax, problems, marked } = await parseFiles({
      'kpi.object.ts': `
        import { Field, ObjectSchema, F } from '@objectstack/spec/data'
        import { stamp } from './fields'
        export const Entry = ObjectSchema.create({ name: 'entry', fields: { amount: Field.number({ precision: 2 }), ...stamp } })
        export const Line = ObjectSchema.create({
          name: 'line',
          fields: [{ name: 'entry', type: 'lookup', reference: 'entry' }],
          listViews: { all: { columns: [] } },
        })
        export const Total = { fields: { sum: Field.formula({ expression: F\`record.a + \${1}\` }) } }
        export const helper = { not: 'an object' }
        export default Entry`,
      'fields.ts': "export const stamp = { stamped: { type: 'datetime' } }",
    })
    expect(problems).toEqual([])
    expect(syntax.objects.map(({ name, fields }) => [name.value, fields.map(plainField)])).toEqual([
      [
        'entry',
        [
          { name: 'amount', type: 'number', precision: 2 },
          { name: 'stamped', type: 'datetime' },
        ],
      ],
      ['line', [{ name: 'entry', type: 'lookup', reference: 'entry' }]],
      ['Total', [{ name: 'sum', type: 'formula', expression: { dialect: 'cel', source: 'record.a + 1' } }]],
    ])
    expect(marked(syntax.objects[0]!.fields[0]!.name.span)).toBe('kpi.object.ts: amount')
    expect(marked(syntax.objects[1]!.name.span)).toBe('kpi.object.ts: line')
  })

  test('every builder gives its type', async () => {
    const { syntax, problems } = await parseFiles({
      'all.object.ts': `
        import { Field, ObjectSchema } from '@objectstack/spec'
        const simple = ['text', 'textarea', 'number', 'boolean', 'date', 'datetime', 'currency', 'percent', 'url', 'email', 'phone', 'image', 'file', 'avatar',
          'formula', 'summary', 'autonumber', 'markdown', 'html', 'password', 'location', 'address', 'richtext', 'color', 'signature', 'qrcode', 'slider', 'time',
          'secret', 'user', 'json', 'code', 'rating', 'vector'] as const
        export const All = ObjectSchema.create({
          name: 'all',
          fields: {
            ...Object.fromEntries(simple.map((type) => [type, Field[type]({})])),
            select1: Field.select(['A B', 'c'], { defaultValue: 'c' }),
            select2: Field.select({ options: ['A B'], multiple: true }),
            lookup1: Field.lookup('User', { label: 'U' }),
            lookup2: Field.lookup({ reference: 'user' }),
            master: Field.masterDetail('account'),
            code1: Field.code('sql', { label: 'C' }),
            rating1: Field.rating(10),
            vector1: Field.vector(3, { indexed: true }),
          },
        })`,
    })
    expect(problems).toEqual([])
    const fields = syntax.objects[0]!.fields.map(plainField)
    expect(fields.slice(0, 34).map(({ name, type }) => [name, type])).toEqual(fields.slice(0, 34).map(({ name }) => [name, name]))
    expect(fields.slice(34)).toEqual([
      { name: 'select1', type: 'select', defaultValue: 'c', options: ['A B', 'c'] },
      { name: 'select2', type: 'select', multiple: true, options: ['A B'] },
      { name: 'lookup1', type: 'lookup', reference: 'User', label: 'U' },
      { name: 'lookup2', type: 'lookup', reference: 'user' },
      { name: 'master', type: 'master_detail', reference: 'account' },
      { name: 'code1', type: 'code', language: 'sql', label: 'C' },
      { name: 'rating1', type: 'rating', max: 10 },
      { name: 'vector1', type: 'vector', dimensions: 3, index: true },
    ])
  })
})

describe('stacks and plugins', () => {
  const FILES = {
    'objectstack.config.ts': `
      import { defineStack } from '@objectstack/spec'
      import { CrmPlugin } from './crm/crm.plugin'
      export default defineStack({
        manifest: { id: 'com.example', name: 'Example', version: '1.0.0' },
        objects: { note: { label: 'Note', fields: { body: { type: 'textarea' } } }, listed: './src/**/*.object.ts' },
        objectExtensions: [{ extend: 'account', fields: { vip: { type: 'boolean' } }, priority: 250 }, { extend: 'note', label: 'Notes' }],
        hooks: [{ name: 'audit', object: '*', events: ['afterUpdate'], handler: async () => {} }],
        actions: { ping: async () => 'pong' },
        data: [{ object: 'note', records: [{ body: 'x' }], externalId: 'body' }],
        translations: [{ de: { objects: { note: { label: 'Notiz' } } } }],
        apps: [{ name: 'crm', label: 'CRM' }],
        dashboards: [{ name: 'sales', label: 'Sales' }],
        sharingRules: { own: { type: 'owner' } },
        plugins: [CrmPlugin, '@objectstack/plugin-auth', { name: 'inline', dependencies: { crm: '^1.0.0' }, objects: [{ name: 'extra', fields: {} }] }],
      })`,
    'crm/crm.plugin.ts': `
      import { Account, Contact } from './account.object'
      import { Stamp } from './account.hook'
      import * as actions from './account.action'
      export const CrmPlugin = {
        name: 'crm', label: 'CRM', version: '2.1.0', dependencies: ['core'],
        objects: { account: Account, contact: { ...Contact } },
        triggers: { stamp: Stamp, order: { beforeInsert: () => {} } },
        actions: { account: actions },
        async init() {},
      }
      export default CrmPlugin`,
    'crm/account.object.ts': `
      import { ObjectSchema, Field } from '@objectstack/spec'
      export const Account = ObjectSchema.create({ name: 'account', fields: { name: Field.text() } })
      export const Contact = ObjectSchema.create({ name: 'contact', fields: { account: Field.lookup('Account') } })`,
    'crm/account.hook.ts': "export const Stamp = { name: 'Stamp', object: 'Account', events: ['beforeInsert'], handler: () => {} }",
    'crm/account.action.ts': 'export async function score() {}',
  }

  test('everything is found once, with its package', async () => {
    const { syntax, problems, diagnostics } = await parseFiles(FILES)
    expect(problems).toEqual([])
    expect(diagnostics).toEqual([])
    expect(syntax.objects.map(({ name, role, package: from, span }) => `${name.value} ${role} ${from ?? '-'} ${span.path}`).sort()).toEqual(
      [
        'account definition crm crm/account.object.ts',
        'account extension - objectstack.config.ts',
        'contact definition - crm/account.object.ts',
        'extra definition inline objectstack.config.ts',
        'note definition - objectstack.config.ts',
        'note extension - objectstack.config.ts',
      ],
    )
    expect(
      syntax.hooks.map(({ name, objects, package: from, module, exportPath }) => [
        name,
        objects[0]?.value,
        from,
        `${module}#${exportPath}`,
      ]),
    ).toEqual([
      ['Stamp', 'Account', 'crm', 'crm/account.hook.ts#Stamp.handler'],
      ['order.beforeInsert', 'order', 'crm', 'crm/crm.plugin.ts#CrmPlugin.triggers.order.beforeInsert'],
      ['audit', '*', undefined, 'objectstack.config.ts#default.hooks[0].handler'],
    ])
    expect(
      syntax.actions.map(plainAction).map(({ name, object, module, exportPath }) => [name, object, `${module}#${exportPath}`]),
    ).toEqual([
      ['score', 'account', 'crm/account.action.ts#score'],
      ['ping', undefined, 'objectstack.config.ts#default.actions.ping'],
    ])
    expect(
      syntax.plugins.map((plugin) => [plugin.name.value, plugin.version?.value, plugin.dependencies.map(({ name }) => name.value)]),
    ).toEqual([
      ['crm', '2.1.0', ['core']],
      ['inline', undefined, ['crm']],
    ])
    expect(syntax.seeds.map(({ object, externalId, records }) => [object.value, externalId?.value, records])).toEqual([
      ['note', 'body', [{ body: 'x' }]],
    ])
    expect(syntax.translations.map(({ locale, body }) => [locale, body])).toEqual([['de', { objects: { note: { label: 'Notiz' } } }]])
    expect(syntax.apps.map(({ name }) => name)).toEqual(['crm'])
    expect(syntax.others.map(({ type, name }) => `${type} ${name}`)).toEqual(['dashboard sales', 'sharing_rule own', 'manifest Example'])
  })

  test('what a stack imports is found where it is written', async () => {
    const { syntax, problems, marked, inputs } = await parseFiles(
      {
        'objectstack.config.ts': "import { crm } from './a-barrel'\nexport default { plugins: [crm] }",
        'a-barrel.ts': "export * from './plugin'\nexport * from './account.object'",
        'plugin.ts': `
          import { Account } from './account.object'
          import { Stamp } from './stamp.hook'
          import { score } from './work'
          export const crm = { name: 'crm', objects: [Account], triggers: { Stamp }, actions: { score } }`,
        'account.object.ts':
          "export const Account = { name: 'account', fields: {} }\nexport const Unlisted = { name: 'unlisted', fields: {} }",
        'stamp.hook.ts':
          "export const Stamp = { object: 'account', events: ['afterFind'], handler() {} }\nexport const other = { object: 'account', events: ['afterFind'], handler() {} }",
        'work.ts': 'export async function score() {}',
      },
      ['objectstack.config.ts'],
    )
    expect(problems).toEqual([])
    expect(syntax.objects.map(({ name, package: from, stem }) => [marked(name.span), from, stem])).toEqual([
      ['account.object.ts: account', 'crm', 'account'],
    ])
    expect(syntax.hooks.map(({ name, module, exportPath, package: from }) => [name, `${module}#${exportPath}`, from])).toEqual([
      ['Stamp', 'stamp.hook.ts#Stamp.handler', 'crm'],
    ])
    expect(syntax.actions.map(({ name, module, exportPath }) => [name.value, `${module}#${exportPath}`])).toEqual([
      ['score', 'work.ts#score'],
    ])
    expect(syntax.plugins.map(({ name }) => marked(name.span))).toEqual(['plugin.ts: crm'])
    expect(inputs).toEqual(['a-barrel.ts', 'account.object.ts', 'objectstack.config.ts', 'plugin.ts', 'stamp.hook.ts', 'work.ts'])
  })

  test('extensions keep what they say', async () => {
    const { syntax } = await parseFiles(FILES)
    const extensions = syntax.objects.filter(({ role }) => role === 'extension')
    expect(
      extensions.map(({ name, priority, fields, attributes }) => [
        name.value,
        priority,
        fields.map(plainField),
        plainAttributes(attributes),
      ]),
    ).toEqual([
      ['account', 250, [{ name: 'vip', type: 'boolean' }], {}],
      ['note', 200, [], { label: 'Notes' }],
    ])
  })

  test('older configurations and plugins that are classes', async () => {
    const { syntax, problems } = await parseFiles({
      'objectstack.config.ts':
        "import { ObjectQL } from '@objectql/core'\nexport default { metadata: { objects: [{ name: 'a', fields: {} }] }, plugins: [new ObjectQL({ name: 'ql' })] }",
      'audit.plugin.ts': "export class AuditPlugin { name = 'audit' }\nexport default { name: 'audit', setup() {} }",
    })
    expect(problems).toEqual(['load/package-replaced: '])
    expect(syntax.objects.map(({ name }) => name.value)).toEqual(['a'])
    expect(syntax.plugins.map(({ name }) => name.value)).toEqual(['audit', 'ql'])
  })

  test('shapes are checked', async () => {
    const { problems } = await parseFiles({
      'objectstack.config.ts':
        "export default { objects: [{ fields: {} }, 5], objectExtensions: ['x'], apps: [1], plugins: 7, data: [{ object: 'a' }] }",
    })
    expect(problems).toEqual([
      'parse/missing-key: { fields: {} }',
      'parse/wrong-shape: 5',
      'parse/wrong-shape: x',
      'parse/wrong-shape: 1',
      "parse/missing-key: { object: 'a' }",
    ])
  })
})
