import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest'
import type { Account, Objects } from '../../generated/objects/index.js'
import type { App } from '../../runtime-lite/app/app.ts'
import type { BusEvent } from '../../runtime-lite/events/bus-event.ts'
import { compiledApp } from '../support/compiled-app.ts'

type Sample = App<Objects>

const { createApp } = (await import('../../generated/index.ts')) as unknown as { createApp(options?: object): Promise<Sample> }

const told = (event: BusEvent): string => `${event.name} ${(event.payload as { record: { name: string } }).record.name}`
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20))

describe('events of records', () => {
  let app: Sample
  beforeAll(async () => {
    app = await createApp({ datasource: ':memory:' })
  })
  afterAll(() => app.close())

  test('are told once the transaction is committed, with what was and is', async () => {
    const heard: BusEvent[] = []
    const stop = app.events.on('record.*.account', (event) => heard.push(event as BusEvent))
    const made = await app.objects.account.create({ name: 'Kelp & Sons' })
    await app.as({ id: 'u1' }, () => app.objects.account.update(made.id, { name: 'Kelp & Daughters' }))
    await app.objects.territory.create({ name: 'Nobody listens here', code: 'XX' })
    await app.objects.account.delete(made.id)
    await settled()
    expect(heard.map(told)).toEqual([
      'record.created.account Kelp & Sons',
      'record.updated.account Kelp & Daughters',
      'record.deleted.account Kelp & Daughters',
    ])
    expect(heard[1]?.payload).toMatchObject({ object: 'account', id: made.id, previous: { name: 'Kelp & Sons' }, user: 'u1' })
    stop()
    await app.objects.account.create({ name: 'Unheard' })
    await settled()
    expect(heard).toHaveLength(3)
  })

  test('are not told of what is undone', async () => {
    const heard: string[] = []
    const stop = app.events.on('record.created.*', (event) => heard.push(told(event as BusEvent)))
    await app
      .transaction(async () => {
        await app.objects.account.create({ name: 'Never' })
        throw new Error('undo')
      })
      .catch(() => undefined)
    await app.transaction(async () => {
      await app.objects.account.create({ name: 'Kept' })
      expect(heard).toEqual([])
    })
    await settled()
    expect(heard).toEqual(['record.created.account Kept'])
    stop()
  })

  test('of many records are told one by one, in order', async () => {
    const heard: string[] = []
    const stop = app.events.on('record.*', (event) => heard.push(told(event as BusEvent)))
    await app.objects.account.createMany(['a', 'b', 'c'].map((name) => ({ name })))
    await app.objects.account.updateMany({ name: { $in: ['a', 'c'] } }, { industry: 'research' } as never).catch(() => undefined)
    await settled()
    expect(heard.slice(0, 3)).toEqual(['a', 'b', 'c'].map((name) => `record.created.account ${name}`))
    stop()
  })

  test('are typed by object', () => {
    app.events.on('record.created.account', ({ payload }) => expectTypeOf(payload.record).toEqualTypeOf<Account>())()
    app.events.on('plugin:failed', ({ payload }) => expectTypeOf(payload.phase).toEqualTypeOf<'install' | 'start' | 'stop'>())()
  })
})

test('what is kept is replayed to those who come later', async () => {
  // Without plugins: what the sample's write when they start would be kept, too.
  const compiled = await compiledApp({ 'schemas/account.object.yml': 'name: account\nfields:\n  name: { type: text }\n' })
  const module = (await import(pathToFileURL(join(compiled.folder, 'index.ts')).href)) as { createApp: typeof createApp }
  const app = await module.createApp({ datasource: ':memory:', events: { keep: 2 } })
  for (const name of ['one', 'two', 'three']) await app.objects.account.create({ name })
  await settled()
  const heard: string[] = []
  app.events.on('record.*', (event) => heard.push(told(event as BusEvent)), { replay: {} })
  expect(heard).toEqual(['record.created.account two', 'record.created.account three'])
  await app.close()
  compiled.remove()
})
