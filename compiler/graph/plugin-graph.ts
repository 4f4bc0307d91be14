import { aroundsOf } from '../behaviour/arounds.ts'
import { pipelinesOf } from '../behaviour/pipelines.ts'
import type { AppIr, HookIr, ObjectIr } from '../ir/object.ts'
import type { PluginIr } from '../ir/plugin.ts'

/** Plugins of an application: what they need of each other, and where their hooks run. Plain JSON; lists are sorted by name unless another order is meant. */
export interface PluginGraph {
  readonly schemaVersion: 1
  readonly kind: 'plugin-graph'
  readonly app: string
  /** In the order they start. */
  readonly plugins: readonly GraphPlugin[]
  /** Names: groups start one after another, the plugins of a group side by side. */
  readonly groups: readonly (readonly string[])[]
  readonly dependencies: readonly GraphDependency[]
  readonly conflicts: readonly { readonly from: string; readonly to: string; readonly range: string }[]
  readonly capabilities: readonly GraphCapability[]
  /** Objects with hooks or middleware, and those that a plugin brings. */
  readonly objects: readonly GraphObject[]
}

export interface GraphPlugin {
  readonly name: string
  readonly version?: string
  /** From 0. */
  readonly group: number
  /** Package or file it comes from. */
  readonly origin: string
  /** What the kernel calls. */
  readonly phases: readonly string[]
  readonly provides: readonly string[]
  readonly requires: readonly string[]
}

export interface GraphDependency {
  readonly from: string
  readonly to: string
  readonly kind: 'required' | 'optional' | 'capability'
  /** Of semver; `*` of a capability. */
  readonly range: string
  readonly capability?: string
  /** Only an optional one can be missing. */
  readonly isThere: boolean
}

export interface GraphCapability {
  readonly name: string
  /** Absent: it is built in. */
  readonly provider?: string
  readonly requiredBy: readonly string[]
}

export interface GraphObject {
  readonly name: string
  /** The plugin that brings it; absent: the application. */
  readonly plugin?: string
  /** In the order they run: middleware around operations (`around create, update`, outermost first), then hooks. */
  readonly phases: readonly { readonly phase: string; readonly steps: readonly GraphStep[] }[]
}

export interface GraphStep {
  readonly name: string
  /** The plugin it is of; absent: the application. */
  readonly plugin?: string
  /** Absent: it is middleware, whose order is that of its plugins. */
  readonly priority?: number
  /** `schemas/account.hook.ts:12` */
  readonly origin: string
}

/** `lineOf`: line of a hook in its module. */
export function pluginGraph(app: AppIr, lineOf: (hook: HookIr) => number): PluginGraph {
  const { plugins } = app
  const names = new Set(plugins.map(({ name }) => name))
  const providerOf = new Map(plugins.flatMap(({ name, provides }) => provides.map((capability) => [capability, name] as const)))
  return {
    schemaVersion: 1,
    kind: 'plugin-graph',
    app: app.name,
    plugins: plugins.map(graphPlugin),
    groups: groupsOf(plugins),
    dependencies: plugins.flatMap(({ name: from, dependencies, optionalDependencies, requires }): GraphDependency[] => [
      ...dependencies.map(({ name: to, range }) => ({ from, to, kind: 'required' as const, range, isThere: names.has(to) })),
      ...optionalDependencies.map(({ name: to, range }) => ({ from, to, kind: 'optional' as const, range, isThere: names.has(to) })),
      ...requires.flatMap((capability) => {
        const to = providerOf.get(capability)
        return to === undefined || to === from ? [] : [{ from, to, kind: 'capability' as const, range: '*', capability, isThere: true }]
      }),
    ]),
    conflicts: plugins.flatMap(({ name: from, conflicts }) => conflicts.map(({ name: to, range }) => ({ from, to, range }))),
    capabilities: [...new Set(plugins.flatMap(({ provides, requires }) => [...provides, ...requires]))].sort().map((name) => {
      const provider = providerOf.get(name)
      const requiredBy = plugins.filter(({ requires }) => requires.includes(name)).map((plugin) => plugin.name)
      return { name, ...(provider === undefined ? {} : { provider }), requiredBy }
    }),
    objects: app.objects.flatMap((object) => graphObject(object, names, lineOf)),
  }
}

function graphPlugin({ name, version, group, place, provides, requires, span }: PluginIr): GraphPlugin {
  return {
    name,
    ...(version === undefined ? {} : { version }),
    group,
    origin: place?.specifier ?? place?.module ?? span.path,
    phases: Object.keys(place?.calls ?? {}),
    provides,
    requires,
  }
}

function groupsOf(plugins: readonly PluginIr[]): readonly (readonly string[])[] {
  const groups: string[][] = []
  for (const { name, group } of plugins) {
    groups[group] ??= []
    groups[group].push(name)
  }
  return groups
}

function graphObject(object: ObjectIr, names: ReadonlySet<string>, lineOf: (hook: HookIr) => number): readonly GraphObject[] {
  const ofPlugin = (name: string | undefined) => (name === undefined || !names.has(name) ? {} : { plugin: name })
  const arounds = aroundsOf(object).map(({ operations, middleware }) => ({
    phase: `around ${operations.join(', ')}`,
    steps: middleware.map(({ name, plugin, module }) => ({ name, ...ofPlugin(plugin), origin: module })),
  }))
  const hooked = pipelinesOf(object).map(({ phase, steps }) => ({
    phase,
    steps: steps.map(({ hook, facts }) => ({
      name: hook.name,
      ...ofPlugin(hook.package),
      priority: hook.priority,
      origin: `${hook.module}:${facts.line ?? lineOf(hook)}`,
    })),
  }))
  const phases = [...arounds, ...hooked]
  const owner = ofPlugin(object.package)
  return phases.length === 0 && owner.plugin === undefined ? [] : [{ name: object.name, ...owner, phases }]
}
