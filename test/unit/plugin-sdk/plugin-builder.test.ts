import { describe, expect, expectTypeOf, test } from 'vitest'
import { type EventsOf, event, type PayloadsOf } from '../../../compiler/plugin-sdk/event-definition.ts'
import { createLogger } from '../../../compiler/plugin-sdk/logger.ts'
import { getField, getObject, listObjects } from '../../../compiler/plugin-sdk/metadata-helpers.ts'
import { PluginBuildError, PluginBuilder } from '../../../compiler/plugin-sdk/plugin-builder.ts'
import { invalid, refusal } from '../../../compiler/plugin-sdk/problems.ts'
import type { HookRecords } from '../../../generated/hooks.js'
import type { Account } from '../../../generated/objects/index.js'
import type { PluginContext } from '../../../runtime-lite/kernel/plugin.ts'
import { createMetadata } from '../../../runtime-lite/metadata/metadata.ts'
import { createRegistry } from '../../../runtime-lite/registry.ts'

const builder = () => new PluginBuilder<HookRecords>().name('audit').version('1.2.0')

describe('what is built', () => {
  test('is plain data and functions, and holds nothing that was not said', () => {
    expect(builder().build()).toEqual({ name: 'audit', version: '1.2.0' })
    const handler = () => undefined
    expect(
      builder()
        .label('Audit')
        .dependency('log', '^1.0.0')
        .optionalDependency('mail')
        .conflict('old', '<2')
        .engine('objectql', '>=0.1')
        .provides('trail')
        .requires('clock')
        .hot(false)
        .hook(['beforeCreate', 'beforeUpdate'], ['account', 'task'], handler, { priority: 5 })
        .action('account', 'check', { type: 'record', handler })
        .object('entry', { fields: { what: { type: 'text' } } })
        .extend('account', { checked: { type: 'boolean' } })
        .extend('account', { checker: { type: 'text' } })
        .build(),
    ).toEqual({
      name: 'audit',
      label: 'Audit',
      version: '1.2.0',
      dependencies: { log: '^1.0.0' },
      optionalDependencies: { mail: '*' },
      conflicts: { old: '<2' },
      engines: { objectql: '>=0.1' },
      provides: ['trail'],
      requires: ['clock'],
      hot: false,
      objects: { entry: { name: 'entry', fields: { what: { type: 'text' } } } },
      objectExtensions: { account: { fields: { checked: { type: 'boolean' }, checker: { type: 'text' } } } },
      hooks: [
        {
          name: 'audit_beforeCreate_beforeUpdate_account_task',
          object: ['account', 'task'],
          events: ['beforeCreate', 'beforeUpdate'],
          handler,
          priority: 5,
        },
      ],
      actions: [{ object: 'account', name: 'check', type: 'record', handler }],
    })
  })

  test('runs what was given in order, and stops the other way round', async () => {
    const calls: string[] = []
    const plugin = builder()
      .install(() => calls.push('install 1'))
      .install(async () => calls.push('install 2'))
      .start(() => calls.push('start'))
      .stop(() => calls.push('stop 1'))
      .stop(() => calls.push('stop 2'))
      .build()
    for (const phase of ['install', 'start', 'stop'] as const) await plugin[phase]?.({} as never)
    expect(calls).toEqual(['install 1', 'install 2', 'start', 'stop 2', 'stop 1'])
  })

  test('all that is wrong is told at once', () => {
    const wrong = new PluginBuilder()
      .version('one')
      .object('x', { fields: {} })
      .object('x', { fields: {} })
      .extend('y', { a: { type: 'text' } })
      .extend('y', { a: { type: 'number' } })
      .action('y', 'go', { handler: () => 1 })
      .action('y', 'go', { handler: () => 2 })
    expect(() => wrong.build()).toThrow(PluginBuildError)
    try {
      wrong.build()
    } catch (error) {
      expect((error as PluginBuildError).problems).toEqual([
        'The object "x" is given twice.',
        'The field "a" of "y" is given twice.',
        'The action "go" of "y" is given twice.',
        'It has no name: call name().',
        '"one" is not a version, such as "1.2.0".',
      ])
    }
  })
})

test('callbacks are typed from the generated objects', () => {
  builder()
    .hook('beforeCreate', 'account', ({ data, previous }) => {
      expectTypeOf(data).toEqualTypeOf<Partial<Account>>()
      expectTypeOf(previous).toEqualTypeOf<undefined>()
      // @ts-expect-error accounts have no such field.
      data.nmae = 'x'
    })
    .hook('afterUpdate', 'account', ({ previous, isModified, api }) => {
      expectTypeOf(previous).toEqualTypeOf<Readonly<Account>>()
      // @ts-expect-error accounts have no such field.
      isModified('nmae')
      // @ts-expect-error there is no such object.
      void api.find('acount')
    })
    .hook('beforeDelete', '*', ({ data }) => expectTypeOf(data).toEqualTypeOf<Partial<{ [field: string]: unknown }>>())
    // @ts-expect-error there is no such object.
    .hook('beforeCreate', 'acount', () => undefined)
    // @ts-expect-error there is no such event.
    .hook('beforeCrate', 'account', () => undefined)
    // @ts-expect-error there is no such object.
    .action('acount', 'go', { handler: () => 1 })
    .action('account', 'go', { handler: ({ api }) => api.create('task', { subject: 'x' }) })
    // @ts-expect-error tasks have no such field.
    .action('account', 'stop', { handler: ({ api }) => api.create('task', { subjct: 'x' }) })
    .on('record.updated.account', ({ payload }) => expectTypeOf(payload.previous).toEqualTypeOf<Account | undefined>())
    .on('plugin:failed', ({ payload }) => expectTypeOf(payload.phase).toEqualTypeOf<'install' | 'start' | 'stop'>())
    .configSchema<{ days: number }>({})
    .start(({ config }) => expectTypeOf(config).toEqualTypeOf<{ days: number }>())
})

interface Award {
  readonly account: string
  readonly points: number
}

test('events of a plugin are typed by what it declares', async () => {
  const loyalty = builder()
    .name('loyalty')
    .event('loyalty.awarded', event<Award>('Points were awarded.'))
    .events({ 'loyalty.closed': event<{ readonly reason: string }>({ label: 'Closed', tags: ['end'] }) })
    .on('loyalty.awarded', ({ name, payload }, { events }) => {
      expectTypeOf(name).toEqualTypeOf<'loyalty.awarded'>()
      expectTypeOf(payload).toEqualTypeOf<Award>()
      // @ts-expect-error awards have no such field.
      void payload.poinst
      events.emit('loyalty.closed', { reason: 'enough' })
      // @ts-expect-error the reason is missing.
      events.emit('loyalty.closed', {})
      // @ts-expect-error there is no such field.
      events.emit('loyalty.awarded', { account: 'a', points: 1, poinst: 2 })
      // @ts-expect-error there is no such event.
      events.emit('loyalty.award', { account: 'a', points: 1 })
    })
    .on('record.updated.account', ({ payload }) => expectTypeOf(payload.previous).toEqualTypeOf<Account | undefined>())
    .on('record.*', ({ payload }) => expectTypeOf(payload).toEqualTypeOf<unknown>())
    .on('plugin:failed', ({ payload }) => expectTypeOf(payload.phase).toEqualTypeOf<'install' | 'start' | 'stop'>())
    // @ts-expect-error there is no such event.
    .on('loyalty.awardd', () => undefined)
    // @ts-expect-error there is no such object.
    .on('record.created.acount', () => undefined)
    .build()
  expect(loyalty.events).toEqual({
    'loyalty.awarded': { description: 'Points were awarded.' },
    'loyalty.closed': { label: 'Closed', tags: ['end'] },
  })
  builder()
    .hears<EventsOf<typeof loyalty>>()
    .on('loyalty.awarded', ({ payload }) => expectTypeOf(payload.points).toEqualTypeOf<number>())
    // @ts-expect-error there is no such event.
    .on('loyalty.awardd', () => undefined)
  expect(() => builder().name('x').event('a', event()).event('a', event()).event('a.*', event()).build()).toThrow(
    'The event "a" is given twice. "a.*" is no name of an event',
  )
})

test('events of a plain object are typed by what they are declared as', () => {
  const events = { 'loyalty.awarded': event<Award>() }
  const start = (context: PluginContext<unknown, object, PayloadsOf<typeof events>>): void => {
    context.events.emit('loyalty.awarded', { account: 'a', points: 1 })
    context.events.on('loyalty.awarded', ({ payload }) => expectTypeOf(payload).toEqualTypeOf<Award>())
    // @ts-expect-error points are a number.
    context.events.emit('loyalty.awarded', { account: 'a', points: '1' })
    // @ts-expect-error there is no such event.
    context.events.on('loyalty.award', () => undefined)
  }
  const plain = { name: 'plain', events, start }
  expectTypeOf<EventsOf<typeof plain>['loyalty.awarded']>().toEqualTypeOf<Award>()
  expect(plain.events).toEqual({ 'loyalty.awarded': {} })
})

test('metadata is found by name', () => {
  const metadata = createMetadata(
    createRegistry([
      { type: 'object', name: 'account', tags: ['sales'], fields: { name: { type: 'text', label: 'Name' } } },
      { type: 'object', name: 'task' },
    ]),
  )
  expect(getObject(metadata, 'account')?.name).toBe('account')
  expect(getField(metadata, 'account', 'name')).toEqual({ type: 'text', label: 'Name' })
  for (const [object, field] of [
    ['account', 'toString'],
    ['account', 'x'],
    ['task', 'name'],
    ['x', 'y'],
  ] as const)
    expect(getField(metadata, object, field)).toBeUndefined()
  expect(listObjects(metadata).map(({ name }) => name)).toEqual(['account', 'task'])
  expect(listObjects(metadata, 'sales').map(({ name }) => name)).toEqual(['account'])
})

test('refusals are problems with a place', () => {
  expect(invalid('a/b', 'No.')).toMatchObject({ status: 422, errors: [{ pointer: '/a~1b', message: 'No.', code: 'invalid' }] })
  expect(refusal(403, 'FORBIDDEN', 'Ask.')).toMatchObject({ status: 403, code: 'FORBIDDEN', message: 'Ask.' })
})

test('logs are one JSON object a line, from a level on', () => {
  const lines: string[] = []
  const logger = createLogger('audit', { level: 'warn', write: (line) => lines.push(line), now: () => 0 })
  logger.info('not told')
  logger.warn('told', { count: 2, error: new TypeError('bad') })
  expect(lines).toEqual([
    '{"time":"1970-01-01T00:00:00.000Z","level":"warn","plugin":"audit","message":"told","count":2,"error":"TypeError: bad"}',
  ])
})
