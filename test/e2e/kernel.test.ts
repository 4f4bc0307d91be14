import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AppManifest } from '../../runtime-lite/app/app-manifest.ts'
import { createKernel, KernelError, type Plugin } from '../../runtime-lite/kernel/index.ts'
import { postgres } from '../../runtime-lite/postgres/index.ts'
import { type CompiledApp, compiledApp } from '../support/compiled-app.ts'
import { isReachable, postgres as server } from '../support/database-servers.ts'

let compiled: CompiledApp
let manifest: AppManifest

const calls: string[] = []

beforeAll(async () => {
  Object.assign(globalThis, { __kernelCalls: calls })
  compiled = await compiledApp(
    {
      'schemas/note.object.yml': 'name: note\nfields:\n  title: { type: text, required: true }\n',
      'schemas/inside.plugin.js': `
const note = (call) => globalThis.__kernelCalls.push(call)
export default {
  name: 'inside', version: '1.0.0', provides: ['clock'],
  install: ({ services }) => { note('install inside'); services.provide('clock', () => 12) },
  start: () => note('start inside'),
  stop: () => note('stop inside'),
}`,
    },
    ['sqlite', 'postgres'],
  )
  ;({ manifest } = (await import(pathToFileURL(`${compiled.folder}/index.ts`).href)) as { manifest: AppManifest })
}, 60_000)

afterAll(() => compiled?.remove())

/** Needs what the application's own plugin gives, listens, and is around writes. */
const outside = (): Plugin => ({
  name: 'outside',
  version: '2.0.0',
  dependencies: { inside: '^1.0.0' },
  requires: ['clock'],
  configSchema: { type: 'object', properties: { greeting: { type: 'string', default: 'Hello' } } },
  middleware: [
    {
      name: 'shout',
      on: 'create',
      execute: async (context, next) => {
        Object.assign(context.data ?? {}, { title: String(context.data?.['title']).toUpperCase() })
        return next()
      },
    },
  ],
  hooks: [{ object: 'note', events: ['beforeCreate'], handler: () => calls.push('hook') }],
  install: ({ services, config }) => calls.push(`install outside ${services.get<() => number>('clock')()} ${JSON.stringify(config)}`),
  start: async ({ app }) => calls.push(`start outside ${await (app.objects as { note: { count(): Promise<number> } }).note.count()}`),
  stop: () => calls.push('stop outside'),
  health: () => ({ status: 'degraded', detail: 'hoarse' }),
})

interface Notes {
  readonly note: { create(values: object): Promise<{ title: string }>; count(): Promise<number> }
}

describe('a kernel without generated code around it', () => {
  test('runs a compiled application with its own plugins and others', async () => {
    calls.length = 0
    const database = new DatabaseSync(':memory:')
    const told: string[] = []
    const kernel = createKernel([outside(), database, manifest])
    await kernel.start()
    const app = kernel.app()
    app.events.on('*', ({ name }) => told.push(name))
    expect(calls).toEqual(['install inside', 'install outside 12 {"greeting":"Hello"}', 'start inside', 'start outside 0'])
    expect(app.kernel?.state).toBe('started')
    calls.length = 0
    const { note } = app.objects as unknown as Notes
    expect(await note.create({ title: 'loud' })).toMatchObject({ title: 'LOUD' })
    expect(calls).toEqual(['hook'])
    expect(database.prepare('select title from note').all()).toEqual([{ title: 'LOUD' }])
    expect((await kernel.health()).map(({ kind, name, state, status, detail }) => [kind, name, state, status, detail])).toEqual([
      ['application', 'test', 'started', 'ok', undefined],
      ['driver', 'sqlite', 'connected', 'ok', undefined],
      ['plugin', 'inside', 'started', 'ok', undefined],
      ['plugin', 'outside', 'started', 'degraded', 'hoarse'],
    ])
    calls.length = 0
    await kernel.restart('inside')
    expect(calls).toEqual([
      ...['stop outside', 'stop inside', 'install inside', 'install outside 12 {"greeting":"Hello"}', 'start inside', 'start outside 1'],
    ])
    // Once more, not twice.
    expect(await note.create({ title: 'again' })).toMatchObject({ title: 'AGAIN' })
    expect(calls.filter((call) => call === 'hook').length).toBe(1)
    await expect(kernel.restart('nobody')).rejects.toThrow(KernelError)
    calls.length = 0
    const wild = { ...outside(), install: () => calls.push('install wild'), start: () => Promise.reject(new Error('too wild')) }
    await expect(kernel.restart('outside', wild)).rejects.toThrow('The plugin "outside" failed to start: too wild.')
    expect(calls).toEqual([
      ...['stop outside', 'install wild', 'stop outside', 'install outside 12 {"greeting":"Hello"}', 'start outside 2'],
    ])
    expect(app.kernel?.plugins.map(({ state }) => state)).toEqual(['started', 'started'])
    calls.length = 0
    await kernel.restart('outside', { ...outside(), start: () => calls.push('start tame') })
    expect(calls).toEqual(['stop outside', 'install outside 12 {"greeting":"Hello"}', 'start tame'])
    calls.length = 0
    await note.create({ title: 'once' })
    expect(calls).toEqual(['hook'])
    await expect(kernel.restart('outside', { ...outside(), name: 'other' })).rejects.toThrow('is not replaced by "other"')
    await expect(kernel.restart('inside', outside())).rejects.toThrow('The plugin "inside" is compiled into its application')
    calls.length = 0
    told.length = 0
    await kernel.stop()
    expect(calls).toEqual(['stop outside', 'stop inside'])
    expect(told).toEqual(['plugin:stopped', 'plugin:stopped', 'kernel:stopped'])
    expect(database.isOpen).toBe(false)
    expect(() => kernel.app()).toThrow('The application "test" is stopped.')
  })

  test('starts and stops an application alone, in memory', async () => {
    const kernel = createKernel([manifest], { applications: { test: { events: { keep: 10 } } } })
    await kernel.start()
    const { note } = kernel.app('test').objects as unknown as Notes
    await note.create({ title: 'x' })
    expect(kernel.app().events.replay('record.*').length).toBe(1)
    expect(() => kernel.app('other')).toThrow('There is no application "other". There are: test.')
    await kernel.stop()
  })

  test('code of another compiler is not run', async () => {
    const kernel = createKernel([{ ...manifest, contract: 99 }])
    await expect(kernel.start()).rejects.toThrow('The application "test" failed to load: Its code speaks contract 99')
  })

  test.runIf(isReachable(server))('connects to PostgreSQL before anything is installed, and leaves nothing open', async () => {
    const scratch = server.create('kernel')
    try {
      const url = `postgres://postgres@127.0.0.1/${scratch.name}`
      calls.length = 0
      const kernel = createKernel([await postgres(url), manifest])
      await kernel.start()
      const { note } = kernel.app().objects as unknown as Notes
      await note.create({ title: 'x' })
      expect(await note.count()).toBe(1)
      await kernel.stop()
      expect(
        scratch.run(`select count(*) from pg_stat_activity where datname = '${scratch.name}' and pid <> pg_backend_pid();`).trim(),
      ).toBe('0')
      const away = await postgres(url)
      await away.close()
      calls.length = 0
      const second = createKernel([away, manifest])
      await expect(second.start()).rejects.toMatchObject({ name: 'KernelError', kind: 'driver', component: 'postgres', phase: 'connect' })
      expect(calls).toEqual([])
    } finally {
      scratch.drop()
    }
  })
})
