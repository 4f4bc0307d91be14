import satisfies from 'semver/functions/satisfies.js'
import valid from 'semver/functions/valid.js'
import validRange from 'semver/ranges/valid.js'
import type { RegisteredHandler } from '../behaviour/hook-registry.ts'
import { KernelError } from './kernel-error.ts'
import type { KernelPlan, PhaseRun, PluginFacts } from './kernel-plan.ts'
import type { Plugin, PluginContext } from './plugin.ts'
import { BUILT_IN, type PluginNode, type PluginRequirement, type ResolutionProblem, resolvePlugins } from './resolve-plugins.ts'

/** What the application tells a plugin, by its name. */
export type PluginConfigs = { readonly [plugin: string]: unknown }

/**
 * Plugins that nobody compiled, in the order they start, behind those of the application.
 * @throws KernelError for plugins that cannot be put in order, whose configuration is not valid, or that bring what has to be compiled.
 */
export async function pluginsPlan(
  plugins: readonly Plugin[],
  compiled: KernelPlan | undefined,
  configs: PluginConfigs,
): Promise<KernelPlan | undefined> {
  if (plugins.length === 0) return compiled
  for (const plugin of plugins) refuseWhatIsCompiled(plugin)
  const known = compiled?.plugins ?? []
  const nodes = [...known.map(nodeOfFacts), ...plugins.map(nodeOf)]
  const { groups, problems } = resolvePlugins(nodes, { satisfies: fits, provided: BUILT_IN })
  // What is compiled was put in order when it was.
  const [problem] = problems
  if (problem) throw unresolved(problem, nodes)
  const byPosition = (position: number): Plugin | undefined => plugins[position - known.length]
  const inGroups = groups.map((group) => group.flatMap((position) => byPosition(position) ?? []))
  const configByName = await configsOf(plugins, configs)
  const facts = inGroups.flat().map((plugin): PluginFacts => {
    const { name, version, dependencies, optionalDependencies, requires, provides } = nodeOf(plugin)
    const needed = [...dependencies, ...optionalDependencies].filter((one) => nodes.some((node) => node.name === one.name))
    return { name, ...(version === undefined ? {} : { version }), dependencies: needed, requires, provides, config: configByName.get(name) }
  })
  return {
    plugins: [...known, ...facts],
    code: { ...compiled?.code, ...Object.fromEntries(plugins.map((plugin) => [plugin.name, plugin])) },
    async install(run) {
      await compiled?.install?.(run)
      await inOrder(inGroups, run, (plugin) => [attach(plugin), called(plugin, 'install', 'init', 'setup')])
    },
    async start(run) {
      await compiled?.start?.(run)
      await inOrder(inGroups, run, (plugin) => [called(plugin, 'start', 'onStart', 'onEnable')])
    },
    async stop(run) {
      await inOrder(inGroups.toReversed(), run, (plugin) => [called(plugin, 'stop', 'onStop', 'destroy', 'onDisable')])
      await compiled?.stop?.(run)
    },
    health: {
      ...compiled?.health,
      ...Object.fromEntries(
        plugins.flatMap((plugin) => {
          const ask = called(plugin, 'health', 'healthCheck')
          return ask ? [[plugin.name, ask]] : []
        }),
      ),
    },
  }
}

type Step = ((context: PluginContext) => unknown) | undefined

/** The first of several spellings that is there. */
function called(plugin: Plugin, ...names: readonly string[]): Step {
  const name = names.find((one) => typeof Reflect.get(plugin, one) === 'function')
  return name === undefined
    ? undefined
    : (context) => (Reflect.get(plugin, name) as (context: PluginContext) => unknown).call(plugin, context)
}

/** A group after the other, its plugins side by side. */
async function inOrder(groups: readonly (readonly Plugin[])[], run: PhaseRun, stepsOf: (plugin: Plugin) => readonly Step[]): Promise<void> {
  for (const group of groups) {
    const running = group.flatMap((plugin) => {
      const steps = stepsOf(plugin).filter((step) => step !== undefined)
      if (steps.length === 0) return []
      return [
        run.call(plugin.name, async (context) => {
          for (const step of steps) await step(context)
        }),
      ]
    })
    await run.together(...running)
  }
}

interface ListedHook {
  readonly object?: string | readonly string[]
  readonly events: string | readonly string[]
  readonly handler: RegisteredHandler
  readonly priority?: number
}

/** Middleware and hooks, for as long as the plugin runs. */
function attach(plugin: Plugin): Step {
  const { middleware = [] } = plugin
  const hooks = (plugin['hooks'] ?? []) as readonly ListedHook[]
  if (middleware.length === 0 && hooks.length === 0) return undefined
  return ({ app, signal, use, name }) => {
    for (const one of middleware) use(one)
    for (const { object = '*', events, handler, priority } of hooks)
      for (const event of [events].flat()) {
        const undo = app.registerHook(event, handler, { object, packageId: name, ...(priority === undefined ? {} : { priority }) })
        signal.addEventListener('abort', undo, { once: true })
      }
  }
}

/** What would be left out without a word. */
const COMPILED = [
  ...['objects', 'objectExtensions', 'actions', 'data', 'apps', 'workflows', 'permissions', 'validations', 'translations', 'plugins'],
]

function refuseWhatIsCompiled(plugin: Plugin): void {
  const { name } = plugin
  const brought = COMPILED.find((key) => Object.keys((plugin[key] ?? {}) as object).length > 0)
  if (brought !== undefined)
    throw new KernelError(name, 'resolve', `brings "${brought}", which has to be compiled: add it to the inputs of the application`)
  const hooks = plugin['hooks'] ?? []
  const isList = Array.isArray(hooks) && hooks.every((hook) => typeof hook?.handler === 'function' && hook.events !== undefined)
  if (!isList) throw new KernelError(name, 'resolve', 'has hooks that are no list of { object, events, handler }: they have to be compiled')
}

/** With the defaults of their schemas. */
async function configsOf(plugins: readonly Plugin[], configs: PluginConfigs): Promise<ReadonlyMap<string, unknown>> {
  const isDescribed = plugins.some(({ configSchema }) => configSchema !== undefined)
  const problemsOf = isDescribed ? (await import('./config-problems.ts')).configProblems : () => []
  return new Map(
    plugins.map(({ name, configSchema }) => {
      const config = structuredClone(Object.hasOwn(configs, name) ? configs[name] : {})
      const [first] = configSchema === undefined ? [] : problemsOf(configSchema, config)
      if (first) throw new KernelError(name, 'resolve', `is not configured as it wants: ${first.problem}`)
      return [name, config]
    }),
  )
}

/** As compiling does: what cannot be read stands in nobody's way, and versions with a suffix fit ranges as others do. */
const fits = (version: string, range: string): boolean =>
  valid(version) === null || validRange(range) === null || satisfies(version, range, { includePrerelease: true })

const nodeOfFacts = ({ name, version, provides = [] }: PluginFacts): PluginNode => ({
  name,
  ...(version === undefined ? {} : { version }),
  ...{ dependencies: [], optionalDependencies: [], conflicts: [], requires: [], provides },
})

const nodeOf = ({ name, version, dependencies, optionalDependencies, conflicts, provides = [], requires = [] }: Plugin): PluginNode => ({
  name,
  ...(version === undefined ? {} : { version }),
  dependencies: requirementsOf(dependencies),
  optionalDependencies: requirementsOf(optionalDependencies),
  conflicts: requirementsOf(conflicts),
  provides,
  requires,
})

/** `{ name: range }` or `['name', 'name@range']`. */
function requirementsOf(given: Plugin['dependencies']): readonly PluginRequirement[] {
  if (given === undefined) return []
  if (!isList(given)) return Object.entries(given).map(([name, range]) => ({ name, range: range.trim() || '*' }))
  return given.map((text) => {
    const at = text.indexOf('@', 1)
    return at < 0 ? { name: text, range: '*' } : { name: text.slice(0, at), range: text.slice(at + 1) || '*' }
  })
}

const isList = (given: Readonly<Record<string, string>> | readonly string[]): given is readonly string[] => Array.isArray(given)

function unresolved(problem: ResolutionProblem, nodes: readonly PluginNode[]): KernelError {
  const named = (position: number): string => nodes[position]?.name ?? ''
  const refuse = (position: number, what: string): KernelError => new KernelError(named(position), 'resolve', what)
  switch (problem.kind) {
    case 'duplicate':
      return refuse(problem.plugin, 'is there twice')
    case 'missing':
      return refuse(problem.plugin, `needs the plugin "${problem.requirement.name}", which is not there`)
    case 'incompatible': {
      const { name, range } = problem.requirement
      return refuse(problem.plugin, `needs "${name}" ${range}, but ${nodes[problem.found]?.version} is there`)
    }
    case 'conflict':
      return refuse(problem.plugin, `does not go together with "${named(problem.found)}"`)
    case 'no-provider':
      return refuse(problem.plugin, `needs "${problem.capability}", which no plugin provides`)
    case 'two-providers': {
      const [first = 0, second = 0] = problem.providers
      return refuse(second, `provides "${problem.capability}", which "${named(first)}" provides already`)
    }
    case 'cycle': {
      const [first = 0] = problem.path
      return refuse(first, `depends on itself: ${[...problem.path, first].map(named).join(' → ')}`)
    }
    default:
      return problem satisfies never
  }
}
