import type { App } from '../app/app.ts'
import type { Clock } from '../behaviour/behaviour.ts'
import type { Metadata } from '../metadata/metadata.ts'
import { answerIn, type InTime, inTimeOf, type PhaseTimeouts } from './in-time.ts'
import { failure, KernelError } from './kernel-error.ts'
import type { KernelPlan, PhaseRun, PluginFacts } from './kernel-plan.ts'
import { changedPlugins, isSamePlugins, withDependents } from './plan-changes.ts'
import type { Health, Logger } from './plugin.ts'
import {
  createComponent,
  entered,
  eventOf,
  type PluginComponent,
  type PluginPhase,
  type PluginState,
  passed,
  takesPart,
} from './plugin-component.ts'
import { createServices } from './services.ts'

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
   * Stops a plugin and those that depend on it, and starts them again. One restart after the other.
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
  /**
   * Puts the next version of plugins in the place of the running one, and restarts whoever needs them: others go on. Which, the plans tell. What a version
   * throws while it is stopped is reported. When the next one fails, the running one is started again.
   * @throws KernelError for a kernel that does not run, or a plan of other plugins.
   */
  replace(next: KernelPlan, exchange?: Exchange): Promise<Replacement>
}

/** Called once the old versions are stopped: puts other code around them, and gives what takes that back. */
export type Exchange = () => (() => unknown) | Promise<() => unknown>

/** How it went with plugins that were to be replaced. `plugins`: who was restarted, in the order they start. */
export type Replacement =
  | { readonly kind: 'replaced'; readonly plugins: readonly string[] }
  /** The next version failed; the one before runs again. */
  | { readonly kind: 'kept'; readonly plugins: readonly string[]; readonly error: unknown }
  /** That did not start again either, for what `second` says: they are stopped. */
  | { readonly kind: 'lost'; readonly plugins: readonly string[]; readonly error: unknown; readonly second: unknown }

const HEALTH_TIMEOUT_MS = 5_000

/** Without a log of its own, a kernel says what an operator has to see. */
export const quietLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (message, details) => console.error(message, ...(details === undefined ? [] : [details])),
  error: (message, details) => console.error(message, ...(details === undefined ? [] : [details])),
}

export function createPluginKernel(
  first: KernelPlan,
  app: App,
  metadata: Metadata,
  { phaseTimeoutMs, healthTimeoutMs = HEALTH_TIMEOUT_MS, logger = quietLogger, clock }: KernelOptions = {},
): RunningKernel {
  const inTime: InTime = inTimeOf(phaseTimeoutMs, clock)
  let plan = first
  const services = createServices()
  let componentByName: ReadonlyMap<string, PluginComponent> = new Map(plan.plugins.map((facts) => [facts.name, componentOf(facts)]))
  let state: Kernel['state'] = 'registered'
  /** The end of what was asked for last: plugins are stopped and started by one at a time. */
  let busy: Promise<unknown> = Promise.resolve()

  function componentOf(facts: PluginFacts): PluginComponent {
    return createComponent(facts, { app, metadata, services, logger })
  }

  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = busy.then(work)
    busy = turn.catch(() => undefined)
    return turn
  }

  /** `only`: plugins that take part; undefined for all. */
  function runOf(phase: PluginPhase, only?: ReadonlySet<string>): PhaseRun {
    return {
      async call(name, work) {
        const component = componentByName.get(name)
        if (!component || (only && !only.has(name)) || !takesPart(component, phase)) return
        entered(component, phase)
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
  async function runPhase(phase: PluginPhase, only?: ReadonlySet<string>): Promise<void> {
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
      withdraw(component.name)
    }
  }

  /** Takes away what plugins leave behind under their name. */
  function withdraw(plugin: string): void {
    services.withdraw(plugin)
    app.unregisterHooks(plugin)
    app.unregisterActions(plugin)
  }

  async function run(phase: 'install' | 'start'): Promise<void> {
    state = 'starting'
    await runPhase(phase)
    if (phase === 'install') return
    state = 'started'
    app.events.emit('kernel:started', { plugins: [...componentByName.keys()] })
  }

  /** Others in their place, which nothing has happened to yet. */
  function renew(next: KernelPlan, only: ReadonlySet<string>): void {
    const before = componentByName
    plan = next
    componentByName = new Map(
      plan.plugins.map((facts) => [facts.name, (only.has(facts.name) ? undefined : before.get(facts.name)) ?? componentOf(facts)]),
    )
  }

  async function begin(only: ReadonlySet<string>): Promise<void> {
    await runPhase('install', only)
    await runPhase('start', only)
  }

  async function replace(next: KernelPlan, exchange: Exchange): Promise<Replacement> {
    const idle = [...componentByName.values()].filter((component) => component.state !== 'started').map(({ name }) => name)
    const changed = [...changedPlugins(plan, next), ...idle]
    if (state !== 'started') throw new KernelError(changed[0] ?? '', 'resolve', `is not replaced in a kernel that is ${state}`)
    if (!isSamePlugins(plan, next)) throw new KernelError(changed[0] ?? '', 'resolve', 'is not replaced by a plan with other plugins')
    const previous = plan
    const only = new Set([...withDependents(previous, changed), ...withDependents(next, changed)])
    const plugins = next.plugins.map(({ name }) => name).filter((name) => only.has(name))
    let putBack: (() => unknown) | undefined
    await stopAll(only)
    try {
      putBack = await exchange()
      renew(next, only)
      await begin(only)
      return { kind: 'replaced', plugins }
    } catch (error) {
      await stopAll(only)
      try {
        await putBack?.()
        renew(previous, only)
        await begin(only)
        return { kind: 'kept', plugins, error }
      } catch (second) {
        await stopAll(only)
        return { kind: 'lost', plugins, error, second }
      }
    }
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
    stop: () =>
      inTurn(async () => {
        if (state !== 'started' && state !== 'starting') return
        state = 'stopping'
        await stopAll()
        state = 'stopped'
        app.events.emit('kernel:stopped', { plugins: [...componentByName.keys()] })
      }),
    restart: (plugin) =>
      inTurn(async () => {
        if (!componentByName.has(plugin)) throw new KernelError(plugin, 'resolve', 'is not part of this application')
        const only = withDependents(plan, [plugin])
        await stopAll(only)
        renew(plan, only)
        await begin(only)
      }),
    replace: (next, exchange = () => () => undefined) => inTurn(() => replace(next, exchange)),
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
}
