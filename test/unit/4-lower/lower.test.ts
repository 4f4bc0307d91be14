import { describe, expect, test } from 'vitest'
import { link } from '../../../compiler/3-link/link.ts'
import { lower } from '../../../compiler/4-lower/lower.ts'
import { optimize, PASSES } from '../../../compiler/5-optimize/optimize.ts'
import type { ValueIr } from '../../../compiler/ir/object.ts'
import { EMPTY_LOCK } from '../../../compiler/lock/lock.ts'
import { updateLock } from '../../../compiler/lock/update-lock.ts'
import { fieldOf, lowerOneField, lowerSyntax, objectOf, testConfig } from '../../support/link.ts'
import { createSyntaxBuilder, type FieldSketch, type ObjectSketch, objectsSyntax, syntaxOf } from '../../support/syntax.ts'

const lowerOne = (sketch: ObjectSketch) => objectOf(lowerSyntax(objectsSyntax({ thing: sketch })), 'thing')
const number = (rest: object): ValueIr => ({ kind: 'number', isInteger: false, ...rest })

describe('values', () => {
  test.each<[FieldSketch, ValueIr]>([
    ['text', { kind: 'string' }],
    [
      { type: 'text', minLength: 1, maxLength: 8, pattern: '^a', patternMessage: 'Must start with a.' },
      { kind: 'string', minLength: 1, maxLength: 8, pattern: '^a', patternMessage: 'Must start with a.' },
    ],
    [
      { type: 'text', validationFormat: 'email' },
      { kind: 'string', format: 'email' },
    ],
    [{ type: 'text', format: '{0000}' }, { kind: 'string' }],
    ['email', { kind: 'string', format: 'email' }],
    ['phone', { kind: 'string', format: 'phone' }],
    [
      { type: 'url', protocols: ['https'] },
      { kind: 'string', format: 'url', protocols: ['https'] },
    ],
    [{ type: 'number' }, number({})],
    [{ type: 'number', scale: 0 }, number({ isInteger: true, scale: 0 })],
    [{ type: 'number', precision: 0 }, number({ isInteger: true, scale: 0 })],
    [{ type: 'number', precision: 2 }, number({ scale: 2 })],
    [{ type: 'number', precision: 10 }, number({ scale: 10 })],
    [{ type: 'number', precision: 18 }, number({ precision: 18 })],
    [{ type: 'number', precision: 18, scale: 4, min: -1, max: 1 }, number({ precision: 18, scale: 4, min: -1, max: 1 })],
    ['currency', number({ scale: 2 })],
    [{ type: 'currency', precision: 0 }, number({ isInteger: true, scale: 0 })],
    [{ type: 'currency', precision: 18 }, number({ precision: 18, scale: 2 })],
    [{ type: 'currency', currencyConfig: { precision: 3 } }, number({ scale: 3 })],
    [{ type: 'currency', scale: 1, currencyConfig: { precision: 3 } }, number({ scale: 1 })],
    [{ type: 'percent', min: 0, max: 1 }, number({ min: 0, max: 1 })],
    ['rating', number({ isInteger: true, scale: 0, min: 0, max: 5 })],
    [{ type: 'rating', maxRating: 10, allowHalf: true }, number({ scale: 1, min: 0, max: 10 })],
    ['boolean', { kind: 'boolean' }],
    ['date', { kind: 'date' }],
    ['datetime', { kind: 'datetime' }],
    ['time', { kind: 'time' }],
    ['location', { kind: 'location' }],
    ['address', { kind: 'address' }],
    ['json', { kind: 'json' }],
    ['array', { kind: 'records' }],
    ['composite', { kind: 'record' }],
    [
      { type: 'vector', dimensions: 3 },
      { kind: 'vector', dimensions: 3 },
    ],
    [{ type: 'lookup', reference: 'thing' }, { kind: 'id' }],
    [
      { type: 'image', maxSize: 9, accept: 'image/png' },
      { kind: 'attachment', isImage: true, maxSize: 9, accept: ['image/png'] },
    ],
    ['video', { kind: 'attachment', isImage: false }],
    ['autonumber', { kind: 'string' }],
    ['formula', { kind: 'string' }],
    [{ type: 'formula', dataType: 'currency' }, number({ scale: 2 })],
    [{ type: 'formula', dataType: 'boolean' }, { kind: 'boolean' }],
    [{ type: 'formula', dataType: 'date' }, { kind: 'date' }],
  ])('%j', (sketch, value) => expect(lowerOneField(sketch).value).toEqual(value))

  test.each<[FieldSketch, 'string' | 'number', boolean]>([
    [{ type: 'select', options: ['a', 'b'] }, 'string', false],
    [{ type: 'select', options: [1, 2] }, 'number', false],
    [{ type: 'select', options: [1, 'b'] }, 'string', false],
    [{ type: 'select', options: ['a'] }, 'string', true],
    [{ type: 'select', options: ['', 'a'] }, 'string', true],
    [{ type: 'select', options: ['', '', '', ''] }, 'string', true],
    ['select', 'string', true],
    ['tags', 'string', true],
    [{ type: 'tags', options: ['a', 'b'] }, 'string', true],
  ])('%j: %s, open %s', (sketch, base, isOpen) => expect(lowerOneField(sketch).value).toMatchObject({ kind: 'option', base, isOpen }))

  test('options are open by configuration', () => {
    const syntax = objectsSyntax({ thing: { fields: { it: { type: 'select', options: ['a', 'b'] } } } })
    const app = lowerSyntax(syntax, { config: { ...testConfig, types: { openOptions: true } } })
    expect(fieldOf(objectOf(app, 'thing'), 'it').value).toMatchObject({ isOpen: true })
  })
})

describe('flags', () => {
  test.each<[FieldSketch, object]>([
    [
      'text',
      {
        isList: false,
        isRequired: false,
        isComputed: false,
        isReadonly: false,
        isWriteOnly: false,
        isUnique: false,
        column: 'it',
        isImplicit: false,
      },
    ],
    [
      { type: 'text', required: true, readonly: true, unique: 'organization' },
      { isRequired: true, isReadonly: true, isUnique: true, isComputed: false },
    ],
    [{ type: 'boolean', required: true }, { isRequired: true }],
    ['password', { isWriteOnly: true }],
    ['secret', { isWriteOnly: true }],
    [{ type: 'text', internal: true }, { isWriteOnly: true }],
    [{ type: 'text', inlineHelpText: 'Why' }, { description: 'Why' }],
    [{ type: 'text', description: 'What', inlineHelpText: 'Why' }, { description: 'What' }],
    [
      { type: 'formula', required: true, unique: true },
      { isComputed: true, isReadonly: true, isRequired: false, isUnique: false, column: undefined },
    ],
    [
      { type: 'autonumber', required: true },
      { isComputed: true, isRequired: false, isUnique: true, column: 'it' },
    ],
    ['summary', { isComputed: true, column: 'it' }],
    ['multiselect', { isList: true }],
    ['checkboxes', { isList: true }],
    ['tags', { isList: true }],
    [
      { type: 'select', multiple: true, options: ['a', 'b'], unique: true },
      { isList: true, isUnique: false },
    ],
    [{ type: 'image', multiple: true }, { isList: true }],
    [{ type: 'text', multiple: true }, { isList: false }],
    [
      { type: 'lookup', reference: 'thing', multiple: true, required: true },
      { isList: true, column: 'it' },
    ],
  ])('%j', (sketch, flags) => {
    const field = lowerOneField(sketch)
    for (const [flag, value] of Object.entries(flags)) expect([flag, field[flag as keyof typeof field]]).toEqual([flag, value])
  })

  test('labels, descriptions and what else the author wrote', () => {
    const thing = lowerOne({
      attributes: { description: 'D', icon: 'star', tags: ['x', 'y'], nameField: 'p_d_f_url' },
      fields: {
        p_d_f_url: { type: 'url', description: 'Where', index: true, aiContext: { intent: 'i' } },
        code: { type: 'text', label: 'Code №' },
      },
    })
    expect(thing).toMatchObject({
      label: 'Thing',
      pluralLabel: 'Things',
      description: 'D',
      tags: ['x', 'y'],
      nameField: 'p_d_f_url',
      annotations: { icon: 'star' },
    })
    expect(fieldOf(thing, 'p_d_f_url')).toMatchObject({
      label: 'P D F Url',
      description: 'Where',
      annotations: { index: true, aiContext: { intent: 'i' } },
    })
    expect(fieldOf(thing, 'code')).toMatchObject({ label: 'Code №', annotations: {} })
    expect(lowerOne({ attributes: { label: 'Mouse' } }).pluralLabel).toBe('Mice')
    expect(lowerOne({ attributes: { label: '客户' } }).pluralLabel).toBe('客户')
    expect(lowerOne({ attributes: { label: 'Opportunity', pluralLabel: 'Deals' } }).pluralLabel).toBe('Deals')
  })

  test.each([
    [{}, ['get', 'list', 'create', 'update', 'delete']],
    [{ enable: { apiEnabled: false } }, []],
    [{ enable: { apiEnabled: true, apiMethods: ['list', 'get', 'upsert'] } }, ['get', 'list']],
    [{ enable: { apiMethods: 'delete' } }, ['delete']],
    [{ abstract: true }, []],
    [{ enable: { apiMethods: [] } }, []],
    [{ enable: { apiMethods: ['typo'] } }, []],
  ] as const)('methods of %j', (attributes, methods) => expect(lowerOne({ attributes }).methods).toEqual(methods))
})

describe('implicit fields', () => {
  test('stand around the declared ones', () => {
    const { fields } = lowerOne({ fields: { b: 'text', a: 'text' } })
    expect(
      fields.map(({ name, type, value, isComputed, isImplicit, column }) => [name, type, value.kind, isComputed, isImplicit, column]),
    ).toEqual([
      ['id', 'text', 'id', false, true, 'id'],
      ['b', 'text', 'string', false, false, 'b'],
      ['a', 'text', 'string', false, false, 'a'],
      ['created_at', 'datetime', 'datetime', true, true, 'created_at'],
      ['updated_at', 'datetime', 'datetime', true, true, 'updated_at'],
    ])
  })

  test('declared, they keep place and label and nothing else', () => {
    const { fields } = lowerOne({
      fields: { updated_at: { type: 'date', label: 'Changed', required: true, columnName: 'x' }, id: { type: 'number', unique: true } },
    })
    expect(
      fields.map(({ name, type, label, isRequired, isComputed, isUnique, isImplicit, column }) => [
        name,
        type,
        label,
        isRequired,
        isComputed,
        isUnique,
        isImplicit,
        column,
      ]),
    ).toEqual([
      ['updated_at', 'datetime', 'Changed', false, true, false, false, 'updated_at'],
      ['id', 'text', 'Id', false, false, false, false, 'id'],
      ['created_at', 'datetime', 'Created At', false, true, false, true, 'created_at'],
    ])
  })
})

describe('columns and tables', () => {
  const columns = (fields: ObjectSketch['fields']) =>
    Object.fromEntries(
      lowerOne({ fields })
        .fields.filter(({ isImplicit }) => !isImplicit)
        .map(({ name, column }) => [name, column]),
    )

  test('are called like the field, unless the author or the table itself says otherwise', () => {
    expect(columns({ name: 'text', calc: 'formula', other: { type: 'text', columnName: 'OTHER_COL' } })).toEqual({
      name: 'name',
      calc: undefined,
      other: 'OTHER_COL',
    })
    expect(columns({ _version: 'number', _VERSION_2: 'text' })).toEqual({ _version: '_version_2', _VERSION_2: '_VERSION_2_2' })
    expect(columns({ a: { type: 'text', columnName: 'id' }, b: 'text', c: { type: 'text', columnName: 'B' } })).toEqual({
      a: 'id_2',
      b: 'b_2',
      c: 'B',
    })
  })

  test('stay where the lock has them when a new field would take their place', () => {
    const app = lowerSyntax(objectsSyntax({ thing: { fields: { _version: 'number' } } }))
    const lock = updateLock(EMPTY_LOCK, app)
    const later = lowerSyntax(objectsSyntax({ thing: { fields: { _version_2: 'text', _version: 'number' } } }), { lock })
    expect(
      objectOf(later, 'thing')
        .fields.map(({ name, column }) => [name, column])
        .slice(1, 3),
    ).toEqual([
      ['_version_2', '_version_2_2'],
      ['_version', '_version_2'],
    ])
  })

  test('a table is called like its object, one spelling where two share it', () => {
    const app = lowerSyntax(objectsSyntax({ people: {}, person: { attributes: { tableName: 'PEOPLE', datasource: 'default' } } }))
    expect(app.objects.map(({ table, datasource }) => [table, datasource])).toEqual([
      ['people', 'default'],
      ['people', 'default'],
    ])
  })

  test('indexes: names as written, unnamed ones after their fields', () => {
    const { indexes } = lowerOne({
      fields: { a: 'text', b: 'text' },
      indexes: [
        { fields: ['a', 'b'] },
        { fields: ['a', 'b'], where: 'a is not null' },
        { fields: ['a'], isUnique: true },
        { name: 'a_b_idx', fields: ['b'] },
      ],
    })
    expect(indexes.map(({ name, fields, isUnique, where }) => [name, fields, isUnique, where])).toEqual([
      ['a_b_idx_2', ['a', 'b'], false, undefined],
      ['a_b_idx_3', ['a', 'b'], false, 'a is not null'],
      ['a_key', ['a'], true, undefined],
      ['a_b_idx', ['b'], false, undefined],
    ])
  })
})

test('hooks: one per event, by priority, package and name; actions with typed parameters', () => {
  const { object, hook, meta } = createSyntaxBuilder()
  const app = lowerSyntax(
    syntaxOf({
      objects: [
        object('thing', {
          fields: { a: 'text' },
          actions: {
            send_it: {
              scope: 'global',
              module: 'thing.action.ts',
              attributes: { icon: 'x' },
              params: { copies: { type: 'number', precision: 0, required: true } },
            },
          },
        }),
      ],
      hooks: [
        hook('late', ['thing'], ['afterUpdate'], { priority: 500 }),
        { ...hook('b', ['thing'], ['beforeUpdate', 'beforeCreate'], { condition: 'x' }), package: 'crm' },
        hook('z', ['*'], ['beforeFind']),
      ],
      apps: [meta('app', 'demo', { label: 'Demo', tags: ['t', 1] })],
    }),
  )
  const thing = objectOf(app, 'thing')
  expect(thing.hooks.map(({ name, event, priority, package: owner }) => [name, event, priority, owner])).toEqual([
    ['z', 'beforeFind', 100, undefined],
    ['b', 'beforeCreate', 100, 'crm'],
    ['b', 'beforeUpdate', 100, 'crm'],
    ['late', 'afterUpdate', 500, undefined],
  ])
  expect(thing.hooks[1]?.annotations).toEqual({ condition: 'x' })
  expect(thing.actions).toMatchObject([
    {
      name: 'send_it',
      label: 'Send It',
      scope: 'global',
      module: 'thing.action.ts',
      exportPath: 'send_it',
      annotations: { icon: 'x' },
      params: [{ name: 'copies', isRequired: true, value: { isInteger: true } }],
    },
  ])
  expect(thing.actions[0]?.params[0]).not.toHaveProperty('column')
  expect(app).toMatchObject({ name: 'test', label: 'Demo', metadata: [{ type: 'app', name: 'demo', tags: ['t'] }] })
})

test('everything is frozen, down to the last value', () => {
  const { object, seed, meta, hook } = createSyntaxBuilder()
  const app = lowerSyntax(
    syntaxOf({
      objects: [
        object('thing', {
          attributes: { enable: { files: true } },
          fields: { a: { type: 'select', options: ['a', 'b'], defaultValue: 'a' }, b: { type: 'lookup', reference: ['thing', 'x'] } },
          indexes: [{ fields: ['a'] }],
          rules: [{ name: 'r', field: 'a' }],
          actions: { x: { params: { y: 'json' } } },
        }),
      ],
      seeds: [seed('thing', [{ a: 'a', deep: { er: [1] } }])],
      permissions: [meta('permission', 'p', { roles: ['x'] }, 'thing')],
      hooks: [hook('h', ['thing'], ['beforeCreate'], { when: { a: [1] } })],
    }),
  )
  const loose: string[] = []
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) return
    if (!Object.isFrozen(value) && !path.endsWith('.span')) loose.push(path)
    for (const [key, part] of Object.entries(value)) visit(part, `${path}.${key}`)
  }
  visit(app, 'app')
  expect(loose).toEqual([])
})

test('the passes: none yet, and what runs them runs them in order', () => {
  const app = lower(link(objectsSyntax({ a: {} })).model, testConfig, EMPTY_LOCK)
  expect(PASSES).toEqual([])
  expect(optimize(app, testConfig)).toBe(app)
  const renamed = (name: string) => ({ name, run: (ir: typeof app) => ({ ...ir, name: `${ir.name}+${name}` }) })
  const passes = [renamed('one'), renamed('two'), renamed('three')]
  expect(optimize(app, testConfig, { passes, skip: ['two'] }).name).toBe('test+one+three')
})

test('plugins and translations are listed by type and name', () => {
  const { located, at } = createSyntaxBuilder()
  const none = { dependencies: [], optionalDependencies: [], conflicts: [], engines: [], provides: [], requires: [], middleware: [] }
  const plugin = (name: string) => ({ ...none, name: located(name), body: { tags: [name] }, spanOf: () => at(), span: at() })
  const translation = (locale: string) => ({ locale, body: { account: { label: locale } }, span: at() })
  const app = lowerSyntax(syntaxOf({ plugins: [plugin('b'), plugin('a')], translations: [translation('zh-CN'), translation('en')] }))
  expect(app.metadata.map(({ type, name, tags }) => [type, name, tags])).toEqual([
    ['plugin', 'a', ['a']],
    ['plugin', 'b', ['b']],
    ['translation', 'en', []],
    ['translation', 'zh-CN', []],
  ])
})
