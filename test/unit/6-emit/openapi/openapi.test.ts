import { describe, expect, test } from 'vitest'
import { allocateNames } from '../../../../compiler/4-lower/allocate-names.ts'
import { clientTarget } from '../../../../compiler/6-emit/client/client-target.ts'
import { createExample, updateExample } from '../../../../compiler/6-emit/openapi/object-schemas.ts'
import { openApiText } from '../../../../compiler/6-emit/openapi/openapi-text.ts'
import { createPrintMemory } from '../../../../compiler/6-emit/print-memory.ts'
import { resolveConfig } from '../../../../compiler/config/resolve-config.ts'
import { shareUnchanged } from '../../../../compiler/incremental/share-unchanged.ts'
import { FIELD_TYPES } from '../../../../compiler/ir/field-type.ts'
import type { ApiMethod, AppIr } from '../../../../compiler/ir/object.ts'
import { appIr, objectIr } from '../../../support/ir.ts'
import { loadValidators } from '../../../support/load-validators.ts'
import { documentOf, resolve, type Tree, textOf, walk, wrongExamples } from '../../../support/openapi.ts'
import { random, testSeed } from '../../../support/random.ts'
import { randomApp } from '../../../support/random-ir.ts'
import { randomObject } from '../../../support/random-object.ts'
import { sdkObjects } from '../../../support/sdk-objects.ts'

const user = objectIr({
  name: 'user',
  label: 'User',
  pluralLabel: 'Users',
  fields: { name: 'text', boss: { type: 'lookup', reference: { object: 'user' } } },
})
const account = objectIr({
  name: 'account',
  label: 'Account',
  pluralLabel: 'Accounts',
  names: { pascal: 'Account', pascalPlural: 'Accounts', camel: 'account', file: 'account' },
  fields: {
    ...Object.fromEntries(
      FIELD_TYPES.map((type) => [`a_${type}`, { type, ...(type === 'lookup' ? { reference: { object: 'user' } } : {}) }]),
    ),
    name: { type: 'text', label: 'Name', isRequired: true, value: { kind: 'string', maxLength: 80 } },
    stage: { type: 'select', label: 'Stage', isRequired: true, default: { kind: 'literal', value: 'won' } },
    watchers: { type: 'lookup', isList: true, reference: { object: 'user' } },
  },
})
const document = documentOf(appIr([account, user]))

const schema = (name: string): Tree => resolve(document, `#/components/schemas/${name}`) as Tree
const property = (name: string, field: string): Tree => (schema(name)['properties'] as Tree)[field] as Tree
const operations = (tree: Tree): readonly Tree[] =>
  Object.values(tree['paths'] as Tree).flatMap(
    (item) => Object.values(item as Tree).filter((one) => typeof one === 'object' && one !== null && 'operationId' in one) as Tree[],
  )

describe('operations', () => {
  test('are called like the functions of the SDK', () => {
    const ids = operations(document).map((operation) => operation['operationId'])
    expect(ids.slice(0, 16)).toEqual([
      'listAccounts',
      'createAccount',
      'queryAccounts',
      'createAccounts',
      'upsertAccount',
      'upsertAccounts',
      'updateAccounts',
      'deleteAccounts',
      'updateFirstAccount',
      'batchAccounts',
      'countAccounts',
      'countAccountsByBody',
      'getAccount',
      'updateAccount',
      'replaceAccount',
      'deleteAccount',
    ])
    expect(new Set(ids).size).toBe(ids.length)
  })

  test.each<[readonly ApiMethod[], readonly string[]]>([
    [['get'], ['/api/note/{id} get']],
    [['list'], ['/api/note get', '/api/note/query post', '/api/note/count get', '/api/note/count post']],
    [
      ['create', 'delete'],
      ['/api/note post', '/api/note/createMany post', '/api/note/batch post', '/api/note/{id} delete'],
    ],
    [['update'], ['/api/note/batch post', '/api/note/{id} patch', '/api/note/{id} put']],
    [[], []],
  ])('are those that %j allows', (methods, expected) => {
    const paths = documentOf(appIr([objectIr({ name: 'note', methods })]))['paths'] as Tree
    const found = Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item as Tree)
        .filter((key) => key !== 'parameters')
        .map((method) => `${path} ${method}`),
    )
    expect(found.filter((one) => one.startsWith('/api/note'))).toEqual(expected)
  })

  test('of the system step aside for objects of the same name', () => {
    const tree = documentOf(appIr([objectIr({ name: 'metadata' }), objectIr({ name: 'Health' }), objectIr({ name: 'liveness' })]))
    const ids = operations(tree).map((operation) => operation['operationId'])
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids).toContain('getLiveness$1')
    expect(Object.keys(tree['paths'] as Tree)).not.toContain('/api/metadata/{type}')
    expect((tree['tags'] as Tree[]).map((tag) => tag['name'])).toEqual(['metadata', 'Health', 'liveness', 'Health$1'])
  })
})

describe('schemas', () => {
  test('say null as a type of its own', () => {
    expect(property('Account', 'a_text')).toEqual({ type: ['string', 'null'] })
    expect(property('Account', 'a_location')).toEqual({ anyOf: [{ $ref: '#/components/schemas/GeoPoint' }, { type: 'null' }] })
    expect(property('Account', 'a_json')).toEqual({ $ref: '#/components/schemas/JsonValue' })
    expect(property('Account', 'name')).toEqual({ type: 'string', maxLength: 80 })
    expect(property('AccountCreate', 'name')).toEqual({ type: 'string', maxLength: 80, minLength: 1 })
  })

  test('ask on create for what is required and has no default', () => {
    expect(schema('AccountCreate')['required']).toEqual(['name'])
    expect(schema('AccountUpdate')['required']).toBeUndefined()
    expect(property('AccountCreate', 'stage')).toEqual({ $ref: '#/components/schemas/AccountStage', description: 'Default: "won".' })
    expect(schema('AccountStage')).toEqual({ type: 'string', enum: ['open', 'won', 'lost'] })
  })

  test('read and write what each side may', () => {
    expect(property('Account', 'a_password')).toBeUndefined()
    expect(property('AccountCreate', 'a_password')).toMatchObject({ writeOnly: true, format: 'password' })
    expect(property('Account', 'a_autonumber')).toMatchObject({ readOnly: true })
    expect(property('AccountCreate', 'a_autonumber')).toBeUndefined()
    expect(property('Account', 'a_formula')).toBeUndefined()
    expect(property('Account', 'created_at')).toEqual({ type: 'string', format: 'date-time', readOnly: true })
  })

  test('show lookups as ids or, expanded, as records', () => {
    const id = { type: 'string', minLength: 1, maxLength: 255 }
    expect(property('Account', 'a_lookup')).toMatchObject({ anyOf: [id, { $ref: '#/components/schemas/User' }, { type: 'null' }] })
    expect(property('Account', 'watchers')).toMatchObject({
      type: ['array', 'null'],
      items: { anyOf: [id, { $ref: '#/components/schemas/User' }] },
    })
    expect(property('AccountCreate', 'a_lookup')).toMatchObject({
      anyOf: [{ type: ['string', 'null'] }, { $ref: '#/components/schemas/NestedRecord' }],
    })
  })

  test('keep open lists open', () => {
    const tags = objectIr({
      name: 'tag',
      fields: {
        color: {
          type: 'select',
          value: { kind: 'option', base: 'string', isOpen: true, options: [{ value: 'red', label: 'Red', annotations: {} }] },
        },
      },
    })
    expect(resolve(documentOf(appIr([tags])), '#/components/schemas/TagColor')).toMatchObject({
      anyOf: [{ type: 'string', enum: ['red'] }, { type: 'string' }],
    })
  })

  test('of shared values give way to objects of that name', () => {
    const tree = documentOf(appIr([objectIr({ name: 'address', fields: { home: 'address' } }), objectIr({ name: 'problem' })]))
    expect(resolve(tree, '#/components/schemas/Address')).toMatchObject({ required: ['id', 'home', 'created_at', 'updated_at'] })
    expect(resolve(tree, '#/components/schemas/Shared_Address')).toMatchObject({ properties: { street: { type: 'string' } } })
    expect(resolve(tree, '#/components/responses/NotFound/content/application~1problem+json/schema')).toEqual({
      $ref: '#/components/schemas/Shared_Problem',
    })
  })
})

test('every reference resolves, every component is used, every error is a problem document', () => {
  expectConsistent(document)
})

test.each<readonly ApiMethod[]>([['get'], ['list'], ['create'], ['update'], ['delete'], []])(
  'also where the API only allows %s',
  (...methods) => {
    const allowed = methods.filter((method) => typeof method === 'string')
    expectConsistent(
      documentOf(
        appIr([
          { ...account, methods: allowed },
          { ...user, methods: allowed },
        ]),
      ),
    )
    expectConsistent(documentOf(appIr([account, { ...user, methods: allowed }])))
  },
)

function expectConsistent(document: Tree): void {
  const used = new Set<unknown>()
  for (const [place, { $ref }] of walk(document)) {
    if (typeof $ref !== 'string') continue
    used.add($ref)
    expect(resolve(document, $ref), place).toBeDefined()
  }
  for (const [section, byName] of Object.entries(document['components'] as Tree)) {
    for (const name of Object.keys(byName as Tree)) expect(used).toContain(`#/components/${section}/${name}`)
  }
  for (const operation of operations(document)) {
    for (const [status, response] of Object.entries(operation['responses'] as Tree)) {
      const { $ref } = response as { readonly $ref?: string }
      const { content = {} } = ($ref === undefined ? response : resolve(document, $ref)) as { readonly content?: Tree }
      if (Number(status) >= 400 && operation['operationId'] !== 'getReadiness')
        expect(Object.keys(content)).toEqual(['application/problem+json'])
      for (const media of Object.values(content)) expect(Object.keys(media as Tree).some((key) => key.startsWith('example'))).toBe(true)
    }
  }
}

test('actions, clones and histories are called like the functions of the SDK', () => {
  const app = appIr(sdkObjects)
  const tree = documentOf(app)
  expectConsistent(tree)
  const config = resolveConfig({}, { folderName: 'test', exists: () => false })
  const script = clientTarget.emit(app, config, { lineOf: () => 1 }).find(({ path }) => path === 'client/operations.js')?.text ?? ''
  const functions = [...script.matchAll(/^export const ([\w$]+)/gm)].map(([, name = '']) => name)
  // Pages and keys are read by the list, groups by the query.
  const called = functions.filter((name) => !/^(each|find|aggregate)[A-Z]/.test(name))
  const ids = operations(tree).map((operation) => String(operation['operationId']))
  expect(called.filter((name) => !ids.includes(name))).toEqual([])
  expect(
    ids.filter((id) => !functions.includes(id) && !/^(replace|query|batch)[A-Z]|^count.*ByBody|^getR|^getL|^listMeta|^getMeta/.test(id)),
  ).toEqual([])
  const paths = Object.keys(tree['paths'] as Tree).filter((path) => /actions|history|clone/.test(path))
  expect(paths).toEqual([
    '/api/account/{id}/clone',
    '/api/contact/{id}/clone',
    '/api/contact/{id}/actions/send_invite',
    '/api/contact/{id}/actions/archive',
    '/api/contact/actions/delete',
    '/api/contact/actions/tidy_up',
    '/api/user/{id}/history',
    '/api/user/{id}/clone',
  ])
  const answer = (path: string) => Object.keys((((tree['paths'] as Tree)[path] as Tree)['post'] as Tree)['responses'] as Tree).slice(0, 2)
  expect(answer('/api/contact/{id}/actions/send_invite')).toEqual(['200', '400'])
  expect(answer('/api/contact/{id}/actions/archive')).toEqual(['200', '204'])
  expect(answer('/api/contact/actions/tidy_up')).toEqual(['204', '400'])
})

test('the text depends on nothing but the application', () => {
  expect(textOf(appIr([account, user]))).toBe(textOf(appIr([structuredClone(account), structuredClone(user)])))
})

test('what is remembered of the last run does not change the text', () => {
  const config = resolveConfig({ name: 'sample' }, { folderName: 'sample', exists: () => false })
  const memory = createPrintMemory()
  const generator = random(testSeed())
  let objects = randomApp(generator.below(1e6), { objects: 6, hostile: false }).objects
  let before: AppIr | undefined
  for (let round = 0; round < 12; round++) {
    const names = allocateNames(
      objects.map((object) => object.name),
      new Map(),
    )
    const app = shareUnchanged(before, appIr(objects.map((object) => ({ ...object, names: names.get(object.name) ?? object.names }))))
    before = app
    expect(openApiText(app, config, memory)).toBe(openApiText(app, config))
    // One object changes, goes, is hidden, or takes the name of something shared.
    const index = generator.below(objects.length)
    objects = objects.flatMap((object, at) => {
      if (at !== index) return [object]
      const other = objectIr({
        name: generator.pick(['address', 'problem', 'metadata', object.name]),
        fields: { home: 'address', again: { type: 'lookup', reference: { object: 'object_1' } } },
      })
      return generator.pick([[], [{ ...object, methods: [] }], [{ ...object, label: 'Changed' }], [object, other], [other]])
    })
    objects = [...new Map(objects.map((object) => [object.name, object])).values()]
  }
})

test('texts of authors cannot run in viewers', () => {
  const tree = documentOf(
    appIr([
      objectIr({
        name: 'evil',
        label: '<script>alert(1)</script>',
        description: 'eval(x)\n<SCRIPT src=x>',
        fields: { a: { type: 'text', description: '<script>' } },
      }),
    ]),
  )
  expect(JSON.stringify(tree)).not.toMatch(/<\/?script|eval\(/i)
})

describe('examples are valid', () => {
  const seed = testSeed()

  test('for every type of field', () => {
    expect(wrongExamples(document)).toEqual([])
  })

  test('for random objects, by the schema and by the validators', () => {
    console.log(`openapi: OBJECTQL_SEED=${seed}`)
    const generator = random(seed)
    let known = 0
    for (let round = 0; round < 30; round++) {
      const object = randomObject(generator)
      expect(wrongExamples(documentOf(appIr([object])))).toEqual([])
      const { create, update } = loadValidators(object)
      const problems = [...(create(createExample(object)) ?? []), ...(update(updateExample(object)) ?? [])]
      if (problems.length === 0) known++
    }
    // Random rules contradict each other now and then; most must still have an example the server takes.
    expect(known).toBeGreaterThan(20)
  }, 60_000)

  test('for applications with hostile names', () => {
    for (let round = 0; round < 8; round++) {
      const app = randomApp(seed + round)
      const names = allocateNames(
        app.objects.map((object) => object.name),
        new Map(),
      )
      const objects = app.objects.map((object) => ({ ...object, names: names.get(object.name) ?? object.names }))
      expect(wrongExamples(documentOf({ ...app, objects }))).toEqual([])
    }
  }, 60_000)
})
