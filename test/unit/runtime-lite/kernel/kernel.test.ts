import { describe, expect, test } from 'vitest'
import type { App } from '../../../../runtime-lite/app/app.ts'
import type { AppEvents } from '../../../../runtime-lite/events/app-events.ts'
import { createEventBus } from '../../../../runtime-lite/events/event-bus.ts'
import { createPluginKernel, type KernelOptions } from '../../../../runtime-lite/kernel/kernel.ts'
import { KernelError } from '../../../../runtime-lite/kernel/kernel-error.ts'
import type { KernelPlan } from '../../../../runtime-lite/kernel/kernel-plan.ts'
import type { PluginContext } from '../../../../runtime-lite/kernel/plugin.ts'
import { createMetadata } from '../../../../runtime-lite/metadata/metadata.ts'
import { createRegistry } from '../../../../runtime-lite/registry.ts'

type Phase = 'install' | 'start' | 'stop'

/** Three plugins: b needs a, c needs b. `act` is called for each phase of each. */
function chain(act: (name: string, phase: Phase, context: PluginContext) => unknown): KernelPlan {
  const names = ['a', 'b', 'c']
  const run = (phase: Phase, order: readonly string[]) => async (run: Parameters<NonNullable<KernelPlan['install']>>[0]) => {
    for (const name of order) await run.call(name, (context) => act(name, phase, context))
  }
  return {
    plugins: names.map((name, index) => ({
      name,
      version: '1.0.0',
      config: { of: name },
      ...(index === 0 ? {} : { dependencies: [{ name: names[index - 1] ?? '', range: '*' }] }),
    })),
    install: run('install', names),
    start: run('start', names),
    stop: run('stop', names.toReversed()),
  }
}

const told: string[] = []
const events = createEventBus<AppEvents>({ onError: (error) => Promise.reject(error) })
events.on('*', ({ name, payload }) => told.push(`${name} ${(payload as { name?: string }).name ?? ''}`.trim()))
const app = { events, unregisterHooks: () => 0, unregisterActions: () => 0 } as unknown as App
const metadata = createMetadata(createRegistry([]))
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

function started(plan: KernelPlan, options: KernelOptions = {}) {
  return createPluginKernel(plan, app, metadata, { logger: quiet, ...options })
}

describe('life of plugins', () => {
  test('all are installed, then all are started; they stop the other way round', async () => {
    const calls: string[] = []
    const kernel = started(chain((name, phase, { config }) => calls.push(`${phase} ${name} ${JSON.stringify(config)}`)))
    told.length = 0
    await kernel.start()
    expect(kernel.state).toBe('started')
    await kernel.stop()
    await kernel.stop()
    expect(told).toEqual([
      ...['installed', 'started'].flatMap((state) => ['a', 'b', 'c'].map((name) => `plugin:${state} ${name}`)),
      'kernel:started',
      ...['c', 'b', 'a'].map((name) => `plugin:stopped ${name}`),
      'kernel:stopped',
    ])
    expect(calls.map((call) => call.split(' ').slice(0, 2).join(' '))).toEqual([
      ...['install a', 'install b', 'install c', 'start a', 'start b', 'start c'],
      ...['stop c', 'stop b', 'stop a'],
    ])
    expect(calls[0]).toBe('install a {"of":"a"}')
    expect(kernel.plugins.map(({ state }) => state)).toEqual(['stopped', 'stopped', 'stopped'])
  })

  const steps = (['install', 'start'] as const).flatMap((phase) => ['a', 'b', 'c'].map((name) => ({ phase, name })))

  test.each(steps)('when $name fails to $phase, what was installed is stopped again', async ({ phase: failing, name: failed }) => {
    const calls: string[] = []
    const cause = new Error('no more room')
    const kernel = started(
      chain((name, phase) => {
        calls.push(`${phase} ${name}`)
        if (name === failed && phase === failing) throw cause
      }),
    )
    const error = await kernel.start().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(KernelError)
    expect(error).toMatchObject({ component: failed, phase: failing, cause })
    expect((error as Error).message).toBe(`The plugin "${failed}" failed to ${failing}: no more room.`)
    const installed = calls.filter((call) => call.startsWith('install ') && call !== `install ${failing === 'install' ? failed : ''}`)
    const stopped = calls.filter((call) => call.startsWith('stop '))
    expect(stopped).toEqual(installed.map((call) => call.replace('install', 'stop')).toReversed())
    expect(kernel.state).toBe('failed')
    expect(kernel.plugins.find(({ name }) => name === failed)?.state).toBe('failed')
    for (const { name, state } of kernel.plugins)
      if (name !== failed) expect(state).toBe(stopped.includes(`stop ${name}`) ? 'stopped' : 'registered')
  })

  test('a plugin that fails to stop is reported and keeps nobody else from stopping', async () => {
    const calls: string[] = []
    const errors: string[] = []
    const plan = chain((name, phase) => {
      calls.push(`${phase} ${name}`)
      if (name === 'b' && phase === 'stop') throw new Error('stuck')
    })
    const kernel = started(plan, { logger: { ...quiet, error: (message) => errors.push(message) } })
    await kernel.start()
    await kernel.stop()
    expect(calls.slice(-3)).toEqual(['stop c', 'stop b', 'stop a'])
    expect(errors).toEqual(['The plugin "b" failed to stop: stuck.'])
    expect(kernel.plugins.map(({ state }) => state)).toEqual(['stopped', 'failed', 'stopped'])
  })

  test('a phase that takes too long fails, and says so', async () => {
    const waiting: (() => void)[] = []
    const clock = {
      after(_: number, call: () => void) {
        waiting.push(call)
        return () => undefined
      },
    }
    const kernel = started(
      chain((name, phase) => (name === 'b' && phase === 'start' ? new Promise(() => waiting.at(-1)?.()) : undefined)),
      { phaseTimeoutMs: 250, clock },
    )
    await expect(kernel.start()).rejects.toThrow('The plugin "b" did not start within 250 ms.')
    expect(kernel.plugins.map(({ state }) => state)).toEqual(['stopped', 'failed', 'stopped'])
  })

  test('plugins that need nothing of each other run side by side, and all end before the first error goes on', async () => {
    const calls: string[] = []
    const plan: KernelPlan = {
      plugins: [{ name: 'a' }, { name: 'b' }],
      async install({ call, together }) {
        await together(
          call('a', async () => {
            calls.push('a begins')
            await Promise.resolve()
            throw new Error('a broke')
          }),
          call('b', async () => {
            calls.push('b begins')
            for (let turn = 0; turn < 10; turn++) await Promise.resolve()
            calls.push('b ends')
          }),
        )
      },
      stop: ({ call }) => call('b', () => void calls.push('b stops')),
    }
    await expect(started(plan).start()).rejects.toThrow('The plugin "a" failed to install: a broke.')
    expect(calls).toEqual(['a begins', 'b begins', 'b ends', 'b stops'])
  })

  test('their signal is aborted before they are stopped', async () => {
    const seen: boolean[] = []
    const kernel = started(chain((_, __, { signal }) => seen.push(signal.aborted)))
    await kernel.start()
    await kernel.stop()
    expect(seen).toEqual([...Array.from({ length: 6 }, () => false), true, true, true])
  })
})

describe('restart', () => {
  test('takes along whoever needs the plugin, with new contexts', async () => {
    const calls: string[] = []
    const contexts = new Set<PluginContext>()
    const kernel = started(
      chain((name, phase, context) => {
        calls.push(`${phase} ${name}`)
        contexts.add(context)
      }),
    )
    await kernel.start()
    calls.length = 0
    await kernel.restart('b')
    expect(calls).toEqual(['stop c', 'stop b', 'install b', 'install c', 'start b', 'start c'])
    expect(contexts.size).toBe(5)
    expect(kernel.plugins.map(({ state }) => state)).toEqual(['started', 'started', 'started'])
    await expect(kernel.restart('nobody')).rejects.toThrow('The plugin "nobody" is not part of this application.')
  })

  test('follows capabilities as well as names', async () => {
    const calls: string[] = []
    const plan: KernelPlan = {
      plugins: [{ name: 'mailer', provides: ['mail'] }, { name: 'digest', requires: ['mail'] }, { name: 'other' }],
      async start({ call }) {
        for (const name of ['mailer', 'digest', 'other']) await call(name, () => void calls.push(name))
      },
    }
    const kernel = started(plan)
    await kernel.start()
    calls.length = 0
    await kernel.restart('mailer')
    expect(calls).toEqual(['mailer', 'digest'])
  })
})

describe('services', () => {
  test('are given by one plugin, and gone with it', async () => {
    const kernel = started(
      chain((name, phase, { services }) => {
        if (name === 'a' && phase === 'install') services.provide('mail', { from: 'a' })
        if (name === 'b' && phase === 'start') expect(services.get('mail')).toEqual({ from: 'a' })
        if (name === 'c' && phase === 'start') services.provide('mail', {})
      }),
    )
    const error = await kernel.start().catch((thrown: unknown) => thrown)
    expect((error as Error).message).toBe('The plugin "c" provides the service "mail", which "a" provides already.')
    let names: readonly string[] = []
    const later = started(
      chain((_, __, { services }) => {
        names = services.names()
      }),
    )
    await later.start()
    expect(names).toEqual([])
  })

  test('are asked for by name', async () => {
    const kernel = started(chain((_, __, { services }) => services.get('mail')))
    await expect(kernel.start()).rejects.toThrow('The plugin "a" wants the service "mail", which nobody provides.')
  })
})

test('health is asked of each plugin, within a time limit', async () => {
  const plan: KernelPlan = {
    plugins: [{ name: 'fine', version: '1.2.3' }, { name: 'slow' }, { name: 'broken' }, { name: 'silent' }],
    health: {
      fine: () => ({ status: 'ok' }),
      slow: async () => ({ status: 'degraded', detail: '3 seconds behind' }),
      broken: () => {
        throw new Error('no connection')
      },
    },
  }
  const kernel = started(plan)
  expect((await kernel.health())[0]).toEqual({
    name: 'fine',
    version: '1.2.3',
    state: 'registered',
    status: 'failed',
    detail: 'It is registered.',
  })
  await kernel.start()
  expect((await kernel.health()).map(({ name, status, detail }) => [name, status, detail])).toEqual([
    ['fine', 'ok', undefined],
    ['slow', 'degraded', '3 seconds behind'],
    ['broken', 'failed', 'no connection'],
    ['silent', 'ok', undefined],
  ])
})
