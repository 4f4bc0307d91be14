import { pathToFileURL } from 'node:url'
import type { App } from '../../runtime-lite/app/app.ts'
import type { AppOptions } from '../../runtime-lite/app/app-options.ts'
import type { ObjectApi } from '../../runtime-lite/app/object-api.ts'
import type { BusEvent } from '../../runtime-lite/events/bus-event.ts'
import type { Logger } from '../../runtime-lite/kernel/plugin.ts'
import type { Dialect } from '../config/config.ts'
import type { ObjectIr } from '../ir/object.ts'
import type { ObjectDefinition } from '../spec/definitions.ts'
import { builderOf, type DataBuilder, type DataBuilderOptions } from './data-builder.ts'
import { type AddedPlugin, type CompiledProject, compileHarnessProject, pathOf } from './harness-project.ts'
import type { ManualClock } from './manual-clock.ts'
import { checkFault, createPluginFaults, type FaultCount, type PluginFault, type PluginFaults } from './plugin-faults.ts'
import type { HookCall } from './recorded-plugin.ts'
import { seedFiles } from './seed-files.ts'

/** One line of a plugin's log, or a failure that an operator would see. */
export interface LogEntry {
  readonly level: keyof Logger
  readonly message: string
  readonly details?: object
}

type AnyObjects = { readonly [object: string]: ObjectApi }

/** An application that runs with the plugins of a harness. */
export interface StartedHarness<Objects = AnyObjects> {
  readonly app: App<Objects>
  /** Everything that happened so far, the oldest first; at most 100,000 events are kept. */
  readonly events: readonly BusEvent[]
  /** What plugins logged, and failures that clients see as a 500. */
  readonly logs: readonly LogEntry[]
  /** Hooks of plugins in the order they were called. */
  readonly calls: readonly HookCall[]
  /** What became of each fault, in the order of `withFault`. */
  readonly faults: readonly FaultCount[]
  /** Folder with the generated code, until it is stopped. */
  readonly folder: string
  /** Reads and writes records of an object. @throws TypeError for an object that there is not. */
  object(name: string): ObjectApi
  /** Makes records of an object. @throws TypeError for an object that there is not. */
  dataBuilder(object: string, options?: DataBuilderOptions): DataBuilder
  /** Closes the application and removes what was written. Safe to repeat. */
  stop(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

type Datasource = NonNullable<AppOptions['datasource']>

const KEPT_EVENTS = 100_000

/**
 * Compiles plugins and objects as the command line does, and starts the application they make: a real one, on SQLite in memory unless `withDriver` says
 * otherwise.
 *
 * `await using harness = await new PluginTestHarness().withPlugin(audit, { days: 30 }).withObject({ name: 'note', fields: { … } }).start()`
 */
export class PluginTestHarness {
  readonly #plugins: AddedPlugin[] = []
  readonly #objects: ObjectDefinition[] = []
  readonly #fixtures: { readonly object: string; readonly records: readonly object[] }[] = []
  readonly #seeds: string[] = []
  readonly #faults: PluginFault[] = []
  readonly #options: AppOptions[] = []
  #datasource: Datasource = ':memory:'
  #clock: ManualClock | undefined
  #cwd = process.cwd()

  /**
   * A plugin, or where the module is that exports it by default (a path below `withCwd`, or a URL). `config`: what the application tells it. They start in the order
   * that is resolved, whatever the order here.
   */
  withPlugin(plugin: object | string | URL, config?: object): this {
    this.#plugins.push({ plugin, config })
    return this
  }

  /** A URL, a driver, or an open database. A driver of yours stays open. Default: SQLite in memory. */
  withDriver(driver: Datasource): this {
    this.#datasource = driver
    return this
  }

  /** An object of the application, beside those of the plugins. */
  withObject(definition: ObjectDefinition & { readonly name: string }): this {
    this.#objects.push(definition)
    return this
  }

  /** Records that are there when `start` resolves, made in this order after the plugins have started: their hooks and events see them. */
  withFixture(object: string, records: readonly object[]): this {
    this.#fixtures.push({ object, records })
    return this
  }

  /**
   * Seed files of any kind the compiler reads (`account.data.yml`), or a folder with some: a path below `withCwd`, or a URL. Their records, and seeds of the plugins, are
   * written before the fixtures: in one transaction, in any order, also where they refer to each other in a circle. Hooks and events see nothing of them.
   */
  withFixtures(path: string | URL): this {
    this.#seeds.push(String(path))
    return this
  }

  /**
   * Something that goes wrong in a hook, an action, a middleware or a service, by its name: `withFault({ hook: 'check', does: 'throw', after: 2, times: 1 })`. Of several for
   * one place the first is outside of the others. @throws RangeError for numbers that mean nothing.
   */
  withFault(fault: PluginFault): this {
    checkFault(fault)
    this.#faults.push(fault)
    return this
  }

  /** What hooks, plugins and workflows go by. */
  withClock(clock: ManualClock): this {
    this.#clock = clock
    return this
  }

  /** More options of `createApp`. */
  withOptions(options: Omit<AppOptions, 'datasource'>): this {
    this.#options.push(options)
    return this
  }

  /** Folder below which packages are found. What is compiled stands in `.objectql` there, until it is stopped. Default: that of the process. */
  withCwd(folder: string): this {
    this.#cwd = folder
    return this
  }

  /**
   * @throws HarnessError with all diagnostics when something does not compile, and what `createApp` rejects with: a KernelError when a plugin fails. Nothing
   * stays behind then.
   */
  async start<Objects = AnyObjects>(): Promise<StartedHarness<Objects>> {
    const calls: HookCall[] = []
    const clock = this.#clock
    const faults = createPluginFaults(
      this.#faults,
      clock ? (time, call) => clock.after(time, call) : (time, call) => setTimeout(call, time),
    )
    const project = await compileHarnessProject({
      ...{ plugins: this.#plugins, objects: this.#objects, cwd: this.#cwd, calls, faults },
      dialect: dialectOf(this.#datasource),
      seeds: this.#seeds.flatMap((path) => seedFiles(pathOf(path, this.#cwd))),
    })
    let app: App<Objects> | undefined
    try {
      const logs: LogEntry[] = []
      const { createApp } = (await import(/* @vite-ignore */ pathToFileURL(project.entry).href)) as {
        createApp(options: AppOptions): Promise<App<Objects>>
      }
      app = await createApp(this.#appOptions(logs))
      const [missing] = faults.missing(['service'])
      if (missing !== undefined) throw new TypeError(missing)
      if (this.#seeds.length > 0) await seeded(app)
      for (const { object, records } of this.#fixtures) for (const record of records) await app.protocol.createData(object, { ...record })
      return startedHarness(app, project, { logs, calls, faults })
    } catch (error) {
      faults.release()
      await app?.close()
      project.remove()
      throw error
    }
  }

  #appOptions(logs: LogEntry[]): AppOptions {
    const given: AppOptions = Object.assign({}, ...this.#options)
    const clock = this.#clock
    const timed = clock === undefined ? {} : { clock }
    return {
      ...given,
      datasource: this.#datasource,
      hooks: { ...timed, ...given.hooks },
      kernel: { ...timed, logger: recordingLogger(logs), ...given.kernel },
      workflows: { ...timed, ...given.workflows },
      events: { keep: KEPT_EVENTS, ...given.events },
      onError(error) {
        logs.push({ level: 'error', message: error instanceof Error ? error.message : String(error), details: { error } })
        given.onError?.(error)
      },
      onWarning(message) {
        logs.push({ level: 'warn', message })
        given.onWarning?.(message)
      },
    }
  }
}

function startedHarness<Objects>(
  app: App<Objects>,
  project: CompiledProject,
  { logs, calls, faults }: { readonly logs: readonly LogEntry[]; readonly calls: readonly HookCall[]; readonly faults: PluginFaults },
): StartedHarness<Objects> {
  let stopping: Promise<void> | undefined
  const stop = (): Promise<void> => {
    faults.release()
    stopping ??= app.close().finally(project.remove)
    return stopping
  }
  const known = (name: string): ObjectIr => {
    const object = project.app.objects.find((one) => one.name === name)
    if (!object) throw new TypeError(`There is no object "${name}". There are: ${project.app.objects.map((one) => one.name).join(', ')}.`)
    return object
  }
  return {
    app,
    logs,
    calls,
    folder: project.folder,
    get faults() {
      return faults.counts
    },
    get events() {
      return app.events.replay('*')
    },
    object(name) {
      known(name)
      return (app.objects as AnyObjects)[name] as ObjectApi
    },
    dataBuilder: (name, options) => builderOf(known(name), options),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

/** @throws Error for references that lead nowhere. */
async function seeded<Objects>(app: App<Objects>): Promise<void> {
  const { dangling } = await app.seed()
  if (dangling.length > 0) throw new Error(`Fixtures refer to records that there are not: ${dangling.join(', ')}.`)
}

function recordingLogger(logs: LogEntry[]): Logger {
  const at =
    (level: keyof Logger) =>
    (message: string, details?: object): void =>
      void logs.push({ level, message, ...(details === undefined ? {} : { details }) })
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

function dialectOf(datasource: Datasource): Dialect {
  if (typeof datasource !== 'string') return 'dialect' in datasource ? datasource.dialect.name : 'sqlite'
  if (/^postgres(?:ql)?:/i.test(datasource)) return 'postgres'
  return /^(?:mysql|mariadb):/i.test(datasource) ? 'mysql' : 'sqlite'
}
