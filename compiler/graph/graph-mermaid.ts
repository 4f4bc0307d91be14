import type { GraphDependency, PluginGraph } from './plugin-graph.ts'

const ARROWS: { readonly [kind in GraphDependency['kind']]: string } = { required: '-->', optional: '-.->', capability: '==>' }

/** A flowchart of Mermaid: groups from left to right, an arrow from each plugin to what it needs. */
export function graphMermaid({ app, plugins, groups, dependencies, conflicts, objects }: PluginGraph): string {
  const ids = new Map(plugins.map(({ name }, index) => [name, `p${index}`]))
  const absent = [...dependencies, ...conflicts].map(({ to }) => to).filter((name) => !ids.has(name))
  const absentNames = [...new Set(absent)]
  for (const [index, name] of absentNames.entries()) ids.set(name, `m${index}`)
  const id = (name: string): string => ids.get(name) ?? ''
  const lines = [
    `%% Plugins of ${escapeLabel(app)}`,
    'flowchart RL',
    ...groups.flatMap((names, index) => [
      `  subgraph g${index} ["Group ${index + 1}"]`,
      ...names.map((name) => `    ${id(name)}["${escapeLabel(nameAndVersion(plugins, name))}"]`),
      '  end',
    ]),
    ...absentNames.map((name) => `  ${id(name)}(["${escapeLabel(name)}"]):::absent`),
    ...objects.map(({ name }, index) => `  o${index}[("${escapeLabel(name)}")]`),
    ...dependencies.map(
      ({ from, to, kind, range, capability }) => `  ${id(from)} ${ARROWS[kind]}|"${escapeLabel(capability ?? range)}"| ${id(to)}`,
    ),
    ...conflicts.map(({ from, to, range }) => `  ${id(from)} x--x|"${escapeLabel(`not ${range}`)}"| ${id(to)}`),
    ...objects.flatMap(({ plugin, phases }, index) => [
      ...(plugin === undefined ? [] : [`  o${index} ---|"brought by"| ${id(plugin)}`]),
      ...[...new Set(phases.flatMap(({ steps }) => steps.flatMap((step) => step.plugin ?? [])))].map(
        (name) => `  o${index} -.-|"${escapeLabel(hookedPhases(phases, name))}"| ${id(name)}`,
      ),
    ]),
    ...(absentNames.length > 0 ? ['  classDef absent stroke-dasharray: 4 4'] : []),
  ]
  return `${lines.join('\n')}\n`
}

function nameAndVersion(plugins: PluginGraph['plugins'], name: string): string {
  const version = plugins.find((plugin) => plugin.name === name)?.version
  return version === undefined ? name : `${name} ${version}`
}

const hookedPhases = (phases: PluginGraph['objects'][number]['phases'], plugin: string): string =>
  phases
    .filter(({ steps }) => steps.some((step) => step.plugin === plugin))
    .map(({ phase }) => phase)
    .join(', ')

/** Whatever could mean something to Mermaid, or to HTML behind it, as a code: `#60;`. */
export const escapeLabel = (text: string): string =>
  text.replaceAll(/[^\p{L}\p{N} ./,:@+-]/gu, (character) => `#${character.codePointAt(0)};`)
