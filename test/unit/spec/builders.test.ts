import { describe, expect, test } from 'vitest'
import {
  cel,
  cron,
  defineHook,
  defineStack,
  F,
  Field,
  HOOK_EVENTS,
  type Hook,
  type HookContext,
  type ObjectDefinition,
  ObjectSchema,
  P,
  tmpl,
} from '../../../compiler/spec/index.ts'
import { createStandIn } from '../../../compiler/spec/stand-in.ts'

test('objects come back as they are', () => {
  const definition = { name: 'a', fields: { x: { type: 'text' } } } as const satisfies ObjectDefinition
  expect(ObjectSchema.create(definition)).toBe(definition)
  expect(defineStack({ objects: [definition] })).toEqual({ objects: [definition] })
})

test('fields keep what they are given', () => {
  expect(Field.select(['In Progress', { value: 'A B', label: 'x' }], { defaultValue: 'In Progress' })).toEqual({
    type: 'select',
    options: ['In Progress', { value: 'A B', label: 'x' }],
    defaultValue: 'In Progress',
  })
  expect(Field.lookup(['Contact', 'Lead'], { label: 'Who' })).toEqual({ type: 'lookup', reference: ['Contact', 'Lead'], label: 'Who' })
  expect(Field.masterDetail('account')).toEqual({ type: 'master_detail', reference: 'account' })
  expect(Field.rating()).toEqual({ type: 'rating', max: 5 })
  expect(Field.rating({ max: 3 })).toEqual({ type: 'rating', max: 3 })
  expect(Field.autonumber({ format: '{0000}' })).toEqual({ type: 'autonumber', format: '{0000}' })
})

test('expressions know their language', () => {
  expect([F`record.a + ${1}`, P`a == "\\n"`, cel`x`, tmpl`{{record.name}}`, cron`0 6 * * 1`]).toEqual([
    { dialect: 'cel', source: 'record.a + 1' },
    { dialect: 'cel', source: 'a == "\\\\n"' },
    { dialect: 'cel', source: 'x' },
    { dialect: 'template', source: '{{record.name}}' },
    { dialect: 'cron', source: '0 6 * * 1' },
  ])
})

describe('types', () => {
  test('a hook knows its record', () => {
    interface Account {
      name: string
      amount: number
    }
    const hook: Hook<Account> = {
      object: 'account',
      events: ['beforeCreate', 'beforeInsert'],
      handler: (context: HookContext<Account>) => {
        context.data.name = context.previous?.name ?? context.new.name
        // @ts-expect-error no such field
        context.input.nmae = 'x'
      },
    }
    // @ts-expect-error no such event
    defineHook({ object: 'a', events: ['beforeSave'], handler: 'x' })
    expect(HOOK_EVENTS).toContain(hook.events[0])
  })
})

test('a stand-in does no harm', async () => {
  const builder = createStandIn('@objectstack/x', 'Thing') as Record<string, unknown> & {
    create(value: unknown): unknown
    new (value?: unknown): object
    deep: { er(): unknown }
  }
  const value = { a: 1 }
  expect(builder.create(value)).toBe(value)
  expect(new builder(value)).toBe(value)
  expect(typeof new builder()).toBe('function')
  expect(typeof builder.deep.er()).toBe('function')
  expect(await builder).toBe(builder)
  expect(JSON.stringify({ builder })).toBe('{}')
  expect(String(builder)).toContain('Thing of @objectstack/x')
})
