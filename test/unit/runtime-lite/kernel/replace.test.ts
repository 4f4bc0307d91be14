import { describe, expect, test } from 'vitest'
import type { App } from '../../../../runtime-lite/app/app.ts'
import type { AppEvents } from '../../../../runtime-lite/events/app-events.ts'
import { createEventBus } from '../../../../runtime-lite/events/event-bus.ts'
import { createPluginKernel, type Exchange, type KernelOptions } from '../../../../runtime-lite/kernel/kernel.ts'
import type { KernelError } from '../../../../runtime-lite/kernel/kernel-error.ts'
import type { KernelPlan, PhaseRun, PluginFacts } from '../../../../runtime-lite/kernel/kernel-plan.ts'
import type { PluginContext } from '../../../../runtime-lite/kernel/plugin.ts'
import { createMetadata } from '../../../../runtime-lite/metadata/metadata.ts'
import { createRegistry } from '../../../../runtime-lite/registry.ts'

type Phase = 'install' | 'start' | 'stop'
type Act = (phase: Phase, context: PluginContext) => unknown

/** The code of a plugin: what a module exports. */
const code = (label: string, act: Act = () => undefined) => ({ label, act })
type Code = ReturnType<typeof code>

/** base, then middle (needs base) and top (needs middle), and beside (needs nobody). */
const NEEDS: { readonly [name: string]: readonly string[] } = { base: [], middle: ['base'], top: ['middle'], beside: [] }
const ORDER = Object.keys(NEEDS)

interface World {
  readonly calls: string[]
  plan(code: { readonly [name: string]: Code }, facts?: { readonly [name: string]: Partial<PluginFacts> }): KernelPlan
}

function createWorld(): World {
  const calls: string[] = []
  return {
    calls,
    plan(codeByName, facts = {}) {
      const run = (phase: Phase, order: readonly string[]) => async (run: PhaseRun) => {
        for (const name of order)
          await run.call(name, (context) => {
            calls.push(`${phase} ${name} ${codeByName[name]?.label}`)
            return codeByName[name]?.act(phase, context)
          })
      }
      return {
        plugins: ORDER.map((name) => ({
          name,
          dependencies: (NEEDS[name] ?? []).map((needed) => ({ name: needed, range: '*' })),
          ...facts[name],
        })),
        code: codeByName,
        install: run('install', ORDER),
        start: run('start', ORDER),
        stop: run('stop', ORDER.toReversed()),
      }
    },
  }
}

const metadata = createMetadata(createRegistry([]))
const V1 = { base: code('1'), middle: code('1'), top: code('1'), beside: code('1') }

async function started(plan: KernelPlan, options: KernelOptions = {}) {
  const told: string[] = []
  /** Packages of what is registered. */
  const hooks: string[] = []
  const unregister = (name: string): number => hooks.splice(0, hooks.length, ...hooks.filter((other) => other !== name)).length
  const app = {
    events: createEventBus<AppEvents>({ onError: (error) => Promise.reject(error) }),
    on: (_event: string, _object: string, _handler: unknown, name: string) => void hooks.push(name),
    unregisterHooks: unregister,
    unregisterActions: unregister,
  } as unknown as App
  const log = (message: string): void => void told.push(message)
  const kernel = createPluginKernel(plan, app, metadata, { logger: { debug: log, info: log, warn: log, error: log }, ...options })
  await kernel.start()
  return { kernel, app, told, hooks }
}

const failing = (label: string, at: Phase, how: () => unknown = () => Promise.reject(new Error(`no ${at}`))): Code =>
  code(label, (phase) => (phase === at ? how() : undefined))
const statesOf = (kernel: Awaited<ReturnType<typeof started>>['kernel']) => kernel.plugins.map(({ name, state }) => `${name} ${state}`)
const ALL_STARTED = ORDER.map((name) => `${name} started`)

/** A clock on which a time limit is over as soon as somebody waits for it. */
const hasty: NonNullable<KernelOptions['clock']> = {
  after(_, call) {
    const timer = setTimeout(call, 1)
    return () => clearTimeout(timer)
  },
}

describe('another version of a plugin', () => {
  test('is installed and started with whoever needs it; others notice nothing', async () => {
    const world = createWorld()
    const acted: string[] = []
    const beside = code('1', (phase, { signal }) => void acted.push(`${phase} ${signal.aborted}`))
    const { kernel } = await started(world.plan({ ...V1, beside }))
    world.calls.length = 0
    acted.length = 0
    const outcome = await kernel.replace(world.plan({ ...V1, beside, middle: code('2') }))
    expect(outcome).toEqual({ kind: 'replaced', plugins: ['middle', 'top'] })
    expect(world.calls).toEqual([...['stop top 1', 'stop middle 1', 'install middle 2', 'install top 1', 'start middle 2', 'start top 1']])
    expect(acted).toEqual([])
    expect(statesOf(kernel)).toEqual(ALL_STARTED)
    world.calls.length = 0
    await kernel.stop()
    expect(world.calls).toEqual(['stop beside 1', 'stop top 1', 'stop middle 2', 'stop base 1'])
  })

  test('is what has other facts, too; nothing at all is restarted where nothing differs', async () => {
    const world = createWorld()
    const { kernel } = await started(world.plan(V1, { beside: { config: { days: 1 } } }))
    world.calls.length = 0
    expect(await kernel.replace(world.plan(V1, { beside: { config: { days: 1 } } }))).toEqual({ kind: 'replaced', plugins: [] })
    expect(world.calls).toEqual([])
    expect(await kernel.replace(world.plan(V1, { beside: { config: { days: 2 } } }))).toEqual({ kind: 'replaced', plugins: ['beside'] })
  })

  test('takes along who needed it before, and who needs it from now on', async () => {
    const world = createWorld()
    const { kernel } = await started(world.plan(V1))
    const needless = { top: { dependencies: [] }, beside: { dependencies: [{ name: 'middle', range: '*' }] } }
    expect(await kernel.replace(world.plan({ ...V1, middle: code('2') }, needless))).toEqual({
      kind: 'replaced',
      plugins: ['middle', 'top', 'beside'],
    })
  })

  test('is refused by a kernel that does not run, and in a plan of other plugins', async () => {
    const world = createWorld()
    const { kernel } = await started(world.plan(V1))
    const fewer = world.plan({ ...V1, base: code('2') })
    await expect(kernel.replace({ ...fewer, plugins: fewer.plugins.slice(1) })).rejects.toThrow('other plugins')
    await kernel.stop()
    await expect(kernel.replace(fewer)).rejects.toThrow('The plugin "base" is not replaced in a kernel that is stopped.')
  })

  test('finds its code exchanged between the stop of the old one and its own install', async () => {
    const world = createWorld()
    const { kernel } = await started(world.plan(V1))
    world.calls.length = 0
    const exchange: Exchange = async () => {
      world.calls.push('exchange')
      return () => void world.calls.push('put back')
    }
    await kernel.replace(world.plan({ ...V1, beside: code('2') }), exchange)
    expect(world.calls).toEqual(['stop beside 1', 'exchange', 'install beside 2', 'start beside 2'])
    world.calls.length = 0
    await kernel.replace(world.plan({ ...V1, beside: failing('3', 'start') }), exchange)
    expect(world.calls).toEqual([
      ...['stop beside 2', 'exchange', 'install beside 3', 'start beside 3', 'stop beside 3'],
      ...['put back', 'install beside 2', 'start beside 2'],
    ])
  })
})

describe('a version that fails', () => {
  const cases: readonly {
    readonly at: Phase
    readonly how: string
    readonly code: Code
    readonly says: string
    readonly options?: KernelOptions
  }[] = [
    { at: 'install', how: 'throws', code: failing('2', 'install'), says: 'The plugin "middle" failed to install: no install.' },
    { at: 'start', how: 'throws', code: failing('2', 'start'), says: 'The plugin "middle" failed to start: no start.' },
    {
      at: 'install',
      how: 'takes too long',
      code: failing('2', 'install', () => new Promise(() => undefined)),
      says: 'The plugin "middle" did not install within 10 ms.',
      options: { phaseTimeoutMs: 10, clock: hasty },
    },
    {
      at: 'start',
      how: 'takes too long',
      code: failing('2', 'start', () => new Promise(() => undefined)),
      says: 'The plugin "middle" did not start within 10 ms.',
      options: { phaseTimeoutMs: 10, clock: hasty },
    },
  ]
  test.each(cases)('$at $how: the one before runs again', async ({ at, code: second, says, options }) => {
    const world = createWorld()
    const { kernel } = await started(world.plan(V1), options)
    world.calls.length = 0
    const outcome = await kernel.replace(world.plan({ ...V1, middle: second }))
    expect(outcome).toMatchObject({ kind: 'kept', plugins: ['middle', 'top'] })
    const { error } = outcome as { error: KernelError }
    expect([error.message, error.component, error.phase]).toEqual([says, 'middle', at])
    expect(world.calls.filter((call) => call.includes('base') || call.includes('beside'))).toEqual([])
    expect(world.calls.slice(-4)).toEqual(['install middle 1', 'install top 1', 'start middle 1', 'start top 1'])
    // What of the failed version was installed has been stopped.
    expect(world.calls.filter((call) => call === 'stop middle 2').length).toBe(at === 'start' ? 1 : 0)
    expect(statesOf(kernel)).toEqual(ALL_STARTED)
    // The next one is tried again.
    expect(await kernel.replace(world.plan({ ...V1, middle: code('3') }))).toMatchObject({ kind: 'replaced' })
    expect(world.calls.at(-2)).toBe('start middle 3')
  })

  test('of which somebody who needs it fails: both go back', async () => {
    const world = createWorld()
    let version = '1'
    const top = code('1', (phase) => {
      if (phase === 'start' && version === '2') throw new Error('cannot work with this')
    })
    const { kernel } = await started(world.plan({ ...V1, top }))
    world.calls.length = 0
    const second = code('2', (phase) => {
      version = phase === 'stop' ? '1' : '2'
    })
    const outcome = await kernel.replace(world.plan({ ...V1, top, middle: second }))
    expect(outcome).toMatchObject({ kind: 'kept', error: { component: 'top', phase: 'start' } })
    expect(world.calls.slice(-6)).toEqual([
      ...['stop top 1', 'stop middle 2', 'install middle 1', 'install top 1', 'start middle 1', 'start top 1'],
    ])
  })

  test('of which the code cannot be put in place: the one before runs again', async () => {
    const world = createWorld()
    const { kernel } = await started(world.plan(V1))
    const outcome = await kernel.replace(world.plan({ ...V1, beside: code('2') }), () => Promise.reject(new Error('no such module')))
    expect(outcome).toMatchObject({ kind: 'kept', error: { message: 'no such module' } })
    expect(world.calls.slice(-3)).toEqual(['stop beside 1', 'install beside 1', 'start beside 1'])
    expect(statesOf(kernel)).toEqual(ALL_STARTED)
  })

  test('and the one before does not start again either: both reasons are told, and a third version mends it', async () => {
    const world = createWorld()
    let starts = 0
    const once = code('1', (phase) => {
      if (phase === 'start' && ++starts > 1) throw new Error('only once')
    })
    const { kernel } = await started(world.plan({ ...V1, middle: once }))
    const outcome = await kernel.replace(world.plan({ ...V1, middle: failing('2', 'start') }))
    expect(outcome).toMatchObject({
      kind: 'lost',
      plugins: ['middle', 'top'],
      error: { message: 'The plugin "middle" failed to start: no start.' },
      second: { message: 'The plugin "middle" failed to start: only once.' },
    })
    expect(statesOf(kernel)).toEqual(['base started', 'middle failed', 'top stopped', 'beside started'])
    // Those that do not run are started, whoever it is that is replaced.
    const third = await kernel.replace(world.plan({ ...V1, middle: code('3') }))
    expect(third).toEqual({ kind: 'replaced', plugins: ['middle', 'top'] })
    expect(statesOf(kernel)).toEqual(ALL_STARTED)
  })
})

describe('the old version', () => {
  test.each([
    { how: 'throws', old: failing('1', 'stop'), says: 'The plugin "middle" failed to stop: no stop.' },
    {
      how: 'does not end',
      old: failing('1', 'stop', () => new Promise(() => undefined)),
      says: 'The plugin "middle" did not stop within 10 ms.',
    },
  ])('$how while it is stopped: that is told, and the next one starts', async ({ old, says }) => {
    const world = createWorld()
    const { kernel, told } = await started(world.plan({ ...V1, middle: old }), { phaseTimeoutMs: 10, clock: hasty })
    const outcome = await kernel.replace(world.plan({ ...V1, middle: code('2') }))
    expect(outcome).toEqual({ kind: 'replaced', plugins: ['middle', 'top'] })
    expect(told).toEqual([says])
    expect(statesOf(kernel)).toEqual(ALL_STARTED)
  })

  test('leaves nothing behind: hooks, listeners and services go with it', async () => {
    const world = createWorld()
    const heard: string[] = []
    const registering = (label: string): Code =>
      code(label, (phase, { app, events, services }) => {
        if (phase === 'install') services.provide('greeting', label)
        if (phase !== 'start') return
        app.on('beforeCreate', 'account', () => undefined, 'middle')
        events.on('record.*' as never, () => void heard.push(label))
      })
    const greeting: unknown[] = []
    const beside = code('1', (phase, { services }) => void (phase === 'install' && greeting.push(services)))
    const { kernel, app, hooks } = await started(world.plan({ ...V1, middle: registering('1'), beside }))
    expect(hooks).toEqual(['middle'])
    await kernel.replace(world.plan({ ...V1, middle: registering('2'), beside }))
    expect(hooks).toEqual(['middle'])
    app.events.emit('record.created' as never, {} as never)
    expect(heard).toEqual(['2'])
    expect((greeting[0] as PluginContext['services']).get('greeting')).toBe('2')
    await kernel.stop()
    app.events.emit('record.created' as never, {} as never)
    expect([hooks, heard.length]).toEqual([[], 1])
  })

  test('that took too long registers nothing any more once it wakes up', async () => {
    const world = createWorld()
    let wake = (): void => undefined
    let refused: Promise<unknown> = Promise.resolve()
    const late = failing('2', 'install')
    late.act = (phase, { services, use, events }) => {
      if (phase !== 'install') return
      refused = new Promise<void>((resolve) => (wake = resolve)).then(() => {
        events.on('record.*' as never, () => expect.unreachable())
        return [() => services.provide('mail', 'late'), () => use({} as never)].map((register) => {
          try {
            register()
            return 'registered'
          } catch (error) {
            return (error as Error).message
          }
        })
      })
      return refused
    }
    const { kernel, app } = await started(world.plan(V1), { phaseTimeoutMs: 10, clock: hasty })
    expect(await kernel.replace(world.plan({ ...V1, beside: late }))).toMatchObject({ kind: 'kept' })
    wake()
    expect(await refused).toEqual(Array(2).fill('The plugin "beside" was stopped, and registers nothing any more.'))
    expect(app.events.emit('record.created' as never, {} as never)).toBe(0)
  })
})

describe('one after the other', () => {
  test('two replacements, a restart and the end do not mix', async () => {
    const world = createWorld()
    const { kernel } = await started(world.plan(V1))
    world.calls.length = 0
    const outcomes = await Promise.all([
      kernel.replace(world.plan({ ...V1, beside: code('2') })),
      kernel.replace(world.plan({ ...V1, beside: code('3') })),
      kernel.restart('beside'),
      kernel.stop(),
    ])
    expect(outcomes.slice(0, 2)).toEqual(Array(2).fill({ kind: 'replaced', plugins: ['beside'] }))
    expect(world.calls).toEqual([
      ...['stop beside 1', 'install beside 2', 'start beside 2'],
      ...['stop beside 2', 'install beside 3', 'start beside 3'],
      ...['stop beside 3', 'install beside 3', 'start beside 3'],
      ...['stop beside 3', 'stop top 1', 'stop middle 1', 'stop base 1'],
    ])
    expect(kernel.state).toBe('stopped')
  })
})
