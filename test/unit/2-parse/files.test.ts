import { describe, expect, test } from 'vitest'
import { parseFiles, plainAction, plainAttributes } from '../../support/parse-files.ts'

describe('validation files', () => {
  test('belong to the object they name, else to their stem', async () => {
    const { syntax, problems, marked } = await parseFiles({
      'projects.validation.yml': 'rules:\n  - { name: a, type: unique, field: x }\n',
      'more.validation.yml': 'name: more\nobject: tasks\ndescription: D\nrules:\n  b: { type: custom }\n',
      'bare.validation.yml': '- { name: c, type: script }\n',
    })
    expect(problems).toEqual([])
    expect(syntax.rules.map(({ object, rules }) => [marked(object.span), object.value, rules.map(({ name }) => name)])).toEqual([
      ['bare.validation.yml: ', 'bare', ['c']],
      ['more.validation.yml: tasks', 'tasks', ['b']],
      ['projects.validation.yml: ', 'projects', ['a']],
    ])
  })
})

describe('data files', () => {
  test('a bare list, `_id`, and places', async () => {
    const { syntax, problems, marked } = await parseFiles({
      'projects.data.yml': '- _id: P-1\n  name: One\n- id: P-2\n  _id: old\n  tags: [a]\n',
    })
    expect(problems).toEqual([])
    const [seed] = syntax.seeds
    expect([seed?.object.value, seed?.mode, seed?.externalId, seed?.records]).toEqual([
      'projects',
      'ignore',
      undefined,
      [
        { id: 'P-1', name: 'One' },
        { id: 'P-2', tags: ['a'] },
      ],
    ])
    expect(marked(seed!.spanOf('/0/id'))).toBe('projects.data.yml: P-1')
    expect(marked(seed!.spanOf('/1/id'))).toBe('projects.data.yml: P-2')
    expect(marked(seed!.spanOf('/1/tags/0'))).toBe('projects.data.yml: a')
  })

  test('with an object, a mode and a key', async () => {
    const { syntax, problems } = await parseFiles({
      'x.data.yml': 'object: task\nmode: Replace\nexternalId: code\nenv: [dev]\nrecords: [{ code: 1 }]\n',
      'y.data.json': '{ "object": "task", "records": [] }',
    })
    expect(problems).toEqual([])
    expect(syntax.seeds.map(({ object, mode, externalId, records }) => [object.value, mode, externalId?.value, records])).toEqual([
      ['task', 'replace', 'code', [{ code: 1 }]],
      ['task', 'upsert', undefined, []],
    ])
  })

  test('problems, and what is left after them', async () => {
    const { syntax, problems } = await parseFiles({
      'a.data.yml': '- 1\n- { x: 2 }\n',
      'b.data.yml': 'object: b\nmode: merge\nrecords: {}\n',
      'c.data.yml': 'just text',
      'd.data.yml': 'object: d\n',
    })
    expect(problems).toEqual([
      'parse/wrong-shape: 1',
      'parse/wrong-shape: merge',
      'parse/wrong-shape: {}',
      'parse/wrong-shape: just text',
      'parse/missing-key: object: d',
    ])
    expect(syntax.seeds[0]?.records).toEqual([{ x: 2 }])
  })
})

test('permissions, workflows and apps are kept whole', async () => {
  const { syntax, problems, marked } = await parseFiles({
    'projects.permission.yml': 'name: p\nobject: projects\nobject_permissions: { create: [admin] }\nrolez: [a]\n',
    'tasks.permission.yml': 'roles: [admin]\n',
    'sets.permission.yml': 'name: sales\nobjects: { lead: { allowRead: true } }\n',
    'approval.workflow.yml': 'object: projects\nsteps: [{ name: one }]\ntrigger: { event: create }\n',
    'crm.app.yml': 'label: CRM\nanything: goes\n',
  })
  expect(problems).toEqual(['parse/unknown-key: rolez'])
  expect(syntax.permissions.map(({ name, object }) => [name, object?.value])).toEqual([
    ['p', 'projects'],
    ['sales', undefined],
    ['tasks', 'tasks'],
  ])
  const [workflow] = syntax.workflows
  expect([workflow?.name, workflow?.object?.value, marked(workflow!.spanOf('/steps/0/name'))]).toEqual([
    'approval',
    'projects',
    'approval.workflow.yml: one',
  ])
  expect(syntax.apps.map(({ name, body }) => [name, body])).toEqual([['crm', { label: 'CRM', anything: 'goes' }]])
})

test.each([
  [
    'one object',
    'i18n/de/account.json',
    '{ "label": "Konto", "fields": { "name": { "label": "Name" } } }',
    { account: { label: 'Konto', fields: { name: { label: 'Name' } } } },
  ],
  ['one object with fields only', 'i18n/de/account.json', '{ "fields": { "name": "Name" } }', { account: { fields: { name: 'Name' } } }],
  [
    'several objects',
    'i18n/de/core.json',
    '{ "account": { "label": "Konto" }, "fields": { "label": "Felder" } }',
    { account: { label: 'Konto' }, fields: { label: 'Felder' } },
  ],
  ['the whole form', 'src/i18n/de/all.yml', 'objects: { account: { label: Konto } }', { account: { label: 'Konto' } }],
])('translations: %s', async (_name, path, text, objects) => {
  const { syntax, problems } = await parseFiles({ [path]: text })
  expect(problems).toEqual([])
  expect(syntax.translations.map(({ locale, body }) => [locale, body])).toEqual([['de', { objects }]])
})

describe('hook files', () => {
  const hooksIn = async (files: Record<string, string>): Promise<readonly unknown[]> => {
    const { syntax, problems } = await parseFiles(files)
    expect(problems).toEqual([])
    return syntax.hooks.map(({ name, objects, events, module, exportPath, attributes }) => ({
      name,
      objects: objects.map(({ value }) => value),
      events: events.map(({ value }) => value),
      at: `${module}#${exportPath}`,
      ...plainAttributes(attributes),
    }))
  }

  test('functions by event', async () => {
    expect(
      await hooksIn({
        'account.hook.ts':
          'export default { beforeCreate: async () => {}, async afterUpdate(ctx: object) { void ctx }, settings: 1, helper() {} }',
        'contact.hook.ts': 'export async function beforeDelete() {}\nexport const afterFind = () => {}\nexport function helper() {}',
      }),
    ).toEqual([
      { name: 'account.beforeCreate', objects: ['account'], events: ['beforeCreate'], at: 'account.hook.ts#default.beforeCreate' },
      { name: 'account.afterUpdate', objects: ['account'], events: ['afterUpdate'], at: 'account.hook.ts#default.afterUpdate' },
      { name: 'contact.afterFind', objects: ['contact'], events: ['afterFind'], at: 'contact.hook.ts#afterFind' },
      { name: 'contact.beforeDelete', objects: ['contact'], events: ['beforeDelete'], at: 'contact.hook.ts#beforeDelete' },
    ])
  })

  test('Hook objects, alone, in lists, and not twice', async () => {
    expect(
      await hooksIn({
        'account.hook.ts': `
          import type { Hook } from '@objectstack/spec/data'
          export const Stamp: Hook = { name: 'stamp', object: ['Account', 'contact'], events: ['beforeInsert', 'before_update'], priority: 10, async: false, handler: () => {} }
          const log: Hook = { object: '*', events: ['afterDelete'], handler: 'registered', onError: 'log' }
          const anonymous = { events: 'afterFind', handler: async () => {} }
          export default [Stamp, log, anonymous]`,
      }),
    ).toEqual([
      {
        name: 'stamp',
        objects: ['Account', 'contact'],
        events: ['beforeInsert', 'beforeUpdate'],
        at: 'account.hook.ts#Stamp.handler',
        priority: 10,
        async: false,
      },
      { name: 'account', objects: ['*'], events: ['afterDelete'], at: 'account.hook.ts#default[1]', onError: 'log', handler: 'registered' },
      { name: 'account', objects: ['account'], events: ['afterFind'], at: 'account.hook.ts#default[2].handler' },
    ])
  })

  test.each([
    ['export default { beforUpdate() {} }', ['parse/unknown-event: beforUpdate']],
    ['export function beforeSave() {}', ['parse/unknown-event: beforeSave']],
    ["export const h = { events: ['afterSave'], handler() {} }", ['parse/unknown-event: afterSave']],
    ["export const h = { events: ['afterFind'] }", ["parse/missing-key: { events: ['afterFind'] }"]],
    ["export const h = { events: ['afterFind'], handler: 1 }", ['parse/wrong-shape: 1']],
    ['export const h = { events: 5, handler() {} }', ['parse/wrong-shape: 5']],
    ['export const x = 1', ['parse/no-hook: ']],
    ['export class Hooks {}', ['parse/no-hook: ']],
  ])('%s', async (text, expected) => {
    expect((await parseFiles({ 'account.hook.ts': text })).problems).toEqual(expected)
  })
})

test('action files', async () => {
  const { syntax, problems } = await parseFiles({
    'account.action.ts': `
      export interface Request { id: string }
      export async function score(request: Request) { return request }
      export const merge = { type: 'record', label: 'Merge', params: { into: { type: 'lookup', reference: 'account' } }, handler: async () => {} }
      export const settings = { retries: 3 }
      export const LIMIT = 5
      export class Helper {}
      export default { archive: { handler() {} } }`,
    'lead.action.ts': 'export default async function () {}',
  })
  expect(problems).toEqual([])
  expect(syntax.actions.map(plainAction)).toEqual([
    {
      name: 'merge',
      object: 'account',
      scope: 'record',
      type: 'record',
      label: 'Merge',
      params: [{ name: 'into', type: 'lookup', reference: 'account' }],
      module: 'account.action.ts',
      exportPath: 'merge.handler',
    },
    { name: 'score', object: 'account', scope: 'global', params: [], module: 'account.action.ts', exportPath: 'score' },
    { name: 'archive', object: 'account', scope: 'global', params: [], module: 'account.action.ts', exportPath: 'default.archive.handler' },
    { name: 'lead', object: 'lead', scope: 'global', params: [], module: 'lead.action.ts', exportPath: 'default' },
  ])
})

test('modules of data kinds', async () => {
  const { syntax, problems } = await parseFiles({
    'lead.workflow.ts':
      "import { WorkflowRule } from '@objectstack/spec'\nexport const Assign = WorkflowRule.create({ name: 'assign', object: 'lead', triggerType: 'onCreate', actions: [] })",
    'lead.data.ts': "export default [{ id: '1', at: new Date(0) }]",
    'lead.validation.ts': "export default { rules: [{ name: 'a', type: 'custom', validator: () => true }] }",
  })
  expect(problems).toEqual([])
  expect(syntax.workflows.map(({ name, object }) => [name, object?.value])).toEqual([['assign', 'lead']])
  expect(syntax.seeds.map(({ object, records }) => [object.value, records])).toEqual([
    ['lead', [{ id: '1', at: '1970-01-01T00:00:00.000Z' }]],
  ])
  expect(syntax.rules.map(({ object, rules }) => [object.value, rules.map(({ body }) => body)])).toEqual([
    ['lead', [{ name: 'a', type: 'custom' }]],
  ])
})
