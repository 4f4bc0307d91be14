import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { main } from '../../compiler/cli/main.ts'
import { PluginBuilder } from '../../compiler/plugin-sdk/index.ts'
import { invalid } from '../../compiler/plugin-sdk/problems.ts'
import {
  expectEmitted,
  expectHookOrder,
  expectProblem,
  expectRecord,
  failingPlugin,
  HarnessError,
  load,
  manualClock,
  mockNetwork,
  PluginTestHarness,
  pipelineSnapshot,
} from '../../compiler/plugin-testing/index.ts'
import type { ObjectApi } from '../../runtime-lite/app/object-api.ts'
import type { PluginContext } from '../../runtime-lite/kernel/plugin.ts'
import type { Reminders } from '../../schemas/work/reminders.plugin.ts'

const tmp = join(import.meta.dirname, '../../tmp')
mkdirSync(tmp, { recursive: true })
const cwd = mkdtempSync(join(tmp, 'plugin-testing-'))
afterAll(() => rmSync(cwd, { recursive: true, force: true }))

const left = (): readonly string[] => (existsSync(join(cwd, '.objectql')) ? readdirSync(join(cwd, '.objectql')) : [])

const note = { name: 'note', fields: { title: { type: 'text', required: true, maxLength: 20 }, size: { type: 'number', min: 0 } } } as const

const base = () =>
  new PluginBuilder<{ note: { id: string; title: string } }>()
    .name('base')
    .version('1.0.0')
    .hook(
      'beforeCreate',
      'note',
      ({ data }) => {
        if (data.title === 'bad') throw invalid('title', 'Not this one.')
      },
      { name: 'refuse_bad', priority: 20 },
    )
    .service('greeting', () => 'hello')
    .build()

const caller = () =>
  new PluginBuilder<{ note: { id: string; title: string } }>()
    .name('caller')
    .version('1.0.0')
    .dependency('base', '^1.0.0')
    .configSchema<{ url: string }>({ type: 'object', required: ['url'], properties: { url: { type: 'string' } } })
    .hook('beforeCreate', 'note', () => undefined, { name: 'look_first', priority: 10 })
    .on('record.created.note', async ({ payload }, { config, events, logger, services }) => {
      const { status } = await fetch(config.url, { method: 'POST', body: payload.record.title })
      logger.info(`told ${services.get<string>('greeting')}`, { status })
      events.emit('caller.told' as never, { id: payload.id } as never)
    })
    .build()

const harnessOf = () => new PluginTestHarness().withCwd(cwd).withObject(note)

describe('a harness', { timeout: 60_000 }, () => {
  test('runs several plugins in the order that is resolved, and sees what they do', async () => {
    using network = mockNetwork().on('POST', 'https://mail.example/*', { status: 202 })
    await using harness = await harnessOf()
      .withPlugin(caller(), { url: 'https://mail.example/send' })
      .withPlugin(base())
      .withFixture('note', [{ id: 'n0', title: 'there' }])
      .start()
    const notes = harness.app.objects['note'] as ObjectApi
    expect(harness.app.kernel?.plugins.map(({ name }) => name)).toEqual(['base', 'caller'])
    await expectRecord(harness.app, 'note', 'n0', { title: 'there' })
    const { id } = await notes.create({ title: 'second' })
    await expectRecord(harness.app, 'note', String(id), { title: /^sec/, size: null })
    expectHookOrder(harness.calls, ['caller.look_first', 'refuse_bad'])
    expect(harness.calls[0]).toEqual({ plugin: 'caller', hook: 'look_first', event: 'beforeCreate', object: 'note' })
    await expectProblem(notes.create({ title: 'bad' }), { status: 422, code: 'VALIDATION_ERROR', pointer: '/title', message: 'Not this' })
    await expect.poll(() => network.calls.map(({ body }) => body)).toEqual(['there', 'second'])
    await expect.poll(() => harness.logs).toHaveLength(2)
    expect(harness.logs[0]).toEqual({ level: 'info', message: 'told hello', details: { status: 202 } })
    expectEmitted(harness.events, 'record.created.note', { id, record: { title: 'second' } })
    expectEmitted(harness.events, 'caller.told', { id })
    expectEmitted(harness.events, 'plugin:started', { name: 'base' })
    const { folder } = harness
    expect(existsSync(folder)).toBe(true)
    await harness.stop()
    expect(existsSync(folder)).toBe(false)
  })

  test('tells the pipeline of an operation as the command line does', async () => {
    await using harness = await harnessOf().withPlugin(base()).start()
    const text = await pipelineSnapshot(harness, 'note.create')
    expect(text).toContain('beforeCreate')
    expect(text).toContain('refuse_bad')
    const printed: string[] = []
    const terminal = {
      out: (line: string) => void printed.push(line),
      err: () => undefined,
      hasColor: false,
      isInteractive: false,
      cwd: harness.folder,
      env: {},
    }
    expect(await main(['explain', 'pipeline', 'note.create'], terminal)).toBe(0)
    expect(printed.join('')).toBe(text)
    await expect(pipelineSnapshot(harness, 'nothing.create')).rejects.toThrow("there is no object 'nothing'")
  })

  test('throws every diagnostic with its place, and leaves nothing behind', async () => {
    const start = harnessOf()
      .withObject({ name: 'odd', fields: { to: { type: 'lookup', reference: 'nowhere' }, kind: { type: 'nonsense' as 'text' } } })
      .withPlugin(caller(), { url: 12 })
      .start()
    const error = (await start.then(
      () => undefined,
      (thrown: unknown) => thrown,
    )) as HarnessError
    expect(error).toBeInstanceOf(HarnessError)
    expect(error.message).toContain('odd.object.json')
    expect(error.diagnostics.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['plugin/missing', 'plugin/config', 'parse/unknown-type']),
    )
    for (const { message } of error.diagnostics) expect(error.message).toContain(message)
    expect(left()).toEqual([])
  })

  test('a plugin that fails to start rejects with its name, and leaves nothing behind', async () => {
    const broken = { name: 'broken', version: '1.0.0', start: () => Promise.reject(new Error('no licence')) }
    await expect(harnessOf().withPlugin(broken).start()).rejects.toMatchObject({ component: 'broken', phase: 'start' })
    expect(left()).toEqual([])
  })

  test('is told to fail in a phase: those before it are stopped, and nothing stays behind', async () => {
    for (const phase of ['install', 'start'] as const) {
      const stopped: string[] = []
      const part = (name: string, dependencies: object) => ({ name, version: '1.0.0', dependencies, stop: () => void stopped.push(name) })
      const starting = harnessOf()
        .withPlugin({ ...part('first', {}), install: () => undefined })
        .withPlugin(failingPlugin(part('second', { first: '*' }), phase, new Error('torn')))
        .start()
      await expect(starting).rejects.toMatchObject({ component: 'second', phase, cause: { message: 'torn' } })
      expect(stopped).toContain('first')
      expect(left()).toEqual([])
    }
  })

  test('time is in the hands of the test', async () => {
    const clock = manualClock()
    const slow = { name: 'slow', version: '1.0.0', start: () => new Promise(() => undefined) }
    const starting = harnessOf().withPlugin(slow).withClock(clock).start()
    starting.catch(() => undefined)
    await expect.poll(() => clock.waiting, { timeout: 10_000 }).toBe(1)
    clock.advance(29_999)
    expect(clock.waiting).toBe(1)
    clock.advance(1)
    await expect(starting).rejects.toMatchObject({ component: 'slow', phase: 'start' })
  })

  test('makes records that its application accepts or refuses', async () => {
    await using harness = await harnessOf().start()
    const notes = harness.app.objects['note'] as ObjectApi
    const builder = harness.dataBuilder('note')
    for (const record of builder.many(5)) await notes.create(record)
    for (const { record } of builder.boundary()) await notes.create(record)
    const refused = builder.invalid()
    expect(refused.map(({ code }) => code)).toEqual(expect.arrayContaining(['required', 'max_length', 'min', 'type']))
    for (const { record, code, pointer } of refused) await expectProblem(() => notes.create(record), { status: 422, pointer, issue: code })
    expect(await harness.object('note').count()).toBeGreaterThan(5)
    expect(() => harness.object('other')).toThrow('There is no object "other". There are: note.')
    expect(() => harness.dataBuilder('other')).toThrow('There is no object "other". There are: note.')
  })

  test('takes load over real connections', async () => {
    await using harness = await harnessOf()
      .withFixture('note', [{ id: 'n1', title: 'there' }])
      .start()
    const { count, errors, failures } = await load(harness.app, {
      ...{ connections: 4, requests: 60 },
      request: (index) => ({ path: index % 3 === 0 ? '/api/note/nowhere' : '/api/note/n1' }),
    })
    expect({ count, errors, failures }).toEqual({ count: 60, errors: 20, failures: { 'status 404': 20 } })
    await expect(load(harness.app, { connections: 5000, request: { path: '/' } })).rejects.toThrow(RangeError)
  })

  test('runs the reminders of the sample application from where they are', async () => {
    await using harness = await harnessOf()
      .withPlugin(new URL('../../schemas/work/reminders.plugin.ts', import.meta.url), { sender: 'desk@example.com' })
      .withObject({
        name: 'task',
        fields: { subject: { type: 'text' }, is_done: { type: 'boolean', defaultValue: false }, due_on: { type: 'date' } },
      })
      .withFixture('task', [
        { subject: 'late', due_on: '2024-01-02' },
        { subject: 'later', due_on: '2024-01-03' },
        { subject: 'done', due_on: '2024-01-01', is_done: true },
      ])
      .withPlugin({
        name: 'asking',
        version: '1.0.0',
        requires: ['reminders'],
        start: ({ events, services }: PluginContext) =>
          events.on('ask', async () => events.emit('told', await services.get<Reminders>('reminders').dueUntil('2024-01-02'))),
      })
      .start()
    harness.app.events.emit('ask', {})
    await expect.poll(() => harness.events.find(({ name }) => name === 'told')?.payload).toEqual(['late'])
  })
})
