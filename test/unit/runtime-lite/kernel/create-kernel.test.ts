import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { coreOf } from '../../../../runtime-lite/app/app.ts'
import { type AppManifest, CONTRACT } from '../../../../runtime-lite/app/app-manifest.ts'
import type { SqlDriver } from '../../../../runtime-lite/database/session.ts'
import {
  createKernel,
  type HostKernelOptions,
  isApplication,
  isDriver,
  isPlugin,
  type KernelComponent,
  KernelError,
  type Plugin,
} from '../../../../runtime-lite/kernel/index.ts'
import { createRegistry } from '../../../../runtime-lite/registry.ts'
import { random, testSeed } from '../../../support/random.ts'

type Act = (step: string) => unknown

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

const once = <Result>(work: () => Result): (() => Result) => {
  let made: { readonly result: Result } | undefined
  return () => {
    made ??= { result: work() }
    return made.result
  }
}

/** Each step of an application without objects: `load a`, `connect a`. */
const application = (name: string, act: Act): AppManifest =>
  ({
    ...{
      contract: CONTRACT,
      name,
      version: '1.0.0',
      ids: 'uuidv7',
      api: { basePath: '/api' },
      objects: {},
      schema: { digest: name, sql: '' },
    },
    // A module is executed once.
    registry: once(async () => {
      await act(`load ${name}`)
      return { registry: createRegistry([]) }
    }),
    aroundRest: async () => {
      await act(`connect ${name}`)
      return { aroundRest: (_: unknown, next: () => unknown) => next() }
    },
    seeds: async () => ({ seeds: [] }),
    openapi: async () => '{}',
  }) as unknown as AppManifest

const driver = (name: string, act: Act): SqlDriver =>
  ({
    dialect: { name: 'postgres' },
    session: { isTransaction: false },
    transaction: () => undefined,
    execute: () => undefined,
    statistics: () => ({ size: 0 }),
    check: async () => act(`check ${name}`),
    close: async () => act(`close ${name}`),
  }) as unknown as SqlDriver

const plugin = (name: string, act: Act, more: Partial<Plugin> = {}): Plugin => ({
  name,
  install: () => act(`install ${name}`),
  start: () => act(`start ${name}`),
  stop: () => act(`stop ${name}`),
  ...more,
})

/** Two applications, each with a driver and two plugins, the second of which needs the first. Components in any order. */
function world(act: Act, seed = 1, options: HostKernelOptions = {}) {
  const { below } = random(seed)
  const [one, two] = [driver('pg one', act), driver('pg two', act)]
  const components: KernelComponent[] = [
    ...[application('a', act), application('b', act), one, two],
    ...['a', 'b'].flatMap((name) => [
      plugin(`${name}1`, act, { application: name, provides: [`of-${name}`] }),
      plugin(`${name}2`, act, { application: name, requires: [`of-${name}`] }),
    ]),
  ]
  for (let left = components.length; left > 1; left--) {
    const other = below(left)
    ;[components[left - 1], components[other]] = [components[other] as KernelComponent, components[left - 1] as KernelComponent]
  }
  return createKernel(components, {
    logger: quiet,
    ...options,
    applications: { a: { datasource: one, migrate: false }, b: { datasource: two, migrate: false } },
  })
}

/** What happens in order. Drivers are connected in the order they were given. */
const stepsOf = (drivers: readonly string[]): readonly string[] => [
  ...['load a', 'load b', ...drivers.map((name) => `check ${name}`), 'connect a', 'connect b'],
  ...['install', 'start'].flatMap((phase) => ['a1', 'a2', 'b1', 'b2'].map((name) => `${phase} ${name}`)),
]

/** Slow and obvious: what has to be undone after so many steps went well and one was tried. */
function undone(steps: readonly string[], failed: string): readonly string[] {
  const before = steps.slice(0, steps.indexOf(failed))
  const installed = before.filter((step) => step.startsWith('install ')).map((step) => step.slice('install '.length))
  const tried = [...before, failed].filter((step) => step.startsWith('check ')).map((step) => step.slice('check '.length))
  return [...installed.toReversed().map((name) => `stop ${name}`), ...tried.toReversed().map((name) => `close ${name}`)]
}

describe('kinds of components', () => {
  const nothing = (): undefined => undefined
  const cases: readonly [string, unknown, readonly boolean[]][] = [
    ['an application', application('a', nothing), [true, false, false]],
    ['a driver', driver('d', nothing), [false, true, false]],
    ['an open database', new DatabaseSync(':memory:'), [false, true, false]],
    ['a plugin', plugin('p', nothing), [false, false, true]],
    [
      'a plugin of a class',
      new (class Metrics {
        name = 'metrics'
        onStart(): void {}
      })(),
      [false, false, true],
    ],
    ['a plugin with a version alone', { name: 'p', version: '1.0.0' }, [false, false, true]],
    ['a name alone', { name: 'p' }, [false, false, false]],
    ['a plugin without a name', { start: nothing }, [false, false, false]],
    ['nothing', null, [false, false, false]],
    ['a list', [], [false, false, false]],
    ['a text', 'sqlite::memory:', [false, false, false]],
    ['a function', nothing, [false, false, false]],
  ]
  test.each(cases)('%s', (_, value, expected) => {
    expect([isApplication(value), isDriver(value), isPlugin(value)]).toEqual(expected)
    if (expected.includes(true)) expect(() => createKernel([value as KernelComponent])).not.toThrow()
    else expect(() => createKernel([value as KernelComponent])).toThrow('Component 1 is neither an application')
  })
})

describe('the life of a kernel', () => {
  test('loads, connects, installs and starts; stops the other way round, whatever the order of its components', async () => {
    const seed = testSeed()
    for (let round = 0; round < 20; round++) {
      const calls: string[] = []
      const kernel = world((step) => calls.push(step), seed + round)
      expect([kernel.state, kernel.components]).toEqual(['registered', []])
      await kernel.start()
      const drivers = calls.filter((step) => step.startsWith('check ')).map((step) => step.slice('check '.length))
      expect(calls, `seed ${seed + round}`).toEqual(stepsOf(drivers))
      expect(kernel.state).toBe('started')
      expect(kernel.components.map(({ kind, name, state }) => `${kind} ${name} ${state}`)).toEqual([
        ...['application a started', 'application b started', 'driver postgres connected', 'driver postgres 2 connected'],
        ...['plugin a1 started', 'plugin a2 started', 'plugin b1 started', 'plugin b2 started'],
      ])
      calls.length = 0
      await kernel.stop()
      await kernel.stop()
      expect(calls).toEqual(
        undone(stepsOf(drivers), 'nothing').length === 0
          ? []
          : ['stop b2', 'stop b1', 'stop a2', 'stop a1', ...drivers.toReversed().map((name) => `close ${name}`)],
      )
      expect([kernel.state, new Set(kernel.components.map(({ state }) => state))]).toEqual(['stopped', new Set(['stopped'])])
      await expect(kernel.start()).rejects.toThrow('A kernel is started once')
    }
  })

  const failing = [...stepsOf(['pg one', 'pg two'])]

  test.each(
    failing.flatMap(
      (step) =>
        [
          [step, 'throws'],
          [step, 'takes too long'],
        ] as const,
    ),
  )('%s %s: what was done is undone', async (failed, how) => {
    for (const seed of [1, 2, 3, 4]) {
      const calls: string[] = []
      const waiting: (() => void)[] = []
      const clock = {
        after(milliseconds: number, call: () => void) {
          expect(milliseconds).toBe(250)
          waiting.push(call)
          return () => undefined
        },
      }
      const cause = new Error('no more room')
      const kernel = world(
        (step) => {
          calls.push(step)
          if (step !== failed) return
          if (how === 'throws') throw cause
          return new Promise(() => waiting.at(-1)?.())
        },
        seed,
        { phaseTimeoutMs: 250, clock },
      )
      const error = await kernel.start().catch((thrown: unknown) => thrown)
      const [verb = '', ...rest] = failed.split(' ')
      const phase = verb === 'check' ? 'connect' : verb
      const kind = verb === 'load' || verb === 'connect' ? 'application' : verb === 'check' ? 'driver' : 'plugin'
      expect(error).toBeInstanceOf(KernelError)
      expect(error).toMatchObject({
        kind,
        phase,
        ...(how === 'throws' ? { cause } : {}),
        ...(kind === 'driver' ? {} : { component: rest.join(' ') }),
      })
      expect((error as Error).message).toMatch(
        how === 'throws'
          ? new RegExp(`^The ${kind} "[^"]+" failed to ${phase}: no more room\\.$`)
          : new RegExp(`^The ${kind} "[^"]+" did not ${phase} within 250 ms\\.$`),
      )
      const drivers = calls.filter((step) => step.startsWith('check ')).map((step) => step.slice('check '.length))
      const steps = stepsOf([...drivers, ...['pg one', 'pg two'].filter((name) => !drivers.includes(name))])
      const upTo = steps.indexOf(failed) + 1
      expect(calls).toEqual([...steps.slice(0, upTo), ...undone(steps, failed)])
      expect(kernel.state).toBe('failed')
      expect(kernel.components.filter(({ state }) => state === 'failed').length).toBe(1)
      for (const { state } of kernel.components) expect(['failed', 'stopped', 'registered', 'loaded']).toContain(state)
      expect(() => kernel.app('a')).toThrow(TypeError)
    }
  })

  test.each(['stop a1', 'stop b2', 'close pg one', 'close pg two'])(
    '%s that fails is logged and keeps nobody else from stopping',
    async (failed) => {
      const calls: string[] = []
      const errors: string[] = []
      const kernel = world(
        (step) => {
          calls.push(step)
          if (step === failed) throw new Error('stuck')
        },
        1,
        { logger: { ...quiet, error: (message) => errors.push(message) } },
      )
      await kernel.start()
      calls.length = 0
      await kernel.stop()
      expect(calls.toSorted()).toEqual(['close pg one', 'close pg two', 'stop a1', 'stop a2', 'stop b1', 'stop b2'])
      expect(errors).toEqual([expect.stringMatching(/^The (?:plugin|driver) "[^"]+" failed to stop: stuck\.$/)])
      expect(kernel.state).toBe('stopped')
      expect(kernel.components.filter(({ state }) => state === 'failed').length).toBe(1)
    },
  )

  test('each phase has its own limit', async () => {
    const limits: number[] = []
    const clock = {
      after(milliseconds: number) {
        limits.push(milliseconds)
        return () => undefined
      },
    }
    const kernel = world(() => undefined, 1, { phaseTimeoutMs: { load: 1, connect: 2, install: 3, start: 4, stop: 0 }, clock })
    await kernel.start()
    await kernel.stop()
    expect([...new Set(limits)]).toEqual([1, 2, 3, 4])
    expect(limits.filter((limit) => limit === 3).length).toBe(4)
  })
})

describe('what does not fit together is told before anything is done', () => {
  const calls: string[] = []
  const act: Act = (step) => calls.push(step)
  const refused: readonly [string, readonly KernelComponent[], HostKernelOptions, string][] = [
    ['no application', [driver('d', act)], {}, 'The application "" is missing: a kernel needs one.'],
    ['two of one name', [application('a', act), application('a', act)], {}, 'The application "a" is there twice.'],
    ['two drivers', [application('a', act), driver('d', act), driver('e', act)], {}, 'The application "a" has to be given its database'],
    [
      'two applications and one driver',
      [application('a', act), application('b', act), driver('d', act)],
      {},
      'The application "a" has to be given its database',
    ],
    [
      'a shared database',
      [application('a', act), application('b', act)],
      { applications: { a: { datasource: 'sqlite:./x.db' }, b: { datasource: 'sqlite:./x.db' } } },
      'The application "b" shares its database with "a"',
    ],
  ]
  test.each(refused)('%s', async (_, components, options, expected) => {
    calls.length = 0
    const kernel = createKernel(components, { logger: quiet, ...options })
    const error = await kernel.start().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ name: 'KernelError', phase: 'resolve' })
    expect((error as Error).message).toContain(expected)
    expect([calls, kernel.state]).toEqual([[], 'failed'])
  })

  const plugins: readonly [string, readonly Plugin[], HostKernelOptions['plugins'], string][] = [
    ['a missing dependency', [{ name: 'p', dependencies: ['q'] }], {}, 'The plugin "p" needs the plugin "q", which is not there.'],
    [
      'a version that does not fit',
      [
        { name: 'p', dependencies: { q: '^2.0.0' } },
        { name: 'q', version: '1.0.0' },
      ],
      {},
      'The plugin "p" needs "q" ^2.0.0, but 1.0.0 is there.',
    ],
    [
      'a circle',
      [
        { name: 'p', dependencies: ['q'] },
        { name: 'q', dependencies: ['p'] },
      ],
      {},
      'The plugin "p" depends on itself: p → q → p.',
    ],
    [
      'a conflict',
      [
        { name: 'p', conflicts: ['q@<2'] },
        { name: 'q', version: '1.0.0' },
      ],
      {},
      'The plugin "p" does not go together with "q".',
    ],
    [
      'a duplicate',
      [
        { name: 'p', version: '1.0.0' },
        { name: 'p', version: '1.0.0' },
      ],
      {},
      'The plugin "p" is there twice.',
    ],
    ['no provider', [{ name: 'p', requires: ['mail'] }], {}, 'The plugin "p" needs "mail", which no plugin provides.'],
    [
      'two providers',
      [
        { name: 'p', provides: ['mail'] },
        { name: 'q', provides: ['mail'] },
      ],
      {},
      'provides "mail", which "p" provides already.',
    ],
    ['objects', [{ name: 'p', objects: { note: {} } }], {}, 'The plugin "p" brings "objects", which has to be compiled'],
    ['odd hooks', [{ name: 'p', hooks: { note: { beforeCreate() {} } } }], {}, 'The plugin "p" has hooks that are no list'],
    [
      'a wrong configuration',
      [{ name: 'p', configSchema: { properties: { days: { type: 'integer' } } } }],
      { p: { days: 'x' } },
      'The plugin "p" is not configured as it wants: "days" must be integer.',
    ],
  ]
  test.each(plugins)('%s of plugins', async (_, list, configs, expected) => {
    const kernel = createKernel([application('a', () => undefined), ...list], { logger: quiet, plugins: configs ?? {} })
    const error = await kernel.start().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ name: 'KernelError', phase: 'resolve' })
    expect((error as Error).message).toContain(expected)
    expect(kernel.state).toBe('failed')
  })

  test('plugins of several applications name theirs', async () => {
    const kernel = createKernel([application('a', () => undefined), application('b', () => undefined), plugin('p', () => undefined)], {
      logger: quiet,
    })
    await expect(kernel.start()).rejects.toThrow('The plugin "p" has to name its application: { application: "a" }.')
  })
})

test('who is configured to say who asks does so, and an application that lost it does not start', async () => {
  const asked = { ...application('a', () => undefined), authenticate: () => undefined }
  const kernel = createKernel([asked], { logger: quiet })
  await kernel.start()
  expect(coreOf(kernel.app()).authenticator).toBeDefined()
  await kernel.stop()
  const lost = createKernel([{ ...asked, authenticate: undefined }], { logger: quiet })
  await expect(lost.start()).rejects.toThrow('The application "a" failed to connect: "authenticate" is undefined, no function.')
})

test('health is asked of each component', async () => {
  let isAway = false
  const kernel = world((step) => {
    if (isAway && step === 'check pg two') throw new Error('no route')
  })
  expect(await kernel.health()).toEqual([])
  await kernel.start()
  const ofAll = async (): Promise<readonly string[]> =>
    (await kernel.health()).map(({ kind, name, status, detail }) => [kind, name, status, detail].filter(Boolean).join(' '))
  expect((await ofAll()).every((line) => line.endsWith(' ok'))).toBe(true)
  isAway = true
  expect((await ofAll()).filter((line) => !line.endsWith(' ok'))).toEqual([
    expect.stringMatching(/^driver postgres(?: 2)? failed no route$/),
  ])
  await kernel.stop()
  expect(await ofAll()).toContain('plugin a1 failed It is stopped.')
})
