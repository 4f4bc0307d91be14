/** What one plugin asks of another: its name and a semver range of its version (`*`: any). */
export interface PluginRequirement {
  readonly name: string
  readonly range: string
}

/** A plugin as the resolver sees it. */
export interface PluginNode {
  readonly name: string
  /** Undefined: fits every range. */
  readonly version?: string
  readonly dependencies: readonly PluginRequirement[]
  /** Those that are there come first and have to fit. */
  readonly optionalDependencies: readonly PluginRequirement[]
  readonly conflicts: readonly PluginRequirement[]
  readonly provides: readonly string[]
  /** Capabilities that some other plugin, or the host, has to provide. */
  readonly requires: readonly string[]
}

/** Why plugins cannot be put in order. `plugin` and other numbers are positions in the list that was given. */
export type ResolutionProblem =
  | { readonly kind: 'duplicate'; readonly plugin: number; readonly first: number }
  | { readonly kind: 'missing'; readonly plugin: number; readonly requirement: PluginRequirement }
  | { readonly kind: 'incompatible'; readonly plugin: number; readonly requirement: PluginRequirement; readonly found: number }
  | { readonly kind: 'conflict'; readonly plugin: number; readonly requirement: PluginRequirement; readonly found: number }
  | { readonly kind: 'no-provider'; readonly plugin: number; readonly capability: string }
  | { readonly kind: 'two-providers'; readonly capability: string; readonly providers: readonly number[] }
  /** Each needs the next, the last the first. */
  | { readonly kind: 'cycle'; readonly path: readonly number[] }

/** What every application can do without plugins. */
export const BUILT_IN: readonly string[] = ['metadata', 'data', 'rest', 'sql']

export interface Resolution {
  /** Positions in the order they start. Without those that stand in a circle, or need one that does. */
  readonly order: readonly number[]
  /** The same, in groups: plugins of one group need nothing of each other. */
  readonly groups: readonly (readonly number[])[]
  readonly problems: readonly ResolutionProblem[]
}

export interface ResolveOptions {
  /** Whether a version is in a semver range. */
  readonly satisfies: (version: string, range: string) => boolean
  /** Capabilities that are there without any plugin. Default: none. */
  readonly provided?: Iterable<string>
}

/**
 * Puts plugins in the order they start: what a plugin needs comes before it, ties go by name in code unit order. The order of the list that is given does not matter,
 * but for duplicates, of which the first counts. Linear in plugins and requirements, but for sorting names.
 */
export function resolvePlugins(plugins: readonly PluginNode[], { satisfies, provided = [] }: ResolveOptions): Resolution {
  const problems: ResolutionProblem[] = []
  const positionByName = new Map<string, number>()
  for (const [plugin, { name }] of plugins.entries()) {
    const first = positionByName.get(name)
    if (first === undefined) positionByName.set(name, plugin)
    else problems.push({ kind: 'duplicate', plugin, first })
  }
  const chosen = [...positionByName.values()]
  const providersOf = capabilitiesOf(plugins, chosen)
  for (const [capability, providers] of providersOf)
    if (providers.length > 1) problems.push({ kind: 'two-providers', capability, providers })

  const isMet = ({ range }: PluginRequirement, found: number): boolean => {
    const { version } = plugins[found] as PluginNode
    return version === undefined || satisfies(version, range)
  }
  const builtIn = new Set(provided)
  const needsByPosition = new Map<number, ReadonlySet<number>>()
  for (const plugin of chosen) {
    const { dependencies, optionalDependencies, conflicts, requires } = plugins[plugin] as PluginNode
    const needs = new Set<number>()
    const need = (requirement: PluginRequirement, isOptional: boolean): void => {
      const found = positionByName.get(requirement.name)
      if (found === undefined) {
        if (!isOptional) problems.push({ kind: 'missing', plugin, requirement })
        return
      }
      if (!isMet(requirement, found)) problems.push({ kind: 'incompatible', plugin, requirement, found })
      needs.add(found)
    }
    for (const requirement of dependencies) need(requirement, false)
    for (const requirement of optionalDependencies) need(requirement, true)
    for (const requirement of conflicts) {
      const found = positionByName.get(requirement.name)
      if (found !== undefined && found !== plugin && isMet(requirement, found))
        problems.push({ kind: 'conflict', plugin, requirement, found })
    }
    for (const capability of requires) {
      const [provider] = providersOf.get(capability) ?? []
      if (provider !== undefined && provider !== plugin) needs.add(provider)
      else if (provider === undefined && !builtIn.has(capability)) problems.push({ kind: 'no-provider', plugin, capability })
    }
    needsByPosition.set(plugin, needs)
  }
  const groups = groupsOf(plugins, needsByPosition)
  const order = groups.flat()
  if (order.length < chosen.length) problems.push(...circlesAmong(plugins, needsByPosition, new Set(order)))
  return { order, groups, problems }
}

function capabilitiesOf(plugins: readonly PluginNode[], chosen: readonly number[]): ReadonlyMap<string, readonly number[]> {
  const providers = new Map<string, number[]>()
  for (const position of chosen)
    for (const capability of new Set((plugins[position] as PluginNode).provides)) {
      const known = providers.get(capability)
      if (known) known.push(position)
      else providers.set(capability, [position])
    }
  return providers
}

type Needs = ReadonlyMap<number, ReadonlySet<number>>

/** Round by round: all whose needs are there already. */
function groupsOf(plugins: readonly PluginNode[], needs: Needs): readonly (readonly number[])[] {
  const openNeeds = new Map<number, number>()
  const neededBy = new Map<number, number[]>()
  for (const [position, of] of needs) {
    openNeeds.set(position, of.size)
    for (const needed of of) {
      const known = neededBy.get(needed)
      if (known) known.push(position)
      else neededBy.set(needed, [position])
    }
  }
  const groups: (readonly number[])[] = []
  let ready = [...needs.keys()].filter((position) => openNeeds.get(position) === 0)
  while (ready.length > 0) {
    groups.push(ready.sort((left, right) => byName(plugins, left, right)))
    const next: number[] = []
    for (const done of ready)
      for (const waiting of neededBy.get(done) ?? []) {
        const open = (openNeeds.get(waiting) ?? 0) - 1
        openNeeds.set(waiting, open)
        if (open === 0) next.push(waiting)
      }
    ready = next
  }
  return groups
}

/** Whoever is left needs somebody who is left: following the first of them by name leads into a circle. Each circle is told once. */
function circlesAmong(plugins: readonly PluginNode[], needs: Needs, done: ReadonlySet<number>): readonly ResolutionProblem[] {
  const left = [...needs.keys()].filter((position) => !done.has(position)).sort((a, b) => byName(plugins, a, b))
  const nextOf = new Map(
    left.map((position) => {
      const open = [...(needs.get(position) ?? [])].filter((needed) => !done.has(needed))
      return [position, open.reduce((least, other) => (byName(plugins, other, least) < 0 ? other : least))]
    }),
  )
  const seen = new Set<number>()
  return left.flatMap((start): ResolutionProblem[] => {
    const walk = new Map<number, number>()
    let at = start
    while (!seen.has(at)) {
      seen.add(at)
      walk.set(at, walk.size)
      at = nextOf.get(at) as number
    }
    const entered = walk.get(at)
    if (entered === undefined) return []
    const path = [...walk.keys()].slice(entered)
    const first = path.indexOf(path.reduce((least, other) => (byName(plugins, other, least) < 0 ? other : least)))
    return [{ kind: 'cycle', path: [...path.slice(first), ...path.slice(0, first)] }]
  })
}

function byName(plugins: readonly PluginNode[], left: number, right: number): number {
  const [a, b] = [(plugins[left] as PluginNode).name, (plugins[right] as PluginNode).name]
  return a < b ? -1 : a > b ? 1 : 0
}
