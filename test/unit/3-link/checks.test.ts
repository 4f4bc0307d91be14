import { describe, expect, test } from 'vitest'
import { link } from '../../../compiler/3-link/link.ts'
import type { Json } from '../../../compiler/source/json.ts'
import { codesOf, linkedObject, linkOneField, summaryOf } from '../../support/link.ts'
import { createSyntaxBuilder, type FieldSketch, type ObjectSketch, objectsSyntax, syntaxOf } from '../../support/syntax.ts'

const diagnose = (objects: Readonly<Record<string, ObjectSketch>>) => link(objectsSyntax(objects)).diagnostics
const codes = (objects: Readonly<Record<string, ObjectSketch>>) => codesOf(diagnose(objects))
const one = (sketch: ObjectSketch) => codes({ thing: sketch })

describe('object names', () => {
  test.each([
    'account',
    'Account',
    'case',
    'constructor',
    '__proto',
    'crm__account',
    'sla-template',
    '客户',
    'Ünïcode_2',
    '24x7',
    '_internal',
  ])('%s is legal', (name) => {
    expect(codes({ [name]: {} })).toEqual([])
  })

  test.each(['', ' ', 'a b', 'a.b', 'a/b', '$where', "a'b", 'a"b', 'a`b', 'a\nb', '-a', '🔥', '../etc', 'a%2F', '\u0301a'])(
    '%j is not',
    (name) => {
      const { object } = createSyntaxBuilder()
      expect(codesOf(link(syntaxOf({ objects: [object(name)] })).diagnostics)).toEqual(['link/illegal-name'])
    },
  )

  test('__proto__ is not either', () => {
    const { object } = createSyntaxBuilder()
    expect(
      codesOf(link(syntaxOf({ objects: [object('__proto__', { fields: JSON.parse('{ "__proto__": "text" }') })] })).diagnostics),
    ).toEqual(['link/illegal-name', 'link/illegal-name'])
  })

  test('two that differ in case only, and the one the API needs', () => {
    expect(summaryOf(diagnose({ Account: {}, account: {} }))).toEqual([
      'error link/duplicate-object The objects "account" and "Account" differ only in case. Rename one of them.',
    ])
    expect(codes({ metadata: {} })).toEqual(['link/reserved-object-name'])
    expect(codes({ sqlite_thing: {}, a: { attributes: { tableName: '_objectql_x' } } })).toEqual([
      'link/reserved-table',
      'link/reserved-table',
    ])
  })

  test('a shared table is told, unless the databases differ', () => {
    const table = { tableName: 'PEOPLE' }
    expect(codes({ people: {}, person: { attributes: table } })).toEqual(['link/shared-table'])
    expect(codes({ people: {}, person: { attributes: { ...table, datasource: 'archive' } } })).toEqual([])
  })
})

describe('field names', () => {
  test.each(['type', 'key', 'lead', 'order', 'p_d_f_url', 'HealthScore', '_version', 'constructor', 'größe'])('%s is legal', (name) =>
    expect(one({ fields: { [name]: 'text' } })).toEqual([]),
  )
  test.each(['', '$gt', 'a.b', 'a b', 'a/b', '@type'])('%j is not', (name) =>
    expect(one({ fields: { [name]: 'text' } })).toEqual(['link/illegal-name']),
  )

  test('differing in case only, implicit ones included', () => {
    const diagnostics = diagnose({
      thing: { fields: { name: 'text', Name: 'text', Id: 'text', created_at: 'datetime', Updated_At: 'datetime' } },
    })
    expect(summaryOf(diagnostics)).toEqual([
      'error link/duplicate-field The fields "Name" and "name" differ only in case. Rename one of them.',
      'error link/duplicate-field The fields "Id" and "id" differ only in case. Rename one of them.',
      'error link/duplicate-field The fields "Updated_At" and "updated_at" differ only in case. Rename one of them.',
    ])
    expect(diagnostics.map(({ fixes }) => fixes[0]?.edits[0]?.newText)).toEqual(['name', 'id', 'updated_at'])
  })

  test('the implicit fields keep their types', () => {
    expect(one({ fields: { id: 'text', created_at: 'datetime', updated_at: 'datetime' } })).toEqual([])
    expect(summaryOf(diagnose({ thing: { fields: { id: { type: 'number' }, created_at: 'date' } } }))).toEqual([
      'warning link/implicit-field The field "id" is kept by the compiler as text, not number. Remove the type.',
      'warning link/implicit-field The field "created_at" is kept by the compiler as datetime, not date. Remove the type.',
    ])
  })
})

describe('limits', () => {
  test.each<[FieldSketch, readonly string[]]>([
    [{ type: 'number', min: 0, max: 0 }, []],
    [{ type: 'number', min: 1, max: 0 }, ['link/empty-range']],
    [{ type: 'text', minLength: 3, maxLength: 2 }, ['link/empty-range']],
    [{ type: 'text', maxLength: 0 }, ['link/bad-limit']],
    [{ type: 'text', minLength: 1.5 }, ['link/bad-limit']],
    [{ type: 'number', scale: 31 }, ['link/bad-limit']],
    [{ type: 'number', precision: 66 }, ['link/bad-limit']],
    [{ type: 'currency', precision: 18, scale: 2 }, []],
    [{ type: 'currency', precision: 2, scale: 4 }, ['link/empty-range']],
    [{ type: 'number', precision: 0, scale: 4 }, []],
    [{ type: 'vector', dimensions: 0 }, ['link/bad-limit']],
    [{ type: 'vector', dimensions: 10_001 }, ['link/bad-limit']],
    [{ type: 'vector', dimensions: 1536 }, []],
    [{ type: 'boolean', min: 2, max: 1 }, []],
    [{ type: 'text', pattern: '^[a-z]+$' }, []],
    [{ type: 'text', pattern: '\\p{L}' }, []],
    [{ type: 'text', pattern: '\\-' }, []],
    [{ type: 'text', pattern: '[a-' }, ['link/invalid-pattern']],
    [{ type: 'number', pattern: '[a-' }, []],
    [{ type: 'text', unique: true }, []],
    [{ type: 'text', unique: 'global' }, []],
    [{ type: 'image', unique: true }, ['link/not-unique']],
    [{ type: 'select', options: ['a', 'b'], multiple: true, unique: true }, ['link/not-unique']],
  ])('%j', (sketch, expected) => expect(codesOf(linkOneField(sketch).diagnostics)).toEqual(expected))

  test('parameters of actions are checked like fields', () => {
    const actions = {
      send: {
        params: {
          to: { type: 'lookup', reference: 'nowhere' },
          days: { type: 'number', min: 2, max: 1 },
          how: { options: ['a', 'b'], defaultValue: 'A' },
        },
      },
    } as const
    expect(one({ actions }).toSorted()).toEqual(['link/default-option-case', 'link/empty-range', 'link/external-reference'])
  })
})

describe('indexes', () => {
  test('fields in any spelling, implicit ones included; an index with an unknown one is left out', () => {
    const sketch: ObjectSketch = {
      fields: { FirstName: 'text', total: 'formula' },
      indexes: [
        { name: 'a', fields: ['first_name', 'created_at'] },
        { name: 'b', fields: ['firstname', 'created_by'] },
        { name: 'c', fields: ['id', 'space_id'] },
        { fields: ['total'] },
        { name: 'e', fields: [] },
      ],
    }
    expect(linkedObject(objectsSyntax({ thing: sketch }), 'thing').indexes.map(({ name, fields }) => [name?.value, fields])).toEqual([
      ['a', ['FirstName', 'created_at']],
    ])
    expect(summaryOf(diagnose({ thing: sketch }).filter(({ code }) => code !== 'link/not-enforced'))).toEqual([
      'warning link/unknown-index-field The index "b" is left out: "thing" has no field "created_by". Correct the name.',
      'warning link/unknown-index-field The index "c" is left out: "thing" has no field "space_id". Correct the name.',
      'warning link/index-on-formula The index "total" is left out: "total" is a formula and is not stored. Remove it.',
    ])
  })
})

describe('name field', () => {
  test.each([
    [{ nameField: 'code' }, ['name', 'code'], 'code', []],
    [{ nameField: 'Code' }, ['name', 'code'], 'code', []],
    [{ nameField: 'cod' }, ['name', 'code'], 'name', ['link/unknown-name-field']],
    [{}, ['subject', 'title'], 'title', []],
    [{}, ['code'], undefined, []],
  ] as const)('%j of %j is %s', (attributes, names, nameField, expected) => {
    const syntax = objectsSyntax({ thing: { attributes, fields: Object.fromEntries(names.map((name) => [name, 'text' as const])) } })
    expect(linkedObject(syntax, 'thing').nameField).toBe(nameField)
    expect(codesOf(link(syntax).diagnostics)).toEqual(expected)
  })
})

test('methods of the API: a misspelt one is told and opens nothing', () => {
  expect(one({ attributes: { enable: { apiMethods: ['get', 'list', 'upsert', 'bulk'] } } })).toEqual([])
  expect(one({ attributes: { enable: { apiMethods: 'get' } } })).toEqual([])
  const [diagnostic] = diagnose({ thing: { attributes: { enable: { apiMethods: ['gett', 'list'] } } } })
  expect(diagnostic).toMatchObject({ code: 'link/unknown-api-method', notes: [{ message: 'Did you mean "get"?' }] })
})

describe('rules', () => {
  const fields = { start: 'date', end_date: 'date', status: 'text' } as const
  const rules = (...bodies: readonly object[]) =>
    one({ fields, rules: bodies.map((body, index) => ({ name: `r${index}`, ...body })) }).filter((code) => code !== 'link/not-enforced')

  test.each([
    { rule: { field: 'end_date', operator: '>=', compare_to: 'start' } },
    { fields: ['start', 'created_at'] },
    { constraint: { if_field: 'status', all_of: [{ field: 'EndDate', operator: '=', value: 'field' }] } },
    { condition: { lookup: { object: 'x', match_field: 'y', validate: { field: 'elsewhere' } } } },
    { condition: { has_related: { object: 'tasks', relation_field: 'p', filter: [{ field: 'elsewhere' }] } } },
    { field: 'status', transitions: { field: ['open'] } },
    { field: 'status.label' },
    { message: { field: 'not a field' } },
  ])('%j', (body) => expect(rules(body)).toEqual([]))

  test.each([
    { field: 'stauts' },
    { fields: ['start', 'stat'] },
    { rule: { field: 'start', compare_to: 'ende' } },
    { apply_when: { any_of: [{ all_of: [{ field: 'elsewhere', operator: '=', value: 1 }] }] } },
    { field: 'owner.name' },
  ])('%j', (body) => expect(rules(body)).toEqual(['link/unknown-field']))

  test('points at the name and offers the fix', () => {
    const [first] = diagnose({ thing: { fields, rules: [{ name: 'flow', type: 'state_machine', field: 'stauts' }] } }).filter(
      ({ code }) => code === 'link/unknown-field',
    )
    expect(first?.message).toBe('The field "stauts", named by rule "flow", does not exist on "thing". Correct the name.')
  })
})

describe('definitions in other files', () => {
  test('are attached whatever the spelling, and reported where nothing fits', () => {
    const { object, hook, action, meta, rule, located, at } = createSyntaxBuilder()
    const { model, diagnostics } = link(
      syntaxOf({
        objects: [object('account', { fields: { name: 'text' } }), object('campaign_member', { fields: { name: 'text' } })],
        hooks: [
          hook('A', ['Account'], ['beforeCreate']),
          hook('B', ['CampaignMember', 'Nothing'], ['afterFind']),
          hook('C', ['*'], ['beforeDelete']),
        ],
        actions: [action('send', {}, 'accounts'), action('lost', {}, 'acount')],
        rules: [
          { object: located('Account'), rules: [rule({ name: 'r', field: 'name' })], span: at() },
          { object: located('nothing'), rules: [rule({ name: 'r', field: 'whatever' })], span: at() },
        ],
        permissions: [
          meta('permission', 'p', { field_permissions: { nme: { read: [] } } }, 'account'),
          meta('permission', 'q', { field_permissions: { any: {} } }, 'projets'),
        ],
        workflows: [meta('workflow', 'w', {}, 'gone'), meta('workflow', 'v', {}, 'account'), meta('workflow', 'free', {})],
        others: [meta('view', 'list', {}, 'Account'), meta('view', 'other', {}, 'gone')],
      }),
    )
    const [account, member] = model.objects
    expect([account?.hooks.map(({ name }) => name), member?.hooks.map(({ name }) => name)]).toEqual([
      ['A', 'C'],
      ['B', 'C'],
    ])
    expect(account?.actions.map(({ name }) => name.value)).toEqual(['send'])
    expect(account?.rules.map(({ name }) => name)).toEqual(['r'])
    expect(model.documents.map(({ type, name, object: owner }) => [type, name, owner])).toEqual([
      ['permission', 'p', 'account'],
      ['view', 'list', 'account'],
      ['view', 'other', undefined],
      ['workflow', 'free', undefined],
      ['workflow', 'v', 'account'],
    ])
    expect(
      summaryOf(diagnostics)
        .filter((line) => !line.includes('not-enforced'))
        .toSorted(),
    ).toEqual([
      'error link/unknown-object No object is named "nothing", so these rules would guard nothing. Correct the name.',
      'error link/unknown-object No object is named "projets", so this permission would guard nothing. Correct the name.',
      'warning link/unattached No object is named "Nothing", so this hook has no effect. Correct the name.',
      'warning link/unattached No object is named "acount", so this action has no effect. Correct the name.',
      'warning link/unattached No object is named "gone", so this workflow has no effect. Correct the name.',
      'warning link/unknown-field The field "nme", named by permission "p", does not exist on "account". Correct the name.',
    ])
  })

  test('a name taken from the file offers no fix that would write into nothing', () => {
    const { object, rule } = createSyntaxBuilder()
    const nowhere = { path: 'acount.validation.yml', start: 0, end: 0 }
    const { diagnostics } = link(
      syntaxOf({
        objects: [object('account', { fields: { a: 'text' } })],
        rules: [{ object: { value: 'acount', span: nowhere }, rules: [rule({ name: 'r', field: 'a' })], span: nowhere }],
      }),
    )
    const [unknown] = diagnostics.filter(({ code }) => code === 'link/unknown-object')
    expect(unknown?.fixes).toEqual([])
    expect(unknown?.notes.map(({ message }) => message)).toEqual(['Did you mean "account"?', '"account" is declared here.'])
  })
})

describe('seeds', () => {
  const { object, seed, located } = createSyntaxBuilder()
  const account = object('account', {
    fields: {
      name: 'text',
      Status: { type: 'select', options: ['open', 1] },
      days: { type: 'multiselect', options: ['mon', 'tue'] },
      tags: { type: 'tags', options: ['x'] },
    },
  })
  const seeded = (...seeds: readonly ReturnType<typeof seed>[]) => link(syntaxOf({ objects: [account], seeds }))

  test('keep their values; what is unknown is reported once', () => {
    const records: readonly { readonly [field: string]: Json }[] = [
      { id: 'a', name: 'A', Status: 'open', days: ['mon'], tags: ['any'], created_at: '2024-01-01' },
      { id: 'b', nmae: 'B', Status: 'closed', days: ['mon', 'wed'] },
      { id: 'c', nmae: 'C', Status: 'closed', days: null },
    ]
    const { model, diagnostics } = seeded(seed('Account', records))
    expect(model.seeds.map(({ object: owner, key, records: kept }) => [owner, key, kept])).toEqual([['account', 'id', records]])
    expect(
      summaryOf(diagnostics)
        .filter((line) => !line.includes('mixed-options'))
        .toSorted(),
    ).toEqual([
      'warning link/seed-option The seed value "closed" is not an option of "Status". Correct it or add the option.',
      'warning link/seed-option The seed value "wed" is not an option of "days". Correct it or add the option.',
      'warning link/unknown-seed-field The seed gives "nmae", which is no field of "account". Correct or remove it.',
    ])
  })

  test('key: the one given, else the id when every record has one, else the name', () => {
    const keyOf = (rest: Parameters<typeof seed>[2], ...records: readonly { readonly [field: string]: string }[]) =>
      seeded(seed('account', records, rest)).model.seeds[0]?.key
    expect(keyOf({}, { id: '1' }, { id: '2' })).toBe('id')
    expect(keyOf({}, { id: '1' }, { name: 'x' })).toBe('name')
    expect(keyOf({ externalId: located('NAME') }, { id: '1' })).toBe('name')
    expect(keyOf({ externalId: located('code') }, { id: '1' })).toBe('id')
    expect(codesOf(seeded(seed('account', [], { externalId: located('code') })).diagnostics)).toContain('link/unknown-seed-key')
  })

  test('of an unknown object say one thing only', () => {
    expect(codesOf(seeded(seed('nothing', [{ a: 1, b: 2 }])).diagnostics).filter((code) => code !== 'link/mixed-options')).toEqual([
      'link/unattached',
    ])
  })
})

test('what is read but not enforced is told once per kind, with a count', () => {
  const { object, hook, meta } = createSyntaxBuilder()
  const { diagnostics } = link(
    syntaxOf({
      objects: [
        object('a', {
          fields: { f: 'formula', g: 'formula', n: 'autonumber' },
          rules: [{ name: 'r', field: 'f' }],
          actions: { plain: {}, coded: { module: 'a.action.ts' } },
          stateMachines: { flow: {} },
        }),
      ],
      hooks: [hook('h', ['a'], ['beforeCreate']), hook('i', ['a'], ['beforeCreate'])],
      workflows: [meta('workflow', 'w', {})],
      permissions: [meta('permission', 'p', {}), meta('permission', 'q', {})],
    }),
  )
  expect(diagnostics.every(({ code, severity }) => code === 'link/not-enforced' && severity === 'warning')).toBe(true)
  expect(diagnostics.map(({ message }) => /^This app has (.*): read/.exec(message)?.[1]).toSorted()).toEqual(['2 permission documents'])
})
