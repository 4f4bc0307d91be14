import type { App } from '../app/app.ts'
import type { Clock } from '../behaviour/behaviour.ts'
import type { PluginEvent } from '../events/app-events.ts'
import type { Metadata } from '../metadata/metadata.ts'
import type { Middleware } from '../middleware/middleware.ts'
import { answerIn, type InTime, inTimeOf, type PhaseTimeouts } from './in-time.ts'
import { failure, KernelError } from './kernel-error.ts'
import type { KernelPlan, PhaseRun, PluginFacts } from './kernel-plan.ts'
import type { Health, Logger, PluginContext } from './plugin.ts'
import { createServices } from './services.ts'

export type PluginState = 'registered' | 'installing' | 'installed' | 'starting' | 'started' | 'stopping' | 'stopped' | 'failed'

export interface KernelOptions {
  /** Milliseconds that one plugin may take for one phase, or for each: `{ start: 60_000 }`; 0: as long as it likes. Default 30,000. */
  readonly phaseTimeoutMs?: PhaseTimeouts
  /** Milliseconds that a plugin may take to say how it is. Default 5,000. */
  readonly healthTimeoutMs?: number
  /** Default: warnings and errors go to stderr. */
  readonly logger?: Logger
  /** What time limits go by. Default: the clock of the system. */
  readonly clock?: Clock
}

export interface PluginStatus extends Health {
  readonly name: string
  readonly version?: string
  readonly state: PluginState
  /** What it threw when it was asked. */
  readonly error?: unknown
}

/** What starts and stops the plugins of an application. */
export interface Kernel {
  readonly state: 'registered' | 'starting' | 'started' | 'stopping' | 'stopped' | 'failed'
  /** In the order they start. */
  readonly plugins: readonly { readonly name: string; readonly version?: string; readonly state: PluginState }[]
  /** Actions of the application: as `app.registerAction` and the like, under the names that kernels give them. */
  readonly actions: KernelActions
  /** Asks every plugin how it is. One that does not answer in time has failed. */
  health(): Promise<readonly PluginStatus[]>
  /**
   * Stops a plugin and those that depend on it, and starts them again.
   * @throws KernelError when one of them fails; then those that depend on it stay stopped.
   */
  restart(plugin: string): Promise<void>
  stop(): Promise<void>
}

export interface KernelActions {
  register: App['registerAction']
  unregister: App['unregisterAction']
  execute: App['executeAction']
  /** `object:action` of all that can be called. */
  names(): readonly string[]
}

export interface RunningKernel extends Kernel {
  /** One half of `start`, for who undoes with `stop` what had been done. @throws KernelError that names the plugin and the phase. */
  run(phase: 'install' | 'start'): Promise<void>
  /** @throws KernelError that names the plugin and the phase; what had started is stopped again. */
  start(): Promise<void>
}

const HEALTH_TIMEOUT_MS = 5_000

/** Without a log of its own, a kernel says what an operator has to see. */
export const quietLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (message, details) => console.error(message, ...(details === undefined ? [] : [details])),
  error: (message, details) => console.error(message, ...(details === undefined ? [] : [details])),
}

interface Component {
  readonly name: string
  readonly version?: string
  /** Names of plugins. */
  readonly needs: readonly string[]
  readonly context: PluginContext
  readonly abort: AbortController
  state: PluginState
  /** It has something to stop. */
  isInstalled: boolean
}

type Phase = 'install' | 'start' | 'stop'

/** The states a plugin goes through in a phase. */
const STATES: Readonly<Record<Phase, { readonly during: PluginState; readonly after: 'installed' | 'started' | 'stopped' }>> = {
  install: { during: 'installing', after: 'installed' },
  start: { during: 'starting', after: 'started' },
  stop: { during: 'stopping', after: 'stopped' },
}

function takesPart({ state, isInstalled }: Component, phase: Phase): boolean {
  if (phase === 'stop') return isInstalled
  return phase === 'install' ? state === 'registered' : state === 'installed'
}

function passed(component: Component, phase: Phase, { events }: App): void {
  // That it failed before it was stopped is what an operator wants to see.
  if (component.state !== 'failed') component.state = STATES[phase].after
  if (phase !== 'start') component.isInstalled = phase === 'install'
  events.emit(`plugin:${STATES[phase].after}`, eventOf(component))
}

const eventOf = ({ name, version }: Component): PluginEvent => ({ name, ...(version === undefined ? {} : { version }) })

export function createPluginKernel(
  plan: KernelPlan,
  app: App,
  metadata: Metadata,
  { phaseTimeoutMs, healthTimeoutMs = HEALTH_TIMEOUT_MS, logger = quietLogger, clock }: KernelOptions = {},
): RunningKernel {
  const inTime: InTime = inTimeOf(phaseTimeoutMs, clock)
  const services = createServices()
  const providerOf = new Map(plan.plugins.flatMap(({ name, provides = [] }) => provides.map((capability) => [capability, name] as const)))
  const componentByName = new Map(plan.plugins.map((facts) => [facts.name, componentOf(facts)]))
  let state: Kernel['state'] = 'registered'

  function componentOf({ name, version, dependencies = [], requires = [], config = {} }: PluginFacts): Component {
    const abort = new AbortController()
    const context: PluginContext = {
      name,
      config,
      app,
      events: app.events,
      metadata,
      services: services.of(name),
      logger,
      use(middleware: Middleware) {
        const undo = app.use(middleware)
        abort.signal.addEventListener('abort', undo, { once: true })
        return undo
      },
      signal: abort.signal,
    }
    return {
      name,
      ...(version === undefined ? {} : { version }),
      needs: [
        ...dependencies.map((requirement) => requirement.name),
        ...requires.flatMap((capability) => providerOf.get(capability) ?? []),
      ],
      context,
      abort,
      state: 'registered',
      isInstalled: false,
    }
  }

  /** `only`: plugins that take part; undefined for all. */
  function runOf(phase: Phase, only?: ReadonlySet<string>): PhaseRun {
    return {
      async call(name, work) {
        const component = componentByName.get(name)
        if (!component || (only && !only.has(name)) || !takesPart(component, phase)) return
        if (component.state !== 'failed') component.state = STATES[phase].during
        try {
          await inTime('plugin', name, phase, () => work(component.context))
          passed(component, phase, app)
        } catch (error) {
          component.state = 'failed'
          app.events.emit('plugin:failed', { ...eventOf(component), phase, error })
          throw failure('plugin', name, phase, error)
        }
      },
      async together(...running) {
        const results = await Promise.allSettled(running)
        for (const result of results) if (result.status === 'rejected') throw result.reason
      },
    }
  }

  /** Plugins without a function for a phase go through it all the same. */
  async function runPhase(phase: Phase, only?: ReadonlySet<string>): Promise<void> {
    await plan[phase]?.(runOf(phase, only))
    for (const component of componentByName.values())
      if ((!only || only.has(component.name)) && takesPart(component, phase)) passed(component, phase, app)
  }

  /** What goes wrong while stopping is reported and stops nothing else. */
  async function stopAll(only?: ReadonlySet<string>): Promise<void> {
    const stopped = [...componentByName.values()].filter(({ name }) => !only || only.has(name))
    for (const { abort } of stopped) abort.abort()
    const run = runOf('stop', only)
    await plan.stop?.({
      ...run,
      call: (name, work) =>
        run.call(name, work).catch((error: unknown) => logger.error((error as Error).message, { plugin: name, phase: 'stop', error })),
    })
    for (const component of stopped) {
      if (takesPart(component, 'stop')) passed(component, 'stop', app)
      services.withdraw(component.name)
    }
  }

  async function run(phase: 'install' | 'start'): Promise<void> {
    state = 'starting'
    await runPhase(phase)
    if (phase === 'install') return
    state = 'started'
    app.events.emit('kernel:started', { plugins: [...componentByName.keys()] })
  }

  /** The plugin, and whatever needs it. */
  function dependentsOf(plugin: string): ReadonlySet<string> {
    const found = new Set([plugin])
    // In the order they start, what is needed comes first.
    for (const { name, needs } of componentByName.values()) if (needs.some((needed) => found.has(needed))) found.add(name)
    return found
  }

  return {
    get state() {
      return state
    },
    get plugins() {
      return [...componentByName.values()].map((component) => ({
        name: component.name,
        ...(component.version === undefined ? {} : { version: component.version }),
        state: component.state,
      }))
    },
    actions: {
      register: app.registerAction,
      unregister: app.unregisterAction,
      execute: app.executeAction,
      names: () => app.protocol.getActions(),
    },
    run,
    async start() {
      try {
        await run('install')
        await run('start')
      } catch (error) {
        await stopAll()
        state = 'failed'
        throw error
      }
    },
    async stop() {
      if (state !== 'started' && state !== 'starting') return
      state = 'stopping'
      await stopAll()
      state = 'stopped'
      app.events.emit('kernel:stopped', { plugins: [...componentByName.keys()] })
    },
    async restart(plugin) {
      if (!componentByName.has(plugin)) throw new KernelError(plugin, 'resolve', 'is not part of this application')
      const only = dependentsOf(plugin)
      await stopAll(only)
      for (const name of only) componentByName.set(name, componentOf(factsOf(name)))
      await runPhase('install', only)
      await runPhase('start', only)
    },
    health: () =>
      Promise.all(
        [...componentByName.values()].map(async (component): Promise<PluginStatus> => {
          const { name, version, state: own } = component
          const facts = { name, ...(version === undefined ? {} : { version }), state: own }
          const ask = plan.health?.[name]
          if (own !== 'started') return { ...facts, status: 'failed', detail: `It is ${own}.` }
          if (!ask) return { ...facts, status: 'ok' }
          try {
            const { status, detail } = (await answerIn(healthTimeoutMs, clock, () => ask(component.context))) as Health
            return { ...facts, status, ...(detail === undefined ? {} : { detail }) }
          } catch (error) {
            return { ...facts, status: 'failed', detail: error instanceof Error ? error.message : String(error), error }
          }
        }),
      ),
  }

  function factsOf(name: string): PluginFacts {
    return plan.plugins.find((facts) => facts.name === name) as PluginFacts
  }
}
