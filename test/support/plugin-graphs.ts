import type { PluginGraph } from '../../compiler/graph/plugin-graph.ts'

export const HOSTILE = '</script><img src=x onerror="window.hacked=1"> "]; click o0 `${1}` --> %% \u2028 end'

/** Three plugins, one of a hostile name, with an optional one that is missing, and an object with hooks. */
export const SMALL_GRAPH: PluginGraph = {
  schemaVersion: 1,
  kind: 'plugin-graph',
  app: HOSTILE,
  plugins: [
    { name: 'audit', version: '1.0.0', group: 0, origin: 'audit.plugin.ts', phases: ['install'], provides: ['trail'], requires: [] },
    { name: HOSTILE, version: '2.0.0', group: 1, origin: HOSTILE, phases: [], provides: [], requires: ['trail'] },
    { name: 'report', group: 2, origin: 'report.plugin.ts', phases: ['start'], provides: [], requires: [] },
  ],
  groups: [['audit'], [HOSTILE], ['report']],
  dependencies: [
    { from: HOSTILE, to: 'audit', kind: 'capability', range: '*', capability: 'trail', isThere: true },
    { from: 'report', to: HOSTILE, kind: 'required', range: '^2.0.0', isThere: true },
    { from: 'report', to: 'charts', kind: 'optional', range: '<3', isThere: false },
  ],
  conflicts: [{ from: 'audit', to: 'spy', range: '*' }],
  capabilities: [{ name: 'trail', provider: 'audit', requiredBy: [HOSTILE] }],
  objects: [
    {
      name: 'entry',
      plugin: 'audit',
      phases: [
        {
          phase: 'beforeCreate',
          steps: [
            { name: 'number', plugin: 'audit', priority: 10, origin: 'audit.plugin.ts:7' },
            { name: HOSTILE, priority: 100, origin: 'schemas/entry.hook.ts:2' },
          ],
        },
      ],
    },
  ],
}

/** Layers of ten: each plugin needs three of the layer before. */
export function largeGraph(count: number): PluginGraph {
  const names = Array.from({ length: count }, (_, index) => `plugin-${index}`)
  const groupOf = (index: number): number => Math.floor(index / 10)
  return {
    ...SMALL_GRAPH,
    app: 'large',
    plugins: names.map((name, index) => ({
      ...{ name, version: '1.0.0', group: groupOf(index), origin: `${name}.ts`, phases: ['start'], provides: [], requires: [] },
    })),
    groups: names.reduce<string[][]>((groups, name, index) => {
      groups[groupOf(index)] = [...(groups[groupOf(index)] ?? []), name]
      return groups
    }, []),
    dependencies: names.flatMap((from, index) =>
      index < 10
        ? []
        : [0, 3, 7].map((step) => ({
            ...{
              from,
              to: `plugin-${(groupOf(index) - 1) * 10 + ((index + step) % 10)}`,
              kind: 'required' as const,
              range: '^1.0.0',
              isThere: true,
            },
          })),
    ),
    conflicts: [],
    capabilities: [],
    objects: [],
  }
}

/** All start together; each tenth needs the first. */
export function flatGraph(count: number): PluginGraph {
  const plugins = largeGraph(count).plugins.map((plugin, index) => ({ ...plugin, group: index > 0 && index % 10 === 0 ? 1 : 0 }))
  const of = (group: number): readonly string[] => plugins.filter((plugin) => plugin.group === group).map(({ name }) => name)
  return {
    ...largeGraph(count),
    app: 'flat',
    plugins,
    groups: [of(0), of(1)],
    dependencies: of(1).map((from) => ({ from, to: 'plugin-0', kind: 'required', range: '^1.0.0', isThere: true })),
  }
}
