import { isDeepStrictEqual } from 'node:util'
import type { KernelPlan, PluginFacts } from './kernel-plan.ts'

/** Plugins whose code or facts are others in the next plan, in the order they start. */
export const changedPlugins = (plan: KernelPlan, next: KernelPlan): readonly string[] =>
  next.plugins
    .filter(
      (facts) =>
        plan.code?.[facts.name] !== next.code?.[facts.name] ||
        !isDeepStrictEqual(
          facts,
          plan.plugins.find(({ name }) => name === facts.name),
        ),
    )
    .map(({ name }) => name)

/** The plugins, and whatever needs them. */
export function withDependents({ plugins }: KernelPlan, names: readonly string[]): ReadonlySet<string> {
  const providerOf = new Map(plugins.flatMap(({ name, provides = [] }) => provides.map((capability) => [capability, name] as const)))
  const needsOf = ({ dependencies = [], requires = [] }: PluginFacts): readonly string[] => [
    ...dependencies.map(({ name }) => name),
    ...requires.flatMap((capability) => providerOf.get(capability) ?? []),
  ]
  const found = new Set(names)
  // In the order they start, what is needed comes first.
  for (const facts of plugins) if (needsOf(facts).some((needed) => found.has(needed))) found.add(facts.name)
  return found
}

/** Whether both plans are about the same plugins. */
export function isSamePlugins(plan: KernelPlan, next: KernelPlan): boolean {
  const names = new Set(plan.plugins.map(({ name }) => name))
  return names.size === next.plugins.length && next.plugins.every(({ name }) => names.has(name))
}
