import satisfies from 'semver/functions/satisfies.js'
import valid from 'semver/functions/valid.js'
import validRange from 'semver/ranges/valid.js'
import type { PluginNode, ResolutionProblem } from '../../runtime-lite/kernel/resolve-plugins.ts'
import { BUILT_IN, resolvePlugins } from '../../runtime-lite/kernel/resolve-plugins.ts'
import type { PluginRequirementSyntax, PluginSyntax } from '../2-parse/syntax.ts'
import type { LinkedPlugin, Model } from '../3-link/model.ts'
import type { LocateSetting } from '../config/check-config.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import type { Json } from '../source/json.ts'
import type { Span } from '../source/span.ts'
import { VERSION } from '../version.ts'
import { checkPluginConfigs } from './check-plugin-configs.ts'
import { linkMiddleware } from './link-middleware.ts'

/** The plugins of a model in the order they start, each with what it is told. Loaded for applications with plugins. */
export async function linkPlugins(
  model: Model,
  configs: { readonly [name: string]: Json },
  locate: () => LocateSetting,
): Promise<{ readonly model: Model; readonly diagnostics: readonly Diagnostic[] }> {
  const { plugins } = model
  const { configByPlugin, diagnostics: configDiagnostics } = await checkPluginConfigs(plugins, configs, locate)
  const diagnostics = plugins.flatMap(checkVersions)
  const { order, groups, problems } = resolvePlugins(plugins.map(nodeOf), { satisfies: fits, provided: BUILT_IN })
  diagnostics.push(...problems.map((problem) => explain(problem, plugins)))
  const groupByPosition = new Map(groups.flatMap((members, group) => members.map((position) => [position, group])))
  const inOrder = order.map((position): LinkedPlugin => {
    const plugin = plugins[position] as LinkedPlugin
    return { ...plugin, group: groupByPosition.get(position) ?? 0, config: configByPlugin.get(plugin.name.value) ?? {} }
  })
  const { middleware, diagnostics: middlewareDiagnostics } = linkMiddleware(
    inOrder,
    model.objects.map(({ name }) => name),
  )
  return {
    model: { ...model, plugins: inOrder, ...(middleware.length === 0 ? {} : { middleware }) },
    diagnostics: [...diagnostics, ...configDiagnostics, ...middlewareDiagnostics],
  }
}

/** What cannot be read was told already: it stands in nobody's way. Versions with a suffix (`2.0.0-beta.1`) fit ranges as others do. */
const fits = (version: string, range: string): boolean =>
  valid(version) === null || validRange(range) === null || satisfies(version, range, { includePrerelease: true })

function nodeOf(plugin: PluginSyntax): PluginNode {
  const requirement = ({ name, range }: PluginRequirementSyntax) => ({ name: name.value, range: range.value })
  return {
    name: plugin.name.value,
    ...(plugin.version === undefined ? {} : { version: plugin.version.value }),
    dependencies: plugin.dependencies.map(requirement),
    optionalDependencies: plugin.optionalDependencies.map(requirement),
    conflicts: plugin.conflicts.map(requirement),
    provides: plugin.provides.map(({ value }) => value),
    requires: plugin.requires.map(({ value }) => value),
  }
}

/** Versions and ranges that are none, and what the plugin cannot run on. */
function checkVersions({ name, version, dependencies, optionalDependencies, conflicts, engines }: PluginSyntax): readonly Diagnostic[] {
  const found: Diagnostic[] = []
  if (version !== undefined && valid(version.value) === null)
    found.push(diagnose('plugin/invalid-version', version.span, { version: version.value }))
  for (const { range } of [...dependencies, ...optionalDependencies, ...conflicts, ...engines])
    if (validRange(range.value) === null) found.push(diagnose('plugin/invalid-range', range.span, { range: range.value }))
  for (const { name: engine, range } of engines)
    if (engine.value === 'objectql' && !fits(VERSION, range.value))
      found.push(diagnose('plugin/engine', range.span, { plugin: name.value, engine: engine.value, range: range.value, version: VERSION }))
  return found
}

function explain(problem: ResolutionProblem, plugins: readonly PluginSyntax[]): Diagnostic {
  const at = (position: number): PluginSyntax => plugins[position] as PluginSyntax
  const named = (position: number): string => at(position).name.value
  const declared = (position: number) => ({ message: `"${named(position)}" is declared here.`, span: at(position).name.span })
  switch (problem.kind) {
    case 'duplicate':
      return diagnose(
        'plugin/duplicate',
        at(problem.plugin).name.span,
        { plugin: named(problem.plugin) },
        { notes: [{ message: 'The other one is here.', span: at(problem.first).name.span }] },
      )
    case 'missing': {
      const { requirement, plugin } = problem
      const { span } = asked(at(plugin).dependencies, requirement.name)
      const others = plugins.map(({ name }) => name.value).filter((name) => name !== named(plugin))
      const suggestion = didYouMean({ name: requirement.name, candidates: others, span })
      return diagnose('plugin/missing', span, { plugin: named(plugin), name: requirement.name }, suggestion)
    }
    case 'incompatible': {
      const { requirement, plugin, found } = problem
      const { rangeSpan } = asked([...at(plugin).dependencies, ...at(plugin).optionalDependencies], requirement.name)
      const { name, range } = requirement
      const version = at(found).version?.value ?? ''
      return diagnose('plugin/incompatible', rangeSpan, { plugin: named(plugin), name, range, version }, { notes: [declared(found)] })
    }
    case 'conflict': {
      const { span } = asked(at(problem.plugin).conflicts, problem.requirement.name)
      const holes = { plugin: named(problem.plugin), other: named(problem.found) }
      return diagnose('plugin/conflict', span, holes, { notes: [declared(problem.found)] })
    }
    case 'no-provider': {
      const { plugin, capability } = problem
      const span = at(plugin).requires.find(({ value }) => value === capability)?.span ?? at(plugin).span
      const candidates = [...new Set(plugins.flatMap(({ provides }) => provides.map(({ value }) => value)))]
      return diagnose('plugin/no-provider', span, { plugin: named(plugin), capability }, didYouMean({ name: capability, candidates, span }))
    }
    case 'two-providers': {
      const { capability, providers } = problem
      const [, second = 0] = providers
      const span = at(second).provides.find(({ value }) => value === capability)?.span ?? at(second).span
      const holes = { capability, plugins: providers.map((position) => `"${named(position)}"`).join(', ') }
      return diagnose('plugin/two-providers', span, holes, { notes: providers.map(declared) })
    }
    case 'cycle': {
      const { path } = problem
      const [first = 0] = path
      const notes = path.map((position, index) => {
        const next = path[(index + 1) % path.length] ?? first
        return { message: `"${named(position)}" needs "${named(next)}".`, span: need(at(position), at(next)) }
      })
      const holes = { path: [...path, first].map(named).join(' → ') }
      return diagnose('plugin/cycle', need(at(first), at(path[1 % path.length] ?? first)), holes, { notes })
    }
    default:
      return problem satisfies never
  }
}

/** Where a plugin asks for another. */
function asked(requirements: readonly PluginRequirementSyntax[], name: string): { readonly span: Span; readonly rangeSpan: Span } {
  const found = requirements.find((requirement) => requirement.name.value === name) as PluginRequirementSyntax
  return { span: found.name.span, rangeSpan: found.range.span }
}

/** Where a plugin says that it needs another, by name or by what that provides. */
function need(plugin: PluginSyntax, other: PluginSyntax): Span {
  const byName = [...plugin.dependencies, ...plugin.optionalDependencies].find(({ name }) => name.value === other.name.value)
  const provided = new Set(other.provides.map(({ value }) => value))
  return byName?.name.span ?? plugin.requires.find(({ value }) => provided.has(value))?.span ?? plugin.span
}
