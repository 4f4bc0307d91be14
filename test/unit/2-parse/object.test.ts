import { describe, expect, test } from 'vitest'
import { parseFiles, parseObjectText, plainAction, plainAttributes, plainField } from '../../support/parse-files.ts'

const namesIn = async (files: Record<string, string>): Promise<readonly string[]> =>
  (await parseFiles(files)).syntax.objects.map(
    ({ name, role, priority, isNameInferred }) => `${name.value} ${role} ${priority}${isNameInferred ? ' inferred' : ''}`,
  )

describe('names and roles', () => {
  test.each([
    ['the file stem', { 'account.object.yml': 'fields: {}' }, ['account definition 100 inferred']],
    ['the name', { 'kebab-case.object.yml': 'name: crm_account\nfields: {}' }, ['crm_account definition 100']],
    ['a bundle', { 'crm.object.yml': 'a: { fields: {} }\nb: { fields: {}, name: c }' }, ['a definition 100 inferred', 'c definition 100']],
    ['several documents', { 'x.object.yml': 'name: a\nfields: {}\n---\nname: b\nfields: {}' }, ['a definition 100', 'b definition 100']],
    ['a JSON object', { 'a.object.json': '{ "fields": { "x": { "type": "text" } } }' }, ['a definition 100 inferred']],
    ['an extension by stem', { 'user.extension.object.yml': 'fields: {}' }, ['user extension 200 inferred']],
    ['an extension by stem and name', { 'user_extension.object.yml': 'name: user\nfields: {}' }, ['user extension 200']],
    ['an object that only sounds like one', { 'user_extension.object.yml': 'fields: {}' }, ['user_extension definition 100 inferred']],
    ['an extension by context', { 'more.object.yml': 'ai_context: { extends: user }\nfields: {}' }, ['user extension 200']],
    ['an extension by key', { 'more.object.yml': 'extend: user\npriority: 300\nlabel: X' }, ['user extension 300']],
    ['no fields at all', { 'a.object.yml': 'name: a\nlabel: A' }, ['a definition 100']],
    ['PascalCase keys', { 'Quote.object.yml': 'Name: Quote\nFields: { Amount: { Type: currency } }' }, ['Quote definition 100']],
  ])('%s', async (_name, files, expected) => {
    expect(await namesIn(files)).toEqual(expected)
  })

  test('files that declare nothing say so', async () => {
    expect((await parseFiles({ 'a.object.yml': 'x: 1' })).problems).toEqual(['parse/no-object: x: 1'])
    expect((await parseFiles({ 'a.object.yml': '- 1' })).problems).toEqual(['parse/wrong-shape: 1'])
    expect((await parseFiles({ 'a.object.yml': 'a: { fields: {} }\nb: 1' })).problems).toEqual(['parse/missing-key: b'])
  })
})

test('attributes take their canonical names', async () => {
  const { object, problems } = await parseObjectText(`
label: Account
label_plural: Accounts
description: { en: Somebody }
name_field: title
table_name: accounts
tags: [crm]
is_system: true
enable_search: true
enable: { api_methods: [get, list], feedEnabled: true }
soft_delete: { enabled: true }
ai_context: { intent: x }
list_views: []
fields:
`)
  expect(problems).toEqual([])
  expect(plainAttributes(object.attributes)).toEqual({
    label: 'Account',
    pluralLabel: 'Accounts',
    description: 'Somebody',
    nameField: 'title',
    tableName: 'accounts',
    tags: ['crm'],
    isSystem: true,
    enable: { apiMethods: ['get', 'list'], feeds: true, searchable: true },
    softDelete: { enabled: true },
    aiContext: { intent: 'x' },
    listViews: [],
  })
})

test('fields as a list, in the oldest dialect', async () => {
  const { syntax, problems } = await parseFiles({
    'Quote.object.yml': `
name: Quote
label: 报价
features: { searchable: true, trackHistory: true }
fields:
  - name: Name
    type: text
    label: 名称
    length: 80
    required: true
  - name: AccountId
    type: masterDetail
    referenceTo: Account
    cascadeDelete: true
  - name: WhoId
    type: lookup
    referenceTo: [Contact, Lead]
  - name: Number
    type: autoNumber
    format: 'Q-{YYYY}-{0000}'
  - name: Status
    type: select
    options:
      - { label: 草稿, value: Draft }
    defaultValue: Draft
    visibleWhen: { field: Type, operator: equals, value: A }
relationships:
  - { name: Lines, type: hasMany, object: QuoteLine, foreignKey: QuoteId }
validationRules:
  - name: Positive
    errorMessage: 必须为正
    formula: 'Amount <= 0'
triggers: [{ name: QuoteTrigger, when: [before.insert] }]
listViews: []
`,
  })
  expect(problems).toEqual([])
  const [object] = syntax.objects
  expect(object?.fields.map(plainField)).toEqual([
    { name: 'Name', type: 'text', label: '名称', maxLength: 80, required: true },
    { name: 'AccountId', type: 'master_detail', typeAlias: 'masterDetail', reference: 'Account', deleteBehavior: 'cascade' },
    { name: 'WhoId', type: 'lookup', reference: ['Contact', 'Lead'] },
    { name: 'Number', type: 'autonumber', typeAlias: 'autoNumber', autonumberFormat: 'Q-{YYYY}-{0000}' },
    {
      name: 'Status',
      type: 'select',
      defaultValue: 'Draft',
      visibleWhen: { field: 'Type', operator: 'equals', value: 'A' },
      options: ['Draft'],
    },
  ])
  expect(object?.rules.map(({ name, type }) => `${name} ${type}`)).toEqual(['Positive formula'])
  expect(plainAttributes(object?.attributes ?? new Map())).toMatchObject({ enable: { searchable: true, trackHistory: true } })
})

describe('indexes', () => {
  test.each([
    [
      '{ by_status: { fields: [status, priority], unique: true } }',
      [{ name: 'by_status', fields: ['status', 'priority'], isUnique: true }],
    ],
    ['[{ fields: [a], type: gin, partial: "a > 1" }]', [{ fields: ['a'], isUnique: false, type: 'gin', where: 'a > 1' }]],
    [
      '[a, [b, c]]',
      [
        { fields: ['a'], isUnique: false },
        { fields: ['b', 'c'], isUnique: false },
      ],
    ],
    ['[{ name: x, fields: a, unique: global }]', [{ name: 'x', fields: ['a'], isUnique: true }]],
    ['[{ fields: [{ field: a, order: desc }] }]', [{ fields: ['a'], isUnique: false }]],
    ['', []],
  ])('%s', async (written, expected) => {
    const { object, problems } = await parseObjectText(`fields: {}\nindexes: ${written}`)
    expect(problems).toEqual([])
    expect(
      object.indexes.map(({ name, fields, isUnique, type, where }) => ({
        ...(name === undefined ? {} : { name: name.value }),
        fields: fields.map(({ value }) => value),
        isUnique,
        ...(type === undefined ? {} : { type }),
        ...(where === undefined ? {} : { where: where.value }),
      })),
    ).toEqual(expected)
  })

  test.each([
    ['12', ['parse/wrong-shape: 12']],
    ['{ a: { unique: true } }', ['parse/missing-key: a']],
    ['{ a: { fields: [1] } }', ['parse/wrong-shape: [1]']],
    ['{ a: { fields: [] } }', ['parse/wrong-shape: []']],
    ['{ a: { fields: [x], unique: 3 } }', ['parse/wrong-shape: 3']],
  ])('%s is refused', async (written, expected) => {
    expect((await parseObjectText(`fields: {}\nindexes: ${written}`)).problems).toEqual(expected)
  })
})

test('actions of an object', async () => {
  const { object, problems } = await parseObjectText(`
fields: {}
actions:
  approve:
    type: record
    label: Approve
    confirm_text: Sure?
    params:
      comment: { type: textarea, required: true }
      copy: { type: checkbox, defaultValue: false }
      priority: { options: [low, high] }
  import_all: { type: global }
  touch: { fields: [a] }
  later:
`)
  expect(problems).toEqual([])
  expect(object.actions.map(plainAction)).toEqual([
    {
      name: 'approve',
      scope: 'record',
      type: 'record',
      label: 'Approve',
      confirmText: 'Sure?',
      params: [
        { name: 'comment', type: 'textarea', required: true },
        { name: 'copy', type: 'boolean', typeAlias: 'checkbox', defaultValue: false },
        { name: 'priority', options: ['low', 'high'] },
      ],
    },
    { name: 'import_all', scope: 'global', type: 'global', params: [] },
    { name: 'touch', scope: 'record', fields: ['a'], params: [] },
    { name: 'later', scope: 'global', params: [] },
  ])
})

test('rules of every dialect, with their places', async () => {
  const { object, problems, marked } = await parseObjectText(`
fields: {}
validation:
  rules:
    - { name: range, type: cross_field, rule: { field: end, operator: ">=", compare_to: start }, message: M }
    - { type: unique, field: email }
  ai_context: { intent: x }
validations:
  - { name: s, type: script, condition: a > 1 }
`)
  expect(problems).toEqual([])
  expect(object.rules.map(({ name, type }) => `${name} ${type}`)).toEqual(['range cross_field', 'rule_2 unique', 's script'])
  expect(marked(object.rules[0]!.spanOf('/rule/compare_to'))).toBe('account.object.yml: start')
  expect(marked(object.rules[0]!.spanOf('/rule/nothing/here'))).toContain('{ field: end')
})

test('state machines', async () => {
  const { object } = await parseObjectText('fields: {}\nstateMachine: { initial: a }\nstate_machines: { life: { initial: b } }')
  expect(object.stateMachines.map(({ name, type, body }) => [name, type, body])).toEqual([
    ['', 'state_machine', { initial: 'a' }],
    ['life', 'state_machine', { initial: 'b' }],
  ])
})

test('every problem of a file is told at once', async () => {
  const { problems } = await parseFiles({
    'a.object.yml': `
lable: A
enable: yes
tags: 3
fields:
  a: { type: txet, required: 1 }
  b: 12
  c: { options: x }
indexes: 5
validation: 7
`,
  })
  expect(problems).toEqual([
    'parse/unknown-key: lable',
    'parse/wrong-shape: yes',
    'parse/wrong-shape: 3',
    'parse/unknown-type: txet',
    'parse/wrong-shape: 1',
    'parse/wrong-shape: 12',
    'parse/wrong-shape: x',
    'parse/wrong-shape: 5',
    'parse/wrong-shape: 7',
  ])
})
