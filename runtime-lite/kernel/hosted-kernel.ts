import { type App, type ConfiguredApp, createAppFrom } from '../app/app.ts'
import { type AppManifest, CONTRACT } from '../app/app-manifest.ts'
import type { DriverComponent } from './component-kinds.ts'
import type { ComponentState, ComponentStatus, HostKernel, HostKernelOptions } from './host-kernel.ts'
import { inTimeOf, type TimedPhase } from './in-time.ts'
import { quietLogger, type RunningKernel } from './kernel.ts'
import { type ComponentKind, failure, KernelError } from './kernel-error.ts'
import type { KernelPlan } from './kernel-plan.ts'
import type { Health, Plugin } from './plugin.ts'
import { pluginsPlan } from './plugins-plan.ts'

export interface HostedParts {
  readonly applications: readonly AppManifest[]
  readonly drivers: readonly DriverComponent[]
  readonly plugins: readonly Plugin[]
}

interface Part {
  readonly kind: ComponentKind
  readonly name: string
  readonly version?: string
  state: ComponentState
}

interface DriverPart extends Part {
  readonly driver: DriverComponent
}

interface ApplicationPart extends Part {
  readonly manifest: AppManifest
  plan?: KernelPlan | undefined
  app?: App
  kernel?: RunningKernel
}

export function createHostedKernel(parts: HostedParts, options: HostKernelOptions): HostKernel {
  const { logger = quietLogger, phaseTimeoutMs, clock } = options
  const inTime = inTimeOf(phaseTimeoutMs, clock)
  const applications = parts.applications
    .map(
      (manifest): ApplicationPart => ({
        kind: 'application',
        name: manifest.name,
        version: manifest.version,
        state: 'registered',
        manifest,
      }),
    )
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  const drivers = namedDrivers(parts.drivers)
  let { plugins } = parts
  /** Undone in reverse. */
  const done: (() => Promise<void>)[] = []
  let state: HostKernel['state'] = 'registered'

  async function phase(part: Part, name: TimedPhase, during: ComponentState, after: ComponentState, work: () => unknown): Promise<void> {
    part.state = during
    try {
      await inTime(part.kind, part.name, name, work)
      part.state = after
    } catch (error) {
      part.state = 'failed'
      throw failure(part.kind, part.name, name, error)
    }
  }

  function undoing(part: Part, stop: () => unknown): void {
    done.push(async () => {
      const isFailed = part.state === 'failed'
      try {
        await phase(part, 'stop', 'stopping', 'stopped', stop)
        // That it failed before it was stopped is what an operator wants to see.
        if (isFailed) part.state = 'failed'
      } catch (error) {
        logger.error((error as Error).message, { [part.kind]: part.name, phase: 'stop', error })
      }
    })
  }

  async function load(application: ApplicationPart): Promise<void> {
    const { manifest } = application
    await phase(application, 'load', 'loading', 'loaded', async () => {
      if (manifest.contract !== CONTRACT)
        throw new Error(`Its code speaks contract ${manifest.contract}, this runtime ${CONTRACT}: run "objectql compile" again`)
      const [compiled] = await Promise.all([manifest.kernel?.(), manifest.registry()])
      application.plan = await pluginsPlan(pluginsOf(application, applications, plugins), compiled?.kernel, options.plugins ?? {})
    })
  }

  async function connect(driver: DriverPart): Promise<void> {
    undoing(driver, () => driver.driver.close())
    await phase(driver, 'connect', 'connecting', 'connected', () => check(driver.driver))
  }

  /** An application with its tables, and nothing of its plugins yet. */
  async function open(application: ApplicationPart, datasource: DriverComponent | string): Promise<void> {
    let app: App | undefined
    undoing(application, async () => {
      await app?.close()
      delete application.app
    })
    await phase(application, 'connect', 'connecting', 'connected', async () => {
      const { datasource: _, ...own } = options.applications?.[application.name] ?? {}
      const opened = await createAppFrom<object>(
        application.manifest,
        {
          ...own,
          datasource,
          kernel: { ...(phaseTimeoutMs === undefined ? {} : { phaseTimeoutMs }), ...(clock ? { clock } : {}), logger },
        },
        configuredOf(application.manifest),
        { plan: application.plan },
      )
      // What took too long is nobody's any more.
      if (application.state === 'failed') return opened.close()
      app = opened as unknown as App
      application.app = app
      application.kernel = app.kernel as RunningKernel
    })
  }

  async function replace(owner: ApplicationPart, name: string, next: Plugin): Promise<void> {
    const before = plugins.find((plugin) => plugin.name === name)
    if (!before) throw new KernelError(name, 'resolve', 'is compiled into its application: another version of it needs another process')
    if (next.name !== name) throw new KernelError(name, 'resolve', `is not replaced by "${next.name}"`)
    const others = plugins.map((plugin) => (plugin === before ? next : plugin))
    const compiled = await owner.manifest.kernel?.()
    const plan = await pluginsPlan(pluginsOf(owner, applications, others), compiled?.kernel, options.plugins ?? {})
    const outcome = await owner.kernel?.replace(plan ?? { plugins: [] })
    if (outcome?.kind !== 'replaced') throw outcome?.error
    owner.plan = plan
    plugins = others
  }

  async function rollBack(): Promise<void> {
    for (const undo of done.splice(0).reverse()) await undo()
  }

  return {
    get state() {
      return state
    },
    get components() {
      return statuses()
    },
    async start() {
      state = 'starting'
      try {
        const datasourceOf = resolve(applications, drivers, options)
        for (const application of applications) await load(application)
        for (const driver of drivers) await connect(driver)
        for (const application of applications) await open(application, datasourceOf(application))
        for (const application of applications) {
          application.state = 'installing'
          await application.kernel?.run('install')
          application.state = 'installed'
        }
        for (const application of applications) {
          application.state = 'starting'
          await application.kernel?.run('start')
          application.state = 'started'
        }
        state = 'started'
      } catch (error) {
        // All plugins stop before the first application goes.
        for (const { kernel } of applications.toReversed()) await kernel?.stop()
        await rollBack()
        state = 'failed'
        throw error
      }
    },
    async stop() {
      if (state !== 'started') return
      state = 'stopping'
      for (const { kernel } of applications.toReversed()) await kernel?.stop()
      await rollBack()
      state = 'stopped'
    },
    async health() {
      const own = [...applications, ...drivers].map(async (part): Promise<ComponentStatus & Health> => {
        const facts = factsOf(part)
        const isUp = part.state === 'started' || part.state === 'connected'
        if (!isUp) return { ...facts, status: 'failed', detail: `It is ${part.state}.` }
        try {
          if ('driver' in part) await inTime('driver', part.name, 'connect', () => check((part as DriverPart).driver))
          return { ...facts, status: 'ok' }
        } catch (error) {
          return { ...facts, status: 'failed', detail: error instanceof Error ? error.message : String(error) }
        }
      })
      const ofPlugins = applications.map(async ({ kernel }) => (await kernel?.health()) ?? [])
      const plugins = (await Promise.all(ofPlugins)).flat().map((status) => ({ kind: 'plugin', ...status }) as const)
      return [...(await Promise.all(own)), ...plugins]
    },
    app(name) {
      const found = name === undefined && applications.length === 1 ? applications[0] : applications.find((one) => one.name === name)
      if (found?.app) return found.app
      throw new TypeError(
        found
          ? `The application "${found.name}" is ${found.state}.`
          : `There is no application "${name ?? ''}". There are: ${applications.map((one) => one.name).join(', ')}.`,
      )
    },
    async restart(plugin, next) {
      const owner = applications.find(({ kernel }) => kernel?.plugins.some(({ name }) => name === plugin))
      if (!owner?.kernel) throw new KernelError(plugin, 'resolve', 'is not part of this kernel')
      if (next) await replace(owner, plugin, next)
      else await owner.kernel.restart(plugin)
    },
  }

  function statuses(): readonly ComponentStatus[] {
    const plugins = applications.flatMap(({ kernel, plan }) =>
      (
        kernel?.plugins ??
        plan?.plugins.map(({ name, version }) => ({ name, ...(version === undefined ? {} : { version }), state: 'registered' as const })) ??
        []
      ).map((plugin) => ({ kind: 'plugin', ...plugin }) as const),
    )
    return [...[...applications, ...drivers].map(factsOf), ...plugins]
  }
}

/** Nobody is let in by a kernel whom the application itself would not let in. */
const configuredOf = (manifest: AppManifest): ConfiguredApp<App> | undefined =>
  'authenticate' in manifest ? { authenticate: manifest.authenticate as ConfiguredApp<App>['authenticate'] } : undefined

const factsOf = ({ kind, name, version, state }: Part): ComponentStatus => ({
  kind,
  name,
  ...(version === undefined ? {} : { version }),
  state,
})

function namedDrivers(drivers: readonly DriverComponent[]): readonly DriverPart[] {
  const taken = new Map<string, number>()
  return drivers.map((driver): DriverPart => {
    const dialect = 'dialect' in driver ? driver.dialect.name : 'sqlite'
    const count = (taken.get(dialect) ?? 0) + 1
    taken.set(dialect, count)
    return { kind: 'driver', name: count === 1 ? dialect : `${dialect} ${count}`, state: 'registered', driver }
  })
}

async function check(driver: DriverComponent): Promise<void> {
  if ('check' in driver) await driver.check()
  else driver.prepare('select 1').get()
}

/** Which database each application is on. @throws KernelError where that is not plain, or two would share one: each would drop what the other has. */
function resolve(
  applications: readonly ApplicationPart[],
  drivers: readonly DriverPart[],
  options: HostKernelOptions,
): (application: ApplicationPart) => DriverComponent | string {
  const [first] = applications
  if (!first) throw new KernelError('', 'resolve', 'is missing: a kernel needs one', undefined, 'application')
  const unfit = (application: ApplicationPart, problem: string): KernelError =>
    new KernelError(application.name, 'resolve', problem, undefined, 'application')
  const chosen = new Map<ApplicationPart, DriverComponent | string>()
  for (const [index, application] of applications.entries()) {
    if (applications[index - 1]?.name === application.name) throw unfit(application, 'is there twice')
    const datasource = options.applications?.[application.name]?.datasource
    if (datasource !== undefined) chosen.set(application, datasource as DriverComponent | string)
    else if (drivers.length === 0) chosen.set(application, ':memory:')
    else if (drivers.length === 1 && applications.length === 1) chosen.set(application, (drivers[0] as DriverPart).driver)
    else throw unfit(application, `has to be given its database: { applications: { "${application.name}": { datasource } } }`)
  }
  const users = new Map<unknown, ApplicationPart>()
  for (const [application, datasource] of chosen) {
    if (datasource === ':memory:') continue
    const other = users.get(datasource)
    if (other) throw unfit(application, `shares its database with "${other.name}": give each one of its own`)
    users.set(datasource, application)
  }
  return (application) => chosen.get(application) ?? ':memory:'
}

/** The plugins of an application: those that name it, and all others where there is no second one. */
function pluginsOf(application: ApplicationPart, all: readonly ApplicationPart[], plugins: readonly Plugin[]): readonly Plugin[] {
  return plugins.filter((plugin) => {
    const { application: named } = plugin
    if (named === undefined && all.length === 1) return true
    if (!all.some(({ name }) => name === named))
      throw new KernelError(plugin.name, 'resolve', `has to name its application: { application: "${application.name}" }`)
    return named === application.name
  })
}
